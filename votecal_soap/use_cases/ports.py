"""What use cases need of the database: one unit of work and its repositories (OPS-04).

`db` implements these on SQLAlchemy; the fakes of the tests implement them in memory, and the same tests run on both.
Nothing is saved unless `commit()` is reached; leaving the block without it rolls back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.counties import County, Credential, Election, Precinct, StaffUser
from votecal_soap.domain.ems_messages import Clearance, ClearResult, NewMessage, QueuedMessage
from votecal_soap.domain.jobs import DataKind, InstanceState, Job, JobInstance, JobState, JobType, StopRequest
from votecal_soap.domain.uploads import Compression, Upload
from votecal_soap.domain.voters import Voter, VotingPrecinct

OutcomeCounts = Mapping[tuple[Outcome, FailureReason | None], int]


class VoterChange(NamedTuple):
    """A voter before and after, with the names of the fields that differ (VRU-10)."""

    before: Voter
    after: Voter
    changed: tuple[str, ...]


class NewActivity(NamedTuple):
    """An entry of a voter's activity history, with its basis."""

    state_voter_id: int
    county_code: str
    activity_type: str
    activity_date: date
    basis: str
    record_version: int
    job_id: int | None


class AuditEntry(NamedTuple):
    """Who did what, when, with old and new values as JSON (OPS-02)."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    county_code: str | None
    correlation_id: str | None
    detail: str | None


class JudgedRecord(NamedTuple):
    """What is kept of one judged batch record beside the voter's own rows.

    `payload` is its queue message; `basis` the activity entry and `changes` the audit's old and new values (JSON) of an
    applied one, None otherwise.
    """

    outcome: RecordOutcome
    voter_sequence: int | None
    payload: str
    basis: str | None
    changes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedChunk:
    """The judged records of one transaction, in file order, with what they have in common."""

    job_id: int
    county_code: str
    activity_type: str
    audit_action: str
    at: datetime
    day: date
    records: Sequence[JudgedRecord]


class BatchRepository(Protocol):
    """What each record of a batch leaves behind: outcome, message, activity, audit (VRU-10 to VRU-12)."""

    def keep(self, chunk: JudgedChunk) -> None:
        """Write all of it; a second outcome for a record raises Conflict."""
        ...


class VoterRepository(Protocol):
    """Voters, their versions, voting precincts and activity."""

    def lock_by_state_id(self, state_voter_ids: Sequence[int]) -> list[Voter]:
        """Current records by UID, locked until the end of the transaction; unknown ids are left out."""
        ...

    def lock_by_ems_id(self, county_code: str, ems_voter_ids: Sequence[str]) -> list[Voter]:
        """Current records of one county by its own ids, locked likewise."""
        ...

    def get(self, state_voter_id: int) -> Voter | None:
        """The current record."""
        ...

    def version_as_of(self, state_voter_id: int, day: date) -> Voter | None:
        """The record as it was in force on a legal day: the highest version effective by then (VRU-10, S2.27)."""
        ...

    def voting_precincts(self, election_id: str, state_voter_ids: Sequence[int]) -> dict[int, VotingPrecinct]:
        """Where these voters vote at an election."""
        ...

    def save_changes(self, changes: Sequence[VoterChange], recorded_at: datetime, job_id: int | None = None) -> None:
        """Write the new current rows and a version for each whose `version` rose; a row that moved meanwhile raises Conflict.

        Several changes of one voter may come in order: each makes its version, the last is the current row.
        """
        ...

    def changed_by_others(self, job_id: int, base_versions: Sequence[tuple[int, int]]) -> set[int]:
        """Of these (UID, version known to the county): UIDs with a later version that this job did not write (VRU-13)."""
        ...

    def save_voting_precincts(self, rows: Sequence[tuple[int, int, VotingPrecinct]], recorded_at: datetime) -> None:
        """Keep (UID, version, voting precinct); earlier ones stay as history."""
        ...

    def add_voters(self, voters: Sequence[Voter], recorded_at: datetime) -> None:
        """Insert new records with version 1."""
        ...

    def add_activities(self, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
        """Append to activity histories."""
        ...

    def reserve_state_voter_ids(self, count: int) -> int:
        """The first of `count` UIDs that nobody else will get."""
        ...

    def count_without_voting_precinct(self, county_code: str, election_id: str) -> int:
        """Registered (Active or Inactive) voters of the county without a voting precinct for the election (VRU-21)."""
        ...

    def pending_identity(self, after_state_voter_id: int, limit: int) -> list[Voter]:
        """Voters whose DL/ID or SSN4 waits for DMV, in UID order (IDV-01)."""
        ...


class MessageRepository(Protocol):
    """The county queues."""

    def add(self, messages: Sequence[NewMessage], enqueued_at: datetime) -> None:
        """Queue messages in this transaction (EWS-06); the depth counters move at commit."""
        ...

    def page(self, county_code: str, limit: int, *, with_payload: bool) -> list[QueuedMessage]:
        """Open messages, oldest first, per voter in voter sequence (EWS-02, EWS-05)."""
        ...

    def by_ids(self, county_code: str, message_ids: Sequence[int]) -> list[QueuedMessage]:
        """Those of these messages that are this county's, cleared ones included."""
        ...

    def depth(self, county_code: str) -> int:
        """How many are open; does not scan."""
        ...

    def clear(self, county_code: str, clearances: Sequence[Clearance], at: datetime) -> dict[int, ClearResult]:
        """Clear in order; idempotent; never another county's; a younger one never before an older of the same voter."""
        ...

    def voters_with_blocking(self, county_code: str, state_voter_ids: Sequence[int]) -> set[int]:
        """Voters with an open message about a change that the county did not make itself (VRU-13)."""
        ...


