"""EWS-01, EWS-14, OPS-02: every address of the console, tried by whoever may not; the attempt is refused and written down."""

import pytest
from integration.matching.dmv_runs import TODAY

from votecal_soap.domain.counties import Role
from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemType
from votecal_soap.domain.voter_children import CustomField, NewChild
from votecal_soap.use_cases.ports import Blackout

from .console_site import ADA, CORA, DAN, HIDDEN, LEE, OURS, SAM, SITE, THEIRS

SOS, COUNTY = (ADA, SAM), (CORA, LEE, DAN)
EVERYBODY = (*SOS, *COUNTY)
OPEN = {"sign_in.ask", "static", "bootstrap.static"}

ADDRESSES = {
    "work_items.summary": ("GET", "/", EVERYBODY),
    "work_items.listing": ("GET", "/work-items/dmv-coa", EVERYBODY),
    "work_items.read_alert": ("POST", "/credential-alerts/read", SOS),
    "work_items.assign": ("POST", "/work-items/unresolved-dmv/assign", SOS),
    "match_cases.show": ("GET", "/cases/{their_case}", (*SOS, DAN)),
    "match_cases.decide": ("POST", "/cases/{their_case}/decide", (*SOS, DAN)),
    "match_cases.undo": ("POST", "/cases/{their_case}/undo", (*SOS, DAN)),
    "match_cases.hold": ("POST", "/cases/{their_case}/claim", (*SOS, DAN)),
    "match_cases.note": ("POST", "/cases/{their_case}/notes", (*SOS, DAN)),
    "match_cases.following": ("GET", "/cases/{their_case}/next", (*SOS, DAN)),
    "reviews.decide": ("POST", "/cases/{their_case}/review", SOS),
    "reviews.following": ("GET", "/cases/{their_case}/review/next", SOS),
    "reviews.hold": ("POST", "/work-items/sos/{item}/claim", SOS),
    "reviews.note": ("POST", "/work-items/sos/{item}/notes", SOS),
    "reviews.acknowledge": ("POST", "/work-items/sos/{notice}/acknowledge", (ADA,)),
    "voters.find": ("GET", "/voters/", EVERYBODY),
    "voters.show": ("GET", f"/voters/{THEIRS}", (*SOS, DAN)),
    "voters.compare": ("POST", f"/voters/{THEIRS}/explain", SOS),
    "voters.explain": ("GET", f"/voters/{THEIRS}/explain/{OURS}", SOS),
    "queues.listing": ("GET", "/queues/", EVERYBODY),
    "queues.show": ("GET", "/queues/37", (*SOS, DAN)),
    "queues.settle": ("POST", "/queues/37/messages/1/skip", SOS),
    "jobs.listing": ("GET", "/jobs/", SOS),
    "jobs.new": ("GET", "/jobs/new", SOS),
    "jobs.show": ("GET", "/jobs/1", SOS),
    "jobs.act": ("POST", "/jobs/1/cancel", SOS),
    "matching.show": ("GET", "/matching/", (*SOS, CORA)),
    "matching.thresholds": ("GET", "/matching/functions/dmv_coa", SOS),
    "matching.set_mode": ("POST", "/matching/modes", (ADA, CORA)),
    "matching.set_cross_county": ("POST", "/matching/cross-county", (ADA,)),
    "matching.add_blackout": ("POST", "/matching/blackouts", (ADA,)),
    "matching.remove_blackout": ("POST", "/matching/blackouts/1/remove", (ADA,)),
    "account.show": ("GET", "/account", EVERYBODY),
    "account.end_sessions": ("POST", "/account/end-sessions", ()),
    "sign_in.sign_out": ("POST", "/sign-out", ()),
}
"""Endpoint: a method, an address that is San Diego's where it is any county's, and who may."""
OWN_SESSION = {"account.end_sessions", "sign_in.sign_out"}


def test_every_address_is_in_this_table(site):
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert endpoints == set(ADDRESSES) | OPEN


def asked(site, browser, endpoint, items):
    method, path, _ = ADDRESSES[endpoint]
    path = path.format(their_case=site.case(THEIRS).case_id, **items)
    if method == "GET":
        return browser.client.get(path, base_url=SITE)
    page = browser.get("/account") if browser is not None else ""
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return browser.client.post(path, data={"csrf_token": token, "version": 1}, base_url=SITE, headers={"Referer": SITE})


