from collections import Counter
from dataclasses import fields
from datetime import date
from random import Random

import pytest

from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.errors import InvalidRequest
from votecal_soap.synthetic.coa import CoaSpec, DriverKind, generate_coa
from votecal_soap.synthetic.coa_records import capitals
from votecal_soap.synthetic.drivers import DriverDraw
from votecal_soap.synthetic.frequency_tables import load_names
from votecal_soap.synthetic.misspelling import misspell, slip_digit, wrong_birth_date
from votecal_soap.synthetic.noise_rates import HIGHEST, ORDINARY_NOISE, NoiseRates
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.people import PersonDraw
from votecal_soap.synthetic.person_noise import PersonNoise
from votecal_soap.synthetic.registration_noise import as_registered, is_duplicate
from votecal_soap.synthetic.voters import AS_OF, generate_voters

VOTERS, RECORDS, SEED = 6_000, 2_000, 7
UNREGISTERED = {DriverKind.UNREGISTERED_TWIN, DriverKind.UNREGISTERED_NAMESAKE, DriverKind.UNREGISTERED_RELATIVE, DriverKind.STRANGER}
EXACT = NoiseRates(**{rate.name: 0.0 for rate in fields(NoiseRates)})


@pytest.fixture(scope="module")
def voters():
    return list(as_registered(generate_voters(VOTERS, SEED, "19"), SEED, "19", ORDINARY_NOISE))


def spec(**changes):
    return CoaSpec(**{"count": RECORDS, "voter_count": VOTERS, "seed": SEED, "county_codes": ("19", "37"), **changes})


@pytest.fixture(scope="module")
def cases(voters):
    return generate_coa(voters, spec())


def test_the_same_seed_gives_the_same_records_and_another_seed_others(voters, cases):
    assert generate_coa(iter(voters), spec()) == cases
    assert generate_coa(voters, spec(seed=SEED + 1)) != cases


def test_a_file_holds_as_many_records_as_asked_numbered_from_one(cases):
    assert [case.record.sequence for case in cases] == list(range(1, RECORDS + 1))
    assert len({case.record.transaction_id for case in cases}) == RECORDS


def test_relatives_and_strangers_are_a_third_of_a_file(cases):
    kinds = Counter(case.kind for case in cases)
    assert set(kinds) == set(DriverKind)
    relatives = sum(kinds[kind] for kind in UNREGISTERED - {DriverKind.STRANGER})
    assert relatives >= 0.06 * RECORDS
    assert kinds[DriverKind.STRANGER] >= 0.25 * RECORDS
    assert kinds[DriverKind.UNREGISTERED_TWIN] >= 0.2 * relatives
    assert kinds[DriverKind.UNREGISTERED_NAMESAKE] >= 0.15 * relatives


def test_the_truth_of_a_mover_names_every_registration_and_that_of_the_others_none(voters, cases):
    registrations = {}
    for voter in voters:
        registrations.setdefault(voter.drivers_license, []).append(voter.ems_voter_id)
    known = {tuple(ids) for ids in registrations.values()}
    for case in cases:
        assert bool(case.ems_voter_ids) is (case.kind not in UNREGISTERED)
        assert not case.ems_voter_ids or case.ems_voter_ids in known
    assert any(len(case.ems_voter_ids) > 1 for case in cases)


def test_nobody_moves_twice_in_one_file(cases):
    movers = [case.ems_voter_ids for case in cases if case.ems_voter_ids]
    assert len(set(movers)) == len(movers)


def test_no_unregistered_person_has_a_voters_licence_number(voters):
    exact = generate_coa(voters, spec(rates=EXACT))
    theirs = {voter.drivers_license for voter in voters}
    for case in exact:
        assert (case.record.drivers_license in theirs) is bool(case.ems_voter_ids)


def test_without_errors_a_mover_is_written_down_as_registered():
    voters = list(generate_voters(VOTERS, SEED, "19"))
    by_id = {voter.ems_voter_id: voter.registration for voter in voters}
    for case in generate_coa(voters, spec(rates=EXACT)):
        for ems_voter_id in case.ems_voter_ids:
            registration, record = by_id[ems_voter_id], case.record
            known = record.old_address or record.new_address
            assert (record.first_name, record.last_name) == (capitals(registration.name.first_name), capitals(registration.name.last_name))
            assert (record.date_of_birth, record.suffix) == (registration.date_of_birth, registration.name.suffix)
            assert (known.house_number, known.street_name) == (
                registration.residence_address.house_number,
                capitals(registration.residence_address.street_name),
            )
            assert registration.ssn4 in (None, record.ssn4)
            assert (registration.name.middle_name or "")[:1] in (record.middle_name or "")[:1]


