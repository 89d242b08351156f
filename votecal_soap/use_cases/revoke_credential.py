"""EWS-01 An administrator revokes a credential: from the next call on it opens nothing."""

from dataclasses import dataclass, replace

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Credential
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.add_credential import existing_credential
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCredential:
    """Which credential, and who revokes it."""

    username: str
    acting_user: str


def revoke(command: RevokeCredential, uow: UnitOfWork, clock: Clock) -> Credential:
    """Revoke it; revoking again changes nothing."""
    now = clock.now()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        credential = existing_credential(uow, command.username)
        if credential.revoked_at is not None:
            return credential
        revoked = replace(credential, revoked_at=now)
        uow.reference.save_credential(revoked)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="RevokeCredential",
            subject=("credential", command.username),
            county_code=credential.county_code,
            new={"revoked_at": now},
        )
        uow.commit()
    return revoked
