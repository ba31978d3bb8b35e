"""The invented company: teams, customers, orders, cards and calls that agree with each other."""

import random
from collections.abc import Mapping
from datetime import date, datetime, time

from lumi_desk import clock
from lumi_desk.catalog import content
from lumi_desk.demo import labels, purse, story
from lumi_desk.demo.baskets import Shelf
from lumi_desk.demo.bulk import Bulk, roles
from lumi_desk.demo.facts import Counter
from lumi_desk.demo.ledger import Books, Writer
from lumi_desk.demo.lives import Bought, Calendar, Life, Role
from lumi_desk.demo.month import Beyond, Month
from lumi_desk.demo.names import reading_of
from lumi_desk.demo.plans import PLANNED_PART, TEAMS, TeamPlan
from lumi_desk.demo.records import Company
from lumi_desk.demo.staff import Staff, aim, hire
from lumi_desk.targets.rules import month_of, work_time

_ORDERS_PER_CUSTOMER = 20 / 3
_ONE_TEAM_UNTIL = 300
_FIRST_BOOK = 12
# Whose orders may be thinned out or filled up without changing what she is.
_STRETCHY = frozenset({Role.STEADY, Role.CARD, Role.COOLING, Role.LAPSED})


def invent(
    customers: int = 30,
    seed: int = 20251121,
    *,
    today: date | None = None,
    at: time = time(14, 2),
    orders: int | None = None,
    workdays: Mapping[date, bool] | None = None,
) -> Company:
    """A company as it stands on `today` at `at`, Shanghai time; without a day, as of this moment.

    Equal arguments make an equal company. Up to 300 customers it has one team, from then on
    three with twelve reps and a trainee; `orders` defaults to twenty for every three customers.
    `workdays` are the exceptions to Monday-to-Friday, as in targets.rules.
    """
    now = clock.now() if today is None else datetime.combine(today, at, clock.SHANGHAI)
    days = Calendar(now.astimezone(clock.now().tzinfo))
    return _Founding(customers, seed, days, workdays or {}).found(orders)


