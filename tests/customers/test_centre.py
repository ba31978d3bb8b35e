"""A leader and a manager at a real hub: whom they find, and what they read of her."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lumi_desk.clock import local_day
from lumi_desk.customers.naming import sound
from lumi_desk.customers.rulesets.rules import named
from lumi_desk.customers.tables import Tag
from lumi_desk.hub import intake, outlooks, rulebook
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.customers.lead import Lead
from tests.hubs import Hub
from tests.makers import NOW
from ui.customers import centre_saying, saying
from ui.customers.centre_view import CentreView
from ui.gallery_centre import centre
from ui.widgets.page_head import PageHead
from ui.widgets.texts import SpanLabel

pytestmark = pytest.mark.usefixtures("in_english")

MANY = 130


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Lin holds Shan and Zeng in team one, led by Wu; the rest, 130, is nobody's; Gu manages."""
    makers.hub_with_rep(hub_store, "wu", "一组", Role.LEADER)
    lin = makers.hub_with_rep(hub_store, "lin", "一组", Role.REP)
    makers.hub_with_rep(hub_store, "gu", "二组", Role.MANAGER)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for pk, name in (("shan", "单晓飞"), ("zeng", "曾敏")):
            pinyin, initials = sound(name)
            her = makers.make_customer(
                session, lin, id=pk, name=name, pinyin=pinyin, initials=initials,
                phone="13800004127",
            )  # fmt: skip
            makers.make_order(session, her, fen=50_000, paid_at=NOW)
        values = {"source": "hand", "rep_id": lin, "at": NOW}
        session.add(Tag(id=new_id(), customer_id="shan", name="VIP", **values))
        for place in range(MANY):
            makers.make_customer(session, id=f"{place:04}", name=f"客户{place}")
        feed.publish(session)
        intake.reckon(session, NOW)
        outlooks.renew(session, None, NOW)
    return Hub(hub_store, tmp_path)


@pytest.mark.slow
def test_a_leader_finds_her_teams_customers_with_who_holds_them(hub: Hub) -> None:
    wu = Lead(hub, "wu")
    assert (wu.screen.count, sorted(wu.names())) == ("2 customers", ["单晓飞", "曾敏"])
    assert [line.cells[1].text for line in wu.screen.lines] == ["Lin", "Lin"]
    wu.does.searched("dan shan")
    assert (wu.screen.count, wu.screen.empty[:12]) == ("0 of 2", "Nobody fits.")
    wu.does.searched("shanxiao")
    assert wu.names() == ["单晓飞"]
    wu.does.chip_removed("words")
    wu.does.picked_in_menu("tag", "VIP")
    assert (wu.names(), [one.text for one in wu.screen.chips]) == (["单晓飞"], ["Tag: VIP"])
    wu.does.cleared()
    wu.does.picked_in_menu("quiet", "-30")
    wu.does.picked_in_menu("refused", "only")
    assert wu.names() == []


