"""What fault tests share: a vault that outlives a kill, seats, and what must be so at the end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.clock import Clock
from lumi_desk.desk import Account, Desk, resume, sign_in
from lumi_desk.hub import keeping
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.client import HubClient
from lumi_desk.sync.entities import ENTITIES
from lumi_desk.sync.line import HttpLine
from lumi_desk.sync.tables import Cursor, Held, Outbox, SyncFeed, SyncOp
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer, make_order


@dataclass
class FileVault:
    """A vault for tests whose desks are killed: it keeps secrets in a file."""

    path: Path

    def fetch(self, name: str) -> str | None:
        return self._kept().get(name)

    def keep(self, name: str, secret: str) -> None:
        self._write({**self._kept(), name: secret})

    def drop(self, name: str) -> None:
        self._write({key: value for key, value in self._kept().items() if key != name})

    def _kept(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        kept: dict[str, str] = json.loads(self.path.read_text("utf-8"))
        return kept

    def _write(self, secrets: dict[str, str]) -> None:
        partial = self.path.with_suffix(".part")
        partial.write_text(json.dumps(secrets), "utf-8")
        partial.replace(self.path)


@dataclass(frozen=True)
class Seat:
    """Where somebody sits: she signs in once, then starts again as often as she is killed.

    `via` is where the hub is reached, when not at its own address: through a fault proxy.
    """

    folder: Path
    address: str
    login: str = "lin"
    via: str = ""
    patience_s: float = 30.0

    @property
    def account(self) -> Account:
        return Account(self.address, self.login)

    @property
    def vault(self) -> FileVault:
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileVault(self.folder / "vault.json")

    def signed_in(self, now: Clock) -> Desk:
        return sign_in(self.account, PASSWORD, self.folder, self.vault, self._hub(), now)

    def started(self, now: Clock) -> Desk:
        return resume(self.account, self.folder, self.vault, self._hub(), now)

    def _hub(self) -> HubClient:
        return HubClient(HttpLine(self.via or self.address, self.patience_s))


def settle(store: Store, many: int = 12, orders: int = 1, login: str = "lin") -> list[str]:
    """A rep with customers at an empty hub; their ids."""
    rep = hub_with_rep(store, login)
    with store.write() as session:
        feed.watch(session)
        customers = [make_customer(session) for _ in range(many)]
        for customer in customers:
            for _ in range(orders):
                make_order(session, customer)
        ids = [customer.id for customer in customers]
        keeping.assign(session, ids, rep, NOW)
        feed.publish(session)
    return ids


def a_note(by: str, customer_id: str, words: str = "她说好") -> WriteNote:
    return WriteNote(id=new_id(), customer_id=customer_id, by=by, at=NOW, words=words)


def do(desk: Desk, *ops: WriteNote) -> list[str]:
    with desk.store.write() as session:
        desk.do(session, *ops)
    return [op.id for op in ops]


@contextmanager
def closing(desk: Desk) -> Iterator[Desk]:
    try:
        yield desk
    finally:
        desk.close()


def notes(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Note.id)))


def waiting(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Outbox.op_id).where(~Outbox.answered)))


def assert_once(store: Store, ops: set[str]) -> None:
    """The hub did each of these operations, and each once."""
    with store.read() as session:
        answered = session.scalars(select(SyncOp.op_id).where(SyncOp.status == "applied")).all()
        lines = select(func.count()).select_from(SyncFeed).where(SyncFeed.entity == "note")
        assert session.scalar(lines) == len(ops)
        versions = select(Note.ver).distinct()
        assert set(session.scalars(versions)) <= {1}, "a note was written twice"
    assert set(answered) == ops
    assert len(answered) == len(ops)
    assert notes(store) == ops


def assert_same(hub: Store, desk: Store) -> None:
    """At rest the desk holds what the hub says it should, no more and no less."""
    with desk.read() as session:
        held = set(session.execute(select(Held.stream, Held.entity, Held.pk, Held.ver)))
        streams = list(session.scalars(select(Cursor.stream)))
        mine = {entity.name: set(map(tuple, session.execute(entity.raw()))) for entity in ENTITIES}
    with hub.read() as session:
        lines = select(SyncFeed.stream, SyncFeed.entity, SyncFeed.pk, SyncFeed.ver)
        puts = lines.where(SyncFeed.stream.in_(streams), SyncFeed.op == feed.PUT)
        assert held == set(session.execute(puts))
        for entity in ENTITIES:
            theirs = set(map(tuple, session.execute(entity.raw())))
            assert mine[entity.name] <= theirs, entity.name
    assert streams
