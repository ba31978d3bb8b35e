"""Everything the screen of imports shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Button, Choice, Entry, Line, Notice, Progress, SyncChip


@dataclass(frozen=True, slots=True)
class Row:
    """An import in the list; the first is the one that is being made."""

    name: str
    title: str
    fact: str
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Nothing is chosen yet: what to choose, and what can be read."""

    title: str
    lines: tuple[str, ...]
    choose: str


@dataclass(frozen=True, slots=True)
class Working:
    """Files come up, are looked at or imported; `stop` ends it."""

    progress: Progress
    files: tuple[Line, ...]
    stop: Button


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: what it is taken for, a few masked values, and how that is known."""

    name: str
    meaning: str
    samples: str
    how: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read. `meanings` are what the column that is chosen may be.

    `doubts` are what nobody can be sure of; `problem` is why the table cannot be read so.
    `channels` are where its orders may have been sold, if it does not say so itself; `leave` leaves
    it out, or takes it in again; `units` are what the amounts of the column that is chosen may be
    counted in.
    """

    table: str
    title: str
    fact: str
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    meanings: tuple[Choice, ...]
    tables: tuple[Choice, ...]
    profiles: tuple[Choice, ...]
    amounts: tuple[Choice, ...]
    shop: Entry
    doubts: tuple[str, ...]
    problem: str
    attempt: Button
    put: Button
    keep: Button
    other: Button
    channels: tuple[Choice, ...]
    leave: Button
    units: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows to look through, under headings; `more` says what is not listed."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or would do."""

    name: str
    title: str
    badge: Badge | None
    lines: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    save: str
    back: Button


@dataclass(frozen=True, slots=True)
class Naming:
    """A name is asked for, under which a reading is kept."""

    title: str
    text: str
    placeholder: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The imports, and of the chosen one what there is to do or to see."""

    title: str
    left: str
    sync: SyncChip
    person: str
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    start: Start | None = None
    working: Working | None = None
    reading: Reading | None = None
    result: Result | None = None
    naming: Naming | None = None
    confirm: Confirm | None = None
    notice: Notice | None = None
    offline: str = ""
    keys: str = ""
