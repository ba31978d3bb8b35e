"""Which stored order a row speaks of, and which order a line belongs to.

A number that a spreadsheet rounded never says who is who. It only tells rows apart: two rows
whose numbers cannot be the same are two orders. What an order is recognised by is its
fingerprint: shop, creation time to the minute and buyer, which never change; where the number
keeps fewer than fifteen digits also the total and the titles. An export lists an order once, so
two rows of one file are two orders unless they are alike in everything.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lumi_desk.imports import rules
from lumi_desk.imports.columns import Bad, ItemRow, OrderRow, Reason
from lumi_desk.imports.rules import Number


@dataclass
class Known:
    """An order of the hub, as it was stored and as it is to be.

    `order` and `trace` hold the values by column; `row` is the newest row that claimed it in the
    file at hand.
    """

    order: dict[str, Any]
    trace: dict[str, Any]
    number: Number
    fresh: bool
    changed: bool = False
    traced: bool = False
    row: OrderRow | None = None
    claimed_in: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The order's id."""
        return str(self.order["id"])


def key_of(row: OrderRow) -> str:
    """The key of a new order. Rows that are no twins have different keys."""
    if row.number.rounded:
        return f"{row.shop}~{fingerprint(row)}"
    if row.number.running:
        return f"{row.shop}:{row.number.text}@{rules.minute_of(row.created_at):%Y%m%d%H%M}"
    return named_key(row.shop, row.number.text)


def named_key(shop: str, number: str) -> str:
    """The key of an order that its platform's number names."""
    return f"{shop}:{number}"


def fingerprint(row: OrderRow) -> str:
    """A short hash of what never changes about an order, for orders without a usable number."""
    minute = rules.minute_of(row.created_at).isoformat()
    parts = (row.shop, minute, row.nick, row.open_user, row.title, str(row.total_fen))
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


