"""Runs of duplicate detection, and partitions claimed under the lease of whoever works on them (DUP-01, JOB-02)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from db.bulk import BulkWriter, columns_of
from db.clock import utcnow
from db.repositories.inserting import insert_row
from db.tables import duplicate_partition, duplicate_partition_count, duplicate_run, job_instance
from votecal_soap.domain.duplicate_runs import DetectionRun, DetectionScope, RollPartition
from votecal_soap.domain.jobs import InstanceState, JobInstance
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import RunProgress

_RUN: Final = select(*(duplicate_run.c[name] for name in DetectionRun._fields))
_PARTITION: Final = duplicate_partition.c
_RANGE: Final = (_PARTITION.partition_number, _PARTITION.next_state_voter_id, _PARTITION.last_state_voter_id, _PARTITION.voter_count)
_CANDIDATES: Final = 32
"""Other workers' claims are among the lowest; so many workers always leave one."""


class SqlDetectionRunRepository:
    """The tables duplicate_run, duplicate_partition and duplicate_partition_count."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def begin(
        self,
        instance: JobInstance,
        scope: DetectionScope,
        partitions: Sequence[RollPartition],
        at: datetime,
        *,
        changed_since: datetime | None,
    ) -> DetectionRun:
        """Plan a run."""
        voters = sum(partition.voter_count for partition in partitions)
        row = {"job_id": instance.job_id, "instance_id": instance.instance_id, "due_at": instance.due_at, "scope": scope}
        run_id = insert_row(self._connection, duplicate_run, {**row, "changed_since": changed_since, "voter_count": voters, "begun_at": at})
        columns = columns_of([column.name for column in _RANGE], partitions)
        self._bulk.insert(duplicate_partition, columns, {"run_id": run_id, "instance_id": None, "done": 0})
        return DetectionRun(run_id, instance.job_id, instance.instance_id, instance.due_at, scope, changed_since, voters, at, None)

    def newest(self, job_id: int) -> DetectionRun | None:
        """The job's newest run."""
        row = self._connection.execute(_RUN.where(duplicate_run.c.job_id == job_id).order_by(duplicate_run.c.due_at.desc()).limit(1)).one_or_none()
        return None if row is None else DetectionRun._make(row)._replace(scope=DetectionScope(row.scope))

    def last_finished_begun_at(self) -> datetime | None:
        """When the last run that came to its end had begun."""
        last: datetime | None = self._connection.execute(select(func.max(duplicate_run.c.begun_at)).where(duplicate_run.c.finished_at.is_not(None))).scalar()
        return last

    def claim_partition(self, run_id: int, instance_id: int) -> RollPartition | None:
        """The lowest partition that is neither done nor in living hands."""
        claimable = _claimable(run_id, instance_id)
        for number in self._lowest(claimable):
            if not self._is_free(number, claimable):
                continue
            claimed = update(duplicate_partition).where(_PARTITION.partition_number == number, claimable).values(instance_id=instance_id)
            if self._connection.execute(claimed).rowcount == 1:
                row = self._connection.execute(select(*_RANGE).where(_PARTITION.run_id == run_id, _PARTITION.partition_number == number)).one()
                return RollPartition._make(row)
        return None

    def save_partition(self, run_id: int, partition: RollPartition, instance_id: int, outcomes: Mapping[str, int]) -> None:
        """Keep how far it has come, unless somebody has taken it over."""
        mine = and_(_PARTITION.run_id == run_id, _PARTITION.partition_number == partition.number, _PARTITION.instance_id == instance_id, _PARTITION.done == 0)
        done = int(partition.next_state_voter_id > partition.last_state_voter_id)
        kept = update(duplicate_partition).where(mine).values(next_state_voter_id=partition.next_state_voter_id, done=done)
        if self._connection.execute(kept).rowcount != 1:
            raise Conflict(ErrorCode.LEASE_LOST, "Another worker has taken this partition over.", ref=str(partition.number))
        for outcome, pairs in outcomes.items():
            self._count(run_id, partition.number, outcome, pairs)

    def _count(self, run_id: int, number: int, outcome: str, pairs: int) -> None:
        """Whoever holds the partition counts alone."""
        table = duplicate_partition_count
        same = and_(table.c.run_id == run_id, table.c.partition_number == number, table.c.outcome == outcome)
        if self._connection.execute(update(table).where(same).values(pair_count=table.c.pair_count + pairs)).rowcount == 0:
            self._connection.execute(insert(table).values(run_id=run_id, partition_number=number, outcome=outcome, pair_count=pairs))

    def progress(self, run_id: int) -> RunProgress:
        """How far it has come."""
        voters_done, done = (func.coalesce(func.sum(case((_PARTITION.done == 1, each), else_=0)), 0) for each in (_PARTITION.voter_count, 1))
        voters, partitions_done, partitions = self._connection.execute(select(voters_done, done, func.count()).where(_PARTITION.run_id == run_id)).one()
        outcome = duplicate_partition_count.c.outcome
        pairs = select(outcome, func.sum(duplicate_partition_count.c.pair_count)).where(duplicate_partition_count.c.run_id == run_id)
        outcomes = {name: int(count) for name, count in self._connection.execute(pairs.group_by(outcome).order_by(outcome))}
        return RunProgress(int(voters), partitions, int(partitions_done), outcomes)

    def finish(self, run_id: int, at: datetime) -> bool:
        """All of it is done; whether nobody had said so before."""
        unfinished = and_(duplicate_run.c.run_id == run_id, duplicate_run.c.finished_at.is_(None))
        return self._connection.execute(update(duplicate_run).where(unfinished).values(finished_at=at)).rowcount == 1

    def _lowest(self, claimable: ColumnElement[bool]) -> list[int]:
        """In order, without a lock."""
        number = _PARTITION.partition_number
        return list(self._connection.execute(select(number).where(claimable).order_by(number).limit(_CANDIDATES)).scalars())

    def _is_free(self, number: int, claimable: ColumnElement[bool]) -> bool:
        """Lock one, unless another worker has it; one at a time, as `leases` does and for its reasons."""
        locking = select(_PARTITION.partition_number).where(_PARTITION.partition_number == number, claimable).with_for_update(skip_locked=True)
        return self._connection.execute(locking).first() is not None


def _claimable(run_id: int, instance_id: int) -> ColumnElement[bool]:
    """Nobody's, one's own from before one was killed, or that of a worker whose lease is over."""
    alive: Any = select(job_instance.c.instance_id).where(
        job_instance.c.state == str(InstanceState.RUNNING), job_instance.c.lease_until > utcnow(), job_instance.c.instance_id != instance_id
    )
    return and_(_PARTITION.run_id == run_id, _PARTITION.done == 0, or_(_PARTITION.instance_id.is_(None), _PARTITION.instance_id.not_in(alive)))
