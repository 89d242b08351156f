"""The Batch Data Exchange Service (DES): does the jobs that the state asks this county for (UC04.14.01).

Each stage is kept in the EMS before the next begins, and every call to the state may be repeated, so that a crash
anywhere costs no more than the stage that it broke. A file that was fixed for a job is the one that is sent.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from votecal_soap.county.batch_creation import create_batch, is_unharmed
from votecal_soap.county.ems_jobs import CountyJob, CountyJobs, JobStage
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress, Step
from votecal_soap.county.state import BatchDataExchange, JobStatus, PendingJob
from votecal_soap.county.upload import Sending, send_file
from votecal_soap.domain.batches import SCHEMA_VERSION
from votecal_soap.domain.jobs import FINISHED_STATES, JobState, JobType
from votecal_soap.errors import Conflict, ErrorCode, Unavailable, VoteCalError
from votecal_soap.log import event

_LOGGER: Final = logging.getLogger(__name__)
_NOT_YET_SENT: Final = (JobState.PENDING, JobState.STARTED)

RESENDINGS: Final = 3
"""How often a file that did not arrive as it was is sent again, before a person looks at what damages it."""


class DataExchangeService:
    """One pass over the state's jobs at a time; what must last is in the EMS."""

    def __init__(self, office: Office, state: BatchDataExchange) -> None:
        """Work for one county with one state."""
        self._office = office
        self._state = state
        self._jobs = CountyJobs(office.ems, office.work_dir)
        self.errors: dict[int, VoteCalError] = {}
        self._stages: dict[JobStage, Callable[[CountyJob], JobStage]] = {
            JobStage.TAKEN: self._acknowledge,
            JobStage.ACKNOWLEDGED: self._create_file,
            JobStage.FILE_READY: self._send,
            JobStage.SENT: self._ask,
        }

    def run(self) -> list[CountyJob]:
        """Take new jobs and bring every job as far as it goes without waiting; the jobs that were worked on.

        `errors` then holds, by job, what a person has to look at.
        """
        self.errors.clear()
        for job in self._office.retry.call(self._state.get_pending_jobs):
            self._take(job)
        worked_on = [job.job_id for job in self._jobs.unfinished()]
        for job_id in worked_on:
            self._advance(job_id)
        return [job for job in map(self._jobs.get, worked_on) if job is not None]

    def _take(self, offered: PendingJob) -> None:
        if offered.job_type != JobType.VOTER_RECORD_UPDATE or offered.schema_version != SCHEMA_VERSION:
            event(_LOGGER, "job not understood", level=logging.WARNING, job_id=offered.job_id, job_type=offered.job_type)
            return
        known = self._jobs.get(offered.job_id)
        if known is None or known.stage is JobStage.DONE or (known.stage is JobStage.REFUSED and self._is_mended(known)):
            self._jobs.take(offered, self._office.clock.now())

    def _is_mended(self, job: CountyJob) -> bool:
        # The same data would be refused for the same reason: wait until the county has changed something.
        return self._office.ems.change_no > job.change_no

    def _advance(self, job_id: int) -> None:
        """Go from stage to stage; an error of one job keeps no other from its turn, unless the state is down."""
        try:
            while (job := self._jobs.get(job_id)) is not None and (stage := self._stages.get(job.stage)) is not None:
                reached = stage(job)
                if reached is job.stage:
                    return
        except Unavailable:
            raise
        except VoteCalError as error:
            self.errors[job_id] = error
            event(_LOGGER, "job not advanced", level=logging.ERROR, job_id=job_id, code=error.code)

    def _acknowledge(self, job: CountyJob) -> JobStage:
        try:
            self._office.retry.call(lambda: self._state.acknowledge_started(job.job_id))
        except Conflict:
            return self._ask(job)
        return self._reach(job, JobStage.ACKNOWLEDGED)

    def _create_file(self, job: CountyJob) -> JobStage:
        office = self._office
        # Read first: what a clerk changes while the extract runs counts as changed after it.
        change_no = office.ems.change_no
        file = create_batch(office.ems, job, office.work_dir, office.compression, office.clock.now(), office.tell, office.extract)
        self._jobs.set_file(job.job_id, file, change_no, office.clock.now())
        event(_LOGGER, "batch file created", job_id=job.job_id, records=file.record_count)
        return JobStage.FILE_READY

    def _send(self, job: CountyJob) -> JobStage:
        if job.file is None or not is_unharmed(job.file):
            # The disk lost it: a new file it must be; the state puts the earlier bytes aside by their digest.
            return self._reach(job, JobStage.ACKNOWLEDGED)
        try:
            send_file(self._sending(job), job.job_id, job.file)
        except Conflict:
            return self._ask(job)
        return self._reach(job, JobStage.SENT)

    def _sending(self, job: CountyJob) -> Sending:
        total = job.file.byte_count if job.file else None

        def note(upload_id: int, next_offset: int) -> None:
            self._jobs.set_sending(job.job_id, upload_id, next_offset, self._office.clock.now())
            self._office.tell(Progress(step=Step.SEND_FILE, job_id=job.job_id, done=next_offset, total=total))

        return Sending(state=self._state, retry=self._office.retry, note=note, piece_bytes=self._office.piece_bytes)

    def _ask(self, job: CountyJob) -> JobStage:
        """Hear from the state where the job stands, and keep it."""
        status = self._office.retry.call(lambda: self._state.get_job_status(job.job_id))
        stage = _stage_by(status, job.stage)
        if stage is JobStage.REFUSED and _was_damaged_on_the_way(status) and job.resendings < RESENDINGS:
            stage = JobStage.FILE_READY
            self._jobs.send_again(job, status, self._office.clock.now())
            event(_LOGGER, "file is sent again", level=logging.WARNING, job_id=job.job_id, code=status.refusal_code)
        else:
            self._jobs.set_result(job.job_id, stage, status, self._office.clock.now())
        self._office.tell(Progress(step=Step.AWAIT_RESULT, job_id=job.job_id, done=status.records_processed, total=status.record_count))
        if stage is JobStage.DONE and job.file is not None:
            # Citizens' data is kept no longer than it is needed (OPS-05).
            with suppress(FileNotFoundError):
                job.file.path.unlink()
        return stage

    def _reach(self, job: CountyJob, stage: JobStage) -> JobStage:
        self._jobs.set_stage(job.job_id, stage, self._office.clock.now())
        return stage


def _was_damaged_on_the_way(status: JobStatus) -> bool:
    """Whether the same bytes may be taken next time: nothing in them is wrong."""
    return status.refusal_code == ErrorCode.FILE_DIGEST_WRONG


def _stage_by(status: JobStatus, stage: JobStage) -> JobStage:
    if status.job_state in FINISHED_STATES:
        return JobStage.DONE
    if status.job_state == JobState.FILE_REFUSED:
        return JobStage.REFUSED if stage is JobStage.SENT else stage
    if status.job_state in (JobState.RECEIVED, JobState.PROCESSING):
        return JobStage.SENT
    if status.job_state in _NOT_YET_SENT and stage is JobStage.SENT:
        # The state was restored to an earlier day: it asks for the file again.
        return JobStage.FILE_READY
    return stage
