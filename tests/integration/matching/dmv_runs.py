"""A state with voters of two counties; DMV drops files, the job takes them, and a test kills it wherever it wants."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from integration.batch.batch_runs import CODES, Killed, Mortal
from sqlalchemy import Engine, Table

from db.engine import READ_ONLY, create_engine
from db.tables import dmv_work_item, ems_message, match_case, metadata, transfer_out, voter_activity, voter_version
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.dmv_exchange import FolderDmvExchange
from votecal_soap.domain.counties import County, Role, StaffUser, ZipCounty
from votecal_soap.domain.dmv_files import DmvFile
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.jobs import InstanceState, JobInstance, JobState, JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.process_dmv_coa_record_file import DmvFileWork, process

NOW = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
COUNTIES = {"01": "Alameda", "19": "Los Angeles", "37": "San Diego"}
ZIPS = (ZipCounty("90001", "90599", "19"), ZipCounty("91500", "91599", "19"), ZipCounty("92101", "92199", "37"), ZipCounty("90600", "90600", "19"))
SHARED_ZIP = (ZipCounty("90600", "90600", "37"),)
SETTLE, INCOMPLETE = timedelta(seconds=10), timedelta(hours=1)

_NOT_COMPARED = {"lease_token", "lease_until", "started_at", "finished_at", "attempt", "worker", "message_id", "activity_id", "audit_id", "mailing_id"}
"""What may differ between two right runs: the database's own clock and counters, and who ran."""