class JobRepository(Protocol):
    """Jobs and their instances."""

    def add(
        self,
        *,
        job_type: JobType,
        state: JobState,
        county_code: str | None,
        election_id: str | None,
        data_kinds: Iterable[DataKind],
        not_before: datetime,
        repeat: str | None,
        notice: str | None,
        scheduled_by: str,
        scheduled_at: datetime,
    ) -> int:
        """Insert a job; its id."""
        ...

    def get(self, job_id: int, *, lock: bool = False) -> Job | None:
        """One job."""
        ...

    def listed(self, *, county_code: str | None = None, states: Iterable[JobState] | None = None, limit: int = 100) -> Sequence[Job]:
        """Jobs, newest first."""
        ...

    def set_state(self, job_id: int, state: JobState, *, remark: str | None = None) -> None:
        """Move a job."""
        ...

    def authorise(self, job_id: int, by: str, at: datetime) -> None:
        """Record the authorisation and set Pending."""
        ...

    def offered(self, county_code: str, now: datetime) -> Sequence[Job]:
        """Authorised jobs of the county that are due and have no complete file (VRU-02)."""
        ...

    def add_instance(self, job_id: int, due_at: datetime, *, upload_id: int | None, record_count: int | None) -> int | None:
        """Insert a run, unique per job and due time; None when it is there already (JOB-02)."""
        ...

    def instance(self, instance_id: int) -> JobInstance | None:
        """One run."""
        ...

    def latest_instance(self, job_id: int) -> JobInstance | None:
        """The job's newest run."""
        ...

    def instances(self, *, states: Iterable[InstanceState] | None = None, limit: int = 100) -> Sequence[JobInstance]:
        """Runs, newest first."""
        ...

    def claim(self, worker: str, lease_seconds: int, attempt_limit: int) -> JobInstance | None:
        """Take the oldest due run that is ready or whose lease has run out, by the database's clock (JOB-02)."""
        ...

    def heartbeat(self, instance_id: int, lease_token: str, lease_seconds: int) -> StopRequest | None:
        """Keep the lease and hear of a stop request; a lost lease raises Conflict."""
        ...

    def save_progress(self, instance_id: int, lease_token: str, *, position: int, records_processed: int, counts: OutcomeCounts) -> None:
        """Keep the position reached and add the chunk's counts; a lost lease raises Conflict (VRU-20).

        Progress shows that the run is not stuck, so its attempts count from zero again.
        """
        ...

    def set_record_count(self, instance_id: int, lease_token: str, record_count: int) -> None:
        """Keep the number of records that the file holds."""
        ...

    def finish(
        self,
        instance_id: int,
        lease_token: str,
        state: InstanceState,
        *,
        error_code: str | None = None,
        error_text: str | None = None,
        error_ref: str | None = None,
    ) -> None:
        """End or pause a run and give up its lease."""
        ...

    def release(self, instance_id: int, lease_token: str, *, error_code: str, error_text: str, delay_seconds: int = 0) -> None:
        """Give a failed run back for another attempt, not before the delay has passed by the database's clock."""
        ...

    def hand_back(self, instance_id: int, lease_token: str) -> None:
        """Give an unharmed run back at once, its attempt not counted: its worker is going down."""
        ...

    def request_stop(self, job_id: int, request: StopRequest | None) -> None:
        """Ask the job's unfinished runs to stop at a safe point; None takes the request back and readies a paused run."""
        ...

    def counts(self, job_id: int) -> OutcomeCounts:
        """Outcomes by reason so far."""
        ...

    def add_outcomes(self, job_id: int, outcomes: Sequence[RecordOutcome]) -> None:
        """Keep one outcome a record; a second for the same record raises."""
        ...

    def outcomes(self, job_id: int, after_sequence: int, limit: int) -> list[RecordOutcome]:
        """Outcomes in sequence."""
        ...


