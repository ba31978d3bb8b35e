"""The floor of a hub: an ASGI callable with neither framework nor rights, its rows made before.

GET /first?n=  gzip NDJSON of n customers, packed as it leaves     GET /head  one small answer
GET /delta     ten changed rows     GET /moved  500 ids     POST /push  NDJSON → one transaction
"""

import os
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from pydantic_core import from_json, to_json
from sqlcipher3 import dbapi2 as sqlite

from tests.bench import invented

MANY = "LUMI_BARE_MANY"
DATABASE = "LUMI_BARE_DATABASE"
_CHUNK = 250
_FIELDS = ("id", "customer", "at", "seconds", "outcome", "note")
_TABLE = (
    "CREATE TABLE IF NOT EXISTS bare_call (id text PRIMARY KEY, customer text, at bigint,"
    " seconds bigint, outcome text, note text)"
)
_INSERT = "INSERT INTO bare_call VALUES ({marks}) ON CONFLICT (id) DO NOTHING"

_rows = [to_json(one) + b"\n" for one in invented.customers(int(os.environ.get(MANY, "0")))]
_place = os.environ.get(DATABASE, "")


def _writer() -> Callable[[list[tuple[Any, ...]]], None]:
    if "://" in _place:
        server = psycopg.connect(_place, autocommit=True)
        server.execute(_TABLE)

        def into_server(rows: list[tuple[Any, ...]]) -> None:
            with server.transaction(), server.cursor() as cursor:
                cursor.executemany(_INSERT.format(marks="%s, %s, %s, %s, %s, %s"), rows)

        return into_server
    file = sqlite.connect(_place or ":memory:", isolation_level=None)
    for words in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _TABLE):
        file.execute(words)

    def into_file(rows: list[tuple[Any, ...]]) -> None:
        file.execute("BEGIN IMMEDIATE")
        file.executemany(_INSERT.format(marks="?, ?, ?, ?, ?, ?"), rows)
        file.execute("COMMIT")

    return into_file


_write = _writer()


def _push(body: bytes) -> bytes:
    told = [from_json(line) for line in body.split(b"\n") if line]
    good = [one for one in told if isinstance(one["customer"], int)]
    _write([tuple(str(one[name]) if name == "customer" else one[name] for name in _FIELDS)
            for one in good])  # fmt: skip
    return to_json({"ok": len(good), "bad": len(told) - len(good)})


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    path = scope["path"]
    if path == "/first":
        await _first(int(scope["query_string"].removeprefix(b"n=")), send)
        return
    answers: dict[str, Callable[[], bytes]] = {
        "/head": lambda: b'{"head":17}',
        "/delta": lambda: b"".join(_rows[:10]),
        "/moved": lambda: to_json(list(range(1, 501))),
        "/push": lambda: _push(body),
    }
    answer = answers[path]()
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": answer})


async def _first(many: int, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    packed = [(b"content-encoding", b"gzip")]
    await send({"type": "http.response.start", "status": 200, "headers": packed})
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for begin in range(0, many, _CHUNK):
        part = packer.compress(b"".join(_rows[begin : min(begin + _CHUNK, many)]))
        if part:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": packer.flush()})
