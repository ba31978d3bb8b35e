"""Somebody who leads, at the list of the centre's customers: a real hub, the real presenter."""

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter

from lumi_desk.managing.centre_client import CentreAtHub
from tests.hubs import Hub, Line
from tests.lane import LaneNow
from ui.customers.centre import CentrePresenter
from ui.customers.screen import Record, Screen
from ui.workspace.screen import Ask

T = TypeVar("T")


class Lead:
    """At her desk, on a line of her own. What she sees is `screen`."""

    def __init__(self, hub: Hub, login: str, lane: type[LaneNow] = LaneNow) -> None:
        self.line: Line = hub.line()
        self.desk = hub.desk(login, self.line, seat=login)
        self.desk.sync_round()
        self.screens: list[Screen] = []
        self.handed: list[list[str]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.lane = lane(desk=self.desk)
        self.hub = CentreAtHub(self._ask)
        self.does = CentrePresenter(
            self.lane,
            self.screens.append,
            self.hub,
            self.desk.me,
            self.desk.now,
            lambda ids: self.handed.append(list(ids)),
            self.ask_path,
        )
        self.does.begin()

    def ask_path(self, _: str) -> str:
        """Where a file is to lie."""
        raise AssertionError("nothing is exported here")

    def _ask(
        self, door: str, body: bytes, shape: TypeAdapter[T], silence_s: float | None = None
    ) -> T:
        self.asked.append((door, json.loads(body)))
        return self.desk.ask(door, body, shape, silence_s)

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    @property
    def record(self) -> Record:
        assert self.screen.record is not None
        return self.screen.record

    def told(self) -> str:
        problem = self.screen.problem
        return problem.text if problem is not None else ""

    def names(self) -> list[str]:
        return [line.cells[0].text for line in self.screen.lines]

    @property
    def ask(self) -> Ask:
        """The question in the page."""
        assert self.screen.ask is not None
        return self.screen.ask

    def toast(self) -> str:
        """What was done, as it is told."""
        return self.screen.toast.text if self.screen.toast is not None else ""

    def menu(self, name: str) -> list[str]:
        """What stands behind a button."""
        found = next(one for one in self.screen.menus if one.name == name)
        return [choice.text for choice in found.choices]
