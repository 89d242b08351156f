"""The workload of the batch benchmark: a table of voters and a re-precincting file over it, in county order.

Each record carries the whole registration, as a county's full extract does; nine of ten change the home precinct,
the tenth says what the state has.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from db.engine import create_engine
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.config import Config
from votecal_soap.contract.batch_expansion import ExpansionLimits
from votecal_soap.contract.batch_writer import (
    BatchFile,
    WireHomePrecinct,
    WireName,
    WireRecord,
    WireRegistration,
    WireResidenceAddress,
    describe_batch_file,
    write_batch_file,
)
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.counties import County, Precinct
from votecal_soap.domain.jobs import DataKind, JobInstance, JobState, JobType
from votecal_soap.domain.uploads import Compression
from votecal_soap.domain.voters import StateVoterId, Voter
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.process_voter_record_update_batch import BatchSettings, BatchWork

COUNTY = "19"
FIRST_UID = 100_000_001
CHUNK = Config().batch_chunk_records
"""Records of a transaction, as shipped."""
PRECINCTS = 5_000
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SURNAMES = ("GARCIA", "NGUYEN", "SMITH", "LEE", "HERNANDEZ", "KIM", "JOHNSON", "LOPEZ", "PATEL", "O'BRIEN")
GIVEN = ("MARIA", "JAMES", "LINH", "SOFIA", "DAVID", "AMIRA", "JOSE", "EMILY", "WEI", "DARNELL")
STREETS = ("MAIN", "OLIVE", "SUNSET", "FIGUEROA", "PICO", "WILSHIRE", "VERMONT", "ALAMEDA", "GRAND", "HILL")
CITIES = ("LOS ANGELES", "LONG BEACH", "GLENDALE", "PASADENA", "TORRANCE", "POMONA")
PARTIES = ("DEM", "DEM", "REP", "NPP", "AIP")


def voter(number: int) -> Voter:
    """The `number`-th voter of the table, from 0."""
    blank: dict[str, object] = dict.fromkeys(Voter._fields)
    blank.update(
        state_voter_id=StateVoterId(FIRST_UID + number),
        county_code=COUNTY,
        ems_voter_id=f"LA{number:09d}",
        version=1,
        effective_date=date(2020, 1, 1),
        first_name=GIVEN[number % 10],
        middle_name=GIVEN[number // 10 % 10][0],
        last_name=SURNAMES[number // 7 % 10],
        date_of_birth=date.fromordinal(date(1930, 1, 1).toordinal() + number * 37 % 27_000),
        drivers_license=f"{'ABCDEFGH'[number % 8]}{number % 10_000_000:07d}",
        drivers_license_status="Verified",
        ssn4=f"{number % 9_998 + 1:04d}",
        ssn4_status="Verified",
        gender="F",
        language="eng",
        party=PARTIES[number % 5],
        house_number=str(number % 9_900 + 100),
        street_name=STREETS[number // 100 % 10],
        street_type="ST",
        residence_city=CITIES[number // 1_000 % 6],
        residence_state="CA",
        residence_zip_code=f"90{number // 500 % 900:03d}",
        home_precinct=f"{number // 200 % PRECINCTS:06d}",
        registration_date=date(2020, 1, 1),
        status="Active",
        vnc_due=0,
        message_sequence=0,
    )
    return Voter(**blank)  # type: ignore[arg-type] # each field above has its own type


def record(number: int) -> WireRecord:
    """The record of the `number`-th voter."""
    given = voter(number)
    precinct = given.home_precinct if number % 10 == 9 else f"{(number // 200 + 1) % PRECINCTS:06d}"
    return WireRecord(
        state_voter_id=given.state_voter_id,
        ems_voter_id=given.ems_voter_id,
        registration=WireRegistration(
            name=WireName(given.first_name, given.last_name, given.middle_name),
            date_of_birth=given.date_of_birth,
            drivers_license=given.drivers_license,
            ssn4=given.ssn4,
            party=given.party,
            residence_address=WireResidenceAddress(
                house_number=given.house_number,
                street_name=given.street_name,
                street_type=given.street_type,
                city=given.residence_city,
                state="CA",
                zip_code=given.residence_zip_code,
            ),
            home_precinct=WireHomePrecinct(precinct),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A database of voters, a job that is received, and its file in the spool."""

    database: Path
    file: BatchFile
    spool: FileSpool
    job_id: int

    def work(self, database: Path, *, parsers: int, chunk_records: int = CHUNK) -> BatchWork:
        """What processing needs, on a copy of the database."""
        return self.work_on(f"sqlite:///{database}", parsers=parsers, chunk_records=chunk_records)

    def work_on(self, url: str, *, parsers: int, chunk_records: int = CHUNK) -> BatchWork:
        """The same on the database of this URL."""
        limits = ExpansionLimits(byte_limit=1 << 40, ratio_limit=1_000)
        settings = BatchSettings(chunk_records=chunk_records, parsers=parsers, limits=limits)
        return BatchWork(unit_of_work=SqlUnitOfWorkFactory.from_url(url), clock=SystemClock(), spool=self.spool, settings=settings, should_stop=lambda: None)

    def claimed(self, database: Path) -> JobInstance:
        """The job's run, claimed."""
        return self.claimed_on(f"sqlite:///{database}")

    def claimed_on(self, url: str) -> JobInstance:
        """The same on the database of this URL."""
        with closing(SqlUnitOfWorkFactory.from_url(url)) as factory, factory() as uow:
            instance = uow.jobs.claim("benchmark", 3_600, 5)
            uow.commit()
        if instance is None:
            raise RuntimeError("there is no run to claim")
        return instance


