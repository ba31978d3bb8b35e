"""`lumi-hub evaluate buys-again`: its table, what it reads, and what it refuses."""

import gzip
import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from lumi_desk.hub import public_histories
from lumi_desk.hub.cli import app
from lumi_desk.hub.public_histories import BadPurchase, DamagedHistories, NoHistories

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def typed(*words: str) -> Any:
    return CliRunner().invoke(app, ["evaluate", "buys-again", *words], env={"COLUMNS": "200"})


def written(folder: Path, *lines: str) -> Path:
    file = folder / "histories"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def retail(folder: Path, *rows: str) -> public_histories.Histories:
    return public_histories.read(written(folder, HEADER, *rows))


def test_the_table_of_the_cdnow_sample(shared_data: Path) -> None:
    shown = typed(str(shared_data / "cdnow_sample.txt"))
    assert shown.exit_code == 0
    rows = dict(line.rsplit(maxsplit=2)[:2] for line in shown.stdout.splitlines()[-5:])
    assert float(rows["this ranking (MBG/NBD and spend)"]) >= 0.77
    assert rows["BG/NBD alone"] == "0.7725"
    assert rows["recency alone"] == "0.7714"
    assert rows["frequency alone"] == "0.7576"
    assert "customers     2,357, 684 bought again (29.0%), on 1,882 days" in shown.stdout


def test_the_table_of_the_retail_half(shared_data: Path) -> None:
    shown = typed(str(shared_data / "online_retail_half.csv.gz"))
    rows = dict(line.rsplit(maxsplit=2)[:2] for line in shown.stdout.splitlines()[-5:])
    ours = float(rows.pop("this ranking (MBG/NBD and spend)"))
    assert ours >= 0.75
    assert ours > max(map(float, rows.values()))


def test_another_split_as_json(shared_data: Path) -> None:
    file = str(shared_data / "cdnow_sample.txt")
    told = json.loads(typed(file, "--split", "1998-01-01", "--json").stdout)
    assert (told["learned_until"], told["judged_until"]) == ("1997-12-31", "1998-06-30")
    assert (told["format"], told["rows"], told["customers"]) == ("CDNOW", 6919, 2357)
    auc = {one["name"]: one["auc"] for one in told["rankings"]}
    assert auc["this ranking"] > auc["BG/NBD"] > auc["frequency"]


def test_help_has_an_example() -> None:
    shown = typed("--help").stdout
    assert "Example: lumi-hub evaluate buys-again cdnow_sample.txt" in shown
    assert "--split" in shown


@pytest.mark.parametrize("split", ["1997-01-01", "1998-07-01", "2026-01-01"])
def test_a_split_outside_the_file_is_refused(shared_data: Path, split: str) -> None:
    said = typed(str(shared_data / "cdnow_sample.txt"), "--split", split)
    assert said.exit_code == 1
    assert "1997-01-01 to 1998-06-30" in said.stderr


def test_too_short_a_time_to_learn_from_is_said(shared_data: Path) -> None:
    said = typed(str(shared_data / "cdnow_sample.txt"), "--split", "1997-01-04", "--json")
    assert said.exit_code == 1
    assert json.loads(said.stderr)["error"]["code"] == "TooLittle"


def test_the_sample_and_the_whole_table_of_cdnow_are_read(tmp_path: Path) -> None:
    sample = public_histories.read(
        written(tmp_path, " 00004 0001 19970101  2   29.33", "", " 00004 0001 19970118  2   29.73")
    )
    assert sample.diaries == {"0001": [(date(1997, 1, 1), 2933), (date(1997, 1, 18), 2973)]}
    whole = public_histories.read(written(tmp_path, " 00004 19970101  2   29.33"))
    assert whole.diaries == {"00004": [(date(1997, 1, 1), 2933)]}
    assert (sample.format, sample.rows, sample.last) == ("CDNOW", 2, date(1997, 1, 18))


def test_retail_lines_are_cleaned_as_an_import_would(tmp_path: Path) -> None:
    bought = "536367,84879,BIRD,32,2010-12-01 08:34:00,1.69,13047,United Kingdom"
    read = retail(
        tmp_path,
        bought,
        bought,
        '536368,22745,"POPPY\'S, ""PLAYHOUSE""",2,2010-12-01 09:00:00,2.1,13047,United Kingdom',
        "536369,22745,LATER,1,2010-12-02 09:00:00,2.1,13047,United Kingdom",
        "C536370,84879,BIRD,-32,2010-12-03 08:34:00,1.69,13047,United Kingdom",
        "536371,84879,LOST,-3,2010-12-03 08:34:00,1.69,13047,United Kingdom",
        "536372,84879,GIFT,3,2010-12-04 08:34:00,0,13047,United Kingdom",
        "536373,post,POSTAGE,1,2010-12-05 08:34:00,18,13047,United Kingdom",
        "536374,84879,BIRD,1,2010-12-06 08:34:00,1.69,,United Kingdom",
    )
    assert read.diaries == {
        "13047": [(date(2010, 12, 1), 32 * 169 + 2 * 210), (date(2010, 12, 2), 210)]
    }
    assert read.rows == 9
    assert read.left_out == {
        "doubled": 1,
        "cancelled": 2,
        "without price": 1,
        "no goods": 1,
        "without customer": 1,
    }


