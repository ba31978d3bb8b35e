"""Files that were read and understood, kept in a scratch file until they are brought in."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from lumi_desk.imports import rules
from lumi_desk.imports.columns import Cells, ItemRow, Kind, LeftOut, MemberRow, OrderRow, Reason
from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.repairs import Repairs
from lumi_desk.imports.report import Sums
from lumi_desk.storage.spool import Heap, Marks, Spool, Ties

Fact = OrderRow | ItemRow | MemberRow | LeftOut
# A row's place: its sheet, then its line.
_SHEET = 2**32
_BETWEEN = "\x1f"
_AMOUNTS = ("total", "paid", "refund")


class LeftOuts:
    """The rows that were not taken, by file and line, however many there are."""

    def __init__(self, spool: Spool) -> None:
        self._rows: Heap[LeftOut] = Heap(spool)
        self._counts: Counter[tuple[str, Reason]] = Counter()

    def __iter__(self) -> Iterator[LeftOut]:
        return iter(self._rows)

    def add(self, row: LeftOut) -> None:
        """One more."""
        self._rows.add(f"{row.file}{_BETWEEN}{row.line:012d}", row)
        self._counts[row.file, row.reason] += 1

    def count(self, files: set[str], but: set[Reason]) -> int:
        """How many rows of these files were left out, some reasons aside."""
        told = self._counts.items()
        return sum(n for (file, why), n in told if file in files and why not in but)

    @property
    def reasons(self) -> Counter[str]:
        """How many there are for each reason."""
        found: Counter[str] = Counter()
        for (_, reason), n in self._counts.items():
            found[reason.value] += n
        return found


class Batch:
    """What files say; importing them can no longer fail on their account. Close it.

    `orders` are kept by shop and minute of creation: only orders that share both, or a number of
    the platform, whatever the shop is called, can be the same. `as_of` is when each file of
    orders was made.
    """

    def __init__(self) -> None:
        self.spool = Spool()
        self.sheets: tuple[Sheet, ...] = ()
        self.skipped: tuple[str, ...] = ()
        self.orders: Heap[OrderRow] = Heap(self.spool)
        self.items: Heap[ItemRow] = Heap(self.spool)
        self.members: Heap[MemberRow] = Heap(self.spool)
        self.left_out = LeftOuts(self.spool)
        self.repairs = Repairs()
        self.dirt: Counter[str] = Counter()
        self.file_sums = Sums()
        self.as_of: dict[str, datetime] = {}
        self.rounded = 0
        self._minutes: Heap[str] = Heap(self.spool)

    def close(self) -> None:
        """Let go of the scratch file."""
        self.spool.close()

    def take(self, fact: Fact, sheet: int) -> None:
        """Keep what a row of a sheet (counted from 0) says."""
        if isinstance(fact, LeftOut):
            self.left_out.add(fact)
            return
        place = sheet * _SHEET + fact.line
        if isinstance(fact, OrderRow):
            self._take_order(fact, place)
        elif isinstance(fact, ItemRow):
            self.items.add("", fact, place)
        else:
            self.members.add("", fact, place)

    def _take_order(self, row: OrderRow, place: int) -> None:
        minute = f"{row.shop}{_BETWEEN}{rules.minute_of(row.created_at).isoformat()}"
        self.orders.add(minute, row, place)
        if row.number.names:
            self._minutes.add(row.number.text, minute)
        self.rounded += row.number.rounded
        latest = max(filter(None, (row.created_at, row.paid_at, row.confirmed_at)))
        self.as_of[row.file] = max(self.as_of.get(row.file, latest), latest)

    def all_taken(self) -> None:
        """Bring together what can be the same order, and put right when files were made."""
        ties = Ties(self.spool)
        for _, minutes in self._minutes.by_key():
            for other in minutes[1:]:
                if other != minutes[0]:
                    ties.tie(minutes[0], other)
        for minute, with_others in ties.moved():
            self.orders.rekey(minute, with_others)
        for sheet in self.sheets:
            if sheet.made_at and sheet.file in self.as_of:
                self.as_of[sheet.file] = sheet.made_at


class CellSums:
    """What the amount columns of an export add up to, rows left out included.

    A column that the file does not have adds up to what was taken. Amounts that stand on every
    row of an order count once.
    """

    def __init__(self, sheet: Sheet, spool: Spool) -> None:
        fields = {field for field, _ in sheet.places}
        counted = sheet.kind in (Kind.ORDERS, Kind.WHOLE)
        self._fields = [name if name in fields else "" for name in _AMOUNTS] if counted else []
        once = sheet.kind is Kind.WHOLE and sheet.amounts is Amounts.ORDER
        self._numbers = Marks(spool) if once else None
        self._written, self._taken = [0, 0, 0], [0, 0, 0]

    def of_cells(self, cells: Cells) -> None:
        """Add the cells of a row, by field."""
        if not self._fields:
            return
        if self._numbers is not None and not self._numbers.add(cells.get("number", "")):
            return
        for place, name in enumerate(self._fields):
            if name:
                self._written[place] += rules.fen(cells[name]) or 0

    def of_order(self, row: OrderRow) -> None:
        """Add an order that was taken."""
        for place, fen in enumerate((row.total_fen, row.paid_fen, row.refund_fen)):
            self._taken[place] += fen

    def whole(self) -> Sums:
        """All of it."""
        if not self._fields:
            return Sums()
        told = zip(self._fields, self._written, self._taken, strict=True)
        return Sums(*(written if name else known for name, written, known in told))
