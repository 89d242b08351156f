"""A county's batch under fire (VRU-20)."""

from .. import history_checker
from ..installation import Installation
from ..planted_batch import planted_batch
from .job_under_fire import JobUnderFire, Planted
from .rows import Rows


def prepare_batch(installation: Installation, records: int) -> Planted:
    """A county's batch with every outcome; the county has still to send it."""
    job_id = installation.schedule()
    wire_records, truths, voters = planted_batch(installation, job_id, records)
    before = history_checker.read_voters(installation.engine)
    return Planted(job_id=job_id, size=records, known=(truths, before), county=(wire_records, voters))


def batch_faults(installation: Installation, rows: Rows, planted: Planted) -> list[str]:
    """The history, what must come of each record, and that the county has taken every message."""
    truths, before = planted.known
    history = history_checker.read_history(installation.engine, planted.job_id)
    expected = {truth.sequence: (truth.outcome, truth.reason) for truth in truths}
    found = {row.sequence: (row.outcome, row.reason) for row in history.outcomes}
    wrong = [f"record {sequence}: {found.get(sequence)} instead of {right}" for sequence, right in expected.items() if found.get(sequence) != right]
    left = [f"message {row.message_id} was never taken" for row in rows["ems_message"] if row.queue_county is not None]
    return [*history_checker.faults(history, planted.size, before), *wrong, *left]


BATCH = JobUnderFire(name="batch", prepare=prepare_batch, faults=batch_faults, size=3_000, settings={"batch_chunk_records": 20})
