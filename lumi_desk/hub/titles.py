"""Settling what product titles mean, once, and taking it back: all that was sold follows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import DecidedTitle, Product, Setting, SettledTitle, TitleDecision
from lumi_desk.catalog.titles import TOLD, Meaning, Titles, differing
from lumi_desk.customers.rules import Line
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import booking, outlooks
from lumi_desk.hub.classifying import Changes, classify
from lumi_desk.hub.linking import NOBODY, Signed
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import chunks
from lumi_desk.storage.store import touch
from lumi_desk.sync import feed

_EVER = date(2000, 1, 1)
# Neither of high margin nor a product.
_NOTHING = (False, None)
_PATTERNS = Titles({})
_LINES: Any = OrderLine.__table__
_ORDERS: Any = Order.__table__


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

    title = N_("No order holds the title “{title}”")
    advice = N_("Nothing was changed. Copy it from the list of titles, whole.")


@dataclass(frozen=True, slots=True)
class Settling:
    """What is to be settled about a title: its line, or the code of the product it names.

    `high_margin` goes with a line; of a product the catalogue says it.
    """

    title: str
    line: str = ""
    code: str = ""
    high_margin: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did: order lines that changed, and the customers that moved."""

    lines: int
    changes: Changes


def settle(
    session: Session, told: Iterable[Settling], now: datetime, signed: Signed = NOBODY
) -> Settled:
    """Keep what titles mean, and let everything that was ever sold under them follow.

    The session must be watched; what changed is published. What means the same is one decision,
    made as `signed` says. Raises UnknownLine, UnknownProduct or NothingSold; then nothing may be
    kept.
    """
    words = _words(session, told)
    sold = _Sales.of(session, [*words])
    for title in words:
        if title not in sold.lines and title not in sold.orders:
            raise NothingSold(title=title)
    _decide(session, words, now, signed)
    return _follow(session, words, sold, now)


def undo(session: Session, made: TitleDecision, now: datetime, by_id: str | None = None) -> Settled:
    """Take a decision back: its titles mean what the decision before said, else what words say.

    A title about which somebody decided later keeps that. The session must be watched; what
    changed is published.
    """
    made.undone_at, made.undone_by = now, by_id
    session.flush()
    asked = select(DecidedTitle.title).where(DecidedTitle.decision_id == made.id)
    words: dict[str, _Word | None] = dict.fromkeys(session.scalars(asked))
    words |= _standing(session, [*words])
    return _follow(session, words, _Sales.of(session, [*words]), now)


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
class _Word:
    """What was said of a title."""

    meaning: Meaning
    high_margin: bool = False


@dataclass(frozen=True, slots=True)
class _Sold:
    """An order line under a title; `known` says that the catalogue names its product."""

    id: str
    order_id: str
    meaning: Meaning
    known: bool


@dataclass(frozen=True, slots=True)
class _Sales:
    """By title: the lines under it; and the orders that have it themselves, with their buyers.

    A buyer is "" where nobody is known.
    """

    lines: Mapping[str, Sequence[_Sold]]
    orders: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, session: Session, titles: Sequence[str]) -> "_Sales":
        return cls(_lines_of(session, titles), _orders_of(session, titles))

    def orders_of(self, title: str) -> set[str]:
        """Every order whose money the title decides about."""
        lines = (one.order_id for one in self.lines.get(title, ()) if not one.known)
        return {*lines, *self.orders.get(title, ())}


def _words(session: Session, told: Iterable[Settling]) -> dict[str, _Word]:
    products = {row.code: row for row in session.scalars(select(Product)) if row.code}
    words = {}
    for one in told:
        if one.code:
            product = products.get(one.code)
            if product is None:
                raise UnknownProduct(code=one.code, title=one.title)
            words[one.title] = _Word(Meaning(product.line or Line.OTHER.value, product.id))
        elif one.line in set(Line):
            words[one.title] = _Word(Meaning(one.line), one.high_margin)
        else:
            raise UnknownLine(line=one.line, title=one.title, lines=", ".join(Line))
    return words


