"""EWS-01 A county is issued its next credential beside the one in use, so that it can switch when it suits it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Credential
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.add_credential import AddCredential, IssuedSecret, keep_new
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

MOST: Final = 2
"""Valid credentials of a county that is issued another: the one in use, and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCredential:
    """For whom; `username` None takes the next free name, `overlap` None leaves the one in use as it is.

    `certificate_subject` None binds the new one to the certificate of the one in use, if that is bound.
    """

    county_code: str
    acting_user: str
    username: str | None = None
    expires_at: datetime | None = None
    overlap: timedelta | None = None
    certificate_subject: str | None = None


def issue(command: IssueCredential, uow: UnitOfWork, clock: Clock, key: bytes) -> tuple[IssuedSecret, list[Credential]]:
    """The new credential with its secret, and those in use with the expiry that they have now.

    Raises:
        Conflict: ALREADY_EXISTS when two are valid already.
    """
    now = clock.now()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        theirs = uow.reference.credentials(command.county_code)
        valid = [credential for credential in theirs if credential.is_valid(now)]
        if len(valid) >= MOST:
            names = " and ".join(credential.username for credential in valid)
            text = f"County {command.county_code} has valid credentials already: {names}. Revoke one, or let it expire, first."
            raise Conflict(ErrorCode.ALREADY_EXISTS, text, ref="county")
        username = command.username or _free_name(uow, command.county_code)
        new = AddCredential(
            username=username,
            county_code=command.county_code,
            acting_user=command.acting_user,
            expires_at=command.expires_at,
            certificate_subject=command.certificate_subject or _binding(valid),
        )
        issued = keep_new(new, uow, now, key)
        older = [_shortened(uow, credential, command, now) for credential in valid]
        uow.commit()
    return issued, older


def _free_name(uow: UnitOfWork, county_code: str) -> str:
    return next(name for number in count(1) if uow.reference.credential(name := f"county{county_code}-{number}") is None)


def _binding(valid: Iterable[Credential]) -> str | None:
    """A county that has to show a certificate still has to with its next credential."""
    return next((credential.certificate_subject for credential in valid if credential.certificate_subject), None)


def _shortened(uow: UnitOfWork, credential: Credential, command: IssueCredential, now: datetime) -> Credential:
    if command.overlap is None:
        return credential
    end = now + command.overlap
    if credential.expires_at is not None and credential.expires_at <= end:
        return credential
    return set_expiry(uow, credential, end, command.acting_user, now)


def set_expiry(uow: UnitOfWork, credential: Credential, expires_at: datetime | None, acting_user: str, now: datetime) -> Credential:
    """Set when a credential ends, and write it down; the caller commits."""
    ending = replace(credential, expires_at=expires_at)
    uow.reference.save_credential(ending)
    record_change(
        uow,
        at=now,
        actor=acting_user,
        action="ExpireCredential",
        subject=("credential", credential.username),
        county_code=credential.county_code,
        old={"expires_at": credential.expires_at},
        new={"expires_at": expires_at},
    )
    return ending
