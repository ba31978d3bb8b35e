"""In what a column of amounts is counted, by its name or as told; in the end everything is fen."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import rules


class Unit(StrEnum):
    """What the amounts of a column are counted in."""

    YUAN = "yuan"
    JIAO = "jiao"
    FEN = "fen"
    THOUSAND = "thousand"
    TEN_THOUSAND = "ten_thousand"


WORDS: Mapping[Unit, str] = {
    Unit.YUAN: "元",
    Unit.JIAO: "角",
    Unit.FEN: "分",
    Unit.THOUSAND: "千元",
    Unit.TEN_THOUSAND: "万元",
}
_IN_FEN: Mapping[Unit, int] = {
    Unit.YUAN: 100,
    Unit.JIAO: 10,
    Unit.FEN: 1,
    Unit.THOUSAND: 100_000,
    Unit.TEN_THOUSAND: 1_000_000,
}
_BY_LETTER = {"万": Unit.TEN_THOUSAND, "千": Unit.THOUSAND, "角": Unit.JIAO, "分": Unit.FEN}
# What a plain name says behind what it is about: 实付金额(万元), 金额/分, amount_fen.
_SAID = re.compile(
    r"(?:[(\[【](?:单位:?)?(?:人民币)?([千万]元?|角|分|fen)[)\]】]|[/_](?:单位:?)?([千万]元|角|分|fen)"
    r"|(?<=.)([千万]元))$"
)
# Units that nothing is read in, and shorter words that may say one.
_OTHER = re.compile(
    r"\(?(?:单位[:：]?)?((?:百|千|万|十万|百万)元|角|分|美元|美金|港币|港元|欧元|日元|usd|hkd|eur|jpy)\)?$"
)
_OWN = re.compile(r"(?<!\s)\s*+(万元?|千元?|元整?|圆整?|块钱?|角|分|RMB|CNY)$", re.IGNORECASE)
_SIGN = re.compile(r"^(?:RMB|CNY|人民币|¥)\s*", re.IGNORECASE)
# Whole amounts as large as these, almost all in tens of fen, are hardly yuan.
_LEAST_FEN_LIKE = 5_000
_TENS = 0.9
_LEAST_KINDS = 5


class NoSuchUnit(LumiError):
    """A column was told to be counted in something we do not know."""

    title = N_("“{told}” says no unit of a column")
    advice = N_("Write --unit COLUMN=UNIT, with one of: {known}")


@dataclass(frozen=True, slots=True)
class Units:
    """In what the columns of a table are counted, by place: as told, else as their names say."""

    told: Mapping[int, Unit] = field(default_factory=dict)
    said: Mapping[int, Unit] = field(default_factory=dict)

    def of(self, place: int) -> Unit:
        """What a column is counted in."""
        return self.told.get(place) or self.said.get(place, Unit.YUAN)


NONE = Units()


def told_of(words: Sequence[str]) -> dict[str, Unit]:
    """Unit by column of words like `COLUMN=UNIT`. Raises NoSuchUnit."""
    known = {word: unit for unit, word in WORDS.items()} | {unit.value: unit for unit in Unit}
    pairs = {}
    for one in words:
        column, separator, unit = one.rpartition("=")
        if not separator or unit not in known:
            raise NoSuchUnit(told=one, known=", ".join(known))
        pairs[column] = known[unit]
    return pairs


def said(name: str) -> Unit | None:
    """The unit, if it is not yuan, that a plain name plainly says."""
    found = _SAID.search(name)
    return _named(next(filter(None, found.groups()))) if found else None


def without(name: str) -> str:
    """A plain name without a unit that it says."""
    return _SAID.sub("", name)


def other(name: str) -> bool:
    """Whether the name of a column of amounts says that they are not in yuan, in whatever."""
    return _OTHER.search(unicodedata.normalize("NFKC", name).casefold().strip()) is not None


def look_like_fen(cells: Sequence[str]) -> bool:
    """Whether amounts are so large and so round that they hardly are yuan."""
    kinds = {rules.clean(cell) for cell in cells}
    if not all(one.isdecimal() for one in kinds):
        return False
    amounts = sorted(int(rules.clean(cell)) for cell in cells)
    amounts = [one for one in amounts if one]
    tens = sum(one % 10 == 0 for one in amounts)
    enough = len(set(amounts)) >= _LEAST_KINDS and tens >= _TENS * len(amounts)
    return enough and amounts[len(amounts) // 2] >= _LEAST_FEN_LIKE


def fen(cell: str, unit: Unit) -> int | None:
    """Money of a cell in fen; None when it is blank, no amount of that unit, or finer than a fen.

    A cell that says a unit itself must say that one.
    """
    if unit is Unit.YUAN:
        return rules.fen(cell)
    text = unicodedata.normalize("NFKC", rules.clean(cell)).strip()
    if found := _OWN.search(text):
        if _named(found[1]) is not unit:
            return None
        text = text[: found.start()]
    return rules.fen_of(_SIGN.sub("", text), _IN_FEN[unit])


def as_yuan(cell: str, unit: Unit) -> str:
    """A cell as if it had been written in yuan; what cannot be is no amount in yuan either."""
    if unit is Unit.YUAN or not rules.clean(cell):
        return cell
    amount = fen(cell, unit)
    if amount is None:
        return f"{rules.clean(cell)}{WORDS[unit]}"
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def shown(cell: str, unit: Unit) -> str:
    """An amount as it stands in a cell, and as it is read: `1.25 → ¥12,500.00`."""
    amount = fen(cell, unit) or 0
    return f"{rules.clean(cell)} → ¥{amount // 100:,}.{amount % 100:02d}"


def _named(word: str) -> Unit:
    """The unit of a word that says one."""
    return Unit.FEN if word == "fen" else _BY_LETTER.get(word[0], Unit.YUAN)
