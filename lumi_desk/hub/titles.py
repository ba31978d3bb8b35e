"""Product titles that nobody knows: which they are by what they sold, and settling them, once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Product, Setting, SettledTitle
from lumi_desk.catalog.titles import TOLD, Meaning, differing
from lumi_desk.customers.rules import Line, spoken_line
from lumi_desk.errors import LumiError
from lumi_desk.hub import booking, outlooks
from lumi_desk.hub.classifying import Changes, classify
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import chunks
from lumi_desk.storage.store import touch
from lumi_desk.sync import feed

_CLOSED, _EVER = "closed", date(2000, 1, 1)
_LINES: Any = OrderLine.__table__
_ORDERS: Any = Order.__table__
_SETTLED: Any = SettledTitle.__table__


class UnknownLine(LumiError):
    """A line that does not exist."""

    title = "“{line}” is no line of products (title “{title}”)"
    advice = "Nothing was changed. A line is one of: {lines}."


class UnknownProduct(LumiError):
    """A product that is not in the catalogue."""

    title = "The catalogue has no product with the code “{code}” (title “{title}”)"
    advice = "Nothing was changed. Give the code of a product, or only the line."


class NothingSold(LumiError):
    """A title that stands in no order."""

    title = "No order holds the title “{title}”"
    advice = "Nothing was changed. Copy it from lumi-hub titles list, whole."


@dataclass(frozen=True, slots=True)
class Untold:
    """A title that nobody knows: how often it was sold, and for how much by its list price."""

    title: str
    fen: int
    units: int
    orders: int


@dataclass(frozen=True, slots=True)
class Settling:
    """What is to be settled about a title: its line, or the code of the product it names."""

    title: str
    line: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did: order lines that changed, and the customers that moved."""

    lines: int
    changes: Changes


def unclassified(session: Session) -> list[Untold]:
    """The titles that catalogue, patterns and manager say nothing of, most sold first."""
    found: dict[str, Untold] = {}
    for title, fen, units, orders in (*_of_lines(session), *_of_orders(session)):
        if spoken_line(title) is None:
            before = found.get(title, Untold(title, 0, 0, 0))
            # A server gives sums of big numbers as decimals.
            sold = before.fen + int(fen), before.units + int(units), before.orders + orders
            found[title] = Untold(title, *sold)
    return sorted(found.values(), key=lambda one: (-one.fen, one.title))


def _of_lines(session: Session) -> Sequence[Any]:
    fen = func.sum(_LINES.c.price_fen * _LINES.c.units)
    asked = (
        select(
            _LINES.c.title,
            fen,
            func.sum(_LINES.c.units),
            func.count(_LINES.c.order_id.distinct()),
        )
        .where(
            _LINES.c.product_id.is_(None),
            _LINES.c.status != _CLOSED,
            ~exists().where(_SETTLED.c.title == _LINES.c.title),
        )
        .group_by(_LINES.c.title)
    )
    return session.connection().execute(asked).all()


def _of_orders(session: Session) -> Sequence[Any]:
    """Titles of orders whose lines were never imported."""
    many = func.count()
    asked = (
        select(_ORDERS.c.title, func.sum(_ORDERS.c.paid_fen), many, many)
        .where(
            _ORDERS.c.title != "",
            _ORDERS.c.paid_fen > 0,
            ~exists().where(_LINES.c.order_id == _ORDERS.c.id),
            ~exists().where(_SETTLED.c.title == _ORDERS.c.title),
        )
        .group_by(_ORDERS.c.title)
    )
    return session.connection().execute(asked).all()


def settle(session: Session, told: Iterable[Settling], now: datetime) -> Settled:
    """Keep what titles mean, and let everything that was ever sold under them follow.

    The session must be watched; what changed is published. Raises UnknownLine, UnknownProduct or
    NothingSold; then nothing may be kept.
    """
    meanings = _meanings(session, told)
    _keep(session, meanings, now)
    found, buyers = _lines_of(session, [*meanings]), _buyers(session, [*meanings])
    for title in meanings:
        if title not in found and title not in buyers:
            raise NothingSold(title=title)
    changed: dict[Meaning, list[_Sold]] = defaultdict(list)
    for title, meaning in meanings.items():
        hers = found.get(title, ())
        changed[meaning] += [one for one in hers if not one.known and one.meaning != meaning]
    for meaning, some in changed.items():
        _change(session, [one.id for one in some], meaning)
    lines = [one.id for some in changed.values() for one in some]
    orders = {one.order_id for some in changed.values() for one in some}
    customers = set[str]().union(*buyers.values())
    pairs = booking.book(session, orders)
    changed_for = {*customers, *_customers(session, lines)} - {""}
    changes = classify(session, changed_for, now)
    outlooks.renew(session, changed_for, now)
    touched = {*(("order_line", one) for one in lines), *pairs, *changes.pairs, *tell(session)}
    feed.publish(session, touched)
    return Settled(len(lines), changes)


