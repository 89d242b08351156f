"""EWS-01 An administrator replaces a credential's secret; the old one, and its secret for digests, stop at once.

A county that cannot switch in an instant is issued a second credential instead (`issue_credential`).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.add_credential import IssuedSecret, existing_credential
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateCredential:
    """Which credential; `expires_at` None keeps the expiry it has."""

    username: str
    acting_user: str
    expires_at: datetime | None = None


def rotate(command: RotateCredential, uow: UnitOfWork, clock: Clock, key: bytes) -> IssuedSecret:
    """Store a new secret and give it back."""
    now = clock.now()
    if command.expires_at is not None and command.expires_at <= now:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The expiry is in the past.", ref="expires")
    secret = generate_secret()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        old = existing_credential(uow, command.username)
        if old.revoked_at is not None:
            raise Conflict(ErrorCode.ALREADY_EXISTS, f"The credential {command.username} is revoked for good: add another.", ref="username")
        new = replace(old, secret_hmac=keyed_hash(secret, key), expires_at=command.expires_at or old.expires_at, digest_secret=None)
        uow.reference.save_credential(new)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="RotateCredential",
            subject=("credential", command.username),
            county_code=old.county_code,
            old={"expires_at": old.expires_at},
            new={"expires_at": new.expires_at},
        )
        uow.commit()
    return IssuedSecret(credential=new, secret=secret)
