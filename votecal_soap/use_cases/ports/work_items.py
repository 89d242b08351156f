"""DMV work items, match cases, transfers, potential voters, mailings (COA-02 to COA-38)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from votecal_soap.domain.dmv_records import DmvRecord, SignatureImage
from votecal_soap.domain.dmv_repeats import KeyedRecord
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition, MailingKind, MatchCase, TransferOut, TransferState, WorkItemStatus
from votecal_soap.domain.matching import Criterion
from votecal_soap.domain.voter_records import Letter
from votecal_soap.domain.work_lists import CaseClaim, CaseListQuery, CaseNote


class WorkItem(NamedTuple):
    """A DMV record with what became of it; `record.signature` is None here, the image is kept by `signature_id`."""

    work_item_id: int
    record: DmvRecord
    job_id: int
    status: WorkItemStatus
    disposition: Disposition | None
    county_code: str | None
    """The county of the new address, once known; None of an open one is an SOS work item (COA-21)."""
    signature_id: int | None
    top_confidence: int | None
    opened_at: datetime
    closed_at: datetime | None


class NewWorkItem(NamedTuple):
    """A work item to be added; ids are reserved beforehand so that cases can name them in the same bulk."""

    work_item_id: int
    keyed: KeyedRecord
    status: WorkItemStatus
    disposition: Disposition | None
    county_code: str | None
    signature_id: int | None
    top_confidence: int | None
    weights_version: str


class NewMatchCase(NamedTuple):
    """A case to be added, with the fields of `MatchCase` that a new one has."""

    case_id: int
    case_type: CaseType
    work_item_id: int | None
    state_voter_id: int
    county_code: str
    state: CaseState
    confidence: int
    criteria: tuple[Criterion, ...]
    cap: str | None
    potential_reason: str | None
    same_drivers_license: bool
    weights_version: str
    due_on: date | None
    decided_by: str | None
    basis: str | None
    before_version: int | None
    applied_version: int | None
    automatic: bool
    other_state_voter_id: int | None = None
    other_county: str | None = None
    round_number: int | None = None
    cause: DuplicateCause | None = None
    deciding_digest: str | None = None
    asked_county: str | None = None
    first_rejected_by: str | None = None


class OpenCaseCount(NamedTuple):
    """How many cases of a type and a state wait for a county until a day (DLR-03)."""

    county_code: str
    case_type: CaseType
    state: CaseState
    due_on: date | None
    case_count: int
    is_second: bool = False
    """Of pairs that are counted for their first county too."""


class WorkItemRepository(Protocol):
    """The table dmv_work_item, with signatures and potential voters."""

    def reserve_ids(self, count: int) -> int:
        """The first of `count` work item ids."""
        ...

    def seen(self, records: Sequence[KeyedRecord]) -> set[int]:
        """Sequences of those seen before: same transaction, or same DL/ID, new address and date (COA-02)."""
        ...

    def add(self, items: Sequence[NewWorkItem], job_id: int, at: datetime) -> None:
        """Insert; a record that another run inserted meanwhile raises Conflict."""
        ...

    def get(self, work_item_id: int, *, lock: bool = False) -> WorkItem | None:
        """One work item."""
        ...

    def by_ids(self, work_item_ids: Sequence[int]) -> dict[int, WorkItem]:
        """Several."""
        ...

    def close(self, work_item_ids: Sequence[int], disposition: Disposition, at: datetime) -> None:
        """Close those that are open."""
        ...

    def set_disposition(self, work_item_id: int, status: WorkItemStatus, disposition: Disposition, at: datetime, *, county_code: str | None = None) -> None:
        """Move one; a county given replaces the one known."""
        ...

    def earlier_open(self, state_voter_ids: Sequence[int]) -> dict[int, list[int]]:
        """Open work items that have an open case, by voter (COA-31)."""
        ...

    def add_signatures(self, images: Sequence[tuple[int, SignatureImage]], at: datetime) -> None:
        """Keep (signature id, image); the ids come from `reserve_ids`."""
        ...

    def signature(self, signature_id: int) -> SignatureImage | None:
        """One image; None once its retention has passed."""
        ...

    def keep_signature_of(self, rows: Sequence[tuple[int, int]], at: datetime) -> None:
        """The voter's signature is now this image: (UID, signature id); earlier ones stay (COA-38)."""
        ...

    def signature_of(self, state_voter_id: int) -> int | None:
        """The id of the voter's signature in force."""
        ...

    def withdraw_signature_of(self, state_voter_id: int, signature_id: int, at: datetime) -> None:
        """The match that brought it was undone: the one before is in force again (COA-34)."""
        ...

    def purge_signatures(self, received_before: datetime, limit: int) -> int:
        """Forget images that are no voter's and that no open work item needs; how many (OPS-05)."""
        ...

    def add_potential_voters(self, work_item_ids: Sequence[int], at: datetime) -> None:
        """A Potential Voter for each; name and address are the work item's (COA-20)."""
        ...

    def withdraw_potential_voter(self, work_item_id: int, at: datetime) -> None:
        """The county named the voter."""
        ...

    def is_potential_voter(self, work_item_id: int) -> bool:
        """Whether the record's person is kept as a Potential Voter."""
        ...

    def potential_voters_due(self, county_code: str | None, after_work_item_id: int, limit: int) -> list[int]:
        """Work items of Potential Voters who were in no mailing list yet, by id (COA-35)."""
        ...

    def count_potential_voters_due(self, county_code: str | None) -> int:
        """How many there are."""
        ...

    def mark_potential_voters_listed(self, work_item_ids: Sequence[int], at: datetime) -> None:
        """They are in a mailing list now."""
        ...

    def counts(self) -> Mapping[tuple[str | None, WorkItemStatus, Disposition | None], int]:
        """How many work items by county, status and disposition."""
        ...

    def unresolved_of_sos(self, limit: int, *, after_work_item_id: int = 0) -> Sequence[WorkItem]:
        """Closed without a match and without a county, of California: the SOS's own work items (COA-21)."""
        ...

    def count_unresolved_of_sos(self, limit: int) -> int:
        """How many of them there are, counted up to a limit."""
        ...


