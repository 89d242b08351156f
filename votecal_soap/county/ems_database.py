"""The reference EMS: one county's voters in a small SQLite file of its own.

A change to a voter and what is known of it at the state are written in one transaction, always.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, Self

from votecal_soap.contract.batch_writer import WireRecord, WireRegistration
from votecal_soap.county.ems_schema import DDL, KIND_BITS, LATER_COLUMNS, REGISTRATION_COLUMNS, STATE_CASES_DDL
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import VotingPrecinct
from votecal_soap.errors import Conflict, ErrorCode, NotFound

ROWS_AT_ONCE: Final = 5_000


class EmsDatabase:
    """A connection to an EMS file, for one thread. Nothing is kept unless its `transaction()` ends well."""

    def __init__(self, path: Path) -> None:
        """Open a file that `create` made."""
        if not path.is_file():
            raise NotFound(ErrorCode.SETTING_WRONG, "There is no EMS database at this path; create one first.")
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            self._prepare()
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        # FULL: a message that the state has cleared must not be lost with the county's power.
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;")
        self.connection.executescript(STATE_CASES_DDL)
        self._add_later_columns()

    def _add_later_columns(self) -> None:
        for table, column, kind in LATER_COLUMNS:
            if not self.connection.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchone():
                self.connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    @classmethod
    def create(cls, path: Path, county_code: str) -> Self:
        """Make an empty EMS, readable by its owner alone (OPS-05)."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError as error:
            raise Conflict(ErrorCode.ALREADY_EXISTS, "There is an EMS database at this path already.") from error
        ems = cls(path)
        ems.connection.executescript(DDL)
        ems.connection.executemany("INSERT INTO ems_setting VALUES (?, ?)", [("county_code", county_code), ("change_no", "0")])
        return ems

    def __enter__(self) -> Self:
        """Use the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @property
    def county_code(self) -> str:
        """The county that this EMS belongs to."""
        return self._setting("county_code")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; other readers go on, other writers wait."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @property
    def change_no(self) -> int:
        """The number of the last change that the county itself made; it orders changes and extracts."""
        return int(self._setting("change_no"))

    def _setting(self, name: str) -> str:
        row = self.connection.execute("SELECT value FROM ems_setting WHERE name = ?", (name,)).fetchone()
        return str(row[0])

    def next_change_no(self) -> int:
        """Number a change of the county, inside the transaction that makes it."""
        row = self.connection.execute("UPDATE ems_setting SET value = CAST(value AS INTEGER) + 1 WHERE name = 'change_no' RETURNING value").fetchone()
        return int(row[0])

    def load_voters(self, voters: Iterable[WireRecord]) -> int:
        """Load voters as the county has them, in its own codes; how many. They count as known to the state."""
        count = 0
        rest = iter(voters)
        while block := list(islice(rest, ROWS_AT_ONCE)):
            self._load_block(block)
            count += len(block)
        return count

    def _load_block(self, block: list[WireRecord]) -> None:
        try:
            with self.transaction() as connection:
                connection.executemany(_INSERT_VOTER, map(_voter_row, block))
                connection.executemany(_INSERT_ASSIGNMENT, _assignment_rows(block))
        except sqlite3.IntegrityError as error:
            raise Conflict(ErrorCode.ALREADY_EXISTS, "A voter of these is in the EMS already, or has no id of the county.") from error

    def voter_count(self) -> int:
        """How many voters the county has, whatever their status."""
        return int(self.connection.execute("SELECT count(*) FROM voters").fetchone()[0])

    def load_precincts(self, precincts: Iterable[tuple[str, str, str | None]]) -> None:
        """Load (precinct, part, name); a precinct that is there is renamed."""
        with self.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO precincts VALUES (?, ?, ?)", precincts)

    def assign_voting_precincts(self, election_code: str, assignments: Iterable[tuple[str, str, str | None]]) -> None:
        """Assign (voter, precinct, part) for an election, and mark those voters as changed."""
        with self.transaction() as connection:
            rows = [(voter, election_code, precinct, part) for voter, precinct, part in assignments]
            connection.executemany(_ASSIGN, [(election_code, precinct, part, voter) for voter, _, precinct, part in rows])
            self._mark([row[0] for row in rows], DataKind.VOTING_PRECINCT)

    def change(self, voter_num: str, kind: DataKind, values: dict[str, str | None]) -> None:
        """Change some columns of one kind of a voter's data, as a clerk does."""
        with self.transaction() as connection:
            names = [name for name in REGISTRATION_COLUMNS if name in values]
            assignments = ", ".join(f"{name} = ?" for name in names)
            connection.execute(f"UPDATE voters SET {assignments} WHERE voter_num = ?", [*(values[name] for name in names), voter_num])  # noqa: S608 - our own column names
            self._mark([voter_num], kind)

    def _mark(self, voter_nums: Iterable[str], kind: DataKind) -> None:
        change_no = self.next_change_no()
        self.connection.executemany(
            "UPDATE voters SET changed_kinds = changed_kinds | ?, change_no = ? WHERE voter_num = ?",
            ((KIND_BITS[kind], change_no, voter_num) for voter_num in voter_nums),
        )


_INSERT_VOTER: Final = (
    f"INSERT INTO voters (voter_num, state_uid, base_version, {', '.join(REGISTRATION_COLUMNS)}) "  # noqa: S608 - our own column names
    f"VALUES ({', '.join('?' * (3 + len(REGISTRATION_COLUMNS)))})"
)
_INSERT_ASSIGNMENT: Final = "INSERT INTO voter_precinct_assignment SELECT voter_key, ?, ?, ? FROM voters WHERE voter_num = ?"
_ASSIGN: Final = "INSERT OR REPLACE INTO voter_precinct_assignment SELECT voter_key, ?, ?, ? FROM voters WHERE voter_num = ?"
_NOTHING: Final = WireRegistration()


def _voter_row(record: WireRecord) -> tuple[str | int | None, ...]:
    name, born, license_, ssn4, sex, language, party, phone, email, home, mail, precinct, registered, status, reason = record.registration or _NOTHING
    return (
        *(record.ems_voter_id, None if record.state_voter_id is None else int(record.state_voter_id), record.base_version),
        *(name or (None,) * 5),
        *(_iso(born), license_, ssn4, sex),
        *(language, phone, email),
        party,
        *(home or (None,) * 11),
        *(mail or (None,) * 7),
        *(precinct or (None,) * 2),
        *(_iso(registered), status, reason),
    )


def _iso(day: object) -> str | None:
    return None if day is None else str(day)


def _assignment_rows(records: Iterable[WireRecord]) -> Iterator[tuple[str, str, str | None, str | None]]:
    for record in records:
        if isinstance(record.voting_precinct, VotingPrecinct):
            yield (*record.voting_precinct, record.ems_voter_id)
