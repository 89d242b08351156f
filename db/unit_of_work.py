"""One transaction over all repositories; nothing is saved unless `commit()` is reached (OPS-04)."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.bulk import bulk_writer
from db.engine import begin_reading, create_engine, reading_engine
from db.errors import busy, outcome_unknown
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
from db.single_reads import SqlSingleReads
from votecal_soap.clock import Clock
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.retrying import note_commit
from votecal_soap.use_cases import ports

R = TypeVar("R")
_NOT_SAVED: Final = (ErrorCode.DISK_FULL, ErrorCode.DISK_READ_ONLY)


class _Parts:
    """What the repositories of one transaction are made of, and those that were made."""

    def __init__(self, connection: Connection, numbers_apart: Engine | None) -> None:
        self.connection = connection
        self.depths = QueueDepths(connection)
        self.case_counts = CaseCounts(connection)
        self.bulk = bulk_writer(connection)
        self.numbers = NumberSeries(connection, numbers_apart)
        self.made: dict[str, Any] = {}


class _Repository(Generic[R]):
    """A repository that is made when it is first asked for: a poll wants two of all these, and to make the rest was a tenth of it (measured)."""

    def __init__(self, make: Callable[[_Parts], R]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, uow: "SqlUnitOfWork", owner: type) -> R:
        made = uow.parts.made
        if self._name not in made:
            made[self._name] = self._make(uow.parts)
        found: R = made[self._name]
        return found


class SqlUnitOfWork:
    """`with` takes a connection and begins; without `commit()` it rolls back."""

    batches = _Repository[ports.BatchRepository](lambda parts: SqlBatchRepository(parts.connection, parts.bulk, parts.depths))
    voters = _Repository[ports.VoterRepository](lambda parts: SqlVoterRepository(parts.connection, parts.bulk, parts.numbers))
    messages = _Repository[ports.MessageRepository](lambda parts: SqlMessageRepository(parts.connection, parts.bulk, parts.depths))
    jobs = _Repository[ports.JobRepository](lambda parts: SqlJobRepository(parts.connection, parts.bulk))
    uploads = _Repository[ports.UploadRepository](lambda parts: SqlUploadRepository(parts.connection))
    reference = _Repository[ports.ReferenceRepository](lambda parts: SqlReferenceRepository(parts.connection))
    audit = _Repository[ports.AuditRepository](lambda parts: SqlAuditRepository(parts.connection, parts.bulk))
    loads = _Repository[ports.LoadRepository](lambda parts: SqlLoadRepository(parts.connection))
    identity = _Repository[ports.IdentityRepository](lambda parts: SqlIdentityRepository(parts.connection, parts.bulk))
    matching = _Repository[ports.MatchingRepository](lambda parts: SqlMatchingRepository(parts.connection, parts.bulk))
    work_items = _Repository[ports.WorkItemRepository](lambda parts: SqlWorkItemRepository(parts.connection, parts.bulk, parts.numbers))
    match_cases = _Repository[ports.MatchCaseRepository](lambda parts: SqlMatchCaseRepository(parts.connection, parts.bulk, parts.numbers, parts.case_counts))
    mailings = _Repository[ports.MailingRepository](lambda parts: SqlMailingRepository(parts.connection, parts.bulk))
    dmv_files = _Repository[ports.DmvFileRepository](lambda parts: SqlDmvFileRepository(parts.connection))
    replies = _Repository[ports.ReplyRepository](lambda parts: SqlReplyRepository(parts.connection))
    search_probes = _Repository[ports.SearchProbeRepository](lambda parts: SqlSearchProbeRepository(parts.connection))
    children = _Repository[ports.ChildRepository](lambda parts: SqlChildRepository(parts.connection, parts.bulk))
    document_parts = _Repository[ports.DocumentPartRepository](lambda parts: SqlDocumentPartRepository(parts.connection))
    merges = _Repository[ports.MergeRepository](lambda parts: SqlMergeRepository(parts.connection, parts.numbers))
    sos_items = _Repository[ports.SosItemRepository](lambda parts: SqlSosItemRepository(parts.connection, parts.numbers))
    logins = _Repository[ports.LoginRepository](lambda parts: SqlLoginRepository(parts.connection))
    roll = _Repository[ports.RollRepository](lambda parts: SqlRollRepository(parts.connection))
    detection_runs = _Repository[ports.DetectionRunRepository](lambda parts: SqlDetectionRunRepository(parts.connection, parts.bulk))
    call_guard = _Repository[ports.CallGuardRepository](lambda parts: SqlCallGuardRepository(parts.connection))

    def __init__(self, engine: Engine, begin: Callable[[Connection], object], numbers_apart: Engine | None) -> None:
        """Prepare; nothing is asked of the database yet."""
        self._engine = engine
        self._begin = begin
        self._numbers_apart = numbers_apart

    def __enter__(self) -> Self:
        """Begin."""
        self._connection = _begun(self._engine, self._begin)
        self.parts = _Parts(self._connection, self._numbers_apart)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Roll back what was not committed."""
        self._connection.close()

    def commit(self) -> None:
        """Make it so: counters last, so that their rows are locked for the shortest time."""
        self.parts.depths.write()
        self.parts.case_counts.write()
        note_commit()
        try:
            self._connection.commit()
        except BaseException as error:
            # SQLAlchemy takes the transaction for over and would put the connection back as it is: on SQLite with the transaction, and so the lock.
            self._connection.invalidate()
            # A disk that is full was told of by a database that answers: nothing was saved.
            if isinstance(error, Unavailable) and error.code not in _NOT_SAVED:
                raise outcome_unknown() from error
            raise


class SqlUnitOfWorkFactory:
    """Makes units of work over one engine's pool."""

    def __init__(self, engine: Engine, url: str | None = None) -> None:
        """Use this engine; with the URL that it was made from, the factory can be sent to another process."""
        self._engine = engine
        self._reading = reading_engine(engine)
        self.single_reads = SqlSingleReads(self._reading)
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
        engine, begin = (self._reading, begin_reading) if read_only else (self._engine, Connection.begin)
        return SqlUnitOfWork(engine, begin, self._numbers_apart)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()
        self._reading = reading_engine(self._engine)  # disposing gave the engine another pool
        self.single_reads = SqlSingleReads(self._reading)
        if self._numbers_apart is not None:
            self._numbers_apart.dispose()


def _begun(engine: Engine, begin: Callable[[Connection], object]) -> Connection:
    try:
        connection = engine.connect()
    except PoolTimeout as error:
        raise busy(error) from error
    try:
        begin(connection)
    except BaseException:
        connection.close()
        raise
    return connection
