"""What travels between a leader's or manager's desk and the hub about who looks after whom.

Sides, lines, grades and pools are the values of `assigning.rules.Side` and `customers.rules`; an
empty rep id means nobody; moments are milliseconds since 1970.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.managing.protocol import Id
from lumi_desk.sync.protocol import Text

# Customers chosen by hand, and reps they may go to.
MOST_CHOSEN = 500
MOST_REPS = 200
MOST_CAP = 100_000

Source = Literal["rep", "waiting", "chosen"]
Way = Literal["reps", "plans", "nobody"]
Pools = Annotated[tuple[Literal["V", "1", "0"], ...], Field(max_length=3)]
Grades = Annotated[tuple[Literal["A", "B", "C"], ...], Field(max_length=3)]
Lines = Annotated[tuple[Literal["collagen", "enzyme", "other"], ...], Field(max_length=3)]
Reps = Annotated[tuple[Text, ...], Field(max_length=MOST_REPS)]
Chosen = Annotated[tuple[Text, ...], Field(max_length=MOST_CHOSEN)]


@dataclass(frozen=True)
class ListReps:
    """Ask for the reps with their load, who waits for one, and the history."""


@dataclass(frozen=True)
class RepLoad:
    """A rep: whom she takes, how many she holds, her leave. `most` 0 to 100,000 customers.

    Without a plan (`takes` off) she is given nobody by herself, and `most` is what is usual.
    `by_grade` and `by_pool` count whom she holds; an empty grade is none. `kept` of them are
    another's, who is on leave. `away_why` is the reason of her leave, for who leads her alone.
    `mark` is to be sent along with a change of hers.
    """

    id: str
    name: str
    team: str
    active: bool
    takes: bool
    side: str
    lines: tuple[str, ...]
    grades: tuple[str, ...]
    most: int
    own_most: bool
    holds: int
    kept: int
    by_grade: dict[str, int]
    by_pool: dict[str, int]
    first: str | None
    last: str | None
    stand_in: str
    is_away: bool
    mark: str
    away_why: str = ""


@dataclass(frozen=True)
class RepWaiting:
    """A customer in nobody's hands who is to have a rep; `why` is a value of Stays, or empty.

    Empty: somebody has room, and she is handed out at the next import or at night.
    """

    id: str
    name: str
    pool: str
    grade: str
    line: str
    why: str


@dataclass(frozen=True)
class RepMoves:
    """So many customers went from `old` to `new`: names, empty for nobody."""

    old: str
    new: str
    customers: int


@dataclass(frozen=True)
class HandedOver:
    """A line of the history. `kind` is a value of assigning.rules.Move, or "hub" for the plans.

    `back` is how many can still be taken back today.
    """

    id: str
    at: int
    by: str
    kind: str
    why: str
    moves: tuple[RepMoves, ...]
    back: int
    undone: bool


@dataclass(frozen=True)
class RepsListed:
    """Everything there is to see: `waiting` counts by reason, `first` are the best of them."""

    reps: tuple[RepLoad, ...]
    waiting: dict[str, int]
    first: tuple[RepWaiting, ...]
    history: tuple[HandedOver, ...]


@dataclass(frozen=True)
class PreviewHandOver:
    """Who is to go where; nothing is changed.

    `source` says whose: of `rep_id`, of those who wait, or the `chosen`. Empty filters let
    everybody through. `way`: to these `reps` (to several by their plans), to whoever takes such as
    her by plan, or to nobody.
    """

    source: Source
    way: Way
    rep_id: Text = ""
    chosen: Chosen = ()
    pools: Pools = ()
    grades: Grades = ()
    lines: Lines = ()
    reps: Reps = ()


@dataclass(frozen=True)
class Goes:
    """What one rep gets, and what she holds then; `over` is by how many more than her cap."""

    rep_id: str
    name: str
    customers: int
    by_grade: dict[str, int]
    then: int
    most: int
    over: int
    is_away: bool
    examples: tuple[str, ...]


@dataclass(frozen=True)
class HandOverPreviewed:
    """Who would go where, and who stays by reason; and the open work that goes along.

    `mark` is to be sent along when it is done: it is another one as soon as anybody else moved.
    """

    mark: str
    moving: int
    goes: tuple[Goes, ...]
    stays: dict[str, int]
    callbacks: int
    complaints: int
    parked: int


@dataclass(frozen=True)
class DoHandOver:
    """Do what was previewed. `id` is made by the client; `base` is the mark of the preview."""

    id: Id
    asked: PreviewHandOver
    base: Text
    why: Text = ""


@dataclass(frozen=True)
class HandOverDone:
    """So many moved. `again` says that this asking had been carried out before."""

    id: str
    moved: int
    again: bool


@dataclass(frozen=True)
class UndoHandOver:
    """Take a hand-over of today back, as far as nobody has worked on its customers since."""

    id: Id
    hand_over_id: Text


@dataclass(frozen=True)
class HandOverUndone:
    """So many came back; those who stay are counted by reason: worked, moved, left."""

    back: int
    stays: dict[str, int]
    again: bool


@dataclass(frozen=True)
class SetPlan:
    """Whom a rep takes from now on, whole. Empty lines or grades are all; no `most` is usual."""

    rep_id: Text
    base: Text
    takes: bool
    side: Literal["new", "old", "both"] = "both"
    lines: Lines = ()
    grades: Grades = ()
    most: Annotated[int | None, Field(ge=0, le=MOST_CAP)] = None


@dataclass(frozen=True)
class SetLeave:
    """A rep's leave, first and last day, and who stands in; without days she is back."""

    id: Id
    rep_id: Text
    base: Text
    first: date | None = None
    last: date | None = None
    stand_in: Text = ""
    why: Text = ""


@dataclass(frozen=True)
class RepSet:
    """The rep as she stands now; so many customers went to the stand-in or came back at once.

    `given` waited for a rep and came to her by her new plan.
    """

    rep: RepLoad
    went: int
    came: int
    given: int = 0


LIST = TypeAdapter(ListReps)
LISTED = TypeAdapter(RepsListed)
PREVIEW = TypeAdapter(PreviewHandOver)
PREVIEWED = TypeAdapter(HandOverPreviewed)
DO = TypeAdapter(DoHandOver)
DONE = TypeAdapter(HandOverDone)
UNDO = TypeAdapter(UndoHandOver)
UNDONE = TypeAdapter(HandOverUndone)
SET_PLAN = TypeAdapter(SetPlan)
SET_LEAVE = TypeAdapter(SetLeave)
REP_SET = TypeAdapter(RepSet)
