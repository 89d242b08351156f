"""A county enters activity, and says which notification cards it printed (EWS-12, S4.22, S6.13, S7.3, S7.7)."""

from datetime import date

import pytest

from db.tables import audit_entry, ems_message, voter_activity
from votecal_soap.domain.county_activities import ACTIVITY_TYPES, AddVoterActivity, ConfirmVncPrinted, CountyActivity, PrintedCard, PrintedCardOutcome
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.use_cases.add_voter_activity import add_voter_activity
from votecal_soap.use_cases.confirm_vnc_printed import confirm_vnc_printed

from ..duplicates.pairs import NEW, OLD, ONE_LICENSE, caller, old_and_new, pair
from .records import ana, update

DAY = date(2026, 3, 9)


def note(roll, county="19", state_voter_id=OLD, activity=CountyActivity.DMV_COA_FAILURE_LETTER_MAILED, day=DAY, basis=None):
    command = AddVoterActivity(state_voter_id=state_voter_id, activity=activity, activity_date=day, basis=basis)
    with roll.factory() as uow:
        noted = add_voter_activity(command, caller(county), uow, roll.clock)
        uow.commit()
    return noted


def confirm(roll, *cards, county="19", day=DAY):
    with roll.factory() as uow:
        results = confirm_vnc_printed(ConfirmVncPrinted(printed_on=day, cards=cards), caller(county), uow, roll.clock)
        uow.commit()
    return [(result.state_voter_id, result.outcome) for result in results]


def refusal(act, *arguments, **given):
    with pytest.raises(VoteCalError) as caught:
        act(*arguments, **given)
    return caught.value.code


@pytest.mark.requirement("EWS-12", "S6.13", "S4.22", "OPS-02", "EWS-06")
def test_what_a_county_mailed_stands_in_the_history_on_its_day(roll):
    roll.add(ana())
    noted = note(roll, basis="Letter 7")
    (row,) = roll.rows(voter_activity)
    assert (row.activity_type, row.activity_date, row.basis, row.county_code) == ("DMV COA Failure Letter Mailed by County", DAY, "Letter 7", "19")
    assert (noted.record_version, roll.voter(OLD).version, roll.rows(ems_message)) == (1, 1, [])
    assert [row.action for row in roll.rows(audit_entry)] == ["AddVoterActivity"]
    for activity in CountyActivity:
        note(roll, activity=activity)
    assert set(roll.activities(OLD)) == set(ACTIVITY_TYPES.values())


@pytest.mark.requirement("EWS-01", "EWS-12", "EWS-13")
def test_only_of_its_own_voters_and_of_no_day_to_come(sqlite_roll):
    sqlite_roll.add(ana())
    assert refusal(note, sqlite_roll, "37") is ErrorCode.VOTER_NOT_FOUND
    assert refusal(note, sqlite_roll, state_voter_id=999_999_999) is ErrorCode.VOTER_NOT_FOUND
    assert refusal(note, sqlite_roll, day=date(2026, 3, 11)) is ErrorCode.VALUE_WRONG
    assert sqlite_roll.rows(voter_activity) == []


@pytest.mark.requirement("DLR-12", "EWS-12")
def test_of_a_merged_record_it_is_noted_with_the_newer_one(sqlite_roll):
    sqlite_roll.add(*old_and_new(license_number="D7654321"))
    sqlite_roll.detect(pair(**ONE_LICENSE))
    sqlite_roll.decide("19")
    assert note(sqlite_roll, "37").state_voter_id == NEW
    assert refusal(note, sqlite_roll, "19") is ErrorCode.VOTER_NOT_FOUND


@pytest.mark.requirement("EWS-12", "S7.3", "S7.7", "OPS-02")
def test_a_card_that_was_printed_is_due_no_more_and_the_version_stays(roll):
    roll.add(ana(vnc_due=1), ana(ems_voter_id="LA2")._replace(state_voter_id=NEW))
    told = confirm(roll, PrintedCard(OLD, 1), PrintedCard(NEW), PrintedCard(999_999_999), PrintedCard(OLD, 1))
    assert told == [(OLD, PrintedCardOutcome.CONFIRMED), (NEW, PrintedCardOutcome.NOT_DUE), (999_999_999, PrintedCardOutcome.VOTER_NOT_FOUND)]
    assert (roll.voter(OLD).vnc_due, roll.voter(OLD).version) == (0, 1)
    assert [(row.activity_type, row.activity_date) for row in roll.rows(voter_activity)] == [("VNC Printed", DAY)] * 2
    assert confirm(roll, PrintedCard(OLD, 1)) == [(OLD, PrintedCardOutcome.NOT_DUE)]
    assert confirm(roll, PrintedCard(OLD), county="37") == [(OLD, PrintedCardOutcome.VOTER_NOT_FOUND)]
    assert refusal(confirm, roll, PrintedCard(OLD), day=date(2026, 3, 11)) is ErrorCode.VALUE_WRONG


@pytest.mark.requirement("EWS-12", "VRU-19")
def test_a_card_stays_due_when_the_record_has_changed_since_it_was_made(sqlite_roll):
    sqlite_roll.add(ana(vnc_due=1))
    update(sqlite_roll, given={"email": "ana@example.org"})
    update(sqlite_roll, base_version=2, given={"last_name": "Lopez"})
    assert confirm(sqlite_roll, PrintedCard(OLD, 1)) == [(OLD, PrintedCardOutcome.STILL_DUE)]
    assert confirm(sqlite_roll, PrintedCard(OLD, 9)) == [(OLD, PrintedCardOutcome.STILL_DUE)]
    assert sqlite_roll.voter(OLD).vnc_due == 1
    assert confirm(sqlite_roll, PrintedCard(OLD, 3)) == [(OLD, PrintedCardOutcome.CONFIRMED)]
