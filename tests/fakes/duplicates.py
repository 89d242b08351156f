"""The roll and runs of duplicate detection in memory; the leases go by the machine's clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fakes.state import FakeState, KeptPartition

from votecal_soap.domain.duplicate_runs import DetectionRun, DetectionScope, RollPartition
from votecal_soap.domain.jobs import InstanceState, JobInstance
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.search.candidates import CandidateRow
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, ROW_SEPARATOR, RollPage
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.use_cases.ports import RunProgress


class FakeRollRepository:
    """See `ports.RollRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def page(self, after_state_voter_id: int, limit: int) -> RollPage:
        numbers = sorted(number for number in self._state.voters if number > after_state_voter_id)[:limit]
        lines = [FIELD_SEPARATOR.join("" if cell is None else str(cell) for cell in row) for row in self.rows(numbers)]
        return RollPage(len(numbers), numbers[-1] if numbers else after_state_voter_id, ROW_SEPARATOR.join(lines))

    def rows(self, state_voter_ids: Sequence[int]) -> Sequence[CandidateRow]:
        voters = [self._state.voters[number] for number in sorted(state_voter_ids) if number in self._state.voters]
        return [(item.state_voter_id, int(item.confidentiality is not None), item.county_code, *standardise(voter_person(item))) for item in voters]

    def changed_since(self, instant: datetime, limit: int) -> Sequence[int]:
        return sorted(number for number, at in self._state.written.items() if at >= instant)[:limit]


class FakeDetectionRunRepository:
    """See `ports.DetectionRunRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def begin(
        self, instance: JobInstance, scope: DetectionScope, partitions: Sequence[RollPartition], at: datetime, *, changed_since: datetime | None
    ) -> DetectionRun:
        run_id = self._state.next_number("detection run")
        voters = sum(partition.voter_count for partition in partitions)
        run = DetectionRun(run_id, instance.job_id, instance.instance_id, instance.due_at, scope, changed_since, voters, at, None)
        self._state.detection_runs[run_id] = run
        self._state.partitions.update({(run_id, partition.number): KeptPartition(partition) for partition in partitions})
        return run

    def newest(self, job_id: int) -> DetectionRun | None:
        return max((run for run in self._state.detection_runs.values() if run.job_id == job_id), key=lambda run: run.due_at, default=None)

    def last_finished_begun_at(self) -> datetime | None:
        return max((run.begun_at for run in self._state.detection_runs.values() if run.finished_at is not None), default=None)

    def claim_partition(self, run_id: int, instance_id: int) -> RollPartition | None:
        for key, kept in sorted(self._state.partitions.items()):
            if key[0] == run_id and not kept.done and (kept.holder is None or not self._is_alive(kept.holder, instance_id)):
                self._state.partitions[key] = replace(kept, holder=instance_id)
                return kept.partition
        return None

    def save_partition(self, run_id: int, partition: RollPartition, instance_id: int, outcomes: Mapping[str, int]) -> None:
        kept = self._state.partitions[run_id, partition.number]
        if kept.done or kept.holder != instance_id:
            raise Conflict(ErrorCode.LEASE_LOST, "Another worker has taken this partition over.")
        done = partition.next_state_voter_id > partition.last_state_voter_id
        counts = Counter(dict(kept.outcomes)) + Counter({str(name): count for name, count in outcomes.items()})
        self._state.partitions[run_id, partition.number] = replace(kept, partition=partition, done=done, outcomes=tuple(sorted(counts.items())))

    def progress(self, run_id: int) -> RunProgress:
        mine = [kept for (run, _), kept in self._state.partitions.items() if run == run_id]
        done = [kept for kept in mine if kept.done]
        outcomes = sum((Counter(dict(kept.outcomes)) for kept in mine), Counter[str]())
        return RunProgress(sum(kept.partition.voter_count for kept in done), len(mine), len(done), dict(sorted(outcomes.items())))

    def finish(self, run_id: int, at: datetime) -> bool:
        run = self._state.detection_runs[run_id]
        self._state.detection_runs[run_id] = run._replace(finished_at=run.finished_at or at)
        return run.finished_at is None

    def _is_alive(self, holder: int, instance_id: int) -> bool:
        kept = self._state.runs[holder]
        is_leased = kept.lease_until is not None and kept.lease_until > datetime.now(UTC)
        return holder != instance_id and kept.run.state is InstanceState.RUNNING and is_leased
