"""What travels between a manager's desk and the hub about what product titles mean.

Lines are the values of `customers.rules.Line`; money is fen, times are milliseconds; nothing is an
empty text.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.managing.protocol import MOST_PLACES, Id, Told
from lumi_desk.sync.protocol import Text

MOST_TITLES = 200
# Of a decision about many titles so many are told, of a preview the most sold.
MOST_TOLD = 30

Line = Literal["collagen", "enzyme", "other"]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]
Limit = Annotated[int, Field(ge=1, le=MOST_TITLES)]


@dataclass(frozen=True)
class ListTitles:
    """Ask for titles that nobody knows, the most sold first, those left for later at the end.

    With `words` only those that hold them, whatever the case; `before` so many the page begins.
    """

    words: Text = ""
    before: Annotated[int, Field(ge=0, le=MOST_PLACES)] = 0
    limit: Limit = 100


@dataclass(frozen=True)
class OpenTitle:
    """A title that nobody knows: what it sold by its list price, to so many who are known.

    The last order was at `at` in `shop`: `last_units` for `last_fen` each. Without one `at` is
    None. `left_at` is when it was left for later, by `left_by`; None where it was not.
    """

    title: str
    fen: int
    units: int
    orders: int
    customers: int
    at: int | None
    shop: str
    last_units: int
    last_fen: int
    left_at: int | None = None
    left_by: str = ""


@dataclass(frozen=True)
class TitlesListed:
    """A page of titles. `fitting` holds the words, for `fitting_fen` in all.

    `mark` is to be sent along when all of them are settled at once: it is another one as soon as
    they are others. `waiting` is how many nobody knows, who sold `waiting_fen` of `sold_fen`.
    """

    titles: tuple[OpenTitle, ...]
    fitting: int
    fitting_fen: int
    mark: str
    waiting: int
    waiting_fen: int
    sold_fen: int


@dataclass(frozen=True)
class SettleTitle:
    """Say what a title means. `id` is made by the client: asking again has one effect."""

    id: Id
    title: Told
    line: Line
    high_margin: bool = False


@dataclass(frozen=True)
class SettleTitles:
    """Say what all titles mean that hold these words and that nobody knows.

    `base` is the mark they were listed with.
    """

    id: Id
    words: Words
    base: Text
    line: Line
    high_margin: bool = False


@dataclass(frozen=True)
class LeaveTitle:
    """Leave a title for later, or with `back` no longer."""

    title: Told
    back: bool = False


@dataclass(frozen=True)
class TitleLeft:
    """When the title was left for later, and by whom; None where it is not."""

    title: str
    at: int | None
    by: str


@dataclass(frozen=True)
class UndoTitles:
    """Take a decision back."""

    id: Text


@dataclass(frozen=True)
class TitlesDone:
    """So many `titles` mean something else now; `lines` of orders and `customers` changed by it.

    `again` says that this asking had been carried out before; then nothing changed any more.
    """

    id: str
    titles: int
    lines: int
    customers: int
    again: bool


@dataclass(frozen=True)
class ListDecisions:
    """Ask for what was settled, the newest first, from `after` (a decision's id) on.

    With `words` only decisions about a title that holds them.
    """

    words: Text = ""
    after: Text = ""
    limit: Limit = 100


@dataclass(frozen=True)
class TitlesDecision:
    """What was said of `count` titles, of which a few are told; `product` is the name of one.

    `by` is empty where it was a command. `undone_at` is None while it holds.
    """

    id: str
    titles: tuple[str, ...]
    count: int
    line: str
    product: str
    high_margin: bool
    at: int
    by: str
    undone_at: int | None
    undone_by: str


@dataclass(frozen=True)
class DecisionsListed:
    """A page of decisions; `more` asks for the next, if there is one."""

    decisions: tuple[TitlesDecision, ...]
    more: str


LIST = TypeAdapter(ListTitles)
LISTED = TypeAdapter(TitlesListed)
ONE = TypeAdapter(SettleTitle)
MANY = TypeAdapter(SettleTitles)
UNDO = TypeAdapter(UndoTitles)
LEAVE = TypeAdapter(LeaveTitle)
LEFT = TypeAdapter(TitleLeft)
DONE = TypeAdapter(TitlesDone)
LIST_SAID = TypeAdapter(ListDecisions)
SAID_LISTED = TypeAdapter(DecisionsListed)
