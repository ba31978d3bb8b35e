"""What was answered is kept, sent again when a hub has lost it, and forgotten in time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from lumi_desk import schema
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync import letters, outbox
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.entities import CUSTOMER
from lumi_desk.sync.protocol import Answer, Change, Push, Pushed
from lumi_desk.sync.round import run
from lumi_desk.sync.tables import Cursor, DeadLetter, Held, Outbox, SentLog
from tests.makers import NOW
from tests.stores import DESK_KEY, statements
from tests.sync.test_sheets import STREAM, Source, assert_same, source, sync, work


class Refusing(Source):
    """A hub that was founded anew: it knows nobody."""

    def push(self, asked: Push) -> Pushed:
        self.pushed += [op.op_id for op in asked.ops]
        return Pushed(
            self.epoch, tuple(Answer(op.op_id, "rejected", "NotYours") for op in asked.ops)
        )


def do(store: Store, *ops: Operation) -> None:
    with store.write() as session:
        outbox.do(session, ops, NOW)


def logged(store: Store) -> dict[str, tuple[str, bool]]:
    with store.read() as session:
        return {one.op_id: (one.status, one.kept) for one in session.scalars(select(SentLog))}


def test_what_a_blank_hub_refuses_goes_to_the_real_one_when_it_is_back(desk_store: Store) -> None:
    real = source()
    sync(desk_store, real)
    taken, unsent = work("c0"), work("c1")
    do(desk_store, taken)
    sync(desk_store, real)
    assert logged(desk_store) == {taken.id: ("applied", True)}

    blank = Refusing(epoch="blank")
    do(desk_store, unsent)
    sync(desk_store, blank)
    sync(desk_store, blank)
    assert set(blank.pushed) == {taken.id, unsent.id}
    assert logged(desk_store) == {taken.id: ("rejected", True), unsent.id: ("rejected", False)}

    back = source()
    back.epoch = "life again"
    sync(desk_store, back)
    sync(desk_store, back)
    assert back.pushed == [taken.id, unsent.id]
    assert {one for one, _ in logged(desk_store).values()} == {"applied"}
    with desk_store.read() as session:
        assert session.scalars(select(DeadLetter)).all() == [], "what is taken is refused no more"
        assert session.scalars(select(Outbox)).all() == []
    assert_same(desk_store, back)


def test_a_refusal_she_has_read_is_not_sent_again(desk_store: Store) -> None:
    hub = Refusing()
    hub.put("c0", "周文静")
    sync(desk_store, hub)
    do(desk_store, work("c0"))
    sync(desk_store, hub)
    with desk_store.write() as session:
        session.scalars(select(DeadLetter)).one().seen_at = NOW
    hub.epoch = "another life"
    sync(desk_store, hub)
    sync(desk_store, hub)
    assert len(hub.pushed) == 1


def test_a_sum_that_is_off_makes_the_desk_read_and_send_again_once_a_day(
    desk_store: Store,
) -> None:
    hub = source()
    sync(desk_store, hub)
    note = work("c0")
    do(desk_store, note)
    sync(desk_store, hub)

    def lose_and_sync(now: datetime) -> None:
        # Put back to an earlier day without a word: same epoch, other records.
        hub.remove([*hub.names][-1])
        hub.changes.clear()
        hub.put("c0", f"changed {hub.seq}")
        for _ in range(2):
            run(desk_store, hub.doors(), "seat", lambda: now)
        assert_same(desk_store, hub)

    lose_and_sync(NOW)
    assert hub.pushed == [note.id] * 2
    lose_and_sync(NOW + timedelta(hours=1))
    assert hub.pushed == [note.id] * 2
    lose_and_sync(NOW + timedelta(days=2))
    assert hub.pushed == [note.id] * 3


def test_what_is_held_is_counted_anew_when_asked(desk_store: Store) -> None:
    hub = source()
    sync(desk_store, hub)
    with desk_store.write() as session:
        session.execute(text("DELETE FROM held WHERE pk = 'c2'"))
        session.execute(text("DELETE FROM customer WHERE id = 'c2'"))
    assert sync(desk_store, hub).received == 0
    assert sync(desk_store, hub, check=True).received == 5
    assert_same(desk_store, hub)


def test_a_refusal_comes_with_the_row_as_it_stands(desk_store: Store) -> None:
    hub = source()
    sync(desk_store, hub)
    note = work("c0")
    do(desk_store, note)
    row = tuple("杭州" if name == "city" else None for name in CUSTOMER.columns)
    short = Change("customer", "c0", "c0", "put", 3, ("of another version",))
    for change in (short, Change("customer", "c0", "c0", "put", 3, row)):
        with desk_store.write() as session:
            outbox.due(session, NOW, 50)
            letters.bury(session, [Answer(note.id, "rejected", "Clash", {}, (change,))], NOW)
        with desk_store.read() as session:
            told = session.scalars(select(DeadLetter.now)).one()
        assert told == (
            {} if change is short else {"customer": dict(zip(CUSTOMER.columns, row, strict=True))}
        )


def test_answers_of_a_push_are_kept_though_the_pull_fails(desk_store: Store) -> None:
    hub = source()
    sync(desk_store, hub)
    note = work("c0")
    do(desk_store, note)
    hub.epoch = "life"
    hub.seq += 1
    hub.tear_after = 0

    def down(_: object) -> object:
        raise HubOutOfReach

    doors = hub.doors()
    object.__setattr__(doors, "pull", down)
    with pytest.raises(HubOutOfReach):
        run(desk_store, doors, "seat", lambda: NOW)
    assert logged(desk_store) == {note.id: ("applied", True)}
    with desk_store.read() as session:
        assert session.scalars(select(Outbox.answered)).all() == [True]


def test_old_answers_are_forgotten_but_never_the_newest_thousand_or_what_waits(
    desk_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "ALWAYS_KEPT", 2)
    hub = source()
    sync(desk_store, hub)
    notes = [work("c0", str(number)) for number in range(5)]
    do(desk_store, *notes)
    sync(desk_store, hub)
    with desk_store.write() as session:
        letters.prune(session, NOW + timedelta(days=89))
    assert len(logged(desk_store)) == 5
    with desk_store.write() as session:
        session.execute(text("UPDATE sent_log SET kept = op_id = :one"), {"one": notes[0].id})
        letters.queue_again(session, NOW)
        letters.prune(session, NOW + timedelta(days=91))
    assert set(logged(desk_store)) == {notes[0].id, notes[3].id, notes[4].id}


def test_a_hundred_answers_are_as_many_statements_as_ten(desk_store: Store) -> None:
    counts = []
    hub = source(3)
    sync(desk_store, hub)
    for many in (10, 100):
        do(desk_store, *(work("c0") for _ in range(many)))
        with statements(desk_store.engine) as said:
            assert sync(desk_store, hub).sent == many
        counts.append(len(said))
    assert counts[0] == counts[1] < 60


def test_a_desk_of_the_release_before_reads_anew_and_keeps_what_waits(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = engines.encrypted(tmp_path_factory.mktemp("old") / "desk.db", DESK_KEY)
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0001", "desk_0002"])
        note = work("c0")
        connection.execute(
            text("INSERT INTO customer (id, name) VALUES ('c0', '周文静'), ('gone', '吴梅')")
        )
        for table, columns, values in (
            ("cursor", "stream, seq, round, whole", f"'{STREAM}', 9, 0, 1"),
            ("held", "stream, entity, pk, root, ver", f"'{STREAM}', 'customer', 'c0', 'c0', 2"),
            ("held", "stream, entity, pk, root, ver", f"'{STREAM}', 'customer', 'gone', 'gone', 3"),
            ("desk_meta", "name, value", "'epoch', 'life'"),
            (
                "sent_log",
                "op_id, client_seq, kind, kind_ver, payload, status, answered_at",
                "'s', 1, 'note.write', 1, '{\"customer_id\": \"c0\"}', 'applied', 5",
            ),
        ):
            connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({values})")
    schema.upgrade(engine, schema.DESK)
    store = Store(engine)
    with store.read() as session:
        assert {one.pk for one in session.scalars(select(Held))} == {"c0", "gone"}
        cursor = session.get_one(Cursor, STREAM)
        assert (cursor.seq, cursor.whole) == (0, False)
        assert cursor.round > 0
        assert session.scalars(select(Customer.id)).all() == ["c0", "gone"]
    assert logged(store) == {"s": ("applied", True)}
    do(store, note)
    hub = source()
    hub.seq = 20
    assert sync(store, hub).sent == 1
    assert_same(store, hub)
    hub.epoch = new_id()
    sync(store, hub)
    sync(store, hub)
    # The number of both is the same: a file could have been carried over in between.
    assert sorted(hub.pushed[1:]) == sorted(["s", note.id])
    store.close()
