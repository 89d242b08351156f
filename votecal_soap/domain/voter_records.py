"""A voter's whole record as a county asks for it: sections, a version or a day, and entries page by page (S2.27, S4.5, EWS-10). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from votecal_soap.clock import legal_date
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voter_children import Activity, Child, ChildContent, Contact, CustomField, Document, Participation, PastAddress
from votecal_soap.domain.voters import Voter, VotingPrecinct


class VoterSection(StrEnum):
    """A part of a voter's record; the value is the name on the wire."""

    IDENTITY = "Identity"
    REGISTRATION = "Registration"
    ADDRESSES = "Addresses"
    PRECINCTS = "Precincts"
    ACTIVITY = "Activity"
    PARTICIPATION = "Participation"
    DOCUMENTS = "Documents"
    MAILINGS = "Mailings"
    CONTACTS = "Contacts"
    CUSTOM_FIELDS = "CustomFields"


UNASKED: Final = frozenset({VoterSection.IDENTITY, VoterSection.REGISTRATION, VoterSection.ADDRESSES, VoterSection.PRECINCTS})
"""The sections of a call that names none."""

_FIELDS: Final[Mapping[VoterSection, tuple[str, ...]]] = {
    VoterSection.IDENTITY: ("prefix", "first_name", "middle_name", "last_name", "suffix", "date_of_birth", "drivers_license", "ssn4", "gender"),
    VoterSection.REGISTRATION: ("status_reason", "registration_date", "party", "language", "confidentiality", "confidential_since"),
    VoterSection.ADDRESSES: (*ResidenceAddress._fields, *MailingAddress._fields, "phone", "email"),
    VoterSection.PRECINCTS: ("home_precinct", "home_precinct_part"),
}

_SECTIONS: Final[Mapping[type[object], VoterSection]] = {
    PastAddress: VoterSection.ADDRESSES,
    Activity: VoterSection.ACTIVITY,
    Participation: VoterSection.PARTICIPATION,
    Document: VoterSection.DOCUMENTS,
    Contact: VoterSection.CONTACTS,
    CustomField: VoterSection.CUSTOM_FIELDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterQuery:
    """Whose record, which parts, when; `after` is the last entry of the page before."""

    state_voter_id: int | None = None
    ems_voter_id: str | None = None
    """The caller's own."""
    sections: frozenset[VoterSection] = UNASKED
    as_of: date | None = None
    version: int | None = None
    after: str | None = None
    limit: int | None = None


class Letter(NamedTuple):
    """A letter that is due to a voter, or was listed for the mail (COA-35)."""

    mailing_id: int
    kind: MailingKind
    due_at: datetime
    listed_at: datetime | None


EntryContent: TypeAlias = ChildContent | Letter


class VoterEntry(NamedTuple):
    """One thing that hangs on a record; a document has its size."""

    entry_id: str
    content: EntryContent
    merged_by: int | None = None
    """The case whose merge copied it."""
    byte_count: int | None = None


class VoterRecord(NamedTuple):
    """A record as one county may see it; of another county's voter what a search shows, and nothing that hangs on it."""

    voter: Voter
    own: bool
    current: Voter
    """The record in force, which `voter` may be an earlier version of."""
    sections: frozenset[VoterSection]
    merged_id: int | None = None
    """The UID that was asked for, when its record was merged into this one (DLR-12)."""
    voting_precincts: tuple[VotingPrecinct, ...] = ()
    entries: tuple[VoterEntry, ...] = ()
    more: bool = False


def in_sections(voter: Voter, sections: frozenset[VoterSection]) -> Voter:
    """The record without what no section asks for."""
    unasked: dict[str, Any] = {name: None for section, names in _FIELDS.items() if section not in sections for name in names}
    return voter._replace(**unasked)


def entry_of(child: Child) -> VoterEntry:
    """A child as an entry."""
    return VoterEntry(child.source, child.content, child.merge_case_id)


def letter_entry(letter: Letter) -> VoterEntry:
    """A letter as an entry."""
    return VoterEntry(f"Mailing:{letter.mailing_id}", letter)


Place: TypeAlias = tuple[int, str, tuple[int, ...]]
"""Where an entry stands among all: kind by kind, each kind by its ids, an order that what is added later does not disturb."""

_KINDS: Final = (
    ("PastAddress", "ResidenceOfVersion", "MailingOfVersion"),
    ("Activity",),
    ("Participation",),
    ("Document", "DmvSignature"),
    ("Contact",),
    ("CustomField",),
    ("Mailing",),
)
_RANKS: Final = {name: rank for rank, names in enumerate(_KINDS) for name in names}


def place_of(entry_id: str) -> Place | None:
    """Where an entry stands; None for what names none."""
    name, *numbers = entry_id.split(":")
    return (_RANKS[name], name, tuple(map(int, numbers))) if name in _RANKS and all(number.isdecimal() for number in numbers) else None


def in_order(entries: Iterable[VoterEntry], after: Place | None) -> list[VoterEntry]:
    """Those behind a place, in their order."""
    placed = {place: entry for entry in entries if (place := place_of(entry.entry_id)) is not None}
    return [placed[place] for place in sorted(placed) if after is None or place > after]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesWanted:
    """Which children of a voter are told: of which sections, on which day, with the merges and elections that this needs."""

    sections: frozenset[VoterSection]
    as_of: date | None
    merges: Mapping[int, MergeRecord]
    """By case."""
    election_days: Mapping[str, date]

    def holds(self, child: Child) -> bool:
        """Whether the child belongs to the record, then or now."""
        return _SECTIONS[type(child.content)] in self.sections and self._was_in_force(child) and self._had_happened(child)

    def _was_in_force(self, child: Child) -> bool:
        if self.as_of is None:
            return child.in_force
        copied, deleted = self._merged_on(child.merge_case_id), self._merged_on(child.deleted_case_id)
        return (copied is None or copied <= self.as_of) and (child.in_force or (deleted is not None and deleted > self.as_of))

    def _merged_on(self, case_id: int | None) -> date | None:
        merge = None if case_id is None else self.merges.get(case_id)
        return None if merge is None else legal_date(merge.merged_at)

    def _had_happened(self, child: Child) -> bool:
        if isinstance(child.content, PastAddress):
            return self._was_past(child, child.content.effective_to)
        day = self._day_of(child.content)
        return self.as_of is None or (day is not None and day <= self.as_of)

    def _was_past(self, child: Child, last: date | None) -> bool:
        """On its last day an address is not past yet; the one in force is the record's own."""
        if self.as_of is None:
            return child.child_id is not None or last is not None
        return last is not None and last < self.as_of

    def _day_of(self, content: ChildContent) -> date | None:
        """When it was; None: nobody knows, so that it is told of no past day."""
        match content:
            case Activity():
                return content.activity_date
            case Participation():
                return self.election_days.get(content.election_id)
            case Document():
                return content.received_on
            case Contact():
                return legal_date(content.contacted_at)
            case _:
                return None
