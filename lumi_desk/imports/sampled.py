"""The columns of a table by the first of its rows: what each is called, and what stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lumi_desk.imports import headers, rules, sorts, wording

# What a cell is shows in so many characters; a remark may be half a million long.
_MOST_READ = 1_000

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place from 0, its name, how that is compared, and its filled cells."""

    place: int
    name: str
    plain: str
    cells: tuple[str, ...]
    shares: dict[sorts.Test, float] = field(default_factory=dict, compare=False, repr=False)

    def share(self, test: sorts.Test) -> float:
        """The part of its filled cells that pass a test; 1 if there are none."""
        if test not in self.shares:
            passed = sum(map(test, self.cells))
            self.shares[test] = passed / len(self.cells) if self.cells else 1.0
        return self.shares[test]


def columns_of(header: Sequence[str], rows: Rows) -> tuple[Column, ...]:
    """The columns that have a name or a filled cell."""
    found = []
    called = headers.pointed_at(header)
    for place, name in enumerate(header):
        cells = (row[place][:_MOST_READ] for row in rows if place < len(row))
        filled = tuple(cell.strip() for cell in cells if rules.clean(cell))
        if name.strip() or filled:
            found.append(Column(place, called[place], wording.plain(name), filled))
    return tuple(found)


def has_cells(columns: Iterable[Column], place: int) -> bool:
    """Whether anything stands in a column."""
    return any(column.cells for column in columns if column.place == place)


def cells_of(columns: Sequence[Column], place: int) -> tuple[str, ...]:
    """What stands in a column."""
    return next(column.cells for column in columns if column.place == place)
