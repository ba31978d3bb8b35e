"""Who fits a filter, and in which order they stand."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Grade, Pool, Relationship
from lumi_desk.customers.value.rules import band

NONE = ""
# By their values: a member of an enumeration is its text.
_POOLS: Mapping[str, int] = {pool.value: place for place, pool in enumerate(Pool)}
_GRADES: Mapping[str, int] = {grade.value: place for place, grade in enumerate(Grade)}
_NEARNESS: Mapping[str, int] = {one.value: place for place, one in enumerate(Relationship)}


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer as the list knows her; her tags in the order of their names.

    `last_contact` is when she was last contacted on any channel, reached or not. `brought_fen` is
    all she ever paid, `expected_fen` what she is expected to bring in the next 12 months.
    """

    id: str
    name: str
    pinyin: str
    initials: str
    phone: str
    wangwang: str
    city: str
    pool: str
    grade: str | None
    line: str | None
    relationship: str | None
    last_paid_at: datetime | None
    year_fen: int
    year_orders: int
    tags: tuple[str, ...] = ()
    last_contact: datetime | None = None
    refused: bool = False
    brought_fen: int = 0
    expected_fen: int = 0

    def quiet(self, today: date) -> int | None:
        """Days since her last purchase; None without one."""
        return None if self.last_paid_at is None else (today - local_day(self.last_paid_at)).days


class Column(StrEnum):
    """What a list can be ordered by, as its columns stand; the last only a hub keeps."""

    NAME = "name"
    POOL = "pool"
    GRADE = "grade"
    LINE = "line"
    RELATIONSHIP = "relationship"
    LAST_PAID = "last_paid"
    DAY = "day"
    YEAR = "year"
    BROUGHT = "brought"
    EXPECTED = "expected"
    CITY = "city"
    LAST_CONTACT = "last_contact"
    TAGS = "tags"
    RUN_OUT = "run_out"


class Field(StrEnum):
    """What a filter chooses several values of; an empty text stands for none.

    When she runs out, and in whose hands she is, only a hub keeps: reps and teams by id.
    """

    POOL = "pool"
    GRADE = "grade"
    LINE = "line"
    RELATIONSHIP = "relationship"
    EXPECTED = "expected"
    TAG = "tag"
    RUN_OUT = "run_out"
    HELD = "held"
    REP = "rep"
    TEAM = "team"


class Page(StrEnum):
    """Which list: of the customers a desk holds, or of those the centre has."""

    OWN = "own"
    CENTRE = "centre"


