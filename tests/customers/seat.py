"""Somebody at the list of customers: the real store, the real presenter, a clock by hand."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lumi_desk.customers.naming import sound
from lumi_desk.desk import Me
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import Outbox
from tests import floor
from tests.hubs import HandClock
from tests.lane import LaneNow
from tests.makers import NOW, make_customer
from ui.customers.presenter import CustomersPresenter
from ui.customers.screen import Screen
from ui.workspace.screen import Ask

REP = Me("lin", "林晓燕", "rep", "one")
LEADER = Me("wu", "吴桂芳", "leader", "one")
# Id and name, pool, days since the last purchase, city.
PEOPLE = (
    ("zhou", "周文静", "V", 12, "杭州"),
    ("ouyang", "欧阳敏", "1", 96, "宁波"),
    ("shan", "单晓飞", "1", 191, "苏州"),
    ("he", "何丽", "0", None, ""),
)


class Seat:
    """What is seen is `screen`; what is done goes through `does`."""

    def __init__(
        self, store: Store, folder: Path, me: Me = REP, lane: type[LaneNow] = LaneNow
    ) -> None:
        self.store, self.folder, self.clock = store, folder, HandClock()
        self.screens: list[Screen] = []
        self.went: list[str] = []
        self.handed: list[Sequence[str]] = []
        self.file: str | None = None
        self.suggested = ""
        self.lane = lane(desk=floor.offline_desk(store, self.clock, me))
        self.does = CustomersPresenter(
            self.lane,
            self.screens.append,
            me,
            self.clock,
            self.went.append,
            self.handed.append,
            self._path,
        )
        self.does.begin()

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def ask(self) -> Ask:
        """The question in the page."""
        ask = self.screen.ask
        assert ask is not None
        return ask

    def toast(self) -> str:
        return self.screen.toast.text if self.screen.toast else ""

    def problem(self) -> str:
        return self.screen.problem.text if self.screen.problem else ""

    def names(self) -> list[str]:
        return [line.cells[0].text for line in self.screen.lines]

    def cells(self, customer_id: str) -> dict[str, str]:
        """What stands in her line, by the column's name."""
        line = self.screen.lines[self.screen.lines.place(customer_id)]
        names = [heading.name for heading in self.screen.headings]
        told = [" ".join((cell.text, *(one.text for one in cell.badges))) for cell in line.cells]
        return {name: text.strip() for name, text in zip(names, told, strict=True)}

    def waiting(self) -> list[str]:
        with self.store.read() as session:
            return list(session.scalars(select(Outbox.kind).order_by(Outbox.client_seq)))

    def tags(self, name: str) -> None:
        """Tag everybody who is marked, or shown."""
        self.does.acted("tag")
        self.does.ask_written(name)
        self.does.ask_confirmed()

    def _path(self, name: str) -> str:
        self.suggested = name
        return str(self.folder / (self.file or name)) if self.file != "" else ""


def settle(store: Store, **more: Any) -> None:
    """Put the four people onto the desk."""
    with store.write() as session:
        for number, (pk, name, pool, quiet, city) in enumerate(PEOPLE):
            pinyin, initials = sound(name)
            make_customer(
                session,
                "lin",
                id=pk,
                name=name,
                pinyin=pinyin,
                initials=initials,
                phone=f"1380000412{number}",
                wangwang=f"={pk}",
                pool=pool,
                city=city,
                last_paid_at=None if quiet is None else NOW - timedelta(days=quiet),
                year_fen=(3 - number) * 1_234_50,
                year_orders=3 - number,
                **more,
            )


def rows_of(path: Path) -> list[list[str]]:
    """What stands in an exported text file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
