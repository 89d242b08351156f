"""UC01.13.01: what both counties rejected is reviewed by SOS, with both records side by side; a county's list has every pair that waits for it."""

import re

import pytest
from fakes.dmv import a_voter
from integration.matching.dmv_runs import TODAY

from db.tables import voter
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.sos_work_items import SosItemType
from votecal_soap.domain.voters import Confidentiality

from .console_site import ADA, CORA, DAN, LEE, SAM
from .rejected_pairs import CRITERIA, LICENSE, NEWER, OLDER, THIRD, case_of, detect, detect_one_pair, pair, reject_in_both_counties, word

BASIS = "asked DMV"
REVIEWS, NOTICES, PAIRS = "/work-items/rejected-duplicates", "/work-items/rejections-on-verified-dl-id", "/work-items/duplicate-voter"


@pytest.fixture
def detected(any_site):
    """Two records, of Los Angeles and San Diego, bear one verified DL/ID; the newer is San Diego's."""
    detect_one_pair(any_site)
    return any_site


@pytest.fixture
def at_sos(detected):
    """Both counties have rejected it."""
    reject_in_both_counties(detected)
    return detected


def review(browser, case, decision, *, status=303, **more):
    path = f"/cases/{case.case_id}"
    return browser.post(f"{path}/review", page=path, status=status, **{"version": case.case_version, "decision": decision, "basis": BASIS, **more})


def cases_in(page):
    return [int(found) for found in re.findall(r'<th scope="row"><a href="/console/cases/(\d+)"', page)]


def record(site, uid):
    (row,) = site.runs.rows(voter, state_voter_id=uid)
    return row


def counts_in(page):
    return dict(re.findall(r'/work-items/([\w-]+)">[^<]*</a></th>\s*<td class="num count">([\d,]+)', page))


def review_item(site):
    with site.runs.factory(read_only=True) as uow:
        return next(item for item in uow.sos_items.of_case(case_of(site).case_id) if item.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE)


@pytest.mark.requirement("DLR-03", "DUP-03", "DUP-05")
def test_a_pair_stands_in_the_list_and_the_summary_of_each_county_that_is_asked_and_once_for_sos(detected):
    case_id = case_of(detected).case_id
    for user_name in (LEE, DAN, SAM):
        browser = detected.browser(user_name)
        assert cases_in(browser.get(PAIRS)) == [case_id], user_name
        assert counts_in(browser.get("/"))["duplicate-voter"] == "1", user_name
    assert cases_in(detected.browser(SAM).get(f"{PAIRS}?county=37")) == [case_id]
    assert cases_in(detected.browser(SAM).get(f"{PAIRS}?county=01")) == []
    detected.tick(days=20)
    for user_name in (LEE, DAN, SAM):
        browser = detected.browser(user_name)
        assert "1 overdue" in browser.get("/"), user_name
        assert cases_in(browser.get(f"{PAIRS}?overdue=1")) == [case_id], user_name


@pytest.mark.requirement("DUP-03", "DUP-06", "DLR-03")
def test_after_the_first_rejection_only_the_other_county_is_asked_though_a_clerk_held_the_case(detected):
    lee, case = detected.browser(LEE), case_of(detected)
    lee.post(f"/cases/{case.case_id}/claim")
    word(lee, case)
    assert case_of(detected).case_state == "RejectedByUser"
    assert cases_in(lee.get(PAIRS)) == []
    assert "Decide</h2>" not in lee.get(f"/cases/{case.case_id}")
    lee.post(f"/cases/{case.case_id}/claim", status=409)
    dan = detected.browser(DAN)
    assert cases_in(dan.get(PAIRS)) == [case.case_id]
    assert [counts_in(detected.browser(name).get("/"))["duplicate-voter"] for name in (LEE, DAN, SAM)] == ["0", "1", "1"]
    word(dan, case_of(detected), "Accept")
    assert record(detected, OLDER).merged_into == NEWER
    assert cases_in(dan.get(PAIRS)) == []


@pytest.mark.requirement("EWS-06", "DUP-03")
def test_what_a_clerk_rejects_in_the_console_is_told_to_that_clerks_ems_too(detected):
    queued = len(detected.runs.messages())
    word(detected.browser(LEE), case_of(detected))
    word(detected.browser(DAN), case_of(detected))
    told = [(county, message) for county, message, _ in detected.runs.messages()[queued:]]
    first = [("19", "DuplicateCaseDecided"), ("37", "PotentialDuplicate")]
    assert told == [*first, ("19", "DuplicateCaseDecided"), ("37", "DuplicateCaseDecided")]


@pytest.mark.requirement("DLR-05")
def test_the_list_of_reviews_says_plainly_that_it_is_empty(any_site):
    page = any_site.browser(SAM).get(REVIEWS)
    assert "Review Rejected Duplicate DL/ID Matches by County Users" in page
    assert "There are no open items." in page
    assert "There are no open cases." in page


