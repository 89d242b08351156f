"""What a job is called with: the joined-up application, its run, and the question whether it should stop."""

from collections.abc import Callable

from votecal_soap.domain.jobs import JobInstance, StopRequest
from votecal_soap.use_cases.ports import Application

ShouldStop = Callable[[], StopRequest | None]
"""Asked between chunks, which is the safe point: what SOS wants of the run. Raises when the run is no longer ours."""

JobRun = Callable[[Application, JobInstance, ShouldStop], None]
"""A job: goes on from where the instance stands, asks between chunks whether it should stop, returns when done or stopped."""
