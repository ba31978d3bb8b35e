"""Computing who a customer is by the rule sets: after imports, every night, and by command."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.customers import rules
from lumi_desk.customers.naming import sound
from lumi_desk.customers.rules import History, Line, Purchase
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import histories
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.direct import Direct

_CHUNK = 1000
_COMPUTED = (
    "pinyin",
    "initials",
    "pool",
    "grade",
    "line",
    "relationship",
    "first_paid_at",
    "last_paid_at",
    "rhythm_days",
    "year_fen",
    "year_orders",
)

# What a customer moves between, by column.
MOVING = ("pool", "grade", "relationship")
_YEAR = 365
_customers: Any = Customer.__table__
_STANDING = Direct(
    select(*(_customers.c[name] for name in ("id", "name", *_COMPUTED))).where(
        among(_customers.c.id)
    )
)

_NOTHING_BOUGHT: dict[str, Any] = {
    "pool": rules.Pool.ZERO.value,
    "grade": None,
    "line": None,
    "relationship": None,
    "first_paid_at": None,
    "last_paid_at": None,
    "rhythm_days": None,
    "year_fen": 0,
    "year_orders": 0,
}

Pair = tuple[str, str]
Move = tuple[str, str]
Tell = Callable[[str, int, int], None]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the rule sets that say who a customer is."""

    pool: rules.PoolSettings
    grade: rules.GradeSettings
    relationship: rules.RelationshipSettings


@dataclass(frozen=True, slots=True)
class Changes:
    """What classifying changed.

    `pairs` are to be published, `changed` says how many customers they are; `pools`, `grades` and
    `relationships` count the customers that moved, by (from, to), an empty text meaning none;
    `seen` counts all that were looked at, `tags` the tags that the rules gave or took after it.
    """

    pairs: tuple[Pair, ...]
    pools: Mapping[Move, int]
    grades: Mapping[Move, int]
    relationships: Mapping[Move, int]
    seen: int
    changed: int
    tags: int = 0

    def with_more(self, other: "Changes") -> "Changes":
        """These changes and those of other customers; the pairs of neither are kept."""
        return Changes(
            (),
            _summed(self.pools, other.pools),
            _summed(self.grades, other.grades),
            _summed(self.relationships, other.relationships),
            self.seen + other.seen,
            self.changed + other.changed,
            self.tags + other.tags,
        )


def _summed(one: Mapping[Move, int], other: Mapping[Move, int]) -> Mapping[Move, int]:
    return dict(Counter(one) + Counter(other))


NO_CHANGES = Changes((), {}, {}, {}, 0, 0)


def classify(
    session: Session,
    customer_ids: Iterable[str] | None,
    now: datetime,
    *,
    keep: bool = True,
    tell: Tell | None = None,
) -> Changes:
    """Compute what the rules say of these customers (None: of all) and write what changed.

    With `keep` off nothing is written: a preview. Raises BadSetting.
    """
    numbers = numbers_on(session, now)
    ids = sorted(set(customer_ids)) if customer_ids is not None else _all_ids(session)
    moves: dict[str, Counter[Move]] = {name: Counter() for name in MOVING}
    changed: list[str] = []
    for done, some in _chunks(ids):
        if tell:
            tell("classifying", done, len(ids))
        better = _better(session, some, now, numbers)
        for stood, values in better:
            for name, moved in moves.items():
                moved[stood[name] or "", values[name] or ""] += stood[name] != values[name]
        if keep:
            _write(session, [values for _, values in better])
        changed += [stood["id"] for stood, _ in better]
    if tell:
        tell("classifying", len(ids), len(ids))
    pairs = tuple(("customer", one) for one in changed)
    by_pool, by_grade, by_relationship = (dict(+moves[name]) for name in MOVING)
    return Changes(pairs, by_pool, by_grade, by_relationship, len(ids), len(pairs))


def numbers_on(session: Session, now: datetime) -> Numbers:
    """The numbers in force at a moment. Raises BadSetting."""
    day = local_day(now)
    return Numbers(
        catalog.numbers(session, "pool", day, rules.POOL),
        catalog.numbers(session, "grade", day, rules.GRADE),
        catalog.numbers(session, "relationship", day, rules.RELATIONSHIP),
    )


def computed(history: History, now: datetime, numbers: Numbers) -> Values:
    """What the rules say of a customer, by column."""
    if not history.purchases and history.card_opened_at is None:
        return _NOTHING_BOUGHT
    seen = rules.see(history, now)
    pace, grade = seen.pace, rules.grade_of(seen, numbers.grade)
    relationship = rules.relationship_of(pace, numbers.relationship)
    year = seen.within(_YEAR)
    return {
        "pool": rules.pool_of(pace, numbers.pool).value,
        "grade": grade.value if grade else None,
        "line": main_line(year or seen.kept),
        "relationship": relationship.value if relationship else None,
        "first_paid_at": seen.first_at,
        "last_paid_at": seen.kept[-1].paid_at if seen.kept else None,
        "rhythm_days": pace.rhythm,
        "year_fen": sum([one.kept_fen for one in year]),
        "year_orders": len(year),
    }


def main_line(purchases: Sequence[Purchase]) -> str | None:
    """The line most was spent on; the leading one of equals, None without a purchase."""
    if len(purchases) == 1:
        return purchases[0].line.value
    spent = dict.fromkeys(Line, 0)
    for one in purchases:
        spent[one.line] += one.kept_fen
    return max(spent, key=spent.__getitem__).value if purchases else None


def _all_ids(session: Session) -> list[str]:
    return list(session.scalars(select(Customer.id).order_by(Customer.id)))


def _better(
    session: Session, ids: Sequence[str], now: datetime, numbers: Numbers
) -> list[tuple[Values, Values]]:
    """The rows that stand otherwise than the rules say, each with its new values."""
    found = histories.of(session, ids)
    better = []
    for row in _STANDING.rows(session.connection(), {IDS: ids}):
        stood = dict(zip(_STANDING.names, row, strict=True))
        pinyin, initials = sound(stood["name"])
        values = {"pinyin": pinyin, "initials": initials}
        values |= computed(found[stood["id"]], now, numbers)
        if any(stood[name] != _kept(values[name]) for name in _COMPUTED):
            better.append((stood, {"id": stood["id"], **values}))
    return better


def _kept(value: Any) -> Any:
    """A value as the database keeps it."""
    return to_millis(value) if isinstance(value, datetime) else value


def _write(session: Session, rows: Sequence[Values]) -> None:
    if rows:
        bulk.change(session, _customers, rows)
        session.expire_all()


def _chunks(items: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(items), _CHUNK):
        yield start, items[start : start + _CHUNK]
