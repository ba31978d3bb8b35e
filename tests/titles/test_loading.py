"""Answers that are under way while something happens: in the end it is shown as it stands."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

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
from tests.lane import LaneNow
from ui.lane import Failed
from ui.titles.loading import Lists
from ui.titles.screen import Tab

pytestmark = pytest.mark.slow

T = TypeVar("T")


class LateLane(LaneNow):
    """The hub answers at once, and its answers arrive when they are let in."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[Callable[[], object]] = []

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        def later(told: T) -> None:
            if done is not None:
                self.late.append(partial(done, told))

        super().outside(work, later, failed, owner)

    def let_in(self) -> None:
        """Let the oldest answer in."""
        self.late.pop(0)()


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
