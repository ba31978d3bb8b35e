"""The manager looks at the figures by keys alone: they are those the keeper's commands tell."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from typer.testing import CliRunner

from lumi_desk import clock
from lumi_desk.hub.cli import app
from tests.hub_process import HubProcess, SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.figures.screen import Screen
from ui.figures.view import FiguresView
from ui.widgets.values import plain

_CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Place:
    """A hub on a file, and its commands, typed at the same hour."""

    hub: HubProcess
    command: Callable[..., Any]


@pytest.fixture
def place(
    company_file: Path,
    tmp_path: Path,
    start_hub: StartHub,
    fair_hour: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))

    def command(*words: str) -> Any:
        at = fair_hour()
        with monkeypatch.context() as set_clock:
            set_clock.setattr(clock, "now", lambda: at)
            typed = CliRunner().invoke(app, [*words, "--database", database, "--json"])
        assert typed.exit_code == 0, typed.output
        return json.loads(typed.stdout)

    return Place(start_hub(database), command)


def test_a_manager_reads_the_figures_by_keys_alone(place: Place, sit_down: SitDown) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    found = place.command("figures", "cohorts")["cohorts"]
    assert sum(one["customers"] for one in found) > 20
    assert _rows(seat) == [_cohort(one) for one in found]

    _parts_by_grade(seat)
    parted = place.command("figures", "cohorts", "--by", "grade")["cohorts"]
    assert len(parted) > len(found)
    assert _rows(seat) == [_cohort(one, one["grade"] or "–") for one in parted]

    seat.alt(Qt.Key.Key_3)
    seat.until(lambda: _is_counted(seat))
    seat.alt(Qt.Key.Key_D)
    seat.write("60")
    seat.key(Qt.Key.Key_Return)
    lost = place.command("figures", "loss", "--days", "60")["loss"]
    wanted = [
        [one["month"], one["until"], f"{one['members']:,}", _waits(one), _share(one["lost"])]
        for one in lost
    ]
    seat.until(lambda: _is_counted(seat) and _rows(seat) == wanted)

    seat.alt(Qt.Key.Key_4)
    seat.until(lambda: _shown(seat).grid is not None)
    cells = place.command("customers", "rfm")["grid"]
    counts = {(one["recency"], one["frequency"]): f"{one['customers']:,}" for one in cells}
    grid = _shown(seat).grid
    assert grid is not None
    assert [[square.count for square in row] for row in grid.squares] == [
        [counts.get((recency, frequency), "–") for frequency in range(1, 6)]
        for recency in range(5, 0, -1)
    ]
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Left)
    seat.until(lambda: _chosen(seat).startswith("R4 · F4："))


def test_without_a_line_she_is_told_and_it_goes_on_by_itself(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    before = _rows(seat)
    place.hub.stop()
    seat.alt(Qt.Key.Key_5)
    seat.until(lambda: "只有服务器能统计全部客户" in _shown(seat).offline)
    assert _shown(seat).table is None
    seat.alt(Qt.Key.Key_1)
    seat.until(lambda: _is_counted(seat))
    assert _rows(seat) == before
    seat.alt(Qt.Key.Key_5)
    place.hub.start()
    seat.program.background.sync_now()
    seat.until(lambda: _shown(seat).offline == "" and _is_counted(seat))
    everybody = place.command("customers", "value")["groups"][-1]
    assert _rows(seat)[-1][:2] == ["全部客户", f"{everybody['customers']:,}"]


def _sits_down(sit_down: SitDown, address: str) -> Seat:
    """The manager at her desk, who turned to the figures."""
    seat = sit_down(address, "manager")
    seat.fill_in(places.manager().login, places.manager().password)
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    for _ in seat.inside.ways:
        if seat.inside.current() != "figures":
            seat.key(Qt.Key.Key_PageDown, _CTRL)
    seat.until(lambda: _is_counted(seat))
    seat.until(seat.the(FiguresView).table.hasFocus)
    return seat


def _parts_by_grade(seat: Seat) -> None:
    """Through the menu, until they are counted."""
    seat.alt(Qt.Key.Key_G)
    button = seat.the(FiguresView).asking.by
    seat.until(lambda: button.findChild(QMenu) is not None)
    menu = button.findChild(QMenu)
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    seat.until(lambda: button.findChild(QMenu) is None)
    # Without a screen nobody makes the window active again.
    seat.program.window.activateWindow()
    seat.until(lambda: _is_counted(seat) and len(_rows(seat)[0]) == 7)
    seat.until(seat.the(FiguresView).table.hasFocus)


def _cohort(one: dict[str, Any], *group: str) -> list[str]:
    shares = (one[name] for name in ("bought_again", "opened_card", "cross_sold"))
    counts = (f"{one['customers']:,}", _waits(one))
    return [one["month"], *group, *counts, *map(_share, shares)]


def _waits(one: dict[str, Any]) -> str:
    return f"{one['waiting']:,}" if one["waiting"] else "–"


def _share(one: dict[str, Any]) -> str:
    if not one["of"]:
        return "–"
    return f"{one['count'] / one['of']:.1%}（{one['count']:,} / {one['of']:,}）"


def _rows(seat: Seat) -> list[list[str]]:
    table = _shown(seat).table
    assert table is not None
    return [[cell.text for cell in row] for row in table.rows]


def _is_counted(seat: Seat) -> bool:
    return _shown(seat).table is not None


def _chosen(seat: Seat) -> str:
    grid = _shown(seat).grid
    return plain(grid.words) if grid is not None else ""


def _shown(seat: Seat) -> Screen:
    return seat.shown(FiguresView)
