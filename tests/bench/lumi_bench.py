"""The product behind the interface of a benchmark harness: a real hub process, a real desk.

The harness finds this module on its path; what it wants of a product stands in its own text.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401  (loaded beforehand: imports are measured by themselves)
import psycopg
from sqlalchemy import func, insert, select

from lumi_desk.customers import person, service
from lumi_desk.customers.tables import Customer
from tests.bench import documents
from tests.bench.seat import NOBODY, Rep, open_desk

Told = dict[str, Any]
Command = tuple[list[str], dict[str, str]]

_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {"PYTHONPATH": str(_ROOT)}
_WORKERS = 2
_REPS = 500
_CUSTOMERS_EACH = 20
_TEMPLATE = "lumi_load"


class Lumi:
    """The product, as the harness calls it."""

    adapter, pg = "lumi_load:LumiLoad", True

    def hub(self, folder: str, port: int, pg_dsn: str | None) -> Command:
        database = _address(pg_dsn) if pg_dsn else str(Path(folder) / "hub.db")
        is_load = "hub6" in folder and pg_dsn is not None
        if is_load and pg_dsn is not None:
            _clone_loaded(pg_dsn)
        else:
            _run("lumi_desk.hub", "init", "--database", database)
            _remember("hub.json", {"database": database})
        command = [sys.executable, "-m", "lumi_desk.hub", "serve", "--port", str(port)]
        workers = ["--workers", str(_WORKERS)] if is_load and _knows_workers() else []
        return [*command, "--database", database, *workers], dict(_ENVIRONMENT)

    def seed(self, port: int, docs: Sequence[Told]) -> None:
        rep = at_hub("seed", _hub(), documents=_written(docs))
        _remember("hub.json", {**_hub(), "rep": rep})

    def touch(self, port: int, ids: Iterable[int], value: object) -> None:
        at_hub("touch", _hub(), numbers=list(ids), value=str(value))

    def move(self, port: int, ids: Iterable[int]) -> None:
        at_hub("move", _hub(), numbers=list(ids))

    def landed(self, port: int, ids: Sequence[str]) -> int:
        return int(at_hub("landed", _hub(), ids=list(ids))["landed"])

    def client(self, folder: str, port: int) -> "Client":
        return Client(Path(folder), port)


class Client:
    """A desk with its encrypted file."""

    def __init__(self, folder: Path, port: int) -> None:
        rep = Rep.told(_hub()["rep"]) if port else NOBODY
        self.desk = open_desk(folder, f"http://127.0.0.1:{port or 1}", rep)
        self.rep_id = rep.person_id

    def sync(self) -> None:
        self.desk.sync_round()

    def count(self) -> int:
        with self.desk.store.read() as session:
            return session.scalar(select(func.count()).select_from(Customer)) or 0

    def queue(self, call: Told) -> None:
        op = documents.contact(call, self.rep_id)
        with self.desk.store.write() as session:
            self.desk.do(session, op)

    def open(self, number: int) -> tuple[person.Person, tuple[person.Happened, ...]]:
        with self.desk.store.read() as session:
            her = person.about(session, documents.customer_id(number))
        assert her is not None
        return her, person.timeline(her)[:30]

    def search(self, kind: str, typed: str) -> list[service.Found]:
        with self.desk.store.read() as session:
            return service.find(session, typed, 50)

    def fill(self, many: int) -> None:
        data = __import__("data")  # the harness's own, found on its path
        identities = ("id", "name", "pinyin", "initials", "phone", "wangwang")
        docs = (
            data.customers(many)
            if many <= 60_000
            else [dict(zip(identities, one, strict=True)) for one in data.identities(many)]
        )
        rows = documents.rows(docs, self.rep_id)
        rows |= documents.contact_rows(data.timeline_calls(), self.rep_id)
        with self.desk.store.write() as session:
            for table, some in rows.items():
                if some:
                    session.connection().execute(insert(table), some)

    def close(self) -> None:
        self.desk.close()


def at_hub(what: str, hub: Mapping[str, Any], **told: Any) -> Told:
    """Do something at the hub, in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"database": hub["database"], **told}, file)
        file.flush()
        answer: Told = json.loads(_run("tests.bench.hub_side", what, file.name))
        return answer


def _run(module: str, *told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *told],
        env={**os.environ, **_ENVIRONMENT},
        cwd=_ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {told[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def _scratch() -> Path:
    return Path(os.environ.get("BENCH_TMP", tempfile.gettempdir()))


def _remember(name: str, told: Told) -> None:
    (_scratch() / f"lumi-{name}").write_text(json.dumps(told), "utf-8")


def _hub() -> Told:
    told: Told = json.loads((_scratch() / "lumi-hub.json").read_text("utf-8"))
    return told


def _written(docs: Sequence[Told]) -> str:
    file = _scratch() / "lumi-documents.json"
    file.write_text(json.dumps(docs), "utf-8")
    return str(file)


def _knows_workers() -> bool:
    return "--workers" in _run("lumi_desk.hub", "serve", "--help")


def _address(dsn: str) -> str:
    """The database's address as the hub takes it, of `host=… port=… user=… dbname=…`."""
    told = dict(part.split("=", 1) for part in dsn.split())
    place = f"?host={told['host']}&port={told['port']}"
    return f"postgresql+psycopg://{told['user']}@/{told['dbname']}{place}"


def _clone_loaded(dsn: str) -> None:
    """Put the database with many reps in it, made once, in the place of an empty one."""
    told = dict(part.split("=", 1) for part in dsn.split())
    server = dsn.replace(f"dbname={told['dbname']}", "dbname=postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, (_TEMPLATE,)).fetchone() is None:
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")
            _load(_address(dsn.replace(f"dbname={told['dbname']}", f"dbname={_TEMPLATE}")))
        connection.execute(f"DROP DATABASE IF EXISTS {told['dbname']} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {told['dbname']} TEMPLATE {_TEMPLATE}")


def _load(database: str) -> None:
    _run("lumi_desk.hub", "init", "--database", database)
    data = __import__("data")  # the harness's own, found on its path
    docs = _written(data.customers(_REPS * _CUSTOMERS_EACH))
    loaded = at_hub("load", {"database": database}, documents=docs, reps=_REPS)
    _remember("load.json", loaded)
