"""Hashing passwords with argon2id, at the library's recommended cost."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()

# Compared against when the name is unknown, so that both answers take as long.
NOBODYS = _HASHER.hash("nobody's password")


def hashed(password: str) -> str:
    """A hash to keep; each call gives another one."""
    return _HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether the password belongs to the hash."""
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