@pytest.mark.requirement("EWS-01", "OPS-02")
@pytest.mark.parametrize("user_name", EVERYBODY)
def test_who_may_not_is_refused_and_the_attempt_is_written_down(site, user_name):
    browser = site.browser(user_name)
    with site.runs.factory() as uow:
        uow.matching.add_blackout(Blackout(0, None, None, TODAY, TODAY, "a reason"), site.runs.clock.now(), ADA)
        about = {"due_on": TODAY, "case_id": site.case(THEIRS).case_id}
        types = (SosItemType.REVIEW_REJECTED_DUPLICATE, SosItemType.VERIFIED_LICENSE_REJECTED)
        item, notice = uow.sos_items.open([NewSosWorkItem(item_type, **about) for item_type in types], site.runs.clock.now())
        uow.commit()
    for endpoint, (_, _, allowed) in ADDRESSES.items():
        if endpoint in OWN_SESSION:
            continue
        before = len(site.audit(action="AccessRefused"))
        answer = asked(site, browser, endpoint, {"item": item, "notice": notice})
        refused = site.audit(action="AccessRefused")[before:]
        if user_name in allowed:
            assert (answer.status_code < 400 or answer.status_code == 422, refused) == (True, []), (endpoint, answer.status_code)
        else:
            assert answer.status_code in (403, 404), (endpoint, answer.status_code)
            assert [entry.actor for entry in refused] == [user_name], endpoint
            assert "LOPEZ" not in answer.get_data(as_text=True)


@pytest.mark.requirement("EWS-01")
def test_whoever_is_not_signed_in_gets_nothing(site):
    site.app.config["WTF_CSRF_ENABLED"] = False
    for method, path, _ in ADDRESSES.values():
        answer = site.app.test_client().open(path.format(their_case=2, item=1, notice=1), method=method, base_url=SITE)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].endswith("/sign-in")
    assert site.case(THEIRS).case_version == 1


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize(("user_name", "sees"), [(ADA, True), (SAM, False), (DAN, True)])
def test_where_a_confidential_voter_lives_is_for_her_county_and_administrators(site, user_name, sees):
    browser = site.browser(user_name)
    case_id = site.case(HIDDEN).case_id
    for path in (f"/voters/{HIDDEN}", f"/voters/{HIDDEN}?version=1", f"/cases/{case_id}"):
        page = browser.get(path)
        assert "QUILLFEATHER" in page
        # What DMV sent is for whoever decides; what the roll has is not for everybody.
        assert ("somebody@example.org" in page) is sees, path
        assert ("not shown to you" in page) is not sees, path
    assert {entry.actor for entry in site.audit(subject_id=str(HIDDEN), subject_kind="Voter") if entry.action.startswith("View")} == {user_name}


@pytest.mark.requirement("EWS-14", "DLR-09")
def test_what_hangs_on_a_confidential_voters_record_is_for_her_county_and_administrators(site):
    with site.runs.factory() as uow:
        uow.children.add([NewChild(uid, CustomField("37", "Gate", "behind the mill")) for uid in (HIDDEN, THEIRS)], site.runs.clock.now())
        uow.commit()
    seen = {(name, uid): "behind the mill" in site.browser(name).get(f"/voters/{uid}") for name in (ADA, SAM, DAN) for uid in (HIDDEN, THEIRS)}
    assert [key for key, is_seen in seen.items() if not is_seen] == [(SAM, HIDDEN)]


@pytest.mark.requirement("EWS-14")
def test_a_search_does_not_tell_an_sos_user_where_a_confidential_voter_lives(site):
    found = {}
    for user_name in (ADA, SAM, DAN, LEE):
        sought = {"last_name": "QUILLFEATHER", "first_name": "QUENTINA", "date_of_birth": "1961-06-07"}
        page = site.browser(user_name).post("/voters/", page="/voters/", status=200, **sought)
        assert str(HIDDEN) in page
        found[user_name] = "5 OLD" in page
    assert found == {ADA: True, SAM: False, DAN: True, LEE: False}


@pytest.mark.requirement("OPS-02")
def test_looks_at_ones_own_voters_leave_no_trace_and_others_do(site):
    site.browser(LEE).get(f"/voters/{OURS}")
    site.browser(SAM).get(f"/voters/{OURS}")
    assert [entry.actor for entry in site.audit(action="ViewVoter")] == [SAM]


@pytest.mark.requirement("OPS-03")
def test_what_was_searched_for_stands_in_no_audit_entry(site):
    site.browser(SAM).post("/voters/", page="/voters/", status=200, last_name="LOPEZ", first_name="PEDRO", date_of_birth="1950-05-05")
    assert "LOPEZ" not in repr(site.audit())


def test_every_role_is_tried():
    assert len(EVERYBODY) == len(Role) + 1
