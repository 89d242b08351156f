"""UC01.21.01: what a county finds statewide, what it may not see, and why no SSN4 can be guessed (EWS-08, EWS-14)."""

import json
from datetime import date

import pytest
from fakes.dmv import a_voter

from db.tables import audit_entry, search_probe
from votecal_soap.domain.counties import Caller, Credential
from votecal_soap.domain.matching import MatchField, Person
from votecal_soap.domain.voter_searches import VoterSearch
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable
from votecal_soap.use_cases.search_voters import SSN4_TRIES, SSN4_WINDOW, Searching, search_voters

ONE = 100_000_001


@pytest.fixture
def search(runs):
    """Search as a county; Los Angeles unless another is named."""
    with runs.factory() as uow:
        for name in ("ems-19", "second-19", "ems-37"):
            uow.reference.save_credential(
                Credential(username=name, county_code=name[-2:], secret_hmac="0" * 64, expires_at=None, revoked_at=None, certificate_subject=None)
            )
        uow.commit()
    searching = Searching(unit_of_work=runs.factory, clock=runs.clock, key=b"a key of the tests")

    def searched(county_code="19", *, username=None, **given):
        asked = {name: given.pop(name) for name in ("state_voter_id", "ems_voter_id", "limit") if name in given}
        caller = Caller(username=username or f"ems-{county_code}", county_code=county_code, credential_expires_at=None)
        return search_voters(VoterSearch(person=Person(**given), **asked), caller, searching)

    return searched


def named(**more):
    voter = a_voter()
    return {"first_name": voter.first_name, "last_name": voter.last_name, "date_of_birth": voter.date_of_birth, **more}


@pytest.mark.requirement("EWS-08", "COA-05")
def test_a_person_is_found_with_confidence_and_criteria_best_first(runs, search):
    runs.add_voters(a_voter(), a_voter(100_000_002, ems_voter_id="LA2", drivers_license=None, first_name="JUANA", date_of_birth=date(1991, 2, 3)))
    found = search(**named(drivers_license=a_voter().drivers_license))
    assert int(found[0].voter.state_voter_id) == ONE
    assert (found[0].match.confidence, found[0].exact) == (100, True)
    assert [item.match.confidence for item in found] == sorted((item.match.confidence for item in found), reverse=True)
    assert {criterion.field for criterion in found[0].match.criteria} >= {MatchField.FIRST_NAME, MatchField.LAST_NAME, MatchField.DATE_OF_BIRTH}


@pytest.mark.requirement("EWS-08")
@pytest.mark.parametrize(
    "given",
    [
        {"ssn4": "1234"},
        {"ssn4": "1234", "date_of_birth": date(1970, 1, 2)},
        {"last_name": "GARCIA"},
        {"first_name": "MARIA"},
        {"last_name": "GARCIA", "ssn4": "1234"},
        {"zip_code": "90012"},
        {},
    ],
)
def test_too_little_to_search_by_is_refused(runs, search, given):
    runs.add_voters(a_voter())
    with pytest.raises(InvalidRequest) as caught:
        search(**given)
    assert caught.value.code is ErrorCode.SEARCH_TOO_LITTLE
    assert "1234" not in str(caught.value)


@pytest.mark.requirement("EWS-08")
def test_a_record_is_found_by_its_uid_anywhere_and_by_the_callers_own_id_only_at_home(runs, search):
    runs.add_voters(a_voter())
    assert [item.exact for item in search(county_code="37", state_voter_id=ONE)] == [True]
    assert search(ems_voter_id="LA1")
    assert search(county_code="37", ems_voter_id="LA1") == []
    assert search(state_voter_id=999_999_999) == []


@pytest.mark.requirement("EWS-14")
def test_where_a_confidential_voter_lives_is_told_to_the_own_county_only(runs, search):
    hidden = a_voter(confidentiality=Confidentiality.SAFE_AT_HOME, confidential_since=date(2026, 1, 5), phone="2135550100", email="a@example.org")
    runs.add_voters(hidden)
    (own,) = search(**named())
    (other,) = search(county_code="37", **named())
    assert (own.voter.street_name, own.voter.phone) == (hidden.street_name, "2135550100")
    assert {other.voter.street_name, other.voter.residence_zip_code, other.voter.phone, other.voter.email} == {None}


@pytest.mark.requirement("EWS-14")
def test_a_confidential_address_neither_finds_nor_confirms_for_another_county(runs, search):
    hidden = a_voter(confidentiality=Confidentiality.COURT_ORDER)
    runs.add_voters(hidden)
    address = {"house_number": hidden.house_number, "street": f"{hidden.street_name} {hidden.street_type or ''}".strip(), "zip_code": hidden.residence_zip_code}
    with_address, without = search(county_code="37", **named(**address)), search(county_code="37", **named())
    assert with_address[0].match.confidence == without[0].match.confidence
    assert not any(criterion.contribution for criterion in with_address[0].match.criteria if criterion.field is MatchField.ADDRESS)
    assert search(**named(**address))[0].match.score > with_address[0].match.score


