"""One unit of work and its repositories."""

from types import TracebackType
from typing import Protocol, Self

from votecal_soap.domain.counties import Credential
from votecal_soap.use_cases.ports.call_guard import CallGuardRepository
from votecal_soap.use_cases.ports.calls import ReplyRepository, SearchProbeRepository
from votecal_soap.use_cases.ports.children import ChildRepository, DocumentPartRepository, MergeRepository
from votecal_soap.use_cases.ports.dmv_files import DmvFileRepository
from votecal_soap.use_cases.ports.duplicates import DetectionRunRepository, RollRepository
from votecal_soap.use_cases.ports.files import IdentityRepository, LoadRepository, UploadRepository
from votecal_soap.use_cases.ports.jobs import JobRepository
from votecal_soap.use_cases.ports.logins import LoginRepository
from votecal_soap.use_cases.ports.matching import MatchingRepository
from votecal_soap.use_cases.ports.messages import MessageRepository
from votecal_soap.use_cases.ports.reference import ReferenceRepository
from votecal_soap.use_cases.ports.sos_items import SosItemRepository
from votecal_soap.use_cases.ports.trails import AuditRepository, BatchRepository
from votecal_soap.use_cases.ports.voters import VoterRepository
from votecal_soap.use_cases.ports.work_items import MailingRepository, MatchCaseRepository, WorkItemRepository


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
    matching: MatchingRepository
    work_items: WorkItemRepository
    match_cases: MatchCaseRepository
    mailings: MailingRepository
    dmv_files: DmvFileRepository
    replies: ReplyRepository
    search_probes: SearchProbeRepository
    children: ChildRepository
    document_parts: DocumentPartRepository
    merges: MergeRepository
    sos_items: SosItemRepository
    logins: LoginRepository
    roll: RollRepository
    detection_runs: DetectionRunRepository
    call_guard: CallGuardRepository

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Roll back what was not committed."""
        ...

    def commit(self) -> None:
        """Make it so: queue counters last, so that their rows are locked for the shortest time."""
        ...


class SingleReads(Protocol):
    """Questions of one statement, each answered as last committed and without a unit of work: what every call asks costs little more than the answer."""

    def credential(self, username: str) -> Credential | None:
        """One credential, revoked ones included."""
        ...

    def has_open_messages(self, county_code: str) -> bool:
        """Whether anything is in the county's queue (EWS-02); does not scan."""
        ...


class UnitOfWorkFactory(Protocol):
    """Makes units of work; `read_only` ones never lock out a writer."""

    @property
    def single_reads(self) -> SingleReads:
        """What is asked without a unit of work."""
        ...

    def __call__(self, *, read_only: bool = False) -> UnitOfWork:
        """A unit of work that has not begun."""
        ...

    def close(self) -> None:
        """Give back all connections."""
        ...
