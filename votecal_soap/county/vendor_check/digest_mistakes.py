"""Mistakes that clients make with PasswordDigest, and what the service says to each (EWS-01)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from votecal_soap.contract.client_envelope import Reply, request_envelope
from votecal_soap.county.vendor_check.mistakes import PING, Mistake
from votecal_soap.county.vendor_check.visit import EMS, CheckFailed, Visit

_FAR_OFF: Final = timedelta(days=1)
"""Beyond any difference of clocks that SOS would allow."""


def _nonce_again(visit: Visit) -> Reply:
    envelope = request_envelope(visit.header, PING)
    first = visit.post(EMS, envelope)
    if first.fault is not None:
        raise CheckFailed(f"A new digest was not let in: {first.fault.code}: {first.fault.text}")
    return visit.post(EMS, envelope)


def _created(late_by: timedelta) -> Callable[[Visit], Reply]:
    return lambda visit: visit.post(EMS, request_envelope(visit.digest_of(visit.username, visit.secret, late_by=late_by), PING))


def _without_digest_secret(visit: Visit) -> Reply:
    # The state answers for a user name that it does not know as for one whose secret it keeps as a hash only, so that nobody finds out names.
    return visit.post(EMS, request_envelope(visit.digest_of(f"{visit.username}-hash-only", visit.secret), PING))


def _without(element: str) -> Callable[[Visit], Reply]:
    def send(visit: Visit) -> Reply:
        header = visit.header
        begin, end = header.index(f"<{element}>"), header.index(f"</{element}>") + len(f"</{element}>")
        return visit.post(EMS, request_envelope(header[:begin] + header[end:], PING))

    return send


DIGEST_MISTAKES: Final = (
    Mistake(name="A nonce that was used before", expected="VC-3012", cure="Make a new nonce for each call, and for each resend.", send=_nonce_again),
    Mistake(name="Created long ago", expected="VC-3011", cure="Make the digest when you send it, with a clock that is set.", send=_created(_FAR_OFF)),
    Mistake(name="Created in the time to come", expected="VC-3011", cure="Set your clock; Created is UTC.", send=_created(-_FAR_OFF)),
    Mistake(
        name="A digest where the state keeps a hash only",
        expected="VC-3010",
        cure="Ask SOS for a secret for digests, or send the password as text.",
        send=_without_digest_secret,
    ),
    Mistake(name="A digest without a Nonce", expected="VC-1010", cure="Send Nonce and Created with each digest.", send=_without("wsse:Nonce")),
    Mistake(name="A digest without Created", expected="VC-1010", cure="Send Nonce and Created with each digest.", send=_without("wsu:Created")),
)
"""Only for a visit that sends digests."""
