"""What a rep sees in the list of customers, and what she does to many of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from lumi_desk.calls.tables import Refusal
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from tests.customers.seat import LEADER, Seat, rows_of, settle
from tests.lane import BusyLane
from tests.makers import NOW, TODAY, make_customer
from ui.customers import asking, doing
from ui.widgets.values import Tone
from ui.words import Language, switch

pytestmark = pytest.mark.usefixtures("in_english")

GIFT = "gift 3/8"


@pytest.fixture
def seat(desk_store: Store, tmp_path: Path) -> Seat:
    settle(desk_store)
    return Seat(desk_store, tmp_path)


def test_she_sees_everybody_with_what_a_rep_wants_to_know(seat: Seat) -> None:
    with seat.store.write() as session:
        session.add(Refusal(id="r", customer_id="shan", rep_id="lin", at=NOW))
    assert seat.screen.count == "4 customers"
    assert seat.names() == ["周文静", "欧阳敏", "单晓飞", "何丽"]
    assert seat.cells("ouyang") == {
        "name": "欧阳敏", "pool": "1", "grade": "", "line": "", "relationship": "",
        "last_paid": "08-13", "day": "96", "year": "¥2,469",
        "brought": "¥0", "expected": "¥0", "city": "宁波", "last_contact": "–", "tags": "",
    }  # fmt: skip
    assert seat.cells("shan")["name"] == "单晓飞 Do not call"
    assert (seat.cells("he")["last_paid"], seat.cells("he")["day"]) == ("–", "–")


def test_the_day_column_follows_the_half_years_own_length(seat: Seat) -> None:
    def drawn() -> tuple[str, list[Tone]]:
        titles = {one.name: one.text for one in seat.screen.headings}
        place = [one.name for one in seat.screen.headings].index("day")
        return titles["day"], [line.cells[place].tone for line in seat.screen.lines]

    assert drawn() == ("Day of 180", [Tone.PLAIN, Tone.PLAIN, Tone.WARN, Tone.QUIET])
    with seat.store.write() as session:
        tomorrow = TODAY + timedelta(days=1)
        for day, days in ((TODAY, 90), (tomorrow, 200)):
            told = {"rule_set": "half_year", "effective": day, "body": {"days": days}}
            session.add(Setting(id=new_id(), **told))
    assert drawn() == ("Day of 90", [Tone.PLAIN, Tone.WARN, Tone.WARN, Tone.QUIET])
    seat.does.acted("export")
    seat.does.ask_chosen("csv")
    seat.does.ask_confirmed()
    assert "Day of 90" in rows_of(seat.folder / seat.suggested)[0]
    seat.clock.forward(days=1)
    seat.does.tick()
    assert drawn() == ("Day of 200", [Tone.PLAIN, Tone.PLAIN, Tone.PLAIN, Tone.QUIET])


def test_an_empty_desk_and_an_empty_result_say_so(desk_store: Store, tmp_path: Path) -> None:
    seat = Seat(desk_store, tmp_path)
    assert seat.screen.empty == "No customers are here yet. They come with the first sync."
    settle(desk_store)
    assert seat.screen.empty == ""
    seat.does.searched("nobody")
    assert seat.screen.empty.startswith("Nobody fits.")
    assert (seat.screen.count, seat.screen.current) == ("0 of 4", "")
    assert [one.enabled for one in seat.screen.actions] == [False, False, True, False, True]
    seat.does.cleared()
    assert seat.screen.current == "zhou"


def test_filters_become_chips_that_can_be_removed(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "1")
    seat.does.searched("dan shan")
    seat.does.picked_in_menu("quiet", "181-365")
    seat.does.picked_in_menu("refused", "no")
    assert [one.text for one in seat.screen.chips] == [
        "“dan shan”", "Pool 1", "bought 181 to 365 days ago", "without do-not-call",
    ]  # fmt: skip
    assert seat.names() == []
    seat.does.chip_removed("words")
    assert seat.names() == ["单晓飞"]
    for chip in seat.screen.chips:
        seat.does.chip_removed(chip.name)
    assert (seat.screen.chips, len(seat.names())) == ((), 4)


def test_the_menus_say_how_many_there_are(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "V")
    menus = {menu.name: menu for menu in seat.screen.menus}
    assert [one.text for one in menus["pool"].choices] == ["Pool V · 1", "Pool 1 · 2", "Pool 0 · 1"]
    assert [one.chosen for one in menus["pool"].choices] == [True, False, False]
    assert (menus["pool"].chosen, menus["grade"].chosen) == (1, 0)


def test_days_of_ones_own_are_asked_for(seat: Seat) -> None:
    seat.does.picked_in_menu("quiet", "days")
    seat.does.ask_written("soon")
    seat.does.ask_confirmed()
    assert seat.ask().reading.startswith("“soon” says no days.")
    seat.does.ask_written("90-60")
    seat.does.ask_confirmed()
    assert seat.ask().reading.startswith("“90-60” has the greater number first.")
    seat.does.ask_written("９０天 到 ２００ 天")
    seat.does.ask_confirmed()
    assert seat.names() == ["欧阳敏", "单晓飞"]
    seat.does.picked_in_menu("quiet", "days")
    seat.does.ask_written("90 - ")
    seat.does.ask_confirmed()
    assert seat.screen.ask is None
    assert seat.names() == ["欧阳敏", "单晓飞"]
    seat.does.picked_in_menu("quiet", "-30")
    assert seat.names() == ["周文静"]
    seat.does.picked_in_menu("quiet", "-30")
    assert len(seat.names()) == 4


def test_a_column_orders_the_list_and_once_more_turns_it_round(seat: Seat) -> None:
    seat.does.ordered("city")
    assert seat.names() == ["欧阳敏", "周文静", "单晓飞", "何丽"]
    seat.does.ordered("city")
    assert seat.names() == ["单晓飞", "周文静", "欧阳敏", "何丽"]
    orders = {one.name: one.order for one in seat.screen.headings}
    assert (orders["city"], orders["pool"]) == ("down", "")


def test_tags_are_previewed_given_and_taken_back_together(seat: Seat) -> None:
    seat.does.marked("ouyang")
    seat.tags(GIFT)
    for who in ("zhou", "ouyang", "shan"):
        seat.does.marked(who)
    assert seat.screen.whom == "3 marked"
    seat.does.acted("tag")
    seat.does.ask_chosen(GIFT)
    assert seat.ask().title == "Add a tag to 3 customers"
    assert seat.ask().reading == f"2 customers get “{GIFT}”; 1 already has it"
    assert seat.waiting() == ["customer.tag"]
    seat.does.ask_confirmed()
    assert seat.toast() == f"2 customers have “{GIFT}” now"
    assert (seat.screen.marked, seat.screen.ask is None) == (frozenset(), True)
    assert [seat.cells(who)["tags"] for who in ("zhou", "ouyang", "shan", "he")] == [
        GIFT, GIFT, GIFT, "",
    ]  # fmt: skip
    seat.does.undone()
    assert not seat.toast()
    assert [seat.cells(who)["tags"] for who in ("zhou", "ouyang", "shan")] == ["", GIFT, ""]
    assert seat.waiting() == ["customer.tag"]


def test_without_marks_all_that_is_shown_is_meant(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "1")
    assert seat.screen.whom == "all 2 shown"
    seat.tags(GIFT)
    seat.does.cleared()
    seat.does.acted("untag")
    seat.does.ask_written(GIFT)
    assert seat.ask().reading == f"2 customers lose “{GIFT}”; 2 do not have it"
    seat.clock.forward(seconds=1)
    seat.does.ask_confirmed()
    assert seat.waiting() == ["customer.tag"] * 2 + ["customer.untag"] * 2
    assert {seat.cells(who)["tags"] for who in ("ouyang", "shan")} == {""}


def test_the_undo_goes_after_ten_seconds(seat: Seat) -> None:
    seat.tags(GIFT)
    seat.clock.forward(seconds=9)
    seat.does.tick()
    assert seat.toast()
    seat.clock.forward(seconds=1)
    seat.does.tick()
    assert not seat.toast()
    seat.does.undone()
    assert len(seat.waiting()) == 4


def test_a_bad_tag_is_said_beside_the_field_and_nothing_is_done(seat: Seat) -> None:
    seat.tags("a, b")
    assert seat.ask().reading == (
        "“a, b” cannot be a tag. Write 1 to 24 characters, without commas and line breaks."
    )
    seat.does.ask_closed()
    assert (seat.screen.ask is None, seat.waiting()) == (True, [])


def test_too_many_at_once_are_refused(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (doing, asking):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    seat.tags(GIFT)
    assert seat.ask().reading.startswith("4 are too many: at most 3 at once.")
    assert seat.waiting() == []


def test_views_are_kept_chosen_and_forgotten(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "1")
    seat.does.ordered("year")
    seat.does.acted("view")
    seat.does.ask_confirmed()
    assert seat.ask().reading == "A view cannot be called so. Write 1 to 24 characters."
    seat.does.ask_written("Mine")
    seat.does.ask_confirmed()
    seat.does.cleared()
    seat.does.ordered("name")
    seat.does.picked_in_menu("views", "view:Mine")
    assert seat.names() == ["欧阳敏", "单晓飞"]
    assert [one.name for one in seat.screen.headings if one.order] == ["year"]
    views = seat.screen.menus[-1]
    assert [one.text for one in views.choices] == [
        "Mine", "Keep this view …", "Rename the view “Mine” …", "Forget the view “Mine”",
    ]  # fmt: skip
    seat.does.acted("view")
    seat.does.ask_written("Mine ")
    assert seat.ask().reading == "There is a view “Mine”; this one takes its place."
    seat.does.ask_closed()
    seat.does.picked_in_menu("views", "rename")
    seat.does.ask_written("Hers")
    seat.does.ask_confirmed()
    assert seat.screen.menus[-1].choices[0].text == "Hers"
    seat.does.picked_in_menu("views", "drop")
    assert [one.text for one in seat.screen.menus[-1].choices] == ["Keep this view …"]


def test_a_forgotten_view_comes_back_by_undo(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "1")
    _keeps(seat, "Mine")
    before = seat.screen.menus[-1]
    seat.does.picked_in_menu("views", "drop")
    toast = seat.screen.toast
    assert toast is not None
    assert (toast.text, toast.button) == ("The view “Mine” is forgotten", "Undo")
    seat.does.undone()
    assert seat.screen.menus[-1] == before
    assert seat.screen.toast is None
    seat.does.undone()
    assert seat.problem() == ""


def test_who_has_gone_on_gets_her_view_back_into_the_menu_alone(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "1")
    _keeps(seat, "Mine")
    seat.does.picked_in_menu("views", "drop")
    seat.does.cleared()
    seat.does.undone()
    assert [(one.text, one.chosen) for one in seat.screen.menus[-1].choices[:1]] == [
        ("Mine", False)
    ]
    assert len(seat.names()) == 4


def test_a_view_is_gone_when_its_time_is_over_and_no_other_is_overwritten(seat: Seat) -> None:
    _keeps(seat, "Mine")
    seat.does.picked_in_menu("views", "drop")
    seat.clock.forward(seconds=11)
    seat.does.tick()
    seat.does.undone()
    assert [one.text for one in seat.screen.menus[-1].choices] == ["Keep this view …"]
    _keeps(seat, "Mine")
    seat.does.picked_in_menu("views", "drop")
    seat.does.picked_in_menu("pool", "1")
    _keeps(seat, "Mine")
    seat.does.undone()
    assert seat.problem().startswith("There is a view “Mine” already")
    seat.does.cleared()
    seat.does.picked_in_menu("views", "view:Mine")
    assert seat.names() == ["欧阳敏", "单晓飞"]


def _keeps(seat: Seat, name: str) -> None:
    seat.does.acted("view")
    seat.does.ask_written(name)
    seat.does.ask_confirmed()


def test_a_view_is_in_the_menu_when_its_own_search_overtakes_the_reading_anew(
    desk_store: Store, tmp_path: Path
) -> None:
    seat, lane = _busy_seat(desk_store, tmp_path)
    seat.does.acted("view")
    seat.does.ask_written("Mine")
    seat.does.ask_confirmed()
    lane.catch_up()
    [menu] = [one for one in seat.screen.menus if one.name == "views"]
    assert [one.name for one in menu.choices if one.chosen] == ["view:Mine"]


def test_who_searches_while_something_new_is_read_sees_it_all_the_same(
    desk_store: Store, tmp_path: Path
) -> None:
    seat, lane = _busy_seat(desk_store, tmp_path)
    with desk_store.write() as session:
        make_customer(session, id="new", name="新来的")
    seat.does.searched("新来")
    lane.catch_up()
    assert seat.names() == ["新来的"]


def test_marks_stay_with_whom_is_shown(seat: Seat) -> None:
    seat.does.all_marked()
    assert seat.screen.whom == "4 marked"
    seat.does.picked_in_menu("pool", "1")
    assert seat.screen.marked == {"ouyang", "shan"}
    seat.does.all_marked()
    assert seat.screen.marked == frozenset()


def test_one_step_back_at_a_time_then_to_the_days_list(seat: Seat) -> None:
    seat.does.searched("zhou")
    seat.does.marked("zhou")
    seat.does.acted("tag")
    for step in ("ask", "marks", "search"):
        seat.does.left()
        assert seat.went == [], step
    assert (seat.screen.ask is None, seat.screen.marked, seat.screen.chips) == (
        True,
        frozenset(),
        (),
    )
    seat.does.left()
    seat.does.opened("shan")
    seat.does.acted("back")
    assert seat.went == ["", "shan", ""]


def test_what_changes_while_nobody_looks_is_read_when_somebody_does(seat: Seat) -> None:
    seat.does.went_away()
    shown = len(seat.screens)
    with seat.store.write() as session:
        make_customer(session, "lin", name="徐玉兰")
    assert len(seat.screens) == shown
    seat.does.came()
    assert "徐玉兰" in seat.names()


def test_she_stays_on_the_row_when_rows_move(seat: Seat) -> None:
    seat.does.pointed("shan")
    with seat.store.write() as session:
        session.get_one(Customer, "shan").pool = "V"
    assert seat.screen.current == "shan"
    seat.does.picked_in_menu("pool", "0")
    assert seat.screen.current == "he"


def test_a_tag_with_a_phone_number_is_refused_beside_the_field(seat: Seat) -> None:
    seat.tags("call 13911110004")
    assert seat.ask().reading.startswith("A tag cannot hold a phone number.")
    seat.does.ask_confirmed()
    assert seat.waiting() == []


def test_the_language_switches_with_the_list_open(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "V")
    switch(Language.CHINESE)
    assert [one.text for one in seat.screen.headings][:3] == ["姓名", "库", "分级"]
    assert seat.screen.chips[0].text == "V 库"


def test_tags_of_a_rule_are_shown_like_others(seat: Seat) -> None:
    with seat.store.write() as session:
        told = {"customer_id": "he", "name": "老客", "source": "rule", "at": NOW}
        session.add(Tag(id="t", **told))
    assert seat.cells("he")["tags"] == "老客"
    seat.does.searched("老客")
    assert seat.names() == ["何丽"]


def test_a_leader_hands_over_whom_she_marked(desk_store: Store, tmp_path: Path) -> None:
    settle(desk_store)
    seat = Seat(desk_store, tmp_path, LEADER)
    assert [one.name for one in seat.screen.actions][-2:] == ["hand_over", "back"]
    seat.does.acted("hand_over")
    seat.does.marked("he")
    seat.does.acted("hand_over")
    assert seat.handed == [["zhou", "ouyang", "shan", "he"], ["he"]]
    with desk_store.write() as session:
        for _ in range(300):
            make_customer(session, "lin")
    seat.does.refresh()
    seat.does.marked("he")
    seat.does.acted("hand_over")
    assert seat.toast().startswith("304 are too many")
    assert len(seat.handed) == 2


def test_a_rep_hands_nobody_over(seat: Seat) -> None:
    assert "hand_over" not in [one.name for one in seat.screen.actions]


def test_a_view_says_which_of_its_tags_nobody_has_any_more(seat: Seat) -> None:
    seat.tags(GIFT)
    seat.does.picked_in_menu("tag", GIFT)
    seat.does.acted("view")
    seat.does.ask_written("Mine")
    seat.does.ask_confirmed()
    seat.does.undone()
    seat.does.cleared()
    seat.does.picked_in_menu("views", "view:Mine")
    problem = seat.screen.problem
    assert problem is not None
    assert problem.text == f"The view “Mine” asks for what is not here any more: Tag: {GIFT}."
    assert seat.names() == []


def test_from_the_last_mark_to_here_all_are_marked(seat: Seat) -> None:
    first, last = seat.screen.lines.id_at(0), seat.screen.lines.id_at(2)
    seat.does.marked(first)
    seat.does.marked_to(last)
    assert len(seat.screen.marked) == 3
    seat.does.marked_to(first)
    assert len(seat.screen.marked) == 3


def _busy_seat(store: Store, folder: Path) -> tuple[Seat, BusyLane]:
    """A seat whose desk reads only when its lane catches up; it has shown everybody."""
    settle(store)
    seat = Seat(store, folder, lane=BusyLane)
    assert isinstance(seat.lane, BusyLane)
    seat.lane.catch_up()
    return seat, seat.lane
