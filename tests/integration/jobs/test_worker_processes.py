"""Workers and schedulers as processes of their own, and one that is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.jobs import InstanceState, JobState, JobType
from votecal_soap.use_cases import list_jobs, schedule_job

CHUNKS = 12

WORKER = textwrap.dedent(
    f"""
    import sys, time
    from jobs.catalogue import CatalogueEntry
    from jobs.scheduler import JobScheduler
    from jobs.worker import Worker
    from votecal_soap.bootstrap import build
    from votecal_soap.config import Config
    from votecal_soap.domain.batches import Outcome
    from votecal_soap.domain.jobs import JobType

    def run(application, instance, should_stop):
        for position in range(instance.position + 1, {CHUNKS} + 1):
            should_stop()
            with application.unit_of_work() as uow:
                counts = {{(Outcome.APPLIED, None): 1}}
                uow.jobs.save_progress(instance.instance_id, instance.lease_token, position=position, records_processed=position, counts=counts)
                uow.commit()
            print(position, flush=True)
            time.sleep(0.05)

    if __name__ == "__main__":
        data_dir, url = sys.argv[1:]
        from pathlib import Path
        application = build(Config(data_dir=Path(data_dir), database_url=url, lease_seconds=1, worker_poll_seconds=0.05))
        JobScheduler(application).make_all_due()
        deadline = time.monotonic() + 20
        worker = Worker(application, {{JobType.PURGE: CatalogueEntry(run=run, about="a test")}})
        while not worker.drain() and time.monotonic() < deadline:
            time.sleep(0.1)
    """
)


@pytest.fixture
def start(application, database_url, tmp_path):
    """Starts a worker process; its standard output is the chunks that it committed."""
    script = tmp_path / "worker_process.py"
    script.write_text(WORKER)
    processes = []

    def started():
        command = [sys.executable, str(script), str(tmp_path), database_url]
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}))
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def schedule(application):
    command = schedule_job.ScheduleJob(job_type=JobType.PURGE, acting_user="sam")
    return schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job.job_id


def report(application, job_id):
    return list_jobs.report(job_id, application.unit_of_work(read_only=True))


@pytest.mark.requirement("JOB-02")
def test_a_killed_workers_run_is_resumed_by_another_process_after_its_last_chunk(application, start):
    job_id = schedule(application)
    JobScheduler(application).make_all_due()
    victim = start()
    done = [int(victim.stdout.readline()) for _ in range(3)]
    victim.send_signal(signal.SIGKILL)
    done += [int(line) for line in victim.communicate()[0].split()]
    heir = start()
    done_by_heir = [int(line) for line in heir.communicate(timeout=30)[0].split()]
    found = report(application, job_id)
    assert (found.job.state, found.run.state, found.run.records_processed) == (JobState.COMPLETED, InstanceState.COMPLETED, CHUNKS)
    assert found.counts == {(Outcome.APPLIED, None): CHUNKS}, "every chunk counted once"
    # A chunk may have been committed and not yet told of when the process was killed.
    assert done_by_heir[0] in (done[-1] + 1, done[-1] + 2)
    assert done_by_heir[-1] == CHUNKS


@pytest.mark.requirement("JOB-02")
def test_schedulers_and_workers_in_several_processes_make_one_run(application, start):
    job_id = schedule(application)
    processes = [start() for _ in range(3)]
    deadline = time.monotonic() + 30
    while report(application, job_id).job.state is not JobState.COMPLETED and time.monotonic() < deadline:
        time.sleep(0.1)
    for process in processes:
        process.terminate()
    chunks = [int(line) for process in processes for line in process.communicate()[0].split()]
    assert chunks == list(range(1, CHUNKS + 1))
    with application.unit_of_work(read_only=True) as uow:
        assert len(uow.jobs.instances()) == 1
