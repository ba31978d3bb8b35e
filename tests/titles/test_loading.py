"""Answers that are under way while something happens: in the end it is shown as it stands."""

from pathlib import Path

import pytest

from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing.titles import SettleTitle
from lumi_desk.managing.titles_client import TitlesAtHub
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_titles import sell
from tests.hubs import Hub
from tests.lane import LateLane
from ui.titles.loading import Lists
from ui.titles.screen import Tab

pytestmark = pytest.mark.slow


def test_an_answer_from_before_is_asked_for_again(hub_store: Store, tmp_path: Path) -> None:
    makers.hub_with_rep(hub_store, "gu", team="", role=Role.MANAGER)
    with hub_store.write() as session:
        feed.watch(session)
        for title in ("软糖", "养颜茶"):
            sell(session, "", title, 1_000)
        feed.publish(session)
    desk = Hub(hub_store, tmp_path).desk("gu")
    desk.sync_round()
    lane, at_hub, lost = LateLane(), TitlesAtHub(desk.ask), list[LumiError]()
    lists = Lists(lane, at_hub, lambda: None, lost.append)
    lists.look()
    at_hub.settle(SettleTitle(new_id(), "软糖", "other"))
    lists.anew()
    assert len(lane.late) == 1
    lane.let_in()
    assert len(lists.titles) == 2
    lane.let_in()
    assert [one.title for one in lists.titles] == ["养颜茶"]

    lists.look(more=True)
    lists.drop("养颜茶")
    lane.let_in()
    lane.let_in()
    assert [one.title for one in lists.titles] == ["养颜茶"]

    lists.search("茶")
    lists.search("糖")
    lists.open(Tab.SAID)
    lane.let_in()
    assert (len(lists.titles), lists.is_known()) == (1, False)
    lane.let_in()
    assert [one.titles for one in lists.decisions] == [("软糖",)]
    assert (lane.late, lost, lists.is_known()) == ([], [], True)
    desk.close()
