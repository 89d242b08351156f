"""What all web processes share about calls: nonces, budgets, alerts, payload logs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.call_guard import CredentialAlert, PayloadLogSetting


class CallGuardRepository(Protocol):
    """The tables used_nonce, call_budget, credential_alert and payload_log_setting."""

    def use_nonce(self, nonce_key: str, good_until: datetime) -> None:
        """Note a nonce; one that was used before raises Conflict ALREADY_EXISTS."""
        ...

    def take_calls(self, scope: str, minute: int, wanted: int, limit: int) -> int:
        """Take calls out of a minute's budget; how many of those wanted there were."""
        ...

    def note_attempts(self, username: str, attempts: int, at: datetime) -> bool:
        """Open an alert about a credential, or bring the open one up to date; whether it is new, or was read before and is open again."""
        ...

    def alerts(self, *, unread_only: bool) -> Sequence[CredentialAlert]:
        """Alerts, the latest first."""
        ...

    def read_alert(self, username: str, by: str, at: datetime) -> bool:
        """Somebody has read it; False when there is none that is unread."""
        ...

    def payload_logs(self) -> Sequence[PayloadLogSetting]:
        """Counties whose payloads are, or were, logged."""
        ...

    def save_payload_log(self, setting: PayloadLogSetting) -> None:
        """Insert or update."""
        ...

    def purge(self, nonces_before: datetime, budgets_before: datetime) -> None:
        """Forget nonces good until, and budgets of minutes before, these instants."""
        ...
