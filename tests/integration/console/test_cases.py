"""UC03.42.01: lists, decisions, claims, notes, undo and conflicts, as a clerk makes them without a script."""

import re
from datetime import date

import pytest
from fakes.dmv import NEW_HOME, a_record
from fixtures.driver_faults import DriverFaults

from votecal_soap.domain.counties import Precinct
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.use_cases.open_duplicate_cases import open_duplicate_cases

from .console_site import ADA, CORA, DAN, HIDDEN, LEE, OURS, SAM, THEIRS

BASIS = "the birth certificate was seen"


def decide(browser, case_id, decision="Accept", *, status=303, version=1, **more):
    path = f"/cases/{case_id}"
    return browser.post(f"{path}/decide", page=path, status=status, version=version, decision=decision, basis=BASIS, **more)


@pytest.mark.requirement("DLR-03", "COA-33", "EWS-06")
def test_accepting_applies_the_record_and_the_countys_ems_is_told(any_site):
    site = any_site
    case = site.case()
    queued = len(site.runs.messages(county_code="19"))
    lee = site.browser(LEE)
    assert "precinct" in decide(lee, case.case_id, status=422, home_precinct="1900114")
    with site.runs.factory() as uow:
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code="1900114", name=None)])
        uow.commit()
    decide(lee, case.case_id, home_precinct="1900114")
    now = site.case()
    assert (now.case_state, now.decided_by) == ("Accepted", LEE)
    assert (site.runs.voter(OURS).street_name, site.runs.voter(OURS).home_precinct) == ("NEW", "1900114")
    told = [message for _, message, _ in site.runs.messages(county_code="19")[queued:]]
    assert told == [MessageType.AUTOMATIC_MATCH_APPLIED, MessageType.MATCH_CASE_DECIDED]
    assert {entry.actor for entry in site.audit(action="DecideMatchCase")} == {LEE}


@pytest.mark.requirement("COA-33", "OPS-04")
def test_a_decision_that_the_database_undid_is_made_again_and_the_clerk_notices_nothing(site, monkeypatch):
    case, lee = site.case(), site.browser(LEE)
    faults = DriverFaults(site.runs.factory, monkeypatch)
    faults.at_statement(containing="UPDATE match_case")
    decide(lee, case.case_id)
    assert (faults.met, site.case().case_state, site.runs.voter(OURS).street_name) == (1, "Accepted", "NEW")
    assert len(site.audit(action="DecideMatchCase")) == 1


@pytest.mark.requirement("COA-33", "EWS-06")
@pytest.mark.parametrize(
    ("decision", "more", "state"),
    [
        ("Reject", {}, "Rejected"),
        ("Redirect", {"county": "01"}, "Open"),
        ("OutOfState", {}, "Accepted"),
        ("Unprecinctable", {"comment": "no such street"}, "Accepted"),
    ],
)
def test_every_other_decision_is_told_to_the_countys_ems(site, decision, more, state):
    queued = len(site.runs.messages(county_code="19"))
    decide(site.browser(SAM), site.case().case_id, decision, **more)
    assert site.case().case_state == state
    assert MessageType.MATCH_CASE_DECIDED in [message for _, message, _ in site.runs.messages(county_code="19")[queued:]]


@pytest.mark.requirement("COA-34")
def test_an_accepted_case_is_taken_back_and_the_voter_is_as_before(any_site):
    site = any_site
    before = site.runs.voter(OURS)
    browser, case_id = site.browser(LEE), site.case().case_id
    decide(browser, case_id)
    queued = len(site.runs.messages(county_code="19"))
    browser.post(f"/cases/{case_id}/undo", page=f"/cases/{case_id}", version=2, basis="it is a son")
    after = site.runs.voter(OURS)
    assert site.case().case_state == "Rejected"
    assert (after.house_number, after.street_name, after.home_precinct) == (before.house_number, before.street_name, before.home_precinct)
    assert MessageType.MATCH_CASE_DECIDED in [message for _, message, _ in site.runs.messages(county_code="19")[queued:]]


@pytest.mark.requirement("DLR-20")
def test_of_two_who_decide_at_once_the_second_reads_who_was_first_and_keeps_what_was_typed(any_site):
    site = any_site
    first, second = site.browser(LEE), site.browser(CORA)
    case_id = site.case().case_id
    first.get(f"/cases/{case_id}")
    decide(first, case_id, "Reject")
    page = second.post(f"/cases/{case_id}/decide", status=409, version=1, decision="Accept", basis=BASIS)
    assert "Somebody was here before you" in page
    assert LEE in page
    assert BASIS in page
    assert (site.case().case_state, site.runs.voter(OURS).version) == ("Rejected", 1)


