"""Scheduled work: what SOS schedules and authorises, and the instances that run (VRU-03, JOB-01 to JOB-03)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.matching import MatchingFunction


class JobType(StrEnum):
    """The kinds of job; the catalogue in `jobs` says what each runs."""

    VOTER_RECORD_UPDATE = "VoterRecordUpdate"  # UC04.14.01, one county's batch, never repeated
    IDV_EXPORT = "IdvExport"  # pending identity verifications go out to DMV
    MATCH_CASE_DEADLINES = "MatchCaseDeadlines"  # overdue cases, transfers and confidentiality whose time has passed
    MERGE_MATCH_KEYS = "MergeMatchKeys"  # match keys that changed go over into the large table (COA-05)
    PURGE = "Purge"  # retention of spooled files (OPS-05)
    PROCESS_DMV_COA_RECORD_FILE = "ProcessDmvCoaRecordFile"  # UC03.21.01, one file of DMV's
    DUPLICATE_VOTER_DETECTION = "DuplicateVoterDetection"  # UC03.41.01, the roll against itself

    @property
    def is_county_batch(self) -> bool:
        """Whether a county sends the data: such a job names its county, is authorised, and runs once (VRU-03)."""
        return self is JobType.VOTER_RECORD_UPDATE

    @property
    def is_file_job(self) -> bool:
        """Whether it is for one file, and runs once that has arrived (COA-01)."""
        return self is JobType.PROCESS_DMV_COA_RECORD_FILE

    @property
    def is_repeatable(self) -> bool:
        """Whether it may have a repetition (JOB-01)."""
        return not self.is_county_batch and not self.is_file_job

    @property
    def matching_functions(self) -> tuple[MatchingFunction, ...]:
        """What it matches for: scheduling it into a blackout of one of these asks for confirmation (JOB-04)."""
        return _MATCHING_FUNCTIONS.get(self, ())


_MATCHING_FUNCTIONS = {
    JobType.PROCESS_DMV_COA_RECORD_FILE: (MatchingFunction.DMV_COA, MatchingFunction.DMV_REGISTRATION),
    JobType.DUPLICATE_VOTER_DETECTION: (MatchingFunction.DUPLICATE_VOTER,),
}


class DataKind(StrEnum):
    """What a Voter Record Update job may be authorised for (S21.6)."""

    CONTACT = "Contact"
    HOME_PRECINCT = "HomePrecinct"
    IDENTITY = "Identity"
    MAILING_ADDRESS = "MailingAddress"
    NAME = "Name"
    PARTY = "Party"
    REGISTRATION = "Registration"
    RESIDENCE_ADDRESS = "ResidenceAddress"
    VOTING_PRECINCT = "VotingPrecinct"


class JobState(StrEnum):
    """Where a job stands. A county sees all but the first (`contract` maps Scheduled to nothing: it is not offered)."""

    SCHEDULED = "Scheduled"  # waits for an SOS administrator
    PENDING = "Pending"  # authorised: offered to the county from `not_before` on
    STARTED = "Started"  # the county makes or sends the file
    DECLINED = "Declined"
    RECEIVED = "Received"  # the file is complete; an instance waits
    PROCESSING = "Processing"
    PAUSED = "Paused"  # stopped at a safe point by SOS
    COMPLETED = "Completed"
    FILE_REFUSED = "FileRefused"  # nothing applied; a mended file may be sent
    CANCELLED = "Cancelled"
    FAILED = "Failed"  # tried too often; SOS looks at the error


OFFERED_STATES = (JobState.PENDING, JobState.STARTED, JobState.FILE_REFUSED)
"""States in which GetPendingJobs answers with the job: not yet picked up, or picked up without a file."""

FINISHED_STATES = (JobState.DECLINED, JobState.COMPLETED, JobState.CANCELLED, JobState.FAILED)
"""States that a job leaves no more by itself; a failed one SOS may resume or cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as SOS scheduled it. `repeat` is a cron line in California's time, never given for a county batch."""

    job_id: int
    job_type: JobType
    state: JobState
    county_code: str | None
    election_id: str | None
    data_kinds: frozenset[DataKind]
    not_before: datetime
    repeat: str | None
    notice: str | None
    scheduled_by: str
    scheduled_at: datetime
    authorised_by: str | None
    authorised_at: datetime | None
    remark: str | None
    scope: DetectionScope | None = None
    """Which voters duplicate detection compares with everybody; no other job has it."""


class InstanceState(StrEnum):
    """Where one run of a job stands."""

    READY = "Ready"
    RUNNING = "Running"  # under lease
    PAUSED = "Paused"
    COMPLETED = "Completed"
    REFUSED = "Refused"  # the file was refused
    FAILED = "Failed"  # tried too often
    CANCELLED = "Cancelled"

    @property
    def is_finished(self) -> bool:
        """Whether the run has ended for good."""
        return self not in (InstanceState.READY, InstanceState.RUNNING, InstanceState.PAUSED)


class StopRequest(StrEnum):
    """What SOS asked of a running instance; honoured at the next safe point."""

    PAUSE = "Pause"
    CANCEL = "Cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInstance:
    """One run of a job, unique per job and due time; claimed under a lease (JOB-02).

    `position` is the first byte of the work file that is not yet processed; `records_processed` the last
    sequence committed. `without_precinct_count` is known once the run has ended, if its job names an election.
    `attempt` counts claims. `lease_token` proves that the holder still holds it.
    """

    instance_id: int
    job_id: int
    job_type: JobType
    due_at: datetime
    state: InstanceState
    attempt: int
    lease_token: str | None
    position: int
    records_processed: int
    record_count: int | None
    without_precinct_count: int | None = None
    upload_id: int | None
    stop_requested: StopRequest | None
    error_code: str | None
    error_text: str | None
    error_ref: str | None
    started_at: datetime | None
    finished_at: datetime | None
