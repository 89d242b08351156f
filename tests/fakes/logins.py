"""Logins and sessions in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from fakes.state import FakeState

from votecal_soap.domain.sign_in import NO_FAILURES, STEPS_AHEAD, ConsoleSession, Failures, StaffLogin


class FakeLoginRepository:
    """See `ports.LoginRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def login(self, user_name: str) -> StaffLogin | None:
        return self._state.logins.get(user_name)

    def save_login(self, login: StaffLogin) -> None:
        self._state.logins[login.user_name] = login

    def use_step(self, user_name: str, step: int) -> bool:
        login = self._state.logins[user_name]
        if login.last_step is not None and step <= login.last_step <= step + STEPS_AHEAD:
            return False
        self._state.logins[user_name] = replace(login, last_step=step)
        return True

    def failures(self, counters: Sequence[str]) -> Mapping[str, Failures]:
        return {counter: self._state.failures[counter][0] for counter in counters if counter in self._state.failures}

    def note_failure(self, counter: str, at: datetime, *, forgiven_before: datetime) -> None:
        before = self._state.failures.get(counter, (NO_FAILURES, at))[0]
        count = 1 if before.last_at is not None and before.last_at < forgiven_before else before.in_a_row + 1
        self._state.failures[counter] = (Failures(count, at, before.succeeded_at), at)

    def note_success(self, counter: str, at: datetime) -> None:
        self._state.failures[counter] = (Failures(0, None, at), at)

    def add_session(self, session: ConsoleSession) -> None:
        self._state.sessions[session.token_hash] = session

    def session(self, token_hash: str) -> ConsoleSession | None:
        return self._state.sessions.get(token_hash)

    def touch_session(self, token_hash: str, at: datetime) -> None:
        self._state.sessions[token_hash] = self._state.sessions[token_hash]._replace(last_seen_at=at)

    def end_session(self, token_hash: str) -> None:
        self._state.sessions.pop(token_hash, None)

    def end_sessions_of(self, user_name: str) -> int:
        mine = [key for key, session in self._state.sessions.items() if session.user_name == user_name]
        for key in mine:
            del self._state.sessions[key]
        return len(mine)

    def purge(self, *, sessions_before: datetime, counters_before: datetime) -> None:
        self._state.sessions = {key: session for key, session in self._state.sessions.items() if session.begun_at >= sessions_before}
        self._state.failures = {key: kept for key, kept in self._state.failures.items() if kept[1] >= counters_before}
