"""DMV's records and the records of voters that were merged: nothing is matched with the old one, and what waits passes on (DLR-12, COA-21)."""

from datetime import date

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter
from integration.duplicates.pairs import CRITERIA, Roll, pair

from db.tables import match_case
from votecal_soap.domain.match_cases import CaseState, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemOutcome, SosItemQuery, SosItemType
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.assign_dmv_record import AssignDmvRecord, assign_dmv_record
from votecal_soap.use_cases.sos_work_items import acknowledge_work_item

from .answers import CountyAnswers
from .dmv_runs import NOW, TODAY
from .test_county_answers import potential
from .test_dmv_coa_situations import ONE, TWO, a_stranger, by_name

NOWHERE = NEW_HOME._replace(residence_zip_code="99999")


def newer(**values):
    """The newer record of the same person, in San Diego."""
    return a_voter(TWO, county_code="37", ems_voter_id="SD2", registration_date=date(2024, 5, 1), first_name="ANNE", **values)


@pytest.fixture
def roll(runs):
    return Roll(runs.factory, runs.engine, runs.clock)


def merge(roll):
    """Merge both; the case."""
    roll.detect(pair(ONE, TWO, criteria=CRITERIA))
    (case_id,) = [row.case_id for row in roll.rows(match_case) if row.other_voter_id == TWO]
    roll.decide("37", case_id=case_id)
    return case_id


@pytest.mark.requirement("DLR-12")
def test_a_case_of_the_older_record_is_replaced_and_the_newer_ones_county_decides(runs, roll):
    case = potential(runs, a_voter())[ONE]
    runs.add_voters(newer())
    merge(roll)
    cases = {row.case_id: row for row in runs.rows(match_case)}
    assert cases[case.case_id].case_state == CaseState.REPLACED
    (passed_on,) = [row for row in cases.values() if row.work_item_id == case.work_item_id and row.case_id != case.case_id]
    assert (passed_on.state_voter_id, passed_on.county_code, passed_on.case_state) == (TWO, "37", CaseState.OPEN)
    assert ("19", "MatchCaseReplaced", ONE) in roll.messages()
    assert roll.messages("37")[-1] == ("37", "PotentialMatch", TWO)
    CountyAnswers(runs, "37").decide(passed_on.case_id)
    assert runs.voter(TWO).street_name == NEW_HOME.street_name


@pytest.mark.requirement("DLR-12", "COA-05")
def test_a_merged_record_is_matched_no_more_until_the_merge_is_undone(runs, roll):
    runs.add_voters(a_voter(drivers_license="A0000001"), newer(drivers_license=None, last_name="OTHER", date_of_birth=date(1999, 1, 1)))
    case_id = merge(roll)
    assert runs.run(by_name(1)) == {"NoMatch": 1}
    roll.undo(case_id=case_id)
    assert "NoMatch" not in runs.run(by_name(2, transaction_id="T2"), name="b.xml")


@pytest.mark.requirement("DLR-12", "COA-21")
def test_a_county_that_names_the_older_uid_names_the_newer_record(runs, roll):
    runs.add_voters(a_voter(), newer())
    merge(roll)
    assert runs.run(a_stranger()) == {"NoMatch": 1}
    reported = CountyAnswers(runs).report(runs.items()[0].work_item_id, ONE)
    assert roll.case(reported.case_id).state_voter_id == TWO


@pytest.mark.requirement("COA-34", "DLR-19")
def test_a_match_of_a_record_that_was_merged_since_cannot_be_undone_before_the_merge_is(runs, roll):
    runs.add_voters(a_voter())
    assert runs.run(a_record(1)) == {"AutomaticMatch": 1}
    runs.add_voters(newer())
    case_id = merge(roll)
    with pytest.raises(Conflict) as refused:
        CountyAnswers(runs).undo(1)
    assert refused.value.code is ErrorCode.NOT_UNDOABLE
    roll.undo(case_id=case_id)
    assert CountyAnswers(runs).undo(1).state is CaseState.REJECTED


@pytest.fixture
def unresolved(runs, roll):
    """A DMV record of nobody, at an address of no county, and the people of SOS."""
    assert runs.run(a_stranger(new_address=NOWHERE)) == {"NoMatchWithoutCounty": 1}
    with runs.factory(read_only=True) as uow:
        (item,) = uow.sos_items.listed(SosItemQuery(item_type=SosItemType.UNRESOLVED_DMV_COA))
    return item


@pytest.mark.requirement("COA-21", "DLR-03")
def test_a_dmv_record_without_a_county_is_counted_among_the_work_items_and_sent_to_a_county(runs, roll, unresolved):
    with runs.factory(read_only=True) as uow:
        counts = {count.item_type: count.open_count for count in uow.sos_items.counts(TODAY)}
    assert counts[SosItemType.UNRESOLVED_DMV_COA] == 1
    assert (unresolved.dmv_work_item_id, unresolved.due_on) == (runs.items()[0].work_item_id, date(2026, 3, 17))
    command = AssignDmvRecord(work_item_id=unresolved.dmv_work_item_id, county_code="37", acting_user="sam")
    assign_dmv_record(command, runs.factory(), runs.clock)
    with runs.factory(read_only=True) as uow:
        closed = uow.sos_items.get(unresolved.item_id)
    assert (closed.status, closed.outcome, closed.closed_by) == (WorkItemStatus.CLOSED, SosItemOutcome.DIRECTED, "sam")
    assert roll.messages() == [("37", "UnresolvedDmvCoa", None)]


@pytest.mark.requirement("COA-21")
def test_an_sos_user_may_close_such_a_record_as_read(runs, unresolved):
    with runs.factory() as uow:
        closed = acknowledge_work_item(unresolved.item_id, 1, "sam", uow, runs.clock)
        uow.commit()
    assert (closed.outcome, closed.closed_at) == (SosItemOutcome.ACKNOWLEDGED, NOW)