class UploadRepository(Protocol):
    """Uploads' book-keeping; the bytes are in the spool."""

    def add(self, *, job_id: int, county_code: str, byte_count: int, sha256: str, record_count: int, compression: Compression, begun_at: datetime) -> Upload:
        """Insert an open upload."""
        ...

    def get(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        """One upload."""
        ...

    def latest(self, job_id: int, *, lock: bool = False) -> Upload | None:
        """The job's newest upload that was not abandoned."""
        ...

    def set_token(self, upload_id: int, token_hash: str, expires_at: datetime) -> None:
        """Replace the fast lane's token."""
        ...

    def set_received(self, upload_id: int, received_bytes: int) -> None:
        """Move the next offset."""
        ...

    def complete(self, upload_id: int, at: datetime) -> None:
        """Close it; the token is gone."""
        ...

    def abandon(self, upload_id: int) -> None:
        """Put it aside for another file."""
        ...

    def finished_before(self, instant: datetime, limit: int) -> list[Upload]:
        """Complete or abandoned uploads of finished jobs whose bytes are still there and may be purged (OPS-05)."""
        ...

    def set_purged(self, upload_id: int, at: datetime) -> None:
        """Keep that the bytes are gone."""
        ...


class ReferenceRepository(Protocol):
    """Counties, credentials, users, elections, precincts, codes, rules, settings."""

    def counties(self) -> list[County]:
        """All counties."""
        ...

    def county(self, county_code: str) -> County | None:
        """One county."""
        ...

    def save_counties(self, counties: Iterable[County]) -> int:
        """Insert or update."""
        ...

    def credential(self, username: str) -> Credential | None:
        """One credential, revoked ones included."""
        ...

    def credentials(self, county_code: str | None = None) -> list[Credential]:
        """Credentials."""
        ...

    def credential_by_certificate(self, subject: str) -> Credential | None:
        """The credential bound to a client certificate's subject."""
        ...

    def save_credential(self, credential: Credential) -> None:
        """Insert or update by user name."""
        ...

    def staff_user(self, user_name: str) -> StaffUser | None:
        """One person."""
        ...

    def staff_users(self) -> list[StaffUser]:
        """All people."""
        ...

    def save_staff_user(self, user: StaffUser) -> None:
        """Insert or update."""
        ...

    def elections(self) -> list[Election]:
        """All elections."""
        ...

    def save_elections(self, elections: Iterable[Election]) -> int:
        """Insert or update."""
        ...

    def precinct_codes(self, county_code: str) -> frozenset[str]:
        """The county's precincts."""
        ...

    def precinct_names(self, county_code: str) -> dict[str, str | None]:
        """The county's precincts: code to name."""
        ...

    def save_precincts(self, precincts: Iterable[Precinct]) -> int:
        """Insert or update."""
        ...

    def codes(self, kind: str) -> dict[str, str]:
        """A code table: code to name."""
        ...

    def save_codes(self, kind: str, codes: Mapping[str, str]) -> int:
        """Insert or update a code table."""
        ...

    def rules_text(self, county_code: str) -> str | None:
        """A county's rules as TOML, or None; '00' is the statewide default."""
        ...

    def save_rules_text(self, county_code: str, text: str) -> None:
        """Replace a county's rules."""
        ...


class AuditRepository(Protocol):
    """The audit trail."""

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Append."""
        ...


class LoadRepository(Protocol):
    """How far an initial load has come, per file digest, so that it resumes."""

    def position(self, county_code: str, sha256: str) -> tuple[int, int]:
        """(byte position, records processed); zeros when not begun."""
        ...

    def save_position(self, county_code: str, sha256: str, position: int, records: int) -> None:
        """Keep how far it has come."""
        ...


class IdentityRequest(NamedTuple):
    """One identification that went out to DMV and waits for an answer (IDV-01)."""

    request_id: int
    state_voter_id: int
    kind: str
    export_name: str
    requested_at: datetime
    answered_at: datetime | None
    answer: str | None


class IdentityRepository(Protocol):
    """Requests to DMV and their answers (IDV-01)."""

    def add(self, rows: Sequence[tuple[int, str]], export_name: str, at: datetime) -> list[IdentityRequest]:
        """Open a request for each (UID, kind) that has none open."""
        ...

    def by_ids(self, request_ids: Sequence[int]) -> dict[int, IdentityRequest]:
        """Requests by id."""
        ...

    def answer(self, rows: Sequence[tuple[int, str]], at: datetime) -> None:
        """Keep (request id, answer)."""
        ...


class UnitOfWork(Protocol):
    """One transaction. `with` begins it; without `commit()` it rolls back."""

    batches: BatchRepository
    voters: VoterRepository
    messages: MessageRepository
    jobs: JobRepository
    uploads: UploadRepository
    reference: ReferenceRepository
    audit: AuditRepository
    loads: LoadRepository
    identity: IdentityRepository

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Roll back what was not committed."""
        ...

    def commit(self) -> None:
        """Make it so: queue counters last, so that their rows are locked for the shortest time."""
        ...


class UnitOfWorkFactory(Protocol):
    """Makes units of work; `read_only` ones never lock out a writer."""

    def __call__(self, *, read_only: bool = False) -> UnitOfWork:
        """A unit of work that has not begun."""
        ...

    def close(self) -> None:
        """Give back all connections."""
        ...


class Spool(Protocol):
    """The bytes of uploads, on disk, readable by the service alone (OPS-05)."""

    def write(self, upload_id: int, offset: int, content: bytes) -> None:
        """Put bytes at an offset and fsync before returning."""
        ...

    def read(self, upload_id: int, offset: int, size: int) -> bytes:
        """Bytes that are there."""
        ...

    def path(self, upload_id: int) -> Path:
        """The file of the bytes sent."""
        ...

    def work_path(self, upload_id: int) -> Path:
        """Where the unpacked file stands, once there is one."""
        ...

    def discard(self, upload_id: int) -> None:
        """Remove all files of an upload; nothing there is fine."""
        ...
