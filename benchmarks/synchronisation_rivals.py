"""The rivals of the synchronization check: whole records sent and compared, checksums stored with each write, and the rows alone."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from lxml import etree

from benchmarks.queue_workload import COUNTY
from benchmarks.synchronisation_workload import SEED, Workload
from votecal_soap.contract.markup import branch
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.received_matches import ReceivedVoter, read_voter
from votecal_soap.contract.voter_markup import render_voter
from votecal_soap.county.compared_voters import ComparedVoter, ComparedVoters
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.domain.record_checksums import COMPARED_FIELDS, canonical_form, record_checksum, status_checksum
from votecal_soap.domain.synchronisation import UidRange
from votecal_soap.domain.voters import Voter

Result = TypeVar("Result")

PAGE = 200
"""Whole records of a page that stays below 48 KB or little above."""

CHANGED = 20_000
CHUNK = 2_000
TABLE = """
CREATE TABLE voter_checksum (county_code TEXT NOT NULL, state_voter_id INTEGER NOT NULL, checksum TEXT NOT NULL, status_checksum TEXT NOT NULL,
PRIMARY KEY (county_code, state_voter_id)) WITHOUT ROWID
"""
UPSERT = "INSERT OR REPLACE INTO voter_checksum VALUES (?, ?, ?, ?)"
_ELEMENTS = {name: "".join(word.capitalize() for word in name.split("_")) for name in COMPARED_FIELDS}


class WholeRecords(NamedTuple):
    """What sending whole records took."""

    seconds: float
    bytes_sent: int
    differences: int


def compare_whole_records(workload: Workload) -> WholeRecords:
    """The state's records as XML, page by page, read by the county and compared with its own; without HTTP, SOAP or credentials between them."""
    begun, sent, differences = time.process_time(), 0, 0
    with EmsDatabase(workload.queue.ems) as ems, closing(sqlite3.connect(workload.queue.database)) as state:
        voters, after = ComparedVoters(ems), 0
        for page in _pages(state):
            voters_sent = (render_voter(voter, reader_county=COUNTY, with_identification=True) for voter in page)
            content = branch("Voters", *voters_sent, namespace=EMS_INTEGRATION).encode()
            sent += len(content)
            theirs = {int(voter.state_voter_id): _canonical(voter) for voter in map(read_voter, etree.fromstring(content))}
            last = int(page[-1].state_voter_id)
            mine = _in_force(voters.within(UidRange(after, last)))
            differences += sum(theirs.get(uid) != mine.get(uid) for uid in theirs.keys() | mine.keys())
            after = last
        differences += len(_in_force(voters.within(UidRange(after))))
    return WholeRecords(time.process_time() - begun, sent, differences)


def _in_force(voters: Iterator[ComparedVoter]) -> dict[int, str]:
    return {voter.record.state_voter_id: canonical_form(voter.record.values) for voter in voters if not voter.record.has_ended}


def _pages(state: sqlite3.Connection) -> Iterator[list[Voter]]:
    columns = ", ".join(Voter._fields)
    in_force = "county_code = ? AND status NOT IN ('Cancelled', 'Declined')"
    rows = state.execute(f"SELECT {columns} FROM voter WHERE {in_force} ORDER BY state_voter_id", (COUNTY,))
    while page := rows.fetchmany(PAGE):
        yield list(map(_voter, page))


def _voter(row: Sequence[object]) -> Voter:
    voter = Voter._make(row)
    return voter._replace(registration_date=_day(voter.registration_date), date_of_birth=_day(voter.date_of_birth))


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))


def _canonical(voter: ReceivedVoter) -> str:
    given = {**voter.texts, "Status": voter.status, "HomePrecinct": voter.home_precinct, "HomePrecinctPart": voter.home_precinct_part}
    parts = {**(voter.residence._asdict() if voter.residence else {}), **(voter.mailing._asdict() if voter.mailing else {})}
    return canonical_form([parts[name] if name in parts else given.get(_ELEMENTS[name]) for name in COMPARED_FIELDS])


class StoredChecksums(NamedTuple):
    """What checksums kept with each write would take: µs a changed record beside its version row, and to read them."""

    keep: float
    compute: float
    read: float
    table_bytes: float


def keep_checksums(workload: Workload, folder: Path) -> StoredChecksums:
    """A table of checksums beside the voters, upkept for voters anywhere among them, some thousand a transaction."""
    path = folder / "checksums.db"
    with closing(workload.unit_of_work()) as factory, factory(read_only=True) as uow, closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; {TABLE};")
        records = [item.record for item in uow.voters.compared(COUNTY, UidRange(), workload.voters)]
        _write(database, [(COUNTY, record.state_voter_id, "0" * 16, "0" * 16) for record in records], len(records))
        changed = sorted(Random(SEED).sample(records, min(CHANGED, len(records))))  # noqa: S311 - made-up data, not secrets
        rows, computed = _timed(lambda: [(COUNTY, record.state_voter_id, record_checksum(record), status_checksum(record)) for record in changed])
        _, kept = _timed(lambda: _write(database, rows, CHUNK))
        _, read = _timed(lambda: database.execute("SELECT state_voter_id, checksum FROM voter_checksum WHERE county_code = ?", (COUNTY,)).fetchall())
        size = database.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").fetchone()[0]
    return StoredChecksums(kept / len(changed) * 1e6, computed / len(changed) * 1e6, read / len(records) * 1e6, size / len(records))


def _write(database: sqlite3.Connection, rows: Sequence[tuple[object, ...]], together: int) -> None:
    for begin in range(0, len(rows), together):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(UPSERT, rows[begin : begin + together])
        database.execute("COMMIT")


def read_rows(workload: Workload) -> float:
    """CPU seconds to fetch the compared columns on both sides with the sqlite3 module, and nothing else: no comparison can do with less."""
    columns = ", ".join(("state_voter_id", *COMPARED_FIELDS))
    begun = time.process_time()
    with closing(sqlite3.connect(workload.queue.database)) as state, closing(sqlite3.connect(workload.queue.ems)) as ems:
        for database, statement in (
            (state, f"SELECT {columns} FROM voter WHERE county_code = '{COUNTY}' ORDER BY state_voter_id"),
            (ems, "SELECT * FROM voters ORDER BY state_uid"),
        ):
            rows = database.execute(statement)
            while rows.fetchmany(PAGE * 100):
                pass
    return time.process_time() - begun


def _timed(action: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.process_time()
    result = action()
    return result, time.process_time() - begun
