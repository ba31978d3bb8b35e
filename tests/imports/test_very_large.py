"""Files of 400 MB and more: read when honest, refused in one sentence when not."""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.errors import LumiError
from lumi_desk.imports import problems, readers
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import RESAVED
from tests.imports.test_workbooks import ORDERS, book

pytestmark = pytest.mark.slow

NOW = datetime(2017, 12, 1, 2, 0, tzinfo=UTC)
MIB = 2**20
PADDING = "，买一送一" * 40_000


def _sparse(path: Path) -> Path:
    """Nothing but a hole, as an interrupted download leaves it."""
    with path.open("wb") as file:
        file.truncate(400 * MIB)
    return path


def _export_and_hole(path: Path) -> Path:
    files.orders(path, {})
    with path.open("r+b") as file:
        file.truncate(400 * MIB)
    return path


def _blanks(path: Path) -> Path:
    with path.open("wb") as file:
        for _ in range(400):
            file.write(b"\n" * MIB)
    return path


def _one_line(path: Path) -> Path:
    files.orders(path, {})
    with path.open("ab") as file:
        for _ in range(400):
            file.write(b"9" * MIB)
    return path


def _beyond(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(1025 * MIB)
    return path


def _gzip_bomb(path: Path) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(400):
            packed.write(b"\n" * MIB)
    return path


def _bomb_of_texts(path: Path) -> Path:
    whole = book(path.with_suffix(".xlsx"), 订单=ORDERS)
    with (
        zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet2.xml", "w") as inside,
    ):
        for _ in range(400):
            inside.write(b" " * MIB)
    return whole


BAD: dict[str, tuple[Callable[[Path], Path], type[LumiError], str]] = {
    "a hole": (_sparse, problems.WrongFormat, "binary data"),
    "an export and a hole": (_export_and_hole, problems.WrongFormat, "binary data"),
    "nothing but line ends": (_blanks, problems.NothingInside, "419430400 bytes"),
    "one line": (_one_line, problems.CutOff, "a line without end"),
    "more than may be": (_beyond, problems.WrongFormat, "more than 1 GiB"),
    "a bomb": (_gzip_bomb, problems.TooMuchInside, "more than 200 times its size"),
    "a bomb in a workbook": (_bomb_of_texts, problems.TooMuchInside, "more than 200 times"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_export_is_one_sentence(name: str, tmp_path: Path) -> None:
    make, error, words = BAD[name]
    path = make(tmp_path / "订单.csv")
    with pytest.raises(error) as caught:
        readers.read(path)
    assert words in caught.value.in_english()
    assert "Nothing was imported" in caught.value.in_english()
    path.unlink()


@pytest.mark.slow
def test_an_honest_one_is_read(hub_store: Store, tmp_path: Path) -> None:
    """400 MB of few rows: long titles and many remarks."""
    path = tmp_path / "o.csv"
    many = 750
    rows = ({"订单编号": f"21402600386365{n:05d}", "订单备注": PADDING} for n in range(1, many + 1))
    files.write(path, files.HEADER_46, [{**files.ORDER, **row} for row in rows], RESAVED)
    assert path.stat().st_size > 400 * MIB
    report = import_files(hub_store, [path], now=NOW)
    assert (report.orders.added, report.left_out) == (many, ())
    assert report.sums.total_fen == report.file_sums.total_fen == many * 100_00


def test_two_exports_of_different_dates_overlap(hub_store: Store, tmp_path: Path) -> None:
    """What the later one says counts, though it comes first, and paid becomes refunded."""
    numbers = [f"214026003863655321{n}" for n in range(1, 7)]
    early = [{"订单编号": one, "订单状态": "买家已付款，等待卖家发货"} for one in numbers[:4]]
    back = {"订单状态": "交易关闭", "买家实际支付金额": "0", "退款金额": "100.00"}
    late = [{"订单编号": numbers[2], **back}, *({"订单编号": one} for one in numbers[3:])]
    old = files.orders(tmp_path / "ExportOrderList201705312359.csv", *early)
    new = files.orders(tmp_path / "ExportOrderList201706302359.csv", *late)
    report = import_files(hub_store, [new, old], now=NOW)
    assert (report.orders.read, report.orders.added, report.left_out) == (6, 6, ())
    with hub_store.read() as session:
        orders = {one.number: one for one in session.scalars(select(Order))}
    assert [orders[one].status for one in numbers] == ["paid", "paid", "closed", *["done"] * 3]
    assert (orders[numbers[2]].paid_fen, orders[numbers[2]].refund_fen) == (0, 100_00)
    again = import_files(hub_store, [old], now=NOW)
    assert not again.changed_anything


_MEMORY = """
import sys
from pathlib import Path
from lumi_desk.imports import readers
(sheet,) = readers.read(Path(sys.argv[1])).sheets
before = len(sheet.lines)
assert sum(1 for _ in sheet.lines) == before
# Not from getrusage: there a child begins with what its parent had.
told = Path("/proc/self/status").read_text("ascii")
print(next(line for line in told.splitlines() if line.startswith("VmHWM:")).split()[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks /proc for its memory")
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Read in a process of its own: a small file, and one of a hundred times its size."""
    found = []
    for many in (300, 30_000):
        rows = [{**files.ORDER, "订单编号": f"21402600386{n:08d}"} for n in range(1, many + 1)]
        path = files.write(tmp_path / f"{many}.csv", files.HEADER_46, rows)
        told = [sys.executable, "-c", _MEMORY, str(path)]
        done = subprocess.run(told, capture_output=True, text=True, check=True)
        found.append(int(done.stdout))
    assert found[1] - found[0] < 8 * 1024, found
