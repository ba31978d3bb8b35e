"""Efficacy claims that food must not make: the rules that find them in words for customers."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_GAP = r"[\W_]{0,2}"
"""Blanks and marks put between characters do not hide a claim."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A forbidden wording and why: `kind` is "illness", "body", "beauty" or "absolute"."""

    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class ClaimsList:
    """What must not be said, and the sentences that stay allowed although they contain it."""

    claims: tuple[Claim, ...]
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim at `start` to `end` of the text as given."""

    start: int
    end: int
    claim: Claim


def check(text: str, rules: ClaimsList) -> tuple[Finding, ...]:
    """Every forbidden claim in a text, in reading order; overlapping ones only once.

    Width, letter case, and marks between characters make no difference.
    """
    folded, places = _fold(text)
    # The longer sentence first: a shorter one inside it would leave its rest uncovered.
    for sentence in sorted(rules.allowed, key=len, reverse=True):
        folded = _blank(folded, _pattern(sentence))
    return _apart(
        Finding(places[match.start()], places[match.end() - 1] + 1, claim)
        for claim in rules.claims
        for match in _pattern(claim.words).finditer(folded)
    )


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with width and case folded, and for each character its place in the original."""
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for plain in unicodedata.normalize("NFKC", char).casefold():
            folded.append(plain)
            places.append(place)
    return "".join(folded), places


def _pattern(words: str) -> re.Pattern[str]:
    plain, _ = _fold(words)
    if plain.isascii():
        parts = (re.escape(part) for part in plain.split())
        return re.compile(r"\b" + r"\W+".join(parts) + r"\b")
    return re.compile(_GAP.join(re.escape(char) for char in plain if not char.isspace()))


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    """The text with the matches covered, its length unchanged."""
    return pattern.sub(lambda match: "\n" * len(match.group()), text)


def _apart(found: Iterable[Finding]) -> tuple[Finding, ...]:
    apart: list[Finding] = []
    for finding in sorted(found, key=lambda one: (one.start, -one.end)):
        if not apart or finding.start >= apart[-1].end:
            apart.append(finding)
    return tuple(apart)
