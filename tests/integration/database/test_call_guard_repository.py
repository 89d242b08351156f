"""Nonces, budgets, alerts and payload logs: the same in memory and on every database."""

from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.domain.call_guard import CredentialAlert, PayloadLogSetting
from votecal_soap.domain.counties import County, Credential
from votecal_soap.errors import Conflict, ErrorCode

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
MINUTE = int(NOW.timestamp()) // 60


@pytest.fixture
def guarded(uow_factory):
    with uow_factory() as uow:
        uow.reference.save_counties([County(county_code="19", name="Los Angeles", fips="06037")])
        for name in ("la", "la-2"):
            kept = Credential(username=name, county_code="19", secret_hmac="x", expires_at=None, revoked_at=None, certificate_subject=None)
            uow.reference.save_credential(kept)
        uow.commit()
    return uow_factory


def done(factory, act):
    with factory() as uow:
        result = act(uow.call_guard)
        uow.commit()
    return result


@pytest.mark.requirement("EWS-01")
def test_a_nonce_is_used_once_until_it_is_forgotten(guarded):
    done(guarded, lambda calls: calls.use_nonce("n", LATER))
    with pytest.raises(Conflict) as refused:
        done(guarded, lambda calls: calls.use_nonce("n", LATER))
    assert refused.value.code is ErrorCode.ALREADY_EXISTS
    done(guarded, lambda calls: calls.purge(nonces_before=LATER, budgets_before=NOW))
    with pytest.raises(Conflict):
        done(guarded, lambda calls: calls.use_nonce("n", LATER))
    done(guarded, lambda calls: calls.purge(nonces_before=LATER + timedelta(seconds=1), budgets_before=NOW))
    done(guarded, lambda calls: calls.use_nonce("n", LATER))


@pytest.mark.requirement("EWS-01")
def test_a_minutes_budget_is_given_out_once(guarded):
    takes = [("19", MINUTE), ("19", MINUTE), ("19", MINUTE), ("00", MINUTE), ("19", MINUTE + 1)]
    assert [done(guarded, lambda calls, take=take: calls.take_calls(*take, 6, 10)) for take in takes] == [6, 4, 0, 6, 6]
    done(guarded, lambda calls: calls.purge(nonces_before=NOW, budgets_before=NOW + timedelta(minutes=1)))
    assert [done(guarded, lambda calls, take=take: calls.take_calls(*take, 10, 10)) for take in takes[-2:]] == [10, 4]


@pytest.mark.requirement("EWS-01")
def test_an_alert_is_new_once_until_somebody_has_read_it(guarded):
    assert [done(guarded, lambda calls, at=at: calls.note_attempts("la", 10, at)) for at in (NOW, LATER)] == [True, False]
    assert done(guarded, lambda calls: calls.note_attempts("la-2", 12, NOW))
    assert done(guarded, lambda calls: calls.alerts(unread_only=True)) == [
        CredentialAlert("la", NOW, LATER, 10, None, None),
        CredentialAlert("la-2", NOW, NOW, 12, None, None),
    ]
    assert [done(guarded, lambda calls, name=name: calls.read_alert(name, "ada", LATER)) for name in ("la", "la", "nobody")] == [True, False, False]
    assert [alert.username for alert in done(guarded, lambda calls: calls.alerts(unread_only=True))] == ["la-2"]
    assert done(guarded, lambda calls: calls.alerts(unread_only=False))[0] == CredentialAlert("la", NOW, LATER, 10, "ada", LATER)
    assert done(guarded, lambda calls: calls.note_attempts("la", 11, LATER))
    assert done(guarded, lambda calls: calls.alerts(unread_only=True))[0] == CredentialAlert("la", LATER, LATER, 11, None, None)


@pytest.mark.requirement("OPS-05")
def test_who_is_logged_is_kept_by_county(guarded):
    assert done(guarded, lambda calls: calls.payload_logs()) == []
    for until in (LATER, NOW):
        done(guarded, lambda calls, until=until: calls.save_payload_log(PayloadLogSetting("19", until, "ada", NOW)))
    assert done(guarded, lambda calls: calls.payload_logs()) == [PayloadLogSetting("19", NOW, "ada", NOW)]
