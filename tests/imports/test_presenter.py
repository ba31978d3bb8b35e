"""A keeper at a real hub: files come up, are read as she says, tried, imported; or nothing is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy import select

from lumi_desk.managing.imports import PIECE, ImportAt
from lumi_desk.managing.imports_client import ImportsAtHub
from lumi_desk.orders.tables import Order
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.test_import_doors import ODD, PHONE, Beside, orders, pieces
from tests.hubs import Hub
from tests.imports import files
from tests.pages import Sitter, until_she_leaves
from ui.imports import saying
from ui.imports.presenter import NEW, ImportsPresenter
from ui.imports.screen import Column, Reading, Result, Screen
from ui.widgets.values import Tone
from ui.words import Language, switch

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]


class Keeper(Sitter[Screen]):
    does: ImportsPresenter

    def __init__(self, hub: Hub, folder: Path, login: str = "wang") -> None:
        self.saved = folder / "saved.csv"
        super().__init__(hub, login)

    def presenter(self) -> ImportsPresenter:
        return ImportsPresenter(
            self.lane,
            self.screens.append,
            ImportsAtHub(self.desk.ask),
            self.desk.me,
            self.desk.now,
            lambda _: str(self.saved),
        )

    def ticks(self, times: int = 12) -> None:
        for _ in range(times):
            self.does.tick()

    def brings(self, *paths: Path) -> None:
        """Choose files, and wait until it is said how they would be read."""
        self.does.chose([str(one) for one in paths])
        self.ticks()

    @property
    def reading(self) -> Reading:
        assert self.screen.reading is not None
        return self.screen.reading

    @property
    def result(self) -> Result:
        assert self.screen.result is not None
        return self.screen.result

    def names(self) -> bool:
        """Whether she is asked for the name of a profile."""
        return self.screen.naming is not None

    @property
    def asked(self) -> str:
        """What she is asked before it happens."""
        return "\n".join(self.screen.confirm.lines) if self.screen.confirm else ""

    def column(self, name: str) -> Column:
        return next(one for one in self.reading.columns if one.name == name)

    def points(self, name: str) -> None:
        names = [one.name for one in self.reading.columns]
        self.does.pointed(names.index(name))

    def corrects(self, name: str, meaning: str) -> None:
        self.points(name)
        self.does.told(meaning)

    def imports(self) -> None:
        """The question answered with yes."""
        self.does.put()
        assert self.asked
        self.does.put()
        self.ticks()


@pytest.fixture
def beside(hub_store: Store) -> Beside:
    return Beside(hub_store)


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path, beside: Beside) -> Hub:
    makers.hub_with_rep(hub_store, "wang", role=Role.KEEPER)
    return Hub(hub_store, tmp_path, beside)


@pytest.fixture
def wang(hub: Hub, tmp_path: Path) -> Iterator[Keeper]:
    yield from until_she_leaves(Keeper(hub, tmp_path))


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(ODD, "utf-8")
    return path


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Three orders, one of them without a time, one with an odd amount."""
    rows = [files.ORDER | {"订单编号": f"214026003863655321{n}"} for n in (1, 2, 3)]
    rows[1]["总金额"] = "1,100.00元"
    rows[2]["订单创建时间"] = "gestern"
    return files.write(tmp_path / "ExportOrderList.csv", files.HEADER_46, rows)


def test_at_first_she_is_asked_for_files(wang: Keeper) -> None:
    assert wang.screen.start is not None
    assert (wang.screen.chosen, wang.screen.left) == (NEW, "0 imports")
    wang.does.chose([])
    wang.does.put()
    wang.does.attempted()
    wang.does.stopped()
    assert wang.screen.start is not None


