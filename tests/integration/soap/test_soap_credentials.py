"""Who may call, and over which connection."""

from datetime import timedelta

import pytest

from .soap_requests import NAMESPACES, NOW, OTHER_SECRET, SECRET, credential, envelope, security

BATCH = "batch-data-exchange"
REMOTE = {"REMOTE_ADDR": "198.51.100.7"}
HTTPS = {"HTTP_X_FORWARDED_PROTO": "https"}
PROXY = {"REMOTE_ADDR": "10.0.0.5"}


def ping(state, header=None, **environ):
    return state.call(BATCH, "Ping", header=header, **environ)


def save(state, *credentials):
    with state.application.unit_of_work() as uow:
        for one in credentials:
            uow.reference.save_credential(one)
        uow.commit()


@pytest.mark.requirement("EWS-01")
def test_a_credential_belongs_to_one_county(state):
    assert ping(state).text("CountyCode") == "19"
    assert ping(state, security("sac-ems", OTHER_SECRET)).text("CountyCode") == "34"


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize(
    "header",
    ["", security("la-ems", "wrong"), security("nobody", SECRET), security("la-ems", OTHER_SECRET), security("", ""), security("expired"), security("revoked")],
    ids=["none", "wrong password", "unknown user", "other county's password", "blank", "expired", "revoked"],
)
def test_every_bad_credential_gets_one_and_the_same_fault(state, header):
    save(state, credential("expired", "19", SECRET, expires_at=NOW), credential("revoked", "19", SECRET, revoked_at=NOW - timedelta(days=1)))
    fault = ping(state, header).fault
    reference = ping(state, "").fault
    assert fault["Code"] == "VC-3001"
    assert {name: value for name, value in fault.items() if name != "CorrelationId"} == {
        name: value for name, value in reference.items() if name != "CorrelationId"
    }


@pytest.mark.requirement("EWS-01")
def test_the_credential_is_checked_before_the_schema(state):
    assert state.call(BATCH, "BeginUpload", "<JobId>wrong</JobId>", header=security("la-ems", "wrong")).fault["Code"] == "VC-3001"
    assert state.call(BATCH, "NoSuchOperation", header=security("la-ems", "wrong")).fault["Code"] == "VC-3001"
    assert state.call(BATCH, "BeginUpload", "<JobId>wrong</JobId>").fault["Code"] == "VC-1005"


def test_a_password_of_another_kind_is_told_which_are_taken(state):
    profile = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
    fault = ping(state, security(kind=f' Type="{profile}#PasswordOther"')).fault
    assert fault["Code"] == "VC-3001"
    assert "PasswordText" in fault["Text"]
    assert ping(state, security(kind=f' Type="{profile}#PasswordText"')).status == 200


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"REMOTE_ADDR": "::1"}, None),
        ({"REMOTE_ADDR": "127.0.0.9"}, None),
        (REMOTE, "VC-3003"),
        (REMOTE | HTTPS, "VC-3003"),
        (REMOTE | {"wsgi.url_scheme": "https"}, None),
        (PROXY | HTTPS, None),
        (PROXY | {"HTTP_X_FORWARDED_PROTO": "http"}, "VC-3003"),
        (PROXY | {"HTTP_X_FORWARDED_PROTO": "https, http"}, "VC-3003"),
        (PROXY, "VC-3003"),
        ({"HTTP_X_FORWARDED_PROTO": "https"}, "VC-3003"),
        ({"HTTP_X_FORWARDED_FOR": "198.51.100.7"}, "VC-3003"),
        ({"REMOTE_ADDR": ""}, "VC-3003"),
    ],
)
def test_a_password_is_taken_where_nobody_else_can_read_it(state, environ, code):
    state.reconfigure(trusted_proxies=("10.0.0.0/24",))
    answer = ping(state, **environ)
    assert (answer.fault["Code"] if answer.status == 500 else None) == code


