"""UC03.41.01 The Duplicate Voter Detection Job: the roll against itself, and a case for every pair (DUP-01, DUP-02, DUP-07).

Workers share a run: each claims partition after partition, and hands the pairs over in slices that are each one
transaction, with how far the partition has come. A kill costs the slice it fell in. Whoever finds nothing left to do
ends the run; the one that planned it waits for the others, lest one of them dies with a partition in hand.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Protocol

from votecal_soap.clock import Clock
from votecal_soap.domain.duplicate_runs import DetectionRun, RollPartition
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.jobs import InstanceState, JobInstance, StopRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.find_duplicates import DuplicateFinder, duplicate_finder, duplicate_scoring
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome
from votecal_soap.use_cases.plan_duplicate_run import joined_run
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

SLICE_PAIRS: Final = 500
"""Pairs in one transaction, more only if they are all of one voter."""


class OpenDuplicateCases(Protocol):
    """What becomes of pairs, in the transaction of `uow` (`open_duplicate_cases`); a pair that is known changes nothing."""

    def __call__(
        self, uow: UnitOfWork, pairs: Sequence[DuplicatePair], clock: Clock, *, weights_version: str, job_id: int | None = None
    ) -> Counter[PairOutcome]:
        """How many pairs came to what."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionWork:
    """What the job needs, passed down from the worker. `should_stop` is asked between slices, `wait` passes some time."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    open_cases: OpenDuplicateCases
    partition_voters: int
    workers: int
    should_stop: Callable[[], StopRequest | None]
    wait: Callable[[], None]


def detect(instance: JobInstance, work: DetectionWork) -> None:
    """Work on the run until nothing is left of it, or until told to stop."""
    with work.unit_of_work() as uow:
        run = joined_run(uow, instance, work.clock.now(), partition_voters=work.partition_voters, workers=work.workers)
        uow.commit()
    finder: DuplicateFinder | None = None
    while not work.should_stop():
        partition = _claimed(run, instance, work)
        if partition is not None:
            finder = finder or duplicate_finder(run, work.unit_of_work, work.clock, work.should_stop)
            _work_off(run, instance, partition, finder, work)
        elif _ended(run, instance, work):
            return
        else:
            work.wait()


def _claimed(run: DetectionRun, instance: JobInstance, work: DetectionWork) -> RollPartition | None:
    with work.unit_of_work() as uow:
        partition = uow.detection_runs.claim_partition(run.run_id, instance.instance_id)
        uow.commit()
    return partition


def _work_off(run: DetectionRun, instance: JobInstance, partition: RollPartition, finder: DuplicateFinder, work: DetectionWork) -> None:
    with work.unit_of_work(read_only=True) as uow:
        scoring, settings, weights = duplicate_scoring(uow)
    pairs = _to_decide(finder.pairs(partition, scoring), settings.manual, work.unit_of_work)
    for part, following in _slices(pairs, partition.last_state_voter_id + 1):
        if work.should_stop():
            return  # the loop above asks again and ends; what is committed stays
        with work.unit_of_work() as uow:
            outcomes: Mapping[PairOutcome, int] = work.open_cases(uow, part, work.clock, weights_version=weights.version, job_id=run.job_id) if part else {}
            uow.detection_runs.save_partition(run.run_id, partition._replace(next_state_voter_id=following), instance.instance_id, _by_name(outcomes))
            done = uow.detection_runs.progress(run.run_id).voters_done
            uow.jobs.save_progress(instance.instance_id, str(instance.lease_token), position=following, records_processed=done, counts={})
            uow.commit()


def _by_name(outcomes: Mapping[PairOutcome, int]) -> dict[str, int]:
    return {str(outcome): pairs for outcome, pairs in outcomes.items()}


def _to_decide(found: Sequence[DuplicatePair], manual: int, unit_of_work: UnitOfWorkFactory) -> list[DuplicatePair]:
    """Likely pairs, and those of one DL/ID that DMV has verified for both, however unlike they are (DUP-01)."""
    sharing = sorted({uid for pair in found if pair.same_drivers_license for uid in pair[:2]})
    with unit_of_work(read_only=True) as uow:
        verified = uow.matching.verified_licences(sharing)
    told = (pair._replace(verified_license=pair.same_drivers_license and verified.issuperset(pair[:2])) for pair in found)
    return [pair for pair in told if pair.verified_license or pair.confidence >= manual]


def _slices(pairs: Sequence[DuplicatePair], end: int) -> Iterator[tuple[list[DuplicatePair], int]]:
    """Pairs in the order of their lower UID, those of one UID together, each with the UID to go on from; the last goes on from the end."""
    waiting: list[DuplicatePair] = []
    for number, own in groupby(sorted(pairs, key=attrgetter("state_voter_id", "other_state_voter_id")), attrgetter("state_voter_id")):
        if len(waiting) >= SLICE_PAIRS:
            yield waiting, number
            waiting = []
        waiting.extend(own)
    yield waiting, end


def _ended(run: DetectionRun, instance: JobInstance, work: DetectionWork) -> bool:
    """Whether there is nothing left to do here: the run is done, or what is left is in the hands of others."""
    with work.unit_of_work() as uow:
        existing_job(uow, run.job_id, lock=True)
        progress = uow.detection_runs.progress(run.run_id)
        is_done = progress.partitions_done == progress.partitions
        # Only the first ends the others: a second would end the first, and nobody would be left to complete the job.
        if is_done and uow.detection_runs.finish(run.run_id, work.clock.now()):
            uow.jobs.end_others(instance.instance_id)
            subject = ("job", run.job_id)
            new = {"scope": run.scope, "voters": run.voter_count, "outcomes": dict(progress.outcomes)}
            record_change(uow, at=work.clock.now(), actor=f"job:{run.job_id}", action="DetectDuplicates", subject=subject, new=new)
        elif not is_done and run.instance_id != instance.instance_id:
            # A helper goes; how the job stands is for the others to say.
            uow.jobs.finish(instance.instance_id, str(instance.lease_token), InstanceState.COMPLETED)
        uow.commit()
    return is_done or run.instance_id != instance.instance_id