class Book:
    """The orders of one shop, found by number or by fingerprint."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._by_number: dict[str, Known] = {}
        self._by_minute: dict[datetime, list[Known]] = defaultdict(list)
        self._keys: set[str] = set()
        for one in known:
            self.add(one)

    def add(self, one: Known) -> None:
        """Take an order in. A twin of another one gets a key of its own."""
        key, n = str(one.order["key"]), 1
        while one.fresh and one.order["key"] in self._keys:
            n += 1
            one.order["key"] = f"{key}-{n}"
        self._keys.add(str(one.order["key"]))
        self._by_minute[rules.minute_of(one.order["created_at"])].append(one)
        self.renumber(one)

    def renumber(self, one: Known) -> None:
        """Find an order by its exact number from now on."""
        if not (one.number.rounded or one.number.running):
            self._by_number[one.number.text] = one

    def find(self, row: OrderRow) -> Known | None:
        """The order that a row speaks of; None if it is a new one.

        Raises Bad when the row repeats another one of its file, or fits several orders.
        """
        exact = None if row.number.running else self._by_number.get(row.number.text)
        if exact is not None and not row.number.rounded:
            return _unless_repeated(exact, row)
        around = self._by_minute.get(rules.minute_of(row.created_at), ())
        fitting = [one for one in around if _fits(one, row)]
        free = [one for one in fitting if row.file not in one.claimed_in]
        if free:
            return _best(free, row)
        for one in fitting:
            if not row.number.rounded or _alike(one, row):
                return _unless_repeated(one, row)
        return None


def _unless_repeated(one: Known, row: OrderRow) -> Known:
    if row.file in one.claimed_in:
        at = f"line {one.row.line}" if one.row else row.file
        nick = one.order["nick"]
        if nick and row.nick and nick != row.nick:
            raise Bad(Reason.OTHER_BUYER, found=at)
        raise Bad(Reason.REPEATED, found=at, what="order")
    return one


def _fits(one: Known, row: OrderRow) -> bool:
    order = one.order
    if one.number.running != row.number.running or not one.number.may_be(row.number):
        return False
    if order["nick"] and row.nick and order["nick"] != row.nick:
        return False
    if not (one.number.coarse or row.number.coarse):
        return True
    titles_agree = not (order["title"] and row.title) or order["title"] == row.title
    return titles_agree and bool(order["total_fen"] == row.total_fen)


def _alike(one: Known, row: OrderRow) -> bool:
    return one.row is not None and one.row._replace(line=row.line) == row


def _likeness(one: Known, row: OrderRow) -> tuple[bool, ...]:
    order = one.order
    paid = order["paid_at"] and rules.minute_of(order["paid_at"])
    return (
        one.number.value == row.number.value,
        order["total_fen"] == row.total_fen,
        order["title"] == row.title,
        paid == (row.paid_at and rules.minute_of(row.paid_at)),
    )


def _best(fitting: Sequence[Known], row: OrderRow) -> Known:
    ranked = sorted(fitting, key=lambda one: _likeness(one, row), reverse=True)
    first = ranked[0]
    for other in ranked[1:]:
        same = _likeness(other, row) == _likeness(first, row)
        if same and not _twins(first, other):
            raise Bad(Reason.AMBIGUOUS, found=row.number.text)
    return first


def _twins(one: Known, other: Known) -> bool:
    # Which of two orders without any difference a row means makes none either.
    told = ("total_fen", "title", "paid_at", "status", "refund_fen", "nick")
    return all(one.order[name] == other.order[name] for name in told)


# Number as its file shows it, joined titles, order id.
Candidate = tuple[Number, str, str]


class Candidates(Protocol):
    """The orders that lines may belong to; `window` is the coarsest unit of their numbers."""

    @property
    def window(self) -> int: ...

    def with_text(self, text: str) -> set[str]: ...

    def between(self, low: int, high: int) -> Iterable[Candidate]: ...


class Listed:
    """A few orders, in memory."""

    def __init__(self, orders: Iterable[Candidate]) -> None:
        self._orders = sorted(orders, key=lambda one: one[0].value)
        self._values = [number.value for number, _, _ in self._orders]
        self.window = max((number.unit for number, _, _ in self._orders), default=0)
        self._by_text: dict[str, set[str]] = defaultdict(set)
        for number, _, order_id in self._orders:
            self._by_text[number.text].add(order_id)

    def with_text(self, text: str) -> set[str]:
        """The ids of the orders with this number."""
        return self._by_text.get(text, set())

    def between(self, low: int, high: int) -> Iterable[Candidate]:
        """The orders whose numbers lie there."""
        return self._orders[bisect_left(self._values, low) : bisect_right(self._values, high)]


class Joiner:
    """Finds the order of a line by number, by a rounded one only where nothing else fits."""

    def __init__(self, orders: Candidates) -> None:
        self._orders = orders
        self._near: dict[str, dict[str, str]] = {}

    def order_of(self, item: ItemRow) -> str:
        """The order's id. Raises Bad if there is none, or several."""
        number = item.number
        if not (number.rounded or self._orders.window):
            found = self._orders.with_text(number.text)
        else:
            found = self._closest(item)
        if not found:
            raise Bad(Reason.NO_ORDER, found=number.text)
        if len(found) > 1:
            raise Bad(Reason.AMBIGUOUS, found=number.text)
        return next(iter(found))

    def _closest(self, item: ItemRow) -> set[str]:
        near = self._near.get(item.number.text)
        if near is None:
            near = self._near[item.number.text] = self._around(item.number)
        if len(near) < 2:
            return set(near)
        titled = {one for one, titles in near.items() if item.title in titles}
        return titled if len(titled) == 1 else set(near)

    def _around(self, number: Number) -> dict[str, str]:
        reach = max(number.unit, self._orders.window)
        near = self._orders.between(number.value - reach, number.value + reach)
        return {
            order_id: titles
            for other, titles, order_id in near
            if other.text == number.text or _overlap(other, number)
        }


def _overlap(one: Number, other: Number) -> bool:
    # One program saved both files, so equal numbers were rounded alike.
    return abs(one.value - other.value) < max(one.unit, other.unit)
