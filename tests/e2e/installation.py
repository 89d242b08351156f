"""One installation of the state: a database with a county's voters, and its web and worker processes as real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select

from db.engine import READ_ONLY, create_engine
from db.tables import job_instance
from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application, build
from votecal_soap.config import Config
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.counties import Credential, Role, StaffUser
from votecal_soap.domain.jobs import DataKind, InstanceState, JobType
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.scenario_records import KnownVoter
from votecal_soap.synthetic.voters import ems_voter_id, generate_voters
from votecal_soap.use_cases import authorise_job, schedule_job
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.load_voters import LoadCommand, load_voters

KEY, SECRET, USERNAME = "a key of the tests", "los-angeles-SECRET", "la-ems"
COUNTY, OTHER_COUNTY, ELECTION = "19", "30", "2026-PRIMARY"
KINDS = frozenset(DataKind) - {DataKind.REGISTRATION}
SEED = 5
OTHER_VOTERS = 20

_WORKER_PID = re.compile(r"-(\d+)-[0-9a-f]{8}$")
_UP_SECONDS = 120

Process = subprocess.Popen[bytes]


@dataclass
class Installation:
    """The state, its processes, and in `logs` what they wrote. `engine` reads only: looking on must not keep a writer waiting."""

    application: Application
    engine: Engine
    folder: Path
    environ: dict[str, str]
    processes: list[Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The public URL."""
        return self.application.config.public_url

    @property
    def logs(self) -> Path:
        """A file for each process that was started."""
        return self.folder / "logs"

    def start(self, *command: str) -> Process:
        """Start `votecal COMMAND` as an operator does."""
        self.logs.mkdir(exist_ok=True)
        with (self.logs / f"{len(self.processes):03d}-{command[0]}.log").open("wb") as log:
            arguments = [sys.executable, "-m", "votecal_soap.cli", *command]
            environ = {**os.environ, **self.environ}
            process = subprocess.Popen(arguments, env=environ, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder, start_new_session=True)
        self.processes.append(process)
        return process

    def serve(self) -> Process:
        """A web process that answers."""
        process = self.start("serve")
        deadline = time.monotonic() + _UP_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.answers():
                return process
            time.sleep(0.02)
        raise AssertionError(f"the web process did not come up: {self.logged()[-2000:]}")

    def answers(self) -> bool:
        """Whether a web process takes connections."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    def work(self) -> None:
        """Have a worker run what is due."""
        assert self.start("worker", "--drain").wait(60) == 0, self.logged()[-2000:]

    def stop(self) -> None:
        """End whatever still runs, with its children."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.application.unit_of_work.close()
        self.engine.dispose()

    def logged(self) -> str:
        """All that all processes wrote."""
        return "".join(path.read_text() for path in sorted(self.logs.iterdir()))

    def schedule(self) -> int:
        """A job for the county's batch, scheduled and authorised."""
        application = self.application
        command = schedule_job.ScheduleJob(
            job_type=JobType.VOTER_RECORD_UPDATE, acting_user="ada", county_code=COUNTY, election_id=ELECTION, data_kinds=KINDS, notice="by telephone"
        )
        job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
        authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job.job_id, acting_user="ada"), application.unit_of_work(), application.clock)
        return job.job_id

    def holders(self, job_id: int) -> set[int]:
        """The process ids of the workers that have the job's runs now, or had them when they died."""
        runs = select(job_instance.c.worker).where(job_instance.c.job_id == job_id, job_instance.c.state == InstanceState.RUNNING)
        with self.engine.connect() as connection:
            found = [_WORKER_PID.search(worker) for worker in connection.execute(runs).scalars()]
        return {int(match[1]) for match in found if match}

    def known_voters(self, county_code: str, count: int) -> list[KnownVoter]:
        """The county's voters as the state knows them, by the county's ids."""
        with self.application.unit_of_work() as uow:
            voters = uow.voters.lock_by_ems_id(county_code, [ems_voter_id(county_code, number) for number in range(1, count + 1)])
        known = (KnownVoter(voter.state_voter_id, str(voter.ems_voter_id), voter.version) for voter in voters)
        return sorted(known, key=lambda voter: voter.ems_voter_id)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def install(database_url: str, folder: Path, **settings: object) -> Installation:
    """An installation over an upgraded, empty database, with reference data, people and one county's credential."""
    installation = open_installation(database_url, folder, **settings)
    _furnish(installation.application)
    return installation


def open_installation(database_url: str, folder: Path, **settings: object) -> Installation:
    """An installation over a database as it is."""
    address = f"127.0.0.1:{free_port()}"
    named = {"data_dir": folder / "state", "database_url": database_url, "credential_key": KEY, "listen": address, "public_url": f"http://{address}"}
    config = Config(**named, **settings)  # type: ignore[arg-type] # a test's settings
    application = build(config)
    environ = {f"VOTECAL_{name.upper()}": str(value) for name, value in {**named, **settings}.items()}
    reading = create_engine(database_url).execution_options(**{READ_ONLY: True})
    return Installation(application, reading, folder, environ)


def _furnish(application: Application) -> None:
    load_reference("test", application.unit_of_work(), application.clock)
    with application.unit_of_work() as uow:
        uow.reference.save_elections(elections())
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.reference.save_rules_text(COUNTY, load_county_codes().rules_toml())
        for county_code in (COUNTY, OTHER_COUNTY):
            uow.reference.save_precincts(precincts(county_code))
        hashed = keyed_hash(SECRET, KEY.encode())
        uow.reference.save_credential(
            Credential(username=USERNAME, county_code=COUNTY, secret_hmac=hashed, expires_at=None, revoked_at=None, certificate_subject=None)
        )
        uow.commit()


def load_counties(installation: Installation, voters: int) -> None:
    """The county's voters, in its own codes, and some of another county."""
    application = installation.application
    for county_code, count, codes in ((COUNTY, voters, load_county_codes()), (OTHER_COUNTY, OTHER_VOTERS, None)):
        made = generate_voters(count, SEED, county_code)
        file = write_initial_load(installation.folder / f"{county_code}.xml", county_code, made, application.clock.now(), codes=codes)
        command = LoadCommand(county_code=county_code, file=file.path, actor="test", on_refusal=lambda _: None, on_progress=lambda *_: None)
        assert load_voters(command, application.unit_of_work, application.clock).loaded == count
