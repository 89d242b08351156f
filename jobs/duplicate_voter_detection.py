"""DuplicateVoterDetection: the roll is compared with itself (UC03.41.01)."""

import time
from typing import Final

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.detect_duplicate_voters import DetectionWork, detect
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases
from votecal_soap.use_cases.ports import Application

WAIT_SECONDS: Final = 1.0
"""Between two looks at what other workers still have in hand."""


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Plan or join the run and work on it; a helper ends its own run, any other is completed by the worker."""
    config = application.config
    work = DetectionWork(
        unit_of_work=application.unit_of_work,
        clock=application.clock,
        open_cases=open_duplicate_cases,
        partition_voters=config.duplicate_partition_voters,
        workers=config.duplicate_workers,
        should_stop=should_stop,
        wait=lambda: time.sleep(WAIT_SECONDS),
    )
    detect(instance, work)
