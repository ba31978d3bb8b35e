"""The page of promises says what is so: every promise, a test that exists, a break that is made."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.test_bite import BREAKS

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {*range(1, 22), 35}
_ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


Row = tuple[int, str, list[tuple[str, str]], list[str]]


def rows() -> list[Row]:
    """Number, fault, tests and breaks of every promise on the page."""
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    return [
        (int(number), fault, _TEST.findall(tests), broken.split("; "))
        for number, _, fault, tests, broken in _ROW.findall(text)
    ]


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_promise_stands_on_the_page_once() -> None:
    assert sorted(number for number, *_ in rows()) == sorted(PROMISED)


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row[0]))
def test_every_test_that_is_named_exists(row: Row) -> None:
    number, _, tests, broken = row
    assert tests
    for file, name in tests:
        assert name in _functions(file), f"{file} has no {name}"
    for wrong in (BREAKS[one] for one in broken):
        assert wrong.promise == number
        place, _, name = wrong.test.partition("::")
        assert (place, name.partition("[")[0]) in tests


def test_every_break_is_named_on_the_page() -> None:
    assert {one for *_, broken in rows() for one in broken} == set(BREAKS)
