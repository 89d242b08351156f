"""UC04.14.01 step 2: the county starts or declines a job that it was offered (VRU-02, EWS-07)."""

from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import Acknowledgement, JobDecision
from votecal_soap.domain.jobs import OFFERED_STATES, Job, JobState
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor, county_job, require_open
from votecal_soap.use_cases.county_uploads import abandon_open_upload
from votecal_soap.use_cases.ports import UnitOfWorkFactory

_ENDED: Final = (JobState.DECLINED, JobState.CANCELLED)


def acknowledge_job(command: Acknowledgement, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> JobState:
    """Keep the decision; the job's state after it. The same decision again changes nothing."""
    with unit_of_work() as uow:
        job = county_job(uow, caller, command.job_id, lock=True)
        state = _next_state(job, command.decision, clock)
        if state is job.state:
            return state
        uow.jobs.set_state(job.job_id, state, remark=command.remark)
        if state is JobState.DECLINED:
            abandon_open_upload(uow, job.job_id)
        record_change(
            uow,
            at=clock.now(),
            actor=actor(caller),
            action="AcknowledgeJob",
            subject=("job", job.job_id),
            county_code=caller.county_code,
            old={"state": job.state},
            new={"state": state},
        )
        uow.commit()
    return state


def _next_state(job: Job, decision: JobDecision, clock: Clock) -> JobState:
    if decision is JobDecision.DECLINED:
        if job.state is not JobState.DECLINED:
            require_open(job, clock)
        return JobState.DECLINED
    if job.state in _ENDED:
        raise Conflict(ErrorCode.JOB_NOT_OPEN, f"The job cannot be started: it is {job.state}.", ref="JobId")
    if job.state in OFFERED_STATES:
        require_open(job, clock)
    return JobState.STARTED if job.state is JobState.PENDING else job.state
