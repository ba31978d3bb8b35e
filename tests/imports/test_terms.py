"""Every code that travels has words on the screen."""

from collections.abc import Iterable
from enum import StrEnum

import pytest

from lumi_desk.imports import guessing, headers
from lumi_desk.imports.columns import Kind, Reason
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.planning import Way
from lumi_desk.imports.repairs import Repair
from lumi_desk.imports.units import Unit
from ui import words
from ui.imports import terms
from ui.imports.telling import short
from ui.words import Language


@pytest.mark.parametrize(
    ("what", "codes"),
    [("kind", Kind), ("reason", Reason), ("repair", Repair), ("doubt", Doubt), ("unit", Unit)],
)
def test_every_code_has_words(what: str, codes: Iterable[StrEnum]) -> None:
    assert {one.value for one in codes} == terms.known(what)


def test_every_field_has_words() -> None:
    platforms = {field for _, _, names, _ in headers._PLATFORMS for field in names}
    shipped = {field for names in headers.NAMES.values() for field in names} | platforms
    fields = {guessing.meaning_of(field) for field in shipped} | set(guessing.meanings())
    assert fields <= terms.known("meaning")
    assert {one.value for one in Way} == terms.known("way")


def test_a_column_without_a_name_goes_by_its_place_in_both_languages() -> None:
    (nameless, named) = headers.pointed_at(["", "钱"])
    shown = set()
    for language in Language:
        words.switch(language)
        assert terms.column(named) == "钱"
        shown.add(terms.column(nameless))
    assert len(shown) == 2
    assert all("1" in one for one in shown)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("orders.csv", "orders.csv"),
        ("ExportOrderList202611171000.csv", "ExportOrderList…1000.csv"),
        ("旺店通导出十一月十二月全部订单.xlsx", "旺店通导出十…部订单.xlsx"),
    ],
)
def test_a_long_name_keeps_its_ends(name: str, shown: str) -> None:
    assert short(name) == shown
