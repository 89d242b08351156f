"""Passwords of people: kept as Argon2id hashes, at the library's own parameters (RFC 9106, the second recommended choice)."""

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER: Final = PasswordHasher()
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is easily taken for another."""
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 5


def generate_password() -> str:
    """A new password of 99 bits in four groups, which can be read out and typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))


def hash_password(password: str) -> str:
    """The hash, with its salt and parameters."""
    return _HASHER.hash(password)


NOBODYS_HASH: Final = hash_password(generate_password())
"""What the password of an unknown person is checked against, so that the answer takes as long as for a known one."""


def is_password(password: str, stored_hash: str) -> bool:
    """Whether the password is the one that was stored."""
    try:
        return _HASHER.verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False