def tell(session: Session) -> list[feed.Pair]:
    """Bring what desks know of settled titles up to date. Returns what to publish."""
    lines, row = differing(session), session.get(Setting, TOLD)
    if lines == (row.body if row is not None else {}):
        return []
    if row is None:
        # It holds for whatever was sold ever.
        row = Setting(id=TOLD, rule_set=TOLD, effective=_EVER, body=lines)
        session.add(row)
    row.body = lines
    session.flush()
    return [("setting", TOLD)]


@dataclass(frozen=True, slots=True)
class _Sold:
    """An order line under a title; `known` says that the catalogue names its product."""

    id: str
    order_id: str
    meaning: Meaning
    known: bool


def _meanings(session: Session, told: Iterable[Settling]) -> dict[str, Meaning]:
    products = {row.code: row for row in session.scalars(select(Product)) if row.code}
    meanings = {}
    for one in told:
        if one.code:
            product = products.get(one.code)
            if product is None:
                raise UnknownProduct(code=one.code, title=one.title)
            meanings[one.title] = Meaning(product.line or Line.OTHER.value, product.id)
        elif one.line in set(Line):
            meanings[one.title] = Meaning(one.line)
        else:
            raise UnknownLine(line=one.line, title=one.title, lines=", ".join(Line))
    return meanings


def _keep(session: Session, meanings: Mapping[str, Meaning], now: datetime) -> None:
    for some in chunks([*meanings]):
        session.execute(delete(SettledTitle).where(SettledTitle.title.in_(some)))
    rows = [
        {"title": title, "line": one.line, "product_id": one.product_id, "at": now}
        for title, one in meanings.items()
    ]
    if rows:
        session.execute(insert(SettledTitle), rows)


def _lines_of(session: Session, titles: Sequence[str]) -> dict[str, list[_Sold]]:
    """What was sold in lines under each title, where anything was."""
    codes = select(Product.code).where(Product.code != "")
    asked = select(
        _LINES.c.title,
        _LINES.c.id,
        _LINES.c.order_id,
        _LINES.c.line,
        _LINES.c.product_id,
        _LINES.c.code.in_(codes).label("known"),
    )
    found: dict[str, list[_Sold]] = defaultdict(list)
    for some in chunks(titles):
        rows = session.connection().execute(asked.where(_LINES.c.title.in_(some)))
        for title, one, order_id, line, product_id, known in rows:
            sold = _Sold(one, order_id, Meaning(line, product_id), bool(known))
            found[title].append(sold)
    return found


def _buyers(session: Session, titles: Sequence[str]) -> dict[str, set[str]]:
    """Who bought under titles that stand in the order itself; "" for nobody known."""
    asked = select(_ORDERS.c.title, _ORDERS.c.customer_id).distinct()
    found: dict[str, set[str]] = defaultdict(set)
    for some in chunks(titles):
        rows = session.connection().execute(asked.where(_ORDERS.c.title.in_(some)))
        for title, customer_id in rows:
            found[title].add(customer_id or "")
    return found


def _change(session: Session, ids: Sequence[str], meaning: Meaning) -> None:
    told = {"line": meaning.line, "product_id": meaning.product_id}
    for some in chunks(ids):
        session.connection().execute(update(_LINES).where(_LINES.c.id.in_(some)).values(**told))
    if ids:
        touch(session, OrderLine.__tablename__)
        session.expire_all()


def _customers(session: Session, lines: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(lines):
        asked = select(_LINES.c.customer_id).where(_LINES.c.id.in_(some))
        found.update(one for one in session.connection().scalars(asked) if one)
    return found
