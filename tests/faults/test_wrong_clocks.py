"""Clocks may be wrong: the hub's order counts, and no work waits for a clock to come right."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from lumi_desk import clock
from lumi_desk.calls.tables import Contact
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, Desk, sign_in
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import Outbox, SyncOp
from tests.faults.kit import a_note
from tests.hubs import HandClock, Hub, NullVault
from tests.lines import through
from tests.makers import NOW, PASSWORD, a_call, hub_with_rep
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give, move

DAY = timedelta(days=1)


@pytest.fixture
def hub(hub_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    return Hub(hub_store, tmp_path_factory.mktemp("hub"))


def at_a_clock(hub: Hub, login: str, clock_: HandClock) -> Desk:
    """A desk whose machine's clock is its own."""
    account = Account("http://127.0.0.1", login)
    root = hub.folder / f"seat-{login}"
    return sign_in(account, PASSWORD, root, NullVault(), through(hub.line()), clock_)


@pytest.mark.parametrize("wrong", [DAY, -DAY], ids=["a day ahead", "a day behind"])
def test_the_hubs_order_counts(hub: Hub, wrong: timedelta) -> None:
    """Two desks, one with a wrong clock, write to the same row one after the other."""
    lin = hub_with_rep(hub.store, "lin")
    (customer,) = give(hub, lin)
    moment = HandClock(NOW + wrong)
    desk = at_a_clock(hub, "lin", moment)
    desk.sync_round()
    for state in ("asked", "passed", "deleted"):
        do(desk, a_call(lin, customer, at=moment(), wechat_state=state))
        assert desk.sync_round().sent == 1
        # Her clock is put back in the middle of the work.
        moment.forward(hours=-3)
    with hub.store.read() as session:
        assert session.get_one(Customer, customer).wechat_state == "deleted"
        order = select(SyncOp.client_seq).order_by(SyncOp.at, SyncOp.client_seq)
        assert session.scalars(order).all() == [1, 2, 3]
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_a_step_backwards_delays_no_work(hub: Hub) -> None:
    lin = hub_with_rep(hub.store, "lin")
    (customer,) = give(hub, lin)
    moment = HandClock(NOW + DAY)
    desk = at_a_clock(hub, "lin", moment)
    desk.sync_round()
    with desk.store.write() as session:
        desk.do(session, a_note(lin, customer), hold=True)
    moment.forward(days=-2)
    assert desk.sync_round().sent == 1
    assert count(desk.store, Outbox) == 0


def test_work_done_before_she_moved_counts_though_the_clock_was_behind(hub: Hub) -> None:
    """Her rep's clock says a time before she was ever his: never dropped, at worst shown."""
    lin, wang = hub_with_rep(hub.store, "lin"), hub_with_rep(hub.store, "wang")
    hub.clock.forward(days=2)
    (customer,) = give(hub, lin)
    moment = HandClock(hub.clock() - DAY)
    desk = at_a_clock(hub, "lin", moment)
    desk.sync_round()
    note = a_note(lin, customer)
    do(desk, note)
    move(hub, [customer], wang)
    report = desk.sync_round()
    with hub.store.read() as session:
        kept = session.get_one(SyncOp, note.id)
        assert kept.status in ("applied", "parked")
        assert json.loads(kept.payload)["words"] == note.words
    assert report.sent == 1


@pytest.fixture
def daylight_saving() -> Iterator[None]:
    """A machine in a zone that puts its clocks forward and back."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.skipif(sys.platform == "win32", reason="zones are set otherwise there")
def test_a_zone_with_daylight_saving_changes_no_instant(hub: Hub, daylight_saving: None) -> None:
    lin = hub_with_rep(hub.store, "lin")
    (customer,) = give(hub, lin)
    # 1 November 2026, 06:30 UTC: half past one, for the second time, in New York.
    moment = HandClock(NOW.replace(month=11, day=1, hour=5, minute=30))
    desk = at_a_clock(hub, "lin", moment)
    desk.sync_round()
    ids = []
    for _ in range(3):
        call = a_call(lin, customer, at=moment(), started_at=moment(), ended_at=moment())
        ids.append(call.id)
        do(desk, call)
        moment.forward(minutes=30)
    desk.sync_round()
    with hub.store.read() as session:
        order = select(Contact.id, Contact.started_at).order_by(Contact.started_at)
        found = session.execute(order).all()
    assert [one.id for one in found] == ids
    assert [one.started_at.hour for one in found] == [5, 6, 6]
    said = "from lumi_desk import clock; print(clock.local_day(clock.now()))"
    zones = {
        subprocess.run(
            [sys.executable, "-c", said],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("America/New_York", "Pacific/Kiritimati", "Asia/Shanghai")
    }
    assert len(zones) == 1
    assert clock.local_day(NOW).isoformat() == "2026-11-17"
