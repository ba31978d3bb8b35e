"""The rows of one sheet into facts, with everything that is counted on the way."""

from collections.abc import Iterator, Sequence
from functools import partial

from lumi_desk.imports import columns, readers
from lumi_desk.imports.batch import Batch, CellSums, Fact
from lumi_desk.imports.columns import Cells, Kind, LeftOut, OrderRow
from lumi_desk.imports.gathering import Gathering
from lumi_desk.imports.lines import Line
from lumi_desk.imports.packing import Document, size_of
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.report import Progress, Sums


class Meter:
    """Tells how many bytes of all files a stage has gone through."""

    # Text is gone through so often before its rows are: its encoding, its table.
    _TIMES = 2

    def __init__(self, stage: str, paths: Sequence[Document], tell: Progress) -> None:
        self._stage, self._tell = stage, tell
        self._sizes = [size_of(path) for path in paths]
        self._seen = [0 for _ in paths]
        self._ended = False

    def more(self, file: int, many: int) -> None:
        """So many more bytes of a file (counted from 0) were gone through.

        What is gone through again in a later stage counts no more.
        """
        if self._ended:
            return
        self._seen[file] += many
        self.at(file, min(1.0, self._seen[file] / max(1, self._TIMES * self._sizes[file])))

    def at(self, file: int, share: float) -> None:
        """A file is gone through up to a share of it, 0 to 1; those before it wholly."""
        done = sum(self._sizes[:file]) + int(share * self._sizes[file])
        self._tell(self._stage, done, sum(self._sizes))

    def end(self) -> None:
        """All is gone through."""
        self._ended = True
        self._tell(self._stage, sum(self._sizes), sum(self._sizes))


class SheetReading:
    """One sheet on its way into a batch."""

    def __init__(self, batch: Batch, sheet: Sheet, place: int, shop: str | None) -> None:
        self.batch = batch
        self.taken = 0
        self._sheet, self._place = sheet, place
        self._sums = CellSums(sheet, batch.spool)
        whole = sheet.kind is Kind.WHOLE
        self._gathering = Gathering(sheet, shop, batch.spool) if whole else None
        self._order = partial(columns.order_row, shop=shop)
        self._member = partial(columns.member_row, shop=shop)

    def take(self, line: Line) -> None:
        """Take a row in."""
        cells = self._sheet.cells(line)
        self._sums.of_cells(cells)
        for cell in line.cells:
            if cell and (dirt := readers.dirt_of(cell)):
                self.batch.dirt[dirt] += 1
        if self._gathering is not None:
            fact: Fact | None = self._gathering.take(line, cells)
        else:
            fact = self._fact(line, cells)
        if fact is not None:
            self._keep(fact)
        if not isinstance(fact, LeftOut):
            sheet = self._sheet
            self.batch.repairs.take(sheet.file, line.number, cells, sheet.title_of)

    def done(self) -> Sums:
        """Take in what only shows when all rows are there. Returns the sums of the cells."""
        for fact in self._gathered():
            self._keep(fact)
        self.batch.dirt.update(readers.dirt(self._sheet))
        return self._sums.whole()

    def _fact(self, line: Line, cells: Cells) -> Fact:
        if self._sheet.kind is Kind.ORDERS:
            return readers.fact_of(self._sheet, line, cells, self._order)
        if self._sheet.kind is Kind.ITEMS:
            return readers.fact_of(self._sheet, line, cells, columns.item_row)
        return readers.fact_of(self._sheet, line, cells, self._member)

    def _gathered(self) -> Iterator[Fact]:
        if self._gathering is not None:
            yield from self._gathering.facts()

    def _keep(self, fact: Fact) -> None:
        self.batch.take(fact, self._place)
        if isinstance(fact, OrderRow):
            self._sums.of_order(fact)
        self.taken += not isinstance(fact, LeftOut)
