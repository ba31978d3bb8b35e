"""The columns of a table by the first of its rows: what each is called, and what stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lumi_desk.imports import headers, rules, sorts, units, wording
from lumi_desk.imports.units import Unit, Units

# What a cell is shows in so many characters; a remark may be half a million long.
_MOST_READ = 1_000

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place from 0, its name, how that is compared, and its filled cells.

    `cells` are as they are read, `written` as they stand there if they are not counted in yuan.
    """

    place: int
    name: str
    plain: str
    cells: tuple[str, ...]
    unit: Unit = Unit.YUAN
    written: tuple[str, ...] = ()
    shares: dict[sorts.Test, float] = field(default_factory=dict, compare=False, repr=False)

    def share(self, test: sorts.Test) -> float:
        """The part of its filled cells that pass a test; 1 if there are none."""
        if test not in self.shares:
            passed = sum(map(test, self.cells))
            self.shares[test] = passed / len(self.cells) if self.cells else 1.0
        return self.shares[test]


def columns_of(
    header: Sequence[str], rows: Rows, counted: Units = units.NONE
) -> tuple[Column, ...]:
    """The columns that have a name or a filled cell."""
    found = []
    called = headers.pointed_at(header)
    for place, name in enumerate(header):
        cells = (row[place][:_MOST_READ] for row in rows if place < len(row))
        filled = tuple(cell.strip() for cell in cells if rules.clean(cell))
        if not (name.strip() or filled):
            continue
        column = Column(place, called[place], wording.plain(name), filled)
        if (unit := counted.of(place)) is not Unit.YUAN:
            read = tuple(units.as_yuan(cell, unit) for cell in filled)
            column = replace(column, cells=read, unit=unit, written=filled)
        found.append(column)
    return tuple(found)


def has_cells(columns: Iterable[Column], place: int) -> bool:
    """Whether anything stands in a column."""
    return any(column.cells for column in columns if column.place == place)


def cells_of(columns: Sequence[Column], place: int) -> tuple[str, ...]:
    """What stands in a column."""
    return next(column.cells for column in columns if column.place == place)
