"""Nonces, budgets, alerts and payload logs in memory."""

from collections.abc import Sequence
from datetime import datetime

from fakes.state import FakeState

from votecal_soap.domain.call_guard import CredentialAlert, PayloadLogSetting
from votecal_soap.errors import Conflict, ErrorCode


class FakeCallGuardRepository:
    """See `ports.CallGuardRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def use_nonce(self, nonce_key: str, good_until: datetime) -> None:
        if nonce_key in self._state.nonces:
            raise Conflict(ErrorCode.ALREADY_EXISTS, "There is one like it already.")
        self._state.nonces[nonce_key] = good_until

    def take_calls(self, scope: str, minute: int, wanted: int, limit: int) -> int:
        taken = self._state.budgets.get((scope, minute), 0)
        granted = max(0, min(wanted, limit - taken))
        self._state.budgets[scope, minute] = taken + granted
        return granted

    def note_attempts(self, username: str, attempts: int, at: datetime) -> bool:
        before = self._state.alerts.get(username)
        is_new = before is None or before.read_by is not None
        opened_at = at if before is None or is_new else before.opened_at
        self._state.alerts[username] = CredentialAlert(username, opened_at, at, attempts, None, None)
        return is_new

    def alerts(self, *, unread_only: bool) -> Sequence[CredentialAlert]:
        found = sorted(self._state.alerts.values(), key=lambda alert: alert.username)
        return [alert for alert in sorted(found, key=lambda alert: alert.last_at, reverse=True) if not (unread_only and alert.read_by)]

    def read_alert(self, username: str, by: str, at: datetime) -> bool:
        alert = self._state.alerts.get(username)
        if alert is None or alert.read_by is not None:
            return False
        self._state.alerts[username] = alert._replace(read_by=by, read_at=at)
        return True

    def payload_logs(self) -> Sequence[PayloadLogSetting]:
        return [setting for _, setting in sorted(self._state.payload_logs.items())]

    def save_payload_log(self, setting: PayloadLogSetting) -> None:
        self._state.payload_logs[setting.county_code] = setting

    def purge(self, nonces_before: datetime, budgets_before: datetime) -> None:
        self._state.nonces = {key: until for key, until in self._state.nonces.items() if until >= nonces_before}
        first = int(budgets_before.timestamp()) // 60
        self._state.budgets = {key: count for key, count in self._state.budgets.items() if key[1] >= first}
