"""The workload of the soak: a state with 58 counties, a batch that is received, a DMV file that is dropped, and people who may sign in."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.batch_workload import batch_records, load_batch_reference, load_batch_voters, receive_batch
from benchmarks.coa_job_workload import scheduled
from benchmarks.coa_workload import COUNTIES, FIRST_UID, population, voter_record
from benchmarks.queue_workload import KEY, admit_counties
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.contract.batch_writer import write_batch_file
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.spool import FileSpool
from votecal_soap.synthetic.coa import CoaSpec, generate_coa
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.voters import SyntheticVoter
from votecal_soap.use_cases import staff_logins
from votecal_soap.use_cases.load_reference_data import load_reference

COUNTY_CODES: Final = tuple(f"{number:02}" for number in range(1, 59))
DMV_FILE: Final = "dmv.xml"
SEED: Final = 1
NOW: Final = datetime(2026, 2, 2, 18, tzinfo=UTC)
_AT_ONCE: Final = 20_000
_BATCH_JOB: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakSize:
    """How much of everything: seconds, records of the batch and as many voters, records of DMV's file and the voters whom it is about."""

    seconds: int
    batch_records: int
    dmv_records: int
    dmv_voters: int
    poll_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a person signs in with; the secret is the authenticator's."""

    user_name: str
    password: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakState:
    """A state's folder and database, and who may sign in to its console."""

    folder: Path
    database_url: str
    logins: tuple[Login, ...]
    first_dmv_uid: int

    def unit_of_work(self) -> SqlUnitOfWorkFactory:
        """Units of work over it."""
        return SqlUnitOfWorkFactory.from_url(self.database_url)


def make_state(folder: Path, database_url: str | None, size: SoakSize) -> SoakState:
    """Fill a database; the batch waits in the spool and the DMV file in its drop folder."""
    url = database_url or f"sqlite:///{folder / 'votecal.db'}"
    upgrade(url)
    first_dmv_uid = FIRST_UID + size.batch_records
    with closing(SqlUnitOfWorkFactory.from_url(url)) as factory:
        load_reference("benchmark", factory(), SystemClock())
        admit_counties(factory, {code: f"c{code}" for code in COUNTY_CODES})
        load_batch_reference(factory)
        load_batch_voters(factory, size.batch_records)
        _receive(folder, factory, size.batch_records)
        _drop(folder, factory, size, first_dmv_uid)
        logins = tuple(_login(factory, f"clerk{number}") for number in (1, 2))
    return SoakState(folder=folder, database_url=url, logins=logins, first_dmv_uid=first_dmv_uid)


def _receive(folder: Path, factory: SqlUnitOfWorkFactory, records: int) -> None:
    header = BatchHeader("19", "VoterRecordUpdate", _BATCH_JOB, SCHEMA_VERSION, "2026-01-05T12:00:00Z", None)
    file = write_batch_file(folder / "batch.xml", header, batch_records(records))
    if receive_batch(factory, file) != _BATCH_JOB:
        raise RuntimeError("the database is not empty")
    file.path.rename(FileSpool(folder / "spool").path(1))


def _drop(folder: Path, factory: SqlUnitOfWorkFactory, size: SoakSize, first_uid: int) -> None:
    spec = CoaSpec(count=size.dmv_records, voter_count=size.dmv_voters, seed=SEED, county_codes=tuple(COUNTIES), sent_on=date(2026, 2, 1))
    cases = generate_coa(_loaded(population(size.dmv_voters, SEED, ORDINARY_NOISE), factory, first_uid), spec)
    drop = folder / "dmv-coa"
    drop.mkdir()
    write_dmv_coa_file(drop / DMV_FILE, DmvCoaHeader("benchmark", NOW), (case.record for case in cases))
    with factory() as uow:
        uow.dmv_files.expect(scheduled(uow, JobType.PROCESS_DMV_COA_RECORD_FILE), DMV_FILE, NOW)
        uow.commit()


def _loaded(voters: Iterator[SyntheticVoter], factory: SqlUnitOfWorkFactory, first_uid: int) -> Iterator[SyntheticVoter]:
    """Pass voters on, after those of a chunk are inserted as the product does."""
    number = first_uid
    while chunk := list(islice(voters, _AT_ONCE)):
        _add(factory, [voter_record(voter, number + place) for place, voter in enumerate(chunk)])
        number += len(chunk)
        yield from chunk


def _add(factory: SqlUnitOfWorkFactory, voters: list[Voter]) -> None:
    with factory() as uow:
        uow.voters.add_voters(voters, NOW)
        uow.commit()


def _login(factory: SqlUnitOfWorkFactory, user_name: str) -> Login:
    clock = SystemClock()
    with factory() as uow:
        uow.reference.save_staff_user(StaffUser(user_name=user_name, role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.commit()
    command = staff_logins.ChangeLogin(user_name=user_name, acting_user=user_name)
    password = staff_logins.give_password(command, factory(), clock)
    return Login(user_name=user_name, password=password, secret=staff_logins.give_authenticator(command, factory(), clock, KEY.encode()).secret)
