"""What travels between desk and hub, with its version. Times on the wire are milliseconds."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

PROTO_MIN = 1
PROTO = 3
MOST_OPS = 50
PAGE = 500

LONGEST_PAYLOAD = 100_000

Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Cursor = Annotated[int, Field(gt=-(2**63), lt=2**63)]
Number = Annotated[int, Field(ge=0, lt=2**63)]
Status = Literal["applied", "rejected", "parked", "blocked"]
APPLIED: Final = "applied"
REJECTED: Final = "rejected"
PARKED: Final = "parked"
BLOCKED: Final = "blocked"


@dataclass(frozen=True)
class SignIn:
    """Name and password of a person, and the desk she sits at."""

    login: Text
    password: Annotated[str, Field(max_length=1000)]
    client_id: Text


@dataclass(frozen=True)
class Refresh:
    """Ask for new tokens."""

    refresh: Text
    client_id: Text


@dataclass(frozen=True)
class Tokens:
    """What a signed-in desk shows at the doors. `access_until` is milliseconds since 1970."""

    access: str
    refresh: str
    access_until: int
    person_id: str
    name: str
    role: str
    team_id: str


@dataclass(frozen=True)
class Hello:
    """A desk introduces itself."""

    client_id: Text
    version: Text
    proto: int


@dataclass(frozen=True)
class Welcome:
    """What the hub is: its life (`epoch`), the protocols it speaks, its time, your streams."""

    epoch: str
    proto_min: int
    proto_max: int
    now: int
    streams: tuple[str, ...]


@dataclass(frozen=True)
class Envelope:
    """One operation on its way to the hub. `payload` is JSON text, kept as it was received.

    Longer than LONGEST_PAYLOAD it is refused, alone: the others of its batch go on.
    """

    op_id: Text
    client_seq: Number
    kind: Text
    kind_ver: Number
    payload: str
    depends_on: Text | None = None


@dataclass(frozen=True)
class Push:
    """Operations in the order they were done. With `pull` the answer brings what came of them."""

    client_id: Text
    ops: Annotated[tuple[Envelope, ...], Field(max_length=MOST_OPS)]
    pull: "Pull | None" = None


@dataclass(frozen=True)
class Answer:
    """What became of one operation. `now` is the records it is about, as they stand."""

    op_id: str
    status: Status
    reason: str = ""
    params: dict[str, str | int] = field(default_factory=dict)
    now: tuple["Change", ...] = ()


@dataclass(frozen=True)
class Pushed:
    """The answers, one for each operation, in order.

    `pulled` is what the pull that came along would have been told afterwards. A hub that knows no
    such thing, or could not do it just then, leaves it out.
    """

    epoch: str
    answers: tuple[Answer, ...]
    pulled: "Pulled | None" = None


@dataclass(frozen=True)
class Pull:
    """How far the desk has read each stream.

    A desk that speaks protocol 2 or later is told `again` where a stream has to be fetched as a
    snapshot; an older one gets it from its beginning, and cursors below zero on the way. One of
    protocol 3 or later takes in a page's removals before all else in it, and knows `gone`.
    """

    client_id: Text
    cursors: dict[str, Cursor]
    limit: Annotated[int, Field(ge=1, le=2000)] = PAGE
    proto: Number = 1


@dataclass(frozen=True)
class Change:
    """One record's latest change in a stream.

    A put carries the row in the order of the entity's columns. A customer who has come into the
    stream since the cursor carries her children too (`tree`: entity → rows) and which of them
    the stream counts singly (`held`: entity, pk, ver).
    """

    entity: str
    pk: str
    root: str
    op: Literal["put", "remove"]
    ver: int
    row: tuple[Any, ...] | None = None
    tree: dict[str, list[tuple[Any, ...]]] | None = None
    held: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Page:
    """The next changes of one stream. `more` says that the head was not reached.

    `digest` is text, since not every reader of JSON can hold 64 bits. `again` says that the
    stream cannot be continued from the cursor: fetch it as a snapshot. `gone` are the customers
    who have left, with all that was theirs; older desks are told so by changes.
    """

    stream: str
    seq: int
    head: int
    digest: str
    more: bool
    changes: tuple[Change, ...]
    again: bool = False
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pulled:
    """Pages for every stream the desk may read; a stream that is missing is no longer hers.

    `columns` names the columns of every entity in these pages, so that a desk of another version
    can put each value in its place.
    """

    epoch: str
    pages: tuple[Page, ...]
    columns: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Snapshot:
    """Ask for a whole stream, or for the rest of one that was interrupted.

    `generation` and `after` are those of the last sheet that was kept; both empty to begin anew.
    """

    client_id: Text
    stream: Text
    generation: Text = ""
    after: Text = ""


@dataclass(frozen=True)
class Sheet:
    """One line of a snapshot: the next records of a stream, by key.

    Once the last sheet (`more` is false) is kept, the stream is read on from `seq` by pulls: what
    changed while the snapshot was fetched comes then. `rows` is entity → rows in the order of
    `columns`; `held` is which records the stream counts singly: entity, pk, root, ver. A customer
    in it comes with all her children. `left` is how many records are still to come.
    """

    epoch: str
    stream: str
    generation: str
    seq: int
    after: str
    more: bool
    left: int
    columns: dict[str, tuple[str, ...]]
    # Any: looking at each value would double the time that reading takes; see fits().
    rows: dict[str, list[Any]]
    held: list[tuple[str, str, str, int]]

    def fits(self) -> bool:
        """Whether every row has a value for each of its columns."""
        return all(
            entity in self.columns
            and set(map(type, rows)) <= {list, tuple}
            and set(map(len, rows)) <= {len(self.columns[entity])}
            for entity, rows in self.rows.items()
        )


@dataclass(frozen=True)
class Problem:
    """An error a person can read.

    `title` and `advice` are English templates, filled from `params`, so that a desk can say them
    in its own language; `words` is the whole English sentence.
    """

    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    title: str = ""
    advice: str = ""
    words: str = ""


PULLED = TypeAdapter(Pulled)
SHEET = TypeAdapter(Sheet)
PUSHED = TypeAdapter(Pushed)
WELCOME = TypeAdapter(Welcome)
TOKENS = TypeAdapter(Tokens)
PROBLEM = TypeAdapter(Problem)
