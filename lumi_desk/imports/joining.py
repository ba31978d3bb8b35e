"""Lines to their orders: first to those of the files at hand, else to those of the hub."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.imports.batch import LeftOuts
from lumi_desk.imports.columns import Bad, ItemRow, LeftOut, Reason
from lumi_desk.imports.matching import Candidate, Joiner, Known, Listed
from lumi_desk.imports.rules import Number
from lumi_desk.orders.tables import Order
from lumi_desk.storage.among import chunks
from lumi_desk.storage.spool import Heap, Spool

# The longest number there is; see rules.number().
_DIGITS = 64


class AtHand:
    """The orders of the files, by the numbers the files show, in the scratch file.

    `refused` are those that were not taken, by number, each with its row and the reason.
    """

    def __init__(self, spool: Spool) -> None:
        self.window = 0
        self.refused: Heap[LeftOut] = Heap(spool)
        self._by_text: Heap[str] = Heap(spool)
        self._by_value: Heap[Candidate] = Heap(spool)

    def add(self, orders: Sequence[Known]) -> None:
        """Some more: each by what is known of it now, and by the row that told of it last."""
        known = [(one.number, str(one.order["title"]), one.id) for one in orders]
        shown = [(row.number, row.title, one.id) for one in orders if (row := one.row)]
        for told in dict.fromkeys((*known, *shown)):
            number, _, order_id = told
            self.window = max(self.window, number.unit)
            self._by_text.add(number.text, order_id)
            self._by_value.add(_padded(number.value), told)

    def with_text(self, text: str) -> set[str]:
        """The ids of the orders with this number."""
        return set(self._by_text.of(text))

    def between(self, low: int, high: int) -> Iterator[Candidate]:
        """The orders whose numbers lie there."""
        return self._by_value.between(_padded(max(0, low)), _padded(high))


def joined(
    session: Session, items: Sequence[ItemRow], at_hand: AtHand, left_out: LeftOuts
) -> Iterator[tuple[str, ItemRow]]:
    """The id of each item's order, and the item; an item without an order is left out.

    The lines of a refused order are left out for its reason; a row that tells both is told once.
    """
    here, stored = Joiner(at_hand), Joiner(Listed(_stored_numbers(session, items)))
    for item in items:
        try:
            yield _order_of(item, here, stored), item
        except Bad as bad:
            told = LeftOut(item.file, item.line, bad.reason, bad.params)
            refused = at_hand.refused.of(item.number.text)
            if refused and bad.reason is Reason.NO_ORDER:
                told = replace(told, reason=refused[0].reason, params=refused[0].params)
            if told not in refused:
                left_out.add(told)


def _order_of(item: ItemRow, joiner: Joiner, stored: Joiner) -> str:
    try:
        return joiner.order_of(item)
    except Bad as bad:
        # A rounded number joins only the files that were rounded together.
        if bad.reason is not Reason.NO_ORDER or item.number.rounded or item.number.running:
            raise
        return stored.order_of(item)


def _stored_numbers(session: Session, items: Iterable[ItemRow]) -> list[Candidate]:
    table: Any = Order.__table__
    wanted = sorted({item.number.text for item in items if not item.number.rounded})
    found = []
    for some in chunks(wanted):
        asked = select(table.c.number, table.c.title, table.c.id).where(table.c.number.in_(some))
        for text, title, order_id in session.connection().execute(asked):
            found.append((Number(text, int(text) if text.isdigit() else 0), title, order_id))
    return found


def _padded(value: int) -> str:
    return f"{value:0{_DIGITS}d}"
