"""What is to be expected of customers, kept beside them: to find, order and add up by it.

A desk reckons it where it shows it. Of a whole centre that would take seconds at every look, so it
is kept here, and reckoned anew with whatever changes it: an import, a decision, the night.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.cards import service as cards
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog import shelf
from lumi_desk.catalog.service import Ware
from lumi_desk.clock import local_day
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import RUN_OUT, RunOutSettings, used_up
from lumi_desk.customers.tables import Customer, Outlook
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import ValueSettings, expected_fen
from lumi_desk.orders import service as orders
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among, in_pieces
from lumi_desk.storage.store import touch

_AT_ONCE = 2000
_customers: Any = Customer.__table__
_outlooks: Any = Outlook.__table__
_NAMES = ("id", "brought_fen", "expected_fen", "runs_out")
Row = tuple[str, int, int, date | None]


@dataclass(frozen=True)
class _Known:
    """What is looked up once for everybody."""

    now: datetime
    learned: ValueSettings
    run_out: RunOutSettings
    wares: dict[str, Ware]
    loads: frozenset[str]

    @property
    def today(self) -> date:
        return local_day(self.now)


def renew(session: Session, customer_ids: Iterable[str] | None, now: datetime) -> int:
    """Reckon it anew for these customers (None: for all). Returns for how many it changed."""
    known = _Known(
        now,
        value.settings(session, now),
        shelf.usable(session, "run_out", local_day(now), RUN_OUT),
        catalog.products(session),
        cards.loading_orders(session),
    )
    ids = sorted(set(customer_ids)) if customer_ids is not None else _all_ids(session)
    return sum(_renew(session, some, known) for some in in_pieces(ids, _AT_ONCE))


def catch_up(session: Session, now: datetime) -> int:
    """Reckon for those who have bought, and of whom nothing is kept. Returns how many they are."""
    kept = select(_outlooks.c.id)
    asked = select(_customers.c.id).where(
        _customers.c.last_paid_at.is_not(None), _customers.c.id.not_in(kept)
    )
    return renew(session, list(session.scalars(asked)), now)


def _renew(session: Session, ids: Sequence[str], known: _Known) -> int:
    reckoned = _reckoned(session, ids, known)
    asked = select(*(_outlooks.c[name] for name in _NAMES)).where(among(_outlooks.c.id))
    stood = {row[0]: tuple(row) for row in session.execute(asked, {IDS: ids})}
    gone = [one for one in stood if one not in reckoned]
    better = [row for one, row in reckoned.items() if stood.get(one) != row]
    bulk.insert(session, _outlooks, [dict(zip(_NAMES, row, strict=True)) for row in better], "id")
    if gone:
        session.execute(delete(Outlook).where(among(_outlooks.c.id)), {IDS: gone})
        touch(session, Outlook.__tablename__)
    return len(better) + len(gone)


def _reckoned(session: Session, ids: Sequence[str], known: _Known) -> dict[str, Row]:
    """Of those of them who have bought anything."""
    names = ("id", "pool", "grade", "household", "year_fen")
    asked = select(*(_customers.c[name] for name in names)).where(among(_customers.c.id))
    hers = {row.id: row for row in session.execute(asked, {IDS: ids})}
    years = {one: row.year_fen for one, row in hers.items()}
    brought = value.everybody(session, known.now, years, only=ids)
    since = known.now - run_outs.ORDERS_BACK
    latest = orders.latest(session, since, known.loads, only=ids)
    found: dict[str, Row] = {}
    for one, sums in brought.items():
        if one in hers:
            row, last = hers[one], latest.get(one)
            expected = expected_fen(sums, row.pool, row.grade, known.today, known.learned)
            taken = run_outs.taken(last, row.household, known.wares)
            found[one] = (one, sums.fen, expected, used_up(taken, known.run_out))
    return found


def _all_ids(session: Session) -> list[str]:
    """Everybody, and who is kept but is here no longer."""
    here, kept = select(_customers.c.id), select(_outlooks.c.id)
    return list(session.scalars(here.union(kept)))
