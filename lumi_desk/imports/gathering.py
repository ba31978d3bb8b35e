"""Exports with one row for every product: rows of one order become the order and its lines.

JD repeats the order's amounts on every row, Douyin gives every row its own; a row alone is never
the order. Where the rows of an order contradict each other, or one of them cannot be read while
amounts are to be added up, the whole order is left out: half an order would be a wrong sum.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lumi_desk.imports import columns, readers, rules
from lumi_desk.imports.columns import Cells, ItemRow, LeftOut, OrderRow, Reason
from lumi_desk.imports.headers import Amounts, Platform, plain_header
from lumi_desk.imports.lines import Line
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.shares import Share, as_kept, summed
from lumi_desk.imports.states.rules import OrderStatus
from lumi_desk.storage.spool import Heap, Marks, Spool

_MONEY = ("total_fen", "paid_fen", "refund_fen")
_BUYER = ("nick", "open_user", "member")
_GIVEN_BACK = ("退款成功", "已退款", "已全额退款")
Key = tuple[str, str]


class _Part(NamedTuple):
    """One row: what it says of its order, and the product it is about.

    `written` is a hash of its cells, by which rows alike in everything are known.
    """

    order: OrderRow
    item: ItemRow
    written: bytes = b""

    @property
    def key(self) -> Key:
        # Rounded numbers of two orders may be alike; their times of creation tell them apart.
        number = self.order.number
        return number.text, self.order.created_at.isoformat() if number.rounded else ""


Fact = OrderRow | ItemRow | LeftOut


class Gathering:
    """The rows of such an export, put together by order. Every row left out is told once."""

    def __init__(self, sheet: Sheet, shop: str | None, spool: Spool) -> None:
        self._sheet, self._shop = sheet, shop
        self._parts: Heap[_Part] = Heap(spool)
        self._broken = Marks(spool)
        names = "\x1f".join(map(plain_header, sheet.header))
        self._family = _short_hash(names)

    def take(self, line: Line, cells: Cells) -> LeftOut | None:
        """Take a row in, with its cells by field. Returns why it is left out, if it is."""
        found = readers.fact_of(self._sheet, line, cells, self._part)
        if not isinstance(found, LeftOut):
            written = hashlib.blake2b(repr(line.cells).encode("utf-8", "replace"), digest_size=16)
            part = found._replace(written=written.digest())
            self._parts.add("\x1f".join(part.key), part, line.number)
            return None
        number = rules.number(cells.get("number", ""))
        if number is not None and self._sheet.amounts is not Amounts.ORDER:
            # Where the rows of an order are added up, all of them must be there.
            self._broken.add(number.text)
        return found

    def facts(self) -> Iterator[Fact]:
        """The orders, their lines, and the rows that are left out now that all are known."""
        for _, rows in self._parts.by_key():
            kept, repeated = _without_repeats(rows)
            yield from repeated
            if problem := _problem(kept, self._sheet, self._broken):
                reason, params = problem
                yield from (_left_out(one.item, reason, **params) for one in kept)
                continue
            yield self._order(kept)
            yield from (one.item for one in kept)

    def _order(self, rows: Sequence[_Part]) -> OrderRow:
        told = [_share(row) for row in rows]
        if self._sheet.amounts is Amounts.ORDER:
            return _order(rows, summed(told, told[:1]))
        priced = "price" in dict(self._sheet.places)
        return _order(rows, summed(told))._replace(
            family=f"{self._family}~" if any(map(_is_rounded, rows)) else self._family,
            shares=tuple(zip(_lines(rows, priced=priced), map(as_kept, told), strict=True)),
        )

    def _part(self, file: str, line: int, cells: Cells) -> _Part:
        return _part(file, line, cells, sheet=self._sheet, shop=self._shop)


def _part(file: str, line: int, cells: Cells, *, sheet: Sheet, shop: str | None) -> _Part:
    """The facts of one row. Raises Bad."""
    order = columns.order_row(file, line, cells, shop or (sheet.platform or None))
    order = order._replace(channel=sheet.platform.value)
    item = columns.item_row(file, line, {"price": "0", **cells})
    if "price" not in cells:
        item = item._replace(price_fen=order.total_fen // item.units)
    if sheet.platform is not Platform.UNTOLD:
        order = _settled(order, cells)
        item = item._replace(status=order.status)
    return _Part(order, item)


def _settled(row: OrderRow, cells: Cells) -> OrderRow:
    """JD and Douyin have no column for money given back: a closed order's was, once paid."""
    after_sale = cells.get("after_sale", "")
    given_back = any(words in after_sale for words in _GIVEN_BACK)
    status = OrderStatus.CLOSED if given_back else row.status
    paid_at = row.paid_at
    if paid_at is None and status is OrderStatus.DONE:
        # Paid to the courier: nobody finishes an order without it.
        paid_at = row.confirmed_at or row.created_at
    due = row.paid_fen + row.refund_fen if "payable" in cells else row.total_fen
    paid = due if paid_at else 0
    if status is OrderStatus.CLOSED:
        return row._replace(status=status, paid_at=paid_at, paid_fen=0, refund_fen=paid)
    return row._replace(status=status, paid_at=paid_at, paid_fen=0 if row.unsold else paid)


