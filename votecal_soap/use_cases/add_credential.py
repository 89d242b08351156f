"""EWS-01 An administrator gives a county a machine credential; the secret is shown once and stored as a keyed HMAC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash
from votecal_soap.domain.counties import Credential
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

USERNAME_LENGTH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCredential:
    """Whose credential, until when, and bound to which client certificate."""

    username: str
    county_code: str
    acting_user: str
    expires_at: datetime | None = None
    certificate_subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSecret:
    """A credential with the secret that nobody can read again."""

    credential: Credential
    secret: str = field(repr=False)


def add(command: AddCredential, uow: UnitOfWork, clock: Clock, key: bytes) -> IssuedSecret:
    """Store a new credential and give its secret back."""
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        issued = keep_new(command, uow, clock.now(), key)
        uow.commit()
    return issued


def keep_new(command: AddCredential, uow: UnitOfWork, now: datetime, key: bytes) -> IssuedSecret:
    """Store a new credential in a transaction that the caller commits."""
    _check(command, now)
    _check_free(command, uow)
    secret = generate_secret()
    credential = Credential(
        username=command.username,
        county_code=command.county_code,
        secret_hmac=keyed_hash(secret, key),
        expires_at=command.expires_at,
        revoked_at=None,
        certificate_subject=command.certificate_subject,
    )
    uow.reference.save_credential(credential)
    record_change(
        uow,
        at=now,
        actor=command.acting_user,
        action="AddCredential",
        subject=("credential", command.username),
        county_code=command.county_code,
        new={"expires_at": command.expires_at, "certificate_subject": command.certificate_subject},
    )
    return IssuedSecret(credential=credential, secret=secret)


def listed(uow: UnitOfWork, county_code: str | None = None) -> list[Credential]:
    """Credentials, revoked ones included."""
    with uow:
        return uow.reference.credentials(county_code)


def existing_credential(uow: UnitOfWork, username: str) -> Credential:
    """The credential, or NotFound."""
    credential = uow.reference.credential(username)
    if credential is None:
        raise NotFound(ErrorCode.USER_NOT_FOUND, f"There is no credential {username}.", ref="username")
    return credential


def _check(command: AddCredential, now: datetime) -> None:
    if not command.username or len(command.username) > USERNAME_LENGTH or not command.username.isprintable() or " " in command.username:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A user name has 1 to {USERNAME_LENGTH} printable characters without blanks.", ref="username")
    if command.expires_at is not None and command.expires_at <= now:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The expiry is in the past.", ref="expires")


def _check_free(command: AddCredential, uow: UnitOfWork) -> None:
    if uow.reference.county(command.county_code) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
    if uow.reference.credential(command.username) is not None:
        raise Conflict(ErrorCode.ALREADY_EXISTS, f"The credential {command.username} exists, perhaps revoked: rotate it or take another name.", ref="username")
    bound = uow.reference.credential_by_certificate(command.certificate_subject) if command.certificate_subject else None
    # A certificate alone says which county calls; the county's own next credential goes with the same one.
    if bound is not None and bound.revoked_at is None and bound.county_code != command.county_code:
        raise Conflict(ErrorCode.ALREADY_EXISTS, "A credential of another county is bound to this certificate.", ref="certificate-subject")
