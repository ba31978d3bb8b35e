"""What people put into an order."""

import random
from collections.abc import Mapping

from lumi_desk.catalog.records import Product

Lines = tuple[tuple[str, int], ...]

_STARS = {"collagen": (85, 15), "enzyme": (38, 62), "other": (60, 40)}
_PLAIN = {"collagen": "collagen-30", "enzyme": "enzyme-30", "other": "peach-gum"}
_SMALL = ("peach-gum", "red-date", "collagen-taste")
_TOGETHER: Lines = (("collagen-30", 1), ("big-enzyme", 1))
_TOGETHER_OFF = 21_600


class Shelf:
    """The products, and how orders of a wanted value are made of them."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self.products = products
        self._price = {product.id: product.price_fen for product in products.values()}

    def cost(self, lines: Lines) -> int:
        """What the lines cost without any discount, in fen."""
        return sum(self._price[product] * units for product, units in lines)

    def starred(self, lines: Lines) -> int:
        """What the high-margin lines cost, in fen."""
        return sum(
            self._price[product] * units
            for product, units in lines
            if self.products[product].high_margin
        )

    def units(self, lines: Lines, measure: str) -> int:
        """How many units count in a unit target."""
        return sum(units for product, units in lines if self.products[product].measure == measure)

    def fill(
        self, dice: random.Random, taste: str, wanted_fen: int, margin: float
    ) -> tuple[Lines, int]:
        """Lines worth about `wanted_fen`, and a discount; `margin` is the chance of a star."""
        is_star = dice.random() < margin
        if is_star and 120_000 < wanted_fen < 165_000 and dice.random() < 0.25:
            return _TOGETHER, _TOGETHER_OFF
        main = self._star(dice, taste) if is_star else _PLAIN[taste]
        if self._price[main] > wanted_fen * 1.4:
            main = "red-date" if wanted_fen < 12_500 else "collagen-taste"
        units = max(1, min(8, round(wanted_fen / self._price[main])))
        lines: Lines = ((main, units),)
        rest = wanted_fen - units * self._price[main]
        extra = dice.choice(_SMALL)
        if rest >= self._price[extra] and extra != main:
            lines = (*lines, (extra, min(4, rest // self._price[extra])))
        off = dice.choice((2_000, 3_000, 5_000)) if dice.random() < 0.12 else 0
        return lines, off if self.cost(lines) > 30_000 else 0

    def first(self, dice: random.Random, grade: str) -> Lines:
        """The first order of a newcomer of that grade."""
        kinds: dict[str, tuple[Lines, ...]] = {
            "A": ((("collagen-30", 1),), (("dream-collagen", 3),), (("big-enzyme", 2),)),
            "B": ((("enzyme-30", 1),), (("dream-collagen", 1),), (("big-enzyme", 1),)),
            "C": ((("collagen-taste", 1),), (("red-date", 1),), (("red-date", 2),)),
        }
        return dice.choice(kinds[grade])

    @staticmethod
    def _star(dice: random.Random, taste: str) -> str:
        return dice.choices(("dream-collagen", "big-enzyme"), _STARS[taste])[0]
