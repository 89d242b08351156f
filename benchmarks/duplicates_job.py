"""The job "Duplicate Voter Detection" over the benchmark's database, from reading the roll to the last message."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from benchmarks.coa_job_workload import NOW, claimed, scheduled, unit_of_work
from db.engine import create_engine
from db.tables import ems_message
from votecal_soap.clock import FixedClock
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.search.weights import MatchWeights
from votecal_soap.use_cases.detect_duplicate_voters import DetectionWork, detect
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases
from votecal_soap.use_cases.ports import UnitOfWorkFactory, WeightsVersion

PARTITION_VOTERS = 100_000


class DoneJob(NamedTuple):
    """What it took and made."""

    seconds: float
    outcomes: Mapping[str, int]
    messages: int


def run_job(database: Path, weights: Path) -> DoneJob:
    """Compare the whole roll with itself, one worker; the database is written to."""
    factory = unit_of_work(database)
    job_id = _scheduled(factory, MatchWeights.from_json(weights.read_text()))
    instance = claimed(factory)
    work = DetectionWork(
        unit_of_work=factory,
        clock=FixedClock(NOW),
        open_cases=open_duplicate_cases,
        partition_voters=PARTITION_VOTERS,
        workers=1,
        should_stop=lambda: None,
        wait=lambda: None,
    )
    begun = time.perf_counter()
    detect(instance, work)
    seconds = time.perf_counter() - begun
    with factory(read_only=True) as uow:
        run = uow.detection_runs.newest(job_id)
        outcomes = {} if run is None else uow.detection_runs.progress(run.run_id).outcomes
    factory.close()
    return DoneJob(seconds, outcomes, _messages(database))


def _scheduled(factory: UnitOfWorkFactory, weights: MatchWeights) -> int:
    with factory() as uow:
        uow.matching.add_weights(WeightsVersion(weights.version, False, NOW, "benchmark", None, weights.to_json()))
        uow.matching.activate_weights(weights.version, NOW, "benchmark", function=MatchingFunction.DUPLICATE_VOTER)
        job_id = scheduled(uow, JobType.DUPLICATE_VOTER_DETECTION, DetectionScope.WHOLE)
        uow.commit()
    return job_id


def _messages(database: Path) -> int:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(ems_message)).scalar_one()
    engine.dispose()
    return count
