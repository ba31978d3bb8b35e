"""Invented people: Chinese names with their readings, nicks, cities and unreachable numbers."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lumi_desk.paths import shipped

_TOLD = json.loads((shipped("resources") / "content" / "names.json").read_text("utf-8"))

PROVINCES: dict[str, str] = _TOLD["cities"]
CITIES = tuple(PROVINCES)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and its reading without tones or blanks, and the initials of the reading."""

    hanzi: str
    pinyin: str
    initials: str


def _pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """`王wang` as (王, wang): the reading begins at the first ASCII letter."""
    pairs = []
    for word in words:
        at = next(place for place, char in enumerate(word) if char.isascii())
        pairs.append((word[:at], word[at:]))
    return pairs


_SURNAMES = _pairs(_TOLD["surnames"])
# The list begins with the common ones; their weights fall as they do in any phone book.
_WEIGHTS = [1.0 / (4 + place) for place in range(len(_SURNAMES))]
_FIRST, _LAST, _DOTTED = _pairs(_TOLD["first"]), _pairs(_TOLD["last"]), _pairs(_TOLD["dotted"])


def invent_name(dice: random.Random) -> Name:
    """A name: mostly three characters, a sixth of them two, one in eighty dotted."""
    if dice.random() < 1 / 80:
        return _dotted(dice.choice(_DOTTED), dice.choice(_DOTTED))
    parts = dice.choices(_SURNAMES, _WEIGHTS)
    if dice.random() > 1 / 6:
        parts.append(dice.choice(_FIRST))
    last = dice.choice(_LAST)
    while last[0] == parts[-1][0]:
        last = dice.choice(_LAST)
    return spell([*parts, last])


def _dotted(one: tuple[str, str], other: tuple[str, str]) -> Name:
    """The first name of one and the father's name of another."""
    own, father = (
        tuple(text.split("·")[part] for text in pair) for part, pair in enumerate((one, other))
    )
    return spell([(f"{own[0]}·{father[0]}", f"{own[1]}·{father[1]}")])


def spell(parts: Sequence[tuple[str, str]]) -> Name:
    """The name of characters with their readings, `'` and `·` standing between syllables."""
    hanzi = "".join(hanzi for hanzi, _ in parts)
    syllables = "'".join(reading for _, reading in parts).replace("·", "'").split("'")
    return Name(hanzi, "".join(syllables), "".join(syllable[0] for syllable in syllables))


def reading_of(words: str) -> Name:
    """The name of a spelled text: `周zhou 文wen 静jing`."""
    return spell(_pairs(words.split()))


PHONE_PREFIX = "1002"
"""Begins every invented number.

Mobile numbers in mainland China begin with 13 to 19; what begins with 10 is a carrier's own
service line of five digits (10000, 10010, 10086) or a sender of text messages (106). Eleven
digits from 1002 on are therefore nobody's, now or later, and cannot begin a service line in use.
"""


def phone(number: int) -> str:
    """The invented number of a customer: unique for `number` below ten million."""
    return f"{PHONE_PREFIX}{number % 10_000_000:07d}"


def nick(name: Name, dice: random.Random) -> str:
    """What she may call herself in the shop."""
    letters = name.pinyin[: dice.randint(4, 9)]
    return dice.choice((f"{letters}_{dice.randint(70, 99)}", f"tb{letters}{dice.randint(10, 999)}"))
