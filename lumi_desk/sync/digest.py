"""The digest of a stream: do desk and hub hold the same versions of the same records?"""

from collections.abc import Iterable
from hashlib import blake2b
from struct import unpack

_WRAP = 1 << 64
_SIGN = 1 << 63


def of_record(entity: str, pk: str, ver: int) -> int:
    """The hash of one record at one version; never of what it says."""
    told = f"{entity}\0{pk}\0{ver}".encode()
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "big")


def of_records(records: Iterable[tuple[str, str, int]]) -> int:
    """The sum modulo 2**64 over (entity, pk, ver), as a signed 64-bit integer."""
    # One loop for all: a first sync adds up tens of thousands.
    hashes = [
        blake2b(f"{entity}\0{pk}\0{ver}".encode(), digest_size=8).digest()
        for entity, pk, ver in records
    ]
    return signed(sum(unpack(f">{len(hashes)}Q", b"".join(hashes))))


def signed(total: int) -> int:
    """Fold any integer into the signed 64 bits a column can keep."""
    return (total + _SIGN) % _WRAP - _SIGN
