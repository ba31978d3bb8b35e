"""One order that files tell with other names of its shop, or without one: sellers choose both.

The platform's own number, made in the same minute, is the same order whatever the shop is called.
A program's own numbers may be given twice: under two names of a shop they are two orders.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from lumi_desk.clock import SHANGHAI
from lumi_desk.imports import rules
from lumi_desk.imports.columns import DEFAULT_SHOP, OrderRow
from lumi_desk.imports.matching import Known, named_key

# The platforms' numbers have so many digits; shorter ones any program may give.
_DIGITS = 15
_DIGITS_OF = {"jd": 11}
_PINDUODUO = re.compile(r"\d{6}-\d{15}", re.ASCII)
# What the hub holds stands for a file that tells each order once.
_STORED = ""


class _Sold(NamedTuple):
    """What an order is known by on its platform."""

    number: str
    minute: datetime
    channel: str


class _Told(NamedTuple):
    """Who tells of it: a file, the shop it names, and the buyer."""

    file: str
    shop: str
    nick: str


class Shops:
    """Where the orders of some rows were sold, as far as these rows or the hub tell it."""

    def __init__(self, rows: Sequence[OrderRow], stored: Collection[Known], channel: str) -> None:
        self._channel = channel
        self._told: dict[_Sold, list[_Told]] = defaultdict(list)
        self._stored: dict[str, set[str]] = defaultdict(set)
        shops = [(row.number.text, row.shop) for row in rows]
        shops += [(one.order["number"], one.order["shop"]) for one in stored]
        first = dict(shops)
        # Hardly any order goes by two names: of the others nothing needs to be known.
        self._several = {number for number, shop in shops if first[number] != shop}
        for row in rows:
            if row.number.text in self._several and row.number.names:
                self._told[self._of_row(row)].append(_Told(row.file, row.shop, row.nick))
        for one in stored:
            order = one.order
            if order["number"] in self._several:
                self._stored[order["number"]].add(order["shop"])
                if one.number.names:
                    self._told[_of(one)].append(_Told(_STORED, order["shop"], order["nick"]))

    def placed(self, row: OrderRow) -> OrderRow:
        """The row with the name that its shop goes by here."""
        if row.number.text not in self._several or not row.number.names:
            return row
        name = self._name(self._of_row(row))
        return row if name in ("", row.shop) else row._replace(shop=name)

    def rename(self, stored: Iterable[Known]) -> None:
        """Give the stored orders the names that their shops go by from now on."""
        for one in stored:
            number, shop = str(one.order["number"]), one.order["shop"]
            if number not in self._several or not one.number.names:
                continue
            name = self._name(_of(one))
            if name not in ("", shop) and name not in self._stored[number]:
                self._stored[number] = self._stored[number] - {shop} | {name}
                one.order |= {"shop": name, "key": named_key(name, number)}
                one.changed = True

    def _name(self, sold: _Sold) -> str:
        """What the shop of an order is called; empty where several names are several orders.

        Of two names the longer one stays, in whatever order they are told.
        """
        told = self._told[sold]
        names = {one.shop for one in told} - {DEFAULT_SHOP}
        if len(names) < 2:
            return next(iter(names), "")
        return max(names, key=_fullness) if self._is_one(sold, told) else ""

    def _is_one(self, sold: _Sold, told: Collection[_Told]) -> bool:
        """Whether an order that goes by several names of its shop is one for certain."""
        stored = [one.shop for one in told if one.file == _STORED]
        if (
            not _is_platforms(sold)
            or len(stored) > 1
            or len(self._stored[sold.number]) > len(stored)
        ):
            return False
        named = {(one.file, one.shop) for one in told if one.shop != DEFAULT_SHOP}
        # A file tells an order once: two names in one are two orders.
        once = len(named) == len({file for file, _ in named})
        return once and len({one.nick for one in told if one.nick}) < 2

    def _of_row(self, row: OrderRow) -> _Sold:
        minute = rules.minute_of(row.created_at)
        return _Sold(row.number.text, minute, row.channel or self._channel)


def _of(one: Known) -> _Sold:
    order = one.order
    return _Sold(order["number"], rules.minute_of(order["created_at"]), order["channel"])


def _fullness(name: str) -> tuple[int, str]:
    return len(name), name


def _is_platforms(sold: _Sold) -> bool:
    """Whether a number is one that a platform gives once, for all its shops.

    One that begins with the time it was given at was made by a program's clock.
    """
    if _PINDUODUO.fullmatch(sold.number):
        return True
    local = sold.minute.astimezone(SHANGHAI)
    by_clock = sold.number.startswith((f"{local:%Y%m%d}", f"{local:%y%m%d%H%M}"))
    long = len(sold.number) >= _DIGITS_OF.get(sold.channel, _DIGITS)
    return long and sold.number.isdigit() and not by_clock
