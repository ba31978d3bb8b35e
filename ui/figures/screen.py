"""Everything the screen of figures shows at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from ui.widgets.values import Choice, Entry, Line, Notice, SyncChip


class Tab(StrEnum):
    """The figures to choose from."""

    NEW = "new"
    CARDS = "cards"
    LOSS = "loss"
    GRID = "grid"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure; with `part`, from 0 to 1, a bar says how large it is among those of its column."""

    text: str
    part: float | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A table; the first `names` columns say what its rows are about."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    names: int = 1


@dataclass(frozen=True, slots=True)
class Curve:
    """A share by month, from 0 to 1; None where nobody is counted yet."""

    name: str
    parts: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Where shares go from month to month; `words` say it to who does not see it."""

    title: str
    months: tuple[str, ...]
    curves: tuple[Curve, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of the grid: how many, and what each paid; `shade` from 0 to 1 goes by how many."""

    count: str
    money: str
    shade: float
    words: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The RFM grid, the best at the top and at the right; `chosen` is a row and a column."""

    across: tuple[str, ...]
    down: tuple[str, ...]
    squares: tuple[tuple[Square, ...], ...]
    chosen: tuple[int, int]
    words: Line = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One kind of figures, how it was asked for, and what its words mean."""

    title: str
    left: str
    sync: SyncChip
    person: str
    tabs: tuple[Choice, ...]
    since: Entry | None = None
    days: Entry | None = None
    by: tuple[Choice, ...] = ()
    curves: Curves | None = None
    table: Figures | None = None
    grid: Grid | None = None
    formulas: tuple[Line, ...] = ()
    save: str = ""
    notice: Notice | None = None
    offline: str = ""
    empty: str = ""
    retry: str = ""
    keys: str = ""
