"""The pages of an encrypted file, one by one: is one whole, and what can still be read of it.

As SQLCipher 4 writes them (its design page, "Encryption design"): AES-256-CBC with a random IV
and an HMAC-SHA512 over ciphertext, IV and page number; the file's first 16 bytes are its salt.
"""

import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096
SALT = 16
_IV = 16
_MAC = 64
_TEXT_END = PAGE - _IV - _MAC
_MAC_MASK = 0x3A
_MAC_ROUNDS = 2
# SQLite's file format, "B-tree Pages".
_FILE_HEADER = 100
_INNER_TABLE = 5
_INNER_HEADER = 12
# In SQLite's header: the count of changes, and the one for which its size in pages was written.
_CHANGES = slice(24, 28)
_SIZE_VALID_FOR = slice(92, 96)


@dataclass(frozen=True)
class PageCipher:
    """Opens and seals pages of one file. `key` is 32 raw bytes, `salt` the file's first 16."""

    key: bytes
    salt: bytes

    def is_whole(self, page: bytes, number: int) -> bool:
        """Whether the page is as it was written. Pages are counted from 1."""
        return len(page) == PAGE and hmac.compare_digest(
            self._mac(page[:-_MAC], number), page[-_MAC:]
        )

    def resealed(self, page: bytes, number: int, *, trust_size: bool = True) -> bytes:
        """The page with a seal that fits what it says now, damaged or not.

        Without `trust_size` the first page makes SQLite count the file's pages by itself.
        """
        start = SALT if number == 1 else 0
        clear = bytearray(self._decrypted(page[start:_TEXT_END], page[_TEXT_END:-_MAC]))
        if not trust_size:
            changes = slice(_CHANGES.start - start, _CHANGES.stop - start)
            valid_for = slice(_SIZE_VALID_FOR.start - start, _SIZE_VALID_FOR.stop - start)
            clear[valid_for] = bytes(byte ^ 0xFF for byte in clear[changes])
        iv = os.urandom(_IV)
        sealed = (self.salt if start else b"") + self._encrypted(bytes(clear), iv) + iv
        return sealed + self._mac(sealed, number)

    def children(self, page: bytes, number: int) -> list[int]:
        """The pages below this one in its tree; none below a leaf, or a page of no tree."""
        start = SALT if number == 1 else 0
        clear = bytes(start) + self._decrypted(page[start:_TEXT_END], page[_TEXT_END:-_MAC])
        head = _FILE_HEADER if number == 1 else 0
        if clear[head] != _INNER_TABLE:
            return []
        (cells,) = struct.unpack_from(">H", clear, head + 3)
        places = struct.unpack_from(f">{cells}H", clear, head + _INNER_HEADER)
        (last,) = struct.unpack_from(">I", clear, head + 8)
        return [*(struct.unpack_from(">I", clear, place)[0] for place in places), last]

    def _mac(self, told: bytes, number: int) -> bytes:
        mask = bytes(byte ^ _MAC_MASK for byte in self.salt)
        key = hashlib.pbkdf2_hmac("sha512", self.key, mask, _MAC_ROUNDS, len(self.key))
        start = SALT if number == 1 else 0
        return hmac.digest(key, told[start:] + struct.pack("<I", number), "sha512")

    def _decrypted(self, sealed: bytes, iv: bytes) -> bytes:
        opener = Cipher(algorithms.AES(self.key), modes.CBC(iv)).decryptor()
        return opener.update(sealed) + opener.finalize()

    def _encrypted(self, clear: bytes, iv: bytes) -> bytes:
        sealer = Cipher(algorithms.AES(self.key), modes.CBC(iv)).encryptor()
        return sealer.update(clear) + sealer.finalize()


def token(key: bytes) -> str:
    """What tells later whether a key is this one, and nothing about it."""
    return hmac.new(key, b"lumi desk: the key of this file", "sha256").hexdigest()
