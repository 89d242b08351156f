"""Secrets of machines: generated, kept as a keyed HMAC, compared in constant time (architecture decision 9)."""

import hashlib
import hmac
import secrets


def generate_secret() -> str:
    """A new secret of 192 bits, safe in XML and in a header."""
    return secrets.token_urlsafe(24)


def keyed_hash(secret: str, key: bytes) -> str:
    """HMAC-SHA-256 in hexadecimal: cheap at every call, useless without the key."""
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def matches(secret: str, stored_hash: str, key: bytes) -> bool:
    """Whether the secret is the one that was stored."""
    return hmac.compare_digest(keyed_hash(secret, key), stored_hash)