@dataclass
class DmvRuns:
    """Drop, schedule, work, look."""

    factory: SqlUnitOfWorkFactory
    engine: Engine
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    @property
    def exchange(self) -> FolderDmvExchange:
        """The folders."""
        return FolderDmvExchange(self.folder / "drop", self.folder / "private", settle=SETTLE, incomplete=INCOMPLETE)

    def add_voters(self, *voters: Voter) -> None:
        """Voters as they stand, with their match keys."""
        with self.factory() as uow:
            uow.voters.add_voters(voters, NOW)
            uow.commit()

    def voter(self, uid: int) -> Voter:
        """Where a voter stands."""
        with self.factory(read_only=True) as uow:
            found = uow.voters.get(uid)
        assert found is not None
        return found

    def drop(self, name: str, *records: DmvRecord) -> Path:
        """DMV drops a file, a while ago."""
        path = self.exchange._drop / name
        write_dmv_coa_file(path, DmvCoaHeader(name.removesuffix(".xml"), NOW), records)
        self.touch(path, timedelta(minutes=5))
        return path

    def drop_text(self, name: str, text: str, age: timedelta = timedelta(minutes=5)) -> Path:
        """DMV drops any bytes."""
        path = self.exchange._drop / name
        path.write_text(text)
        self.touch(path, age)
        return path

    def touch(self, path: Path, age: timedelta) -> None:
        """The file was written to so long ago."""
        written = (self.clock.now() - age).timestamp()
        os.utime(path, (written, written))

    def expect(self, name: str) -> int:
        """A scheduled job whose run is due."""
        with self.factory() as uow:
            job_id = uow.jobs.add(
                job_type=JobType.PROCESS_DMV_COA_RECORD_FILE,
                state=JobState.PENDING,
                county_code=None,
                election_id=None,
                data_kinds=(),
                not_before=NOW,
                repeat=None,
                notice=None,
                scheduled_by="sam",
                scheduled_at=NOW,
            )
            uow.dmv_files.expect(job_id, name, NOW)
            uow.jobs.add_instance(job_id, NOW - timedelta(days=4000) + timedelta(seconds=job_id), upload_id=None, record_count=None)
            uow.commit()
        return job_id

    def work(
        self, *, chunk: int = 100, search_ahead_from: int | None = None, factory: UnitOfWorkFactory | None = None, stop: Iterable[Any] = ()
    ) -> InstanceState | None:
        """Claim and run what is due; None when it was killed, which gives the run back as the end of its lease would."""
        with self.factory() as uow:
            instance = uow.jobs.claim("worker", 60, 99)
            uow.commit()
        assert instance is not None
        requests = iter(stop)
        work = DmvFileWork(
            unit_of_work=factory or self.factory,
            clock=self.clock,
            exchange=self.exchange,
            chunk_records=chunk,
            search_ahead_from=search_ahead_from,
            transfer_pending=timedelta(days=10),
            should_stop=lambda: next(requests, None),
        )
        try:
            return process(instance, work)
        except Killed:
            self._give_back(instance)
            return None

    def _give_back(self, instance: JobInstance) -> None:
        with self.factory() as uow:
            current = uow.jobs.instance(instance.instance_id)
            if current is not None and not current.state.is_finished:
                uow.jobs.hand_back(instance.instance_id, str(instance.lease_token))
            uow.commit()

    def run(self, *records: DmvRecord, name: str = "a.xml", chunk: int = 100) -> dict[str, int]:
        """Drop, schedule and work; the records by outcome."""
        self.drop(name, *records)
        job_id = self.expect(name)
        assert self.work(chunk=chunk) is InstanceState.COMPLETED
        return self.outcomes(job_id)

    def file(self, job_id: int) -> DmvFile:
        """The job's file."""
        with self.factory(read_only=True) as uow:
            found = uow.dmv_files.of_job(job_id)
        assert found is not None
        return found

    def outcomes(self, job_id: int) -> dict[str, int]:
        """The records of a job by outcome."""
        with self.factory(read_only=True) as uow:
            return uow.dmv_files.counts(self.file(job_id).file_id)

    def rows(self, table: Table, **where: object) -> list[Any]:
        """Rows of a table in the order of its key."""
        conditions = [table.c[name] == value for name, value in where.items()]
        with self.engine.connect() as connection:
            return list(connection.execute(table.select().where(*conditions).order_by(*table.primary_key.columns)))

    def items(self, **where: object) -> list[Any]:
        """Work items."""
        return self.rows(dmv_work_item, **where)

    def cases(self, **where: object) -> list[Any]:
        """Match cases."""
        return self.rows(match_case, **where)

    def messages(self, **where: object) -> list[tuple[str, str, int | None]]:
        """(county, type, UID) of messages as they were queued."""
        return [(row.county_code, row.message_type, row.state_voter_id) for row in self.rows(ems_message, **where)]

    def payloads(self, **where: object) -> list[str]:
        """What the counties are told."""
        return [row.payload for row in self.rows(ems_message, **where)]

    def activities(self, uid: int) -> list[str]:
        """Kinds of entries of a voter's history."""
        return [row.activity_type for row in self.rows(voter_activity, state_voter_id=uid)]

    def basis(self, uid: int) -> str:
        """Of the last entry of a voter's history."""
        return str(self.rows(voter_activity, state_voter_id=uid)[-1].basis)

    def versions(self, uid: int) -> list[int]:
        """The numbers of a voter's versions."""
        return [row.version for row in self.rows(voter_version, state_voter_id=uid)]

    def transfers(self) -> list[Any]:
        """Moves out of a county."""
        return self.rows(transfer_out)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, as far as two right runs must agree."""
        found = {}
        with self.engine.connect() as connection:
            for table in metadata.sorted_tables:
                columns = [column for column in table.c if column.name not in _NOT_COMPARED]
                found[table.name] = sorted((tuple(row) for row in connection.execute(table.select().with_only_columns(*columns))), key=repr)
        return found


def begin(url: str, folder: Path, *voters: Voter) -> DmvRuns:
    """A state over an empty database, with reference data and voters."""
    factory = SqlUnitOfWorkFactory.from_url(url)
    with factory() as uow:
        uow.reference.save_counties([County(county_code=code, name=name, fips=f"060{code}") for code, name in COUNTIES.items()])
        uow.reference.save_staff_user(StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None))
        uow.matching.replace_zip_counties([*ZIPS, *SHARED_ZIP])
        for kind, codes in CODES.items():
            uow.reference.save_codes(kind, {code: code for code in codes})
        uow.commit()
    runs = DmvRuns(factory, create_engine(url).execution_options(**{READ_ONLY: True}), folder)
    runs.add_voters(*voters)
    return runs


def end(runs: DmvRuns) -> None:
    """Give the connections back."""
    runs.factory.close()
    runs.engine.dispose()


__all__ = ["NOW", "TODAY", "DmvRuns", "Killed", "Mortal", "begin", "end"]
