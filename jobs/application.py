"""What a job is given: the joined-up application, seen from below `bootstrap`."""

from collections.abc import Callable
from typing import Protocol

from votecal_soap.clock import Clock
from votecal_soap.config import Config
from votecal_soap.domain.jobs import JobInstance, StopRequest
from votecal_soap.use_cases.ports import Spool, UnitOfWorkFactory


class Application(Protocol):
    """Configuration, time, database and spool."""

    @property
    def config(self) -> Config:
        """Every setting."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def unit_of_work(self) -> UnitOfWorkFactory:
        """Makes transactions."""
        ...

    @property
    def spool(self) -> Spool:
        """The bytes of uploads."""
        ...


ShouldStop = Callable[[], StopRequest | None]
"""Asked between chunks, which is the safe point: what SOS wants of the run. Raises when the run is no longer ours."""

JobRun = Callable[[Application, JobInstance, ShouldStop], None]
"""A job: goes on from where the instance stands, asks between chunks whether it should stop, returns when done or stopped."""
