"""The month so far: orders, cards, calls and promises of every rep, as her plan says."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lumi_desk.demo.bulk import Bulk
from lumi_desk.demo.lives import MONTHLY, Bought, Called, Life, Role
from lumi_desk.demo.plans import RepPlan
from lumi_desk.targets.rules import split

# A rep with fewer customers than this has her month's figures from a book beyond this extract.
WHOLE_BOOK = 60

# Delivered sales of a month hold what was bought in the last days before it and not what was
# bought in its own last days. A small company has only the second effect.
_CARRIED = 0.7
_UNDELIVERED = 1.15


@dataclass(slots=True)
class Beyond:
    """What a rep did with customers who are not in a small company's extract.

    `orders` are (order, paid by card); `calls` are (day, dials, answered, talk seconds).
    """

    orders: list[tuple[Bought, bool]] = field(default_factory=list)
    cards: list[datetime] = field(default_factory=list)
    calls: list[tuple[date, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Money:
    """What is left of a plan while it is being filled."""

    fen: int
    orders: int

    def next(self, dice: random.Random) -> int:
        """About what the next order should be worth."""
        mean = max(self.fen, 0) / max(self.orders, 1)
        return max(int(mean * dice.uniform(0.55, 1.45)), 9_800)

    def take(self, fen: int) -> None:
        self.fen -= fen
        self.orders -= 1


class Month:
    """Fills one rep's month. `part` is the part of its working days that is over."""

    def __init__(self, bulk: Bulk, plan: RepPlan, book: list[Life], scale: float) -> None:
        self.bulk, self.plan, self.book, self.scale = bulk, plan, book, scale
        self.dice, self.days, self.shelf = bulk.dice, bulk.days, bulk.shelf
        self.is_whole = len(book) >= WHOLE_BOOK
        self.beyond = Beyond()
        self._starred = self._goods = 0
        self._needs_this_week = plan.sells_this_week

    def fill(self) -> Beyond:
        """Live the month. Returns what lies beyond the book."""
        self._open_cards()
        self._sell()
        self._promise()
        self._phone()
        return self.beyond

    # --- cards ----------------------------------------------------------------------------

    def _open_cards(self) -> None:
        wanted = round(self.plan.cards * self.scale)
        kinds = (Role.STEADY, Role.CALLBACK)
        holders = [her for her in self.book if her.role in kinds and not her.openings]
        # Whoever buys most has use for a card.
        holders.sort(key=lambda her: -sum(self.shelf.cost(order.lines) for order in her.orders))
        for place in range(wanted):
            at = self.days.office(self.dice, self._ago())
            if place < len(holders):
                her = holders[place]
                _buy_more(her)
                her.openings.append((at, "card-12000"))
                her.calls.append(self.bulk.called(at, "sold", 530))
            else:
                self.beyond.cards.append(at)

    # --- orders ---------------------------------------------------------------------------

    def _sell(self) -> None:
        wanted = round(self.plan.orders * self.scale)
        on_card = round(wanted * (1 - self.plan.cash / self.plan.delivered))
        cash = _Money(round(self.plan.cash * 100 * self.scale), wanted - on_card)
        goods = (self.plan.delivered - self.plan.cash) * 100 * self.scale
        card = _Money(round(goods * (_CARRIED if self.is_whole else _UNDELIVERED)), on_card)
        self._count_what_is_there(cash, card)
        holders = [her for her in self.book if her.role is Role.CARD and her.openings]
        payers = [her for her in self.book if her.role in MONTHLY and not her.openings]
        self._sell_to(holders, card, by_card=True)
        self._sell_to(payers, cash, by_card=False)

    def _count_what_is_there(self, cash: _Money, card: _Money) -> None:
        """Newcomers and others have bought in this month by their own story."""
        for her in self.book:
            held = min((at for at, _ in her.openings), default=None)
            for order in her.orders:
                if order.at >= self.days.month_start and order.fate == "kept":
                    fen = self.shelf.cost(order.lines) - order.discount_fen
                    (card if held is not None and held < order.at else cash).take(fen)
                    self._remember(order)

    def _sell_to(self, buyers: list[Life], money: _Money, *, by_card: bool) -> None:
        deck: list[Life] = []
        while money.orders > 0:
            if not deck and buyers:
                deck = self.dice.sample(buyers, len(buyers))
                # In a small company everybody buys once; the rest lies beyond the book.
                buyers = buyers if self.is_whole else []
            her = deck.pop() if deck else None
            order = self._order(her.taste if her else self.bulk.taste(), money)
            if her is None:
                self.beyond.orders.append((order, by_card))
            else:
                her.orders.append(order)

    def _order(self, taste: str, money: _Money) -> Bought:
        share = self._starred / self._goods if self._goods else self.plan.margin
        chance = self.plan.margin + (self.plan.margin - share) * 5
        lines, off = self.shelf.fill(self.dice, taste, money.next(self.dice), chance)
        order = Bought(self.days.evening(self.dice, self._order_ago()), lines, off)
        money.take(self.shelf.cost(lines) - off)
        self._remember(order)
        return order

    def _remember(self, order: Bought) -> None:
        self._starred += self.shelf.starred(order.lines)
        self._goods += self.shelf.cost(order.lines) - order.discount_fen

    def _order_ago(self) -> int:
        """A day for an order; the first one lies in this week, if she sells in it."""
        if self._needs_this_week:
            self._needs_this_week = False
            return self.dice.randint(0, min(self.days.today.weekday(), self.days.month_days))
        return self._ago()

    def _ago(self) -> int:
        """A day of this month; not of this week for whoever sold nothing in it."""
        first = self.days.today.weekday() + 1 if not self.plan.sells_this_week else 0
        agos = range(min(first, self.days.month_days), self.days.month_days + 1)
        # Today's evening has not come yet, so today weighs less.
        weights = [self.days.weight(ago) * (0.4 if ago == 0 else 1.0) for ago in agos]
        return self.dice.choices(agos, weights)[0]

    # --- promises and calls ---------------------------------------------------------------

    def _promise(self) -> None:
        """Callbacks that were missed, and some that come in the next days."""
        kept = [her for her in self.book if her.role in (Role.STEADY, Role.COOLING, Role.CARD)]
        chosen = self.dice.sample(kept, min(len(kept), self.plan.overdue + 4))
        for place, her in enumerate(chosen):
            ago = place % 3 + 1 if place < self.plan.overdue else -(place % 4 + 1)
            due = self.days.at(ago, 10 + place % 2 + 5 * (place % 3 > 0), 15 * (place % 4))
            her.promises.append(self.bulk.promise(due))

    def _phone(self) -> None:
        per_day = self._dials_by_day()
        dials = sum(dials for _, dials in per_day)
        answered = round(dials * self.plan.answered / self.plan.dials)
        talk = round(answered * self.plan.talk_minutes * 60 / self.plan.answered)
        seconds = self._talks(answered, talk)
        if self.is_whole:
            self._call_the_book(per_day, seconds)
        else:
            self._call_beyond(per_day, seconds)

    def _dials_by_day(self) -> list[tuple[int, int]]:
        """(days ago, dials), today by how much of it is over."""
        start, end = self.days.at(0, 9), self.days.at(0, 14, 2)
        over = (self.days.now - start) / (end - start)
        today = round(self.plan.dials_today * min(max(over, 0.0), 1.6))
        whole = round(self.plan.dials * self.scale) - today
        workdays = [
            ago
            for ago in range(1, self.days.month_days + 1)
            if (self.days.today - timedelta(days=ago)).weekday() < 5
        ]
        if not workdays or whole <= 0:
            return [(0, today)]
        parts = split(whole, [self.dice.randint(80, 120) for _ in workdays])
        return [*zip(workdays, parts, strict=True), (0, today)]

    def _talks(self, answered: int, talk: int) -> list[int]:
        """So many talks that take so many seconds together, most of them short."""
        weights = [round(self.dice.lognormvariate(6, 0.7)) + 20 for _ in range(answered)]
        return list(split(talk, weights)) if answered else []

    def _call_the_book(self, per_day: list[tuple[int, int]], seconds: list[int]) -> None:
        quiet = (Role.STORY, Role.NEWCOMER, Role.CALLBACK, Role.COMPLAINT, Role.REFUSED)
        callable_ones = [her for her in self.book if her.role not in quiet]
        agos = [ago for ago, dials in per_day for _ in range(dials)]
        marks = [True] * len(seconds) + [False] * (len(agos) - len(seconds))
        self.dice.shuffle(marks)
        deck: list[Life] = []
        talks = iter(seconds)
        for ago, is_answered in zip(agos, marks, strict=True):
            if not deck:
                deck = self.dice.sample(callable_ones, len(callable_ones))
            her, at = deck.pop(), self.days.office(self.dice, ago)
            her.calls.append(self._call(her, at, next(talks) if is_answered else 0))

    def _call(self, her: Life, at: datetime, seconds: int) -> Called:
        if not seconds:
            return self.bulk.called(at, self.bulk.missed(), 0)
        is_sold = any(at < order.at < at + timedelta(hours=14) for order in her.orders)
        return self.bulk.called(at, "sold" if is_sold else self.bulk.answer(), seconds)

    def _call_beyond(self, per_day: list[tuple[int, int]], seconds: list[int]) -> None:
        dials = [count for _, count in per_day]
        answered = split(len(seconds), dials)
        place = 0
        for (ago, count), met in zip(per_day, answered, strict=True):
            day = self.days.today - timedelta(days=ago)
            talked = sum(seconds[place : place + met])
            place += met
            if count:
                self.beyond.calls.append((day, count, met, talked))


def _buy_more(her: Life) -> None:
    """Three times as much in every order: then a card lasts her months, not years."""
    for order in her.orders:
        (main, units), *rest = order.lines
        order.lines = ((main, units * 3), *rest)
