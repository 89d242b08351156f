"""What the fakes keep in place of tables."""

import copy
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Self

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.call_guard import CredentialAlert, PayloadLogSetting
from votecal_soap.domain.counties import County, Credential, Election, Precinct, StaffUser, ZipCounty
from votecal_soap.domain.duplicate_runs import DetectionRun, RollPartition
from votecal_soap.domain.ems_messages import HeardOf, MessageState, NewMessage
from votecal_soap.domain.jobs import Job, JobInstance
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.domain.matching import MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.sign_in import ConsoleSession, Failures, StaffLogin
from votecal_soap.domain.sos_work_items import SosNote, SosWorkItem
from votecal_soap.domain.uploads import Upload
from votecal_soap.domain.voter_children import Child
from votecal_soap.domain.voter_records import Letter
from votecal_soap.domain.voters import Voter, VotingPrecinct
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import AuditEntry, Blackout, CappedReport, IdentityRequest, KeyBuild, LoadProgress, NewActivity, WeightsVersion


@dataclass(frozen=True)
class KeptMessage:
    """A message and what became of it."""

    message: NewMessage
    enqueued_at: datetime
    state: MessageState = MessageState.OPEN
    text: str | None = None
    cleared_at: datetime | None = None


@dataclass(frozen=True)
class KeptRun:
    """A run and its lease."""

    run: JobInstance
    lease_until: datetime | None = None


@dataclass(frozen=True)
class KeptPartition:
    """A partition of a detection run, who has it, and what its pairs came to."""

    partition: RollPartition
    holder: int | None = None
    done: bool = False
    outcomes: tuple[tuple[str, int], ...] = ()


@dataclass
class FakeState:
    """Flat containers of values that never change, so that a shallow copy of each is a snapshot."""

    voters: dict[int, Voter] = field(default_factory=dict)
    versions: dict[tuple[int, int], tuple[Voter, int | None]] = field(default_factory=dict)
    voting_precincts: dict[tuple[int, str, int], VotingPrecinct] = field(default_factory=dict)
    activities: list[NewActivity] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    messages: dict[int, KeptMessage] = field(default_factory=dict)
    archived: set[int] = field(default_factory=set)
    jobs: dict[int, Job] = field(default_factory=dict)
    runs: dict[int, KeptRun] = field(default_factory=dict)
    counts: dict[tuple[int, Outcome, FailureReason | None], int] = field(default_factory=dict)
    outcomes: dict[tuple[int, int], RecordOutcome] = field(default_factory=dict)
    uploads: dict[int, Upload] = field(default_factory=dict)
    counties: dict[str, County] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)
    nonces: dict[str, datetime] = field(default_factory=dict)
    budgets: dict[tuple[str, int], int] = field(default_factory=dict)
    alerts: dict[str, CredentialAlert] = field(default_factory=dict)
    payload_logs: dict[str, PayloadLogSetting] = field(default_factory=dict)
    people: dict[str, StaffUser] = field(default_factory=dict)
    elections: dict[str, Election] = field(default_factory=dict)
    precincts: dict[tuple[str, str], Precinct] = field(default_factory=dict)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    loads: dict[tuple[str, str], LoadProgress] = field(default_factory=dict)
    identity: dict[int, IdentityRequest] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    match_settings: dict[MatchingFunction, MatchSettings] = field(default_factory=dict)
    matching_modes: dict[tuple[str, MatchingFunction], MatchingMode] = field(default_factory=dict)
    statewide: dict[str, str] = field(default_factory=dict)
    merged_data_pulls: dict[str | None, bool] = field(default_factory=dict)
    blackouts: dict[int, Blackout] = field(default_factory=dict)
    zip_counties: list[ZipCounty] = field(default_factory=list)
    holidays: dict[date, str] = field(default_factory=dict)
    weights: dict[str, WeightsVersion] = field(default_factory=dict)
    capped: dict[int, CappedReport] = field(default_factory=dict)
    key_build: KeyBuild | None = None
    children: list[Child] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    merges: dict[int, MergeRecord] = field(default_factory=dict)
    sos_items: dict[int, SosWorkItem] = field(default_factory=dict)
    sos_notes: list[tuple[int, SosNote]] = field(default_factory=list)
    hours: dict[tuple[str, datetime], tuple[int, int]] = field(default_factory=dict)
    consumers: dict[str, HeardOf] = field(default_factory=dict)
    logins: dict[str, StaffLogin] = field(default_factory=dict)
    sessions: dict[str, ConsoleSession] = field(default_factory=dict)
    failures: dict[str, tuple[Failures, datetime]] = field(default_factory=dict)
    written: dict[int, datetime] = field(default_factory=dict)
    detection_runs: dict[int, DetectionRun] = field(default_factory=dict)
    partitions: dict[tuple[int, int], KeptPartition] = field(default_factory=dict)
    transfers: list[TransferOut] = field(default_factory=list)
    letters: dict[int, tuple[int, Letter]] = field(default_factory=dict)
    document_parts: dict[tuple[str, str, int], tuple[bytes, datetime]] = field(default_factory=dict)

    def snapshot(self) -> Self:
        """A copy that can be changed."""
        return type(self)(**{item.name: copy.copy(getattr(self, item.name)) for item in fields(self)})

    def next_number(self, series: str, count: int = 1, first: int = 1) -> int:
        """The first of `count` numbers of a series."""
        number = self.numbers.get(series, first)
        self.numbers[series] = number + count
        return number


def already_exists() -> Conflict:
    """What a unique constraint says."""
    return Conflict(ErrorCode.ALREADY_EXISTS, "There is one like it already.")
