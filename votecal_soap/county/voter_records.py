"""What the state's own changes do to a voter of the EMS. None of them counts as a change of the county's, to be sent back.

Data that a clerk has changed and no batch has sent yet stays as the clerk has it: the next batch carries it, and the state
judges it then.
"""

import sqlite3
from collections.abc import Collection
from typing import Final

from votecal_soap.contract.received_matches import ReceivedVoter
from votecal_soap.county.ems_schema import KIND_BITS
from votecal_soap.county.state_codes import CANCELLED, Row, voter_rows
from votecal_soap.domain.jobs import DataKind

ADDRESS_KINDS: Final = frozenset({DataKind.RESIDENCE_ADDRESS, DataKind.MAILING_ADDRESS, DataKind.HOME_PRECINCT, DataKind.REGISTRATION})
"""What a change of address may bring along: an inactive voter who gives an address is active again."""

ALL_KINDS: Final = frozenset(DataKind) - {DataKind.VOTING_PRECINCT}
PRECINCT_NEEDED: Final = "HomePrecinctNeeded"
MOVED_OUT_OF_COUNTY: Final = "Moved out of county"
MERGED_TO_NEWER: Final = "Merged to Newer Duplicate"


def key_of(connection: sqlite3.Connection, state_uid: int) -> int | None:
    """The EMS's own key of a voter, by the state's id."""
    row = connection.execute("SELECT voter_key FROM voters WHERE state_uid = ?", (state_uid,)).fetchone()
    return None if row is None else int(row[0])


def take_record(connection: sqlite3.Connection, key: int, voter: ReceivedVoter, kinds: Collection[DataKind], *, precinct_needed: bool = False) -> None:
    """Take these kinds of data from the state's record; one that is not newer than what the EMS has changes nothing."""
    version, changed = connection.execute("SELECT coalesce(base_version, 0), changed_kinds FROM voters WHERE voter_key = ?", (key,)).fetchone()
    if voter.record_version <= version:
        return
    row: Row = {}
    for kind, values in voter_rows(voter).items():
        if kind in kinds and not changed & KIND_BITS[kind]:
            row |= values
    _update(connection, key, row, voter.record_version)
    if precinct_needed:
        ask_for_precinct(connection, key)


def end_registration(connection: sqlite3.Connection, key: int, status: str, reason: str, record_version: int | None) -> None:
    """The voter is not this county's any more, or not to be sent ballots; nothing of hers is sent to the state."""
    _update(connection, key, {"reg_stat": status, "reg_stat_rsn": reason}, record_version)
    connection.execute("UPDATE voters SET changed_kinds = 0 WHERE voter_key = ?", (key,))


def cancel(connection: sqlite3.Connection, state_uid: int, record_version: int | None) -> None:
    """The voter moved to another county; one whom the EMS does not have needs nothing."""
    key = key_of(connection, state_uid)
    if key is not None:
        end_registration(connection, key, CANCELLED, MOVED_OUT_OF_COUNTY, record_version)


def add_voter(connection: sqlite3.Connection, county_code: str, voter: ReceivedVoter) -> int:
    """A voter who came from another county, under a number of this one's; her key."""
    key = int(connection.execute("SELECT coalesce(max(voter_key), 0) + 1 FROM voters").fetchone()[0])
    values = (key, f"{county_code}-T{key:08d}", voter.state_voter_id)
    connection.execute("INSERT INTO voters (voter_key, voter_num, state_uid) VALUES (?, ?, ?)", values)
    return key


def rename(connection: sqlite3.Connection, key: int, state_uid: int, record_version: int) -> None:
    """The voter turned out to be another person than the state took her for, and has another UID."""
    connection.execute("UPDATE voters SET state_uid = ?, base_version = ? WHERE voter_key = ?", (state_uid, record_version, key))


def ask_for_precinct(connection: sqlite3.Connection, key: int) -> None:
    """A clerk has to place the new address; until then the voter has no voting precinct either."""
    connection.execute("DELETE FROM voter_precinct_assignment WHERE voter_key = ?", (key,))
    note(connection, key, PRECINCT_NEEDED)


def note(connection: sqlite3.Connection, key: int, text: str) -> None:
    """Tell the clerk, beside what is noted already."""
    connection.execute("UPDATE voters SET clerk_note = coalesce(clerk_note || '; ', '') || ? WHERE voter_key = ?", (text, key))


def _update(connection: sqlite3.Connection, key: int, row: Row, record_version: int | None) -> None:
    assignments = "".join(f"{column} = ?, " for column in row)
    statement = f"UPDATE voters SET {assignments}base_version = max(coalesce(base_version, 0), ?) WHERE voter_key = ?"  # noqa: S608 - our own column names
    connection.execute(statement, [*row.values(), record_version or 0, key])
