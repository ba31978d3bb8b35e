"""What the desk's half of the line makes of a hub that answers strangely."""

from dataclasses import replace

import httpx2
import pytest

from lumi_desk.sync.client import NotAHub
from lumi_desk.sync.protocol import SHEET, Sheet, Snapshot
from tests.lines import answering

WHOLE = Sheet(
    epoch="one",
    stream="catalog",
    generation="one:1:a",
    seq=1,
    after="p1",
    more=False,
    left=0,
    columns={"product": ("id", "name")},
    rows={"product": [["p1", "蛋白粉"]]},
    held=[("product", "p1", "p1", 1)],
)


def sheets(told: Sheet) -> list[Sheet]:
    answer = httpx2.Response(200, content=SHEET.dump_json(told) + b"\n")
    return list(answering(lambda _: answer).snapshot("token", Snapshot("desk", "catalog")))


def test_a_whole_sheet_is_understood() -> None:
    assert sheets(WHOLE) == [WHOLE]


@pytest.mark.parametrize(
    "rows",
    [{"product": [["p1"]]}, {"product": ["p1"]}, {"bundle": [["b1", "x"]]}, {"product": [None]}],
    ids=["a value is missing", "a text for a row", "columns not named", "nothing for a row"],
)
def test_a_sheet_whose_rows_do_not_fit_is_not_a_hubs(rows: dict[str, list[object]]) -> None:
    with pytest.raises(NotAHub):
        sheets(replace(WHOLE, rows=rows))
