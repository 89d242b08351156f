"""Jobs and their runs in memory; the leases go by the machine's clock."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fakes.state import FakeState, KeptRun, already_exists

from votecal_soap.domain.batches import RecordOutcome
from votecal_soap.domain.jobs import OFFERED_STATES, InstanceState, Job, JobInstance, JobState, StopRequest
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import OutcomeCounts


def _now() -> datetime:
    return datetime.now(UTC)


def _newest(run: JobInstance) -> tuple[datetime, int]:
    return run.due_at, run.instance_id


class FakeJobRepository:
    """See `ports.JobRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add(self, *, data_kinds: Iterable[Any], **values: Any) -> int:
        job_id = self._state.next_number("job")
        self._state.jobs[job_id] = Job(job_id=job_id, data_kinds=frozenset(data_kinds), authorised_by=None, authorised_at=None, remark=None, **values)
        return job_id

    def get(self, job_id: int, *, lock: bool = False) -> Job | None:
        return self._state.jobs.get(job_id)

    def listed(self, *, county_code: str | None = None, states: Iterable[JobState] | None = None, limit: int = 100) -> Sequence[Job]:
        wanted = set(JobState) if states is None else set(states)
        jobs = [job for job in self._state.jobs.values() if job.state in wanted and county_code in (None, job.county_code)]
        return sorted(jobs, key=lambda job: (job.scheduled_at, job.job_id), reverse=True)[:limit]

    def set_state(self, job_id: int, state: JobState, *, remark: str | None = None) -> None:
        job = self._state.jobs[job_id]
        self._state.jobs[job_id] = replace(job, state=state, remark=remark or job.remark)

    def authorise(self, job_id: int, by: str, at: datetime) -> None:
        self._state.jobs[job_id] = replace(self._state.jobs[job_id], state=JobState.PENDING, authorised_by=by, authorised_at=at)

    def offered(self, county_code: str, now: datetime) -> Sequence[Job]:
        jobs = [job for job in self._state.jobs.values() if job.county_code == county_code and job.state in OFFERED_STATES]
        due = [job for job in jobs if job.authorised_at is not None and (job.not_before <= now or job.state is not JobState.PENDING)]
        return sorted(due, key=lambda job: (job.not_before, job.job_id))

    def add_instance(self, job_id: int, due_at: datetime, *, upload_id: int | None, record_count: int | None) -> int | None:
        if any(run.job_id == job_id and run.due_at == due_at for run in self._runs()):
            return None
        instance_id = self._state.next_number("instance")
        empty = dict.fromkeys(("lease_token", "stop_requested", "error_code", "error_text", "error_ref", "started_at", "finished_at"))
        run = JobInstance(
            instance_id=instance_id,
            job_id=job_id,
            job_type=self._state.jobs[job_id].job_type,
            due_at=due_at,
            state=InstanceState.READY,
            attempt=0,
            position=0,
            records_processed=0,
            record_count=record_count,
            upload_id=upload_id,
            **empty,
        )
        self._state.runs[instance_id] = KeptRun(run)
        return instance_id

    def instance(self, instance_id: int) -> JobInstance | None:
        kept = self._state.runs.get(instance_id)
        return None if kept is None else kept.run

    def latest_instance(self, job_id: int) -> JobInstance | None:
        return max((run for run in self._runs() if run.job_id == job_id), key=_newest, default=None)

    def instances_of(self, job_id: int, *, before: datetime, limit: int) -> Sequence[JobInstance]:
        return sorted((run for run in self._runs() if run.job_id == job_id and run.due_at < before), key=_newest, reverse=True)[:limit]

    def instances(self, *, states: Iterable[InstanceState] | None = None, limit: int = 100) -> Sequence[JobInstance]:
        wanted = set(InstanceState) if states is None else set(states)
        return sorted((run for run in self._runs() if run.state in wanted), key=_newest, reverse=True)[:limit]

    def claim(self, worker: str, lease_seconds: int, attempt_limit: int) -> JobInstance | None:
        now = _now()
        claimable = [kept.run for kept in self._state.runs.values() if self._is_claimable(kept, now)]
        for run in sorted(claimable, key=_newest):
            if run.attempt >= attempt_limit and run.stop_requested is None:
                self._fail(run, now)
                continue
            taken = replace(run, state=InstanceState.RUNNING, attempt=run.attempt + 1, lease_token=uuid.uuid4().hex, started_at=run.started_at or now)
            self._state.runs[run.instance_id] = KeptRun(taken, now + timedelta(seconds=lease_seconds))
            return taken
        return None

    def heartbeat(self, instance_id: int, lease_token: str, lease_seconds: int) -> StopRequest | None:
        run = self._held(instance_id, lease_token)
        self._state.runs[instance_id] = KeptRun(run, _now() + timedelta(seconds=lease_seconds))
        return run.stop_requested

    def save_progress(self, instance_id: int, lease_token: str, *, position: int, records_processed: int, counts: OutcomeCounts) -> None:
        run = self._held(instance_id, lease_token)
        self._keep(replace(run, position=position, records_processed=records_processed, attempt=0))
        for (outcome, reason), count in counts.items():
            key = (run.job_id, outcome, reason)
            self._state.counts[key] = self._state.counts.get(key, 0) + count

    def set_record_count(self, instance_id: int, lease_token: str, record_count: int) -> None:
        self._keep(replace(self._held(instance_id, lease_token), record_count=record_count))

    def set_without_precinct_count(self, instance_id: int, lease_token: str, count: int) -> None:
        self._keep(replace(self._held(instance_id, lease_token), without_precinct_count=count))

    def finish(self, instance_id: int, lease_token: str, state: InstanceState, **error: str | None) -> None:
        run = replace(self._held(instance_id, lease_token), state=state, lease_token=None, stop_requested=None, **error)
        self._state.runs[instance_id] = KeptRun(replace(run, finished_at=_now()) if state.is_finished else run)

    def release(self, instance_id: int, lease_token: str, *, error_code: str, error_text: str, delay_seconds: int = 0, is_counted: bool = True) -> None:
        run = replace(self._held(instance_id, lease_token), state=InstanceState.READY, lease_token=None, error_code=error_code, error_text=error_text)
        attempt = run.attempt if is_counted else max(run.attempt - 1, 0)
        self._state.runs[instance_id] = KeptRun(replace(run, attempt=attempt), _now() + timedelta(seconds=delay_seconds))

    def hand_back(self, instance_id: int, lease_token: str) -> None:
        run = self._held(instance_id, lease_token)
        self._state.runs[instance_id] = KeptRun(replace(run, state=InstanceState.READY, lease_token=None, attempt=max(run.attempt - 1, 0)))

    def end_others(self, instance_id: int) -> None:
        job_id = self._state.runs[instance_id].run.job_id
        for kept in list(self._state.runs.values()):
            if kept.run.job_id == job_id and kept.run.instance_id != instance_id and not kept.run.state.is_finished:
                ended = replace(kept.run, state=InstanceState.COMPLETED, lease_token=None, stop_requested=None, finished_at=_now())
                self._state.runs[kept.run.instance_id] = KeptRun(ended)

    def request_stop(self, job_id: int, request: StopRequest | None) -> None:
        for run in [run for run in self._runs() if run.job_id == job_id and not run.state.is_finished]:
            asked = replace(run, stop_requested=request)
            readied = run.state is InstanceState.PAUSED and request is not StopRequest.PAUSE
            self._keep(replace(asked, state=InstanceState.READY, attempt=0) if readied else asked)

    def revive(self, instance_id: int) -> None:
        run = self._state.runs[instance_id].run
        if run.state is InstanceState.FAILED:
            nothing = dict.fromkeys(("lease_token", "stop_requested", "error_code", "error_text", "error_ref", "finished_at"))
            self._state.runs[instance_id] = KeptRun(replace(run, state=InstanceState.READY, attempt=0, **nothing))

    def counts(self, job_id: int) -> OutcomeCounts:
        return {(outcome, reason): count for (job, outcome, reason), count in self._state.counts.items() if job == job_id}

    def add_outcomes(self, job_id: int, outcomes: Sequence[RecordOutcome]) -> None:
        for outcome in outcomes:
            if (job_id, outcome.sequence) in self._state.outcomes:
                raise already_exists()
            self._state.outcomes[job_id, outcome.sequence] = outcome

    def outcomes(self, job_id: int, after_sequence: int, limit: int) -> list[RecordOutcome]:
        kept = sorted((key, outcome) for key, outcome in self._state.outcomes.items() if key[0] == job_id and key[1] > after_sequence)
        return [outcome for _, outcome in kept][:limit]

    def _runs(self) -> list[JobInstance]:
        return [kept.run for kept in self._state.runs.values()]

    def _is_claimable(self, kept: KeptRun, now: datetime) -> bool:
        free = kept.lease_until is None or not now < kept.lease_until <= now + timedelta(seconds=900)
        is_due = kept.run.due_at <= now or kept.run.upload_id is not None
        return free and is_due and kept.run.state in {InstanceState.READY, InstanceState.RUNNING}

    def _held(self, instance_id: int, lease_token: str) -> JobInstance:
        run = self.instance(instance_id)
        if run is None or run.lease_token != lease_token or run.state is not InstanceState.RUNNING:
            raise Conflict(ErrorCode.LEASE_LOST, "The lease of this run is lost.")
        return run

    def _keep(self, run: JobInstance) -> None:
        self._state.runs[run.instance_id] = replace(self._state.runs[run.instance_id], run=run)

    def _fail(self, run: JobInstance, now: datetime) -> None:
        self._state.runs[run.instance_id] = KeptRun(
            replace(run, state=InstanceState.FAILED, lease_token=None, finished_at=now, error_code=str(ErrorCode.INTERNAL), error_text="Begun too often.")
        )
        job = self._state.jobs[run.job_id]
        self.set_state(job.job_id, JobState.FAILED if job.repeat is None else JobState.PENDING)
