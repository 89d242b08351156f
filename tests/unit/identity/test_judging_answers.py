from datetime import date

import pytest

from votecal_soap.domain.identity import (
    AnswerOutcome,
    IdentificationKind,
    IdentityAnswer,
    answered,
    identity_check,
    judge_answer,
    pending_kinds,
    subject_digest,
)
from votecal_soap.domain.voters import StateVoterId, VerificationStatus, Voter

KEY = b"a key"
TODAY = date(2026, 2, 10)
VOTER = Voter(*(None,) * len(Voter._fields))._replace(
    state_voter_id=StateVoterId(100_000_001),
    county_code="19",
    version=3,
    effective_date=date(2026, 1, 5),
    first_name="ANA",
    last_name="GARCIA",
    date_of_birth=date(1970, 1, 1),
    drivers_license="A1234567",
    ssn4="4321",
    drivers_license_status="Pending",
    ssn4_status="Verified",
    message_sequence=4,
)
LICENSE = IdentificationKind.DRIVERS_LICENSE


def answer(voter=VOTER, **changes):
    made = IdentityAnswer(9, LICENSE, subject_digest(voter, LICENSE, KEY), VerificationStatus.VERIFIED, date(2026, 2, 9))
    return made._replace(**changes)


@pytest.mark.requirement("IDV-01")
def test_only_numbers_that_are_there_and_pending_go_out():
    assert pending_kinds(VOTER) == [LICENSE]
    assert pending_kinds(VOTER._replace(ssn4_status="Pending")) == [LICENSE, IdentificationKind.SSN4]
    assert pending_kinds(VOTER._replace(drivers_license=None)) == []


@pytest.mark.requirement("IDV-01")
def test_an_answer_makes_the_next_version_and_the_next_message_number():
    after = answered(VOTER, answer(), TODAY)
    assert (after.version, after.message_sequence, after.effective_date) == (4, 5, TODAY)
    assert (after.drivers_license_status, after.drivers_license_verified_on) == ("Verified", date(2026, 2, 9))
    assert after.ssn4_status == "Verified"


def test_an_effective_date_never_falls():
    later = VOTER._replace(effective_date=date(2026, 3, 1))
    assert answered(later, answer(), TODAY).effective_date == date(2026, 3, 1)


@pytest.mark.requirement("IDV-01")
@pytest.mark.parametrize(
    "change",
    [{"drivers_license": "A7654321"}, {"last_name": "LOPEZ"}, {"date_of_birth": date(1971, 1, 1)}, {"suffix": "JR"}, {"drivers_license_status": "Verified"}],
    ids=lambda change: next(iter(change)),
)
def test_an_answer_about_other_data_than_todays_is_not_applied(change):
    assert judge_answer(answer(), VOTER._replace(**change), KEY, TODAY) is AnswerOutcome.SUBJECT_CHANGED


@pytest.mark.requirement("IDV-01")
def test_a_change_of_address_does_not_spoil_an_answer():
    assert judge_answer(answer(), VOTER._replace(street_name="OAK", version=8), KEY, TODAY) is AnswerOutcome.APPLIED


def test_pending_leaves_everything_as_it_is():
    assert judge_answer(answer(status=VerificationStatus.PENDING), VOTER, KEY, TODAY) is AnswerOutcome.STILL_PENDING


def test_an_answer_from_the_future_is_not_applied():
    assert judge_answer(answer(answered_on=date(2026, 2, 11)), VOTER, KEY, TODAY) is AnswerOutcome.DATE_IN_FUTURE


def test_the_digest_says_nothing_without_the_key():
    check = identity_check(9, VOTER, LICENSE, KEY)
    assert len(check.subject_digest) == 32
    assert check.subject_digest != subject_digest(VOTER, LICENSE, b"another key")
    assert check.subject_digest != subject_digest(VOTER, IdentificationKind.SSN4, KEY)
