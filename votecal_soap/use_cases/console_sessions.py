"""Sessions of the console: kept at the state, so that one place ends them (T1.1)."""

from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.sign_in import SessionTimes, SignedIn
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

_SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last page of a session is known: not every page is worth a write."""


def resume(token: str, unit_of_work: UnitOfWorkFactory, clock: Clock, key: bytes, times: SessionTimes) -> SignedIn | None:
    """Who a browser's session belongs to, with the role that the person has now; None when it is over."""
    token_hash, now = keyed_hash(token, key), clock.now()
    with unit_of_work(read_only=True) as uow:
        session = uow.logins.session(token_hash)
        person = None if session is None else uow.reference.staff_user(session.user_name)
    if session is None or person is None or times.has_ended(session, now):
        return None
    if abs(now - session.last_seen_at) >= _SEEN_EVERY:
        with unit_of_work() as uow:
            uow.logins.touch_session(token_hash, now)
            uow.commit()
    return SignedIn(person, session)


def sign_out(signed_in: SignedIn, uow: UnitOfWork, clock: Clock) -> None:
    """End this session."""
    user_name = signed_in.person.user_name
    with uow:
        uow.logins.end_session(signed_in.session.token_hash)
        record_change(uow, at=clock.now(), actor=user_name, action="SignOut", subject=("staff_user", user_name))
        uow.commit()


def end_sessions(user_name: str, acting_user: str, uow: UnitOfWork, clock: Clock) -> int:
    """End all sessions of a person, as the person or an administrator; how many there were."""
    with uow:
        if acting_user != user_name:
            require_role(uow, acting_user, ADMINISTRATORS)
        ended = uow.logins.end_sessions_of(user_name)
        record_change(uow, at=clock.now(), actor=acting_user, action="EndSessions", subject=("staff_user", user_name), new={"ended": ended})
        uow.commit()
    return ended