def test_a_decision_without_basis_or_choice_says_what_is_missing_beside_the_field(site):
    browser, case_id = site.browser(LEE), site.case().case_id
    page = browser.post(f"/cases/{case_id}/decide", status=422, version=1, basis="")
    assert "Choose what you decide." in page
    assert "what you decided by." in page
    assert site.case().case_version == 1


def test_an_unprecinctable_address_without_comment_is_refused_in_words(site):
    page = decide(site.browser(LEE), site.case().case_id, "Unprecinctable", status=422)
    assert "comment" in page
    assert site.case().case_version == 1


@pytest.mark.requirement("DLR-03")
def test_a_case_that_somebody_took_is_nobody_elses_until_it_is_given_back(any_site):
    site = any_site
    lee, cora = site.browser(LEE), site.browser(CORA)
    case_id = site.case().case_id
    lee.post(f"/cases/{case_id}/claim")
    assert "you work on it" in lee.get(f"/cases/{case_id}")
    assert f"{LEE} works on it" in cora.get(f"/cases/{case_id}")
    assert LEE in cora.get("/work-items/dmv-coa")
    assert f"{LEE} works on this case" in cora.post(f"/cases/{case_id}/claim", status=409)
    assert f"{LEE} works on this case" in decide(cora, case_id, status=409)
    site.tick(seconds=1)
    lee.post(f"/cases/{case_id}/release")
    site.tick(seconds=1)
    cora.post(f"/cases/{case_id}/claim")
    decide(cora, case_id)
    assert site.case().case_state == "Accepted"
    assert [entry.action for entry in site.audit(subject_kind="MatchCase") if "Case" in entry.action][:3] == ["ClaimCase", "ReleaseCase", "ClaimCase"]


@pytest.mark.requirement("DLR-03")
def test_a_claim_lapses_after_a_working_day(site):
    case_id = site.case().case_id
    site.browser(LEE).post(f"/cases/{case_id}/claim")
    site.tick(hours=8)
    site.browser(CORA).post(f"/cases/{case_id}/claim")
    assert "you work on it" not in site.browser(LEE).get(f"/cases/{case_id}")


@pytest.mark.requirement("DLR-18")
def test_notes_stay_with_the_case_and_stand_nowhere_else(any_site):
    site = any_site
    browser, case_id = site.browser(LEE), site.case().case_id
    browser.post(f"/cases/{case_id}/notes", note="she says <b>her son</b> moved")
    page = browser.get(f"/cases/{case_id}")
    assert "she says <b>her son</b> moved" in page
    assert "son" not in repr(site.audit())
    browser.post(f"/cases/{case_id}/notes", note=" ")
    assert "A note has 1 to" in browser.get(f"/cases/{case_id}")


def cases_in(page):
    return [int(found) for found in re.findall(r'<th scope="row"><a href="/console/cases/(\d+)"', page)]


@pytest.mark.requirement("DLR-03", "COA-37")
def test_lists_are_filtered_by_county_and_by_what_is_overdue(any_site):
    site = any_site
    browser = site.browser(SAM)
    ours, theirs, hidden = (site.case(uid).case_id for uid in (OURS, THEIRS, HIDDEN))
    assert cases_in(browser.get("/work-items/dmv-coa")) == [ours, theirs, hidden]
    assert cases_in(browser.get("/work-items/dmv-coa?sort=confidence"))[0] == hidden
    assert cases_in(browser.get("/work-items/dmv-coa?county=37")) == [theirs, hidden]
    assert cases_in(browser.get("/work-items/dmv-coa?overdue=1")) == []
    assert "no open items here" in browser.get("/work-items/dmv-coa?overdue=1")
    assert cases_in(site.browser(LEE).get("/work-items/dmv-coa")) == [ours]
    site.browser(LEE).get("/work-items/dmv-coa?county=37", status=403)
    site.tick(days=20)
    assert cases_in(site.browser(SAM).get("/work-items/dmv-coa?overdue=1")) == [ours, theirs, hidden]