@pytest.mark.slow
def test_a_manager_goes_through_all_of_them_page_by_page(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    assert (len(gu.screen.lines), gu.screen.whom) == (100, "the first 100 of 132")
    gu.does.pointed(gu.screen.lines.id_at(50))
    assert len(gu.screen.lines) == 100
    gu.does.pointed(gu.screen.lines.id_at(99))
    assert (len(gu.screen.lines), gu.screen.whom) == (132, "all 132 shown")
    assert len({gu.screen.lines.id_at(place) for place in range(132)}) == 132
    gu.does.ordered("brought")
    assert gu.names()[0] in ("单晓飞", "曾敏")
    gu.does.acted(centre_saying.MORE)
    assert len(gu.screen.lines) == 132


@pytest.mark.slow
def test_the_day_column_follows_the_half_years_own_length(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    assert "Day of 180" in {one.text for one in gu.screen.headings}
    with hub.store.write() as session:
        rulebook.set_numbers(session, named("half_year"), ["days=170"], local_day(NOW), NOW)
    gu.desk.sync_round()
    gu.does.came()
    assert "Day of 170" in {one.text for one in gu.screen.headings}


@pytest.mark.slow
def test_what_the_hub_cannot_order_by_changes_nothing(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    before = gu.names()
    for column in ("tags", "rep"):
        gu.does.ordered(column)
    assert gu.names() == before
    keys = {one.name: one.key for one in gu.screen.headings}
    assert (keys["tags"], keys["rep"], keys["brought"], keys["expected"]) == ("", "", "9", "0")


@pytest.mark.slow
def test_who_is_worth_most_stands_first_and_whoever_runs_out(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.ordered("expected")
    assert set(gu.names()[:2]) == {"单晓飞", "曾敏"}
    assert {one.name: one.order for one in gu.screen.headings}["expected"] == "up"
    gu.does.ordered("run_out")
    assert {one.name: one.order for one in gu.screen.headings}["run_out"] == "up"
    assert gu.told() == ""


@pytest.mark.slow
def test_a_manager_finds_whom_nobody_holds_and_a_leader_is_not_asked(hub: Hub) -> None:
    gu, wu = Lead(hub, "gu"), Lead(hub, "wu")
    assert gu.menu("rep") == ["in nobody's hands · 130", "with a rep · 2", "Lin · 一组 · 2"]
    gu.does.picked_in_menu("rep", "nobody")
    assert (gu.screen.count, [one.text for one in gu.screen.chips]) == (
        "130 of 132", ["Rep: in nobody's hands"],
    )  # fmt: skip
    assert {line.cells[1].text for line in gu.screen.lines} == {"nobody"}
    assert wu.menu("rep") == ["Lin · 2"]
    assert "team" not in {menu.name for menu in wu.screen.menus}


@pytest.mark.slow
def test_the_sums_follow_the_filter(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    assert summed(gu) == (
        ("Pool\u00a01", "Pool\u00a00", "Grade\u00a0B", "No\u00a0grade", "all"),
        [["2", "130", "2", "130", "132"], ["¥1,000", "¥0", "¥1,000", "¥0", "¥1,000"],
         ["¥1,000", "¥0", "¥1,000", "¥0", "¥1,000"]],
    )  # fmt: skip
    gu.does.picked_in_menu("pool", "0")
    assert summed(gu)[1][0] == ["130", "130", "130"]
    gu.does.cleared()
    assert summed(gu)[1][0][-1] == "132"
    assert [one.value for one in gu.screen.summed] == ["132", "¥1,000", "¥1,000"]
    gu.does.searched("nobody is called so")
    assert gu.screen.sums is None


def summed(who: Lead) -> tuple[tuple[str, ...], list[list[str]]]:
    """The names of the columns, and the figures row by row."""
    table = who.screen.sums
    assert table is not None
    return table.columns, [[cell.text for cell in cells] for _, cells in table.rows]


@pytest.mark.slow
def test_how_many_there_are_of_each_is_asked_once_each_time_she_comes(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    for words in ("单", "曾", ""):
        gu.does.searched(words)
    assert [told["counts"] for _, told in gu.asked] == [True, False, False, False]
    gu.does.came()
    assert gu.asked[-1][1]["counts"] is True
    assert {one.name: one.choices for one in gu.screen.menus}["pool"]


@pytest.mark.slow
def test_a_manager_reads_who_looked_before_her_and_a_leader_does_not(hub: Hub) -> None:
    gu, wu = Lead(hub, "gu"), Lead(hub, "wu")
    gu.does.opened("shan")
    assert not gu.record.looks
    for _ in range(2):
        wu.does.opened("shan")
    assert wu.record.looks is None
    gu.does.opened("shan")
    assert gu.record.looks == ("Wu · today 10:00 · 2 times", "Gu · today 10:00 · 1 time")


@pytest.mark.slow
def test_a_record_is_read_and_closed(hub: Hub) -> None:
    wu = Lead(hub, "wu")
    wu.does.opened("shan")
    assert wu.record.name == "单晓飞"
    assert wu.record.facts == "138 •••• 4127 · with Lin"
    assert wu.record.whys[0] == "Pool 1: bought today, within 365 days."
    assert [one.text for one in wu.record.tags] == ["VIP"]
    assert [(one.kind, one.words) for one in wu.record.history] == [
        ("Order", "¥500"),
        ("Tag added", "VIP · Lin"),
    ]
    wu.does.closed()
    assert wu.screen.record is None


@pytest.mark.slow
def test_the_marked_are_handed_over_on_the_page_for_that(hub: Hub) -> None:
    wu = Lead(hub, "wu")
    wu.does.acted(saying.HAND_OVER)
    assert wu.handed == []
    wu.does.all_marked()
    wu.does.acted(saying.HAND_OVER)
    assert [sorted(one) for one in wu.handed] == [["shan", "zeng"]]


@pytest.mark.slow
def test_without_a_line_it_says_so_and_asks_again_when_it_is_there(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.line.cut = True
    gu.does.searched("单")
    assert gu.told().startswith("The hub cannot be reached.")
    gu.line.cut = False
    gu.does.searched("单晓")
    assert (gu.told(), gu.names()) == ("", ["单晓飞"])


@contextmanager
def held_back(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """What she asks the hub meanwhile is not asked yet."""
    held: list[tuple[Any, ...]] = []
    with monkeypatch.context() as late:
        late.setattr(lead.lane, "outside", lambda *told: held.append(told))
        yield held


@pytest.mark.slow
def test_a_record_that_is_gone_leaves_the_list_that_is_on_its_way(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    gu = Lead(hub, "gu")
    with held_back(gu, monkeypatch) as held:
        gu.does.opened("gone")
        gu.does.searched("单")
    gu.lane.outside(*held[0])
    assert gu.told().startswith("There is no such customer any more")
    asked = len(gu.asked)
    gu.does.searched("曾")
    assert len(gu.asked) == asked
    gu.lane.outside(*held[1])
    assert (len(gu.asked), gu.names()) == (asked + 2, ["曾敏"])


@pytest.mark.slow
def test_nobody_of_the_old_list_is_opened_while_others_are_looked_for(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    gu = Lead(hub, "gu")
    with held_back(gu, monkeypatch) as held:
        gu.does.searched("单")
        gu.does.opened("zeng")
    assert len(held) == 1
    gu.lane.outside(*held[0])
    gu.does.opened("shan")
    assert gu.record.name == "单晓飞"


@pytest.fixture
def view(qtbot: QtBot) -> CentreView:
    view = CentreView(now=lambda: NOW)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    view.draw(centre("en")["centre"])
    view.setFocus()
    QApplication.processEvents()
    return view


def test_by_keys_alone_she_opens_a_record_and_comes_back(view: CentreView) -> None:
    opened: list[str] = []
    closed: list[bool] = []
    view.list.opened.connect(opened.append)
    view.record.closed.connect(lambda: closed.append(True))
    focused = QApplication.focusWidget()
    assert focused is view.list.table
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert opened == ["00000"]
    view.draw(centre("en")["centre-record"])
    QApplication.processEvents()
    assert view.record.isVisible()
    assert not view.list.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert closed == [True]
    view.draw(centre("en")["centre"])
    QApplication.processEvents()
    assert QApplication.focusWidget() is view.list.table


def test_more_and_hand_over_have_keys(view: CentreView) -> None:
    acted: list[str] = []
    view.list.acted.connect(acted.append)
    view.draw(centre("en")["centre-marked"])
    for key in (Qt.Key.Key_M, Qt.Key.Key_H):
        QTest.keyClick(view.list.table, key, Qt.KeyboardModifier.AltModifier)
    assert acted == [centre_saying.MORE, saying.HAND_OVER]


def test_what_was_done_is_taken_back_by_keys(view: CentreView) -> None:
    acted: list[str] = []
    chosen: list[str] = []
    confirmed: list[bool] = []
    view.list.acted.connect(acted.append)
    view.list.ask_chosen.connect(chosen.append)
    view.list.ask_confirmed.connect(lambda: confirmed.append(True))
    QTest.keyClick(view.list.table, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    assert acted == ["done"]
    screen = centre("en")["centre-done"]
    view.draw(screen)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_9):
        press(key)
    # The third was taken back before.
    assert chosen == ["c", "b"]
    assert screen.ask is not None
    back = replace(screen.ask, title="Take this back?", choices=(), confirm="Take back")
    view.draw(replace(screen, ask=back))
    press(Qt.Key.Key_Return)
    assert confirmed == [True]


def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)


def test_digits_order_by_the_columns_they_stand_for(view: CentreView) -> None:
    ordered: list[str] = []
    view.list.ordered.connect(ordered.append)
    for key in (Qt.Key.Key_2, Qt.Key.Key_9, Qt.Key.Key_0):
        QTest.keyClick(view.list.table, key)
    assert ordered == ["pool", "brought", "expected"]


def test_a_long_record_is_read_to_its_end_by_keys(view: CentreView, qtbot: QtBot) -> None:
    view.draw(centre("en")["centre-record"])
    QApplication.processEvents()
    bar = view.record._area.verticalScrollBar()
    view.resize(1366, 500)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for key, place in (
        (Qt.Key.Key_End, bar.maximum()), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, None),
        (Qt.Key.Key_PageUp, 0), (Qt.Key.Key_Down, None), (Qt.Key.Key_Up, 0),
    ):  # fmt: skip
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)
        assert bar.value() == place if place is not None else bar.value() > 0, key


def test_who_looked_is_shown_to_whoever_may_know(view: CentreView) -> None:
    screen = centre("en")["centre-record"]
    assert screen.record is not None
    for looks, seen in (
        (("Wu · today 14:02 · 2 times",), "Wu · today 14:02 · 2 times"), ((), "Nobody before now."),
        (None, ""),
    ):  # fmt: skip
        view.draw(replace(screen, record=replace(screen.record, looks=looks)))
        QApplication.processEvents()
        told = [one.words() for one in view.record.findChildren(SpanLabel) if one.isVisible()]
        assert ("Who looked at this record" in told) is (looks is not None)
        assert not seen or seen in told


def test_the_sums_stand_above_the_list_or_not_at_all(view: CentreView) -> None:
    screen = centre("en")["centre"]
    assert view.list.sums.table.isVisible()
    model = view.list.sums.table.model()
    assert model.index(0, model.columnCount() - 1).data() == "60,214"
    view.draw(replace(screen, sums=None, summed=()))
    QApplication.processEvents()
    assert not view.list.sums.isVisible()


def test_sums_fold_into_a_line_where_the_list_needs_the_room(view: CentreView) -> None:
    sums = view.list.sums
    view.resize(1366, 500)
    QApplication.processEvents()
    assert (sums.table.isVisible(), sums.line.isVisible()) == (False, True)
    told = [one.words() for one in sums.line.findChildren(SpanLabel)]
    assert told == ["Customers 60,214", "Year's spend ¥22,332,120", "Next 12 months ¥17,766,589"]
    acted: list[str] = []
    view.list.acted.connect(acted.append)
    for whole in (True, False):
        QTest.keyClick(view.list.table, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
        assert (sums.table.isVisible(), sums.line.isVisible()) == (whole, not whole)
    # What she said holds, whatever room there is.
    view.resize(1366, 768)
    QApplication.processEvents()
    assert sums.line.isVisible()
    assert acted == []


def test_the_hub_is_asked_when_she_pauses_or_says_so(view: CentreView, qtbot: QtBot) -> None:
    searched: list[str] = []
    view.list.searched.connect(searched.append)
    search = view.list.narrowing.search
    QTest.keyClicks(view.list.table, "z")
    QTest.keyClicks(search, "hou")
    assert searched == []
    qtbot.waitUntil(lambda: searched == ["zhou"])
    QTest.keyClicks(search, "w")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert searched == ["zhou", "zhouw"]
    assert view.list.table.hasFocus()
    view.list.narrowing.search.setFocus()
    QTest.keyClicks(search, "x")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert searched == ["zhou", "zhouw", ""]
    qtbot.wait(400)
    assert searched == ["zhou", "zhouw", ""]


def test_list_and_record_stand_below_one_head(view: CentreView) -> None:
    asked: list[str] = []
    view.sync_wanted.connect(lambda: asked.append("sync"))
    view.account_wanted.connect(lambda: asked.append("account"))
    screens = centre("en")
    for name in ("centre", "centre-record"):
        view.draw(screens[name])
        QApplication.processEvents()
        (head,) = (one for one in view.findChildren(PageHead) if one.isVisible())
        head.sync_wanted.emit()
        head.account_wanted.emit()
    assert asked == ["sync", "account"] * 2
    assert view.shown() is screens["centre-record"]
