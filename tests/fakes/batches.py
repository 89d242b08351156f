"""What the records of a batch leave behind, in memory."""

from fakes.books import FakeAuditRepository
from fakes.jobs import FakeJobRepository
from fakes.messages import FakeMessageRepository
from fakes.state import FakeState
from fakes.voters import FakeVoterRepository

from votecal_soap.use_cases.batch_rows import activities, audits, messages
from votecal_soap.use_cases.ports import JudgedChunk


class FakeBatchRepository:
    """See `ports.BatchRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def keep(self, chunk: JudgedChunk) -> None:
        FakeJobRepository(self._state).add_outcomes(chunk.job_id, [record.outcome for record in chunk.records])
        FakeVoterRepository(self._state).add_activities(list(activities(chunk)), chunk.at)
        FakeAuditRepository(self._state).add(list(audits(chunk)))
        FakeMessageRepository(self._state).add(list(messages(chunk)), chunk.at)
