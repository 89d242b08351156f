"""T1.1 A person signs in to the console with a password and a one-time code; guessing takes ever more time.

Whichever part was wrong, the answer is the same and takes as long. The parts are asked for together, so that nobody
learns that a password was right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash
from votecal_soap.domain.sign_in import FORGIVEN_AFTER, NO_FAILURES, OF_ACCOUNT, OF_PAIR, OF_SOURCE, ConsoleSession, Failures, StaffLogin
from votecal_soap.errors import ErrorCode, NotAllowed, Unavailable
from votecal_soap.one_time_codes import shared_secret, step_of
from votecal_soap.passwords import NOBODYS_HASH, is_password
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

_NOBODYS_NUMBER: Final = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a person gave, and the address that it came from."""

    user_name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    source_address: str


class _Counters(NamedTuple):
    """The keys that attempts are counted by."""

    pair: str
    source: str
    account: str


def sign_in(command: SignIn, unit_of_work: UnitOfWorkFactory, clock: Clock, key: bytes) -> str:
    """The token of a new session, for the browser's cookie; the database keeps a hash of it.

    Raises:
        NotAllowed: NOT_AUTHENTICATED.
        Unavailable: THROTTLED, with the seconds to wait; nothing was looked at.
    """
    counters, now = _counters(command, key), clock.now()
    with unit_of_work(read_only=True) as uow:
        _refuse_while_held(uow.logins.failures(counters), counters, now)
        login = uow.logins.login(command.user_name) or StaffLogin(user_name=command.user_name)
    step = _accepted_step(command, login, now, key)
    token = generate_secret()
    with unit_of_work() as uow:
        if step is None or not uow.logins.use_step(command.user_name, step):
            _note_failure(uow, command, counters, now)
            uow.commit()
            raise NotAllowed(ErrorCode.NOT_AUTHENTICATED, "User name, password or code is wrong, or the code was used before.")
        _begin_session(uow, command, counters, ConsoleSession(keyed_hash(token, key), command.user_name, now, now))
        uow.commit()
    return token


def _counters(command: SignIn, key: bytes) -> _Counters:
    account, source = command.user_name, command.source_address
    return _Counters(*(keyed_hash(text, key) for text in (f"pair|{account}|{source}", f"source|{source}", f"account|{account}")))


def _refuse_while_held(failures: Mapping[str, Failures], counters: _Counters, now: datetime) -> None:
    of_pair = failures.get(counters.pair, NO_FAILURES)
    held = [OF_PAIR.held_until(of_pair, now), OF_SOURCE.held_until(failures.get(counters.source, NO_FAILURES), now)]
    if of_pair.succeeded_at is None:
        # Guessers elsewhere do not keep a person out of where she has signed in before.
        held.append(OF_ACCOUNT.held_until(failures.get(counters.account, NO_FAILURES), now))
    until = max((instant for instant in held if instant is not None), default=None)
    if until is not None and now < until:
        wait = int((until - now).total_seconds()) + 1
        raise Unavailable(ErrorCode.THROTTLED, f"There were too many wrong attempts. Try again in {wait} s.", retry_after_seconds=wait)


def _accepted_step(command: SignIn, login: StaffLogin, now: datetime, key: bytes) -> int | None:
    """The code's time step when all is right; every part is always computed."""
    has_password = is_password(command.password, login.password_hash or NOBODYS_HASH)
    secret = shared_secret(login.user_name, login.authenticator_number or _NOBODYS_NUMBER, key)
    step = step_of(command.code, secret, now)
    is_complete = login.password_hash is not None and login.authenticator_number is not None
    return step if has_password and is_complete else None


def _note_failure(uow: UnitOfWork, command: SignIn, counters: _Counters, now: datetime) -> None:
    for counter in counters:
        uow.logins.note_failure(counter, now, forgiven_before=now - FORGIVEN_AFTER)
    # What was typed as a name may be a password: only a person's is written down.
    if uow.reference.staff_user(command.user_name) is not None:
        record_change(uow, at=now, actor=command.user_name, action="SignInRefused", subject=("staff_user", command.user_name))


def _begin_session(uow: UnitOfWork, command: SignIn, counters: _Counters, session: ConsoleSession) -> None:
    for counter in (counters.pair, counters.account):
        uow.logins.note_success(counter, session.begun_at)
    uow.logins.add_session(session)
    record_change(uow, at=session.begun_at, actor=command.user_name, action="SignIn", subject=("staff_user", command.user_name))
