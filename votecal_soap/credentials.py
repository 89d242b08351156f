"""Secrets of machines: generated, kept as a keyed HMAC, compared in constant time (architecture decision 9)."""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def generate_secret() -> str:
    """A new secret of 192 bits, safe in XML and in a header."""
    return secrets.token_urlsafe(24)


def keyed_hash(secret: str, key: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal: cheap at every call, useless without the key."""
    return hmac.digest(key, secret.encode(), "sha256").hex()


def matches(secret: str, stored_hash: str, key: bytes) -> bool:
    """Whether the secret is the one that was stored."""
    return hmac.compare_digest(keyed_hash(secret, key), stored_hash)


def password_digest(nonce: bytes, created: str, secret: str) -> str:
    """The PasswordDigest of the WS-Security UsernameToken Profile, which is SHA-1 by its definition."""
    return base64.b64encode(hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False).digest()).decode()


def is_digest_of(digest: str, nonce: bytes, created: str, secret: str) -> bool:
    """Whether a digest was made of this secret; compared in constant time."""
    return hmac.compare_digest(digest.strip().encode(), password_digest(nonce, created, secret).encode())


def load_or_create_key(path: Path) -> bytes:
    """The key of the keyed hashes from its file; the first caller makes the file, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(generate_secret())
        # A link never replaces: of several processes that start at once, one makes the key and all read it whole.
        with suppress(FileExistsError):
            os.link(unfinished, path)
        os.unlink(unfinished)
    return path.read_text().strip().encode()