def test_a_known_export_is_tried_and_imported(hub: Hub, wang: Keeper, known: Path) -> None:
    wang.brings(known)
    assert wang.reading.fact == "list of orders · 3 rows"
    assert wang.column("订单编号").how == "known header"
    assert (wang.reading.problem, wang.reading.doubts) == ("", ())

    wang.does.attempted()
    wang.ticks()
    assert (wang.result.title, orders(hub.store)) == ("Trial", (0, 0))
    assert "Orders: 2 read, 2 added, 0 changed, 0 unchanged, 1 left out" in wang.result.lines
    left_out, repaired = wang.result.sheets
    assert left_out.rows == (
        ("ExportOrderList.csv", "4", "the order has no readable creation time: gestern"),
    )
    assert repaired.rows[0][2:] == ("总金额", "1,100.00元", "1100.00", "a unit inside a number")
    wang.does.went_back()
    assert wang.screen.reading is not None

    wang.does.put()
    assert wang.asked.splitlines() == [
        "ExportOrderList.csv: list of orders · 3 rows",
        "Sold at: Tmall, where the file does not say it",
    ]
    wang.does.stayed()
    assert wang.asked == ""
    wang.imports()
    assert wang.result.title == "Imported"
    assert wang.result.badge is not None
    assert wang.result.badge.text == "Finished"
    assert orders(hub.store) == (2, 120_000)
    assert pieces(hub.store) == 0
    _, past = wang.screen.rows
    assert past.fact == "today 10:00 · 2 added, 0 changed"
    assert past.badge is not None
    assert past.badge.text == "1 left out"

    wang.does.went_back()
    assert wang.screen.start is not None
    wang.does.picked(past.name)
    assert wang.result.title == "Import of today 10:00"
    assert wang.result.sheets == (left_out, repaired)


def test_unknown_columns_are_corrected_and_kept_as_a_profile(
    hub: Hub, wang: Keeper, odd: Path
) -> None:
    wang.brings(odd)
    assert wang.column("电话簿").samples == "138 •••• 5678 · 139 •••• 5678"
    assert not wang.column("钱").sure
    (doubt,) = wang.reading.doubts
    assert "the orders of all 2 rows would count as unpaid" in doubt
    assert "say which column is “paid on”" in doubt
    wang.corrects("钱", "total")
    assert (wang.column("钱").meaning, wang.column("钱").how) == (
        "worth of the order",
        "told by you",
    )
    assert wang.column("钱").sure
    wang.corrects("姓", "-")
    assert (wang.column("姓").meaning, wang.column("姓").how) == ("–", "told by you")
    chosen = [one.name for one in wang.reading.meanings if one.chosen]
    assert chosen == ["-"]

    wang.does.named()
    assert wang.names()
    wang.does.name_written("a/b")
    wang.does.kept()
    assert "“a/b” is no name for an import profile" in wang.notice
    wang.does.name_written(" ERP orders ")
    wang.does.kept()
    assert wang.notice == "Kept as the profile “ERP orders”."
    assert not wang.names()
    assert [one.text for one in wang.reading.profiles if one.chosen] == ["ERP orders"]
    assert wang.column("钱").how == "by the profile"

    wang.does.started_over()
    assert wang.screen.start is not None
    wang.brings(odd)
    assert wang.column("钱").how != "by the profile"
    wang.does.profile_picked("ERP orders")
    assert wang.column("钱").how == "by the profile"
    assert wang.screen.reading is not None
    assert "unpaid" not in " ".join(wang.screen.reading.doubts)
    wang.imports()
    assert orders(hub.store) == (2, 20_050)


def test_the_unit_of_a_column_is_told_shown_and_kept(hub: Hub, wang: Keeper, odd: Path) -> None:
    odd.write_text(ODD.replace("120.50", "1.2").replace("80.00", "0.8"), "utf-8")
    wang.brings(odd)
    wang.points("姓")
    assert [one.enabled for one in wang.reading.units] == [False]
    wang.corrects("钱", "total")
    assert [one.text for one in wang.reading.units if one.chosen] == ["Counted in yuan"]
    wang.does.unit_picked("ten_thousand")
    assert [one.text for one in wang.reading.units if one.chosen] == ["Counted in 10,000 yuan"]
    assert wang.column("钱").meaning == "worth of the order, in 10,000 yuan"
    assert wang.column("钱").samples == "1.2 → ¥12,000.00 · 0.8 → ¥8,000.00"
    wang.does.named()
    wang.does.name_written("ERP")
    wang.does.kept()
    assert wang.column("钱").meaning == "worth of the order, in 10,000 yuan"
    wang.does.profile_picked("")
    assert wang.column("钱").samples == "1.2 · 0.8"
    wang.does.profile_picked("ERP")
    wang.imports()
    assert orders(hub.store) == (2, 2_000_000)


def test_the_column_that_is_asked_about_is_named(wang: Keeper, tmp_path: Path) -> None:
    row = {**files.ORDER, "币种": "USD"}
    wang.brings(files.write(tmp_path / "o.csv", [*files.HEADER_46, "币种"], [row]))
    (doubt,) = wang.reading.doubts
    assert doubt == "“币种” names other currencies: all amounts would be taken for yuan."


