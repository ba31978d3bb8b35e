"""The list of pairs who are likely one person: kept, and renewed where something has changed.

Whoever changes a customer notes her, in the same transaction; she is compared later, in one of her
own that is short: after the import, at the next look at the list, at night at the latest. What each
customer may share with others is kept as marks, so that those who share something are found
without looking at anybody else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub import likely
from lumi_desk.identity import rules
from lumi_desk.identity.rules import Key, Kind, Likeness, Profile
from lumi_desk.identity.tables import IdentityMark, ProposedPair, SharedNumber, ToCompare
from lumi_desk.ids import new_id
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among, chunks
from lumi_desk.storage.store import Store, touch

# So many customers are compared in one transaction.
_AT_ONCE = 500
# One compares at a time. On SQLite that is so by itself.
_LOCK = 0x6C756D6970616972
NUMBERS = (Kind.PHONE, Kind.LANDLINE)

_customers: Any = Customer.__table__
_pairs: Any = ProposedPair.__table__
_marks: Any = IdentityMark.__table__
_numbers: Any = SharedNumber.__table__
_noted: Any = ToCompare.__table__

Tell = Callable[[str, int, int], None]
# The ids of two, what they rank by, what speaks for them, and whether they were said to be two.
Row = tuple[str, str, int, tuple[tuple[str, int], ...], bool]


def note(session: Session, ids: Iterable[str]) -> None:
    """Remember that something has changed that these customers may share with others."""
    rows = [{"id": new_id(), "customer_id": one} for one in ids]
    bulk.insert(session, _noted, rows)


def note_everybody(session: Session) -> None:
    """Have all customers compared, and whoever of the list is none any more."""
    everybody = (
        select(_customers.c.id)
        .union(select(_marks.c.customer_id), select(_pairs.c.one_id), select(_pairs.c.other_id))
        .subquery()
    )
    told = select(literal(f"{new_id()}:").concat(everybody.c.id), everybody.c.id)
    session.connection().execute(insert(_noted).from_select(["id", "customer_id"], told))
    touch(session, _noted.name)


def waiting(session: Session) -> int:
    """How many customers are still to be compared."""
    asked = select(func.count(_noted.c.customer_id.distinct()))
    return session.connection().scalar(asked) or 0


def catch_up(
    store: Store, now: datetime, *, most: int | None = None, tell: Tell | None = None
) -> int:
    """Compare those who were noted, at most so many (None: all); returns how many then wait.

    In short transactions, so that desks go on working. Raises BadSetting.
    """
    with store.read() as session:
        whole = left = waiting(session)
    while left and (most is None or whole - left < most):
        if tell:
            tell("comparing", max(0, whole - left), whole)
        with store.write() as session:
            _catch_up_some(session, now)
            left = waiting(session)
    if tell and whole:
        tell("comparing", whole - left, whole)
    return left


def catch_up_if_can_be(store: Store, now: datetime, tell: Tell | None = None) -> None:
    """Compare all who were noted; who is not compared now, is at the next look at the list.

    For what is done already, whatever becomes of this.
    """
    with suppress(LumiError):
        catch_up(store, now, tell=tell)


def _catch_up_some(session: Session, now: datetime) -> None:
    """Compare some of those who were noted first."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    first = select(_noted.c.id, _noted.c.customer_id).order_by(_noted.c.id).limit(_AT_ONCE)
    rows = connection.execute(first).all()
    # By their own ids: who is noted anew meanwhile is compared again.
    connection.execute(delete(_noted).where(among(_noted.c.id)), {IDS: [row.id for row in rows]})
    compare(session, {row.customer_id for row in rows}, now)


def compare(session: Session, ids: Collection[str], now: datetime) -> None:
    """Put right all that the list says of these customers, and of who shares something with them.

    Raises BadSetting.
    """
    # What was said of who was linked to another counts for that one.
    wanted = {*ids, *likely.kept_of(session, ids).values()}
    own = {one.id: one for one in likely.profiles(session, wanted)}
    keys = {pk: {rules.mark_of(key): key for key in rules.keys_of(own[pk])} for pk in own}
    before = marks_of(session, wanted)
    changed = _changed(before, keys)
    counted = _counted(session, changed)
    _remember(session, before, keys)
    now_counted = _counted(session, changed)
    crossed = {
        mark
        for mark in changed
        if rules.is_common(counted[mark]) != rules.is_common(now_counted[mark])
    }
    wanted |= having(session, crossed).keys()
    _Comparing(session, wanted, changed, own, now).write()


def _changed(
    before: Mapping[str, Collection[str]], keys: Mapping[str, Mapping[str, Key]]
) -> set[str]:
    """The marks that somebody has got or lost."""
    return {
        mark
        for pk in before.keys() | keys.keys()
        for mark in set(before.get(pk, ())) ^ set(keys.get(pk, ()))
    }


def _remember(
    session: Session,
    before: Mapping[str, Collection[str]],
    keys: Mapping[str, Mapping[str, Key]],
) -> None:
    other = sorted(
        pk for pk in before.keys() | keys.keys() if set(before.get(pk, ())) != set(keys.get(pk, ()))
    )
    gone = [pk for pk in other if pk in before]
    if gone:
        session.connection().execute(delete(_marks).where(among(_marks.c.customer_id)), {IDS: gone})
    rows = [(pk, mark) for pk in other for mark in sorted(keys.get(pk, ()))]
    if rows:
        bulk.put(session, _marks, ("customer_id", "mark"), list(zip(*rows, strict=True)))
    touch(session, _marks.name)


