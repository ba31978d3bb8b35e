"""Hashing passwords with argon2id, at the library's recommended cost."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()

# Compared against when the name is unknown, so that both answers take as long: of no password
# that anybody knows, at the same cost.
NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$g3tfbCjcxb8lXnOxapedKQ$N5I/HkR++OhRK72T0YAlqkf3qWFcpESrocxeZxlhj+s"
)


def hashed(password: str) -> str:
    """A hash to keep; each call gives another one."""
    return HASHER.hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether the password belongs to the hash."""
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