def _decide(session: Session, words: Mapping[str, _Word], now: datetime, signed: Signed) -> None:
    """Write down who said what, where it is not what is said already."""
    stood = _standing(session, [*words])
    alike: dict[_Word, list[str]] = defaultdict(list)
    for title, word in words.items():
        if word != stood.get(title):
            alike[word].append(title)
    for place, (word, some) in enumerate(alike.items()):
        told = {"line": word.meaning.line, "product_id": word.meaning.product_id}
        made = TitleDecision(
            id=signed.id if signed.id and not place else new_id(),
            at=now,
            by_id=signed.by_id,
            high_margin=word.high_margin,
            **told,
        )
        session.add(made)
        session.flush()
        rows = [{"decision_id": made.id, "title": title} for title in some]
        session.execute(insert(DecidedTitle), rows)


def _standing(session: Session, titles: Sequence[str]) -> dict[str, _Word | None]:
    """What the last decision about each title says that was not undone."""
    found: dict[str, _Word | None] = {}
    for some in chunks(titles):
        asked = (
            select(DecidedTitle.title, TitleDecision)
            .join(TitleDecision, TitleDecision.id == DecidedTitle.decision_id)
            .where(DecidedTitle.title.in_(some), TitleDecision.undone_at.is_(None))
            .order_by(TitleDecision.at, TitleDecision.id)
        )
        for title, made in session.execute(asked):
            found[title] = _Word(Meaning(made.line, made.product_id), made.high_margin)
    return found


def _follow(
    session: Session, words: Mapping[str, _Word | None], sold: _Sales, now: datetime
) -> Settled:
    """Let everything that was sold under these titles mean what is said; None: nothing is."""
    unlike = _keep(session, words, now)
    changed: dict[Meaning, list[_Sold]] = defaultdict(list)
    for title, word in words.items():
        meaning = word.meaning if word else _PATTERNS.meaning(title)
        hers = sold.lines.get(title, ())
        changed[meaning] += [one for one in hers if not one.known and one.meaning != meaning]
    for meaning, some in changed.items():
        _change(session, [one.id for one in some], meaning)
    lines = [one.id for some in changed.values() for one in some]
    # Of what is booked only the product and the high margin decide, not the line.
    orders = {
        one.order_id
        for meaning, some in changed.items()
        for one in some
        if one.meaning.product_id != meaning.product_id
    }
    orders.update(*map(sold.orders_of, unlike))
    buyers = {one for hers in sold.orders.values() for one in hers.values()}
    pairs = booking.book(session, orders)
    whose = {*buyers, *_customers(session, lines)} - {""}
    changes = classify(session, whose, now)
    outlooks.renew(session, whose, now)
    touched = {*(("order_line", one) for one in lines), *pairs, *changes.pairs, *tell(session)}
    feed.publish(session, touched)
    return Settled(len(lines), changes)


def _keep(session: Session, words: Mapping[str, _Word | None], now: datetime) -> list[str]:
    """Keep what holds now. Returns the titles of which another product or margin is said."""
    stood: dict[str, tuple[bool, str | None]] = {}
    held = select(SettledTitle.title, SettledTitle.high_margin, SettledTitle.product_id)
    for some in chunks(words):
        for title, margin, product_id in session.execute(held.where(SettledTitle.title.in_(some))):
            stood[title] = (margin, product_id)
        session.execute(delete(SettledTitle).where(SettledTitle.title.in_(some)))
    rows = [
        {
            "title": title,
            "line": word.meaning.line,
            "product_id": word.meaning.product_id,
            "at": now,
            "high_margin": word.high_margin,
        }
        for title, word in words.items()
        if word is not None
    ]
    if rows:
        session.execute(insert(SettledTitle), rows)
    said = {
        title: (word.high_margin, word.meaning.product_id) if word else _NOTHING
        for title, word in words.items()
    }
    return [title for title, told in said.items() if told != stood.get(title, _NOTHING)]


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


def _orders_of(session: Session, titles: Sequence[str]) -> dict[str, dict[str, str]]:
    """The orders that have a title themselves, each with who bought; "" for nobody known."""
    asked = select(_ORDERS.c.title, _ORDERS.c.id, _ORDERS.c.customer_id)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for some in chunks(titles):
        rows = session.connection().execute(asked.where(_ORDERS.c.title.in_(some)))
        for title, order_id, customer_id in rows:
            found[title][order_id] = customer_id or ""
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
