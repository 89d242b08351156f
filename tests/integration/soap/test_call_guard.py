"""Digests, budgets and back-off: what stands before every call, and that it never shuts a county out."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from zeep.wsse.username import UsernameToken

from votecal_soap.credentials import password_digest
from votecal_soap.domain.call_guard import ALERT_AT, CALLS_OF, OF_PAIR, OF_SOURCE
from votecal_soap.secret_box import SecretBox

from .soap_requests import NAMESPACES, NOW, OTHER_SECRET, SECRET, WSSE, State, credential, envelope, security

BATCH, EMS = "batch-data-exchange", "ems-integration"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
DIGEST_CONTENT = "<SynchronizationScope>Record</SynchronizationScope>"
DIGEST_SECRET = "a-secret-for-digests"
HOME, ELSEWHERE = ({"REMOTE_ADDR": address, "wsgi.url_scheme": "https"} for address in ("192.0.2.19", "203.0.113.9"))


def digest_header(secret=DIGEST_SECRET, username="la-digest", nonce=b"a nonce", created=NOW, **changed):
    text = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = {"Nonce": base64.b64encode(nonce).decode(), "Created": text, "digest": password_digest(nonce, text, secret)} | changed
    created_element = "" if parts["Created"] is None else f'<u:Created xmlns:u="{WSU}">{parts["Created"]}</u:Created>'
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}"><wsse:UsernameToken><wsse:Username>{username}</wsse:Username>'
        f'<wsse:Password Type="{PROFILE}#PasswordDigest">{parts["digest"]}</wsse:Password><wsse:Nonce>{parts["Nonce"]}</wsse:Nonce>'
        f"{created_element}</wsse:UsernameToken></wsse:Security>"
    )


@pytest.fixture
def digests(state):
    """Los Angeles has a credential with a secret for digests; its other secret is a hash."""
    state.reconfigure(digest_keys=("a key of the tests",))
    sealed = SecretBox(("a key of the tests",)).seal(DIGEST_SECRET, "la-digest")
    with state.application.unit_of_work() as uow:
        uow.reference.save_credential(replace(credential("la-digest", "19", SECRET), digest_secret=sealed))
        uow.commit()
    return state


def ping(state, header=None, **environ):
    return state.call(BATCH, "Ping", header=header, **environ)


def code(answer):
    return None if answer.status == 200 else answer.fault["Code"]


def faults(state, operation, county_code, fault):
    """What the metrics counted."""
    return state.meter.registry.get_sample_value("votecal_faults_total", {"operation": operation, "county": county_code, "code": fault})


def written(state):
    """How many rows there are in each table that a call may write to."""
    tables = ("sign_in_counter", "used_nonce", "call_budget", "credential_alert", "audit_entry")
    with state.application.unit_of_work(read_only=True) as uow:
        return [uow._connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all() for table in tables]


@pytest.mark.requirement("EWS-01")
def test_a_digest_of_its_own_secret_opens_once(digests):
    assert ping(digests, digest_header()).text("CountyCode") == "19"
    assert code(ping(digests, digest_header())) == "VC-3012"
    assert ping(digests, digest_header(nonce=b"another")).status == 200
    other_process = State(digests.application, digests.clock, digests.schemas)
    assert code(ping(other_process, digest_header(nonce=b"another"))) == "VC-3012"


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (digest_header("wrong"), "VC-3001"),
        (digest_header(SECRET), "VC-3001"),
        (digest_header(username="la-ems"), "VC-3010"),
        (digest_header(username="nobody"), "VC-3010"),
        (digest_header(created=NOW - timedelta(seconds=301)), "VC-3011"),
        (digest_header(created=NOW + timedelta(seconds=301)), "VC-3011"),
        (digest_header(created=NOW - timedelta(seconds=299)), None),
        (digest_header(Nonce="!"), "VC-1010"),
        (digest_header(Nonce=""), "VC-1010"),
        (digest_header(Nonce=base64.b64encode(b"x" * 257).decode()), "VC-1010"),
        (digest_header(Created=None), "VC-1010"),
        (digest_header(Created="yesterday"), "VC-1010"),
        (digest_header(digest="é"), "VC-3001"),
        (security("la-digest", DIGEST_SECRET), "VC-3001"),
    ],
    ids=[
        "wrong",
        "other secret",
        "hash only",
        "unknown",
        "old",
        "early",
        "fresh",
        "nonce",
        "no nonce",
        "long",
        "no created",
        "created",
        "not ascii",
        "as text",
    ],
)
def test_what_is_wrong_with_a_digest_is_told_by_its_code(digests, header, expected):
    answer = ping(digests, header)
    assert code(answer) == expected
    assert DIGEST_SECRET.encode() not in answer.content
    if expected == "VC-3010":
        assert "PasswordText" in answer.fault["Text"] and "votecal credential digest" in answer.fault["Text"]
    if expected == "VC-3011":
        assert "2026-03-02T17:00:00Z" in answer.fault["Text"]


def test_a_digest_is_not_taken_where_the_call_can_be_read(digests):
    assert code(ping(digests, digest_header(), REMOTE_ADDR="198.51.100.7")) == "VC-3003"


def test_a_digest_secret_that_was_sealed_under_a_key_that_is_gone_is_none(digests):
    digests.reconfigure(digest_keys=("another", "a key of the tests"))
    assert ping(digests, digest_header()).status == 200
    digests.reconfigure(digest_keys=("another",))
    assert code(ping(digests, digest_header(nonce=b"second"))) == "VC-3010"


def test_a_sealed_secret_is_of_no_use_to_another_owner():
    box = SecretBox(("key",))
    sealed = box.seal("secret", "la")
    assert (box.open(sealed, "la"), box.open(sealed, "sac")) == ("secret", None)
    assert "secret" not in sealed and box.seal("secret", "la") != sealed


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize("minutes", [0, 10], ids=["used before", "too old"])
def test_a_digest_that_somebody_recorded_does_not_make_an_address_the_countys(digests, minutes):
    assert ping(digests, digest_header(), **HOME).status == 200
    digests.clock.instant += timedelta(minutes=minutes)
    before = written(digests)
    assert code(ping(digests, digest_header(), **ELSEWHERE)) == ("VC-3011" if minutes else "VC-3012")
    assert written(digests) == before


@pytest.mark.requirement("EWS-01")
def test_zeeps_digest_is_understood(digests):
    token = UsernameToken("la-digest", DIGEST_SECRET, use_digest=True, created=NOW.replace(tzinfo=None))
    root = etree.fromstring(envelope(f'<Ping xmlns="{NAMESPACES[BATCH]}"/>', ""))
    signed, _ = token.apply(root, {})
    assert digests.post(BATCH, etree.tostring(signed)).text("CountyCode") == "19"


@pytest.mark.requirement("EWS-01")
def test_an_ordinary_call_writes_nothing(state):
    assert ping(state, **HOME).status == 200
    before = written(state)
    state.clock.instant += timedelta(hours=1)
    for _ in range(20):
        assert ping(state, **HOME).status == 200
        assert state.call("ems-integration", "GetMessageQueue", **HOME).status == 200
    assert written(state) == before


@pytest.mark.requirement("EWS-01")
def test_guessing_takes_ever_more_time_and_what_is_held_is_not_counted(state):
    wrong = security("la-ems", "guess")
    assert [code(ping(state, wrong, **ELSEWHERE)) for _ in range(OF_PAIR.free + 1)] == ["VC-3001"] * OF_PAIR.free + ["VC-5011"]
    held = ping(state, wrong, **ELSEWHERE)
    assert (held.fault["Retryable"], held.fault["RetryAfterSeconds"], held.headers["Retry-After"], held.status) == ("true", "2", "2", 500)
    before = written(state)
    for _ in range(30):
        ping(state, wrong, **ELSEWHERE)
    assert written(state) == before
    state.clock.instant += timedelta(seconds=2)
    assert code(ping(state, wrong, **ELSEWHERE)) == "VC-3001"
    assert ping(state, wrong, **ELSEWHERE).fault["RetryAfterSeconds"] == "3"


@pytest.mark.requirement("EWS-01")
def test_an_unknown_user_name_is_answered_and_counted_like_a_known_one(state):
    told, counted = [], []
    for username in ("la-ems", "nobody"):
        before = len(written(state)[0])
        answer = ping(state, security(username, "wrong"), **HOME)
        told.append({name: text for name, text in answer.fault.items() if name != "CorrelationId"})
        counted.append(len(written(state)[0]) - before)
    assert told[0] == told[1]
    # The counter of the address is begun by the first of them.
    assert counted == [3, 2]


@pytest.mark.requirement("EWS-01")
def test_whoever_knows_a_countys_user_name_cannot_keep_it_out(state):
    assert ping(state, **HOME).status == 200
    wrong = security("la-ems", "guess")
    for number in range(40):
        ping(state, wrong, REMOTE_ADDR=f"203.0.113.{number}", **{"wsgi.url_scheme": "https"})
        ping(state, wrong, **HOME)
    assert code(ping(state, wrong, **HOME)) == "VC-5011"
    fresh = State(state.application, state.clock, state.schemas)
    for process in (state, fresh):
        assert ping(process, **HOME).status == 200
    assert ping(fresh, REMOTE_ADDR="192.0.2.77", **{"wsgi.url_scheme": "https"}).status == 200


@pytest.mark.requirement("EWS-01")
def test_a_new_credential_of_a_known_county_gets_in_where_the_old_one_is_held(state):
    assert ping(state, **HOME).status == 200
    with state.application.unit_of_work() as uow:
        uow.reference.save_credential(credential("la-2", "19", OTHER_SECRET))
        uow.commit()
    for _ in range(OF_SOURCE.free + 10):
        ping(state, security("la-ems", "old"), **HOME)
    assert ping(State(state.application, state.clock, state.schemas), security("la-2", OTHER_SECRET), **HOME).status == 200


@pytest.mark.requirement("EWS-01")
def test_a_right_secret_from_an_address_of_guessers_waits(state):
    for _ in range(OF_PAIR.free):
        ping(state, security("la-ems", "guess"), **ELSEWHERE)
    assert code(ping(state, **ELSEWHERE)) == "VC-5011"
    state.clock.instant += timedelta(seconds=2)
    assert ping(state, **ELSEWHERE).status == 200


@pytest.mark.requirement("EWS-01")
def test_sos_hears_of_wrong_secrets_once_until_it_has_read_of_them(state, caplog):
    wrong = [{"REMOTE_ADDR": f"203.0.113.{number}", "wsgi.url_scheme": "https"} for number in range(2 * ALERT_AT)]
    with caplog.at_level("WARNING"):
        for place in wrong:
            ping(state, security("la-ems", "guess"), **place)
            ping(state, security("nobody-of-ours", "guess"), **place)
    assert [record.message for record in caplog.records].count("credential is called with wrong secrets") == 1
    with state.application.unit_of_work() as uow:
        (alert,) = uow.call_guard.alerts(unread_only=True)
        assert (alert.username, alert.attempt_count, alert.read_by) == ("la-ems", 2 * ALERT_AT, None)
        assert uow.call_guard.read_alert("la-ems", "ada", NOW)
        uow.commit()
    ping(state, security("la-ems", "guess"), REMOTE_ADDR="203.0.113.99", **{"wsgi.url_scheme": "https"})
    with state.application.unit_of_work(read_only=True) as uow:
        assert [alert.username for alert in uow.call_guard.alerts(unread_only=True)] == ["la-ems"]


@pytest.mark.requirement("EWS-01")
def test_a_county_that_calls_too_much_is_busy_and_no_other_is(state):
    state.reconfigure(county_calls_per_minute=5)
    other_process = State(state.application, state.clock, state.schemas)
    assert [code(ping(process)) for process in (state, other_process) * 3] == [None] * 5 + ["VC-5010"]
    assert ping(state, security("sac-ems", OTHER_SECRET)).status == 200
    refused = ping(state, version="1.2")
    assert (refused.status, refused.headers["Retry-After"], refused.fault["Retryable"]) == (500, "60", "true")
    assert refused.body.findtext("{*}Code/{*}Value") == "soapenv:Receiver"
    # SOS is told which county, and with which calls; a flood from addresses of nobody has no county.
    assert faults(state, "Ping", "19", "VC-5010") == 1
    state.clock.instant += timedelta(minutes=1)
    assert ping(state).status == 200


@pytest.mark.requirement("EWS-01")
def test_a_costly_call_takes_as_much_of_the_budget_as_it_costs(state):
    state.reconfigure(county_calls_per_minute=CALLS_OF["GetSynchronizationDigest"] + 1)
    assert [code(state.call(EMS, "GetSynchronizationDigest", DIGEST_CONTENT)) for _ in range(2)] == [None, "VC-5010"]
    # What is left is enough for small ones: the rest, and the tenth that a process has to itself.
    assert [code(ping(state)) for _ in range(4)] == [None] * 3 + ["VC-5010"]
    assert faults(state, "GetSynchronizationDigest", "19", "VC-5010") == 1
    state.clock.instant += timedelta(minutes=1)
    assert code(state.call(EMS, "GetSynchronizationDigest", DIGEST_CONTENT)) is None


@pytest.mark.requirement("EWS-01")
def test_all_counties_together_have_a_budget_too(state):
    state.reconfigure(calls_per_minute=3)
    headers = [security(), security("sac-ems", OTHER_SECRET)] * 2
    assert [code(ping(state, header)) for header in headers] == [None] * 3 + ["VC-5010"]


@pytest.mark.requirement("EWS-01")
def test_strangers_are_refused_unread_and_no_county_with_them(state):
    state.reconfigure(stranger_calls_per_minute=20)
    assert ping(state, **HOME).status == 200
    for number in range(30):
        state.post(BATCH, b"no xml", REMOTE_ADDR=f"203.0.113.{number}")
    answer = state.post(BATCH, b"", CONTENT_LENGTH="9", REMOTE_ADDR="203.0.113.200", **{"wsgi.input": None})
    assert answer.fault["Code"] == "VC-5010"
    # A county's own first call is a stranger's.
    assert faults(state, "", "", "VC-5010") == 1 + 30 - 20 + 1
    assert ping(state, **HOME).status == 200
    restarted = State(state.application, state.clock, state.schemas)
    for number in range(30):
        restarted.post(BATCH, b"no xml", REMOTE_ADDR=f"203.0.113.{number}")
    assert ping(restarted, **HOME).status == 200
    lane = restarted.request("PUT", "/upload/1", b"x", REMOTE_ADDR="203.0.113.201", **{"wsgi.url_scheme": "https"})
    assert (lane.status, lane.headers["Retry-After"]) == (503, "60")
