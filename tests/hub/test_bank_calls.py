"""Judging orders of calls on the bank's record: later calls only, and never by their length."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lumi_desk.hub import bank_calls
from lumi_desk.hub.bank_calls import NUMBERS, WORDS, BadCall, NoCalls
from lumi_desk.hub.cli import app
from lumi_desk.worklist.learned.rules import Points

pytestmark = pytest.mark.slow

COLUMNS = (*WORDS, *NUMBERS, "duration", "y")


def record(seed: int = 1, many: int = 720) -> list[dict[str, Any]]:
    """Invented calls: fewer calls and an earlier sale sell, the day and the market do not."""
    dice = random.Random(seed)
    rows = []
    for _ in range(many):
        row: dict[str, Any] = {name: dice.choice(("this", "that", "unknown")) for name in WORDS}
        row |= {name: round(dice.uniform(-5, 5), 1) for name in NUMBERS}
        row |= {"age": dice.randint(18, 80), "campaign": dice.randint(1, 12), "previous": 0}
        row |= {"pdays": 999, "poutcome": dice.choice(("nonexistent", "failure", "success"))}
        sells = 0.5 * (row["poutcome"] == "success") + 0.4 * (row["campaign"] < 3)
        row |= {"duration": dice.randint(1, 900), "y": "yes" if dice.random() < sells else "no"}
        rows.append(row)
    return rows


def written(file: Path, rows: list[dict[str, Any]], comma: str = ",") -> Path:
    columns = list(rows[0]) if rows else list(COLUMNS)
    lines = [columns, *(row.values() for row in rows)]
    text = "\n".join(comma.join(f'"{cell}"' for cell in line) for line in lines) + "\n"
    content = text.encode()
    file.write_bytes(gzip.compress(content) if file.suffix == ".gz" else content)
    return file


def test_changing_how_long_calls_lasted_changes_nothing(tmp_path: Path) -> None:
    rows = record()
    plain = bank_calls.evaluate(written(tmp_path / "calls.csv", rows))
    for row in rows:
        row["duration"] = 5_000 if row["y"] == "yes" else "no number"
    told = bank_calls.evaluate(written(tmp_path / "told.csv.gz", rows, ";"))
    for row in rows:
        del row["duration"]
    without = bank_calls.evaluate(written(tmp_path / "without.csv", rows))
    assert plain == told == without


def test_what_sells_is_learned_from_earlier_calls(tmp_path: Path) -> None:
    found = bank_calls.evaluate(written(tmp_path / "calls.csv", record()))
    by_name = {one.name: one for one in found.orders}
    assert (by_name[bank_calls.READABLE].mean_auc or 0) > 0.75
    assert 0.4 < (by_name[bank_calls.BASE].auc_in_all or 0) < 0.75
    assert [(before, calls) for before, calls, _ in found.parts] == [
        (120 * part, 120) for part in range(1, 6)
    ]
    assert found.points.of["sold before"][1] > found.points.of["sold before"][0]
    assert found.points.of["calls in this campaign"][0] > 0


def test_later_calls_do_not_reach_back(tmp_path: Path) -> None:
    """The scores of the parts before the last stay when the last one is turned over."""
    rows = record()
    before = bank_calls.evaluate(written(tmp_path / "calls.csv", rows))
    for row in rows[600:]:
        row["y"] = "no" if row["y"] == "yes" else "yes"
    after = bank_calls.evaluate(written(tmp_path / "turned.csv", rows))
    for one, other in zip(before.orders, after.orders, strict=True):
        assert one.auc[:-1] == other.auc[:-1]
        assert one.auc[-1] != other.auc[-1]


def _without_y(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        del row["y"]


def _with_maybe(rows: list[dict[str, Any]]) -> None:
    rows[3]["y"] = "maybe"


def _with_a_strange_age(rows: list[dict[str, Any]]) -> None:
    rows[3]["age"] = "nan"


def _with_a_cell_too_many(rows: list[dict[str, Any]]) -> None:
    rows[3]["more"] = "1"


def _with_sales_only(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["y"] = "yes"


def _too_few(rows: list[dict[str, Any]]) -> None:
    del rows[50:]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_without_y, "calls.csv is no record of calls.*without y"),
        (_with_maybe, "line 5, y: expected yes or no, found “maybe”"),
        (_with_a_strange_age, "line 5, age: expected a number, found “nan”"),
        (_with_a_cell_too_many, "line 5, all of it: expected 21 cells, found “22 cells”"),
        (_with_sales_only, "one kind of outcome"),
        (_too_few, "expected at least 600 calls, found 50"),
    ],
)
def test_what_is_no_record_is_refused_in_one_sentence(
    spoil: Any, says: str, tmp_path: Path
) -> None:
    rows = record()
    spoil(rows)
    with pytest.raises((NoCalls, BadCall)) as raised:
        bank_calls.evaluate(written(tmp_path / "calls.csv", rows))
    assert raised.match(says)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\xff",
        "订单编号,总金额\n1,2\n".encode("gbk"),
        gzip.compress(b"a,b\n" * 900)[:-9],
    ],
    ids=["empty", "bytes", "gbk", "cut"],
)
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(content)
    with pytest.raises(NoCalls, match=r"some\.csv is no record of calls"):
        bank_calls.evaluate(file)


def test_the_command_prints_both_measures_and_the_points(tmp_path: Path) -> None:
    file = str(written(tmp_path / "calls.csv", record()))
    shown = CliRunner().invoke(app, ["evaluate", "call-order", file, "--weights"])
    assert shown.exit_code == 0
    assert "AUC" in shown.stdout
    assert "ALIFT" in shown.stdout
    assert "sold before (rises): no" in shown.stdout
    told = CliRunner().invoke(app, ["evaluate", "call-order", file, "--json"])
    data = json.loads(told.stdout)
    assert data["orders"][0]["name"] == bank_calls.READABLE
    assert len(data["orders"][0]["auc"]) == 5
    none = CliRunner().invoke(app, ["evaluate", "call-order", str(tmp_path), "--json"])
    error = json.loads(none.stderr.splitlines()[-1])["error"]
    assert error["params"]["found"] == "none of that name"
    refused = CliRunner().invoke(app, ["evaluate", "call-order", __file__])
    assert refused.exit_code == 1
    assert "is no record of calls" in refused.stderr


@pytest.mark.parametrize(
    ("auc", "alift", "passed"), [(0.6, 0.6, True), (0.7, 0.59, False), (0.59, 0.7, False)]
)
def test_no_worse_is_so_by_both_measures(auc: float, alift: float, passed: bool) -> None:
    def judged(name: str, auc: float, alift: float) -> bank_calls.Judged:
        return bank_calls.Judged(name, (auc,), (alift,), auc, alift)

    orders = (
        judged(bank_calls.READABLE, auc, alift),
        judged(bank_calls.PLAIN, 0.6, 0.5),
        judged(bank_calls.PLAIN_SAME, 0.5, 0.6),
    )
    assert bank_calls.Evaluation((), orders, (), Points(0, {})).passed is passed


@pytest.mark.slow
def test_the_points_are_no_worse_than_regression_on_the_real_record(shared_data: Path) -> None:
    found = bank_calls.evaluate(shared_data / "bank_calls_2008-05_2009-04_train.csv.gz")
    by_name = {one.name: one for one in found.orders}
    points = by_name[bank_calls.READABLE]
    assert sum(calls for _, calls, _ in found.parts) == 21_327 - found.parts[0][0]
    for other in (bank_calls.PLAIN, bank_calls.PLAIN_SAME, bank_calls.BASE):
        assert (points.mean_auc or 0) >= (by_name[other].mean_auc or 1)
        assert (points.mean_alift or 0) >= (by_name[other].mean_alift or 1)
        assert (points.auc_in_all or 0) >= (by_name[other].auc_in_all or 1)
    assert found.passed
