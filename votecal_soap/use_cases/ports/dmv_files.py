"""Files from DMV (COA-01)."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from votecal_soap.domain.dmv_files import DmvFile


class DmvExchange(Protocol):
    """Where DMV drops its files, and where they lie once they are taken."""

    def has_arrived(self, file_name: str, now: datetime) -> bool:
        """Whether the file is there and no longer being written."""
        ...

    def take(self, file_name: str, file_id: int) -> Path | None:
        """Move the file where nobody else writes; where it is if that was done before a crash; None if it is nowhere."""
        ...

    def left(self, before: datetime) -> list[Path]:
        """Files in the drop folder that nobody wrote to since an instant, and pieces of moves that broke off, by name."""
        ...

    def path(self, file_id: int) -> Path:
        """Where a file that was taken lies."""
        ...

    def discard(self, file_id: int) -> None:
        """Remove a file that was taken; nothing there is fine."""
        ...


class DmvFileRepository(Protocol):
    """The book-keeping of DMV's files, their counts by outcome and their histograms of confidence."""

    def expect(self, job_id: int, file_name: str, at: datetime) -> int:
        """A job waits for a file of this name; its id. One file a job."""
        ...

    def get(self, file_id: int) -> DmvFile | None:
        """One file."""
        ...

    def of_job(self, job_id: int) -> DmvFile | None:
        """The file of a job."""
        ...

    def taken(self, sha256: str) -> DmvFile | None:
        """The file with these bytes that is or was processed; a refused one does not count."""
        ...

    def take(self, file_id: int, sha256: str, byte_count: int, at: datetime) -> None:
        """It is out of the drop folder; the same bytes taken by another job raise Conflict ALREADY_EXISTS."""
        ...

    def set_record_count(self, file_id: int, record_count: int) -> None:
        """Keep how many records its trailer tells."""
        ...

    def complete(self, file_id: int, at: datetime) -> None:
        """All its records are processed."""
        ...

    def refuse(self, file_id: int, code: str, text: str, at: datetime, *, sha256: str | None = None, byte_count: int | None = None) -> None:
        """Nothing of it was applied; the same bytes may come again, should the reason be mended here."""
        ...

    def add_counts(self, file_id: int, counts: Mapping[str, int]) -> None:
        """Add to the records by outcome, in the transaction of the chunk."""
        ...

    def counts(self, file_id: int) -> dict[str, int]:
        """Records by outcome so far."""
        ...

    def add_scores(self, file_id: int, scores: Mapping[int, int]) -> None:
        """Add to the histogram: confidence to records."""
        ...

    def scores(self, file_id: int) -> dict[int, int]:
        """The histogram of the records' best candidates; files of the first releases have it by tens."""
        ...

    def last_completed(self) -> DmvFile | None:
        """The file that was completed last."""
        ...

    def expected_names(self) -> set[str]:
        """Names of the files that jobs still wait for."""
        ...

    def finished_before(self, instant: datetime, limit: int) -> list[DmvFile]:
        """Files processed or refused before that, or taken before that by a job that has failed, whose bytes are there (OPS-05)."""
        ...

    def set_purged(self, file_id: int, at: datetime) -> None:
        """Keep that the bytes are gone."""
        ...
