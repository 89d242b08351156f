"""Secrets that the state must be able to read again, for PasswordDigest: encrypted, and bound to whom they belong.

AES-256-GCM with the owner as associated data: a row that is copied to another owner cannot be opened. Keys may be changed:
the first one encrypts, all of them decrypt.
"""

import base64
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


class SecretBox:
    """Seals and opens under keys of any length."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Make a cipher of each key; without one nothing can be sealed."""
        self._ciphers = [AESGCM(_derived(key)) for key in keys]

    @property
    def has_key(self) -> bool:
        """Whether anything can be sealed."""
        return bool(self._ciphers)

    def seal(self, secret: str, owner: str) -> str:
        """The secret in a form that can be stored."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._ciphers[0].encrypt(nonce, secret.encode(), owner.encode())).decode()

    def open(self, sealed: str, owner: str) -> str | None:
        """The secret; None when it was sealed under a key that is gone, or for another owner."""
        content = base64.b64decode(sealed)
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], owner.encode()).decode()
            except InvalidTag:
                continue
        return None


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"votecal digest secrets").derive(key.encode())
