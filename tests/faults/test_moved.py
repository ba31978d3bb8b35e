"""A customer who moves on leaves the cache; unsent work about her does not."""

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import Refuse
from lumi_desk.calls.service import is_refused
from lumi_desk.calls.tables import Contact, Note
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.reports.tables import Fact
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.tables import DeadLetter, SyncOp
from tests.faults.kit import a_note, waiting
from tests.hubs import Hub
from tests.makers import a_call, hub_with_rep
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give, move


@pytest.fixture
def hub(hub_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    return Hub(hub_store, tmp_path_factory.mktemp("hub"))


@pytest.fixture
def lin(hub: Hub) -> str:
    return hub_with_rep(hub.store, "lin")


@pytest.fixture
def wang(hub: Hub) -> str:
    return hub_with_rep(hub.store, "wang")


def test_to_another_and_back_while_she_is_offline(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin, orders=2)
    line = hub.line()
    desk, other = hub.desk("lin", line), hub.desk("wang", seat="other")
    desk.sync_round()
    line.cut = True
    hub.clock.forward(minutes=1)
    mine = a_call(lin, customer, at=hub.clock())
    do(desk, mine)
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    hub.clock.forward(minutes=5)
    move(hub, [customer], wang)
    other.sync_round()
    theirs = a_note(wang, customer, "wang's")
    do(other, theirs)
    other.sync_round()
    hub.clock.forward(minutes=5)
    move(hub, [customer], lin)
    assert waiting(desk.store) == {mine.id}
    line.cut = False
    desk.sync_round()
    other.sync_round()
    with hub.store.read() as session:
        assert session.get(Contact, mine.id) is not None
    with desk.store.read() as session:
        assert session.scalars(select(Note.id)).all() == [theirs.id]
        assert session.scalars(select(Contact.id)).all() == [mine.id]
    assert count(other.store, Customer) == 0
    for each in (desk, other):
        assert_same_as_hub(hub, each)
    audit(hub.store)


def test_work_that_is_sent_after_she_left(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.cut = True
    hub.clock.forward(minutes=1)
    before = a_call(lin, customer, at=hub.clock())
    do(desk, before)
    hub.clock.forward(minutes=5)
    move(hub, [customer], wang)
    hub.clock.forward(minutes=5)
    # She does not know yet, and goes on: that work nobody asked for any more.
    after = a_call(lin, customer, at=hub.clock())
    do(desk, after)
    line.cut = False
    # The removal comes with this round; the work must not go with it.
    assert desk.sync_round().sent == 2
    with hub.store.read() as session:
        fates = dict(session.execute(select(SyncOp.op_id, SyncOp.status)).all())
    assert fates == {before.id: "applied", after.id: "parked"}
    with desk.store.read() as session:
        assert session.scalars(select(DeadLetter.op_id)).all() == [after.id]
    assert (count(desk.store, Customer), count(desk.store, Contact)) == (0, 0)
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_a_do_not_call_that_is_sent_after_she_left_binds_at_once(
    hub: Hub, lin: str, wang: str
) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk, other = hub.desk("lin", line), hub.desk("wang", seat="other")
    desk.sync_round()
    line.cut = True
    hub.clock.forward(minutes=1)
    move(hub, [customer], wang)
    other.sync_round()
    hub.clock.forward(minutes=5)
    do(desk, Refuse(id=new_id(), customer_id=customer, by=lin, at=hub.clock()))
    line.cut = False
    desk.sync_round()
    other.sync_round()
    with other.store.read() as session:
        assert is_refused(session, customer)
    assert count(desk.store, DeadLetter) == 0
    for each in (desk, other):
        assert_same_as_hub(hub, each)
    audit(hub.store)


def test_a_removal_that_overtakes_the_work_leaves_it_alone(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    hub.clock.forward(minutes=1)
    call = a_call(lin, customer, at=hub.clock())
    with desk.store.write() as session:
        desk.do(session, call, hold=True)
    hub.clock.forward(seconds=2)
    move(hub, [customer], wang)
    desk.sync_round()
    assert count(desk.store, Customer) == 0
    assert waiting(desk.store) == {call.id}
    hub.clock.forward(minutes=1)
    assert desk.sync_round().sent == 1
    assert count(hub.store, Contact) == 1


def test_what_is_in_two_streams_stays_when_it_leaves_one(hub: Hub, lin: str, wang: str) -> None:
    """A leader who calls too: her figures come by her own stream and by her team's."""
    wu = hub_with_rep(hub.store, "wu", role=Role.LEADER)
    (customer,) = give(hub, lin)
    rep, board = hub.desk("lin"), hub.desk("wu", seat="board")
    rep.sync_round()
    do(rep, a_call(lin, customer))
    rep.sync_round()
    board.sync_round()
    figures = count(board.store, Fact)
    assert figures > 0
    move(hub, [customer], wang)
    for each in (rep, board):
        each.sync_round()
    assert count(board.store, Fact) == count(rep.store, Fact) == figures
    for each in (rep, board):
        assert_same_as_hub(hub, each)
    assert wu