class _Founding:
    """One invention, step by step."""

    def __init__(
        self, customers: int, seed: int, days: Calendar, workdays: Mapping[date, bool]
    ) -> None:
        self.dice = random.Random(seed)
        # Dice of their own: a tag changes nothing else that is invented.
        self.labelling = random.Random(f"tags {seed}")
        self.days = days
        self.teams: tuple[TeamPlan, ...] = TEAMS[:1] if customers < _ONE_TEAM_UNTIL else TEAMS
        self.catalogue = content.catalogue()
        self.shelf = Shelf(self.catalogue.products)
        self.staff: Staff = hire(self.teams, days.today)
        self.bulk = Bulk(self.dice, days, self.shelf)
        self.sizes = _book_sizes(customers, len(self.staff.plans))
        spent = work_time(*month_of(days.today), days.today, dict(workdays))
        self.scale = spent.elapsed / max(spent.total, 1) / PLANNED_PART

    def found(self, orders: int | None) -> Company:
        books = [
            self._book(rep_id, size)
            for rep_id, size in zip(self.staff.plans, self.sizes, strict=True)
        ]
        lives = [her for book in books for her in book]
        for her in lives:
            purse.fund(self.dice, self.days, self.shelf, her)
        beyond = {
            rep_id: Month(self.bulk, plan, book, self.scale).fill()
            for (rep_id, plan), book in zip(self.staff.plans.items(), books, strict=True)
        }
        self._stretch(lives, round(len(lives) * _ORDERS_PER_CUSTOMER) if orders is None else orders)
        writer = Writer(self.dice, self.days, self.shelf, self.catalogue)
        for her in lives:
            writer.write(her)
        return self._company(writer.books, self._count(writer, beyond))

    def _book(self, rep_id: str, size: int) -> list[Life]:
        """A rep's customers; those of the pictures are the first rep's."""
        told = (
            story.tell(self.days, rep_id)[:size] if rep_id == next(iter(self.staff.plans)) else []
        )
        kinds = roles(self.dice, size - len(told))
        if told and len(kinds) <= _FIRST_BOOK:
            # Her eight show every reason already; these hold new cards, and one said no.
            kinds = [Role.STEADY] * (len(kinds) - 1) + [Role.REFUSED] * bool(kinds)
        return told + [self.bulk.live(kind, rep_id, place) for place, kind in enumerate(kinds)]

    def _stretch(self, lives: list[Life], wanted: int) -> None:
        """Add or take orders in the middle of long histories until their number is right."""
        stretchy = [her for her in lives if her.role in _STRETCHY and len(her.orders) >= 3]
        missing = wanted - sum(len(her.orders) for her in lives)
        while missing and stretchy:
            her = self.dice.choice(stretchy)
            past = [order for order in her.orders if order.at < self.days.month_start]
            if len(past) < 3:
                stretchy.remove(her)
            elif missing < 0:
                # What was bought before this month stands first, in time.
                del her.orders[self.dice.randrange(1, len(past) - 1)]
                missing += 1
            else:
                her.orders.append(self._between(her, past[0], past[-1]))
                her.orders.sort(key=lambda order: order.at)
                missing -= 1

    def _between(self, her: Life, first: Bought, last: Bought) -> Bought:
        ago = self.dice.randint(
            (self.days.now - last.at).days, max((self.days.now - first.at).days - 1, 1)
        )
        lines, off = self.bulk.basket(her)
        return Bought(self.days.evening(self.dice, max(ago, self.days.month_days + 1)), lines, off)

    def _count(self, writer: Writer, beyond: dict[str, Beyond]) -> Counter:
        counter = Counter(self.shelf, self.staff.team_of, self.days.month_start)
        counter.books(writer.books)
        for rep_id, rest in beyond.items():
            _count_beyond(counter, writer, rep_id, rest)
        return counter

    def _company(self, books: Books, counter: Counter) -> Company:
        told = self.catalogue
        return Company(
            now=self.days.now,
            teams=self.staff.teams,
            persons=self.staff.persons,
            products=tuple(told.products.values()),
            bundles=told.bundles,
            card_plans=told.card_plans,
            dispositions=told.dispositions,
            settings=told.settings,
            scripts=content.scripts(),
            customers=tuple(books.customers),
            identities=tuple(books.identities),
            orders=tuple(books.orders),
            lines=tuple(books.lines),
            card_entries=tuple(books.card_entries),
            contacts=tuple(books.contacts),
            notes=tuple(books.notes),
            tags=tuple(labels.given(self.labelling, self.days, books.customers)),
            callbacks=tuple(books.callbacks),
            refusals=tuple(books.refusals),
            complaints=tuple(books.complaints),
            targets=tuple(aim(self.teams, f"{self.days.today:%Y-%m}")),
            facts=tuple(counter.facts),
            holdings=tuple(books.holdings),
        )


def _book_sizes(customers: int, reps: int) -> list[int]:
    """How many customers each rep has; in a small company the first has the picture's people."""
    if customers >= _ONE_TEAM_UNTIL:
        whole, rest = divmod(customers, reps)
        return [whole + (place < rest) for place in range(reps)]
    first = min(customers, max(_FIRST_BOOK, customers // reps))
    whole, rest = divmod(customers - first, reps - 1)
    return [first, *(whole + (place < rest) for place in range(reps - 1))]


def _count_beyond(counter: Counter, writer: Writer, rep_id: str, rest: Beyond) -> None:
    """Facts of customers who are not in a small company's extract: counted, not shown."""
    nobody = Life(reading_of("客ke"), Role.STEADY, rep_id, "上海")
    for bought, by_card in rest.orders:
        held = len(writer.books.lines)
        order = writer.order(bought, writer.ids(bought.at), nobody, by_card=by_card)
        del writer.books.lines[held:]
        counter.order(order, rep_id, bought.lines)
    for opened_at in rest.cards:
        key = writer.ids(opened_at)
        counter.card(writer.ids(opened_at), rep_id, opened_at, 1_200_000, key)
    for day, dials, answered, seconds in rest.calls:
        counter.calls(f"book-{rep_id}-{day}", rep_id, day, (dials, answered, seconds))