@pytest.mark.requirement("DLR-05", "DUP-03", "DUP-06")
def test_the_list_holds_what_both_rejected_and_beside_it_what_was_detected_on_a_verified_number(detected):
    sam, case_id = detected.browser(SAM), case_of(detected).case_id
    page = sam.get(REVIEWS)
    assert "There are no open items." in page
    assert cases_in(page.split("Detected on one verified DL/ID")[1]) == [case_id]
    word(detected.browser(LEE), case_of(detected))
    word(detected.browser(DAN), case_of(detected))
    page = detected.browser(SAM).get(REVIEWS)
    assert cases_in(page) == [case_id]
    assert "There are no open cases." in page
    assert page.count("QUIMBY") == 2
    counts = counts_in(sam.get("/"))
    assert (counts["rejected-duplicates"], counts["rejections-on-verified-dl-id"], counts["duplicate-voter"]) == ("1", "1", "0")
    assert cases_in(sam.get(PAIRS)) == []
    assert {entry.subject_id for entry in detected.audit(action="ListWorkItems", actor=SAM)} >= {str(OLDER), str(NEWER)}


@pytest.mark.requirement("DLR-03", "DLR-05")
def test_reviews_are_filtered_sorted_and_paged(at_sos, monkeypatch):
    monkeypatch.setattr("votecal_soap.use_cases.review_list.PAGE", 1)
    number = {"drivers_license": LICENSE, "drivers_license_status": "Verified"}
    at_sos.runs.add_voters(a_voter(THIRD, county_code="37", **number))
    detect(at_sos, pair(NEWER, THIRD))
    word(at_sos.browser(DAN), case_of(at_sos, NEWER))
    first, second = case_of(at_sos).case_id, case_of(at_sos, NEWER).case_id
    sam = at_sos.browser(SAM)
    for sort in ("due", "opened"):
        page = sam.get(f"{REVIEWS}?sort={sort}")
        assert cases_in(page) == [first]
        following = re.search(r'rel="next" href="/console([^"]+)"', page)
        assert cases_in(sam.get(following[1])) == [second]
    assert cases_in(sam.get(f"{REVIEWS}?overdue=1")) == []
    at_sos.tick(days=20)
    assert cases_in(at_sos.browser(SAM).get(f"{REVIEWS}?overdue=1")) == [first]
    sam = at_sos.browser(SAM)
    sam.post(f"/work-items/sos/{review_item(at_sos).item_id}/claim", version=1)
    assert cases_in(sam.get(f"{REVIEWS}?unclaimed=1")) == [second]
    assert "no page of the list" in sam.get(f"{REVIEWS}?after=999", status=422)
    assert sam.client.get(f"/cases/{first}/review/next", base_url="http://localhost/console").headers["Location"].endswith(f"/cases/{second}")


@pytest.mark.requirement("DLR-03", "DLR-18")
def test_the_item_shows_both_records_what_differs_why_they_match_and_both_histories(at_sos):
    page = at_sos.browser(ADA).get(f"/cases/{case_of(at_sos).case_id}")
    assert re.search(r"ANNA.*ANNE.*differs", page, re.DOTALL)
    assert f"Voter {OLDER}, older" in page
    assert f"Voter {NEWER}, newer" in page
    assert "18.5 bits for" in page
    assert "3.5 bits against" in page
    assert page.count("Duplicate Match Rejected") >= 2
    assert f"History of voter {NEWER}" in page
    assert "Review for SOS" in page


@pytest.mark.requirement("EWS-14", "OPS-02")
@pytest.mark.parametrize(("user_name", "sees"), [(ADA, True), (SAM, False), (LEE, False), (DAN, True)])
def test_where_a_confidential_voter_of_a_pair_lives_is_for_her_county_and_administrators(site, user_name, sees):
    number = {"drivers_license": LICENSE, "drivers_license_status": "Verified"}
    hidden = {"house_number": "77", "street_name": "QUIETWAY", "confidentiality": Confidentiality.COURT_ORDER, "confidential_since": TODAY}
    site.runs.add_voters(a_voter(OLDER, **number), a_voter(NEWER, county_code="37", **hidden, **number))
    criteria = (*CRITERIA, Criterion(MatchField.ADDRESS, "differs", -2.5, "Different addresses"))
    detect(site, DuplicatePair(OLDER, NEWER, 80, criteria, None, True, True))
    page = site.browser(user_name).get(f"/cases/{case_of(site).case_id}")
    assert [text in page for text in ("QUIETWAY", "Different addresses", "not shown to you")] == [sees, sees, not sees]
    assert str(NEWER) in {entry.subject_id for entry in site.audit(action="ViewMatchCase", actor=user_name)}


