"""Real orders, a hub over HTTP on each engine, a rep offline for three contacts, her leader."""

from sqlalchemy import func, select

from lumi_desk.calls.tables import Callback, Contact, Refusal
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import settings
from lumi_desk.orders.tables import Order, OrderLine, Sale
from tests.hub_process import SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.board.screen import Cell
from ui.widgets.values import SyncState

NOTE = "女儿下月结婚，想皮肤状态好一点"
PROOF = "20261117001"


def test_three_contacts_offline_reach_the_leaders_board(
    toy_shop: str, start_hub: StartHub, sit_down: SitDown, fair_hour: SetClock
) -> None:
    hub = start_hub(toy_shop)
    leader = sit_down(hub.address, "leader")
    leader.sign_in(places.leader())
    assert _dials(leader) == (0, 0)
    assert "12,000" not in leader.claimed()

    rep = sit_down(hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until_sync(SyncState.SYNCED)
    assert len(rep.screen.queue.rows) == places.HERS
    rep.take_next()
    hub.stop()
    sold = _sell_a_card(rep)
    promised = _promise_a_callback(rep)
    refused = _be_refused_on_wangwang(rep)
    assert len({sold, promised, refused}) == 3
    rep.until_sync(SyncState.OFFLINE)
    work = ["contact.log", "sale.claim", "contact.log", "callback.promise"]
    assert rep.waiting() == [*work, "customer.refuse", "contact.log"]
    assert rep.screen.top.sync.text.startswith("6 ")
    assert refused not in {row.customer_id for row in rep.screen.queue.rows}

    # What can still be undone stays here; eleven seconds later nothing can.
    fair_hour.forward(seconds=11)
    hub.start()
    rep.sync_now()
    rep.until_sync(SyncState.SYNCED)
    assert rep.waiting() == []

    _is_at_the_hub(toy_shop, sold, promised, refused)
    leader = sit_down(folder="leader")
    leader.until_inside()
    leader.until(lambda: _dials(leader) == (2, 2))
    assert "12,000" in leader.claimed()


def _sell_a_card(rep: Seat) -> str:
    who = rep.call()
    rep.write("1")
    rep.until(lambda: rep.screen.script is not None and rep.screen.script.can_back)
    rep.view.write_note()
    rep.write(NOTE)
    rep.end()
    rep.choose("sold")
    rep.sell("12,000", PROOF)
    rep.save()
    return who


def _promise_a_callback(rep: Seat) -> str:
    who = rep.call()
    rep.end()
    rep.choose("thinking")
    rep.promise("明天19:30")
    rep.save()
    return who


def _be_refused_on_wangwang(rep: Seat) -> str:
    who = rep.write_on_wangwang()
    rep.refuse()
    rep.end()
    rep.choose("no_need")
    rep.save()
    return who


def _dials(leader: Seat) -> tuple[int, int]:
    """The team's dials and answered calls, from the last line of the table."""
    total = next(line for line in leader.board.reps if line.total)
    told = [cell.text for cell in total.cells if isinstance(cell, Cell) and " / " in cell.text]
    dials, answered = told[-1].split(" / ")
    return int(dials), int(answered)


def _is_at_the_hub(database: str, sold: str, promised: str, refused: str) -> None:
    """The hub holds the real orders, and of the rep's work each piece once."""
    store = settings.opened(database)
    with store.read() as session:
        for table, count in ((Order, 424), (OrderLine, 2114), (Customer, 367)):
            assert session.scalar(select(func.count()).select_from(table)) == count
        contacts = {one.customer_id: one for one in session.scalars(select(Contact))}
        assert set(contacts) == {sold, promised, refused}
        assert contacts[sold].note == NOTE
        assert [contacts[who].channel for who in (sold, promised, refused)] == [
            "call",
            "call",
            "wangwang",
        ]
        sale = session.scalars(select(Sale)).one()
        assert (sale.customer_id, sale.fen, sale.proof) == (sold, 1_200_000, PROOF)
        callback = session.scalars(select(Callback)).one()
        assert f"{callback.due_at:%Y-%m-%d %H:%M}" == "2026-11-18 11:30"
        assert callback.customer_id == promised
        assert session.scalars(select(Refusal)).one().customer_id == refused
    store.close()
