"""What hangs on voters beside their records, and the merges that copied it (DLR-09, DLR-12, DLR-14)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voter_children import Child, NewChild


class DocumentContent(NamedTuple):
    """The bytes of an image or another document, known by their digest."""

    sha256: str
    content: bytes


class ChildRepository(Protocol):
    """Past addresses, activity, participation, documents, contacts and custom data of voters."""

    def add_contents(self, contents: Sequence[DocumentContent], at: datetime) -> None:
        """Keep bytes that are not kept yet; documents that name them come afterwards."""
        ...

    def content(self, sha256: str) -> bytes | None:
        """The bytes of a document."""
        ...

    def document_sizes(self, state_voter_id: int, digests: Sequence[str]) -> dict[str, int]:
        """How many bytes these documents of a voter have, signatures from DMV included; nothing is read of what is large."""
        ...

    def document_part(self, state_voter_id: int, sha256: str, offset: int, length: int) -> bytes:
        """Some bytes of a document of a voter, or of a signature from DMV; nothing beyond its end."""
        ...

    def add(self, children: Sequence[NewChild], at: datetime) -> None:
        """Insert."""
        ...

    def keep_signature_contents(self, state_voter_id: int, at: datetime) -> None:
        """Keep, among the bytes of documents, those of the voter's signatures from DMV, so that they can be copied as documents."""
        ...

    def of_voters(self, state_voter_ids: Sequence[int]) -> list[Child]:
        """All children of these voters, those marked as deleted included, each kind by id.

        With them come what is kept elsewhere and so has no id: residences and mailing addresses of earlier versions and of the
        record now, and signatures from DMV whose image is kept.
        """
        ...

    def take_away(self, children: Sequence[Child], by_id: int) -> None:
        """Mark these stored children as deleted by a case or by a move; both have numbers of one series."""
        ...

    def delete_originals(self, record: MergeRecord) -> None:
        """Mark the older record's children in force as deleted by this merge (DLR-12)."""
        ...

    def unmerge(self, record: MergeRecord) -> None:
        """Mark this merge's copies as deleted, and put its originals in force again (DLR-19)."""
        ...


class MergeRepository(Protocol):
    """The table merge_record."""

    def reserve_sequence(self) -> int:
        """The number of the next merge."""
        ...

    def add(self, record: MergeRecord) -> None:
        """Insert."""
        ...

    def save(self, record: MergeRecord) -> None:
        """Replace: it was completed or undone."""
        ...

    def get(self, case_id: int) -> MergeRecord | None:
        """The merge that a case made."""
        ...

    def standing(self, state_voter_ids: Sequence[int]) -> list[MergeRecord]:
        """Merges of these voters, as the newer or the older one, that were not undone, in their order."""
        ...


class DocumentPartRepository(Protocol):
    """Images that arrive in parts, until the last is there."""

    def received(self, county_code: str, sha256: str) -> dict[int, int]:
        """Offset and size of each part, in order."""
        ...

    def add(self, county_code: str, sha256: str, offset: int, content: bytes, at: datetime) -> None:
        """Keep a part; one that another call kept meanwhile raises Conflict ALREADY_EXISTS."""
        ...

    def content(self, county_code: str, sha256: str) -> bytes:
        """All parts, joined."""
        ...

    def remove(self, county_code: str, sha256: str) -> None:
        """Forget the parts of an image."""
        ...

    def purge(self, received_before: datetime, limit: int) -> int:
        """Forget parts that came before an instant and were never completed; how many (OPS-05)."""
        ...
