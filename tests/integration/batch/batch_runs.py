"""Runs a batch over a database of its own, in chunks of any size, and kills it wherever a test wants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table

from db.engine import READ_ONLY, create_engine
from db.single_reads import SqlSingleReads
from db.tables import metadata
from db.unit_of_work import SqlUnitOfWork, SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.contract.batch_expansion import ExpansionLimits
from votecal_soap.contract.batch_writer import BatchFile, WireRecord, describe_batch_file, write_batch_file
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader, RecordOutcome
from votecal_soap.domain.counties import County, Election, Precinct
from votecal_soap.domain.jobs import DataKind, InstanceState, JobInstance, JobState, JobType
from votecal_soap.domain.voters import Voter
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.process_voter_record_update_batch import BatchSettings, BatchWork, process

from .batch_texts import ELECTION

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
CODES = {"Party": ("DEM", "REP", "NPP"), "Suffix": ("JR", "SR"), "Language": ("en", "es"), "Gender": ("F", "M"), "StreetType": ("ST", "AVE")}

_NOT_COMPARED = {"lease_token", "lease_until", "started_at", "finished_at", "attempt", "worker", "message_id", "activity_id", "audit_id"}
"""What may differ between two right runs: the database's own clock and counters, and who ran."""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Mortal:
    """Units of work of a process that dies at a commit: `lives` counts those that succeed. `after` dies once the commit is done."""

    factory: SqlUnitOfWorkFactory
    lives: int
    after: bool = False

    def __call__(self, *, read_only: bool = False) -> SqlUnitOfWork:
        uow = self.factory(read_only=read_only)
        commit = uow.commit
        uow.commit = lambda: self._commit(commit)  # type: ignore[method-assign] # the one step that is to break
        return uow

    def _commit(self, commit: Callable[[], None]) -> None:
        if self.lives == 0 and not self.after:
            raise Killed
        commit()
        if self.lives == 0:
            raise Killed
        self.lives -= 1

    @property
    def single_reads(self) -> SqlSingleReads:
        return self.factory.single_reads

    def close(self) -> None:
        self.factory.close()