@pytest.mark.requirement("EWS-01")
def test_a_certificate_is_believed_from_configured_proxies_alone(state):
    save(state, credential("la-bound", "19", SECRET, certificate_subject="CN=la"))
    state.reconfigure(trusted_proxies=("10.0.0.5",), client_certificate_header="X-Client-Subject")
    bound = security("la-bound")
    right, wrong = {"HTTP_X_CLIENT_SUBJECT": "CN=la"}, {"HTTP_X_CLIENT_SUBJECT": "CN=other"}
    assert ping(state, bound, **PROXY, **HTTPS, **right).status == 200
    assert ping(state, bound, **PROXY, **HTTPS, **wrong).fault["Code"] == "VC-3001"
    assert ping(state, bound, **PROXY, **HTTPS).fault["Code"] == "VC-3001"
    assert ping(state, "", **PROXY, **HTTPS, **right).text("CountyCode") == "19"
    assert ping(state, "", **PROXY, **HTTPS, **wrong).fault["Code"] == "VC-3001"
    assert ping(state, "", **right).fault["Code"] == "VC-3001"
    assert ping(state, "", **{"REMOTE_ADDR": "10.0.0.6"}, **right).fault["Code"] == "VC-3001"


@pytest.mark.requirement("EWS-01")
def test_a_certificate_says_nothing_unless_it_is_switched_on(state):
    save(state, credential("la-bound", "19", SECRET, certificate_subject="CN=la"))
    state.reconfigure(trusted_proxies=("10.0.0.5",))
    assert ping(state, "", **PROXY, **HTTPS, HTTP_X_CLIENT_SUBJECT="CN=la").fault["Code"] == "VC-3001"


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({}, 200),
        (PROXY | HTTPS, 500),
        (REMOTE | {"wsgi.url_scheme": "https"}, 500),
        ({"HTTP_X_FORWARDED_FOR": "198.51.100.7", "wsgi.url_scheme": "https"}, 500),
    ],
    ids=["this machine", "proxy", "network", "unknown proxy on this machine"],
)
def test_a_bound_credential_is_good_on_this_machine_only_where_no_certificate_is_looked_at(state, environ, status):
    save(state, credential("la-bound", "19", SECRET, certificate_subject="CN=la"))
    state.reconfigure(trusted_proxies=("10.0.0.5",))
    assert ping(state, security("la-bound"), **environ).status == status
    assert ping(state, **environ).status == 200


@pytest.mark.requirement("EWS-01")
@pytest.mark.parametrize("environ", [{}, REMOTE | {"wsgi.url_scheme": "https"}], ids=["this machine", "network"])
def test_a_bound_credential_is_refused_past_the_proxy_that_hands_the_certificate_on(state, environ):
    save(state, credential("la-bound", "19", SECRET, certificate_subject="CN=la"))
    state.reconfigure(trusted_proxies=("10.0.0.5",), client_certificate_header="X-Client-Subject")
    assert ping(state, security("la-bound"), HTTP_X_CLIENT_SUBJECT="CN=la", **environ).fault["Code"] == "VC-3001"
    assert ping(state, **environ).status == 200


@pytest.mark.requirement("EWS-01", "VRU-03")
@pytest.mark.parametrize("operation", ["GetJobStatus", "GetJobResults", "AcknowledgeJob", "BeginUpload"])
def test_another_countys_job_is_not_told_apart_from_none(state, operation):
    digest = "<ByteCount>1</ByteCount><Sha256>" + "0" * 64 + "</Sha256><RecordCount>1</RecordCount><Compression>None</Compression>"
    rest = {"AcknowledgeJob": "<JobDecision>Started</JobDecision>", "BeginUpload": digest}.get(operation, "")
    others = state.call(BATCH, operation, f"<JobId>{state.add_job('34')}</JobId>{rest}").fault
    missing = state.call(BATCH, operation, f"<JobId>999999</JobId>{rest}").fault
    assert others["Code"] == missing["Code"] == "VC-2001"
    assert others["Text"] == missing["Text"]


@pytest.mark.requirement("EWS-01")
def test_no_message_of_another_county_is_read_or_cleared(state):
    state.add_messages(2, "34")
    assert state.call("ems-integration", "GetMessageQueue").text("MessagesRemaining") == "0"
    found = state.call("ems-integration", "GetMessages", "<MessageIds><MessageId>1</MessageId></MessageIds>")
    assert found.body.findtext("{*}MissingMessageIds/{*}MessageId") == "1"
    clearance = "<Clearances><Clearance><MessageId>1</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance></Clearances>"
    assert state.call("ems-integration", "ClearMessages", clearance).text("ClearResult") == "NotFound"
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.messages.depth("34") == 2


def test_the_operation_in_the_body_counts_not_the_soap_action(state):
    body = f'<Ping xmlns="{NAMESPACES[BATCH]}"/>'
    assert state.post(BATCH, envelope(body, security()), HTTP_SOAPACTION='"urn:votecal:batch-data-exchange:v1/CompleteUpload"').status == 200