@pytest.mark.requirement("EWS-08")
def test_guessing_an_ssn4_is_throttled_whoever_the_person_is_said_to_be(runs, search):
    runs.add_voters(a_voter())
    for guess in range(SSN4_TRIES):
        # The same voter under another spelling each time.
        search(**named(first_name="MARIA"[: 5 - guess % 2], ssn4=f"{1000 + guess}"))
    with pytest.raises(Unavailable) as caught:
        search(**named(ssn4="2000"))
    assert (caught.value.code, caught.value.retry_after_seconds) == (ErrorCode.THROTTLED, int(SSN4_WINDOW.total_seconds()))
    assert search(**named())
    assert search(county_code="37", **named(ssn4="2000"))


def guesses_until_throttled(guess, most=60):
    """How many SSN4 an attacker may try before a refusal; `most` when there is none."""
    for number in range(most):
        try:
            guess(number)
        except Unavailable:
            return number
    return most


FAINT = {"first_name": "ANNABELLE", "last_name": "GARZIA", "date_of_birth": date(1970, 2, 1)}
"""Too far from the voter to be found by name and birth alone."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NICKNAMES = ("ANA", "ANNA", "ANAH", "AN", "ANNE")
ATTACKS = {
    "names a little different each time": lambda number: named(first_name=NICKNAMES[number % 5], middle_name=f"X{number}"),
    "another birth each time": lambda number: named(date_of_birth=date(1970, 1, 1 + number % 28), zip_code="91501"),
    "another last name each time": lambda number: named(last_name=f"GARCIA {ALPHABET[number % 26]}"),
    "one result only": lambda number: named(limit=1, middle_name=f"M{number}"),
    "by turns with a second credential": lambda number: named(username=("ems-19", "second-19")[number % 2], middle_name=f"N{number}"),
    "the licence known": lambda number: {"drivers_license": a_voter().drivers_license, "last_name": f"L{number}", "first_name": "ANA"},
}


@pytest.mark.requirement("EWS-08")
@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_varied_a_county_has_few_guesses_for_one_voter(runs, search, attack):
    runs.add_voters(a_voter(ssn4="4321"), a_voter(100_000_002, ems_voter_id="LA2", first_name="ANNA", ssn4="8888"))
    allowed = guesses_until_throttled(lambda number: search(**ATTACKS[attack](number), ssn4=f"{2000 + number}"))
    # A query that does not reach the voter tells nothing and costs nothing: only what reaches the voter is counted.
    reaching = [number for number in range(allowed) if ONE in {int(item.voter.state_voter_id) for item in search(**ATTACKS[attack](number))}]
    assert len(reaching) <= SSN4_TRIES
    assert allowed < 60


@pytest.mark.requirement("EWS-08")
@pytest.mark.parametrize("person", [FAINT, {**FAINT, "last_name": "GARCIAS", "date_of_birth": None}, named(date_of_birth=date(1970, 9, 9))])
def test_an_ssn4_finds_nobody_who_is_not_found_without_it(runs, search, person):
    runs.add_voters(a_voter(ssn4="4321"))
    without = [int(item.voter.state_voter_id) for item in search(**person)]
    for ssn4 in ("4321", "9876"):
        assert {int(item.voter.state_voter_id) for item in search(**person, ssn4=ssn4)} <= set(without)


@pytest.mark.requirement("EWS-08")
@pytest.mark.parametrize("pattern", ["%", "*", "_", "GAR%", "GAR*", "?", "' OR 1=1 --"])
def test_no_sign_stands_for_others(runs, search, pattern):
    runs.add_voters(a_voter())
    assert search(first_name=pattern, last_name=pattern, date_of_birth=None) == []


@pytest.mark.requirement("EWS-08")
def test_nobody_is_told_whether_an_ssn4_was_right(runs, search):
    runs.add_voters(a_voter(ssn4="4321"))
    for ssn4 in ("4321", "9876"):
        assert all(criterion.field is not MatchField.SSN4 for criterion in search(**named(ssn4=ssn4))[0].match.criteria)


@pytest.mark.requirement("OPS-02", "EWS-14")
def test_a_search_that_shows_the_own_confidential_voter_is_audited_with_her_uid(runs, search):
    runs.add_voters(a_voter(confidentiality=Confidentiality.COURT_ORDER), a_voter(100_000_002, ems_voter_id="LA2", first_name="PEDRO"))
    search(state_voter_id=ONE)
    search(state_voter_id=100_000_002)
    seen = [json.loads(row.detail)["new"] for row in runs.rows(audit_entry, action="SearchVoters")]
    assert [(item["of_other_counties"], item["confidential"]) for item in seen] == [([], [ONE]), ([], [])]


@pytest.mark.requirement("OPS-02", "OPS-03")
def test_a_search_is_audited_without_what_was_looked_for(runs, search):
    runs.add_voters(a_voter())
    search(county_code="37", **named(ssn4="4321", drivers_license="A7654321"))
    (entry,) = runs.rows(audit_entry, action="SearchVoters")
    assert (entry.actor, str(ONE) in entry.detail) == ("county:ems-37", True)
    kept = repr(runs.rows(search_probe)) + entry.detail
    assert not any(value in kept for value in ("4321", "A7654321", a_voter().last_name, "1970"))
