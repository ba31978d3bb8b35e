"""The screen of figures by keys alone, and what it tells who does not see it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu, QTableView
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from tests.ui.test_theme import contrast
from ui import theme
from ui.figures.screen import Screen
from ui.figures.table import ground
from ui.figures.view import FiguresView
from ui.gallery_figures import figures
from ui.widgets.texts import SpanLabel

# How the last thing the page says begins.
_LAST = {"figures": "未满期", "figures-grid": "每格"}
_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shown() -> dict[str, Screen]:
    return figures("zh_CN")


@pytest.fixture
def view(qtbot: QtBot, shown: dict[str, Screen]) -> FiguresView:
    view = on_screen(qtbot, FiguresView())
    view.draw(shown["figures"])
    view.setFocus()
    return view


def test_alt_and_a_digit_open_the_figures(view: FiguresView) -> None:
    opened = listen(view.opened)
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_1):
        QTest.keyClick(focus(), key, _ALT)
    assert opened == [("cards",), ("loss",), ("grid",), ("value",), ("new",)]


def test_the_keys_begin_in_the_table_and_walk_through_it(view: FiguresView) -> None:
    assert focus() is view.table
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert view.table.currentIndex().row() == 1
    model = view.table.model()
    heard = model.data(model.index(1, 3), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "2025-02, 复购率: 34.1%（913 / 2,678）"


def test_the_keys_stay_where_they_stood_when_it_is_counted_anew(
    view: FiguresView, shown: dict[str, Screen]
) -> None:
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    view.draw(shown["figures-counting"])
    view.draw(shown["figures-loss"])
    assert (focus(), view.table.currentIndex().row()) == (view.table, 1)
    view.draw(shown["figures-grid"])
    assert focus() is view.grid


def test_what_is_typed_is_told_once_on_enter_or_when_she_leaves(view: FiguresView) -> None:
    begun, reached = listen(view.begun), listen(view.reached)
    QTest.keyClick(focus(), Qt.Key.Key_M, _ALT)
    QTest.keyClicks(focus(), "2026-01")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert (begun, focus()) == ([("2026-01",)], view.table)
    QTest.keyClick(focus(), Qt.Key.Key_D, _ALT)
    QTest.keyClicks(focus(), "90")
    QTest.keyClick(focus(), Qt.Key.Key_Tab)
    assert (begun, reached) == ([("2026-01",)], [("90",)])
    QTest.keyClick(focus(), Qt.Key.Key_D, _ALT)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert (len(reached), focus()) == (1, view.table)


@pytest.mark.parametrize("name", ["figures-wrong", "figures-empty"])
def test_without_figures_too_enter_tells_what_is_typed(
    view: FiguresView, shown: dict[str, Screen], name: str
) -> None:
    begun = listen(view.begun)
    view.draw(shown[name])
    QTest.keyClick(focus(), Qt.Key.Key_M, _ALT)
    view.asking.since.field.selectAll()
    QTest.keyClicks(focus(), "2026-02")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert begun == [("2026-02",)]
    view.draw(shown["figures"])
    assert focus() is view.table


def test_what_is_being_typed_is_left_alone(view: FiguresView, shown: dict[str, Screen]) -> None:
    QTest.keyClick(focus(), Qt.Key.Key_M, _ALT)
    QTest.keyClicks(focus(), "20")
    view.draw(shown["figures-saved"])
    assert (focus(), view.asking.since.field.text()) == (view.asking.since.field, "20")


def test_what_is_wrong_is_said_once_and_heard_at_its_field(
    view: FiguresView, shown: dict[str, Screen]
) -> None:
    view.draw(shown["figures-wrong"])
    field = view.asking.since.field
    assert field.property("wrong") is True
    assert "不是已经开始的月份" in field.accessibleDescription()
    said = [one for one in view.findChildren(SpanLabel) if "不是已经开始的" in one.words()]
    assert [one.isVisible() for one in said] == [True]


def test_a_menu_parts_the_newcomers(view: FiguresView, shown: dict[str, Screen]) -> None:
    parted = listen(view.parted)
    QTest.keyClick(focus(), Qt.Key.Key_G, _ALT)
    [menu] = view.findChildren(QMenu)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert parted == [("grade",)]
    view.draw(shown["figures-loss"])
    assert not view.asking.by.isVisible()


def test_letters_count_anew_and_save(view: FiguresView) -> None:
    again, saved = listen(view.asked_again), listen(view.saved)
    QTest.keyClick(focus(), Qt.Key.Key_F5)
    QTest.keyClick(focus(), Qt.Key.Key_R, _CTRL)
    QTest.keyClick(focus(), Qt.Key.Key_E, _ALT)
    assert (len(again), len(saved)) == (2, 1)


def test_arrows_walk_through_the_grid(view: FiguresView, shown: dict[str, Screen]) -> None:
    chose = listen(view.chose)
    view.draw(shown["figures-grid"])
    chose.clear()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    QTest.keyClick(focus(), Qt.Key.Key_Left)
    assert chose == [(1, 4), (1, 3)]
    model = view.grid.model()
    heard = model.data(model.index(1, 3), Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "R4 · F4：1,216 位客户, 人均 ¥5,024"
    view.draw(shown["figures-grid-nobody"])
    assert (view.grid.currentIndex().row(), view.grid.currentIndex().column()) == (4, 4)
    assert view.chosen.words() == "R1 · F5：没有客户"


@pytest.mark.parametrize(("name", "keys"), [("figures", 14), ("figures-grid", 4)])
def test_in_large_type_the_keys_reach_everything(
    qapp: QApplication, view: FiguresView, shown: dict[str, Screen], name: str, keys: int
) -> None:
    view.draw(shown[name])
    theme.apply(qapp, theme.Scheme.LIGHT, 150)
    QApplication.processEvents()
    table = focus()
    assert isinstance(table, QTableView)
    for _ in range(keys):
        QTest.keyClick(table, Qt.Key.Key_Down)
        QApplication.processEvents()
        here = table.visualRect(table.currentIndex())
        assert table.viewport().visibleRegion().contains(here)
    said = [one for one in view.findChildren(SpanLabel) if one.words().startswith(_LAST[name])]
    assert len(said) == 1
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_PageDown)
    assert said[0].visibleRegion().contains(said[0].rect())
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_PageUp)
    first = view.grid if name == "figures-grid" else view.curves
    assert first.visibleRegion().contains(first.rect().topLeft())


def test_where_all_is_in_sight_pages_are_turned_in_the_table(view: FiguresView) -> None:
    QTest.keyClick(focus(), Qt.Key.Key_PageDown)
    assert view.table.currentIndex().row() > 1


def test_tab_leads_from_the_table_through_everything(view: FiguresView) -> None:
    stops = []
    for _ in range(9):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    assert stops == [
        "新客", "续卡", "1 库流失", "RFM 分布", "客户价值", "起始月份", "天数", "分组方式: 不分组",
        "保存",
    ]  # fmt: skip


def test_the_picture_says_where_the_curves_go(view: FiguresView) -> None:
    heard = view.curves.accessibleName()
    assert heard.startswith("新客转化（按月）：复购率 2025-01 为 33.0%")
    assert "2026-05 为 40.2%" in heard


def test_without_figures_there_is_a_sentence_instead(
    view: FiguresView, shown: dict[str, Screen]
) -> None:
    view.draw(shown["figures-empty"])
    assert view.empty.isVisible()
    assert not any(one.isVisible() for one in (view.table, view.grid, view.curves, view.save))


@pytest.mark.parametrize("name", ["figures-by-line", "figures-value", "figures-grid"])
def test_the_tables_are_sound(view: FiguresView, shown: dict[str, Screen], name: str) -> None:
    view.draw(shown[name])
    model = (view.grid if name == "figures-grid" else view.table).model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    view.draw(shown["figures-value" if name != "figures-value" else "figures-loss"])
    assert model.rowCount() > 1


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_words_on_the_strongest_ground_keep_their_contrast(
    qapp: QApplication, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    least = 7.0 if scheme is theme.Scheme.CONTRAST else 4.5
    assert contrast(theme.current().colours["ink"], ground(1.0).name()) >= least
    assert ground(0.0) == theme.current().colour("card")
