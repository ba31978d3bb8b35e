"""Both catalogues say every message of the sources, no other, with the same fields."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.errors import LumiError
from tests.ui import catalogues
from ui import words
from ui.words import Language

IN_SOURCES = catalogues.messages(catalogues.in_sources())
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# A comma typed with an English keyboard behind a Chinese word.
_HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:!?]")


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    before = words.language()
    words.switch(Language.CHINESE)
    yield
    words.switch(before)


@pytest.fixture(params=list(Language), ids=lambda language: language.value)
def catalogue(request: pytest.FixtureRequest) -> dict[str, Message]:
    return catalogues.messages(catalogues.stored(request.param))


def test_nothing_is_missing(catalogue: dict[str, Message]) -> None:
    said = {key for key, each in catalogue.items() if all(catalogues.forms(each.string))}

    assert sorted(IN_SOURCES.keys() - said) == []


def test_nothing_is_stale(catalogue: dict[str, Message]) -> None:
    assert sorted(catalogue.keys() - IN_SOURCES.keys()) == []


def test_nothing_is_doubtful(catalogue: dict[str, Message]) -> None:
    assert [key for key, each in catalogue.items() if each.fuzzy] == []


def test_fields_are_the_same(catalogue: dict[str, Message]) -> None:
    wrong = []
    for key, message in catalogue.items():
        wanted = catalogues.fields(catalogues.forms(message.id)[-1])
        said = catalogues.forms(message.string)
        for place, form in enumerate(said):
            # The singular may say "one" instead of the number.
            free = {"n"} if len(said) > 1 and place == 0 else set()
            if form and catalogues.fields(form) | free != wanted | free:
                wrong.append(key)

    assert wrong == []


def test_plurals_have_the_forms_of_their_language(catalogue: dict[str, Message]) -> None:
    for key, message in catalogue.items():
        plural = isinstance(message.id, tuple | list)
        in_sources = isinstance(IN_SOURCES[key].id, tuple | list)
        assert plural == in_sources, key


def test_english_holds_no_chinese() -> None:
    english = catalogues.messages(catalogues.stored(Language.ENGLISH))

    mixed = [key for key, each in english.items() if _CHINESE.search("".join(_forms(each)))]

    # The words a rep may type for a callback are Chinese in both languages.
    assert [key for key in mixed if not _CHINESE.search(key)] == []


def test_chinese_never_says_guke_and_keeps_its_punctuation() -> None:
    chinese = catalogues.messages(catalogues.stored(Language.CHINESE))

    assert [key for key, each in chinese.items() if "顾客" in "".join(_forms(each))] == []
    assert [key for key, each in chinese.items() if _HALF_WIDTH.search("".join(_forms(each)))] == []


def _forms(message: Message) -> tuple[str, ...]:
    return catalogues.forms(message.string)


def test_messages_within_f_strings_are_found_too() -> None:
    found = catalogues.inside_f_strings(
        ast.parse('f\'{tr("Next")} {trn("{n} left", "{n} are left", 2)} {other("No")}\'')
    )

    assert list(found) == ["Next", ("{n} left", "{n} are left")]


def test_the_language_switches_at_run_time_and_tells() -> None:
    told: list[str] = []
    forget = words.on_switch(lambda: told.append(words.tr("today")))

    words.switch(Language.ENGLISH)
    words.switch(Language.CHINESE)
    forget()
    words.switch(Language.ENGLISH)

    assert told == ["today", "今天"]


def test_a_listener_that_is_gone_is_not_told() -> None:
    class Screen:
        def redraw(self) -> None:
            told.append("redrawn")

    told: list[str] = []
    screen = Screen()
    words.on_switch(screen.redraw)
    words.switch(Language.ENGLISH)
    del screen
    words.switch(Language.CHINESE)

    assert told == ["redrawn"]


def test_an_error_is_said_with_its_fields() -> None:
    class Missing(LumiError):
        title = "The disk is full"

    assert words.sentence(Missing()) == "磁盘已满。"


def test_unknown_messages_stay_english() -> None:
    assert words.tr("no such message {n}", n=3) == "no such message 3"
    assert words.tr("") == ""


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_money_loses_no_fen(fen: int) -> None:
    digits = words.money(fen).replace("¥", "").replace(",", "").replace("−", "-")
    yuan, _, rest = digits.partition(".")

    assert int(yuan + (rest or "00")) == fen


def test_money_is_written_as_on_the_pictures() -> None:
    assert words.money(1_200_000) == "¥12,000"
    assert words.money(49_850) == "¥498.50"
    assert words.money(43_000_000, sign=False) == "430,000"
    assert words.money(-5) == "−¥0.05"


def test_times_are_told_in_shanghai() -> None:
    now = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)

    assert words.clock_time(now) == "23:59"
    assert words.when(late, now) == "明天 00:30"
    assert words.when(datetime(2026, 11, 26, 11, 30, tzinfo=UTC), now) == "11-26 周四 19:30"
    assert words.day(datetime(2025, 12, 31, 17, 0, tzinfo=UTC), now) == "01-01"
    assert words.day(date(2025, 12, 31), now) == "2025-12-31"
    assert words.month(date(2026, 11, 1)) == "十一月"


def test_spans_are_written_like_a_clock() -> None:
    assert words.duration(222) == "03:42"
    assert words.duration(3_822) == "1:03:42"
    assert words.hours(148_800) == "41:20"
