"""What may come in: request bodies of a capped size, compressed or not."""

import gzip
import zlib
from email.message import Message as Headline
from functools import lru_cache

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumi_desk.errors import LumiError
from lumi_desk.hub import problems

# Operations may bring long notes; whatever else a desk asks is short.
MOST_BYTES = 8 * 1024 * 1024
MOST_ELSEWHERE = 256 * 1024
_PUSH = "/v1/push"
_PATIENCE_S = 30.0
_WORTH_IT = 1000
_PACKED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}


class _HungUp(Exception):
    """Nobody waits for an answer any more."""


class BodyLimits:
    """Middleware: reads the body, refuses what is too much or not JSON, unpacks gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a plain body, or answer why not."""
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH"):
            await self._app(scope, receive, send)
            return
        try:
            body = await _plain_body(scope, receive)
        except _HungUp:
            return
        except LumiError as error:
            await problems.answer(error)(scope, receive, send)
            return
        await self._app(scope, _once(body, receive), send)


async def _plain_body(scope: Scope, receive: Receive) -> bytes:
    headers = Headers(scope=scope)
    _require_json(headers.get("content-type", ""))
    packing = headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("gzip", "identity"):
        raise problems.UnknownPacking
    most = MOST_BYTES if scope["path"] == _PUSH else MOST_ELSEWHERE
    said = headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > most:
        raise problems.TooLarge
    body = await _read(receive, most)
    if packing == "gzip":
        body = await run_in_threadpool(_unpacked, body, most)
        changed = MutableHeaders(scope=scope)
        del changed["content-encoding"]
        changed["content-length"] = str(len(body))
    return body


def _require_json(kind: str) -> None:
    if kind and not _is_json(kind):
        raise problems.NotJson


@lru_cache(maxsize=64)
def _is_json(kind: str) -> bool:
    headline = Headline()
    headline["Content-Type"] = kind
    return headline.get_content_type() == "application/json"


async def _read(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await _patiently(receive)
        if message["type"] == "http.disconnect":
            raise _HungUp
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
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise problems.NotUnpackable from None
    if len(plain) > most:
        raise problems.TooLarge
    if not unpacker.eof or unpacker.unused_data:
        raise problems.NotUnpackable
    return plain


def _once(body: bytes, receive: Receive) -> Receive:
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


class Packer:
    """Packs what goes out, piece by piece; every piece can be read as soon as it is there."""

    def __init__(self, accepted: str) -> None:
        self._packer = zlib.compressobj(1, wbits=31) if accepts_gzip(accepted) else None
        self.headers = _PACKED if self._packer else {}

    def __call__(self, piece: bytes, *, last: bool) -> bytes:
        """The piece as it goes over the line; the last one ends the stream."""
        if self._packer is None:
            return piece
        ending = zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH
        return self._packer.compress(piece) + self._packer.flush(ending)


def accepts_gzip(accepted: str) -> bool:
    """Whether the header Accept-Encoding allows it."""
    for offer in accepted.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0").rstrip(".") != "q="
    return False


def packed(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """A whole answer, packed when that is worth it, and the headers that say so."""
    if len(body) < _WORTH_IT or not accepts_gzip(accepted):
        return body, {}
    return gzip.compress(body, 1), _PACKED
