"""What may come in: request bodies of a capped size, compressed or not."""

import gzip
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 8 * 1024 * 1024


class _TooLarge(Exception):
    """The body is longer than any desk sends."""


class BodyLimits:
    """Middleware: reads the body, refuses more than MOST_BYTES of it, unpacks gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a plain body, or answer 413 or 400."""
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH"):
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(receive)
            if Headers(scope=scope).get("content-encoding") == "gzip":
                body = _unpacked(body)
                headers = MutableHeaders(scope=scope)
                del headers["content-encoding"]
                headers["content-length"] = str(len(body))
        except _TooLarge:
            await _refusal(413, "TooLarge", "The request is too large")(scope, receive, send)
            return
        except (zlib.error, EOFError, gzip.BadGzipFile):
            await _refusal(400, "NotUnpackable", "The request cannot be unpacked")(
                scope, receive, send
            )
            return
        await self._app(scope, _once(body, receive), send)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise _TooLarge
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    plain = unpacker.decompress(body, MOST_BYTES + 1)
    if len(plain) > MOST_BYTES:
        raise _TooLarge
    if not unpacker.eof:
        raise EOFError
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


def _refusal(status: int, code: str, title: str) -> JSONResponse:
    return JSONResponse({"code": code, "params": {}, "title": title, "words": title}, status)
