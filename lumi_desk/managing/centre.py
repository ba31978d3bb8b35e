"""What travels between a leader's or manager's desk and the hub about customers she does not hold.

Pools, grades, lines and relationships are the values of `customers.rules`, columns and fields those
of `customers.listing.rules`; an empty text means none; moments are milliseconds since 1970. Phone
numbers are masked by the hub, which keeps who asked for whom.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.because import Plain
from lumi_desk.sync.protocol import Text

PAGE = 100
MOST_BEFORE = 1_000_000
MOST_VALUES = 100
_MOST_DAYS = 36_500

# Whether a customer is in somebody's hands: a field, and its values.
HELD = "held"
NOBODY, SOMEBODY = "nobody", "somebody"

ByColumn = Literal[
    "name", "pool", "grade", "line", "relationship", "last_paid", "day", "year", "brought",
    "expected", "run_out", "city", "last_contact",
]  # fmt: skip
ByField = Literal[
    "pool", "grade", "line", "relationship", "expected", "run_out", "held", "tag", "rep", "team",
]  # fmt: skip
Values = Annotated[tuple[Text, ...], Field(max_length=MOST_VALUES)]
Days = Annotated[int, Field(ge=0, le=_MOST_DAYS)]


@dataclass(frozen=True)
class ListCentre:
    """Ask for a page of customers: whoever fits all that is said, of several values one.

    `words` are a name, pinyin, initials, last digits, Wangwang or tag. `expected` is a value of
    `customers.value.rules.Band`, `run_out` one of `customers.run_out.rules.UsedUp`, `held` is
    "nobody" or "somebody"; `rep` and `team` are ids. `quiet_from` and `quiet_to` are days since
    the last purchase. `before` so many the page begins; it holds `limit` of them. Without `counts`
    neither they nor the reps are told: they are the same for every page and filter, and take as
    long as a page.
    """

    words: Text = ""
    values: dict[ByField, Values] = field(default_factory=dict)
    quiet_from: Days | None = None
    quiet_to: Days | None = None
    refused: Literal["all", "no", "only"] = "all"
    order: ByColumn = "pool"
    backwards: bool = False
    before: Annotated[int, Field(ge=0, le=MOST_BEFORE)] = 0
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE
    counts: bool = True


@dataclass(frozen=True)
class CentreCustomer:
    """A customer as the list shows her; `rep` is the name of who holds her.

    `brought_fen` is all she ever paid, `expected_fen` what is expected in the next 365 days, and
    `runs_out` the day on which what she bought last is used up: as of the last reckoning.
    """

    id: str
    name: str
    pinyin: str
    initials: str
    phone: str
    wangwang: str
    city: str
    pool: str
    grade: str
    line: str
    relationship: str
    last_paid_at: int | None
    year_fen: int
    year_orders: int
    tags: tuple[str, ...]
    last_contact: int | None
    refused: bool
    brought_fen: int
    expected_fen: int
    runs_out: date | None
    rep: str


@dataclass(frozen=True)
class CentreSum:
    """Those who fit of a pool and a grade: how many, what they paid in the last 365 days, and what
    is expected of them in the next.
    """

    pool: str
    grade: str
    customers: int
    year_fen: int
    expected_fen: int


@dataclass(frozen=True)
class CentreRep:
    """A person within reach whose customers can be asked for; `team` is the name of hers."""

    id: str
    name: str
    team_id: str
    team: str


@dataclass(frozen=True)
class CentreListed:
    """A page of those who fit, how many fit (`total`), and of how many within reach (`all`).

    `sums` are of all who fit; `counts` say how many customers within reach have each value of a
    field. `reps` are those who work with customers or still hold some, by team and name.
    """

    customers: tuple[CentreCustomer, ...]
    total: int
    all: int
    sums: tuple[CentreSum, ...]
    counts: dict[str, dict[str, int]]
    reps: tuple[CentreRep, ...] = ()


@dataclass(frozen=True)
class ShowCustomer:
    """Ask for all that is known of one customer."""

    id: Text


@dataclass(frozen=True)
class CentreWhy:
    """Why she is where she is: a code of `customers.why.rules` with its values."""

    code: str
    params: dict[str, Plain]


@dataclass(frozen=True)
class CentreEvent:
    """One thing that happened; `kind` is a value of `customers.person.Kind`.

    `what` is the order's title, the outcome's id, what was sold, a tag, or words; `note` what was
    noted of a contact, the remedy of a complaint, or who gave or took a tag; `seconds` how long a
    contact was talked.
    """

    at: int
    kind: str
    channel: str
    what: str
    note: str
    fen: int | None
    seconds: int


@dataclass(frozen=True)
class CentreHeld:
    """Who held her from when on; an empty name is nobody."""

    rep: str
    since: int
    until: int | None


@dataclass(frozen=True)
class CentreLook:
    """Who looked at her record on a day: the last time, and how many times on it."""

    who: str
    at: int
    times: int


@dataclass(frozen=True)
class CustomerShown:
    """One customer, the reasons for where she is, and her history, the newest first.

    `balance_fen` is None without a card. Of a long history the latest part is told. `looks` are
    told to managers, without this one; to others they are None.
    """

    customer: CentreCustomer
    allergy: str
    household: int
    balance_fen: int | None
    complaint_due: int | None
    whys: tuple[CentreWhy, ...]
    held: tuple[CentreHeld, ...]
    history: tuple[CentreEvent, ...]
    looks: tuple[CentreLook, ...] | None = None


LIST = TypeAdapter(ListCentre)
LISTED = TypeAdapter(CentreListed)
SHOW = TypeAdapter(ShowCustomer)
SHOWN = TypeAdapter(CustomerShown)
