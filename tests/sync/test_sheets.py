"""A stream fetched sheet by sheet: cut anywhere, gone on with or begun anew, it comes out whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync import cache, digest, outbox, rows
from lumi_desk.sync.client import HubOutOfReach, SnapshotOver
from lumi_desk.sync.protocol import (
    Answer,
    Change,
    Page,
    Problem,
    Pull,
    Pulled,
    Push,
    Pushed,
    Sheet,
    Snapshot,
)
from lumi_desk.sync.round import Doors, Progress, Report, run
from lumi_desk.sync.tables import Held
from tests.makers import NOW
from tests.stores import statements

STREAM = "rep:lin"
COLUMNS = {
    "customer": ("id", "ver", "name"),
    "order": ("id", "ver", "key", "shop", "status"),
}
COLUMNS["order"] += ("customer_id", "created_at", "total_fen", "paid_fen")


@dataclass
class Source:
    """A hub of one stream of customers with an order each, two on a sheet."""

    names: dict[str, str] = field(default_factory=dict)
    seq: int = 1
    vers: dict[str, int] = field(default_factory=dict)
    epoch: str = "life"
    begun: int = 0
    tear_after: int | None = None
    over: bool = False
    proto: int = 2
    asked: list[Snapshot] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)
    changes: list[tuple[int, Change]] = field(default_factory=list)

    def put(self, pk: str, name: str) -> None:
        self.seq += 1
        self.names[pk], self.vers[pk] = name, self.seq
        self._note(Change("customer", pk, pk, "put", self.seq, self._row(pk), self._tree(pk)))

    def remove(self, pk: str) -> None:
        self.seq += 1
        del self.names[pk], self.vers[pk]
        self._note(Change("customer", pk, pk, "remove", self.seq))

    def doors(self) -> Doors:
        return Doors(self.push, self.pull, self.snapshot)

    def push(self, asked: Push) -> Pushed:
        self.pushed += [op.op_id for op in asked.ops]
        return Pushed(self.epoch, tuple(Answer(op.op_id, "applied") for op in asked.ops))

    def pull(self, asked: Pull) -> Pulled:
        cursor = asked.cursors.get(STREAM, 0)
        again = not 0 < cursor <= self.seq and self.proto > 1
        news = () if again else tuple(c for seq, c in self.changes if seq > cursor)
        page = Page(STREAM, self.seq, self.seq, str(self.digest()), False, news, again)
        return Pulled(self.epoch, (page,), COLUMNS)

    def snapshot(self, asked: Snapshot) -> Iterator[Sheet]:
        self.asked.append(asked)
        if asked.generation and self.over:
            self.over = False
            raise SnapshotOver(Problem("SnapshotOver", {}, "over", "over"))
        self.begun += not asked.generation
        generation = asked.generation or f"{self.epoch}:{self.seq}:{self.begun}"
        return self._sheets(generation, asked.after)

    def digest(self) -> int:
        return digest.of_records(("customer", pk, ver) for pk, ver in self.vers.items())

    def _sheets(self, generation: str, after: str) -> Iterator[Sheet]:
        sent = 0
        while True:
            if sent == self.tear_after:
                self.tear_after = None
                raise HubOutOfReach
            left = sorted(pk for pk in self.names if pk > after)
            some = left[:2]
            after = some[-1] if some else after
            yield self._sheet(generation, some, after, len(left) - len(some))
            sent += 1
            if len(left) <= len(some):
                return

    def _sheet(self, generation: str, pks: list[str], after: str, left: int) -> Sheet:
        held = [("customer", pk, pk, self.vers[pk]) for pk in pks]
        told = {"customer": [self._row(pk) for pk in pks]}
        told["order"] = [row for pk in pks for row in self._tree(pk)["order"]]
        seq = int(generation.split(":")[1])
        return Sheet(
            self.epoch, STREAM, generation, seq, after, left > 0, left, COLUMNS, told, held
        )

    def _row(self, pk: str) -> tuple[Any, ...]:
        return (pk, self.vers[pk], self.names[pk])

    def _tree(self, pk: str) -> dict[str, list[tuple[Any, ...]]]:
        own = f"o-{pk}-{self.names[pk]}"
        return {"order": [(own, 1, own, "旗舰店", "done", pk, 1, 100, 100)]}

    def _note(self, change: Change) -> None:
        self.changes = [one for one in self.changes if one[1].pk != change.pk]
        self.changes.append((self.seq, change))


def source(many: int = 5) -> Source:
    made = Source()
    for number in range(many):
        made.put(f"c{number}", "周文静")
    return made


def sync(store: Store, hub: Source, **more: Any) -> Report:
    return run(store, hub.doors(), "seat", lambda: NOW, **more)


def assert_same(store: Store, hub: Source) -> None:
    with store.read() as session:
        here = {one.id: one.name for one in session.scalars(select(Customer))}
        assert here == hub.names
        orders = set(session.scalars(select(Order.id)))
        assert orders == {row[0] for pk in hub.names for row in hub._tree(pk)["order"]}
        held = {one.pk: one.ver for one in session.scalars(select(Held))}
        assert held == hub.vers
        place = cache.places(session)[STREAM]
    assert (place.seq, place.whole, place.generation, place.after) == (hub.seq, True, "", "")
    assert place.digest == hub.digest()


def work(customer: str, words: str = "她说好") -> WriteNote:
    return WriteNote(id=new_id(), customer_id=customer, by="lin", at=NOW, words=words)


def test_a_first_sync_is_one_snapshot(desk_store: Store) -> None:
    hub = source()
    told: list[Progress] = []
    assert sync(desk_store, hub, watch=told.append).received == 5
    assert_same(desk_store, hub)
    assert [one.left for one in told[1:4]] == [3, 1, 0]
    assert [one.received for one in told[1:4]] == [2, 4, 5]


@pytest.mark.parametrize("sheets", [0, 1, 2])
def test_a_cut_snapshot_goes_on_where_it_was_cut(desk_store: Store, sheets: int) -> None:
    hub = source()
    hub.tear_after = sheets
    with pytest.raises(HubOutOfReach):
        sync(desk_store, hub)
    with desk_store.read() as session:
        place = cache.places(session)[STREAM]
        assert len(session.scalars(select(Customer)).all()) == 2 * sheets
    # Written to meanwhile: before the key and behind it.
    hub.put("c0", "changed")
    hub.remove("c4")
    assert sync(desk_store, hub).received
    assert (hub.asked[-1].generation, hub.asked[-1].after) == (place.generation, place.after)
    assert hub.begun == (1 if sheets else 2)
    assert_same(desk_store, hub)


def test_a_snapshot_that_is_over_is_begun_anew_and_leaves_no_ghosts(desk_store: Store) -> None:
    hub = source()
    hub.tear_after = 1
    with pytest.raises(HubOutOfReach):
        sync(desk_store, hub)
    hub.remove("c0")
    # The hub forgot that she left: only a whole reading tells.
    hub.changes.clear()
    hub.over = True
    sync(desk_store, hub)
    assert [asked.generation == "" for asked in hub.asked] == [True, False, True]
    assert_same(desk_store, hub)


def test_a_cursor_the_hub_has_pruned_beyond_is_read_anew(desk_store: Store) -> None:
    hub = source()
    sync(desk_store, hub)
    hub.remove("c1")
    hub.changes.clear()
    hub.put("c2", "changed")
    pull = hub.pull
    doors = replace(
        hub.doors(),
        pull=lambda asked: pull(
            replace(asked, cursors={}) if asked.cursors.get(STREAM, 0) < hub.seq else asked
        ),
    )
    run(desk_store, doors, "seat", lambda: NOW)
    assert_same(desk_store, hub)


def test_a_hub_that_knows_no_snapshots_is_read_from_the_beginning(desk_store: Store) -> None:
    hub = source()
    hub.proto = 1
    sync(desk_store, hub)
    assert hub.asked == []
    assert_same(desk_store, hub)


def test_a_hub_that_never_comes_to_an_end_is_left_alone_for_now(desk_store: Store) -> None:
    hub = source()
    cut = replace(hub.doors(), snapshot=lambda asked: iter([*hub.snapshot(asked)][:0]))
    run(desk_store, cut, "seat", lambda: NOW)
    assert len(hub.asked) < 10
    sync(desk_store, hub)
    assert_same(desk_store, hub)


def test_work_that_waits_stays_on_the_rows_a_snapshot_brings(desk_store: Store) -> None:
    hub = source()
    sync(desk_store, hub)
    note = work("c1")
    with desk_store.write() as session:
        outbox.do(session, [note], NOW, hold=True)
        cache.start_over(session, [STREAM])
    sync(desk_store, hub)
    with desk_store.read() as session:
        assert session.scalars(select(Note.words)).all() == ["她说好"]
    with desk_store.write() as session:
        outbox.undo(session, [note.id])
    with desk_store.read() as session:
        assert session.scalars(select(Note)).all() == []


def test_a_round_without_news_writes_nothing(desk_store: Store) -> None:
    hub = source(40)
    sync(desk_store, hub)
    with statements(desk_store.engine) as said:
        sync(desk_store, hub)
    assert [one[:6] for one in said] == ["SELECT"]


def test_a_few_changes_are_as_many_statements_however_much_is_held(desk_store: Store) -> None:
    counts = []
    for many in (20, 60):
        hub = source(many)
        hub.epoch = f"life {many}"
        sync(desk_store, hub)
        for pk in [*hub.names][:10]:
            hub.put(pk, "changed")
        with statements(desk_store.engine) as said:
            sync(desk_store, hub)
        counts.append(len(said))
        assert not any(one.endswith(f"FROM held WHERE stream = '{STREAM}'") for one in said)
        with statements(desk_store.engine) as said:
            sync(desk_store, hub, check=True)
        assert any(one.endswith(f"FROM held WHERE stream = '{STREAM}'") for one in said)
    assert counts[0] == counts[1] < 30


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from("prcot"), st.integers(0, 6), st.sampled_from(["甲", "乙"])),
        max_size=14,
    )
)
def test_whatever_happens_in_between_the_sum_is_right(
    desk_store: Store, steps: list[tuple[str, int, str]]
) -> None:
    hub = Source(epoch=new_id())
    hub.put("c9", "last")
    for step, number, name in steps:
        pk = f"c{number}"
        if step == "p":
            hub.put(pk, name)
        elif step == "r" and pk in hub.names:
            hub.remove(pk)
        elif step == "c":
            hub.tear_after = number
        elif step == "o":
            hub.over = True
        else:
            try:
                sync(desk_store, hub)
            except HubOutOfReach:
                continue
            assert_same(desk_store, hub)
    hub.tear_after = None
    sync(desk_store, hub)
    assert_same(desk_store, hub)
    with desk_store.read() as session:
        assert rows.count(session, STREAM) == hub.digest()
