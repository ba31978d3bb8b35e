"""What the list of customers knows at one moment, and the question that is open. Knows no Qt."""

from dataclasses import dataclass, field
from enum import StrEnum

from lumi_desk.customers.listing.rules import Filter, Listed, Order
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.exports.rules import Format
from ui.customers.loading import Everybody, Leave
from ui.customers.screen import Lines
from ui.widgets.values import Notice, SyncChip

# What is done at once waits for nobody else: more would keep the desk from saving for too long.
MOST_AT_ONCE = 300


class Question(StrEnum):
    """What the page asks."""

    TAG = "tag"
    UNTAG = "untag"
    VIEW = "view"
    RENAME = "rename"
    DAYS = "days"
    EXPORT = "export"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question: what was written so far, about whom, and what does not fit.

    For an export: its format, whether numbers are whole, what may be exported, how many, and
    what of it was written down already: a file that went wrong is not written down twice.
    """

    question: Question
    about: tuple[Listed, ...] = ()
    text: str = ""
    problem: LumiError | None = None
    format: Format = Format.XLSX
    whole: bool = False
    leave: Leave | None = None
    room: int = 0
    logged: tuple[object, ...] = ()

    def to_log(self) -> tuple[object, ...]:
        """What makes an export another one than that which was written down."""
        ids = tuple(one.id for one in self.about[: self.room])
        return self.format, self.whole, self.text.strip(), ids


@dataclass
class State:
    """The list of one person. `lines` are put into words anew when rows or language change."""

    me: Me
    chip: SyncChip
    everybody: Everybody | None = None
    rows: tuple[Listed, ...] = ()
    lines: Lines | None = None
    filter: Filter = field(default_factory=Filter)
    order: Order = field(default_factory=Order)
    view: str = ""
    marked: frozenset[str] = frozenset()
    current: str = ""
    asking: Asking | None = None
    toast: Notice | None = None
    problem: Notice | None = None

    @property
    def half_year(self) -> int:
        """How many days the half-year clock runs."""
        return self.everybody.half_year if self.everybody else HALF_YEAR.days

    @property
    def whom(self) -> tuple[Listed, ...]:
        """Those who are marked, in the order of the list; else everybody in it."""
        if not self.marked:
            return self.rows
        return tuple(one for one in self.rows if one.id in self.marked)