@pytest.mark.requirement("DLR-03")
@pytest.mark.parametrize("sort", ["due", "confidence", "oldest"])
def test_pages_neither_repeat_nor_leave_out(site, sort, monkeypatch):
    monkeypatch.setattr("votecal_soap.use_cases.work_item_list.PAGE", 1)
    browser, path, seen = site.browser(SAM), f"/work-items/dmv-coa?sort={sort}", []
    while path:
        page = browser.get(path)
        seen += cases_in(page)
        following = re.search(r'rel="next" href="/console([^"]+)"', page)
        path = following and following[1]
    assert sorted(seen) == [site.case(uid).case_id for uid in (OURS, THEIRS, HIDDEN)]
    assert len(seen) == 3


def test_a_position_that_is_none_is_refused_in_words(site):
    assert "no page of the list" in site.browser(SAM).get("/work-items/dmv-coa?after=x.y", status=422)


def test_after_a_decision_the_next_case_comes_up_and_then_the_summary(site):
    dan = site.browser(DAN)
    theirs, hidden = site.case(THEIRS).case_id, site.case(HIDDEN).case_id
    assert decide(dan, theirs, "Reject") == f"/cases/{hidden}"
    assert decide(dan, hidden, "Reject") == "/"
    assert "is now rejected" in dan.get("/")


@pytest.mark.requirement("DLR-03")
def test_an_item_shows_both_records_what_differs_and_why_they_match(site):
    page = site.browser(ADA).get(f"/cases/{site.case().case_id}")
    assert re.search(r"7 OLD AVE.*12 NEW ST.*differs", page, re.DOTALL)
    assert "bits for" in page
    assert "DMV’s earlier residence" in page
    assert page.count("<svg") >= 4


@pytest.mark.requirement("COA-21", "DLR-03")
def test_a_dmv_record_of_no_county_is_sent_to_the_one_that_sos_found_out(any_site):
    site = any_site
    nowhere = NEW_HOME._replace(residence_zip_code="99999")
    stranger = {"drivers_license": "Z9900001", "first_name": "ZEBULON", "last_name": "QUACKENBUSH", "date_of_birth": date(1933, 7, 8)}
    assert site.runs.run(a_record(7, new_address=nowhere, old_address=None, **stranger), name="b.xml") == {"NoMatchWithoutCounty": 1}
    item_id = site.runs.items()[-1].work_item_id
    sam, path = site.browser(SAM), "/work-items/unresolved-dmv"
    assert "QUACKENBUSH" in sam.get(path)
    queued = len(site.runs.messages(county_code="37"))
    sam.post(f"{path}/assign", page=path, county="37")
    assert "Choose the record" in sam.get(path)
    sam.post(f"{path}/assign", page=path, item=item_id, county="37")
    assert site.runs.messages(county_code="37")[queued:] == [("37", MessageType.UNRESOLVED_DMV_COA, None)]
    page = sam.get(path)
    assert "was sent to county 37" in page
    assert "no open items" in page
    site.browser(LEE).get(path, status=403)


@pytest.mark.requirement("DUP-03", "DLR-03", "DLR-07", "DLR-19")
def test_two_voters_who_are_one_are_merged_from_their_page_and_parted_again(any_site):
    site = any_site
    criteria = (Criterion(MatchField.DATE_OF_BIRTH, "same", 12.5, "Same date of birth"),)
    pair = DuplicatePair(OURS, THEIRS, 80, criteria, None, False, False)
    with site.runs.factory() as uow:
        open_duplicate_cases(uow, [pair], site.runs.clock, weights_version="expert-1")
        uow.commit()
    case_id = site.runs.cases(case_type="DuplicateVoter")[0].case_id
    lee, dan = site.browser(LEE), site.browser(DAN)
    assert case_id in cases_in(site.browser(SAM).get("/work-items/duplicate-voter"))
    for browser in (lee, dan):
        page = browser.get(f"/cases/{case_id}")
        assert "GARCIA" in page
        assert "LOPEZ" in page
        assert "the records are merged" in page
        assert "Redirect" not in page
    decide(lee, case_id)
    (merged,) = site.runs.cases(case_id=case_id)
    assert (merged.case_state, merged.decided_by) == ("Accepted", LEE)
    dan.post(f"/cases/{case_id}/undo", page=f"/cases/{case_id}", version=merged.case_version, basis="two people after all")
    (parted,) = site.runs.cases(case_id=case_id)
    assert (parted.case_state, parted.decided_by) == ("Rejected", DAN)