@dataclass
class BatchRuns:
    """A state with two counties; `run` sends records through it."""

    factory: SqlUnitOfWorkFactory
    engine: Engine
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def add_voters(self, *voters: Voter) -> None:
        """Voters as they stand."""
        with self.factory() as uow:
            uow.voters.add_voters(voters, NOW)
            uow.commit()

    def voter(self, uid: int) -> Voter:
        """Where a voter stands."""
        with self.factory(read_only=True) as uow:
            found = uow.voters.get(uid)
        assert found is not None
        return found

    def rows(self, table: Table, **where: object) -> list[Any]:
        """Rows of a table in the order of its key."""
        conditions = [table.c[name] == value for name, value in where.items()]
        with self.engine.connect() as connection:
            return list(connection.execute(table.select().where(*conditions).order_by(*table.primary_key.columns)))

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, as far as two right runs must agree."""
        found = {}
        with self.engine.connect() as connection:
            for table in metadata.sorted_tables:
                columns = [column for column in table.c if column.name not in _NOT_COMPARED]
                found[table.name] = sorted((tuple(row) for row in connection.execute(table.select().with_only_columns(*columns))), key=repr)
        return found

    def send(self, records: Sequence[WireRecord], *, kinds: frozenset[DataKind] = frozenset(DataKind), one_by_one: bool = False) -> int:
        """A job whose file is complete. A comment in the file makes its reader go record by record, so that chunks may be as small."""
        with self.factory() as uow:
            job_id = uow.jobs.add(
                job_type=JobType.VOTER_RECORD_UPDATE,
                state=JobState.RECEIVED,
                county_code="19",
                election_id=ELECTION,
                data_kinds=kinds,
                not_before=NOW,
                repeat=None,
                notice="by telephone",
                scheduled_by="sam",
                scheduled_at=NOW,
            )
            file = self._file(job_id, records, one_by_one=one_by_one)
            self._received(uow, job_id, file)
            uow.commit()
        return job_id

    def _file(self, job_id: int, records: Sequence[WireRecord], *, one_by_one: bool) -> BatchFile:
        header = BatchHeader("19", "VoterRecordUpdate", job_id, SCHEMA_VERSION, NOW.isoformat(), None)
        file = write_batch_file(self.folder / f"{job_id}.xml", header, records)
        if one_by_one:
            file.path.write_bytes(file.path.read_bytes().replace(b"<Trailer>", b"<!-- by hand --><Trailer>"))
        return describe_batch_file(file.path, file.record_count, file.compression)

    def _received(self, uow: SqlUnitOfWork, job_id: int, file: BatchFile) -> None:
        said = {"byte_count": file.byte_count, "sha256": file.sha256, "record_count": file.record_count, "compression": file.compression}
        upload = uow.uploads.add(job_id=job_id, county_code="19", begun_at=NOW, **said)
        self.spool.write(upload.upload_id, 0, file.path.read_bytes())
        uow.jobs.add_instance(job_id, NOW, upload_id=upload.upload_id, record_count=None)

    @property
    def spool(self) -> FileSpool:
        """The bytes."""
        return FileSpool(self.folder / "spool")

    def work(self, *, chunk: int = 10_000, mortal: Mortal | None = None) -> InstanceState | None:
        """Claim and run what is due; None when it was killed, which gives the run back as the end of its lease would."""
        with self.factory() as uow:
            instance = uow.jobs.claim("worker", 60, 99)
            uow.commit()
        assert instance is not None
        settings = BatchSettings(chunk_records=chunk, parsers=0, limits=ExpansionLimits(byte_limit=1 << 30, ratio_limit=200))
        work = BatchWork(unit_of_work=mortal or self.factory, clock=self.clock, spool=self.spool, settings=settings, should_stop=lambda: None)
        try:
            return process(instance, work)
        except Killed:
            self._give_back(instance)
            return None

    def _give_back(self, instance: JobInstance) -> None:
        with self.factory() as uow:
            if not self.instance().state.is_finished:
                uow.jobs.hand_back(instance.instance_id, str(instance.lease_token))
            uow.commit()

    def instance(self) -> JobInstance:
        """The newest run."""
        with self.factory(read_only=True) as uow:
            return uow.jobs.instances(limit=1)[0]

    def run(self, *records: WireRecord, chunk: int = 10_000, **sent: Any) -> list[RecordOutcome]:
        """Send and work; what became of each record."""
        job_id = self.send(records, one_by_one=chunk == 1, **sent)
        assert self.work(chunk=chunk) is InstanceState.COMPLETED
        return self.outcomes(job_id)

    def outcomes(self, job_id: int) -> list[RecordOutcome]:
        """What became of each record."""
        with self.factory(read_only=True) as uow:
            return uow.jobs.outcomes(job_id, 0, 1_000)


def begin(url: str, folder: Path, *voters: Voter) -> BatchRuns:
    """A state over an empty database, with reference data and voters."""
    folder.mkdir(exist_ok=True)
    factory = SqlUnitOfWorkFactory.from_url(url)
    with factory() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037"), County(county_code="34", name="Sacramento", fips="06067")])
        uow.reference.save_elections([Election(election_id=ELECTION, name="Primary", election_date=date(2026, 6, 2))])
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code=code, name=None) for code in ("0001", "0002", "0003")])
        for kind, codes in CODES.items():
            uow.reference.save_codes(kind, {code: code for code in codes})
        uow.commit()
    runs = BatchRuns(factory, create_engine(url).execution_options(**{READ_ONLY: True}), folder)
    runs.add_voters(*voters)
    return runs


def end(runs: BatchRuns) -> None:
    """Give the connections back."""
    runs.factory.close()
    runs.engine.dispose()
