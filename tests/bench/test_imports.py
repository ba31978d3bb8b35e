"""Imports of 100,000 and 1,000,000 lines: `pytest --benchmark-only tests/bench/test_imports.py`.

Without that once and tiny. Every import is in a fresh process; `extra_info` has its peak memory.
"""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from tests.bench import bare_import, import_side
from tests.imports import files, shared_texts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]
# Both of a size at which a workbook is read cell by cell.
FULL, TINY = (100_000, 1_000_000), (24_000, 36_000)
# What ten times as many lines may take more, in bytes: the sound of up to 100,000 names is
# remembered, whatever the number of lines.
MOST_MORE = 48 * 2**20
# A large export of the platforms has few columns.
COLUMNS = (
    "订单编号",
    "买家会员名",
    "总金额",
    "买家实际支付金额",
    "订单状态",
    "收货地址",
    "联系手机",
    "订单创建时间",
    "订单付款时间",
    "宝贝标题",
    "退款金额",
)
TITLES = ("胶原蛋白饮", "大酵素", "梦胶原礼盒", "酵素粉20袋，买一送一", "益生菌")
START = datetime(2018, 1, 1)  # noqa: DTZ001  (as files write it)


def rows(many: int) -> Iterator[list[str]]:
    """Orders of invented people, each of whom buys three times; hardly two of them are alike."""
    for n in range(1, many + 1):
        yield [(files.ORDER | _own(n))[name] for name in COLUMNS]


def _own(n: int) -> dict[str, str]:
    """What sets one order apart."""
    at = f"{START + timedelta(seconds=37 * n):%Y-%m-%d %H:%M:%S}"
    price = f"{50 + 37 * n % 2950}.{7 * n % 100:02d}"
    back = n % 20 == 0
    return {
        "订单编号": f"{214_026_003_800_000_001 + 7919 * n}",
        "买家会员名": f"小鱼{n // 3}",
        "总金额": price,
        "买家实际支付金额": "0.00" if back else price,
        "退款金额": price if back else "0.00",
        "订单状态": "交易关闭" if back else "交易成功",
        "收货地址": f"浙江省 宁波市 江东区 百丈路{n // 3}号(315040)",
        "联系手机": f"138{n // 3 % 10**8:08d}",
        "订单创建时间": at,
        "订单付款时间": at,
        "宝贝标题": f"{TITLES[n % len(TITLES)]}{n % 30 + 1}盒",
    }


def as_csv(path: Path, many: int) -> Path:
    return _as_text(path, many, "gb18030")


def as_utf8(path: Path, many: int) -> Path:
    return _as_text(path, many, "utf-8")


def _as_text(path: Path, many: int, encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([COLUMNS])
        csv.writer(file).writerows(rows(many))
    return path


def as_workbook(path: Path, many: int) -> Path:
    return shared_texts.workbook(path, chain([COLUMNS], rows(many)))


def _in_a_process(side: ModuleType, *told: str) -> dict[str, Any]:
    """What a side comes to in a process of its own."""
    command = [sys.executable, "-m", side.__name__, *told]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def imported(folder: Path, path: Path) -> dict[str, Any]:
    """What an import in a fresh process comes to."""
    database = folder / f"{path.name}.db"
    keeping.found(engines.plain(database)).close()
    return _in_a_process(import_side, str(database), str(path))


@pytest.mark.parametrize("make", [as_csv, as_utf8, as_workbook])
def test_memory_does_not_grow_with_the_lines(
    make: Any, tmp_path: Path, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    small, large = FULL if request.config.getoption("benchmark_only") else TINY
    ending = "xlsx" if make is as_workbook else "csv"
    first = imported(tmp_path, make(tmp_path / f"small.{ending}", small))
    path = make(tmp_path / f"large.{ending}", large)
    benchmark.group = f"import of {large:,} lines ({make.__name__})"
    found = benchmark.pedantic(imported, (tmp_path, path), rounds=1)  # type: ignore[no-untyped-call]
    assert (first["orders"], found["orders"]) == (small, large)
    benchmark.extra_info |= {"small": first, "large": found, "lines/s": large / found["s"]}
    assert found["peak"] - first["peak"] < MOST_MORE


def test_an_import_beside_its_floor(
    tmp_path: Path, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    """The same lines by both: how many times as long it takes to know what they say."""
    many = FULL[0] if request.config.getoption("benchmark_only") else TINY[0] // 10
    path = as_csv(tmp_path / "o.csv", many)
    floor = _in_a_process(bare_import, str(tmp_path / "bare.db"), str(path), "gb18030")
    benchmark.group = f"import of {many:,} lines beside its floor"
    found = benchmark.pedantic(imported, (tmp_path, path), rounds=1)  # type: ignore[no-untyped-call]
    assert (floor["lines"], found["orders"]) == (many, many)
    benchmark.extra_info |= {"floor": floor, "import": found}
    benchmark.extra_info["times the floor"] = found["s"] / floor["s"]
    benchmark.extra_info["lines/s"] = many / found["s"]


@pytest.mark.soak
def test_a_million_lines_take_the_memory_of_a_tenth(tmp_path: Path) -> None:
    small, large = FULL
    first = imported(tmp_path, as_csv(tmp_path / "small.csv", small))
    found = imported(tmp_path, as_csv(tmp_path / "large.csv", large))
    assert (first["orders"], found["orders"]) == (small, large)
    assert found["peak"] - first["peak"] < MOST_MORE
