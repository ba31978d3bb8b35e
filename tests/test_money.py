"""Yuan and fen."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.money import NotMoney, shown, to_fen, to_yuan


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.3", 1230),
        ("12.34", 1234),
        (".5", 50),
        ("12.", 1200),
        ("1,234.56", 123456),
        ("1，234", 123400),
        ("12,345,678.90", 1234567890),
        ("¥12.00", 1200),
        ("￥1,196", 119600),
        ("０．５０", 50),
        ("0元", 0),
        ("-3.01", -301),
        ("−3", -300),
        ("¥-3", -300),
        ("-¥3", -300),
        (" 88.00 ", 8800),
        ("1.2万", 1_200_000),
        ("12000", 1_200_000),
        ("71.900000000000006", 7190),
        ("0.28999999999999998", 29),
        ("12.3400", 1234),
        ("188320", 18_832_000),
    ],
)
def test_reads_yuan(text: str, fen: int) -> None:
    assert to_fen(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "-", "¥", "元", "abc", "1.2.3", "12,34", "1,2345", "0.285", "1e3", "1-2", "--3",
     "-¥-3", "nan", "12元5", "1.00001万1", ",123"],
)  # fmt: skip
def test_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(NotMoney):
        to_fen(text)


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_every_amount_comes_back(fen: int) -> None:
    assert to_fen(to_yuan(fen)) == fen
    assert to_fen(shown(fen)) == fen
    assert to_fen(shown(fen, "")) == fen


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_an_amount_that_went_through_a_float_comes_back(fen: int) -> None:
    assert to_fen(format(fen / 100, ".15f")) == fen


@given(st.text())
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(NotMoney):
        assert isinstance(to_fen(text), int)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1_200_000, "¥12,000"),
        (50, "¥0.50"),
        (-119_600, "-¥1,196"),
        (0, "¥0"),
        (123456, "¥1,234.56"),
    ],
)
def test_shows_decimals_only_when_there_are_any(fen: int, text: str) -> None:
    assert shown(fen) == text
