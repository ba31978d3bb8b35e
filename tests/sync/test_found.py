"""Faults that random histories and a hard look found, each told once and plainly."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from lumi_desk import clock
from lumi_desk.calls.operations import PromiseCallback, WriteNote
from lumi_desk.calls.tables import Callback, Contact, Note
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.desk import Desk
from lumi_desk.hub import deliver, keeping
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.engines import DiskFull
from lumi_desk.sync import feed, outbox, streams
from lumi_desk.sync import round as round_
from lumi_desk.sync.client import HubBusy, HubOutOfReach, HubSaid
from lumi_desk.sync.outbox import TooLong
from lumi_desk.sync.tables import DeadLetter, DeskMeta, Outbox, SyncMeta, SyncOp
from tests.hubs import Hub, NullVault
from tests.makers import NOW, a_call, make_order
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give, move, rows


def note(by: str, customer_id: str, words: str = "她说好") -> WriteNote:
    return WriteNote(id=new_id(), customer_id=customer_id, by=by, at=NOW, words=words)


def edit(hub: Hub, customer_id: str) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, customer_id).city = "杭州"
        feed.publish(session)


def hold(desk: Desk, *ops: Operation) -> None:
    with desk.store.write() as session:
        desk.do(session, *ops, hold=True)


def test_an_undo_after_a_pull_leaves_nothing_behind(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    call = a_call(lin, customer, wechat_state="passed")
    hold(desk, call)
    edit(hub, customer)
    desk.sync_round()
    with desk.store.write() as session:
        desk.undo(session, call.id)
    assert (count(desk.store, Contact), count(desk.store, Fact)) == (0, 0)
    assert_same_as_hub(hub, desk)


def test_an_undo_keeps_later_work_on_the_same_row(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    first = a_call(lin, customer, wechat_state="asked")
    second = a_call(lin, customer, wechat_state="passed")
    hold(desk, first, second)
    with desk.store.write() as session:
        desk.undo(session, first.id)
    with desk.store.read() as session:
        assert session.get_one(Customer, customer).wechat_state == "passed"


def test_refused_work_goes_from_under_later_work(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    promise = PromiseCallback(id=new_id(), customer_id=customer, by=lin, at=NOW, due_at=NOW)
    do(desk, promise)
    desk.sync_round()
    do(desk, a_call(wang, customer, wechat_state="asked"))
    kept = a_call(lin, customer, disposition="no_answer", wechat_state="passed")
    hold(desk, kept)
    desk.sync_round()
    with desk.store.read() as session:
        assert session.get_one(Callback, promise.id).done_at is None
        assert session.scalars(select(Contact.id)).all() == [kept.id]
        assert session.get_one(Customer, customer).wechat_state == "passed"
        assert session.scalars(select(DeadLetter.reason)).all() == ["NotYours"]


def test_work_sent_after_she_left_leaves_no_ghost(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    hub.clock.forward(minutes=1)
    call = a_call(lin, customer, at=hub.clock())
    hold(desk, call)
    hub.clock.forward(seconds=1)
    move(hub, [customer], wang)
    desk.sync_round()
    hub.clock.forward(minutes=1)
    assert desk.sync_round().sent == 1
    assert count(hub.store, Contact) == 1
    assert (count(desk.store, Customer), count(desk.store, Contact)) == (0, 0)
    assert_same_as_hub(hub, desk)


def test_what_the_hub_does_otherwise_wins_in_the_end(hub: Hub, lin: str) -> None:
    """The claim's order was there: the hub counts the order, so the desk must too."""
    (customer,) = give(hub, lin, orders=0)
    desk = hub.desk("lin")
    desk.sync_round()
    with hub.store.write() as session:
        feed.watch(session)
        make_order(session, session.get_one(Customer, customer), paid_at=NOW)
        feed.publish(session)
    do(
        desk,
        ClaimSale(
            id=new_id(),
            customer_id=customer,
            by=lin,
            at=NOW,
            kind="product",
            item_id="p",
            what="x",
            fen=49_800,
            proof="P",
        ),
    )
    desk.sync_round()
    with desk.store.read() as session:
        assert "cash_claimed" not in set(session.scalars(select(Fact.kind)))
        assert "cash" in set(session.scalars(select(Fact.kind)))
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_what_was_taken_stays_to_be_seen_until_it_comes_back(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    line.pushes_alone = True
    desk = hub.desk("lin", line)
    desk.sync_round()
    do(desk, note(lin, customer))
    line.lose_reply_to = "/v1/pull"
    with pytest.raises(Exception, match="cannot be reached"):
        desk.sync_round()
    assert count(desk.store, Note) == 1
    with desk.store.glance() as driver:
        assert outbox.next_due(driver) is None
    desk.sync_round()
    assert count(desk.store, Note) == 1
    assert count(desk.store, Outbox) == 0


def test_a_restored_hub_takes_nothing_from_sight(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    do(desk, note(lin, customer))
    desk.sync_round()
    waiting = a_call(lin, customer)
    hold(desk, waiting)
    with hub.store.write() as session:
        session.execute(text("DELETE FROM sync_op"))
        session.get_one(SyncMeta, 1).epoch = new_id()
    desk.sync_round()
    with desk.store.write() as session:
        desk.undo(session, waiting.id)
    assert (count(desk.store, Note), count(desk.store, Contact)) == (1, 0)
    assert count(desk.store, Fact) == 0
    assert wang


def test_moved_to_nobody_with_a_child_touched_adds_up(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    do(desk, note(lin, customer))
    desk.sync_round()
    with hub.store.write() as session:
        feed.watch(session)
        keeping.assign(session, [customer], None, hub.clock())
        session.scalars(select(Note)).one().words = "changed"
        feed.publish(session)
    audit(hub.store)
    desk.sync_round()
    assert_same_as_hub(hub, desk)


def test_who_comes_back_comes_with_all_her_children(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin, orders=2)
    desk = hub.desk("lin")
    desk.sync_round()
    for holder, orders in ((wang, 0), (lin, 2)):
        move(hub, [customer], holder)
        desk.sync_round()
        assert count(desk.store, Order) == orders


def test_who_comes_back_and_is_changed_comes_whole_over_several_pages(
    hub: Hub, lin: str, wang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_, "PAGE", 1)
    one, other = give(hub, lin, many=2)
    desk = hub.desk("lin")
    desk.sync_round()
    move(hub, [one], wang)
    with hub.store.write() as session:
        feed.watch(session)
        make_order(session, session.get_one(Customer, one))
        feed.publish(session)
    move(hub, [one], lin)
    edit(hub, other)
    edit(hub, one)
    desk.sync_round()
    assert count(desk.store, Order) == 3
    assert_same_as_hub(hub, desk)


def test_what_another_hub_answered_is_said_again_to_the_right_one(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    line.pushes_alone = True
    desk = hub.desk("lin", line)
    desk.sync_round()
    do(desk, note(lin, customer))
    with hub.store.write() as session:
        meta = session.get_one(SyncMeta, 1)
        right, meta.epoch = meta.epoch, new_id()
    line.lose_reply_to = "/v1/pull"
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    with hub.store.write() as session:
        session.execute(text("DELETE FROM sync_op"))
        session.get_one(SyncMeta, 1).epoch = right
    desk.sync_round()
    desk.sync_round()
    assert count(hub.store, SyncOp) == 1


def test_who_was_away_while_removals_were_forgotten_fetches_anew(
    hub: Hub, lin: str, wang: str
) -> None:
    one, other = give(hub, lin, many=2)
    desk = hub.desk("lin")
    desk.sync_round()
    move(hub, [one], wang)
    with hub.store.write() as session:
        assert streams.prune(session, clock.now() + timedelta(days=91)) == 1
    edit(hub, other)
    desk.sync_round()
    assert_same_as_hub(hub, desk)
    with desk.store.read() as session:
        # Told so by the hub at once: nothing had to be found not to add up.
        assert session.get(DeskMeta, "sent_again") is None


def test_what_went_while_she_was_away_is_gone(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    move(hub, [customer], wang)
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.scalars(select(Order)).one())
        feed.publish(session)
    move(hub, [customer], lin)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    assert_same_as_hub(hub, desk)


def test_every_change_raises_the_version(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)

    def version() -> int:
        with hub.store.read() as session:
            return session.get_one(Customer, customer).ver

    before = version()
    edit(hub, customer)
    assert version() == before + 1


def test_a_key_may_pass_from_one_record_to_another(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)

    def identity() -> Identity:
        told = {"customer_id": customer, "kind": "member", "value": "M1", "since": NOW}
        return Identity(id=new_id(), **told)

    with hub.store.write() as session:
        feed.watch(session)
        session.add(identity())
        feed.publish(session)
    desk = hub.desk("lin")
    desk.sync_round()
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.scalars(select(Identity)).one())
        session.flush()
        session.add(identity())
        feed.publish(session)
    desk.sync_round()
    assert rows(desk.store)["identity"] == rows(hub.store)["identity"]


def test_a_page_is_cut_by_its_trees(hub: Hub, lin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "MOST_CHILDREN", 5)
    give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    before = line.requests.count("/v1/pull")
    give(hub, lin, many=6, orders=2)
    give(hub, lin, many=1, orders=9)
    desk.sync_round()
    assert line.requests.count("/v1/pull") > before + 3
    assert count(desk.store, Order) == 22
    assert_same_as_hub(hub, desk)


def test_long_notes_leave_in_several_pushes_and_too_long_ones_are_said(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    do(desk, *(note(lin, customer, "话" * 60_000) for _ in range(12)))
    with pytest.raises(TooLong):
        do(desk, note(lin, customer, "话" * 100_000))
    assert desk.sync_round().sent == 12
    assert line.requests.count("/v1/push") >= 2
    assert count(hub.store, Note) == 12


def test_a_clock_that_was_ahead_delays_nothing(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    hub.clock.forward(days=1)
    hold(desk, note(lin, customer))
    hub.clock.forward(days=-1)
    assert desk.sync_round().sent == 1


def test_work_that_fits_no_more_does_not_stop_a_pull(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    hold(desk, note(lin, customer), note(lin, customer))
    with desk.store.write() as session:
        session.scalars(select(Outbox).order_by(Outbox.client_seq)).first().kind_ver = 9  # type: ignore[union-attr]
    edit(hub, customer)
    desk.sync_round()
    hub.clock.forward(minutes=1)
    report = desk.sync_round()
    assert (report.sent, report.refused) == (2, 1)


def test_a_refusal_tells_nothing_of_somebody_elses_customer(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, wang)
    desk = hub.desk("lin")
    desk.sync_round()
    do(desk, note(wang, customer))
    assert desk.sync_round().refused == 1
    assert count(desk.store, Customer) == 0


def test_who_has_left_is_wiped_at_first_contact(hub: Hub, lin: str, tmp_path: Path) -> None:
    give(hub, lin)
    vault = NullVault()
    desk = hub.desk("lin", vault=vault)
    desk.sync_round()
    with hub.store.write() as session:
        keeping.disable(session, "lin")
    with pytest.raises(HubSaid) as caught:
        desk.sync_round()
    assert caught.value.code == "HasLeft"
    assert vault.secrets == {}
    assert list(tmp_path.rglob("desk.db*")) == []
    with pytest.raises(HubSaid), desk.store.read():
        pass
    with hub.store.read() as session:
        assert not session.get_one(Person, lin).active


def test_a_hub_that_is_busy_is_asked_again(hub: Hub, lin: str) -> None:
    if hub.store.on_postgres:
        pytest.skip("one writer at a time is SQLite's way")
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    event.listen(
        hub.store.engine,
        "connect",
        lambda raw, _: raw.execute("PRAGMA busy_timeout = 200"),
    )
    hub.store.engine.dispose()
    do(desk, note(lin, customer))
    with hub.store.write() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(HubBusy):
            desk.sync_round()
    assert desk.sync_round().sent == 1


def test_a_full_disk_keeps_what_was_acknowledged(hub: Hub, lin: str) -> None:
    if hub.store.on_postgres:
        pytest.skip("the limit on pages is SQLite's")
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    with hub.store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    limit = lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}")  # noqa: E731
    event.listen(hub.store.engine, "connect", limit)
    hub.store.engine.dispose()
    do(desk, *(note(lin, customer, "话" * 9000) for _ in range(9)))
    with pytest.raises(HubSaid) as caught:
        desk.sync_round()
    assert caught.value.code == DiskFull.__name__
    event.remove(hub.store.engine, "connect", limit)
    hub.store.engine.dispose()
    assert desk.sync_round().sent == 9
    assert count(hub.store, SyncOp) == 9


def test_a_thousand_waiting_operations_are_sent_in_a_while(hub: Hub, lin: str) -> None:
    customers = give(hub, lin, many=20)
    desk = hub.desk("lin")
    desk.sync_round()
    do(desk, *(note(lin, customers[n % 20]) for n in range(1000)))
    assert desk.sync_round().sent == 1000
    assert_same_as_hub(hub, desk)


@pytest.mark.parametrize("page", [1, 2, 500])
def test_what_waits_is_taken_off_a_promise_that_another_desk_has_kept(
    hub: Hub, lin: str, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figure of the promise comes alone, and its customer leaves with a later page."""
    (customer,) = give(hub, lin)
    home, office = hub.desk("lin", seat="home"), hub.desk("lin", seat="office")
    do(home, PromiseCallback(id=new_id(), customer_id=customer, by=lin, at=NOW, due_at=NOW))
    for desk in (home, office):
        desk.sync_round()
    again = PromiseCallback(
        id=new_id(), customer_id=customer, by=lin, at=NOW + timedelta(hours=1), due_at=NOW
    )
    do(home, again)
    hold(office, replace(again, id=new_id()))
    home.sync_round()
    move(hub, [customer], None)
    monkeypatch.setattr(round_, "PAGE", page)
    office.sync_round()
    with office.store.read() as session:
        (promised,) = session.scalars(select(Fact).where(Fact.kind == "promised", Fact.units == 0))
    assert promised.ver == 2
    monkeypatch.undo()
    hub.clock.forward(minutes=1)
    office.sync_round()
    assert_same_as_hub(hub, office)
