"""EWS-01 An administrator gives a credential a secret for PasswordDigest, apart from its other secret.

A digest can only be checked by whoever can read the secret. So it is kept encrypted, while the other one stays a hash.
"""

from dataclasses import dataclass, replace

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.secret_box import SecretBox
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.add_credential import IssuedSecret, existing_credential
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDigestSecret:
    """Which credential."""

    username: str
    acting_user: str


def give_digest_secret(command: GiveDigestSecret, uow: UnitOfWork, clock: Clock, box: SecretBox) -> IssuedSecret:
    """Store a new secret for digests in place of any before, and give it back."""
    if not box.has_key:
        raise InvalidRequest(ErrorCode.SETTING_WRONG, "The key that secrets for digests are encrypted with is not set.", ref="VOTECAL_DIGEST_KEYS")
    secret = generate_secret()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        old = existing_credential(uow, command.username)
        if old.revoked_at is not None:
            raise Conflict(ErrorCode.ALREADY_EXISTS, f"The credential {command.username} is revoked for good: issue another.", ref="username")
        new = replace(old, digest_secret=box.seal(secret, old.username))
        uow.reference.save_credential(new)
        subject = ("credential", old.username)
        record_change(uow, at=clock.now(), actor=command.acting_user, action="GiveDigestSecret", subject=subject, county_code=old.county_code)
        uow.commit()
    return IssuedSecret(credential=new, secret=secret)
