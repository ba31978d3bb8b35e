"""Words with emphasis, badges, timers: what presenters hand to every screen. Knows no Qt."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Tone(StrEnum):
    """What a text means; the palette gives it a colour, and words or an icon always say it too."""

    PLAIN = "ink"
    QUIET = "quiet"
    BRAND = "brand"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"
    VIOLET = "violet"


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    strong: bool = False
    tone: Tone = Tone.PLAIN
    struck: bool = False


Line: TypeAlias = tuple[Span, ...]


def marked(text: str, tone: Tone = Tone.PLAIN, strong_tone: Tone | None = None) -> Line:
    """Split `plain **strong** ~~struck~~` into spans; the strong ones may have their own tone."""
    spans = []
    for part in re.split(r"(\*\*.+?\*\*|~~.+?~~)", text):
        if part.startswith("**") and part.endswith("**") and len(part) > 4:
            spans.append(Span(part[2:-2], strong=True, tone=strong_tone or tone))
        elif part.startswith("~~") and part.endswith("~~") and len(part) > 4:
            spans.append(Span(part[2:-2], tone=tone, struck=True))
        elif part:
            spans.append(Span(part, tone=tone))
    return tuple(spans)


def plain(line: Line) -> str:
    """Return the words alone, as a screen reader says them."""
    return "".join(span.text for span in line)


@dataclass(frozen=True, slots=True)
class Badge:
    """A small label; `boxed` puts it on a ground, `solid` on the tone itself."""

    text: str
    tone: Tone = Tone.QUIET
    boxed: bool = True
    solid: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list, to be chosen by its id."""

    id: str
    title: str
    line: str
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """Runs from `since` (an instant in UTC), or stands at `seconds` when it is None."""

    since: datetime | None = None
    seconds: int = 0

    def elapsed(self, now: datetime) -> int:
        """Return whole seconds; a clock set back counts as nothing."""
        running = int((now - self.since).total_seconds()) if self.since else 0
        return self.seconds + max(0, running)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to pick; `name` goes back to the presenter."""

    name: str
    text: str
    chosen: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; with an empty text it is not there."""

    text: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to write, what is made of it, and why it cannot be that."""

    label: str
    text: str
    placeholder: str = ""
    reading: str = ""
    problem: str = ""


class SyncState(StrEnum):
    SYNCED = "synced"
    WORKING = "working"
    WAITING = "waiting"
    OFFLINE = "offline"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SyncChip:
    """The sync state in words: full, short for narrow windows, and a sentence for the tip."""

    state: SyncState
    text: str
    short: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence in the page: a toast with undo, or a problem and what to do about it.

    `until` is the UTC instant at which it goes by itself; `button` is empty when there is
    nothing to press.
    """

    text: str
    tone: Tone = Tone.PLAIN
    button: str = ""
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class Progress:
    """Work with a known size: `done` of `total`, told in `text`."""

    title: str
    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """A figure in a table; with `moves` it counts customers who move."""

    text: str
    moves: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A small table: `rows` are a heading and a figure for each column.

    `sides` says which side is which.
    """

    sides: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Count, ...]], ...]
