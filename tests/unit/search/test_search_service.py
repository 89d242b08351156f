from dataclasses import replace
from datetime import date

import pytest
from fakes.rolls import ANA, BOB, SETTINGS, roll

from votecal_soap.domain.matching import Band, MatchField, MatchingFunction, MatchSettings, Person, band
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import expert_weights

SERVICE = SearchService(expert_weights())
BARE = ANA._replace(drivers_license=None, ssn4=None)


def found(people, index, settings=SETTINGS, **viewer):
    return SERVICE.search(people, index, settings, **viewer).matches


@pytest.mark.requirement("COA-05")
def test_a_single_exact_licence_whose_name_agrees_is_certain():
    ((match,),) = found([ANA], roll(ANA, BOB))
    assert (match.state_voter_id, match.confidence, match.same_drivers_license, match.cap) == (1, 100, True, None)


@pytest.mark.requirement("COA-05")
def test_likeness_without_a_licence_is_never_certain():
    ((match,),) = found([BARE], roll(ANA))
    assert match.confidence == 99


@pytest.mark.requirement("COA-05")
def test_a_licence_borne_by_two_voters_makes_neither_certain():
    (matches,) = found([ANA], roll(ANA, ANA._replace(zip_code="90001")))
    assert [match.confidence < 99 for match in matches] == [True, True]
    assert {match.cap for match in matches} == {"several_candidates"}


@pytest.mark.requirement("COA-05")
def test_a_licence_on_somebody_elses_name_and_birth_is_held_down():
    ((match,),) = found([ANA], roll(BOB._replace(drivers_license=ANA.drivers_license, date_of_birth=date(1950, 1, 2))))
    assert (match.same_drivers_license, match.confidence <= 80) == (True, True)


@pytest.mark.requirement("COA-05")
def test_every_field_is_a_criterion_in_words_without_values():
    ((match,),) = found([ANA], roll(ANA))
    assert {criterion.field for criterion in match.criteria} == set(MatchField)
    words = " ".join(criterion.text for criterion in match.criteria).upper()
    assert not [value for value in ANA if isinstance(value, str) and len(value) > 2 and value.upper() in words]


@pytest.mark.requirement("COA-05")
def test_criteria_add_up_to_the_score():
    ((match,),) = found([BARE._replace(first_name="Anna")], roll(ANA))
    assert sum(criterion.contribution for criterion in match.criteria) + expert_weights().intercept == pytest.approx(match.score, abs=0.1)


@pytest.mark.requirement("COA-04")
def test_a_field_that_is_not_configured_neither_finds_nor_counts():
    settings = MatchSettings(function=MatchingFunction.DMV_COA, fields=frozenset(MatchField) - {MatchField.DRIVERS_LICENSE})
    stranger = BOB._replace(drivers_license=ANA.drivers_license, date_of_birth=date(1950, 1, 2), zip_code="90001", ssn4=None)
    assert found([ANA], roll(stranger), settings) == [[]]
    ((match,),) = found([ANA], roll(ANA), settings)
    assert (match.confidence, match.same_drivers_license) == (99, False)
    assert MatchField.DRIVERS_LICENSE not in {criterion.field for criterion in match.criteria}


@pytest.mark.requirement("COA-06")
def test_meets_or_exceeds_is_at_or_above():
    settings = MatchSettings(function=MatchingFunction.DMV_COA, automatic=90, manual=40)
    assert [band(confidence, settings) for confidence in (90, 89, 40, 39)] == [Band.AUTOMATIC, Band.POTENTIAL, Band.POTENTIAL, Band.IGNORED]


def test_the_earlier_address_finds_and_counts():
    mover = BARE._replace(date_of_birth=None, house_number="900", street="Far Rd", city="Eureka", zip_code="95501")
    assert found([mover], roll(ANA)) == [[]]
    known = mover._replace(old_house_number="12", old_street="Main Street", old_city="Fresno", old_zip_code="93701")
    ((match,),) = found([known], roll(ANA))
    assert next(criterion.level for criterion in match.criteria if criterion.field is MatchField.ADDRESS) == "home"


