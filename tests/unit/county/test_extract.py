import pytest

from votecal_soap.contract.batch_writer import WireHomePrecinct
from votecal_soap.county.ems_schema import KIND_BITS
from votecal_soap.county.extract import extract
from votecal_soap.county.reprecincting import reprecinct
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import VotingPrecinct

BOTH = frozenset({DataKind.HOME_PRECINCT, DataKind.VOTING_PRECINCT})


@pytest.mark.requirement("VRU-04")
def test_a_record_carries_changed_data_and_the_voting_precinct(ems):
    assert reprecinct(ems, {("1234", "A"): ("5678", "B")}, "2026-P") == 3
    first, second, cancelled = extract(ems, BOTH, "2026-P")
    assert first.registration.home_precinct == WireHomePrecinct("5678", "B")
    assert first.voting_precinct == second.voting_precinct == VotingPrecinct("2026-P", "5678", "B")
    assert (first.state_voter_id, first.ems_voter_id, first.base_version) == (100000001, "LA-1", 1)
    assert cancelled.voting_precinct is None


@pytest.mark.requirement("VRU-04")
def test_each_registered_voter_has_the_voting_precinct_even_when_nothing_changed(ems):
    records = list(extract(ems, BOTH, "2026-P"))
    assert [(record.ems_voter_id, record.registration) for record in records] == [("LA-1", None), ("LA-2", None)]


@pytest.mark.requirement("VRU-04")
def test_only_the_kinds_of_data_that_were_asked_for_are_sent(ems):
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "R"})
    ems.change("LA-1", DataKind.NAME, {"nm_first": "Ann"})
    ems.change("LA-2", DataKind.NAME, {"nm_first": "Bob"})
    (record,) = extract(ems, frozenset({DataKind.PARTY}), None)
    assert (record.ems_voter_id, record.registration.party, record.registration.name) == ("LA-1", "R", None)


def test_unchanged_kinds_of_a_changed_voter_are_not_sent(ems):
    ems.change("LA-1", DataKind.PARTY, {"pty_cd": "R"})
    (record,) = extract(ems, frozenset({DataKind.PARTY, DataKind.NAME}), None)
    assert record.registration.name is None


def test_nothing_changed_and_no_election_is_an_empty_extract(ems):
    assert list(extract(ems, frozenset(DataKind), None)) == []


def test_a_contact_that_the_county_removed_is_cleared_and_a_missing_identifier_is_left_out(ems):
    ems.change("LA-1", DataKind.CONTACT, {"phone_no": None})
    ems.change("LA-1", DataKind.IDENTITY, {"sex_cd": "1"})
    (record,) = extract(ems, frozenset({DataKind.CONTACT, DataKind.IDENTITY}), None)
    assert (record.registration.phone, record.registration.drivers_license, record.registration.gender) == ("", None, "1")


def test_every_kind_comes_back_as_it_was_loaded(ems, make_voter):
    ems.connection.execute("UPDATE voters SET changed_kinds = ?", (sum(KIND_BITS.values()),))
    record = next(iter(extract(ems, frozenset(DataKind), "2026-P")))
    given = make_voter(1).registration
    assert record.registration._replace(email=None, mailing_address=None, status_reason=None) == given
    assert not any(record.registration.mailing_address)


def test_moving_precincts_touches_only_those_that_move(ems):
    assert reprecinct(ems, {("1234", None): ("9", None), ("4321", "A"): ("9", None)}, "2026-P") == 0
