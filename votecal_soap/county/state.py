"""The state as a county sees it: the values of both services' messages, and the port that speaks them.

Words and their order are those of `xsd/batch-data-exchange.xsd` and `xsd/ems-integration.xsd`. Enumerations that the
contract calls open stay text here: a value from a newer state must not stop an older county.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from votecal_soap.contract.batch_writer import BatchFile, WireRegistration
from votecal_soap.contract.queue_page import QueuePage
from votecal_soap.contract.received_cases import ReceivedCase, ReceivedCasePage, ReceivedFoundVoter
from votecal_soap.contract.received_registrations import ReceivedMergedPage, ReceivedRegistration
from votecal_soap.contract.received_synchronisation import ReceivedDifferencePage
from votecal_soap.contract.received_voters import ReceivedChange, ReceivedImagePart, ReceivedImageProgress, ReceivedRecord
from votecal_soap.domain.county_activities import CountyActivity
from votecal_soap.domain.county_answers import ReportUnresolvedCoa, UndoMatchCase
from votecal_soap.domain.ems_messages import Clearance
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.match_cases import CaseDecision, CaseState
from votecal_soap.domain.synchronisation import DifferenceQuery, DigestPage, DigestQuery
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.domain.voter_records import VoterSection
from votecal_soap.domain.voter_searches import VoterSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingJob:
    """A job that the state asks this county to do (VRU-02)."""

    job_id: int
    job_type: str
    job_state: str
    schema_version: str
    not_before: datetime
    election_id: str | None
    data_kinds: frozenset[DataKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """How far the state has a file, and where the rest may be sent (VRU-06)."""

    upload_id: int
    complete: bool
    next_offset: int
    byte_count: int
    chunk_byte_limit: int
    fast_lane_url: str | None
    fast_lane_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """How many records of a job ended so."""

    outcome: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """Where a job stands at the state, and its results so far (VRU-21)."""

    job_id: int
    job_state: str
    record_count: int | None
    records_processed: int
    outcome_counts: tuple[OutcomeCount, ...]
    voters_without_voting_precinct: int | None
    refusal_code: str | None
    refusal_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedCase:
    """Where a match case stands after the county's word, and who decides it now; the version of the voter's record, if the voter is this county's."""

    case_state: str
    case_version: int
    county_code: str
    record_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedTransfer:
    """Where a move out of the county stands after its word."""

    state_uid: int
    transfer_state: str
    record_version: int | None


class BatchDataExchange(Protocol):
    """The Batch Data Exchange Interface (DEI). Every call may be sent again; `Unavailable` says to do so later."""

    def get_pending_jobs(self) -> Sequence[PendingJob]:
        """Jobs due for this county; none is a normal answer."""
        ...

    def acknowledge_started(self, job_id: int) -> str:
        """Tell that the county has begun; the job's state."""
        ...

    def begin_upload(self, job_id: int, file: BatchFile) -> UploadTicket:
        """Announce a file, or ask how far the same one has come."""
        ...

    def put_bytes(self, ticket: UploadTicket, offset: int, content: bytes) -> int:
        """Send bytes by the fast lane; the next offset."""
        ...

    def append_chunk(self, upload_id: int, offset: int, content: bytes) -> int:
        """Send bytes by SOAP; the next offset."""
        ...

    def get_next_offset(self, upload_id: int) -> int:
        """The first byte that the state does not have."""
        ...

    def complete_upload(self, upload_id: int) -> str:
        """Tell that all bytes are sent; the job's state."""
        ...

    def get_job_status(self, job_id: int) -> JobStatus:
        """Where the job stands."""
        ...


class EmsIntegration(Protocol):
    """The EMS Integration Web Service (EWS), as far as the queue goes."""

    def get_message_queue(self, maximum_messages: int, after_message_id: int | None = None) -> QueuePage:
        """The oldest messages, or those with a higher id, with their detail; and how many remain on the whole queue (EWS-02)."""
        ...

    def clear_messages(self, clearances: Sequence[Clearance]) -> dict[int, str]:
        """Tell what became of messages; the state's answer for each (EWS-04)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRecord:
    """Where a DMV record stands after the county's report, and the case that a named voter opened."""

    disposition: str
    case_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRegistration:
    """A voter whom the county registers as new, in its own codes, and the UIDs of candidates whom a clerk saw and did not choose."""

    ems_voter_id: str
    registration: WireRegistration
    seen: Sequence[int] = ()


class CountyQuestions(Protocol):
    """What the county may ask of matches and voters, in the same service (EWS-08, EWS-11)."""

    def list_match_cases(self, states: Collection[CaseState] = (), after_case_id: int = 0) -> ReceivedCasePage:
        """Cases that the county decides, or lost a voter by, by rising id; without states those that wait."""
        ...

    def get_match_case(self, case_id: int) -> ReceivedCase:
        """A case as it is now, with the voter's record and what DMV sent; NotFound for another county's."""
        ...

    def search_voters(self, search: VoterSearch) -> Sequence[ReceivedFoundVoter]:
        """Voters of the whole state who may be the one looked for, best first."""
        ...

    def pull_merged_data(self, case_id: int, after: str | None = None) -> ReceivedMergedPage:
        """What a merge copied to the county's record, with documents' bytes; NotAllowed unless SOS has set it (DLR-15)."""
        ...


