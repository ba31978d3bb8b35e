"""What she says about being reached goes from a desk to the hub and to whoever holds her."""

from datetime import datetime, timedelta

from sqlalchemy import select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.consents import service
from lumi_desk.consents.operations import GiveConsent, WithdrawConsent
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.consents.tables import Consent
from lumi_desk.ids import new_id
from lumi_desk.parked.tables import Parked
from lumi_desk.storage.store import Store
from tests.hubs import Hub
from tests.makers import NOW
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give, move


def withdrawal(rep: str, customer: str, at: datetime = NOW) -> WithdrawConsent:
    return WithdrawConsent(
        id=new_id(), customer_id=customer, by=rep, at=at, way=Way.PHONE, purpose=Purpose.MARKETING
    )


def agreement(rep: str, customer: str, at: datetime = NOW) -> GiveConsent:
    return GiveConsent(
        id=new_id(), customer_id=customer, by=rep, at=at, way=Way.PHONE, purpose=Purpose.MARKETING
    )


def may_be_called(store: Store, customer: str) -> bool:
    with store.read() as session:
        return service.everybody(session, NOW).may(customer, Way.PHONE, Purpose.MARKETING)


def test_a_withdrawal_binds_offline_and_leaves_before_everything_else(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    note = WriteNote(id=new_id(), customer_id=customer, by=lin, at=NOW, words="x")
    with desk.store.write() as session:
        desk.do(session, note, withdrawal(lin, customer), hold=True)
    assert not may_be_called(desk.store, customer)
    desk.sync_round()
    assert (count(hub.store, Consent), count(hub.store, Note)) == (1, 0)
    assert not may_be_called(hub.store, customer)
    hub.clock.forward(seconds=11)
    desk.sync_round()
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_it_binds_at_once_whoever_holds_her_by_then(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk, other = hub.desk("lin"), hub.desk("wang", seat="other")
    desk.sync_round()
    move(hub, [customer], wang)
    given, gone = agreement(lin, customer), withdrawal(lin, customer)
    do(desk, given, gone)
    desk.sync_round()
    other.sync_round()
    assert not may_be_called(other.store, customer)
    assert_same_as_hub(hub, other)
    with hub.store.read() as session:
        assert session.scalars(select(Consent.id)).all() == [gone.id]
        # A consent can wait for the leader: nobody is called without one by mistake.
        assert session.scalars(select(Parked.id)).all() == [given.id]


def test_what_comes_late_does_not_take_a_withdrawal_back(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    one, other = hub.desk("lin"), hub.desk("lin", seat="other")
    for desk in (one, other):
        desk.sync_round()
    do(one, withdrawal(lin, customer))
    do(other, agreement(lin, customer, NOW - timedelta(hours=1)))
    for desk in (one, other, one):
        desk.sync_round()
        assert not may_be_called(desk.store, customer)
    do(other, agreement(lin, customer, NOW + timedelta(hours=1)))
    for desk in (other, one):
        desk.sync_round()
        assert may_be_called(desk.store, customer)
        assert_same_as_hub(hub, desk)


def test_nothing_is_forgotten(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    for hours in range(3):
        at = NOW + timedelta(hours=hours)
        do(desk, agreement(lin, customer, at), withdrawal(lin, customer, at))
    desk.sync_round()
    assert count(hub.store, Consent) == count(desk.store, Consent) == 6
