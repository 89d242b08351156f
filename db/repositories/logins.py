"""Logins and sessions of the console."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, case, delete, insert, or_, select, update

from db.repositories.upserts import upsert_row
from db.tables import console_session, sign_in_counter, staff_login
from votecal_soap.domain.sign_in import STEPS_AHEAD, ConsoleSession, Failures, StaffLogin


class SqlLoginRepository:
    """The tables staff_login, console_session and sign_in_counter."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def login(self, user_name: str) -> StaffLogin | None:
        """What a person signs in with; None when nothing was ever given."""
        row = self._connection.execute(select(staff_login).where(staff_login.c.user_name == user_name)).one_or_none()
        return None if row is None else StaffLogin(**row._mapping)

    def save_login(self, login: StaffLogin) -> None:
        """Insert or update, the last accepted step included."""
        upsert_row(self._connection, staff_login, asdict(login))

    def use_step(self, user_name: str, step: int) -> bool:
        """Note that a code of this time step was accepted; False when it, or a later one, was before."""
        last = staff_login.c.last_step
        unused = update(staff_login).where(staff_login.c.user_name == user_name, or_(last.is_(None), last < step, last > step + STEPS_AHEAD))
        return self._connection.execute(unused.values(last_step=step)).rowcount == 1

    def failures(self, counters: Sequence[str]) -> Mapping[str, Failures]:
        """Wrong attempts by counter; counters are keyed hashes, and those without any are left out."""
        rows = self._connection.execute(select(sign_in_counter).where(sign_in_counter.c.counter_key.in_(counters)))
        return {row.counter_key: Failures(row.failure_count, row.last_failed_at, row.succeeded_at) for row in rows}

    def note_failure(self, counter: str, at: datetime, *, forgiven_before: datetime) -> None:
        """Count one more, from zero when the last was before that instant."""
        count = sign_in_counter.c.failure_count
        more = case((sign_in_counter.c.last_failed_at < forgiven_before, 1), else_=count + 1)
        counted = update(sign_in_counter).where(sign_in_counter.c.counter_key == counter)
        if self._connection.execute(counted.values(failure_count=more, last_failed_at=at, touched_at=at)).rowcount == 0:
            self._connection.execute(insert(sign_in_counter).values(counter_key=counter, failure_count=1, last_failed_at=at, touched_at=at))

    def note_success(self, counter: str, at: datetime) -> None:
        """Count from zero again."""
        row = {"counter_key": counter, "failure_count": 0, "last_failed_at": None, "succeeded_at": at, "touched_at": at}
        upsert_row(self._connection, sign_in_counter, row)

    def add_session(self, session: ConsoleSession) -> None:
        """Insert."""
        self._connection.execute(insert(console_session).values(session._asdict()))

    def session(self, token_hash: str) -> ConsoleSession | None:
        """One session, ended by itself or not."""
        row = self._connection.execute(select(console_session).where(console_session.c.token_hash == token_hash)).one_or_none()
        return None if row is None else ConsoleSession._make(row)

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """It was seen."""
        self._connection.execute(update(console_session).where(console_session.c.token_hash == token_hash).values(last_seen_at=at))

    def end_session(self, token_hash: str) -> None:
        """Delete; nothing happens when there is none."""
        self._connection.execute(delete(console_session).where(console_session.c.token_hash == token_hash))

    def end_sessions_of(self, user_name: str) -> int:
        """Delete all of a person; how many there were."""
        return self._connection.execute(delete(console_session).where(console_session.c.user_name == user_name)).rowcount

    def purge(self, *, sessions_before: datetime, counters_before: datetime) -> None:
        """Forget sessions begun and counters touched before these instants (OPS-05)."""
        self._connection.execute(delete(console_session).where(console_session.c.begun_at < sessions_before))
        self._connection.execute(delete(sign_in_counter).where(sign_in_counter.c.touched_at < counters_before))
