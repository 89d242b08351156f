"""The extract of the Batch Creation Job: which voters and which of their data go into the file (VRU-04).

It streams from one read transaction, so that clerks go on working and the file is of one moment.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from votecal_soap.contract.batch_writer import WireHomePrecinct, WireMailingAddress, WireName, WireRecord, WireRegistration, WireResidenceAddress
from votecal_soap.county.ems_database import ROWS_AT_ONCE, EmsDatabase
from votecal_soap.county.ems_schema import KIND_BITS, KIND_COLUMNS, REGISTERED_CODES, kind_mask
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import VotingPrecinct

Parts = dict[str, Any]

Extract = Callable[[EmsDatabase, frozenset[DataKind], str | None], Iterable[WireRecord]]
"""From an EMS, the kinds of data asked for and the election come the records: a vendor may have its own."""


def extract(ems: EmsDatabase, kinds: frozenset[DataKind], election_code: str | None) -> Iterator[WireRecord]:
    """Records of voters whose asked-for data changed since the last synchronisation, and of each registered voter's voting precinct."""
    parts = _parts(kinds)
    election = election_code if DataKind.VOTING_PRECINCT in kinds else None
    query, parameters = _query(parts, kinds, election)
    cursor = ems.connection.execute(query, parameters)
    cursor.arraysize = ROWS_AT_ONCE
    while rows := cursor.fetchmany():
        yield from map(partial(_record, parts, election), rows)


class _Part(NamedTuple):
    bit: int
    place: slice
    build: Callable[[Sequence[str | None]], Parts]


# voter_num, state_uid, base_version, changed_kinds, voting precinct and part come before the parts.
_FIRST_PART: Final = 6


def _parts(kinds: frozenset[DataKind]) -> list[_Part]:
    parts, start = [], _FIRST_PART
    for kind, columns in KIND_COLUMNS.items():
        if kind in kinds:
            parts.append(_Part(KIND_BITS[kind], slice(start, start + len(columns)), _BUILDERS[kind]))
            start += len(columns)
    return parts


def _query(parts: Sequence[_Part], kinds: frozenset[DataKind], election: str | None) -> tuple[str, list[str | int]]:
    columns = "".join(f", {column}" for kind, names in KIND_COLUMNS.items() if kind in kinds for column in names)
    changed = "v.changed_kinds & ?" if parts else "0"
    asked = [kind_mask(kinds - {DataKind.VOTING_PRECINCT})] if parts else []
    if election is None:
        return f"SELECT {_KEYS}, NULL, NULL{columns} FROM voters v WHERE {changed} ORDER BY v.voter_key", [*asked]  # noqa: S608 - our own column names
    # One pass over both tables in key order: nothing is sorted, nothing is held.
    query = f"SELECT {_KEYS}, a.pct, a.pct_part{columns} {_WITH_ASSIGNMENTS} WHERE a.pct IS NOT NULL OR {changed} ORDER BY v.voter_key"
    return query, [election, *REGISTERED_CODES, *asked]


_KEYS: Final = "voter_num, state_uid, base_version, changed_kinds"
_WITH_ASSIGNMENTS: Final = "FROM voters v LEFT JOIN voter_precinct_assignment a ON a.voter_key = v.voter_key AND a.election_cd = ? AND v.reg_stat IN (?, ?)"


def _record(parts: Sequence[_Part], election: str | None, row: sqlite3.Row | tuple[Any, ...]) -> WireRecord:
    voter_num, state_uid, base_version, changed, precinct, part = row[:_FIRST_PART]
    given: Parts = {}
    for bit, place, build in parts:
        if changed & bit:
            given.update(build(row[place]))
    voting = VotingPrecinct(election, precinct, part) if election is not None and precinct is not None else None
    return WireRecord(state_uid, voter_num, base_version, None, WireRegistration(**given) if given else None, voting)


def changed_registration(connection: sqlite3.Connection, voter_key: int) -> tuple[str, WireRegistration]:
    """A voter's number and the kinds of data that a clerk has changed, as UpdateVoter sends them."""
    (mask,) = connection.execute("SELECT changed_kinds FROM voters WHERE voter_key = ?", (voter_key,)).fetchone()
    return _read_registration(connection, voter_key, mask)


def whole_registration(connection: sqlite3.Connection, voter_key: int) -> tuple[str, WireRegistration]:
    """A voter's number and the whole registration, as RegisterVoter sends it."""
    return _read_registration(connection, voter_key, kind_mask(frozenset(DataKind)))


def _read_registration(connection: sqlite3.Connection, voter_key: int, mask: int) -> tuple[str, WireRegistration]:
    parts = _parts(frozenset(DataKind))
    columns = ", ".join(column for names in KIND_COLUMNS.values() for column in names)
    query = f"SELECT {_KEYS}, NULL, NULL, {columns} FROM voters WHERE voter_key = ?"  # noqa: S608 - our own column names
    row = connection.execute(query, (voter_key,)).fetchone()
    given: Parts = {}
    for bit, place, build in parts:
        if mask & bit:
            given.update(build(row[place]))
    return row[0], WireRegistration(**given)


def _name(values: Sequence[str | None]) -> Parts:
    return {"name": WireName._make(values)}


def _identity(values: Sequence[str | None]) -> Parts:
    # An identifier that the county lacks is left out: a batch never takes one from the state's record.
    return {"date_of_birth": values[0], "drivers_license": values[1], "ssn4": values[2], "gender": values[3]}


def _contact(values: Sequence[str | None]) -> Parts:
    return {"language": values[0] or "", "phone": values[1] or "", "email": values[2] or ""}


def _party(values: Sequence[str | None]) -> Parts:
    return {"party": values[0] or ""}


def _residence(values: Sequence[str | None]) -> Parts:
    return {"residence_address": WireResidenceAddress._make(values)}


def _mailing(values: Sequence[str | None]) -> Parts:
    return {"mailing_address": WireMailingAddress._make(values)}


def _home_precinct(values: Sequence[str | None]) -> Parts:
    return {"home_precinct": WireHomePrecinct._make(values)}


def _registration(values: Sequence[str | None]) -> Parts:
    return {"registration_date": values[0], "status": values[1], "status_reason": values[2] or ""}


_BUILDERS: Final[dict[DataKind, Callable[[Sequence[str | None]], Parts]]] = {
    DataKind.NAME: _name,
    DataKind.IDENTITY: _identity,
    DataKind.CONTACT: _contact,
    DataKind.PARTY: _party,
    DataKind.RESIDENCE_ADDRESS: _residence,
    DataKind.MAILING_ADDRESS: _mailing,
    DataKind.HOME_PRECINCT: _home_precinct,
    DataKind.REGISTRATION: _registration,
}
