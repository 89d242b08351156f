"""EWS-01 An administrator sets when a credential ends; the county reads it from Ping."""

from dataclasses import dataclass
from datetime import datetime

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Credential
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.add_credential import existing_credential
from votecal_soap.use_cases.issue_credential import set_expiry
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireCredential:
    """Which credential, and until when; `expires_at` None: it does not end by itself."""

    username: str
    acting_user: str
    expires_at: datetime | None


def expire(command: ExpireCredential, uow: UnitOfWork, clock: Clock) -> Credential:
    """The credential with its new end; one that is past may be given a later one again."""
    now = clock.now()
    if command.expires_at is not None and command.expires_at <= now:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The expiry is in the past: to end it now, revoke it.", ref="at")
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        credential = existing_credential(uow, command.username)
        if credential.revoked_at is not None:
            raise Conflict(ErrorCode.ALREADY_EXISTS, f"The credential {command.username} is revoked for good: issue another.", ref="username")
        ending = set_expiry(uow, credential, command.expires_at, command.acting_user, now)
        uow.commit()
    return ending
