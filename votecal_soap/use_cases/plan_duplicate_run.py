"""UC03.41.01 What a run of duplicate detection compares, cut into partitions that workers share (DUP-01, JOB-02)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.domain.duplicate_runs import DetectionRun, DetectionScope, RollPartition
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.rebuild_match_keys import require_match_keys

OVERLAP: Final = timedelta(hours=3)
"""A transaction bears the time of its begin: one that was open while a run read the roll is looked at again, also after the clock was set back by two hours."""

WORTH_THE_WHOLE: Final = 10
"""If more than one voter in so many has changed, comparing all of them costs less than looking each up."""

CHANGED_AT_ONCE: Final = 5_000
"""Changed voters in a partition: they are looked up together."""


def joined_run(uow: UnitOfWork, instance: JobInstance, now: datetime, *, partition_voters: int, workers: int) -> DetectionRun:
    """The run that this instance works on: one planned before, by itself or by the one it helps, or a new one."""
    run = uow.detection_runs.newest(instance.job_id)
    if run is not None and run.due_at >= instance.due_at:
        return run
    require_match_keys(uow)
    changed_since, changed = _changed(uow, instance)
    if changed_since is None:
        partitions, scope = _whole(uow.matching.state_voter_id_span(), partition_voters), DetectionScope.WHOLE
    else:
        partitions, scope = list(_cut(changed)), DetectionScope.CHANGED
    # Helpers are due a moment before, so that the job's newest run is the one that planned.
    for number in range(1, min(workers, len(partitions))):
        uow.jobs.add_instance(instance.job_id, instance.due_at - timedelta(microseconds=number), upload_id=None, record_count=None)
    run = uow.detection_runs.begin(instance, scope, partitions, now, changed_since=changed_since)
    uow.jobs.set_record_count(instance.instance_id, str(instance.lease_token), run.voter_count)
    return run


def _changed(uow: UnitOfWork, instance: JobInstance) -> tuple[datetime | None, Sequence[int]]:
    """Since when, and which voters; None if the whole roll is to be compared."""
    last = uow.detection_runs.last_finished_begun_at()
    if last is None or existing_job(uow, instance.job_id).scope is not DetectionScope.CHANGED:
        return None, ()
    most = uow.matching.roll_size() // WORTH_THE_WHOLE
    changed = uow.roll.changed_since(last - OVERLAP, most + 1)
    return (last - OVERLAP, changed) if len(changed) <= most else (None, ())


def _whole(span: tuple[int, int], size: int) -> list[RollPartition]:
    first, last = span
    starts = range(first, last + 1, size)
    return [RollPartition(number, start, min(start + size - 1, last), min(size, last - start + 1)) for number, start in enumerate(starts, start=1)]


def _cut(changed: Sequence[int]) -> Iterator[RollPartition]:
    for number, start in enumerate(range(0, len(changed), CHANGED_AT_ONCE), start=1):
        part = changed[start : start + CHANGED_AT_ONCE]
        yield RollPartition(number, part[0], part[-1], len(part))
