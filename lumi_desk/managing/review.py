"""What travels between a desk and the hub about customers who may be one person.

Numbers come masked, and which of them agree is said by the hub. Money is fen, times are
milliseconds, days are texts (`1990-05-01`); nothing is an empty text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, TypeAdapter

from lumi_desk.managing.protocol import Id
from lumi_desk.sync.protocol import Text

MOST_PAIRS = 200


class Agreement(StrEnum):
    """How a field of two customers compares."""

    SAME = "same"  # something is the same
    DIFFERS = "differs"  # both have something, nothing is the same
    ONE_SIDE = "one_side"  # only one has something
    NONE = "none"  # nothing to compare: it says who she is to us


class Said(StrEnum):
    """What was decided."""

    ONE = "one"
    TWO = "two"


@dataclass(frozen=True)
class ListPairs:
    """Ask for likely pairs, those with the most evidence first, from `after` on."""

    after: Text = ""
    limit: Annotated[int, Field(ge=1, le=MOST_PAIRS)] = 100


@dataclass(frozen=True)
class LikelyPair:
    """A pair in the list. `evidence` are kinds (identity.rules.Kind).

    `sharing` is how many customers have the number that these two share, if it is a household's
    or a company's, else 0. `again` says that they were said to be two people, when they shared
    less.
    """

    one: str
    other: str
    one_name: str
    other_name: str
    score: int
    evidence: tuple[str, ...]
    sharing: int
    again: bool


@dataclass(frozen=True)
class PairsListed:
    """A page of pairs. `waiting` counts all, `more` asks for the next page, if there is one.

    `numbers` counts the numbers of households and companies, `comparing` the customers who are
    still to be compared with others: there may be more pairs then.
    """

    waiting: int
    pairs: tuple[LikelyPair, ...]
    more: str
    numbers: int
    comparing: int = 0


@dataclass(frozen=True)
class ShowPair:
    """Ask for both customers of a pair, side by side."""

    one: Text
    other: Text


@dataclass(frozen=True)
class Piece:
    """A value of a field: `same` if the other has it too, `lent` for a number that names nobody."""

    text: str
    same: bool = False
    lent: bool = False


@dataclass(frozen=True)
class Compared:
    """A field of both customers. `agreement` is a value of Agreement."""

    field: str
    agreement: str
    one: tuple[Piece, ...]
    other: tuple[Piece, ...]


@dataclass(frozen=True)
class Weighed:
    """One thing that speaks for one person, with its points; with less than none, against it."""

    kind: str
    points: int


@dataclass(frozen=True)
class Becomes:
    """What comes of them if this one is kept.

    `moving` counts the records of the other that come to her, by table; `filled` are the fields
    she gets from the other; `rep` is who holds her then, `loser` the rep who loses the other.
    """

    keep: str
    moving: dict[str, int]
    filled: tuple[str, ...]
    rep: str
    loser: str


@dataclass(frozen=True)
class PairShown:
    """Two customers side by side. `mark` is to be sent along with a decision.

    It is another one as soon as anything shown here has changed. With `against` (a value of
    identity.rules.Against) they cannot be one. `becomes` is told for either of them being kept,
    the better choice first.
    """

    one: str
    other: str
    mark: str
    score: int
    evidence: tuple[Weighed, ...]
    against: str
    fields: tuple[Compared, ...]
    becomes: tuple[Becomes, ...]


@dataclass(frozen=True)
class SayOne:
    """They are one person: `keep` gets everything of `other`, who goes.

    `id` is made by the client, so that an asking that is repeated has one effect.
    """

    id: Id
    keep: Text
    other: Text
    mark: Text


@dataclass(frozen=True)
class SayTwo:
    """They are two people. They are not proposed again unless something new speaks for it."""

    id: Id
    one: Text
    other: Text
    mark: Text


@dataclass(frozen=True)
class UndoSaid:
    """Take a decision back."""

    id: Text


@dataclass(frozen=True)
class PairDone:
    """What a decision, or taking it back, did: how many records moved, by table.

    `again` says that this asking had been carried out before.
    """

    id: str
    said: str
    moved: dict[str, int]
    again: bool


@dataclass(frozen=True)
class ListSaid:
    """Ask for the decisions, the newest first, from `after` (a decision's id) on."""

    after: Text = ""
    limit: Annotated[int, Field(ge=1, le=MOST_PAIRS)] = 100


@dataclass(frozen=True)
class Decision:
    """A decision: `said` is a value of Said, `by` a name, empty where it was a command.

    `undone_at` is None while it holds.
    """

    id: str
    said: str
    one: str
    other: str
    one_name: str
    other_name: str
    at: int
    by: str
    undone_at: int | None
    undone_by: str


@dataclass(frozen=True)
class SaidListed:
    """A page of decisions; `more` asks for the next, if there is one."""

    decisions: tuple[Decision, ...]
    more: str


@dataclass(frozen=True)
class ListNumbers:
    """Ask for the numbers of households and companies."""


@dataclass(frozen=True)
class Sharer:
    """Somebody who has a shared number."""

    id: str
    name: str
    city: str
    rep: str


@dataclass(frozen=True)
class NumberShared:
    """A number of a household or a company, masked; `kind` is "phone" or "landline".

    `people` counts all who have it, of whom a few are told.
    """

    key: str
    number: str
    kind: str
    people: int
    sharers: tuple[Sharer, ...]


@dataclass(frozen=True)
class NumbersListed:
    """The numbers that most customers have first."""

    numbers: tuple[NumberShared, ...]


LIST = TypeAdapter(ListPairs)
LISTED = TypeAdapter(PairsListed)
SHOW = TypeAdapter(ShowPair)
SHOWN = TypeAdapter(PairShown)
ONE = TypeAdapter(SayOne)
TWO = TypeAdapter(SayTwo)
UNDO = TypeAdapter(UndoSaid)
DONE = TypeAdapter(PairDone)
LIST_SAID = TypeAdapter(ListSaid)
SAID_LISTED = TypeAdapter(SaidListed)
LIST_NUMBERS = TypeAdapter(ListNumbers)
NUMBERS_LISTED = TypeAdapter(NumbersListed)