def test_columns_may_stand_in_any_order_and_the_file_be_packed(tmp_path: Path) -> None:
    file = tmp_path / "retail.gz"
    header = "CustomerID,UnitPrice,InvoiceDate,Quantity,StockCode,InvoiceNo"
    file.write_bytes(gzip.compress(f"\ufeff{header}\n7,1.5,2011-01-02,2,84879,1\n".encode()))
    assert public_histories.read(file).diaries == {"7": [(date(2011, 1, 2), 300)]}


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"", "found nothing"),
        (b"\n\n", "found nothing"),
        (b"order,paid\n1,2\n", "order,paid"),
        (b"order\rpaid\r1\r", "order·paid"),
        (b"00004 19971301 2 29.33\n", "00004 19971301"),
        (b"00004 19970101 2 nan\n", "nan"),
        (b"00004 19970101 2 29.33 \xff\n", "other bytes in line 1"),
        (b"00004 19970101 2 29.33\0\n", "no text"),
        (b"1" * 100_000, "no text"),
        (gzip.compress(b"0" * 10_000_000), "no text"),
        (f"{HEADER}\n".encode(), "found none"),
    ],
)
def test_what_holds_no_histories_is_refused(tmp_path: Path, raw: bytes, found: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(raw)
    with pytest.raises(NoHistories) as refused:
        public_histories.read(file)
    assert found in refused.value.in_english()


@pytest.mark.parametrize(
    "lines",
    [
        ("00004 19970101 2 29.33", "00004 19970102 2"),
        ("00004 19970101 2 29.33", "00004 19970102 2 much"),
        (HEADER, "1,84879,BIRD,2.5,2010-12-01 08:34:00,1.69,13047,UK"),
        (HEADER, "1,84879,BIRD,2,12/1/2010 8:26,1.69,13047,UK"),
        (HEADER, "1,84879,BIRD,2,2010-12-01 08:34:00,1e99,13047,UK"),
        (HEADER, "1,84879,BIRD,2,2010-12-01 08:34:00"),
        (HEADER, "1,84879,BIRD,99999999999,2010-12-01 08:34:00,1.69,13047,UK"),
        (HEADER, "1,84879,BI\rRD,2,2010-12-01 08:34:00,1.69,13047,UK"),
        (HEADER, '1,84879,"BIRD'),
    ],
)
def test_a_line_that_says_no_purchase_is_named(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(BadPurchase, match="Line 2") as refused:
        public_histories.read(written(tmp_path, *lines))
    assert refused.value.params["line"] == 2


noise = st.one_of(
    st.binary(max_size=200),
    st.text(alphabet='0123456789 .-\n\r,"Ce元\ufeff', max_size=200).map(str.encode),
)


@given(st.sampled_from([b"", f"{HEADER}\n".encode(), b"00004 19970101 2 29.33\n"]), noise)
def test_whatever_follows_is_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, begins: bytes, noise: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "noise"
    for raw in (begins + noise, gzip.compress(begins + noise)[:-2] + noise[:2]):
        file.write_bytes(raw)
        with suppress(NoHistories, BadPurchase, DamagedHistories):
            assert public_histories.read(file).diaries


def test_a_file_that_is_not_there_or_is_a_folder_is_said(tmp_path: Path) -> None:
    for place in (tmp_path / "none.txt", tmp_path):
        said = typed(str(place))
        assert said.exit_code == 1
        assert f"The file {place.name} cannot be read" in said.stderr


def test_a_packed_file_that_is_cut_off_or_damaged_is_said(tmp_path: Path) -> None:
    file = tmp_path / "cut.gz"
    whole = gzip.compress(b"00004 19970101 2 29.33\n" * 1000)
    for raw in (whole[:-9], whole[:20] + b"??" + whole[22:]):
        file.write_bytes(raw)
        with pytest.raises(DamagedHistories):
            public_histories.read(file)


def _worth(*words: str) -> Any:
    return CliRunner().invoke(app, ["evaluate", "value", *words], env={"COLUMNS": "200"})


def test_the_table_of_what_customers_will_bring(shared_data: Path) -> None:
    shown = _worth(str(shared_data / "cdnow_sample.txt"))
    assert shown.exit_code == 0
    rows = {
        name.strip(): (error, total)
        for name, error, total in (
            line.rsplit(maxsplit=2) for line in shown.stdout.splitlines() if line.strip()
        )
    }
    assert rows["this model (MBG/NBD and gamma-gamma)"] == ("29.36", "0.79")
    assert rows["the mean of all, by time"] == ("56.44", "1.60")
    assert rows["as much as before"] == ("61.65", "2.44")
    assert rows["1"] == ("143.66", "150.68")
    assert "A hub would use it:" in shown.stdout


def test_a_model_that_expects_too_little_would_not_be_used(shared_data: Path) -> None:
    file = str(shared_data / "online_retail_half.csv.gz")
    told = json.loads(_worth(file, "--json").stdout)
    assert told["strong"] is False
    assert [one["name"] for one in told["errors"]] == ["this model", "mean", "as before"]
    assert len(told["tenths"]) == 10
    assert "would not use it, but means:" in _worth(file).stdout


def test_what_cannot_be_judged_is_refused_alike(shared_data: Path) -> None:
    file = str(shared_data / "cdnow_sample.txt")
    for split, code in (("1997-01-01", "SplitOutside"), ("1997-01-04", "TooLittle")):
        said = _worth(file, "--split", split, "--json")
        assert said.exit_code == 1
        assert json.loads(said.stderr)["error"]["code"] == code
