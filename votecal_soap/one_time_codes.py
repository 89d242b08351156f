"""The second factor: time-based codes of an authenticator app (RFC 6238).

The secret that app and state share is derived from the state's key and a stored number: whoever reads the database alone
cannot make a code.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

import pyotp

STEP_SECONDS: Final = 30
_DRIFT: Final = 1
"""Steps that a telephone's clock may be off, either way."""
_SECRET_BYTES: Final = 20
_ISSUER: Final = "VoteCal"


def shared_secret(user_name: str, number: str, key: bytes) -> str:
    """What is typed into the app, in base 32; `number` is drawn anew whenever a person gets another."""
    digest = hmac.new(key, f"one-time codes of {user_name}: {number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SECRET_BYTES]).decode()


def app_address(user_name: str, secret: str) -> str:
    """The otpauth:// address that apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=_ISSUER)


def code_at(secret: str, instant: datetime) -> str:
    """The code that the app shows at an instant."""
    return pyotp.TOTP(secret).at(instant)


def step_of(code: str, secret: str, instant: datetime) -> int | None:
    """The time step of a right code; None when it is wrong or too old. Each step is to be accepted once."""
    now = int(instant.timestamp()) // STEP_SECONDS
    steps = range(now - _DRIFT, now + _DRIFT + 1)
    totp = pyotp.TOTP(secret)
    given = code.replace(" ", "").encode()
    # Every step is compared, so that the time taken tells nothing.
    right = [step for step in steps if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), given)]
    return right[-1] if right else None
