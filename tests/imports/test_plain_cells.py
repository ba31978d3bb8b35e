"""Cells as the platforms write them are read a faster way, and mean what they always meant."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lumi_desk.imports import rules

NEVER = re.compile(r"(?!)")
DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
DRESSES: tuple[Callable[[str], str], ...] = (
    str,
    lambda text: f" {text}\t",
    lambda text: f"\u3000{text}\u00a0",
    lambda text: f'="{text}"',
    lambda text: f"'{text}",
    lambda text: f"{text} ",
    lambda text: text.translate(DIGITS),
    lambda text: text.replace(":", "："),
)
_two = st.integers(0, 99).map("{:02d}".format)
TIMES = st.builds(
    "{}-{}-{} {}:{}:{}".format,
    st.integers(0, 9999).map("{:04d}".format) | st.integers(2002, 2100).map(str),
    st.integers(0, 13).map("{:02d}".format),
    st.integers(0, 32).map("{:02d}".format),
    st.integers(0, 25).map("{:02d}".format),
    _two,
    st.integers(0, 61).map("{:02d}".format),
)
MONEY = st.builds(
    "{}.{}".format,
    st.text("0123456789", min_size=1, max_size=12),
    st.text("0123456789", max_size=3),
)
PHONES = st.text("0123456789", min_size=10, max_size=10).map("1{}".format)


def _slowly(pattern: str, read: Callable[[str], Any], cell: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, pattern, NEVER)
        return getattr(read, "__wrapped__", read)(cell)


@given(TIMES, st.sampled_from(DRESSES))
@example("2003-01-01 00:00:00", str)
@example("2002-12-31 23:59:59", str)
@example("2099-12-31 23:59:59", str)
@example("2100-01-01 00:00:00", str)
@example("0001-01-01 00:00:00", str)
@example("2017-02-29 10:00:00", str)
@example("2017-05-30 24:00:00", str)
@example("2017-05-30 23:59:60", str)
def test_plain_times(text: str, dress: Callable[[str], str]) -> None:
    cell = dress(text)
    assert rules.moment(cell) == _slowly("_PLAIN_TIME", rules.moment, cell)


@given(MONEY, st.sampled_from(DRESSES))
@example("9999999999.99", str)
@example("99999999999.99", str)
@example("0000000001.00", str)
def test_plain_amounts(text: str, dress: Callable[[str], str]) -> None:
    cell = dress(text)
    assert rules.fen(cell) == _slowly("_PLAIN_MONEY", rules.fen, cell)


@given(PHONES, st.sampled_from(DRESSES))
def test_plain_phones(text: str, dress: Callable[[str], str]) -> None:
    cell = dress(text)
    assert rules.real_phone(cell) == _slowly("_PLAIN_MOBILE", rules.real_phone, cell)
