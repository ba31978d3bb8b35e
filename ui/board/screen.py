"""Everything the leader's board shows at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.values import Badge, Choice, Line, Notice, Progress, SyncChip, Tone


@dataclass(frozen=True, slots=True)
class Measure:
    """One target: `done` and `elapsed` from 0 to 1; `words` say both, `formula` how."""

    name: str
    title: str
    value: str
    target: str
    done: float
    elapsed: float
    words: Line
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    title: str
    words: Line
    list_button: str = ""
    why_button: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Completion beside elapsed time, from 0 to 1; `words` for the tip and screen readers."""

    done: float
    elapsed: float
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    tone: Tone = Tone.PLAIN
    strong: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class RepLine:
    """One line of the table; the whole team's has `total`."""

    rep_id: str
    name: str
    cells: tuple[Cell | Bar, ...]
    badge: Badge | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column; `formula` is its tip. The first column, the names, is left-aligned."""

    text: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The board; `nav` is empty where the window has its own way around.

    `parked` says how much work waits for the leader's word; empty when none does.
    """

    title: str
    days: str
    as_of: Line
    sync: SyncChip
    person: str
    measures: tuple[Measure, ...]
    headings: tuple[Heading, ...]
    reps: tuple[RepLine, ...]
    advice: Advice | None = None
    nav: tuple[Choice, ...] = ()
    problem: Notice | None = None
    loading: Progress | None = None
    empty: str = ""
    parked: str = ""