@pytest.mark.requirement("DLR-07", "DLR-18")
def test_sos_accepts_and_the_records_are_merged(at_sos):
    case = case_of(at_sos)
    sam = at_sos.browser(SAM)
    assert review(sam, case, "Accept", cause="MistakenRejection", other_action="NotVerified") == REVIEWS
    assert (case_of(at_sos).case_state, case_of(at_sos).decided_by) == ("Accepted", SAM)
    assert record(at_sos, OLDER).merged_into == NEWER
    assert record(at_sos, NEWER).drivers_license_status == "NotVerified"
    assert "There are no open items." in sam.get(REVIEWS)
    assert "The counties rejected by mistake" in sam.get(f"/cases/{case.case_id}")


@pytest.mark.requirement("DLR-18")
@pytest.mark.parametrize("cause", ["MistakenRejection", "Fraud", "AssignedTwice", "WrongBeforeVoteCal", "Other"])
def test_sos_rejects_with_a_cause_and_corrects_the_numbers_of_both(at_sos, cause):
    case = case_of(at_sos)
    review(at_sos.browser(SAM), case, "Reject", cause=cause, one_action="Change", one_number="d123-4567", other_action="Remove")
    assert case_of(at_sos).case_state == "Rejected"
    one, other = record(at_sos, OLDER), record(at_sos, NEWER)
    assert (one.drivers_license, one.drivers_license_status) == ("D1234567", "Pending")
    assert (other.drivers_license, other.drivers_license_status) == (None, None)
    assert review_item(at_sos).cause == cause
    assert "1234567" not in repr(at_sos.audit(action="ReviewDuplicate"))


@pytest.mark.requirement("DLR-18")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "A rejection records its cause."),
        ({"cause": "Fraud", "basis": ""}, "what you decided by."),
        ({"cause": "Fraud", "decision": ""}, "Choose what you decide."),
        ({"cause": "Fraud", "one_action": "Change"}, "A number goes with a change"),
        ({"cause": "Fraud", "one_number": "D1234567"}, "A number goes with a change"),
        ({"cause": "Fraud", "other_action": "Change", "other_number": "12"}, "one letter and seven digits"),
        ({"cause": "Astrology"}, "Not a valid choice"),
        ({"cause": "Fraud", "version": "x"}, "which version it saw"),
    ],
)
def test_what_cannot_be_decided_so_is_said_beside_the_field_and_changes_nothing(at_sos, given, said):
    case = case_of(at_sos)
    assert said in review(at_sos.browser(SAM), case, status=422, **{"decision": "Reject", **given})
    assert case_of(at_sos).case_version == case.case_version
    assert record(at_sos, OLDER).version == 1


@pytest.mark.requirement("DLR-18", "DLR-05")
def test_sos_may_decide_a_detected_pair_of_one_verified_number_before_its_counties_do(detected):
    case = case_of(detected)
    sam = detected.browser(SAM)
    path = f"/cases/{case.case_id}"
    page = sam.post(f"{path}/decide", page=path, status=403, version=1, decision="Reject", basis=BASIS)
    assert "reviewed by SOS in its own name" in page
    review(sam, case, "Reject", cause="AssignedTwice")
    assert case_of(detected).case_state == "Rejected"
    assert cases_in(detected.browser(DAN).get(PAIRS)) == []


@pytest.mark.requirement("DLR-18")
def test_an_unresolved_review_stays_open_with_notes_that_counties_do_not_see(at_sos):
    case, sam = case_of(at_sos), at_sos.browser(SAM)
    item = review_item(at_sos)
    sam.post(f"/work-items/sos/{item.item_id}/notes", note="DMV answers on <i>Monday</i>")
    assert "DMV answers on <i>Monday</i>" in sam.get(f"/cases/{case.case_id}")
    assert "Monday" not in at_sos.browser(LEE).get(f"/cases/{case.case_id}")
    assert cases_in(sam.get(REVIEWS)) == [case.case_id]
    sam.post(f"/work-items/sos/{item.item_id}/notes", note=" ")
    assert "A note has 1 to" in sam.get("/")
    assert "Monday" not in repr(at_sos.audit())


@pytest.mark.requirement("DLR-03", "DLR-20")
def test_a_review_that_one_works_on_is_nobody_elses_until_it_is_given_back(at_sos):
    case, item = case_of(at_sos), review_item(at_sos)
    sam, ada = at_sos.browser(SAM), at_sos.browser(ADA)
    hold = f"/work-items/sos/{item.item_id}"
    sam.post(f"{hold}/claim", version=1)
    assert "you review it" in sam.get(f"/cases/{case.case_id}")
    assert f"{SAM} reviews it" in ada.get(f"/cases/{case.case_id}")
    assert f"{SAM} works on this item" in ada.post(f"{hold}/claim", status=409, version=2)
    assert f"{SAM} works on this case" in review(ada, case, "Accept", status=409)
    ada.post(f"{hold}/release", version=2)
    ada.post(f"{hold}/claim", version=3)
    review(ada, case, "Accept")
    assert case_of(at_sos).decided_by == ADA


