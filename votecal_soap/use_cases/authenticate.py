"""EWS-01 A call is authenticated, and acts for the one county that its credential belongs to.

By a secret sent as it is (over HTTPS), by a digest of another secret, or by a client certificate.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, is_digest_of, keyed_hash, matches
from votecal_soap.domain.counties import Caller, Credential
from votecal_soap.errors import Conflict, ErrorCode, NotAllowed
from votecal_soap.secret_box import SecretBox
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.wrong_secrets import WrongSecrets

_NOBODY: Final = keyed_hash(generate_secret(), b"nobody")
"""What an unknown user's secret is compared with, so that the answer takes as long as for a known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedDigest:
    """A PasswordDigest: Base64 ( SHA-1 ( nonce + created + secret ) ); `created` is the text that was digested."""

    digest: str
    nonce: bytes
    created: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCredential:
    """What a call brings: a user name with its secret or a digest, a client certificate's subject, or both.

    `certificate_subject` comes from a source that can be believed, or is None. `checks_certificates` says that certificates
    are looked at here at all, `is_local` that the call was made on this machine, `source_address` where it came from.
    `place` is where in the call the credential is looked for.
    """

    username: str | None
    secret: str | None = field(repr=False)
    certificate_subject: str | None
    checks_certificates: bool
    is_local: bool
    source_address: str
    place: str
    digest: PresentedDigest | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSecrets:
    """The state's own keys: of the stored hashes, and of the stored secrets for digests; how old a digest may be."""

    key: bytes = field(repr=False)
    box: SecretBox = field(repr=False)
    digest_life: timedelta


class Authenticator:
    """Says who calls; one for each process, because it remembers which addresses are whose."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, callers_clock: Clock, secrets: StateSecrets, wrong_secrets: WrongSecrets) -> None:
        """Keep what it uses; credentials expire by `clock`, digests by `callers_clock`."""
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._callers_clock = callers_clock
        self._secrets = secrets
        self._wrong_secrets = wrong_secrets

    def authenticate(self, presented: PresentedCredential) -> Caller:
        """Say who calls. Unknown, wrong, expired and revoked are one and the same refusal.

        An ordinary call costs one read and no write; a digest costs a write, for its nonce.

        Raises:
            NotAllowed: NOT_AUTHENTICATED, and DIGEST_NOT_POSSIBLE, DIGEST_NOT_FRESH or DIGEST_REPLAYED.
            Unavailable: TOO_MANY_WRONG_SECRETS, with the seconds to wait.
        """
        credential = self._find(presented)
        proves = self._proves_itself(credential, presented)
        if credential is None or not proves or not credential.is_valid(self._clock.now()) or not _certificate_fits(credential, presented):
            text = "The credential is missing, wrong, expired or revoked."
            raise self._wrong_secrets.refused(
                presented.username, presented.source_address, credential, NotAllowed(ErrorCode.NOT_AUTHENTICATED, text, ref=presented.place)
            )
        if presented.digest is not None:
            # Before anything is noted of the address: a digest that somebody recorded proves nothing of who sends it again.
            self._use_up(presented.digest, credential, presented.place)
        self._wrong_secrets.admit(credential, presented.source_address)
        return Caller(username=credential.username, county_code=credential.county_code, credential_expires_at=credential.expires_at)

    def _find(self, presented: PresentedCredential) -> Credential | None:
        if presented.username is not None:
            return self._unit_of_work.single_reads.credential(presented.username)
        if not _is_certified(presented):
            return None
        with self._unit_of_work(read_only=True) as uow:
            return uow.reference.credential_by_certificate(presented.certificate_subject or "")

    def _proves_itself(self, credential: Credential | None, presented: PresentedCredential) -> bool:
        if presented.digest is not None:
            secret = self._digest_secret(credential, presented.place)
            return is_digest_of(presented.digest.digest, presented.digest.nonce, presented.digest.created, secret)
        if presented.secret is not None:
            return matches(presented.secret, credential.secret_hmac if credential else _NOBODY, self._secrets.key)
        return _is_certified(presented)

    def _digest_secret(self, credential: Credential | None, place: str) -> str:
        """The secret that a digest is of. An unknown user name is answered like one that has none, so that nobody finds out names."""
        sealed = None if credential is None else credential.digest_secret
        secret = None if credential is None or sealed is None else self._secrets.box.open(sealed, credential.username)
        if secret is None:
            text = "There is no secret for digests: send the password as PasswordText over HTTPS, or ask SOS for a digest secret (votecal credential digest)."
            raise NotAllowed(ErrorCode.DIGEST_NOT_POSSIBLE, text, ref=f"{place}/Password")
        return secret

    def _use_up(self, digest: PresentedDigest, credential: Credential, place: str) -> None:
        """A digest is good for a while, and once; all processes see the nonces."""
        now, life = self._callers_clock.now(), self._secrets.digest_life
        if abs(now - digest.created_at) > life:
            text = f"Created is more than {int(life.total_seconds())} s off: set your clock (here it is {now:%Y-%m-%dT%H:%M:%SZ}); make a digest for each call."
            raise NotAllowed(ErrorCode.DIGEST_NOT_FRESH, text, ref=f"{place}/Created")
        nonce_key = keyed_hash(f"nonce|{credential.username}|{digest.nonce.hex()}", self._secrets.key)
        try:
            with self._unit_of_work() as uow:
                uow.call_guard.use_nonce(nonce_key, digest.created_at + life)
                uow.commit()
        except Conflict as error:
            raise NotAllowed(ErrorCode.DIGEST_REPLAYED, "The nonce was used before; make a new one for each call.", ref=f"{place}/Nonce") from error


def _is_certified(presented: PresentedCredential) -> bool:
    """A certificate alone is enough, but only when no user name is given."""
    return bool(presented.certificate_subject) and presented.username is None


def _certificate_fits(credential: Credential, presented: PresentedCredential) -> bool:
    """A credential that is bound to a subject is good with that one only; where none is looked at, on this machine only."""
    bound = credential.certificate_subject
    if bound is None:
        return True
    return presented.certificate_subject == bound if presented.checks_certificates else presented.is_local