def make_workload(folder: Path, *, voters: int, records: int) -> Workload:
    """Build the database and the file once; runs copy the database."""
    database = folder / "base.db"
    upgrade(f"sqlite:///{database}")
    spool = FileSpool(folder / "spool")
    header = BatchHeader(COUNTY, "VoterRecordUpdate", 1, SCHEMA_VERSION, "2026-01-05T12:00:00Z", None)
    file = write_batch_file(folder / "batch.xml", header, batch_records(records))
    with closing(SqlUnitOfWorkFactory(create_engine(f"sqlite:///{database}"))) as factory:
        load_batch_reference(factory)
        load_batch_voters(factory, voters)
        job_id = receive_batch(factory, file)
    sent = spool.path(1)
    sent.parent.mkdir(parents=True, exist_ok=True)
    file.path.rename(sent)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # runs copy the one file
    connection.close()
    return Workload(database=database, file=replace(file, path=sent), spool=spool, job_id=job_id)


def load_batch_voters(factory: UnitOfWorkFactory, voters: int) -> None:
    """Insert the first voters of the table."""
    numbers = iter(range(voters))
    while chunk := list(islice(numbers, 20_000)):
        with factory() as uow:
            uow.voters.add_voters([voter(number) for number in chunk], NOW)
            uow.commit()


def reopened(folder: Path) -> Workload:
    """The workload that `make_workload` built in a folder."""
    spool = FileSpool(folder / "spool")
    with SqlUnitOfWorkFactory(create_engine(f"sqlite:///{folder / 'base.db'}"))(read_only=True) as uow:
        upload = uow.uploads.get(1)
    if upload is None:
        raise RuntimeError("the folder holds no workload")
    file = describe_batch_file(spool.path(1), upload.record_count, upload.compression)
    return Workload(database=folder / "base.db", file=file, spool=spool, job_id=upload.job_id)


def batch_records(count: int) -> Iterator[WireRecord]:
    """The records of the first voters."""
    return (record(number) for number in range(count))


def load_batch_reference(factory: UnitOfWorkFactory) -> None:
    """The county, its precincts, and the codes that the records use."""
    with factory() as uow:
        uow.reference.save_counties([County(county_code=COUNTY, name="Los Angeles", fips="06037")])
        uow.reference.save_precincts([Precinct(county_code=COUNTY, precinct_code=f"{number:06d}", name=None) for number in range(PRECINCTS)])
        uow.reference.save_codes("Party", {code: code for code in PARTIES})
        uow.reference.save_codes("StreetType", {"ST": "Street"})
        uow.commit()


def receive_batch(factory: UnitOfWorkFactory, file: BatchFile) -> int:
    """A job whose file is received; its id. The bytes are the caller's to put into the spool."""
    with factory() as uow:
        job_id = uow.jobs.add(
            job_type=JobType.VOTER_RECORD_UPDATE,
            state=JobState.RECEIVED,
            county_code=COUNTY,
            election_id=None,
            data_kinds=list(DataKind),
            not_before=NOW,
            repeat=None,
            notice="benchmark",
            scheduled_by="benchmark",
            scheduled_at=NOW,
        )
        upload = uow.uploads.add(
            job_id=job_id,
            county_code=COUNTY,
            byte_count=file.byte_count,
            sha256=file.sha256,
            record_count=file.record_count,
            compression=Compression.NONE,
            begun_at=NOW,
        )
        uow.jobs.add_instance(job_id, NOW, upload_id=upload.upload_id, record_count=None)
        uow.commit()
    return job_id
