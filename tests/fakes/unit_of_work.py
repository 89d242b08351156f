"""A unit of work over memory: one writer at a time, readers see the last commit, and what is not committed is gone."""

import threading
from types import TracebackType
from typing import Self

from fakes.batches import FakeBatchRepository
from fakes.books import FakeAuditRepository, FakeIdentityRepository, FakeLoadRepository, FakeReferenceRepository, FakeUploadRepository
from fakes.call_guard import FakeCallGuardRepository
from fakes.children import FakeChildRepository, FakeMergeRepository, FakeSosItemRepository
from fakes.duplicates import FakeDetectionRunRepository, FakeRollRepository
from fakes.jobs import FakeJobRepository
from fakes.logins import FakeLoginRepository
from fakes.matching import FakeMatchingRepository
from fakes.messages import FakeMessageRepository
from fakes.papers import FakeDocumentPartRepository, FakeMailingRepository, FakeMatchCaseRepository, FakeWorkItemRepository
from fakes.state import FakeState
from fakes.voters import FakeVoterRepository

from votecal_soap.domain.counties import Credential
from votecal_soap.errors import ErrorCode, Unavailable

BUSY_SECONDS = 5


class FakeDatabase:
    """Makes units of work; `committed` is what tests may look into."""

    def __init__(self) -> None:
        self.committed = FakeState()
        self.writing = threading.Lock()
        self.single_reads = FakeSingleReads(self)

    def __call__(self, *, read_only: bool = False) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self, read_only=read_only)

    def close(self) -> None:
        """Nothing to give back."""


class FakeSingleReads:
    """See `ports.SingleReads`."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    def credential(self, username: str) -> Credential | None:
        return FakeReferenceRepository(self._database.committed).credential(username)

    def has_open_messages(self, county_code: str) -> bool:
        return FakeMessageRepository(self._database.committed).depth(county_code) > 0


class FakeUnitOfWork:
    """See `ports.UnitOfWork`."""

    def __init__(self, database: FakeDatabase, *, read_only: bool) -> None:
        self._database = database
        self._read_only = read_only

    def __enter__(self) -> Self:
        if not self._read_only and not self._database.writing.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(ErrorCode.BUSY, "The database is busy.", retry_after_seconds=1)
        self._begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._read_only:
            self._database.writing.release()

    def commit(self) -> None:
        self._database.committed = self._state
        self._begin()

    def _begin(self) -> None:
        state = self._state = self._database.committed.snapshot()
        self.batches = FakeBatchRepository(state)
        self.voters = FakeVoterRepository(state)
        self.messages = FakeMessageRepository(state)
        self.jobs = FakeJobRepository(state)
        self.uploads = FakeUploadRepository(state)
        self.reference = FakeReferenceRepository(state)
        self.audit = FakeAuditRepository(state)
        self.loads = FakeLoadRepository(state)
        self.identity = FakeIdentityRepository(state)
        self.matching = FakeMatchingRepository(state)
        self.children = FakeChildRepository(state)
        self.document_parts = FakeDocumentPartRepository(state)
        self.mailings = FakeMailingRepository(state)
        self.match_cases = FakeMatchCaseRepository(state)
        self.work_items = FakeWorkItemRepository()
        self.merges = FakeMergeRepository(state)
        self.sos_items = FakeSosItemRepository(state)
        self.logins = FakeLoginRepository(state)
        self.roll = FakeRollRepository(state)
        self.detection_runs = FakeDetectionRunRepository(state)
        self.call_guard = FakeCallGuardRepository(state)