class MatchCaseRepository(Protocol):
    """The tables match_case and transfer_out."""

    def reserve_ids(self, count: int) -> int:
        """The first of `count` case ids."""
        ...

    def add(self, cases: Sequence[NewMatchCase], at: datetime) -> None:
        """Insert with version 1."""
        ...

    def get(self, case_id: int, *, lock: bool = False) -> MatchCase | None:
        """One case."""
        ...

    def of_work_items(self, work_item_ids: Sequence[int]) -> list[MatchCase]:
        """All cases of these work items."""
        ...

    def of_voters(self, state_voter_ids: Sequence[int], states: Iterable[CaseState]) -> list[MatchCase]:
        """Cases in these states of which one of these voters is a part, by id."""
        ...

    def latest_of_pairs(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], MatchCase]:
        """The newest round of each pair of voters that ever was a case; the lower UID stands first (DUP-01)."""
        ...

    def save(self, before: MatchCase, after: MatchCase) -> MatchCase:
        """Write what differs over the version read; if it moved meanwhile raises Conflict CASE_CHANGED. The case as it is now."""
        ...

    def open_by_cause(self, cause: DuplicateCause, after_case_id: int, limit: int) -> Sequence[MatchCase]:
        """Duplicates of this cause that wait for a county, by id (DLR-05)."""
        ...

    def listed(
        self, county_code: str, *, states: Iterable[CaseState], case_types: Iterable[CaseType] | None, after_case_id: int, limit: int
    ) -> Sequence[MatchCase]:
        """Cases that this county decides, has a voter of, or is the losing county of, by id."""
        ...

    def count(self, county_code: str, states: Iterable[CaseState]) -> int:
        """How many there are."""
        ...

    def move(
        self,
        case: MatchCase,
        state: CaseState,
        *,
        at: datetime,
        by: str,
        basis: str | None,
        county_code: str | None = None,
        due_on: date | None = None,
        before_version: int | None = None,
        applied_version: int | None = None,
    ) -> MatchCase:
        """Write a decision over the version read; if it moved meanwhile raises Conflict CASE_CHANGED.

        None leaves a value as it is. A case that is open again has a new day, and is announced anew when that has passed.
        Returns the case as it is now.
        """
        ...

    def replace(self, work_item_ids: Sequence[int], at: datetime) -> list[MatchCase]:
        """Set the open cases of these work items Replaced; those that were, as they are now (COA-31)."""
        ...

    def rejected_pairs(self, work_item_id: int) -> set[int]:
        """UIDs of confirmed non-matches of this record (COA-34)."""
        ...

    def overdue(self, today: date, limit: int) -> Sequence[MatchCase]:
        """Open cases past their day and not announced yet (COA-37)."""
        ...

    def mark_overdue_announced(self, case_ids: Sequence[int], at: datetime) -> None:
        """Announced once."""
        ...

    def overdue_counts(self, today: date) -> Mapping[str, int]:
        """Open cases past their day, by county."""
        ...

    def waiting(self, query: CaseListQuery) -> Sequence[MatchCase]:
        """A page of cases that wait (DLR-03)."""
        ...

    def by_ids(self, case_ids: Sequence[int]) -> Mapping[int, MatchCase]:
        """Several, by id."""
        ...

    def of_voter(self, state_voter_id: int, limit: int) -> Sequence[MatchCase]:
        """Cases of which a voter is a part, on either side of a pair, the newest first."""
        ...

    def claim(self, case_id: int, by: str, at: datetime, *, lapsed_before: datetime) -> bool:
        """Take a case to work on; False when somebody else took it after that instant."""
        ...

    def release(self, case_id: int, by: str) -> bool:
        """Give a case back; False when this person does not hold it."""
        ...

    def claim_of(self, case_id: int) -> CaseClaim | None:
        """Who took a case last."""
        ...

    def claims(self, case_ids: Sequence[int]) -> Mapping[int, CaseClaim]:
        """Who took which of these cases, lapsed claims included."""
        ...

    def add_note(self, case_id: int, note: CaseNote) -> None:
        """Keep what was found out about a case."""
        ...

    def notes(self, case_id: int) -> Sequence[CaseNote]:
        """What was noted about a case, the oldest first."""
        ...

    def open_counts(self, county_code: str | None) -> Sequence[OpenCaseCount]:
        """How many cases wait, by county, type, state and day; does not scan (DLR-03)."""
        ...

    def add_transfers(self, rows: Sequence[TransferOut]) -> None:
        """Insert moves out of a county; ids from `reserve_ids`."""
        ...

    def transfer(self, transfer_id: int, *, lock: bool = False) -> TransferOut | None:
        """One transfer."""
        ...

    def open_transfer_of_case(self, case_id: int) -> TransferOut | None:
        """The transfer that a case made, if it still waits."""
        ...

    def transfer_of_case(self, case_id: int) -> TransferOut | None:
        """The newest transfer that a case made, whatever became of it."""
        ...

    def decide_transfer(self, transfer_id: int, state: TransferState, at: datetime, by: str, *, expected: TransferState = TransferState.OPEN) -> None:
        """Write a decision over the state expected; a transfer that has left it raises Conflict CASE_DECIDED.

        `expected` is another than Open when an accepted transfer is undone.
        """
        ...

    def transfers_past(self, instant: datetime, limit: int, *, after_transfer_id: int = 0) -> Sequence[TransferOut]:
        """Open provisional transfers whose time has passed, by id (VRU-15)."""
        ...


