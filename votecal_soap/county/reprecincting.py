"""A mass change in the EMS: the county draws its precincts anew (the trigger of UC04.14.01)."""

from collections.abc import Mapping

from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_schema import KIND_BITS, REGISTERED_CODES
from votecal_soap.domain.jobs import DataKind


def reprecinct(ems: EmsDatabase, moves: Mapping[tuple[str, str | None], tuple[str, str | None]], election_code: str | None = None) -> int:
    """Move whole precincts: (code, part) before to (code, part) after; how many voters moved.

    With an election, its voting precincts of registered voters follow their new home precincts.
    """
    with ems.transaction() as connection:
        change_no = ems.next_change_no()
        connection.execute("CREATE TEMP TABLE moves (pct TEXT, pct_part TEXT, new_pct TEXT, new_part TEXT)")
        connection.executemany("INSERT INTO moves VALUES (?, ?, ?, ?)", [(*before, *after) for before, after in moves.items()])
        connection.execute("CREATE INDEX moves_by_precinct ON moves (pct)")
        moved = connection.execute(_MOVE, (KIND_BITS[DataKind.HOME_PRECINCT], change_no)).rowcount
        if election_code is not None:
            connection.execute(_FOLLOW, (election_code, *REGISTERED_CODES))
            connection.execute(_MARK_FOLLOWERS, (KIND_BITS[DataKind.VOTING_PRECINCT], change_no))
        connection.execute("DROP TABLE moves")
    return moved


_MOVE = """
UPDATE voters SET home_pct = moves.new_pct, home_pct_part = moves.new_part, changed_kinds = changed_kinds | ?, change_no = ?
FROM moves WHERE moves.pct = voters.home_pct AND moves.pct_part IS voters.home_pct_part
"""
_FOLLOW = """
INSERT OR REPLACE INTO voter_precinct_assignment
SELECT voter_key, ?, home_pct, home_pct_part FROM voters WHERE reg_stat IN (?, ?) AND home_pct IS NOT NULL
"""
_MARK_FOLLOWERS = "UPDATE voters SET changed_kinds = changed_kinds | ? WHERE change_no = ?"
