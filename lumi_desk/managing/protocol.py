"""What travels between a manager's desk and the hub about rule sets.

Numbers are texts as people write them (`800`, `498.50`, `1.5`): money in CNY, so that what is read,
refused and kept is the same as by command.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, TypeAdapter

from lumi_desk.sync.protocol import Text

MOST_NUMBERS = 100
# A touch plan is one text, and the longest.
MOST_LETTERS = 4000
# Of the examples a preview is asked for.
MOST_NAMES = 30
MOST_PLACES = 1_000_000

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Told = Annotated[str, Field(max_length=MOST_LETTERS, pattern=r"^[^\x00]*$")]
Numbers = Annotated[dict[Text, Told], Field(min_length=1, max_length=MOST_NUMBERS)]


@dataclass(frozen=True)
class ListRules:
    """Ask for every rule set."""


@dataclass(frozen=True)
class ShowRules:
    """Ask for one rule set."""

    name: Text


@dataclass(frozen=True)
class RulesNumber:
    """What a number is: `unit` is days, CNY, orders, points, rhythms or steps; `means` is English.

    A number of steps is a touch plan (customers/touch_plan/words/rules.py): `7-8 | phone; 30`, its
    limits those of how many steps it may have.
    """

    key: str
    unit: str
    means: str
    least: str
    most: str


@dataclass(frozen=True)
class RulesVersion:
    """The numbers from a day on; the shipped ones have no `since`. `at` is milliseconds.

    With a `problem` its own numbers cannot be used, and those here are the ones before.
    """

    numbers: dict[str, str]
    since: str | None
    at: int | None
    by: str
    name: str
    why: str
    back: bool
    problem: str


@dataclass(frozen=True)
class RulesShown:
    """A rule set: its numbers, and its versions in the order in which they hold.

    `holds` is the place of the one that holds today. `mark` is to be sent along with a change: it
    is another one as soon as anybody has set a version.
    """

    name: str
    means: str
    mark: str
    holds: int
    numbers: tuple[RulesNumber, ...]
    versions: tuple[RulesVersion, ...]


@dataclass(frozen=True)
class RulesListed:
    """Every rule set."""

    rules: tuple[RulesShown, ...]


@dataclass(frozen=True)
class PreviewRules:
    """Ask who would move if a rule set had these numbers instead of those of `day`; else today.

    `names` is how many customers at most are to be named for each move.
    """

    name: Text
    numbers: Numbers
    day: date | None = None
    names: Annotated[int, Field(ge=0, le=MOST_NAMES)] = 3


@dataclass(frozen=True)
class RulesMove:
    """So many customers come from `old` to `new`; an empty text means none."""

    old: str
    new: str
    customers: int


@dataclass(frozen=True)
class RulesMover:
    """A customer who would move; `grade` is the one she has now."""

    id: str
    name: str
    grade: str
    old: str
    new: str


@dataclass(frozen=True)
class RulesStep:
    """So many customers are asked for by a step of the touch plan that begins on `day`.

    Today, and within a week from today, `old` with the numbers before, `new` with those after.
    """

    step: str
    day: int
    today_old: int
    today_new: int
    week_old: int
    week_new: int


@dataclass(frozen=True)
class RulesPreviewed:
    """Who would move. `what` is "pool", "grade", "relationship", "churn", "run_out", "half_year".

    `counts` are of all customers: who stays where she is is counted too. Only of the half-year
    clock there are `steps`.
    """

    what: str
    moving: int
    counts: tuple[RulesMove, ...]
    movers: tuple[RulesMover, ...]
    steps: tuple[RulesStep, ...] = ()


@dataclass(frozen=True)
class SetRules:
    """Set numbers from `day` on, else from today; what is not told stays as it would be then.

    `id` is made by the client, so that an asking that is repeated has one effect; `base` is the
    mark of the rule set as it was seen.
    """

    id: Id
    name: Text
    numbers: Numbers
    base: Text
    day: date | None = None
    why: Text = ""


@dataclass(frozen=True)
class RollBackRules:
    """Go back, from `day` on, to the numbers before those that would hold then.

    With `to` to those of an earlier version, by its place among the versions that `base` marks.
    """

    id: Id
    name: Text
    base: Text
    day: date | None = None
    why: Text = ""
    to: Annotated[int, Field(ge=0, le=MOST_PLACES)] | None = None


@dataclass(frozen=True)
class RulesDone:
    """A version that was set. `later` is the next day for which others are set already.

    `moved` counts who moved at once, by pool, grade and relationship; None where the day is still
    to come, or the numbers are those that desks go by. `again` says that this asking had been
    carried out before.
    """

    name: str
    since: str
    numbers: dict[str, str]
    later: str | None
    moved: dict[str, tuple[RulesMove, ...]] | None
    again: bool


LIST = TypeAdapter(ListRules)
SHOW = TypeAdapter(ShowRules)
PREVIEW = TypeAdapter(PreviewRules)
SET = TypeAdapter(SetRules)
ROLL_BACK = TypeAdapter(RollBackRules)
LISTED = TypeAdapter(RulesListed)
SHOWN = TypeAdapter(RulesShown)
PREVIEWED = TypeAdapter(RulesPreviewed)
DONE = TypeAdapter(RulesDone)
