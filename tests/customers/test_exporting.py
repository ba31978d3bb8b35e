"""A rep exports her list: masked, written down first, counted once, and nothing written over."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.exports.tables import ExportLog
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from tests.customers.seat import LEADER, REP, Seat, rows_of, settle
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def seat(desk_store: Store, tmp_path: Path) -> Seat:
    settle(desk_store)
    return Seat(desk_store, tmp_path)


def test_an_export_is_masked_harmless_and_written_down_first(seat: Seat) -> None:
    seat.does.picked_in_menu("pool", "V")
    seat.does.acted("export")
    assert [one.name for one in seat.ask().choices] == ["xlsx", "csv"]
    seat.does.ask_chosen("csv")
    seat.does.ask_written("8 March")
    seat.does.ask_confirmed()
    assert seat.suggested == "Customers 2026-11-17.csv"
    assert rows_of(seat.folder / seat.suggested) == [
        ["Name", "Phone", "Wangwang", "Pool", "Grade", "Line", "Relationship", "Last purchase",
         "Day of 180", "Year's spend", "So far",
         "Next 12 months", "City", "Last contact", "Tags"],
        ["周文静", "138 •••• 4120", "'=zhou", "V", "", "", "", "2026-11-05", "12", "3703.50",
         "0.00", "0.00", "杭州", "", ""],
    ]  # fmt: skip
    assert (seat.folder / seat.suggested).stat().st_mode & 0o077 == 0
    assert seat.waiting() == ["export.log"]
    with seat.store.read() as session:
        [row] = session.scalars(select(ExportLog))
        assert (row.rep_id, row.rows, row.phones, row.reason, row.what) == (
            "lin", 1, False, "8 March", "Pool V",
        )  # fmt: skip
    assert seat.toast() == "1 customer is in Customers 2026-11-17.csv"


def _hides_a_number(store: Store) -> None:
    """A name, a nick, a city and a tag that hold a phone number."""
    with store.write() as session:
        wen = session.get_one(Customer, "zhou")
        wen.name, wen.wangwang, wen.city = "王芳13911110001", "wang139-1111-0002", "收139 1111 0003"
        told = {"customer_id": "zhou", "source": "hand", "rep_id": "lin", "at": NOW}
        session.add(Tag(id=new_id(), name="打13911110004", **told))


def test_a_number_within_words_is_masked_in_the_list_and_in_the_file(seat: Seat) -> None:
    _hides_a_number(seat.store)
    offered = [one.text for menu in seat.screen.menus for one in menu.choices]
    shown = repr([offered, *seat.screen.lines])
    assert "王芳139 •••• 0001" in shown
    assert "打139 •••• 0004" in shown
    assert not re.search(r"139[- ]?1111", shown)
    seat.does.searched("139-1111-0002")
    assert seat.names() == ["王芳139 •••• 0001"]
    seat.does.acted("export")
    seat.does.ask_chosen("csv")
    seat.does.ask_confirmed()
    row = rows_of(seat.folder / seat.suggested)[1]
    masked = ["王芳139 •••• 0001", "wang139 •••• 0002", "收139 •••• 0003", "打139 •••• 0004"]
    assert [row[0], row[2], row[-3], row[-1]] == masked


def test_a_file_with_whole_numbers_has_them_within_words_too(
    desk_store: Store, tmp_path: Path
) -> None:
    settle(desk_store)
    _hides_a_number(desk_store)
    seat = Seat(desk_store, tmp_path, LEADER)
    seat.does.searched("王芳")
    seat.does.acted("export")
    for chosen in ("csv", "whole"):
        seat.does.ask_chosen(chosen)
    seat.does.ask_written("寄三八节礼品")
    seat.does.ask_confirmed()
    row = rows_of(seat.folder / seat.suggested)[1]
    whole = ["王芳13911110001", "wang139-1111-0002", "收139 1111 0003", "打13911110004"]
    assert [row[0], row[2], row[-3], row[-1]] == whole


def test_nothing_is_written_down_when_no_file_is_chosen(seat: Seat) -> None:
    seat.file = ""
    seat.does.acted("export")
    seat.does.ask_confirmed()
    assert seat.waiting() == []


def test_a_file_that_cannot_be_written_is_said_and_stays_in_the_log(seat: Seat) -> None:
    seat.file = "missing/x.xlsx"
    seat.does.acted("export")
    seat.does.ask_confirmed()
    assert seat.ask().reading.startswith("The file x.xlsx could not be written.")
    assert seat.waiting() == ["export.log"]


def test_after_a_file_that_went_wrong_what_she_wrote_is_there_and_counts_once(seat: Seat) -> None:
    seat.file = "missing/x.xlsx"
    seat.does.acted("export")
    seat.does.ask_written("moon cakes")
    seat.does.ask_confirmed()
    assert seat.screen.asked == "moon cakes"
    seat.file = "x.xlsx"
    seat.does.ask_confirmed()
    assert seat.toast() == "4 customers are in x.xlsx"
    assert seat.waiting() == ["export.log"]
    # Another kind of file is another export.
    seat.file = "missing/x.csv"
    seat.does.acted("export")
    seat.does.ask_confirmed()
    seat.does.ask_chosen("csv")
    seat.file = "x.csv"
    seat.does.ask_confirmed()
    assert seat.waiting() == ["export.log"] * 3


def test_a_file_she_was_not_asked_about_is_not_written_over(seat: Seat) -> None:
    for name in ("old.xlsx", "old (2).xlsx"):
        (seat.folder / name).write_text("last month")
    seat.file = "old"
    seat.does.acted("export")
    seat.does.ask_confirmed()
    assert seat.toast() == "4 customers are in old (3).xlsx"
    assert (seat.folder / "old.xlsx").read_text() == "last month"
    # With its ending she was asked by the dialog.
    seat.file = "old.xlsx"
    seat.does.acted("export")
    seat.does.ask_confirmed()
    assert seat.toast() == "4 customers are in old.xlsx"


def test_whole_numbers_are_for_leaders_who_say_what_for(desk_store: Store, tmp_path: Path) -> None:
    settle(desk_store)
    seat = Seat(desk_store, tmp_path, LEADER)
    seat.file = "list"
    seat.does.acted("export")
    seat.does.ask_chosen("csv")
    seat.does.ask_chosen("whole")
    seat.does.ask_confirmed()
    assert seat.ask().reading.startswith("Whole phone numbers take a reason.")
    assert seat.waiting() == []
    seat.does.ask_written("寄三八节礼品")
    seat.does.ask_confirmed()
    assert rows_of(tmp_path / "list.csv")[1][1] == "13800004120"
    with desk_store.read() as session:
        [row] = session.scalars(select(ExportLog))
        assert (row.phones, row.reason, row.rows) == (True, "寄三八节礼品", 4)


def test_exports_are_capped_and_the_day_has_an_end(seat: Seat) -> None:
    with seat.store.write() as session:
        body = {"most": 3, "per_day": 4}
        session.add(Setting(id="x", rule_set="export", effective=TODAY, body=body))
    seat.does.acted("export")
    assert seat.ask().title == "Export 3 customers"
    assert seat.ask().reading.startswith("Only the first 3 of 4:")
    seat.does.ask_confirmed()
    seat.does.acted("export")
    assert seat.ask().title == "Export 1 customer"
    seat.does.ask_confirmed()
    seat.does.acted("export")
    assert seat.problem().startswith("No more than 4 customers can be exported")


def test_who_may_not_export_is_told(seat: Seat) -> None:
    with seat.store.write() as session:
        body = {"roles": ["leader"]}
        session.add(Setting(id="x", rule_set="export", effective=TODAY, body=body))
    seat.does.acted("export")
    assert seat.problem().startswith("Your role does not export lists.")
    assert REP.role == "rep"
