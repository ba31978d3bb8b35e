"""What a tag may be called, and the manager's rules that give tags by themselves."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lumi_desk import money
from lumi_desk.customers.rules import Grade, Line, Pool, Relationship
from lumi_desk.errors import N_, LumiError

LONGEST = 24
NONE = "none"
_BREAK = re.compile(r"\s+")
_WRITTEN = re.compile(r"(?P<key>[a-z_]+)\s*(?P<how>>=|<=|!=|=)\s*(?P<told>.+)")
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)


class Source(StrEnum):
    """Who gave a tag."""

    HAND = "hand"
    RULE = "rule"


class BadTag(LumiError):
    """A text that is no name for a tag."""

    title = N_("“{name}” cannot be a tag")
    advice = N_("Write 1 to {most} characters, without commas and line breaks.")


class NumberInTag(BadTag):
    """A tag with a phone number in it: tags are read by more people than hold her."""

    title = N_("A tag cannot hold a phone number")
    advice = N_("Tags are shown to everybody. Write the number into her record.")


class BadCondition(LumiError):
    """A text that says nothing about a customer."""

    title = "“{told}” is no condition: {why}"
    advice = "Nothing was changed. Write them as in {example}."


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may ask of a customer.

    `quiet` are days since her last purchase, `known` days since her first one, None without any;
    `year_fen` is what she spent within 365 days.
    """

    pool: str
    grade: str | None
    line: str | None
    relationship: str | None
    city: str
    year_fen: int
    year_orders: int
    quiet: int | None
    known: int | None


class How(StrEnum):
    """How a condition compares."""

    IS = "="
    IS_NOT = "!="
    LEAST = ">="
    MOST = "<="


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so. `texts` of words, `number` of figures; money is fen."""

    key: str
    how: How
    texts: frozenset[str] = frozenset()
    number: int = 0

    def holds(self, of: Facts) -> bool:
        """Whether it is so; of what is not known nothing holds but that it is not something."""
        if self.key in _WORDS:
            found = _WORDS[self.key].read(of) or NONE
            return (found in self.texts) is (self.how is How.IS)
        figure = _FIGURES[self.key].read(of)
        if figure is None:
            return False
        if self.how is How.IS:
            return figure == self.number
        return figure >= self.number if self.how is How.LEAST else figure <= self.number


@dataclass(frozen=True, slots=True)
class TagRule:
    """A tag, and what must all be so for a customer to have it, as the manager wrote it."""

    name: str
    when: tuple[str, ...]
    conditions: tuple[Condition, ...]

    def fits(self, of: Facts) -> bool:
        """Whether a customer gets the tag."""
        return all(one.holds(of) for one in self.conditions)


@dataclass(frozen=True, slots=True)
class _Words:
    read: Callable[[Facts], str | None]
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Figure:
    read: Callable[[Facts], int | None]
    is_money: bool = False


_WORDS: Mapping[str, _Words] = {
    "pool": _Words(lambda of: of.pool, frozenset(Pool)),
    "grade": _Words(lambda of: of.grade, frozenset({*Grade, NONE})),
    "line": _Words(lambda of: of.line, frozenset({*Line, NONE})),
    "relationship": _Words(lambda of: of.relationship, frozenset({*Relationship, NONE})),
    "city": _Words(lambda of: of.city),
}
_FIGURES: Mapping[str, _Figure] = {
    "year": _Figure(lambda of: of.year_fen, is_money=True),
    "orders": _Figure(lambda of: of.year_orders),
    "quiet": _Figure(lambda of: of.quiet),
    "known": _Figure(lambda of: of.known),
}
_EXAMPLE = "pool=V,1 year>=5000 quiet>=60 city=杭州"


def clean(text: str) -> str:
    """The name of a tag without spare blanks. Raises BadTag."""
    name = _BREAK.sub(" ", text).strip()
    if not 1 <= len(name) <= LONGEST or not name.isprintable() or set(name) & set(",，"):
        raise BadTag(name=name[: 2 * LONGEST], most=LONGEST)
    return name


def rule(name: str, when: Iterable[str]) -> TagRule:
    """A rule from what the manager wrote. Raises BadTag and BadCondition."""
    told = tuple(one.strip() for one in when)
    if not told:
        raise BadCondition(told="", why="there is none", example=_EXAMPLE)
    return TagRule(clean(name), told, tuple(map(_condition, told)))


def _condition(told: str) -> Condition:
    found = _WRITTEN.fullmatch(told)
    key = found["key"] if found else ""
    if found is None or (key not in _WORDS and key not in _FIGURES):
        known = ", ".join((*_WORDS, *_FIGURES))
        raise BadCondition(told=told, why=f"it names none of {known}", example=_EXAMPLE)
    how, words = How(found["how"]), found["told"].strip()
    if key in _WORDS:
        return _of_words(told, key, how, words)
    return _of_figures(told, key, how, words)


def _of_words(told: str, key: str, how: How, words: str) -> Condition:
    texts = frozenset(one.strip() for one in words.replace("，", ",").split(",") if one.strip())
    if how not in (How.IS, How.IS_NOT):
        raise BadCondition(told=told, why=f"{key} takes = or !=", example=_EXAMPLE)
    known = _WORDS[key].known
    if not texts or (known and not texts <= known):
        why = f"{key} is one of {', '.join(sorted(known))}" if known else f"{key} is missing"
        raise BadCondition(told=told, why=why, example=_EXAMPLE)
    return Condition(key, how, texts)


def _of_figures(told: str, key: str, how: How, words: str) -> Condition:
    if how is How.IS_NOT:
        raise BadCondition(told=told, why=f"{key} takes >=, <= or =", example=_EXAMPLE)
    if _FIGURES[key].is_money:
        try:
            return Condition(key, how, number=money.to_fen(words))
        except money.NotMoney:
            raise BadCondition(told=told, why=f"{key} is CNY", example=_EXAMPLE) from None
    if not _WHOLE.fullmatch(words):
        raise BadCondition(told=told, why=f"{key} is a whole number", example=_EXAMPLE)
    return Condition(key, how, number=int(words))


def wanted(rules: Sequence[TagRule], of: Facts) -> frozenset[str]:
    """The tags that the rules give to a customer."""
    return frozenset(one.name for one in rules if one.fits(of))