NewMailing = tuple[MailingKind, str | None, int | None, int | None, str | None]
"""Kind, county, UID, work item, comment."""


class MailingRow(NamedTuple):
    """A line of a mailing list; name and address are read from the work item or the voter at export."""

    mailing_id: int
    kind: MailingKind
    county_code: str | None
    state_voter_id: int | None
    work_item_id: int | None
    comment: str | None
    due_at: datetime


class MailingRepository(Protocol):
    """The table mailing (COA-35)."""

    def add(self, rows: Sequence[NewMailing], at: datetime) -> None:
        """(kind, county, UID, work item, comment) that are due a letter.

        One kind of letter is due once to one voter, or to the person of one work item without a voter: a later row takes
        the place of the one that waits. One that was exported or withdrawn does not wait.
        """
        ...

    def due(self, kind: MailingKind, county_code: str | None, after_mailing_id: int, limit: int) -> Sequence[MailingRow]:
        """Lines not exported and not withdrawn, by id."""
        ...

    def due_count(self, kind: MailingKind, county_code: str | None) -> int:
        """How many lines wait."""
        ...

    def exported(self, export_name: str, after_mailing_id: int, limit: int) -> Sequence[MailingRow]:
        """Lines of a file that was written, by id."""
        ...

    def of_voter(self, state_voter_id: int) -> list[Letter]:
        """A voter's letters that are due or were listed, by id; those withdrawn are left out (S2.35)."""
        ...

    def mark_exported(self, mailing_ids: Sequence[int], at: datetime, file_name: str) -> None:
        """They are in a file now."""
        ...

    def add_exported(self, rows: Sequence[NewMailing], at: datetime, file_name: str) -> None:
        """Lines of a file that were due for another reason than a row here: cards of flagged voters, letters to potential ones."""
        ...

    def withdraw(self, kind: MailingKind, *, state_voter_id: int | None = None, work_item_id: int | None = None, at: datetime) -> None:
        """No letter of this kind is due any more to this voter, or to the person of this work item."""
        ...

    def restore(self, state_voter_id: int, withdrawn_at: datetime) -> None:
        """The letters to this voter that were withdrawn at that instant are due again, but for one whose like has become due since."""
        ...
