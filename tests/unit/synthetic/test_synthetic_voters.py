import re
from collections import Counter, defaultdict
from datetime import date
from itertools import islice

import pytest

from votecal_soap.errors import InvalidRequest, NotFound
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.voters import AS_OF, generate_voters

SAMPLE = 6_000


@pytest.fixture(scope="module")
def voters():
    return list(generate_voters(SAMPLE, 11, "19"))


def test_the_same_seed_gives_the_same_voters(voters):
    assert list(generate_voters(500, 11, "19")) == voters[:500]


def test_another_seed_or_county_gives_other_voters(voters):
    for seed, county in ((12, "19"), (11, "30")):
        others = [voter.registration for voter in generate_voters(50, seed, county)]
        assert not set(others) & {voter.registration for voter in voters[:50]}


def test_voters_come_as_a_stream_that_need_not_end():
    assert len(list(islice(generate_voters(10_000_000, 1, "19"), 3))) == 3


def test_ids_and_licence_numbers_are_unique(voters):
    licenses = [voter.registration.drivers_license for voter in voters if voter.registration.drivers_license]
    assert len(set(licenses)) == len(licenses)
    assert all(re.fullmatch("[A-Z][0-9]{7}", number) for number in licenses)
    assert len({voter.ems_voter_id for voter in voters}) == SAMPLE


def test_no_two_counties_share_a_licence_number():
    edges = []
    for county in ("01", "18", "19", "20", "58"):
        numbers = LicenseNumbers(county, 3)
        edges += [numbers.number(1), numbers.number(numbers.capacity)]
    assert len(set(edges)) == len(edges)


def test_more_voters_than_licence_numbers_are_refused():
    with pytest.raises(InvalidRequest):
        next(generate_voters(4_000_001, 1, "01"))


def test_an_unknown_county_is_refused():
    with pytest.raises(NotFound):
        next(generate_voters(1, 1, "59"))


def test_everybody_is_of_age_and_registered_since(voters):
    for voter in voters:
        born, registered = voter.registration.date_of_birth, voter.registration.registration_date
        assert (AS_OF - born).days >= 18 * 365
        assert (registered - born).days >= 18 * 365 - 1
        assert registered < AS_OF


def test_no_day_of_birth_is_crowded(voters):
    assert Counter(voter.registration.date_of_birth for voter in voters).most_common(1)[0][1] < 12
    assert len({(date.year) for date in (voter.registration.date_of_birth for voter in voters)}) > 60


def test_parties_follow_the_shares_of_california(voters):
    parties = Counter(voter.registration.party for voter in voters)
    assert 0.40 < parties["DEM"] / SAMPLE < 0.50
    assert 0.20 < parties["REP"] / SAMPLE < 0.30
    assert 0.17 < parties["NPP"] / SAMPLE < 0.27


def test_surnames_are_spread_as_in_real_life(voters):
    surnames = Counter(voter.registration.name.last_name for voter in voters)
    assert {"Garcia", "Hernandez", "Smith"} & {name for name, _ in surnames.most_common(20)}
    assert len(surnames) > SAMPLE / 4


def test_households_share_an_address_and_mostly_a_surname(voters):
    households = defaultdict(list)
    for voter in voters:
        households[voter.household].append(voter.registration)
    families = [people for people in households.values() if len(people) > 1]
    assert len(families) > SAMPLE / 8
    assert all(len({person.residence_address for person in people}) == 1 for people in families)
    sharing = sum(len({person.name.last_name for person in people}) < len(people) for people in families)
    assert 0.5 < sharing / len(families) < 0.95


def test_there_are_juniors_twins_double_surnames_and_accents(voters):
    registrations = [voter.registration for voter in voters]
    assert any(item.name.suffix == "JR" for item in registrations)
    assert any("-" in item.name.last_name for item in registrations)
    assert any(" " in item.name.last_name for item in registrations)
    assert any(not item.name.last_name.isascii() for item in registrations)
    twins = Counter((voter.household, voter.registration.date_of_birth) for voter in voters)
    assert sum(count > 1 for count in twins.values()) > 3


def test_a_junior_bears_the_name_of_a_man_of_his_household(voters):
    households = defaultdict(list)
    for voter in voters:
        households[voter.household].append(voter.registration)
    juniors = 0
    for people in households.values():
        for junior in (person for person in people if person.name.suffix == "JR"):
            fathers = [person for person in people if person.name._replace(suffix="JR") == junior.name and person is not junior]
            # The last household of the sample may have been cut short.
            assert fathers or people is households[voters[-1].household]
            juniors += 1
    assert juniors > 5


def test_neighbours_share_a_precinct_of_the_county(voters):
    codes = {precinct.precinct_code for precinct in precincts("19")}
    streets = defaultdict(set)
    for voter in voters:
        address, home = voter.registration.residence_address, voter.registration.home_precinct
        assert home.precinct_code in codes
        streets[address.zip_code[:5], address.street_name].add(home)
    assert all(len(found) == 1 for found in streets.values())


def test_mail_and_phones_lead_to_nobody(voters):
    for voter in voters:
        email, phone = voter.registration.email, voter.registration.phone
        assert email is None or re.fullmatch(r"[a-z-]+\.[0-9]+@example\.org", email)
        assert phone is None or re.fullmatch("[2-9][0-9]{2}55501[0-9]{2}", phone)


def test_ages_hold_on_the_day_that_is_given():
    day = date(2040, 7, 1)
    births = [voter.registration.date_of_birth for voter in generate_voters(300, 1, "19", as_of=day)]
    assert max(births) > date(2012, 1, 1)