def _without_repeats(rows: Sequence[_Part]) -> tuple[list[_Part], list[LeftOut]]:
    """Each line once: two rows alike in everything, or of one sub-order, are one line."""
    first: dict[object, _Part] = {}
    repeated = []
    for row in rows:
        told = row.item.own_number or row.written
        if told in first:
            at = f"line {first[told].item.line}"
            repeated.append(_left_out(row.item, Reason.REPEATED, found=at, what="line"))
        else:
            first[told] = row
    return list(first.values()), repeated


def _problem(
    rows: Sequence[_Part], sheet: Sheet, broken: Marks
) -> tuple[Reason, dict[str, str]] | None:
    number = rows[0].order.number.text
    if broken.has(number):
        return Reason.BROKEN_ORDER, {"found": number}
    alike = (*_MONEY, *_BUYER) if sheet.amounts is Amounts.ORDER else _BUYER
    for name in alike:
        if len({getattr(row.order, name) for row in rows}) > 1:
            return Reason.DISAGREE, {"found": number, "column": sheet.title_of(name)}
    return None


def _left_out(item: ItemRow, reason: Reason, **params: str) -> LeftOut:
    return LeftOut(item.file, item.line, reason, tuple(sorted(params.items())))


def _order(rows: Sequence[_Part], found: Share) -> OrderRow:
    """One order of its rows, of which something was found out together."""
    orders = [row.order for row in rows]
    return orders[0]._replace(
        title=found.title,
        status=found.status,
        status_words=found.status_words,
        close_words=found.close_words,
        total_fen=found.total_fen,
        paid_fen=found.paid_fen,
        refund_fen=found.refund_fen,
        goods_fen=found.goods_fen,
        postage_fen=found.postage_fen,
        paid_at=found.paid_at,
        confirmed_at=found.confirmed_at,
        created_at=min(order.created_at for order in orders),
        receiver=next((order.receiver for order in orders if order.receiver), ""),
        phone=next((order.phone for order in orders if order.phone), ""),
        unsold=all(order.unsold for order in orders),
        by_card=all(order.by_card for order in orders),
    )


def _share(row: _Part) -> Share:
    order = row.order
    return Share(
        title=row.item.title,
        status=order.status,
        status_words=order.status_words,
        close_words=order.close_words,
        total_fen=order.total_fen,
        paid_fen=order.paid_fen,
        refund_fen=order.refund_fen,
        goods_fen=order.goods_fen,
        postage_fen=order.postage_fen,
        paid_at=order.paid_at,
        confirmed_at=order.confirmed_at,
    )


def _lines(rows: Sequence[_Part], *, priced: bool) -> Iterator[str]:
    """What tells each line from the others of its order, in any file of the family.

    `priced` where a column tells prices: lines that cost nothing are gifts there.
    """
    seen: Counter[str] = Counter()
    for row in rows:
        item = row.item
        told = item.own_number
        if not told:
            # Titles are changed now and then, codes are not; a gift may be one of what was bought.
            what = (item.code or item.title, item.spec, item.package)
            told = _short_hash(
                "\x1f".join((*what, "free" if priced and not item.price_fen else ""))
            )
            seen[told] += 1
            told += f"/{seen[told]}"
        yield told


def _is_rounded(row: _Part) -> bool:
    own = rules.number(row.item.own_number) if row.item.own_number else None
    return row.order.number.rounded or (own is not None and own.rounded)


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6).hexdigest()