class CountyAnswers(Protocol):
    """The county's word on matches, in the same service; the transaction id makes each call's repetition harmless (EWS-07, EWS-11)."""

    def decide_match_case(self, transaction_id: str, decision: CaseDecision) -> DecidedCase:
        """Decide a match case (COA-33)."""
        ...

    def undo_match_case(self, transaction_id: str, undo: UndoMatchCase) -> DecidedCase:
        """Take back a match that was applied (COA-34)."""
        ...

    def report_unresolved_coa(self, transaction_id: str, report: ReportUnresolvedCoa) -> ReportedRecord:
        """Tell that a DMV record is no voter's, or whose it is (COA-21)."""
        ...

    def accept_transfer_out(self, transaction_id: str, transfer_id: int) -> DecidedTransfer:
        """Accept that a voter moved away (S4.21)."""
        ...

    def reverse_transfer_out(self, transaction_id: str, transfer_id: int, basis: str) -> DecidedTransfer:
        """Say that the person who moved away is somebody else (S4.21)."""
        ...

    def register_voter(self, transaction_id: str, new: NewRegistration) -> ReceivedRegistration:
        """Register a voter as new, or hear whom the county has to look at first (EWS-09)."""
        ...


class MatchCases(CountyQuestions, CountyAnswers, Protocol):
    """Both ways."""


class SynchronizationChecks(Protocol):
    """What the county asks to find where it and the state are not alike, in the same service (2 CCR 19083)."""

    def get_synchronization_digest(self, query: DigestQuery) -> DigestPage:
        """The next groups of the county's records, by rising UID."""
        ...

    def list_differences(self, query: DifferenceQuery) -> ReceivedDifferencePage:
        """What of the county's records in a range of UIDs is not alike at the state."""
        ...


class ChangedVoter(NamedTuple):
    """What a clerk changed of a voter, in the county's own codes, and the version that the county knew."""

    state_voter_id: int
    ems_voter_id: str
    base_version: int
    registration: WireRegistration
    basis: str


class MovedVoter(NamedTuple):
    """A voter of another county whom a clerk has chosen, in the version that was shown, with the new affidavit."""

    state_voter_id: int
    base_version: int
    ems_voter_id: str
    registration: WireRegistration
    basis: str


class DeclinedRegistration(NamedTuple):
    """An affidavit that the county declined."""

    ems_voter_id: str
    registration: WireRegistration
    reason: str


class ImageToSend(NamedTuple):
    """What the whole of an image is."""

    state_voter_id: int
    kind: DocumentKind
    media_type: str
    title: str | None
    received_on: date
    byte_count: int
    sha256: str


class VoterRecords(Protocol):
    """Voters' records in the same service (EWS-09, EWS-10, EWS-12)."""

    def get_voter(
        self, state_voter_id: int, sections: Collection[VoterSection] = (), *, as_of: date | None = None, version: int | None = None, after: str | None = None
    ) -> ReceivedRecord:
        """A voter's record; without sections those that the contract names."""
        ...

    def update_voter(self, transaction_id: str, changed: ChangedVoter) -> ReceivedChange:
        """Update a voter of the county."""
        ...

    def transfer_voter(self, transaction_id: str, moved: MovedVoter) -> ReceivedChange:
        """Take a voter of another county over (UC01.11.02)."""
        ...

    def undo_transfer_out(self, transaction_id: str, transfer_id: int, basis: str) -> DecidedTransfer:
        """Say after the acceptance that the person who moved away is somebody else (UC03.50.01)."""
        ...

    def enter_declined_voter(self, transaction_id: str, declined: DeclinedRegistration) -> ReceivedChange:
        """Tell of a registration that the county declined (UC01.11.04)."""
        ...

    def add_voter_activity(self, transaction_id: str, state_voter_id: int, activity: CountyActivity, on: date, basis: str | None) -> None:
        """Enter something in a voter's activity history."""
        ...

    def confirm_vnc_printed(self, transaction_id: str, printed_on: date, cards: Sequence[tuple[int, int | None]]) -> dict[int, str]:
        """Tell that notification cards were printed: (UID, version shown); UID to outcome."""
        ...

    def attach_image(self, transaction_id: str, image: ImageToSend, offset: int, content: bytes) -> ReceivedImageProgress:
        """Send a part of an image."""
        ...

    def get_image(self, state_voter_id: int, entry_id: str, offset: int, maximum_bytes: int) -> ReceivedImagePart:
        """Some bytes of an image."""
        ...


class CountyRecords(MatchCases, VoterRecords, Protocol):
    """All that a clerk asks and says."""


class State(BatchDataExchange, EmsIntegration, CountyRecords, SynchronizationChecks, Protocol):
    """Both services of the state."""

    def close(self) -> None:
        """End the connections."""
        ...
