"""What hangs on a voter's record: past addresses, activity, participation, images, documents, contacts, custom data (DLR-09).

A child is never deleted and never moved: a merge copies it, and marks copy and original with the case that did so, so
that the merge can be taken back at any time (DLR-12, DLR-14).
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress


class AddressKind(StrEnum):
    """Which of a voter's addresses it was."""

    RESIDENCE = "Residence"
    MAILING = "Mailing"


class PastAddress(NamedTuple):
    """An address that a voter had; the parts of the other kind are empty."""

    address_kind: AddressKind
    residence: ResidenceAddress
    mailing: MailingAddress
    effective_from: date | None
    effective_to: date | None
    """The last day."""


def last_day(first: date, next_from: date | None) -> date | None:
    """The last day of an address that another follows: the one before it; of one that another follows on its first day or earlier, that day."""
    return None if next_from is None else max(first, next_from - timedelta(days=1))


class Activity(NamedTuple):
    """An entry of the activity history, with its basis."""

    county_code: str
    activity_type: str
    activity_date: date
    basis: str
    record_version: int
    job_id: int | None


class VotingMethod(StrEnum):
    """How a voter voted."""

    POLLING_PLACE = "PollingPlace"
    VOTE_BY_MAIL = "VoteByMail"
    EARLY = "Early"
    PROVISIONAL = "Provisional"


class Participation(NamedTuple):
    """That a voter voted at an election."""

    county_code: str
    election_id: str
    voting_method: VotingMethod
    federal: bool
    """Whether federal offices were on the ballot: told by the election, kept there."""


class DocumentKind(StrEnum):
    """What an image or another document shows."""

    AFFIDAVIT = "AffidavitImage"  # the affidavit of registration (S2.20)
    SIGNATURE = "SignatureImage"
    OTHER = "OtherDocument"


class Document(NamedTuple):
    """An image or another document; the bytes are kept once, under their digest."""

    document_kind: DocumentKind
    media_type: str
    sha256: str
    title: str | None
    received_on: date


class Contact(NamedTuple):
    """An entry of the contact log, or a clerk's comment."""

    county_code: str
    contacted_at: datetime
    channel: str
    author: str
    remark: str


class CustomField(NamedTuple):
    """A value that only its county knows the meaning of."""

    county_code: str
    field_name: str
    field_value: str


ChildContent: TypeAlias = PastAddress | Activity | Participation | Document | Contact | CustomField


class Child(NamedTuple):
    """A child of a voter with where it came from and what became of it."""

    child_id: int | None
    """None: not stored as a row of its own, but read from elsewhere, as a residence is from the record's versions."""
    state_voter_id: int
    content: ChildContent
    source: str
    """What the child is known by among its voter's children, so that it is copied once: its own id, or where it was read."""
    copied_from: str | None = None
    """The `source` of the original; None for what is no copy."""
    merge_case_id: int | None = None
    """The case whose merge made the copy."""
    deleted_case_id: int | None = None
    """The case whose merge marked the original as deleted, or whose undo marked the copy so; None: in force."""

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.deleted_case_id is None


class NewChild(NamedTuple):
    """A child to be added."""

    state_voter_id: int
    content: ChildContent
    copied_from: str | None = None
    merge_case_id: int | None = None


def source_of(content: ChildContent, child_id: int) -> str:
    """How a stored child is known."""
    return f"{type(content).__name__}:{child_id}"
