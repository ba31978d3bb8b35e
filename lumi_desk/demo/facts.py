"""What the month's records count: the facts behind boards, in the form the hub keeps them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from lumi_desk import clock
from lumi_desk.demo import records
from lumi_desk.demo.baskets import Lines, Shelf
from lumi_desk.demo.ledger import Books
from lumi_desk.reports.rules import Count, FactKind, Source, of_contact


class Counter:
    """Counts everything since `start`, the first instant of the month."""

    def __init__(self, shelf: Shelf, teams: dict[str, str], start: datetime) -> None:
        self.shelf, self.teams, self.start = shelf, teams, start
        self.facts: list[records.Fact] = []

    def books(self, books: Books) -> None:
        """Count what the books hold."""
        reps = {customer.id: customer.rep_id for customer in books.customers}
        lines = _known(books.lines)
        for order in books.orders:
            if order.created_at >= self.start or _since(order.delivered_at, self.start):
                self.order(order, reps[order.customer_id], tuple(lines[order.id]))
        for entry in books.card_entries:
            if entry.kind == "open" and entry.at >= self.start:
                fen = entry.principal_fen
                self.card(entry.id, reps[entry.customer_id], entry.at, fen, entry.customer_id)
        for contact in books.contacts:
            if contact.started_at >= self.start and contact.channel == "call":
                self._contact(contact)
        for one in books.callbacks:
            if one.done_at is None:
                promised = (Count(FactKind.PROMISED, units=1),)
                self.add(one.id, one.rep_id, one.due_at, one.customer_id, promised)

    def order(self, order: records.Order, rep_id: str, lines: Lines) -> None:
        """Count one kept order: when it was paid, and when it was delivered."""
        if order.paid_at is None or order.paid_fen == 0:
            return
        if order.paid_at >= self.start:
            self.add(order.id, rep_id, order.paid_at, order.customer_id, self._paid(order, lines))
        if order.delivered_at is not None and order.delivered_at >= self.start:
            starred = min(self.shelf.starred(lines), order.total_fen)
            counts = (
                Count(FactKind.DELIVERED, fen=order.total_fen),
                Count(FactKind.HIGH_MARGIN, fen=starred),
            )
            self.add(order.id, rep_id, order.delivered_at, order.customer_id, counts)

    def _paid(self, order: records.Order, lines: Lines) -> Iterator[Count]:
        yield Count(FactKind.ORDERS, units=1)
        yield Count(FactKind.DREAM, units=self.shelf.units(lines, "dream"))
        yield Count(FactKind.ENZYME, units=self.shelf.units(lines, "enzyme"))
        if not order.by_card:
            yield Count(FactKind.CASH, fen=order.paid_fen)

    def card(self, source: str, rep_id: str, at: datetime, fen: int, customer_id: str) -> None:
        """Count one opened card."""
        counts = (
            Count(FactKind.CASH, fen=fen),
            Count(FactKind.CARDS, units=1),
            Count(FactKind.CARD_FEN, fen=fen),
        )
        self.add(source, rep_id, at, customer_id, counts)

    def _contact(self, contact: records.Contact) -> None:
        answered = sum(1 for _, is_answered in contact.dials if is_answered)
        counts = of_contact(len(contact.dials), answered, contact.talk_seconds)
        self.add(contact.id, contact.rep_id, contact.started_at, contact.customer_id, counts)

    def calls(self, source: str, rep_id: str, day: date, figures: tuple[int, int, int]) -> None:
        """Count a day's (dials, answered, talk seconds) as one."""
        self.add(source, rep_id, clock.day_start(day), "", of_contact(*figures))

    def add(
        self, source: str, rep_id: str, at: datetime, customer_key: str, counts: Iterable[Count]
    ) -> None:
        """Keep the counts that are not nothing, each under the id that follows from its source."""
        told = Source(source, rep_id, clock.local_day(at), customer_key)
        for one in counts:
            if one.fen or one.units or one.seconds:
                self.facts.append(
                    records.Fact(
                        id=f"{told.id}:{one.kind}",
                        rep_id=rep_id,
                        team_id=self.teams[rep_id],
                        day=told.day,
                        kind=one.kind.value,
                        fen=one.fen,
                        units=one.units,
                        answered=one.answered,
                        seconds=one.seconds,
                        customer_key=customer_key,
                        source=told.id,
                    )
                )


def _since(at: datetime | None, start: datetime) -> bool:
    return at is not None and at >= start


def _known(lines: Iterable[records.OrderLine]) -> dict[str, list[tuple[str, int]]]:
    """By order what the catalogue knows of its lines."""
    found: dict[str, list[tuple[str, int]]] = {}
    for line in lines:
        known = found.setdefault(line.order_id, [])
        if line.product_id is not None:
            known.append((line.product_id, line.units))
    return found
