"""EWS-01 A call is authenticated, and acts for the one county that its credential belongs to."""

from dataclasses import dataclass, field
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash, matches
from votecal_soap.domain.counties import Caller, Credential
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.ports import UnitOfWorkFactory

_NOBODY: Final = keyed_hash(generate_secret(), b"nobody")
"""What an unknown user's secret is compared with, so that the answer takes as long as for a known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCredential:
    """What a call brings: a user name with its secret, a client certificate's subject, or both.

    `certificate_subject` comes from a source that can be believed, or is None. `checks_certificates` says that certificates
    are looked at here at all, `is_local` that the call was made on this machine. `place` is where in the call the credential is looked for.
    """

    username: str | None
    secret: str | None = field(repr=False)
    certificate_subject: str | None
    checks_certificates: bool
    is_local: bool
    place: str


def authenticate(presented: PresentedCredential, unit_of_work: UnitOfWorkFactory, clock: Clock, key: bytes) -> Caller:
    """Say who calls. Unknown, wrong, expired and revoked are one and the same refusal."""
    credential = _find(presented, unit_of_work)
    stored = credential.secret_hmac if credential else _NOBODY
    has_secret = matches(presented.secret, stored, key) if presented.secret is not None else _is_certified(presented)
    if credential is None or not has_secret or not _is_valid(credential, clock) or not _certificate_fits(credential, presented):
        raise NotAllowed(ErrorCode.NOT_AUTHENTICATED, "The credential is missing, wrong, expired or revoked.", ref=presented.place)
    return Caller(username=credential.username, county_code=credential.county_code, credential_expires_at=credential.expires_at)


def _find(presented: PresentedCredential, unit_of_work: UnitOfWorkFactory) -> Credential | None:
    with unit_of_work(read_only=True) as uow:
        if presented.username is not None:
            return uow.reference.credential(presented.username)
        if _is_certified(presented):
            return uow.reference.credential_by_certificate(presented.certificate_subject or "")
    return None


def _is_certified(presented: PresentedCredential) -> bool:
    """A certificate alone is enough, but only when no user name is given."""
    return bool(presented.certificate_subject) and presented.username is None


def _is_valid(credential: Credential, clock: Clock) -> bool:
    return credential.revoked_at is None and (credential.expires_at is None or clock.now() < credential.expires_at)


def _certificate_fits(credential: Credential, presented: PresentedCredential) -> bool:
    """A credential that is bound to a subject is good with that one only; where none is looked at, on this machine only."""
    bound = credential.certificate_subject
    if bound is None:
        return True
    return presented.certificate_subject == bound if presented.checks_certificates else presented.is_local
