"""`votecal voter confidentiality`."""

import pytest
from fakes.dmv import a_voter

from db.unit_of_work import SqlUnitOfWorkFactory

from .conftest import NOW


@pytest.fixture
def ana(staffed, sqlite_url):
    """A voter."""
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    with factory() as uow:
        uow.voters.add_voters([a_voter()], NOW)
        uow.commit()
    factory.close()
    return staffed


@pytest.mark.requirement("EWS-14")
def test_an_administrator_sets_lists_and_clears(ana, run_json):
    assert ana("voter", "confidentiality", "list", "--as", "ada").stdout == "There are no such voters.\n"
    told = run_json("voter", "confidentiality", "set", 100000001, "--kind", "public-safety", "--since", "2026-01-15", "--as", "ada")
    assert (told["kind"], told["since"], told["ends_on"], told["record_version"]) == ("public-safety", "2026-01-15", "2028-01-15", 2)
    (listed,) = run_json("voter", "confidentiality", "list", "--ending-within", 700, "--as", "ada")
    assert (listed["state_voter_id"], listed["county_code"], listed["kind"]) == (100000001, "19", "public-safety")
    assert "100000001  19      public-safety  2026-01-15  2028-01-15" in ana("voter", "confidentiality", "list", "--as", "ada").stdout
    cleared = ana("voter", "confidentiality", "clear", 100000001, "--as", "ada").stdout
    assert "record_version  3" in cleared
    assert "kind" not in cleared


@pytest.mark.requirement("EWS-14")
def test_the_day_is_todays_in_california_unless_given(ana, run_json):
    assert run_json("voter", "confidentiality", "set", 100000001, "--kind", "court-order", "--as", "ada")["since"] == "2026-03-04"


@pytest.mark.requirement("EWS-14", "OPS-03")
def test_who_may_not_is_told_so_and_nothing_of_the_voter(ana):
    refused = ana("voter", "confidentiality", "set", 100000001, "--kind", "safe-at-home", "--as", "sam", code=1)
    assert refused.stderr.startswith("VC-3002")
    assert ana("voter", "confidentiality", "clear", 999999999, "--as", "ada", code=1).stderr.startswith("VC-2006")
    ana("voter", "confidentiality", "set", 100000001, "--kind", "other", "--as", "ada", code=2)
    assert "GARCIA" not in refused.output