def test_a_new_registration_has_one_address_and_a_party_and_sometimes_a_signature(cases):
    new = [case.record for case in cases if case.record.kind is DmvRecordKind.NEW_REGISTRATION]
    assert 0.2 < len(new) / RECORDS < 0.3
    assert all(record.old_address is None and record.party and record.language for record in new)
    assert 0 < sum(record.signature is not None for record in new) < len(new)
    assert all(case.record.party is None for case in cases if case.record.kind is DmvRecordKind.CHANGE_OF_ADDRESS)


def test_some_movers_leave_the_county_and_some_the_state(cases):
    assert {case.record.county_code for case in cases} == {"19", "37", None}
    assert all(case.record.new_address.residence_state == "NV" for case in cases if case.record.county_code is None)


def test_no_record_is_later_than_its_file(voters):
    sent_on = date(2026, 3, 4)
    assert max(case.record.transaction_date for case in generate_coa(voters, spec(sent_on=sent_on))) == sent_on


def test_more_movers_than_voters_are_refused(voters):
    with pytest.raises(InvalidRequest):
        generate_coa(voters, spec(count=3 * VOTERS))


def test_registrations_have_errors_and_about_one_voter_in_eighty_is_registered_twice(voters):
    first = [voter for voter in voters if not is_duplicate(voter)]
    assert len(first) == VOTERS
    assert 0.008 < (len(voters) - VOTERS) / VOTERS < 0.016
    misspelt = sum(voter.registration.name.last_name != voter.person.last_name for voter in first)
    assert 0.004 < misspelt / VOTERS < 0.013
    assert 0.003 < sum(voter.registration.date_of_birth != voter.person.date_of_birth for voter in first) / VOTERS < 0.009


def test_a_longer_stream_of_registrations_begins_like_a_shorter_one(voters):
    shorter = list(as_registered(generate_voters(500, SEED, "19"), SEED, "19", ORDINARY_NOISE))
    assert voters[: len(shorter)] == shorter


def test_what_dmv_knows_of_a_voter_does_not_depend_on_who_asks():
    voters = list(generate_voters(200, SEED, "19"))
    one, other = (DriverDraw(PersonDraw(load_names(), Random(seed), AS_OF), LicenseNumbers("19", SEED)) for seed in (1, 2))
    assert [one.registered(voter) for voter in voters] == [other.registered(voter) for voter in reversed(voters)][::-1]


def test_doubled_noise_doubles_every_rate_but_for_those_that_would_leave_nothing():
    doubled = ORDINARY_NOISE.doubled()
    for rate in fields(NoiseRates):
        assert getattr(doubled, rate.name) == min(2 * getattr(ORDINARY_NOISE, rate.name), HIGHEST)


def test_names_differ_about_twice_as_often_with_doubled_noise():
    voters = list(generate_voters(4_000, SEED, "19"))
    assert 1.6 < _changed_first_names(voters, ORDINARY_NOISE.doubled()) / _changed_first_names(voters, ORDINARY_NOISE) < 2.4


def _changed_first_names(voters, rates):
    draw = PersonDraw(load_names(), Random(5), AS_OF)
    noise, drivers = PersonNoise(draw, rates), DriverDraw(draw, LicenseNumbers("19", SEED))
    return sum(noise.record(drivers.registered(voter)).first_name != voter.person.first_name for voter in voters)


def test_a_slip_changes_little():
    rng = Random(3)
    for name in ("Garcia", "O'Brien", "Lee", "Nguyen"):
        assert all(abs(len(misspell(name, rng)) - len(name)) <= 1 for _ in range(200))
    assert misspell("J", rng) == "J"
    assert all(sum(a != b for a, b in zip(slip_digit("D1234567", rng), "D1234567", strict=True)) <= 2 for _ in range(200))
    assert slip_digit("none", rng) == "none"


def test_a_wrong_birth_date_is_a_day_of_the_calendar_and_mostly_another():
    rng, day = Random(3), date(1984, 2, 29)
    slipped = [wrong_birth_date(day, rng) for _ in range(300)]
    assert sum(other != day for other in slipped) > 200
    assert all(1900 < other.year < 2010 for other in slipped)


def test_dmv_writes_capitals_without_accents():
    assert capitals("José Muñoz-O'Neil") == "JOSE MUNOZ-O'NEIL"
    assert capitals(None) is None
