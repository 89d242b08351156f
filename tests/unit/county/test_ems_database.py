import stat

import pytest

from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.domain.jobs import DataKind
from votecal_soap.errors import Conflict, NotFound


def test_the_file_is_readable_by_its_owner_alone(ems):
    assert stat.S_IMODE(ems.path.stat().st_mode) == 0o600


def test_an_ems_is_not_made_twice_at_one_place(ems):
    with pytest.raises(Conflict):
        EmsDatabase.create(ems.path, "19")


def test_an_ems_that_is_not_there_is_not_made_by_opening(tmp_path):
    with pytest.raises(NotFound):
        EmsDatabase(tmp_path / "none.db")


def test_nothing_is_kept_of_a_transaction_that_fails(ems, voter_row):
    with pytest.raises(ValueError, match="stop"), ems.transaction() as connection:
        connection.execute("UPDATE voters SET pty_cd = 'X'")
        raise ValueError("stop")
    assert ems.voter_count() == 3
    assert voter_row(1, "pty_cd") == ("D",)


def test_a_change_marks_the_voter_until_it_is_synchronised(ems, voter_row):
    assert voter_row(1, "changed_since_sync") == (0,)
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "R"})
    assert voter_row(1, "changed_since_sync, change_no, pty_cd") == (1, 1, "R")


def test_values_are_kept_in_the_county_s_own_codes(voter_row):
    assert voter_row(1, "sex_cd, pty_cd, res_street_typ, nm_sfx, reg_stat") == ("2", "D", "Street", "Jr.", "A")


def test_assigning_a_voting_precinct_marks_the_voter(ems, voter_row):
    ems.load_precincts([("77", "", "Seventy-seven")])
    ems.assign_voting_precincts("2026-G", [("LA-2", "77", None)])
    assert voter_row(2, "changed_since_sync") == (1,)


def test_a_voter_is_not_loaded_twice(ems, make_voter):
    with pytest.raises(Conflict):
        ems.load_voters([make_voter(4), make_voter(1)])
    assert ems.voter_count() == 3
