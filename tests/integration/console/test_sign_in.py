"""T1.1: password and one-time code, sessions at the state, back-off, and what a browser may not do."""

import re

import pytest

from votecal_soap.errors import ErrorCode
from votecal_soap.use_cases import staff_logins

from .console_site import ADA, DAN, LEE, SAM, SITE


def test_password_and_code_open_the_console_and_the_cookie_tells_no_name(any_site):
    browser = any_site.browser()
    assert browser.sign_in(SAM) == "/"
    assert "Work Item Summary" in browser.get("/")
    cookie = browser.client.get_cookie("votecal_console", path="/console")
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/console")
    assert SAM not in cookie.value
    (entry,) = any_site.audit(action="SignIn")
    assert entry.actor == SAM


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"code": "000000"}, {"user_name": "nobody"}, {"user_name": DAN}])
def test_whatever_is_wrong_the_answer_is_the_same(site, wrong):
    browser = site.browser()
    page = browser.sign_in(SAM, status=403, **wrong)
    assert "User name, password or code is wrong" in page
    assert browser.client.get("/", base_url=SITE).status_code == 302
    assert site.passwords[SAM] not in page


def test_a_code_is_accepted_once(any_site):
    site = any_site
    site.browser(SAM)
    code = site.code(SAM)
    assert "used before" in site.browser().post("/sign-in", page="/sign-in", status=403, user_name=SAM, password=site.passwords[SAM], code=code)
    site.tick()
    site.browser().post("/sign-in", page="/sign-in", user_name=SAM, password=site.passwords[SAM], code=site.code(SAM))


def test_guessing_takes_ever_more_time_and_ends_by_itself(site):
    browser = site.browser()
    for _ in range(5):
        browser.sign_in(LEE, status=403, password="guess")
    for _ in range(2):
        site.tick(seconds=3)
        browser.post("/sign-in", page="/sign-in", status=403, user_name=LEE, password="guess", code="1")
    held = browser.post("/sign-in", page="/sign-in", status=429, user_name=LEE, password=site.passwords[LEE], code=site.code(LEE))
    assert "Try again in" in held
    site.tick(minutes=5)
    assert browser.sign_in(LEE) == "/"


def test_guessers_elsewhere_do_not_lock_a_person_out(site):
    at_home = site.browser(LEE)
    at_home.post("/sign-out")
    for attempt in range(25):
        guesser = site.browser()
        guesser.client.environ_base["REMOTE_ADDR"] = f"127.0.1.{attempt // 4 + 1}"
        guesser.sign_in(LEE, status=403, password="guess")
    stranger = site.browser()
    stranger.client.environ_base["REMOTE_ADDR"] = "127.0.2.1"
    stranger.post("/sign-in", page="/sign-in", status=429, user_name=LEE, password="guess", code="1")
    at_home.sign_in(LEE)


def test_a_session_ends_when_idle_and_after_its_longest_time(any_site):
    site = any_site
    idle = site.browser(SAM)
    site.tick(minutes=29)
    idle.get("/")
    site.tick(minutes=29)
    idle.get("/")
    site.tick(minutes=31)
    idle.get("/", status=302)
    busy = site.browser(SAM)
    for _ in range(24):
        site.tick(minutes=25)
        last = busy.client.get("/", base_url=SITE).status_code
    assert last == 302


def test_signing_out_ends_the_session_at_the_state_so_that_a_kept_cookie_opens_nothing(site):
    browser = site.browser(SAM)
    cookie = browser.client.get_cookie("votecal_console", path="/console").value
    browser.post("/sign-out")
    thief = site.browser()
    thief.client.set_cookie("votecal_console", cookie, path="/console")
    thief.get("/", status=302)


@pytest.mark.parametrize("ending", ["password", "authenticator", "taken", "everywhere"])
def test_one_place_revokes_every_session_of_a_person(site, ending):
    browser = site.browser(SAM)
    command = staff_logins.ChangeLogin(user_name=SAM, acting_user=ADA)
    if ending == "password":
        staff_logins.give_password(command, site.runs.factory(), site.runs.clock)
    if ending == "authenticator":
        staff_logins.give_authenticator(command, site.runs.factory(), site.runs.clock, b"k")
    if ending == "taken":
        staff_logins.take_away(command, site.runs.factory(), site.runs.clock)
    if ending == "everywhere":
        site.browser(SAM).post("/account/end-sessions")
    browser.get("/", status=302)


def test_a_person_changes_the_password_and_signs_in_with_the_new_one(site):
    browser = site.browser(SAM)
    old = site.passwords[SAM]
    short = browser.post("/account", page="/account", status=200, old=old, new="short", again="short")
    assert "12" in short
    wrong = browser.post("/account", page="/account", status=403, old="wrong", new="a long new sentence", again="a long new sentence")
    assert "old password is wrong" in wrong
    browser.post("/account", page="/account", old=old, new="a long new sentence", again="a long new sentence")
    browser.get("/", status=302)
    site.browser().sign_in(SAM, status=403)
    site.passwords[SAM] = "a long new sentence"
    assert site.browser().sign_in(SAM) == "/"


def test_a_form_without_its_token_changes_nothing(site):
    browser = site.browser(SAM)
    answer = browser.client.post("/cases/1/decide", data={"decision": "Accept", "basis": "x", "version": "1"}, base_url=SITE)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.get_data(as_text=True)
    assert site.case().case_state == "Open"


def test_every_page_tells_the_browser_what_it_may_not_do(site):
    browser = site.browser(ADA)
    for path in ("/", "/sign-in", "/cases/1", "/nothing"):
        headers = browser.client.get(path, base_url=SITE).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("DENY", "nosniff", "no-store")
    page = browser.get("/cases/1")
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page)


def test_nothing_is_given_over_a_connection_on_which_others_can_read(site):
    client = site.app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    answer = client.get("/sign-in", base_url=SITE)
    assert answer.status_code == 403
    assert ErrorCode.INSECURE_TRANSPORT in answer.get_data(as_text=True)


def test_after_signing_in_a_person_is_where_she_wanted_to_go(site):
    browser = site.browser()
    browser.get("/cases/1", status=302)
    assert browser.sign_in(SAM) == "/cases/1"