@pytest.mark.requirement("DLR-20")
def test_of_two_who_review_at_once_the_second_reads_who_was_first_and_keeps_what_was_typed(at_sos):
    case = case_of(at_sos)
    first, second = at_sos.browser(SAM), at_sos.browser(ADA)
    second.get(f"/cases/{case.case_id}")
    review(first, case, "Reject", cause="Fraud")
    page = second.post(f"/cases/{case.case_id}/review", status=409, version=case.case_version, decision="Accept", basis="they are one")
    assert "Somebody was here before you" in page
    assert SAM in page
    assert "they are one" in page
    assert record(at_sos, OLDER).merged_into is None


@pytest.mark.requirement("DLR-03", "DUP-03")
def test_a_pair_stands_on_the_page_of_either_voter_and_tells_who_said_what(at_sos):
    case_id, sam = case_of(at_sos).case_id, at_sos.browser(SAM)
    for uid in (OLDER, NEWER):
        assert f'href="/console/cases/{case_id}"' in sam.get(f"/voters/{uid}"), uid
    trail = sam.get(f"/cases/{case_id}").split('id="trail"')[1]
    assert re.findall(r"<td>(\w+)</td><td>Decide match case</td><td>Reject: Rejected by user</td>", trail) == [DAN, LEE]


@pytest.mark.requirement("DLR-19")
def test_sos_undoes_a_merge_and_the_records_are_two_again(at_sos):
    before = record(at_sos, OLDER)
    review(at_sos.browser(SAM), case_of(at_sos), "Accept")
    case = case_of(at_sos)
    at_sos.browser(SAM).post(f"/cases/{case.case_id}/undo", page=f"/cases/{case.case_id}", version=case.case_version, basis="two sisters")
    after = record(at_sos, OLDER)
    assert (case_of(at_sos).case_state, case_of(at_sos).decided_by) == ("Rejected", SAM)
    assert (after.merged_into, after.status, after.first_name) == (None, before.status, before.first_name)
    told = [message for _, message, _ in at_sos.runs.messages()][-2:]
    assert told == ["MergeUndone", "MergeUndone"]


@pytest.mark.requirement("DLR-19")
def test_an_undo_below_a_later_merge_is_refused_and_names_it(at_sos):
    review(at_sos.browser(SAM), case_of(at_sos), "Accept")
    number = {"drivers_license": LICENSE, "drivers_license_status": "Verified", "drivers_license_verified_on": TODAY}
    at_sos.runs.add_voters(a_voter(THIRD, county_code="37", registration_date=TODAY.replace(year=2021), **number))
    detect(at_sos, pair(NEWER, THIRD))
    later = case_of(at_sos, NEWER)
    word(at_sos.browser(DAN), later, "Accept")
    case, sam = case_of(at_sos), at_sos.browser(SAM)
    page = sam.post(f"/cases/{case.case_id}/undo", page=f"/cases/{case.case_id}", status=409, version=case.case_version, basis="two sisters")
    assert f"The merge of match case {later.case_id} stands on top of this one" in page
    assert "two sisters" in page
    assert record(at_sos, OLDER).merged_into == NEWER


@pytest.mark.requirement("DUP-06")
def test_an_administrator_reads_that_a_county_rejected_a_verified_number_and_the_notice_goes(at_sos):
    ada = at_sos.browser(ADA)
    page = ada.get(NOTICES)
    assert cases_in(page) == [case_of(at_sos).case_id]
    assert "19 " in page
    (item,) = re.findall(r"/work-items/sos/(\d+)/acknowledge", page)
    assert "I have read it" not in at_sos.browser(SAM).get(NOTICES)
    ada.post(f"/work-items/sos/{item}/acknowledge", page=NOTICES, version=1)
    assert "There are no open items." in ada.get(NOTICES)


@pytest.mark.requirement("EWS-01", "OPS-02")
@pytest.mark.parametrize("path", [REVIEWS, NOTICES, "/work-items/unresolved-dmv"])
def test_lists_of_sos_are_refused_to_counties_and_the_attempt_is_written_down(at_sos, path):
    cora = at_sos.browser(CORA)
    before = len(at_sos.audit(action="AccessRefused"))
    assert "QUIMBY" not in cora.get(path, status=403)
    assert [entry.actor for entry in at_sos.audit(action="AccessRefused")[before:]] == [CORA]
    assert "Review Rejected" not in cora.get("/")
