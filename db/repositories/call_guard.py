"""What all web processes share about calls: nonces, budgets, alerts, payload logs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from db.repositories.upserts import upsert_row
from db.tables import call_budget, credential_alert, payload_log_setting, used_nonce
from votecal_soap.domain.call_guard import CredentialAlert, PayloadLogSetting
from votecal_soap.errors import Conflict


class SqlCallGuardRepository:
    """The tables used_nonce, call_budget, credential_alert and payload_log_setting."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def use_nonce(self, nonce_key: str, good_until: datetime) -> None:
        """Note a nonce; the primary key decides between two processes that see it at once."""
        self._connection.execute(insert(used_nonce).values(nonce_key=nonce_key, good_until=good_until))

    def take_calls(self, scope: str, minute: int, wanted: int, limit: int) -> int:
        """Take calls out of a minute's budget; how many of those wanted there were."""
        mine = (call_budget.c.scope == scope, call_budget.c.minute_number == minute)
        taken = self._connection.execute(select(call_budget.c.taken_count).where(*mine).with_for_update()).scalar()
        if taken is None:
            self._begin_minute(scope, minute)
            taken = self._connection.execute(select(call_budget.c.taken_count).where(*mine).with_for_update()).scalar_one()
        granted = max(0, min(wanted, limit - int(taken)))
        if granted:
            self._connection.execute(update(call_budget).where(*mine).values(taken_count=taken + granted))
        return granted

    def _begin_minute(self, scope: str, minute: int) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(call_budget).values(scope=scope, minute_number=minute, taken_count=0))
        except Conflict:
            return  # another process has begun it

    def note_attempts(self, username: str, attempts: int, at: datetime) -> bool:
        """Open an alert about a credential, or bring the open one up to date; whether SOS is to hear of it anew."""
        mine = credential_alert.c.username == username
        unread = update(credential_alert).where(mine, credential_alert.c.read_by.is_(None))
        if self._connection.execute(unread.values(last_at=at, attempt_count=attempts)).rowcount:
            return False
        row = {"username": username, "opened_at": at, "last_at": at, "attempt_count": attempts, "read_by": None, "read_at": None}
        upsert_row(self._connection, credential_alert, row)
        return True

    def alerts(self, *, unread_only: bool) -> Sequence[CredentialAlert]:
        """Alerts, the latest first."""
        wanted = select(credential_alert).order_by(credential_alert.c.last_at.desc(), credential_alert.c.username)
        if unread_only:
            wanted = wanted.where(credential_alert.c.read_by.is_(None))
        return [CredentialAlert._make(row) for row in self._connection.execute(wanted)]

    def read_alert(self, username: str, by: str, at: datetime) -> bool:
        """Somebody has read it; False when there is none that is unread."""
        unread = update(credential_alert).where(credential_alert.c.username == username, credential_alert.c.read_by.is_(None))
        return self._connection.execute(unread.values(read_by=by, read_at=at)).rowcount == 1

    def payload_logs(self) -> Sequence[PayloadLogSetting]:
        """Counties whose payloads are, or were, logged."""
        rows = self._connection.execute(select(payload_log_setting).order_by(payload_log_setting.c.county_code))
        return [PayloadLogSetting._make(row) for row in rows]

    def save_payload_log(self, setting: PayloadLogSetting) -> None:
        """Insert or update."""
        upsert_row(self._connection, payload_log_setting, setting._asdict())

    def purge(self, nonces_before: datetime, budgets_before: datetime) -> None:
        """Forget nonces good until, and budgets of minutes before, these instants."""
        self._connection.execute(delete(used_nonce).where(used_nonce.c.good_until < nonces_before))
        self._connection.execute(delete(call_budget).where(call_budget.c.minute_number < int(budgets_before.timestamp()) // 60))
