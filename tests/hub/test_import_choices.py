"""Imports at the doors: tables left out, where orders were sold, who works meanwhile, and room."""

from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.hub import import_jobs, import_work
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.managing.imports import Task
from lumi_desk.operations import encode, kind_of
from lumi_desk.orders.tables import Order
from lumi_desk.security.roles import Role
from lumi_desk.storage.engines import DiskFull
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Envelope
from tests import makers
from tests.hub.test_import_doors import ODD, Beside, Keeper, orders, pieces
from tests.hubs import Hub
from tests.imports import files

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """A hub with a keeper."""
    makers.hub_with_rep(hub_store, "wang", role=Role.KEEPER)
    return Hub(hub_store, tmp_path, Beside(hub_store))


@pytest.fixture
def wang(hub: Hub) -> Keeper:
    return Keeper(hub)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(ODD, "utf-8")
    return path


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Two orders, as Taobao exports them."""
    rows = [files.ORDER | {"订单编号": f"214026003863655321{n}"} for n in (1, 2)]
    return files.write(tmp_path / "ExportOrderList.csv", files.HEADER_46, rows)


def test_a_table_is_left_out_and_taken_in_again(
    hub: Hub, wang: Keeper, known: Path, odd: Path
) -> None:
    wang.brings(known, odd)
    wang.does(Task.LOOK)
    left = {"without": ["odd.csv"], "confirmed": True}
    assert [one["table"] for one in wang.plans(**left)] == [known.name, "odd.csv"]
    tried = wang.does(Task.TRY, **left)
    assert [one["name"] for one in tried["result"]["files"]] == [known.name]
    assert wang.does(Task.TRY, without=[known.name, "odd.csv"])["problem"]["code"] == "AllLeftOut"
    assert wang.does(Task.RUN, confirmed=True)["problem"] is None
    assert orders(hub.store)[0] == 4


def test_a_unit_travels_with_the_wish_and_the_plan(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    wang.does(Task.LOOK)
    for unit in ("yuan", "fen"):
        (table,) = wang.plans(told={"钱": "total"}, units={"钱": unit} if unit == "fen" else {})
        units = {one["name"]: one["unit"] for one in table["columns"]}
        assert (units["钱"], units["姓"]) == (unit, "")
    refused = wang.ask(
        "imports/plan", {"id": wang.job, "key": wang.key, "wish": {"units": {"钱": "x"}}}
    )
    assert refused.json()["code"] == "NoSuchUnit"


def test_a_sheet_of_a_workbook_is_left_out(hub: Hub, wang: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    for name, number in (("十月", 1), ("十一月", 2)):
        sheet = book.create_sheet(name)
        sheet.append(files.HEADER_46)
        row = files.ORDER | {"订单编号": f"214026003863655321{number}"}
        sheet.append([row.get(one.strip(), "") for one in files.HEADER_46])
    del book["Sheet"]
    book.save(path)
    wang.brings(path)
    wang.does(Task.LOOK)
    first, second = (one["table"] for one in wang.plans())
    done = wang.does(Task.RUN, without=[first])
    assert [one["name"] for one in done["result"]["files"]] == [second]
    with hub.store.read() as session:
        assert session.scalars(select(Order.number)).all() == ["2140260038636553212"]


def test_the_channel_is_what_she_says_unless_the_file_says_it(
    hub: Hub, wang: Keeper, known: Path, tmp_path: Path
) -> None:
    header = (
        "主订单编号", "子订单编号", "选购商品", "商品单价", "商品数量", "订单应付金额", "订单状态",
        "订单提交时间", "支付完成时间",
    )  # fmt: skip
    row = ("6921234567890123456", "1", "胶原", "10", "1", "10", "已完成", "2026/11/01 10:00:00", "")
    douyin = tmp_path / "douyin.csv"
    douyin.write_text("\n".join(",".join(one) for one in (header, row)), "utf-8")
    wang.brings(known, douyin)
    wang.does(Task.LOOK)
    assert [one["channel"] for one in wang.plans()] == ["", "douyin"]
    assert wang.does(Task.RUN, channel="vip")["problem"] is None
    with hub.store.read() as session:
        channels = session.scalars(select(Order.channel).order_by(Order.channel)).all()
    assert channels == ["douyin", "vip", "vip"]


def test_reps_push_while_an_import_is_tried_and_while_one_is_read(
    hub: Hub, wang: Keeper, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin = makers.hub_with_rep(hub.store, "lin")
    with hub.store.write() as session:
        feed.watch(session)
        her = makers.make_customer(session, lin).id
        feed.publish(session)
    pushed: list[str] = []
    task = Task.TRY

    def push(_: object, stage: str, *__: int) -> None:
        # Once it may write, an import that is for good is alone on a file.
        if task is Task.TRY or stage in ("checking", "reading"):
            op = WriteNote(id=new_id(), customer_id=her, by=lin, at=makers.NOW, words=stage)
            kind = kind_of(op)
            told = Envelope(op.id, len(pushed), kind.name, kind.version, encode(op), None)
            [answer] = accept(hub.store, lin, "desk", (told,), makers.NOW)
            assert answer.status == "applied"
            pushed.append(stage)

    wang.brings(known)
    wang.does(Task.LOOK)
    monkeypatch.setattr(import_work._Work, "_tell", push)
    assert wang.does(Task.TRY)["problem"] is None
    assert {"checking", "reading", "orders", "buyers"} <= set(pushed)
    with hub.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Note)) == len(pushed)
    assert orders(hub.store) == (0, 0)
    tried = len(pushed)
    task = Task.RUN
    assert wang.does(Task.RUN)["problem"] is None
    assert {"checking", "reading"} == set(pushed[tried:])
    assert orders(hub.store)[0] == 2


@pytest.mark.parametrize("hub_store", ["sqlite"], indirect=True)
def test_a_trial_leaves_no_file_behind(
    hub: Hub, wang: Keeper, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(import_jobs.file_of(hub.store))
    lying: set[str] = set()

    def fails(*_: object, **__: object) -> None:
        lying.update(one.name for one in file.parent.glob(f"{file.name}.trial*"))
        raise jobs_full

    jobs_full = DiskFull()
    # What one that was killed has left.
    Path(f"{file}.trial").write_bytes(b"half a file")
    wang.brings(known)
    wang.does(Task.LOOK)
    with monkeypatch.context() as patch:
        patch.setattr(import_work, "import_batch", fails)
        assert wang.does(Task.TRY)["problem"]["code"] == "DiskFull"
    assert f"{file.name}.trial" in lying
    assert list(file.parent.glob(f"{file.name}.trial*")) == []
    Path(f"{file}.trial").write_bytes(b"half a file")
    import_jobs.sweep(hub.store, makers.NOW)
    assert list(file.parent.glob(f"{file.name}.trial*")) == []


@pytest.mark.parametrize("hub_store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["stopped", "imported"])
def test_files_that_are_let_go_leave_no_room_on_the_disk(
    hub: Hub, wang: Keeper, tmp_path: Path, how: str
) -> None:
    large = tmp_path / "large.csv"
    rows = [files.ORDER | {"订单编号": f"{214026003863655000 + n}7"} for n in range(2000)]
    files.write(large, files.HEADER_46, rows)
    wang.brings(large)
    lies = Path(import_jobs.file_of(hub.store) + ".imports-1")
    kept = lies.stat().st_size + Path(f"{lies}-wal").stat().st_size
    assert kept > large.stat().st_size
    if how == "stopped":
        wang.says("imports/stop", id=wang.job)
    else:
        wang.does(Task.LOOK)
        assert wang.does(Task.RUN)["problem"] is None
    assert pieces(hub.store) == 0
    assert lies.stat().st_size + Path(f"{lies}-wal").stat().st_size < kept / 4
