"""How a name sounds: pinyin and initials, surnames with their own readings."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from lumi_desk.paths import shipped

_PARTS = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+|[a-z0-9]+")
# Longer runs of characters are a shop nick or a sentence, not a surname with a given name.
_LONGEST_NAME = 4
_LONGEST_SURNAME = 2


@lru_cache(maxsize=100_000)
def sound(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name, in small letters without blanks: zhouwenjing, zwj.

    Letters and digits stand for themselves, one initial for each run; everything else is left out.
    """
    spoken: list[str] = []
    for number, part in enumerate(_PARTS.findall(name.lower())):
        # Behind a dot or a word stands no surname.
        surname = "" if number else _surname(part)
        spoken += [*_surnames().get(surname, "").split(), *_syllables(part[len(surname) :])]
    return "".join(spoken), "".join(syllable[0] for syllable in spoken)


def _surname(part: str) -> str:
    """The surname a name begins with, or nothing."""
    if len(part) > _LONGEST_NAME:
        return ""
    tried = (part[:length] for length in range(_LONGEST_SURNAME, 0, -1))
    return next((surname for surname in tried if surname in _surnames()), "")


@cache
def _surnames() -> Mapping[str, str]:
    """How surnames are read, without tones; resources/names tells where the tables are from."""
    found: dict[str, str] = {}
    # The first has the last word.
    for name in ("cldr.csv", "surnames.csv"):
        with (shipped("resources") / "names" / name).open(encoding="utf-8") as file:
            found |= {row["surname"]: _toneless(row["reading"]) for row in csv.DictReader(file)}
    return found


def _toneless(reading: str) -> str:
    """A reading without its tones; ü is typed as v."""
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in marked if letter.isascii())


def _syllables(words: str) -> list[str]:
    if not words or words.isascii():
        return [words] if words else []
    from pypinyin import lazy_pinyin  # a deferred door

    # Rare characters without a known reading come back as they are.
    return [syllable for syllable in lazy_pinyin(words) if syllable]
