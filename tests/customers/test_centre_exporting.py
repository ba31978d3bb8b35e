"""A manager takes a list of the centre out: asked first, kept by the hub, written whole or not."""

import csv
import errno
from pathlib import Path
from typing import Any

import pytest

from lumi_desk.customers.naming import sound
from lumi_desk.exports import export, service
from lumi_desk.looks import service as looks
from lumi_desk.security.roles import Role
from lumi_desk.storage.engines import Busy
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.customers.lead import Lead
from tests.hubs import Hub
from tests.lane import LaneNow, LateLane

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Lin holds three; Gu manages."""
    lin = makers.hub_with_rep(hub_store, "lin", "一组", Role.REP)
    makers.hub_with_rep(hub_store, "gu", "二组", Role.MANAGER)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for pk, name in (("shan", "单晓飞"), ("zeng", "=曾敏"), ("qiu", "仇英")):
            pinyin, initials = sound(name)
            makers.make_customer(
                session, lin, id=pk, name=name, pinyin=pinyin, initials=initials,
                phone="13800004127",
            )  # fmt: skip
        feed.publish(session)
    return Hub(hub_store, tmp_path)


class Exporter(Lead):
    """A manager who is asked where her file is to lie."""

    def __init__(self, hub: Hub, lane: type[LaneNow] = LaneNow) -> None:
        self.path: Path | None = hub.folder / "list.csv"
        super().__init__(hub, "gu", lane)

    def all_in(self) -> None:
        """What was under way has come."""
        assert isinstance(self.lane, LateLane)
        while self.lane.late:
            self.lane.let_in()

    def ask_path(self, _: str) -> str:
        return str(self.path) if self.path is not None else ""

    @property
    def asks(self) -> str:
        return self.screen.ask.reading if self.screen.ask else ""

    def exports(self, purpose: str = "Moon cake gifts") -> None:
        self.does.acted("export")
        self.does.ask_chosen("csv")
        self.does.ask_written(purpose)
        self.does.ask_confirmed()

    @property
    def file(self) -> Path:
        assert self.path is not None
        return self.path

    def rows(self) -> list[list[str]]:
        return list(csv.reader(self.file.read_text("utf-8-sig").splitlines()))


@pytest.fixture
def gu(hub: Hub) -> Exporter:
    return Exporter(hub)


def kept(hub: Hub) -> list[tuple[str, int, bool, str]]:
    with hub.store.read() as session:
        return [(one.who, one.rows, one.phones, one.reason) for one in service.latest(session, 9)]


def test_she_is_told_before_and_the_file_is_written(hub: Hub, gu: Exporter) -> None:
    gu.does.ordered("name")
    gu.does.acted("export")
    assert gu.screen.ask is not None
    assert gu.screen.ask.title == "Export 3 customers"
    assert gu.asks == (
        "Phone numbers are masked. 997 of the day's 1,000 remain after it."
        " The hub writes down who exported what, and what for."
    )
    assert kept(hub) == []
    gu.exports()
    screen = gu.screens[-1]
    assert screen.ask is None
    assert screen.toast is not None
    assert screen.toast.text == "3 customers are in list.csv"
    head, *rows = gu.rows()
    assert head[:4] == ["Name", "Phone", "Wangwang", "Rep"]
    assert head[-1] == "Used up"
    assert sorted(row[0] for row in rows) == ["'=曾敏", "仇英", "单晓飞"]
    assert {tuple(row[1:4]) for row in rows} == {("138 •••• 4127", "", "Lin")}
    assert all(len(row) == len(head) for row in rows)
    assert gu.file.stat().st_mode & 0o777 == 0o600
    assert kept(hub) == [("Gu", 3, False, "Moon cake gifts")]
    hub.clock.forward(seconds=60)
    gu.does.tick()
    assert gu.screen.toast is None


def test_the_marked_alone_are_exported(gu: Exporter) -> None:
    gu.does.marked("qiu")
    gu.exports()
    assert [row[0] for row in gu.rows()[1:]] == ["仇英"]


def test_without_a_purpose_she_is_asked_for_one(hub: Hub, gu: Exporter) -> None:
    gu.exports(" a ")
    assert gu.asks.startswith("An export of the centre's customers takes a purpose")
    assert (gu.file.exists(), kept(hub)) == (False, [])
    gu.does.ask_closed()
    assert gu.screen.ask is None


def test_whoever_names_no_file_exports_nothing(hub: Hub, gu: Exporter) -> None:
    gu.path = None
    gu.exports()
    assert gu.screen.ask is not None
    assert kept(hub) == []


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "There is no room on the disk for the file list.csv"),
        (errno.EACCES, "The file list.csv may not be written in that folder"),
        (errno.EIO, "The file list.csv could not be written"),
    ],
)
def test_what_could_not_be_written_is_not_counted_again(
    hub: Hub, gu: Exporter, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    gu.file.write_text("what lay there before", "utf-8")

    def refuses(_: Any) -> None:
        raise OSError(number, "no")

    with monkeypatch.context() as broken:
        broken.setattr(export.os, "fsync", refuses)  # type: ignore[attr-defined]
        gu.exports()
    assert gu.asks.startswith(told)
    assert gu.file.read_text("utf-8") == "what lay there before"
    assert [one.name for one in gu.file.parent.iterdir() if one.name.startswith(".lumi")] == []
    gu.does.ask_confirmed()
    assert len(gu.rows()) == 4
    assert len(kept(hub)) == 1


def test_a_hub_out_of_reach_exports_nothing(hub: Hub, gu: Exporter) -> None:
    gu.does.acted("export")
    gu.line.cut = True
    gu.does.ask_written("Moon cake gifts")
    gu.does.ask_confirmed()
    assert gu.screen.ask is not None
    assert (gu.file.exists(), kept(hub)) == (False, [])


def test_a_list_searched_again_at_once_is_one_look_but_a_record_is_not(
    hub: Hub, gu: Exporter
) -> None:
    def seen() -> list[tuple[str, object]]:
        with hub.store.read() as session:
            return [(one.customer_id, one.asked.get("words")) for one in looks.latest(session, 99)]

    before = len(seen())
    for words in ("单", "", "单", "仇", "单"):
        gu.does.searched(words)
    assert [one for _, one in seen()[: len(seen()) - before]] == ["仇", "单"]
    for number in ("13800004127", "13900004127", "13800004127"):
        gu.does.searched(number)
    assert len(seen()) == before + 5
    for _ in range(2):
        gu.does.opened("shan")
    assert len(seen()) == before + 7
    hub.clock.forward(seconds=61)
    gu.does.searched("单")
    assert len(seen()) == before + 8


def test_a_busy_hub_is_asked_again_by_itself(
    hub: Hub, gu: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise Busy

    with monkeypatch.context() as long_import:
        long_import.setattr(hub.store, "write", locked)
        gu.does.searched("单")
        assert gu.told().startswith("The hub is busy with something long")
        assert len(gu.names()) == 3
        asked = len(gu.asked)
        gu.does.tick()
        assert len(gu.asked) == asked
        hub.clock.forward(seconds=3)
        gu.does.tick()
        assert len(gu.asked) == asked + 1
    hub.clock.forward(seconds=3)
    gu.does.tick()
    assert (gu.told(), gu.names()) == ("", ["单晓飞"])
    with monkeypatch.context() as long_import:
        long_import.setattr(hub.store, "write", locked)
        gu.does.opened("shan")
        assert gu.screen.record is None
    hub.clock.forward(seconds=3)
    gu.does.tick()
    assert (gu.told(), gu.record.name) == ("", "单晓飞")


def test_one_question_is_open_at_a_time(hub: Hub) -> None:
    gu = Exporter(hub)
    gu.does.marked(gu.screen.lines[0].customer_id)
    gu.does.acted("tag")
    assert gu.screen.ask is not None
    assert gu.screen.ask.title.startswith("Add a tag")
    gu.does.acted("export")
    assert gu.screen.ask is not None
    assert gu.screen.ask.title.startswith("Export")
    gu.does.ask_written("Moon cake gifts")
    assert gu.screen.asked == "Moon cake gifts"
    gu.does.acted("tag")
    assert gu.screen.ask is not None
    assert gu.screen.ask.title.startswith("Add a tag")
    gu.does.ask_closed()
    assert gu.screen.ask is None


@pytest.fixture
def late(hub: Hub) -> Exporter:
    """Gu at a slow line; what came so far is there."""
    gu = Exporter(hub, LateLane)
    gu.all_in()
    return gu


def test_how_much_may_leave_does_not_come_over_another_question(late: Exporter) -> None:
    late.does.marked("qiu")
    late.does.acted("export")
    late.does.acted("tag")
    late.does.ask_written("VIP")
    late.all_in()
    assert late.ask.title == "Add a tag to 1 customer"
    assert late.screen.asked == "VIP"


def test_what_she_wrote_stays_when_the_key_is_pressed_again(late: Exporter) -> None:
    late.does.acted("export")
    late.all_in()
    late.does.acted("export")
    late.does.ask_written("Moon cake gifts")
    late.all_in()
    assert late.screen.asked == "Moon cake gifts"


def test_while_a_file_is_made_no_other_export_begins(hub: Hub, late: Exporter) -> None:
    late.does.acted("export")
    late.all_in()
    late.does.ask_chosen("csv")
    late.does.ask_written("Moon cake gifts")
    late.does.ask_confirmed()
    late.does.acted("export")
    late.all_in()
    assert [door for door, _ in late.asked].count("centre/export/preview") == 1
    assert late.screen.ask is None
    assert late.toast() == "3 customers are in list.csv"
    assert len(kept(hub)) == 1
