"""Recharge cards of the many: when they were opened, so that balances follow from spending."""

import random
from datetime import timedelta

from lumi_desk.demo.baskets import Shelf
from lumi_desk.demo.lives import Bought, Calendar, Life, Role

_PLAN, _VALUE = "card-12000", 1_200_000
_BIG_PLAN, _BIG_VALUE = "card-25000", 2_550_000
_BOX = "dream-collagen"


def fund(dice: random.Random, days: Calendar, shelf: Shelf, her: Life) -> None:
    """Give a card holder her cards."""
    if her.role is Role.CARD:
        _renew_when_empty(dice, days, shelf, her)
    if her.role is Role.BALANCE:
        _nearly_empty(shelf, her)


def _fen(shelf: Shelf, order: Bought) -> int:
    return shelf.cost(order.lines) - order.discount_fen if order.fate == "kept" else 0


def _renew_when_empty(dice: random.Random, days: Calendar, shelf: Shelf, her: Life) -> None:
    """A first card after a few orders, another one whenever it does not last, before this month."""
    left = 0
    is_big = dice.random() < 0.15
    plan, value = (_BIG_PLAN, _BIG_VALUE) if is_big else (_PLAN, _VALUE)
    for order in her.orders[dice.randint(2, 5) :]:
        fen = _fen(shelf, order)
        if left < fen and order.at < days.month_start - timedelta(days=2):
            her.openings.append((order.at - timedelta(hours=5, minutes=12), plan))
            left += value
        left -= fen if fen <= left else 0


def _nearly_empty(shelf: Shelf, her: Life) -> None:
    """One card, opened so that less than a month's use is left of it now.

    Counted back from the last order; the rest is made smaller than the price of one box.
    """
    spent, first = 0, len(her.orders)
    for place in range(len(her.orders) - 1, 0, -1):
        fen = _fen(shelf, her.orders[place])
        if spent + fen > _VALUE:
            break
        spent, first = spent + fen, place
    boxes = (_VALUE - spent - 100) // shelf.products[_BOX].price_fen
    if first == len(her.orders) or boxes > 12:
        return
    kept = [order for order in her.orders[first:] if order.fate == "kept"]
    for place in range(boxes):
        order = kept[-1 - place % min(len(kept), 4)]
        order.lines = _with_box(order.lines)
    her.openings.append((her.orders[first].at - timedelta(hours=4, minutes=25), _PLAN))


def _with_box(lines: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    units = dict(lines)
    units[_BOX] = units.get(_BOX, 0) + 1
    return tuple(units.items())