def test_a_field_leaves_the_column_it_was_in(wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    wang.corrects("电话簿", "number")
    assert wang.column("编码").meaning == "–"
    assert wang.column("电话簿").meaning == "order number"


def test_what_is_unsure_is_said_before_it_is_imported(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    wang.does.put()
    assert "nobody has confirmed what these columns mean" in wang.asked
    assert "all 2 rows would count as unpaid" in wang.asked
    wang.does.put()
    wang.ticks()
    assert orders(hub.store) == (2, 20_050)


def test_of_several_files_each_is_looked_at(wang: Keeper, known: Path, odd: Path) -> None:
    wang.brings(known, odd)
    assert [one.text for one in wang.reading.tables] == [
        "ExportOrderList.csv (list of orders)",
        "odd.csv (list of orders)",
    ]
    wang.does.table_picked("1")
    assert wang.reading.table == "odd.csv"


def test_a_table_of_nobodys_says_why_and_can_be_told(
    hub: Hub, wang: Keeper, tmp_path: Path
) -> None:
    path = tmp_path / "wall.csv"
    path.write_text("甲,乙,丙\nA-1,wangjie88,y\n", "utf-8")
    wang.brings(path)
    assert "wall.csv is no order export" in wang.reading.problem
    assert not wang.reading.put.enabled
    wang.does.put()
    assert wang.asked == ""
    wang.corrects("甲", "name")
    wang.corrects("乙", "wechat")
    assert (wang.reading.problem, wang.reading.fact) == ("", "list of people · 1 row")
    wang.imports()
    assert "People of lists: 1 read, 1 added, 0 changed, 0 unchanged, 0 left out" in (
        wang.result.lines
    )


def test_a_protected_file_gets_its_sentence(hub: Hub, wang: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"))
    wang.brings(path)
    assert wang.notice.startswith("old.xlsx is protected by a password. Nothing was imported.")
    assert wang.screen.start is not None
    assert pieces(hub.store) == 0


def test_without_a_line_it_waits_and_goes_on(hub: Hub, wang: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("姓名,手机\n" + f"王芳,{PHONE}\n" * 9000, "utf-8")
    assert path.stat().st_size > PIECE
    wang.line.lose_reply_to = "/v1/imports/bring"
    wang.does.chose([str(path)])
    assert wang.screen.offline
    assert wang.screen.working is not None
    assert wang.screen.working.progress.done == 0
    wang.line.cut = True
    wang.ticks()
    assert wang.screen.offline
    wang.line.cut = False
    wang.ticks()
    assert not wang.screen.offline
    assert wang.reading.fact == "list of people · 9,000 rows"
    assert wang.line.requests.count("/v1/imports/bring") == 3


def test_after_a_restart_it_goes_on_where_it_was(
    hub: Hub, wang: Keeper, beside: Beside, known: Path
) -> None:
    wang.brings(known)
    wang.sit()
    wang.ticks()
    assert wang.reading.table == "ExportOrderList.csv"
    beside.waits = True
    wang.imports()
    assert wang.screen.working is not None
    wang.sit()
    wang.ticks()
    beside.work()
    wang.ticks()
    assert wang.result.title == "Imported"
    wang.sit()
    wang.ticks()
    assert wang.screen.start is not None


def test_what_runs_is_stopped_and_leaves_nothing(
    hub: Hub, wang: Keeper, beside: Beside, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lumi_desk.hub.import_work._TELLS_S", 0.0)
    wang.brings(known)
    beside.waits = True
    wang.imports()
    assert wang.screen.working is not None
    wang.does.stopped()
    assert wang.screen.working is not None
    assert not wang.screen.working.stop.enabled
    beside.work()
    wang.ticks()
    assert wang.screen.start is not None
    assert wang.notice == "Stopped. Nothing was imported."
    assert wang.screen.notice is not None
    assert wang.screen.notice.tone is Tone.INFO
    assert (orders(hub.store), pieces(hub.store)) == ((0, 0), 0)


def test_how_far_it_is_is_said_in_its_unit() -> None:
    def text(at: ImportAt) -> str:
        return saying.at_work(at, stopping=False).progress.text

    at = ImportAt("job", (), "look", "checking", 900, 2_000)
    assert text(at) == "Checking the files · 1 KB of 2 KB"
    assert text(replace(at, stage="orders", whole=9_000)) == "Bringing in orders · 900 of 9,000"
    assert text(replace(at, stage="")) == "Beginning"


def test_a_file_that_is_gone_or_was_changed_is_said(hub: Hub, wang: Keeper, tmp_path: Path) -> None:
    wang.does.chose([str(tmp_path / "none.csv")])
    assert "none.csv cannot be read any more" in wang.notice
    assert wang.screen.start is not None
    path = tmp_path / "grows.csv"
    path.write_text("姓名,手机\n" + f"王芳,{PHONE}\n" * 9000, "utf-8")
    wang.line.lose_reply_to = "/v1/imports/bring"
    wang.does.chose([str(path)])
    path.write_text("姓名,手机\n", "utf-8")
    wang.ticks()
    assert "grows.csv cannot be read any more" in wang.notice
    assert wang.screen.start is not None


def test_left_out_rows_are_saved_as_a_file_without_formulas(wang: Keeper, tmp_path: Path) -> None:
    rows = [files.ORDER, files.ORDER | {"订单编号": "2", "订单创建时间": "=1+1"}]
    path = files.write(tmp_path / "ExportOrderList.csv", files.HEADER_46, rows, files.RESAVED)
    wang.brings(path)
    wang.does.attempted()
    wang.ticks()
    wang.does.saved()
    assert wang.notice == "Saved: saved.csv"
    told = wang.saved.read_text("utf-8-sig")
    assert told.splitlines()[0] == "File,Row,Why"
    assert "the order has no readable creation time" in told
    assert not any(cell.startswith("=") for line in told.splitlines() for cell in line.split(","))


def test_the_words_follow_the_language(wang: Keeper, known: Path) -> None:
    wang.brings(known)
    switch(Language.CHINESE)
    assert wang.reading.headings == ("我们的字段", "文件里的列", "怎样认出", "示例")
    assert wang.column("订单编号").meaning == "订单号"


def test_a_rep_is_told_no(hub: Hub, tmp_path: Path) -> None:
    makers.hub_with_rep(hub.store, "lin")
    lin = Keeper(hub, tmp_path, "lin")
    assert lin.notice.startswith("Your role does not allow this")
    assert lin.screen.notice is not None
    assert lin.screen.notice.tone is Tone.BAD
    lin.desk.close()


def test_a_table_is_left_out_and_taken_in_again(
    hub: Hub, wang: Keeper, known: Path, tmp_path: Path
) -> None:
    wall = tmp_path / "wall.csv"
    wall.write_text("甲,乙\n1,2\n", "utf-8")
    wang.brings(known, wall)
    wang.does.table_picked("1")
    assert wang.reading.problem.endswith(
        "Point at a column and press Enter to say what it means, or choose other files."
    )
    assert "--map" not in wang.reading.problem
    assert (wang.reading.put.enabled, wang.reading.leave.text) == (False, "Leave this table out")

    wang.does.left_out()
    assert (wang.reading.fact, wang.reading.problem) == ("left out", "")
    assert [one.text for one in wang.reading.tables][1] == "wall.csv (left out)"
    assert wang.reading.put.enabled
    wang.does.left_out()
    assert (wang.reading.fact, wang.reading.put.enabled) == ("1 row", False)

    wang.does.left_out()
    wang.does.put()
    assert wang.screen.confirm is not None
    assert "wall.csv: left out" in wang.screen.confirm.lines
    wang.does.put()
    wang.ticks()
    assert orders(hub.store)[0] == 2


def test_a_sheet_of_refunds_is_hers_to_leave_out(wang: Keeper, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "订单"
    book.active.append(("订单号", "下单时间", "付款时间", "订单金额"))
    book.active.append(("2140260038636553217", "2017-05-30 10:00", "2017-05-30 10:01", 100))
    book.create_sheet("退款").append(("订单号", "退款金额"))
    book["退款"].append(("2140260038636553217", 100))
    book.save(path := tmp_path / "book.xlsx")
    wang.brings(path)
    wang.does.table_picked("1")
    assert "what was given back, and holds no orders" in wang.reading.problem
    assert not wang.reading.put.enabled
    wang.does.left_out()
    assert wang.reading.put.enabled


def test_she_says_where_orders_were_sold(hub: Hub, wang: Keeper, known: Path) -> None:
    wang.brings(known)
    assert wang.reading.leave.text == ""
    assert [one.text for one in wang.reading.channels if one.chosen] == ["Tmall"]
    wang.does.channel_picked("vip")
    assert [one.text for one in wang.reading.channels if one.chosen] == ["VIP.com"]
    wang.does.put()
    assert wang.screen.confirm is not None
    assert "Sold at: VIP.com, where the file does not say it" in wang.screen.confirm.lines
    wang.does.put()
    wang.ticks()
    with hub.store.read() as session:
        assert set(session.scalars(select(Order.channel))) == {"vip"}
