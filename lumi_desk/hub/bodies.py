"""What may come in and how it goes out: bodies of a capped size, packed or not."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as Headline
from functools import lru_cache

import anyio
from starlette.types import Message, Receive, Scope, Send

from lumi_desk.hub import callers, problems

Header = tuple[bytes, bytes]

# Operations may bring long notes; whatever else a desk asks is short.
MOST_BYTES = 8 * 1024 * 1024
MOST_ELSEWHERE = 256 * 1024
_PUSH = "/v1/push"
_PATIENCE_S = 30.0
_WORTH_IT = 1000
_WELL = 200
_GZIP = 16 + zlib.MAX_WBITS
_IS_JSON: Header = (b"content-type", b"application/json")
_PACKED: Sequence[Header] = (
    (b"content-encoding", b"gzip"),
    (b"vary", b"Accept-Encoding"),
)


class HungUp(Exception):
    """Nobody waits for an answer any more."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What came to a door: the token that was shown, what the answer may be packed with, the body.

    The body is as it came; `most` is how many bytes it may have.
    """

    access: str
    accepted: str
    body: bytes
    is_packed: bool
    most: int

    def plain(self) -> bytes:
        """The body unpacked, which may take a while. Raises NotUnpackable or TooLarge."""
        return _unpacked(self.body, self.most) if self.is_packed else self.body


async def asked(scope: Scope, receive: Receive) -> Asking:
    """Read a request. Raises what its headers or its size forbid, TooSlow, or HungUp."""
    # The first of several of a name counts.
    headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
    _require_json(headers.get(b"content-type", b""))
    packing = headers.get(b"content-encoding", b"identity").strip().lower()
    if packing not in (b"gzip", b"identity"):
        raise problems.UnknownPacking
    most = MOST_BYTES if scope["path"] == _PUSH else MOST_ELSEWHERE
    said = headers.get(b"content-length", b"")
    if said.isdigit() and int(said[:20]) > most:
        raise problems.TooLarge
    access = callers.access_in(headers.get(b"authorization", b"").decode("latin-1"))
    accepted = headers.get(b"accept-encoding", b"").decode("latin-1")
    body = await _read(receive, most)
    return Asking(access, accepted, body, packing == b"gzip", most)


def _require_json(kind: bytes) -> None:
    if kind and not _is_json(kind):
        raise problems.NotJson


@lru_cache(maxsize=64)
def _is_json(kind: bytes) -> bool:
    headline = Headline()
    headline["Content-Type"] = kind.decode("latin-1")
    return headline.get_content_type() == "application/json"


async def _read(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await _patiently(receive)
        if message["type"] == "http.disconnect":
            raise HungUp
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise problems.TooLarge
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def _patiently(receive: Receive) -> Message:
    with anyio.move_on_after(_PATIENCE_S):
        return await receive()
    raise problems.TooSlow


def _unpacked(body: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise problems.NotUnpackable from None
    if len(plain) > most:
        raise problems.TooLarge
    if not unpacker.eof or unpacker.unused_data:
        raise problems.NotUnpackable
    return plain


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, which sends itself."""

    body: bytes
    headers: Sequence[Header]

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send it."""
        length = (b"content-length", b"%d" % len(self.body))
        headers = [length, _IS_JSON, *self.headers]
        await send({"type": "http.response.start", "status": _WELL, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Packer:
    """Packs what goes out, piece by piece; every piece can be read as soon as it is there."""

    def __init__(self, accepted: str) -> None:
        self._packer = zlib.compressobj(1, wbits=_GZIP) if accepts_gzip(accepted) else None
        self.headers: Sequence[Header] = _PACKED if self._packer else ()

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        """The piece as it goes over the line; the last one ends the stream."""
        if self._packer is None:
            return piece
        ending = zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH
        return self._packer.compress(piece) + self._packer.flush(ending)


@lru_cache(maxsize=64)
def accepts_gzip(accepted: str) -> bool:
    """Whether the header Accept-Encoding allows it."""
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0").rstrip(".") != "q="
    return False


def packed(body: bytes, accepted: str) -> Answer:
    """A whole answer, packed when that is worth it."""
    if len(body) < _WORTH_IT or not accepts_gzip(accepted):
        return Answer(body, ())
    return Answer(zlib.compress(body, 1, _GZIP), _PACKED)
