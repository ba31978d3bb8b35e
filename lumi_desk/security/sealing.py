"""Pieces of a file that lie where others could read them: sealed, each in its place."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lumi_desk.errors import N_, LumiError

KEY_BYTES = 32
_NONCE = 12


class SealBroken(LumiError):
    """What was kept does not open with this key, or was changed, or moved to another place."""

    title = N_("What was brought up cannot be opened again")
    advice = N_("Nothing was imported. Choose the files again.")


def seal(key: bytes, place: str, plain: bytes) -> bytes:
    """The piece as it may lie about; it opens at the same `place` alone. `key` is 32 raw bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> bytes:
    """What was sealed at a place. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise SealBroken from None