def marks_of(session: Session, ids: Iterable[str]) -> dict[str, set[str]]:
    """The marks that are kept of each of these customers."""
    return _by_first(session, _marks.c.customer_id, _marks.c.mark, ids)


def having(session: Session, marks: Iterable[str]) -> dict[str, set[str]]:
    """The customers who have these marks, each with those of them she has."""
    found: dict[str, set[str]] = defaultdict(set)
    for mark, ids in _by_first(session, _marks.c.mark, _marks.c.customer_id, marks).items():
        for pk in ids:
            found[pk].add(mark)
    return found


def _by_first(
    session: Session, first: Any, second: Any, asked: Iterable[str]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    told = select(first, second).where(among(first))
    for one, other in session.connection().execute(told, {IDS: sorted(asked)}):
        found[one].add(other)
    return found


def _counted(session: Session, marks: Iterable[str]) -> Counter[str]:
    """How many customers have each of these marks."""
    asked = select(_marks.c.mark, func.count()).where(among(_marks.c.mark)).group_by(_marks.c.mark)
    found: Counter[str] = Counter()
    for mark, many in session.connection().execute(asked, {IDS: sorted(marks)}):
        found[mark] = many
    return found


def told(one: Likeness, apart: Collection[frozenset[str]]) -> Row:
    """A likely pair as the list keeps it."""
    evidence = tuple((each.kind.value, each.points) for each in one.evidence)
    return one.one, one.other, -one.score, evidence, frozenset((one.one, one.other)) in apart


def stored(row: Any) -> Row:
    """A pair of the list, to be compared with what is told."""
    one, other, rank, evidence, again = row
    return one, other, rank, tuple((kind, points) for kind, points in evidence), again


class _Comparing:
    """Some customers beside all those who share something with them, or did."""

    def __init__(
        self,
        session: Session,
        ids: Collection[str],
        changed: Collection[str],
        known: dict[str, Profile],
        now: datetime,
    ) -> None:
        self._session, self._ids = session, ids
        self._marks = {mark for some in marks_of(session, ids).values() for mark in some}
        self._marks.update(changed)
        self._many = _counted(session, self._marks)
        few = [mark for mark in self._marks if not rules.is_common(self._many[mark])]
        beside = {*ids, *having(session, few)} - known.keys()
        more = {one.id: one for one in likely.profiles(session, beside)}
        self._profiles = {**known, **more}
        self._keys = {
            pk: {rules.mark_of(key): key for key in rules.keys_of(one)}
            for pk, one in self._profiles.items()
        }
        self._apart = likely.apart(session)
        self._weights = catalog.numbers(session, likely.RULE_SET, local_day(now), rules.WEIGHTS)

    def write(self) -> None:
        """Make the list say of them what is so."""
        self._write_pairs()
        self._write_numbers()

    def _write_pairs(self) -> None:
        common = {
            key
            for some in self._keys.values()
            for mark, key in some.items()
            if rules.is_common(self._many[mark])
        }
        likely_now = rules.likely(
            self._profiles.values(), self._apart, self._weights, common=common, among=self._ids
        )
        found = {told(one, self._apart) for one in likely_now}
        stood = self._stored_pairs()
        gone = {one[:2] for one in stood} - {one[:2] for one in found}
        for some in chunks(sorted(gone), 200):
            both = [(_pairs.c.one_id == one) & (_pairs.c.other_id == other) for one, other in some]
            self._session.connection().execute(delete(_pairs).where(or_(*both)))
        rows = [
            (*one[:3], [list(each) for each in one[3]], one[4]) for one in sorted(found - stood)
        ]
        if rows:
            names = ("one_id", "other_id", "rank", "evidence", "again")
            columns = list(zip(*rows, strict=True))
            bulk.put(self._session, _pairs, names, columns, "one_id", "other_id")
        touch(self._session, _pairs.name)

    def _stored_pairs(self) -> set[Row]:
        stood: set[Row] = set()
        for column in (_pairs.c.one_id, _pairs.c.other_id):
            asked = select(_pairs).where(among(column))
            rows = self._session.connection().execute(asked, {IDS: sorted(self._ids)})
            stood.update(map(stored, rows))
        return stood

    def _write_numbers(self) -> None:
        """Which of their numbers, and of those they had, are a household's or a company's."""
        having: dict[str, list[Profile]] = defaultdict(list)
        numbers: dict[str, Key] = {}
        for pk, some in self._keys.items():
            for mark, key in some.items():
                if mark in self._marks and key[0] in NUMBERS:
                    having[mark].append(self._profiles[pk])
                    numbers[mark] = key
        found = {
            mark: (kind.value, number, self._many[mark])
            for mark, (kind, number) in numbers.items()
            if rules.is_common(self._many[mark]) or rules.are_several(having[mark], self._apart)
        }
        connection = self._session.connection()
        # Of what somebody has lost and many still have, nobody who has it is at hand.
        many = {mark for mark in self._marks - numbers.keys() if rules.is_common(self._many[mark])}
        for mark in sorted(many):
            counted = update(_numbers).where(_numbers.c.mark == mark)
            connection.execute(counted.values(people=self._many[mark]))
        gone = sorted(self._marks - found.keys() - many)
        connection.execute(delete(_numbers).where(among(_numbers.c.mark)), {IDS: gone})
        rows = [(mark, *told) for mark, told in sorted(found.items())]
        if rows:
            names = ("mark", "kind", "number", "people")
            bulk.put(self._session, _numbers, names, list(zip(*rows, strict=True)), "mark")
        touch(self._session, _numbers.name)
