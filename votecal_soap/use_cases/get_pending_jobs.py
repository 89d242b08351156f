"""UC04.14.01 steps 1 to 2: DES asks DEI for pending jobs and gets those due for its county (VRU-01, VRU-02, VRU-03)."""

from collections.abc import Sequence

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.jobs import Job
from votecal_soap.use_cases.ports import UnitOfWorkFactory


def get_pending_jobs(caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Sequence[Job]:
    """Authorised jobs of the caller's county that are due and have no complete file; a job not picked up is answered again."""
    with unit_of_work(read_only=True) as uow:
        return uow.jobs.offered(caller.county_code, clock.now())
