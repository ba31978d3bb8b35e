"""How names sound, surnames against a table of their readings."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.naming import sound


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("周文静", ("zhouwenjing", "zwj")),
        ("单晓燕", ("shanxiaoyan", "sxy")),
        ("尉迟秀", ("yuchixiu", "ycx")),
        ("种晓燕", ("chongxiaoyan", "cxy")),
        ("尉文静", ("weiwenjing", "wwj")),
        ("曾", ("zeng", "z")),
        ("曾**", ("zeng", "z")),
        ("阿依·单晓燕", ("ayidanxiaoyan", "aydxy")),
        ("买买提·吐尔逊", ("maimaitituerxun", "mmttex")),
        ("Lily小店_88", ("lilyxiaodian88", "lxd8")),
        ("单身的大姐姐", ("danshendedajiejie", "dsddjj")),
        ("", ("", "")),
        ("—", ("", "")),
    ],
)
def test_examples(name: str, expected: tuple[str, str]) -> None:
    assert sound(name) == expected


def test_every_surname_of_the_table_has_its_reading(shared_data: Path) -> None:
    file = shared_data / "names_surname_readings.csv"
    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert len(rows) == 467
    for row in rows:
        pinyin, initials = sound(f"{row['surname']}文静")
        assert pinyin == f"{_plain(row['surname_reading'])}wenjing", row
        assert initials == f"{row['initials']}wj", row


@given(st.text(max_size=12))
def test_any_text_sounds_like_small_letters_without_blanks(name: str) -> None:
    pinyin, initials = sound(name)
    assert "".join(pinyin.split()) == pinyin
    assert len(initials) <= len(pinyin)
    assert bool(initials) == bool(pinyin)


def _plain(reading: str) -> str:
    """A reading without tones and blanks; ü is typed as v."""
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in marked if letter.isascii() and letter != " ")
