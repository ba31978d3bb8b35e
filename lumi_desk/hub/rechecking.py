"""Every night the list of likely pairs is held against what comparing everybody would find.

That only reads. Whoever it finds other than the list says is noted, and compared as after any
change: a decision that was made meanwhile is never undone by what was read before it.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import likely, proposing
from lumi_desk.identity import rules
from lumi_desk.identity.rules import Key, Profile
from lumi_desk.identity.tables import IdentityMark, ProposedPair, SharedNumber
from lumi_desk.storage.among import in_pieces
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import Store

# The marks of so many customers are at hand.
_AT_ONCE = 2000
_customers: Any = Customer.__table__
_pairs: Any = ProposedPair.__table__
_marks: Any = IdentityMark.__table__
_numbers: Any = SharedNumber.__table__


def recheck(store: Store, now: datetime) -> int:
    """Make the list say what comparing everybody finds.

    Returns how many customers it said something else of. Raises BadSetting.
    """
    proposing.catch_up(store, now)
    with store.read() as session:
        found = differing(session, now)
    with store.write() as session:
        proposing.note(session, sorted(found))
    proposing.catch_up(store, now)
    return len(found)


def differing(session: Session, now: datetime) -> set[str]:
    """The customers of whom the list says something else than comparing everybody would find.

    Raises BadSetting.
    """
    check = _Check(session, now)
    return check.gone() | check.marked() | check.paired() | check.numbered()


class _Check:
    """The lists beside what everybody is; those are kept at hand who share something."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._connection = session, session.connection()
        counted: Any = _SHARED.rows(self._connection, {})
        self._many: dict[str, int] = dict(counted)
        self._apart = likely.apart(session)
        self._weights = catalog.numbers(session, likely.RULE_SET, local_day(now), rules.WEIGHTS)
        self._sharing: dict[str, Profile] = {}
        self._keys: dict[str, Key] = {}
        self._having: dict[str, list[Profile]] = defaultdict(list)
        self._other: set[str] = set()

    def gone(self) -> set[str]:
        """Who stands in a list and is no customer any more."""
        return {one for (one,) in _GONE.rows(self._connection, {})}

    def marked(self) -> set[str]:
        """Whose marks are others than those that are kept."""
        for some in in_pieces(likely.each_profile(self._session), _AT_ONCE):
            stood = proposing.marks_of(self._session, [one.id for one in some])
            for one in some:
                keys = {rules.mark_of(key): key for key in rules.keys_of(one)}
                if keys.keys() != stood.get(one.id, set()):
                    self._other.add(one.id)
                elif shared := keys.keys() & self._many.keys():
                    self._share(one, {mark: keys[mark] for mark in shared})
        return self._other

    def paired(self) -> set[str]:
        """Those of whom two are a pair, or none, against what the list says."""
        common = {key for mark, key in self._keys.items() if rules.is_common(self._many[mark])}
        found = rules.likely(self._sharing.values(), self._apart, self._weights, common=common)
        told = {proposing.told(one, self._apart) for one in found}
        stood = {proposing.stored(row) for row in self._connection.execute(select(_pairs))}
        return {pk for one in told ^ stood for pk in one[:2]}

    def numbered(self) -> set[str]:
        """Whoever has a number that is a household's or a company's against what the list says."""
        found = {
            (mark, kind.value, number, self._many[mark])
            for mark, (kind, number) in self._own_numbers()
            if rules.is_common(self._many[mark])
            or rules.are_several(self._having[mark], self._apart)
        }
        stood = {tuple(row) for row in self._connection.execute(select(_numbers))}
        return set(proposing.having(self._session, {mark for mark, *_ in found ^ stood}))

    def _share(self, one: Profile, keys: dict[str, Key]) -> None:
        self._sharing[one.id] = one
        self._keys |= keys
        for mark in keys:
            self._having[mark].append(one)

    def _own_numbers(self) -> Iterator[tuple[str, Key]]:
        return ((mark, key) for mark, key in self._keys.items() if key[0] in proposing.NUMBERS)


_SHARED = Direct(
    select(_marks.c.mark, func.count()).group_by(_marks.c.mark).having(func.count() > 1)
)
_listed: Any = select(_marks.c.customer_id)
_ids = _listed.union(select(_pairs.c.one_id), select(_pairs.c.other_id)).subquery()
_GONE = Direct(select(_ids.c.customer_id).where(_ids.c.customer_id.not_in(select(_customers.c.id))))
