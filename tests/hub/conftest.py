"""A floor of a hub that tests can borrow: reps, their leader, one customer; and its commands."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from lumi_desk.calls.operations import WriteNote
from lumi_desk.customers.fields.rules import Patch
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, settings
from lumi_desk.hub.accept import accept
from lumi_desk.hub.cli import app
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation, encode, kind_of
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import Verdict
from lumi_desk.parked.tables import Parked
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Answer, Envelope
from tests.makers import NOW, hub_with_rep, make_customer


@dataclass
class Floor:
    """A hub with a rep who lost her customer yesterday, who holds her now, and their leader."""

    store: Store
    lin: str
    wang: str
    wu: str
    customer: str
    seq: int = field(default=0)

    def sends(self, person_id: str, *ops: Operation, depends_on: str | None = None) -> list[Answer]:
        envelopes = []
        for op in ops:
            self.seq += 1
            kind = kind_of(op)
            envelopes.append(
                Envelope(op.id, self.seq, kind.name, kind.version, encode(op), depends_on)
            )
        return list(accept(self.store, person_id, person_id, tuple(envelopes), NOW))

    def send(self, person_id: str, op: Operation, depends_on: str | None = None) -> Answer:
        return self.sends(person_id, op, depends_on=depends_on)[0]

    def note(self, words: str = "想要发票") -> WriteNote:
        return WriteNote(id=new_id(), customer_id=self.customer, by=self.lin, at=NOW, words=words)

    def decides(self, op: Operation, verdict: Verdict, words: str = "", by: str = "") -> Answer:
        decision = DecideParked(
            id=new_id(),
            customer_id=op.customer_id,
            by=by or self.wu,
            at=NOW,
            parked_id=op.id,
            verdict=verdict,
            words=words,
        )
        return self.send(by or self.wu, decision)

    def asks(self, op: Operation, words: str = "", by: str = "") -> Answer:
        by = by or self.lin
        asking = AskLeader(
            id=new_id(), customer_id=op.customer_id, by=by, at=NOW, op_id=op.id, words=words
        )
        return self.send(by, asking)

    def row(self, op: Operation) -> Parked:
        with self.store.read() as session:
            return session.get_one(Parked, op.id)

    def has(self, table: type[Any], pk: str) -> bool:
        with self.store.read() as session:
            return session.get(table, pk) is not None

    def gives_to(self, rep_id: str | None) -> None:
        with self.store.write() as session:
            feed.watch(session)
            before = NOW - timedelta(days=1)
            feed.publish(session, keeping.assign(session, [self.customer], rep_id, before))

    def edits(self, *patches: Patch) -> EditCustomer:
        return EditCustomer(
            id=new_id(), customer_id=self.customer, by=self.lin, at=NOW, base_ver=1, changes=patches
        )

    def her(self) -> Customer:
        with self.store.read() as session:
            return session.get_one(Customer, self.customer)


@pytest.fixture
def floor(hub_store: Store) -> Floor:
    lin, wang = hub_with_rep(hub_store, "lin"), hub_with_rep(hub_store, "wang")
    wu = hub_with_rep(hub_store, "wu", role=Role.LEADER)
    with hub_store.write() as session:
        feed.watch(session)
        customer = make_customer(session, wang, name="周文静").id
        feed.publish(session)
    return Floor(hub_store, lin, wang, wu, customer)


@dataclass
class Typed:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        assert self.code == 1
        assert self.out == ""
        return json.loads(self.err.splitlines()[-1])["error"]


Type = Callable[..., Typed]


@pytest.fixture
def type_(hub_store: Store) -> Type:
    """Run a command on the hub, without a shell."""
    url = hub_store.engine.url
    place = url.render_as_string(hide_password=False) if hub_store.on_postgres else None

    def typed(*words: str, stdin: str = "") -> Typed:
        database = place or _file_of(hub_store)
        result = CliRunner().invoke(app, words, input=stdin, env={settings.DATABASE: database})
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Typed(result.exit_code, result.stdout, result.stderr)

    return typed


def _file_of(store: Store) -> str:
    with store.read() as session:
        return str(session.connection().exec_driver_sql("PRAGMA database_list").one()[2])
