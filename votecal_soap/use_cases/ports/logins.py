"""Logins and sessions of the console."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from votecal_soap.domain.sign_in import ConsoleSession, Failures, StaffLogin


class LoginRepository(Protocol):
    """The tables staff_login, console_session and sign_in_counter."""

    def login(self, user_name: str) -> StaffLogin | None:
        """What a person signs in with; None when nothing was ever given."""
        ...

    def save_login(self, login: StaffLogin) -> None:
        """Insert or update, the last accepted step included."""
        ...

    def use_step(self, user_name: str, step: int) -> bool:
        """Note that a code of this time step was accepted; False when it, or a later one, was before."""
        ...

    def failures(self, counters: Sequence[str]) -> Mapping[str, Failures]:
        """Wrong attempts by counter; counters are keyed hashes, and those without any are left out."""
        ...

    def note_failure(self, counter: str, at: datetime, *, forgiven_before: datetime) -> None:
        """Count one more, from zero when the last was before that instant."""
        ...

    def note_success(self, counter: str, at: datetime) -> None:
        """Count from zero again."""
        ...

    def add_session(self, session: ConsoleSession) -> None:
        """Insert."""
        ...

    def session(self, token_hash: str) -> ConsoleSession | None:
        """One session, ended by itself or not."""
        ...

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """It was seen."""
        ...

    def end_session(self, token_hash: str) -> None:
        """Delete; nothing happens when there is none."""
        ...

    def end_sessions_of(self, user_name: str) -> int:
        """Delete all of a person; how many there were."""
        ...

    def purge(self, *, sessions_before: datetime, counters_before: datetime) -> None:
        """Forget sessions begun and counters touched before these instants (OPS-05)."""
        ...