def test_thousands_are_searched_as_one_is():
    index = roll(ANA, BOB, ANA._replace(first_name="Zoe", ssn4="9876", drivers_license="Z1111111"))
    people = [ANA, BOB, BARE, Person(), BOB._replace(first_name="Bob", drivers_license=None)] * 40
    assert found(people, index) == [found([person], index)[0] for person in people]


def test_the_best_comes_first():
    (matches,) = found([BARE], roll(ANA._replace(first_name="Ann", middle_name=None), ANA))
    assert [match.state_voter_id for match in matches] == [2, 1]


def test_a_key_of_too_many_voters_is_reported_and_not_followed():
    service = SearchService(expert_weights(), cap=2)
    twins = [ANA._replace(first_name=name, drivers_license=None, ssn4=None) for name in ("Ana", "Eva", "Ina")]
    result = service.search([BARE], roll(*twins), SETTINGS)
    assert result.capped
    assert all(size > 2 for _, size in result.capped)


def test_a_record_without_identifying_data_finds_nobody():
    assert found([Person(), Person(first_name="😀", ssn4="4321")], roll(ANA)) == [[], []]


@pytest.mark.parametrize("name", ["A", "x" * 200, "Владимир", "Null", "NA", "O'B😀rien"])
def test_unusual_names_are_found_again(name):
    person = ANA._replace(first_name=name, last_name=name, drivers_license=None)
    ((match,),) = found([person], roll(person))
    assert match.confidence == 99


@pytest.mark.requirement("EWS-08")
def test_a_search_gives_ranked_results_with_confidence_and_criteria():
    settings = MatchSettings(function=MatchingFunction.REGISTRATION_SEARCH)
    (matches,) = found([BARE], roll(BOB, ANA, ANA._replace(date_of_birth=date(1971, 6, 25), first_name="Anna")), settings)
    assert [match.state_voter_id for match in matches] == [2, 3]
    assert matches[0].confidence >= matches[1].confidence
    assert matches[0].criteria


@pytest.mark.requirement("EWS-14")
def test_another_countys_confidential_address_neither_matches_nor_shows():
    index = roll(ANA, confidential=[1])
    ((hidden,),) = found([BARE], index, viewer_county="20")
    ((own,),) = found([BARE], index, viewer_county="19")
    ((state,),) = found([BARE], index)
    levels = [next(c.level for c in match.criteria if c.field is MatchField.ADDRESS) for match in (hidden, own, state)]
    assert levels == ["missing", "home", "home"]


@pytest.mark.requirement("EWS-14")
def test_who_knows_only_the_address_does_not_find_a_confidential_voter():
    seeker = ANA._replace(date_of_birth=None, ssn4=None, drivers_license=None, last_name="Baker", middle_name=None, gender=None)
    index = roll(ANA._replace(middle_name=None), confidential=[1])
    assert found([seeker], index, viewer_county="20") == [[]]


def test_explaining_two_records_says_what_a_search_says():
    ((match,),) = found([BARE], roll(ANA))
    assert SERVICE.explain(BARE, ANA, SETTINGS) == match._replace(state_voter_id=0)


def test_on_a_larger_roll_the_same_likeness_is_worth_less():
    weights = expert_weights()
    small, large = (SearchService(weights, roll_size=size).explain(BARE, ANA, SETTINGS).score for size in (1_000_000, 4_000_000))
    assert small - large == pytest.approx(2.0)


def test_a_calibration_changes_the_confidence_and_not_the_score():
    weights = replace(expert_weights(), calibration=((-40.0, -40.0), (40.0, 0.0)), calibration_without_licence=())
    match = SearchService(weights).explain(BARE, ANA, SETTINGS)
    assert match.score == SERVICE.explain(BARE, ANA, SETTINGS).score
    assert match.confidence < 60
