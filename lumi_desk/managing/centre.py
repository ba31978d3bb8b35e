"""What travels between a leader's or manager's desk and the hub about customers she does not hold.

Pools, grades, lines and relationships are the values of `customers.rules`, columns and fields those
of `customers.listing.rules`; an empty text means none; moments are milliseconds since 1970. Phone
numbers are masked by the hub.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.because import Plain
from lumi_desk.sync.protocol import Text

PAGE = 100
MOST_BEFORE = 1_000_000
MOST_VALUES = 100
_MOST_DAYS = 36_500

ByColumn = Literal[
    "name", "pool", "grade", "line", "relationship", "last_paid", "day", "year", "brought", "city",
    "last_contact",
]  # fmt: skip
ByField = Literal["pool", "grade", "line", "relationship", "tag"]
Values = Annotated[tuple[Text, ...], Field(max_length=MOST_VALUES)]
Days = Annotated[int, Field(ge=0, le=_MOST_DAYS)]


@dataclass(frozen=True)
class ListCentre:
    """Ask for a page of customers: whoever fits all that is said, of several values one.

    `words` are a name, pinyin, initials, last digits, Wangwang or tag; `quiet_from` and `quiet_to`
    days since the last purchase. `before` so many the page begins; it holds `limit` of them.
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


@dataclass(frozen=True)
class CentreCustomer:
    """A customer as the list shows her; `rep` is the name of who holds her.

    `brought_fen` is all she ever paid, `expected_fen` what is expected in the next 365 days.
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
    rep: str


@dataclass(frozen=True)
class CentreListed:
    """A page of those who fit, how many fit (`total`), and of how many within reach (`all`).

    `counts` say how many customers within reach have each value of a field.
    """

    customers: tuple[CentreCustomer, ...]
    total: int
    all: int
    counts: dict[str, dict[str, int]]


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

    `what` is the order's title, the outcome's id, what was sold, or words; `note` what was noted of
    a contact, or the remedy of a complaint; `seconds` how long a contact was talked.
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
class CustomerShown:
    """One customer, the reasons for where she is, and her history, the newest first.

    `balance_fen` is None without a card. Of a long history the latest part is told.
    """

    customer: CentreCustomer
    allergy: str
    household: int
    balance_fen: int | None
    complaint_due: int | None
    whys: tuple[CentreWhy, ...]
    held: tuple[CentreHeld, ...]
    history: tuple[CentreEvent, ...]


LIST = TypeAdapter(ListCentre)
LISTED = TypeAdapter(CentreListed)
SHOW = TypeAdapter(ShowCustomer)
SHOWN = TypeAdapter(CustomerShown)
