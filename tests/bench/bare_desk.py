"""The floor of a desk: Core upserts into the same kind of encrypted file, with a search index."""

import http.client
import socket
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
)

from lumi_desk.storage import engines
from tests.bench.invented import Document

KEY = bytes(range(32))

_META = MetaData()
_CUSTOMER = Table(
    "customer",
    _META,
    Column("id", Integer, primary_key=True),
    *(Column(name, String) for name in ("name", "pinyin", "initials", "phone", "wangwang")),
    *(Column(name, String) for name in ("pool", "grade", "city")),
    Column("last_order_at", BigInteger),
    Column("doc", LargeBinary),
)
_ORDER = Table(
    "order",
    _META,
    Column("no", String, primary_key=True),
    Column("customer", BigInteger, index=True),
    *(Column(name, BigInteger) for name in ("at", "qty", "amount")),
    Column("item", String),
)
_OUTBOX = Table(
    "outbox",
    _META,
    Column("n", Integer, primary_key=True),
    Column("body", LargeBinary),
    Column("sent", BigInteger, default=0),
)
# Characters apart, so that one finds a name; a number also from its end.
_SEARCH = (
    "CREATE VIRTUAL TABLE search USING fts5(name, initials, phone, backwards, wangwang, content='',"
    " prefix='1 2 3 4', tokenize='unicode61')"
)
_NAMES = [column.name for column in _CUSTOMER.columns if column.name != "doc"]


class BareDesk:
    """One encrypted file and one kept connection."""

    def __init__(self, path: Path, port: int) -> None:
        self.line = connected(port)
        fresh = not path.exists()
        self.engine = engines.encrypted(path, KEY)
        if fresh:
            with self.engine.begin() as connection:
                _META.create_all(connection)
                connection.exec_driver_sql(_SEARCH)

    def first(self, many: int) -> None:
        """Fetch and keep so many customers, in one transaction, as they come."""
        self.line.request("GET", f"/first?n={many}", headers={"Accept-Encoding": "gzip"})
        answer = self.line.getresponse()
        unpacker, rest = zlib.decompressobj(31), b""
        with self.engine.begin() as connection:
            while part := answer.read1(65536):
                *lines, rest = (rest + unpacker.decompress(part)).split(b"\n")
                if lines:
                    _index(connection, _upsert(connection, lines))

    def head(self) -> bytes:
        """Ask whether there is anything new."""
        return self._asked("GET", "/head")

    def delta(self) -> None:
        """Fetch ten changed rows and keep them."""
        lines = self._asked("GET", "/delta").split(b"\n")[:-1]
        with self.engine.begin() as connection:
            _upsert(connection, lines)

    def moved(self) -> None:
        """Hear of 500 who are gone and drop them."""
        gone = from_json(self._asked("GET", "/moved"))
        with self.engine.begin() as connection:
            for table, column in (("order", "customer"), ("customer", "id")):
                words = f'DELETE FROM "{table}" WHERE {column} = ?'
                connection.exec_driver_sql(words, [(one,) for one in gone])

    def queue(self, calls: Sequence[Document]) -> None:
        """Let calls wait."""
        with self.engine.begin() as connection:
            connection.execute(insert(_OUTBOX), [{"body": to_json(call)} for call in calls])

    def push(self) -> dict[str, int]:
        """Read what waits, send it, mark it sent."""
        with self.engine.begin() as connection:
            waiting = connection.scalars(select(_OUTBOX.c.body).where(_OUTBOX.c.sent == 0)).all()
        answer: dict[str, int] = from_json(self._asked("POST", "/push", b"\n".join(waiting)))
        with self.engine.begin() as connection:
            connection.execute(_OUTBOX.update().where(_OUTBOX.c.sent == 0).values(sent=1))
        return answer

    def count(self) -> int:
        """How many customers are here."""
        with self.engine.begin() as connection:
            return connection.scalar(select(func.count()).select_from(_CUSTOMER)) or 0

    def close(self) -> None:
        """Close file and line."""
        self.line.close()
        self.engine.dispose()

    def _asked(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self.line.request(method, path, body)
        return self.line.getresponse().read()


def connected(port: int) -> http.client.HTTPConnection:
    """A connection to this machine that stays."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.connect()
    line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _upsert(connection: Any, lines: Sequence[bytes]) -> list[Document]:
    docs = [from_json(line) for line in lines]
    rows = [
        {**{name: doc[name] for name in _NAMES}, "doc": line}
        for doc, line in zip(docs, lines, strict=True)
    ]
    connection.execute(insert(_CUSTOMER).prefix_with("OR REPLACE"), rows)
    orders = [{**order, "customer": doc["id"]} for doc in docs for order in doc["orders"]]
    connection.execute(insert(_ORDER).prefix_with("OR REPLACE"), orders)
    return docs


def _index(connection: Any, docs: Sequence[Document]) -> None:
    names = ("name", "initials", "phone", "backwards", "wangwang")
    marks = ", ".join("?" for _ in names)
    rows = []
    for doc in docs:
        phone = doc["phone"]
        told = (" ".join(doc["name"]), doc["initials"], phone, phone[::-1], doc["wangwang"])
        rows.append((doc["id"], *told))
    words = f"INSERT INTO search (rowid, {', '.join(names)}) VALUES (?, {marks})"
    connection.exec_driver_sql(words, rows)
