"""One transaction over all repositories; nothing is saved unless `commit()` is reached (OPS-04)."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.bulk import bulk_writer
from db.engine import READ_ONLY, create_engine
from db.errors import busy
from db.repositories.audit import SqlAuditRepository
from db.repositories.batches import SqlBatchRepository
from db.repositories.call_guard import SqlCallGuardRepository
from db.repositories.case_counts import CaseCounts
from db.repositories.children import SqlChildRepository
from db.repositories.detection_runs import SqlDetectionRunRepository
from db.repositories.dmv_files import SqlDmvFileRepository
from db.repositories.document_parts import SqlDocumentPartRepository
from db.repositories.identity import SqlIdentityRepository
from db.repositories.jobs import SqlJobRepository
from db.repositories.loads import SqlLoadRepository
from db.repositories.logins import SqlLoginRepository
from db.repositories.mailings import SqlMailingRepository
from db.repositories.match_cases import SqlMatchCaseRepository
from db.repositories.matching import SqlMatchingRepository
from db.repositories.merges import SqlMergeRepository
from db.repositories.messages import SqlMessageRepository
from db.repositories.number_series import NumberSeries, engine_apart
from db.repositories.queue_depths import QueueDepths
from db.repositories.reference import SqlReferenceRepository
from db.repositories.replies import SqlReplyRepository
from db.repositories.roll import SqlRollRepository
from db.repositories.search_probes import SqlSearchProbeRepository
from db.repositories.sos_work_items import SqlSosItemRepository
from db.repositories.uploads import SqlUploadRepository
from db.repositories.voters import SqlVoterRepository
from db.repositories.work_items import SqlWorkItemRepository
from votecal_soap.clock import Clock
from votecal_soap.use_cases import ports


class SqlUnitOfWork:
    """`with` takes a connection and begins; without `commit()` it rolls back."""

    batches: ports.BatchRepository
    voters: ports.VoterRepository
    messages: ports.MessageRepository
    jobs: ports.JobRepository
    uploads: ports.UploadRepository
    reference: ports.ReferenceRepository
    audit: ports.AuditRepository
    loads: ports.LoadRepository
    identity: ports.IdentityRepository
    matching: ports.MatchingRepository
    work_items: ports.WorkItemRepository
    match_cases: ports.MatchCaseRepository
    mailings: ports.MailingRepository
    dmv_files: ports.DmvFileRepository
    replies: ports.ReplyRepository
    search_probes: ports.SearchProbeRepository
    children: ports.ChildRepository
    document_parts: ports.DocumentPartRepository
    merges: ports.MergeRepository
    sos_items: ports.SosItemRepository
    logins: ports.LoginRepository
    roll: ports.RollRepository
    detection_runs: ports.DetectionRunRepository
    call_guard: ports.CallGuardRepository

    def __init__(self, engine: Engine, *, read_only: bool, numbers_apart: Engine | None) -> None:
        """Prepare; nothing is asked of the database yet."""
        self._engine = engine
        self._numbers_apart = numbers_apart
        self._read_only = read_only

    def __enter__(self) -> Self:
        """Begin."""
        self._connection = _begun(self._engine, read_only=self._read_only)
        self._depths = QueueDepths(self._connection)
        self._case_counts = CaseCounts(self._connection)
        bulk, numbers = bulk_writer(self._connection), NumberSeries(self._connection, self._numbers_apart)
        self.batches = SqlBatchRepository(self._connection, bulk, self._depths)
        self.voters = SqlVoterRepository(self._connection, bulk, numbers)
        self.messages = SqlMessageRepository(self._connection, bulk, self._depths)
        self.jobs = SqlJobRepository(self._connection, bulk)
        self.uploads = SqlUploadRepository(self._connection)
        self.reference = SqlReferenceRepository(self._connection)
        self.audit = SqlAuditRepository(self._connection, bulk)
        self.loads = SqlLoadRepository(self._connection)
        self.identity = SqlIdentityRepository(self._connection, bulk)
        self.matching = SqlMatchingRepository(self._connection, bulk)
        self.work_items = SqlWorkItemRepository(self._connection, bulk, numbers)
        self.match_cases = SqlMatchCaseRepository(self._connection, bulk, numbers, self._case_counts)
        self.mailings = SqlMailingRepository(self._connection, bulk)
        self.dmv_files = SqlDmvFileRepository(self._connection)
        self.replies = SqlReplyRepository(self._connection)
        self.search_probes = SqlSearchProbeRepository(self._connection)
        self.children = SqlChildRepository(self._connection, bulk)
        self.document_parts = SqlDocumentPartRepository(self._connection)
        self.merges = SqlMergeRepository(self._connection, numbers)
        self.sos_items = SqlSosItemRepository(self._connection, numbers)
        self.logins = SqlLoginRepository(self._connection)
        self.roll = SqlRollRepository(self._connection)
        self.detection_runs = SqlDetectionRunRepository(self._connection, bulk)
        self.call_guard = SqlCallGuardRepository(self._connection)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Roll back what was not committed."""
        self._connection.close()

    def commit(self) -> None:
        """Make it so: counters last, so that their rows are locked for the shortest time."""
        self._depths.write()
        self._case_counts.write()
        self._connection.commit()


class SqlUnitOfWorkFactory:
    """Makes units of work over one engine's pool."""

    def __init__(self, engine: Engine, url: str | None = None) -> None:
        """Use this engine; with the URL that it was made from, the factory can be sent to another process."""
        self._engine = engine
        self._numbers_apart = engine_apart(engine)
        self._url = url

    @classmethod
    def from_url(cls, url: str, clock: Clock | None = None) -> Self:
        """Connect by URL; SQLite goes by the clock, if one is given."""
        return cls(create_engine(url, clock=clock), url)

    def __reduce__(self) -> tuple[Callable[[str], Self], tuple[str]]:
        """Go to another process as the URL: connections cannot be shared, so it makes its own there."""
        if self._url is None:
            raise TypeError("a factory that was given an engine and no URL stays in its process")
        return self.from_url, (self._url,)

    def __call__(self, *, read_only: bool = False) -> SqlUnitOfWork:
        """A unit of work that has not begun."""
        return SqlUnitOfWork(self._engine, read_only=read_only, numbers_apart=self._numbers_apart)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()
        if self._numbers_apart is not None:
            self._numbers_apart.dispose()


def _begun(engine: Engine, *, read_only: bool) -> Connection:
    try:
        connection = engine.connect()
    except PoolTimeout as error:
        raise busy(error) from error
    try:
        connection = connection.execution_options(**{READ_ONLY: True, "postgresql_readonly": True} if read_only else {})
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return connection
