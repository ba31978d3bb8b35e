"""What an import has done so far: who and what it met, wrote and changed, in the scratch file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntFlag

from lumi_desk.imports.report import Counts
from lumi_desk.storage.spool import Marks, Spool

Pair = tuple[str, str]
_BETWEEN = "\x1f"


class Met(IntFlag):
    """What an import has to do with an order, or with a customer.

    BUYER bought an order of the files, PERSON stands in a list; ADDED and LISTED are those made
    for either. CHANGED and TOLD became others by orders or by a list, LINKED got orders. GONE was
    made one with another.
    """

    READ = 1
    ADDED = 2
    CHANGED = 4
    BUYER = 8
    PERSON = 16
    LISTED = 32
    TOLD = 64
    LINKED = 128
    GONE = 256


class Touched:
    """The records that were written and travel, as (table, id), each once and in order."""

    def __init__(self, spool: Spool) -> None:
        self._marks = Marks(spool)

    def __iter__(self) -> Iterator[Pair]:
        for key in self._marks.which():
            table, _, one = key.partition(_BETWEEN)
            yield table, one

    def add(self, pairs: Iterable[Pair]) -> None:
        """Some more."""
        self._marks.mark(f"{table}{_BETWEEN}{one}" for table, one in pairs)


@dataclass(frozen=True)
class Customers:
    """The customers of the files, in order: as they are now, or also those who are gone."""

    marks: Marks
    also_gone: bool = False

    def __iter__(self) -> Iterator[str]:
        gone = Met(0) if self.also_gone else Met.GONE
        return self.marks.which(Met.BUYER | Met.PERSON | Met.GONE, none_of=gone)


class Tally:
    """The orders and customers an import met, and the records it wrote."""

    def __init__(self, spool: Spool) -> None:
        self.orders = Marks(spool)
        self.people = Marks(spool)
        # The orders that people of a list got.
        self.linked = Marks(spool)
        self.touched = Touched(spool)
        self.customers = Customers(self.people)
        self.met = Customers(self.people, also_gone=True)

    def order_counts(self, left_out: int) -> Counts:
        """What became of the orders."""
        read = self.orders.count(Met.READ)
        added = self.orders.count(Met.ADDED)
        changed = self.orders.count(Met.CHANGED, none_of=Met.ADDED)
        return Counts(read, added, changed, read - added - changed, left_out)

    def buyer_counts(self) -> Counts:
        """What became of those who bought the orders."""
        read = self.people.count(Met.BUYER)
        added = self.people.count(Met.BUYER, also=Met.ADDED)
        changed = self.people.count(Met.BUYER, also=Met.CHANGED, none_of=Met.ADDED)
        return Counts(read, added, changed, read - added - changed, 0)

    def member_counts(self, left_out: int) -> Counts:
        """What became of the people of the lists."""
        gone = Met.GONE
        read = self.people.count(Met.PERSON, none_of=gone)
        added = self.people.count(Met.PERSON, also=Met.LISTED, none_of=gone)
        told = Met.TOLD | Met.LINKED
        changed = self.people.count(Met.PERSON, also=told, none_of=gone | Met.LISTED)
        return Counts(read, added, changed, read - added - changed, left_out)