class Refused(StrEnum):
    """Whether those who must not be contacted are shown."""

    ALL = "all"
    NO = "no"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Order:
    """By which column, and which way round; who has no value there comes last either way."""

    column: Column = Column.POOL
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Whom the list shows: everything that is said must be so, of several values one.

    `quiet_from` and `quiet_to` are days since the last purchase, both included.
    """

    words: str = ""
    values: tuple[tuple[Field, frozenset[str]], ...] = ()
    quiet_from: int | None = None
    quiet_to: int | None = None
    refused: Refused = Refused.ALL

    @property
    def is_empty(self) -> bool:
        """Whether everybody fits."""
        return self == Filter()

    def of(self, field: Field) -> frozenset[str]:
        """The values chosen of a field; none is as good as all."""
        return dict(self.values).get(field, frozenset())

    def choosing(self, field: Field, values: Collection[str]) -> "Filter":
        """The same with other values of a field."""
        kept = {one: told for one, told in self.values if one is not field}
        if values:
            kept[field] = frozenset(values)
        return replace(self, values=tuple((one, kept[one]) for one in Field if one in kept))

    def toggled(self, field: Field, value: str) -> "Filter":
        """The same with a value of a field more, or less."""
        return self.choosing(field, self.of(field) ^ {value})


def chosen(
    everybody: Iterable[Listed], filter_: Filter, order: Order, today: date
) -> tuple[Listed, ...]:
    """Whoever fits, in order; of equals, who bought last first, then by id."""
    parts = filter_.words.lower().split()
    # The same set is asked for everybody: it is looked up once.
    fields = [(_VALUES[field], wanted) for field, wanted in filter_.values]
    found = [
        one
        for one in everybody
        if all(not wanted.isdisjoint(read(one)) for read, wanted in fields)
        and _is_quiet(one, filter_, today)
        and (filter_.refused is Refused.ALL or one.refused is (filter_.refused is Refused.ONLY))
        and all(_is_meant(one, part) for part in parts)
    ]
    return _ordered(found, order, today)


def counted(everybody: Iterable[Listed], field: Field) -> Mapping[str, int]:
    """How many customers have each value of a field."""
    read = _VALUES[field]
    return Counter(value for one in everybody for value in read(one))


def split(hers: Iterable[Listed], tag: str, *, adding: bool) -> tuple[list[Listed], int]:
    """Whose tags change when a tag is added, or taken away, and for how many nothing does."""
    rows = list(hers)
    changing = [one for one in rows if (tag in one.tags) is not adding]
    return changing, len(rows) - len(changing)


def as_body(filter_: Filter, order: Order) -> dict[str, Any]:
    """A filter and an order as a saved view keeps them."""
    return {
        "words": filter_.words,
        "values": {field.value: sorted(values) for field, values in filter_.values},
        "quiet": [filter_.quiet_from, filter_.quiet_to],
        "refused": filter_.refused.value,
        "order": [order.column.value, order.backwards],
    }


def from_body(body: Any, page: Page = Page.OWN) -> tuple[Filter, Order]:
    """The same read again; what another version of the program kept otherwise is left out."""
    fields, columns = (FIELDS, COLUMNS) if page is Page.OWN else (tuple(Field), tuple(Column))
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    filter_ = Filter(words=told["words"] if isinstance(told.get("words"), str) else "")
    values = told.get("values")
    for name, some in values.items() if isinstance(values, dict) else ():
        if name in fields and isinstance(some, list):
            chosen_ = [one for one in some if isinstance(one, str)]
            filter_ = filter_.choosing(Field(name), chosen_)
    since, until = _pair(told.get("quiet"))
    if told.get("refused") in set(Refused):
        filter_ = replace(filter_, refused=Refused(told["refused"]))
    column, backwards = _pair(told.get("order"))
    order = Order(Column(column), bool(backwards)) if column in columns else Order()
    return replace(filter_, quiet_from=_days(since), quiet_to=_days(until)), order


def _pair(told: Any) -> tuple[Any, Any]:
    return (told[0], told[1]) if isinstance(told, list) and len(told) == len("ab") else (None, None)


def _days(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None


def _is_quiet(one: Listed, filter_: Filter, today: date) -> bool:
    if filter_.quiet_from is None and filter_.quiet_to is None:
        return True
    quiet = one.quiet(today)
    if quiet is None:
        return False
    late = filter_.quiet_from is None or quiet >= filter_.quiet_from
    return late and (filter_.quiet_to is None or quiet <= filter_.quiet_to)


def _is_meant(one: Listed, part: str) -> bool:
    """By name, pinyin, initials, Wangwang, tag, or the last digits of the phone."""
    if part in one.name.lower() or part in one.wangwang.lower():
        return True
    if one.pinyin.replace(" ", "").startswith(part) or one.initials.startswith(part):
        return True
    if any(part in tag.lower() for tag in one.tags):
        return True
    digits = part.replace("-", "")
    return digits.isdigit() and one.phone.replace("-", "").endswith(digits)


def _ordered(found: Sequence[Listed], order: Order, today: date) -> tuple[Listed, ...]:
    read = _KEYS[order.column]
    # Sorting keeps equals as they stood: first by what decides between equals.
    rows = sorted(found, key=lambda one: one.id)
    rows.sort(key=lambda one: one.last_paid_at.timestamp() if one.last_paid_at else 0, reverse=True)
    keyed = [(read(one, today), one) for one in rows]
    known = [(key, one) for key, one in keyed if key is not None]
    known.sort(key=lambda pair: pair[0], reverse=order.backwards)
    return (*(one for _, one in known), *(one for key, one in keyed if key is None))


def _turned(moment: datetime | None) -> float | None:
    """The latest first: who reads a list of days wants the newest."""
    return None if moment is None else -moment.timestamp()


_VALUES: Mapping[Field, Callable[[Listed], Collection[str]]] = {
    Field.POOL: lambda one: (one.pool,),
    Field.GRADE: lambda one: (one.grade or NONE,),
    Field.LINE: lambda one: (one.line or NONE,),
    Field.RELATIONSHIP: lambda one: (one.relationship or NONE,),
    Field.EXPECTED: lambda one: (band(one.expected_fen).value,),
    Field.TAG: lambda one: one.tags or (NONE,),
}
_Key = Callable[[Listed, date], Any]
_KEYS: Mapping[Column, _Key] = {
    Column.NAME: lambda one, _: (one.pinyin or one.name.lower(), one.name),
    Column.POOL: lambda one, _: _POOLS.get(one.pool),
    Column.GRADE: lambda one, _: _GRADES.get(one.grade or NONE),
    Column.LINE: lambda one, _: one.line,
    Column.RELATIONSHIP: lambda one, _: _NEARNESS.get(one.relationship or NONE),
    Column.LAST_PAID: lambda one, _: _turned(one.last_paid_at),
    Column.DAY: lambda one, today: one.quiet(today),
    Column.YEAR: lambda one, _: -one.year_fen if one.year_orders or one.year_fen else None,
    Column.BROUGHT: lambda one, _: -one.brought_fen or None,
    Column.EXPECTED: lambda one, _: -one.expected_fen or None,
    Column.CITY: lambda one, _: one.city or None,
    Column.LAST_CONTACT: lambda one, _: _turned(one.last_contact),
    Column.TAGS: lambda one, _: one.tags or None,
}
# What a desk, which holds whom it lists, knows of them.
COLUMNS: tuple[Column, ...] = tuple(_KEYS)
FIELDS: tuple[Field, ...] = tuple(_VALUES)
