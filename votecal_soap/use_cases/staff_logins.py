"""T1.1 What people sign in to the console with; a password and an authenticator's secret are shown once, when they are made."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.sign_in import StaffLogin
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.one_time_codes import app_address, shared_secret
from votecal_soap.passwords import NOBODYS_HASH, generate_password, hash_password, is_password
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

PASSWORD_LENGTHS: Final = range(12, 129)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLogin:
    """Whose login, and who changes it."""

    user_name: str
    acting_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOwnPassword:
    """The old one proves who asks."""

    user_name: str
    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAuthenticator:
    """What an authenticator app is given: by hand, or as a QR code of the address."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def give_password(command: ChangeLogin, uow: UnitOfWork, clock: Clock) -> str:
    """A new password in place of the old; every session of the person ends."""
    password = generate_password()
    with uow:
        login = _login_to_change(command, uow)
        _save(uow, replace(login, password_hash=hash_password(password), password_set_at=clock.now()), command.acting_user, "GivePassword", clock)
        uow.commit()
    return password


def give_authenticator(command: ChangeLogin, uow: UnitOfWork, clock: Clock, key: bytes) -> NewAuthenticator:
    """A new secret for the person's app in place of the old; every session of the person ends."""
    number = secrets.token_hex(16)
    with uow:
        login = _login_to_change(command, uow)
        given = replace(login, authenticator_number=number, authenticator_set_at=clock.now(), last_step=None)
        _save(uow, given, command.acting_user, "GiveAuthenticator", clock)
        uow.commit()
    secret = shared_secret(command.user_name, number, key)
    return NewAuthenticator(secret=secret, address=app_address(command.user_name, secret))


def take_away(command: ChangeLogin, uow: UnitOfWork, clock: Clock) -> None:
    """No password opens the console for the person any more, and every session ends."""
    with uow:
        login = _login_to_change(command, uow)
        _save(uow, StaffLogin(user_name=login.user_name), command.acting_user, "TakeLoginAway", clock)
        uow.commit()


def change_own_password(command: ChangeOwnPassword, uow: UnitOfWork, clock: Clock) -> None:
    """The person's own choice in place of the old; every session of the person ends, this one too."""
    if len(command.new) not in PASSWORD_LENGTHS:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A password has {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters.", ref="new")
    new_hash = hash_password(command.new)
    with uow:
        login = uow.logins.login(command.user_name)
        if not is_password(command.old, (login and login.password_hash) or NOBODYS_HASH) or login is None:
            raise NotAllowed(ErrorCode.NOT_AUTHENTICATED, "The old password is wrong.", ref="old")
        _save(uow, replace(login, password_hash=new_hash, password_set_at=clock.now()), command.user_name, "ChangePassword", clock)
        uow.commit()


def _login_to_change(command: ChangeLogin, uow: UnitOfWork) -> StaffLogin:
    require_role(uow, command.acting_user, ADMINISTRATORS)
    if uow.reference.staff_user(command.user_name) is None:
        raise NotFound(ErrorCode.USER_NOT_FOUND, f"There is no user {command.user_name}; add the person first.", ref="user")
    return uow.logins.login(command.user_name) or StaffLogin(user_name=command.user_name)


def _save(uow: UnitOfWork, login: StaffLogin, acting_user: str, action: str, clock: Clock) -> None:
    uow.logins.save_login(login)
    ended = uow.logins.end_sessions_of(login.user_name)
    record_change(uow, at=clock.now(), actor=acting_user, action=action, subject=("staff_user", login.user_name), new={"sessions_ended": ended})
