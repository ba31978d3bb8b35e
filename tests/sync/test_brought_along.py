"""What a push brings along: the rows that came of it, in the same answer."""

import pytest

from lumi_desk.calls.tables import Contact
from lumi_desk.sync import feed
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.tables import Outbox
from tests.hubs import Hub
from tests.makers import a_call
from tests.stores import statements, without_values
from tests.sync.test_rounds import assert_same_as_hub, count, do, give


def test_a_push_brings_along_what_came_of_it(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.requests.clear()
    call = a_call(lin, customer)
    do(desk, call)
    report = desk.sync_round()
    assert line.requests == ["/v1/push"]
    assert (report.sent, count(desk.store, Outbox)) == (1, 0)
    assert_same_as_hub(hub, desk)


def test_a_hub_that_brings_nothing_along_is_asked(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.requests.clear()
    line.pushes_alone = True
    do(desk, a_call(lin, customer))
    desk.sync_round()
    assert line.requests == ["/v1/push", "/v1/pull"]
    assert count(desk.store, Outbox) == 0
    assert_same_as_hub(hub, desk)


def test_what_comes_back_as_it_went_is_not_written_anew(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    call = a_call(lin, customer)
    do(desk, call)
    with statements(desk.store.engine) as seen:
        desk.sync_round()
    written = [one for one in seen if '"contact"' in one and not one.startswith("SELECT")]
    assert [without_values(one) for one in written] == ['UPDATE "contact" SET ver = 1 WHERE id = ']
    with desk.store.read() as session:
        assert session.get_one(Contact, call.id).ver == 1


def test_what_the_hub_made_otherwise_takes_the_place_of_what_was_done_here(
    hub: Hub, lin: str
) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    line.pushes_alone = True
    desk = hub.desk("lin", line)
    desk.sync_round()
    call, later = a_call(lin, customer), a_call(lin, customer)
    do(desk, call)
    line.lose_reply_to = "/v1/pull"
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Contact, call.id).attitude = "neutral"
        feed.publish(session)
    do(desk, later)
    line.cut = True
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    line.cut = False
    desk.sync_round()
    with desk.store.read() as session:
        assert session.get_one(Contact, call.id).attitude == "neutral"
    assert_same_as_hub(hub, desk)
