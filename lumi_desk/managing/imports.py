"""What travels between a desk and the hub about imports: files, how they are read, what came of it.

Pieces of files travel sealed by the line alone; on the hub they lie sealed with `key`, 64 hex
digits that the desk makes and keeps: the hub never does.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Base64Bytes, Field, TypeAdapter

from lumi_desk.managing.protocol import Id
from lumi_desk.sync.protocol import Number, Problem, Text

# So many bytes are in every piece of a file but the last.
PIECE = 2**17
MOST_FILES = 20
MOST_COLUMNS = 1000

Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, Field(ge=0, lt=2**20)]
Told = Annotated[dict[Text, Text], Field(max_length=MOST_COLUMNS)]


class Task(StrEnum):
    """What the hub can do with files: look at them, import them for show, or for good."""

    LOOK = "look"
    TRY = "try"
    RUN = "run"


class Channel(StrEnum):
    """Where orders are sold that a desk can choose; a command may tell of others."""

    TMALL = "tmall"
    TAOBAO = "taobao"
    JD = "jd"
    DOUYIN = "douyin"
    VIP = "vip"
    KAOLA = "kaola"
    STORE = "store"
    CENTRE = "centre"


@dataclass(frozen=True)
class ListImports:
    """Ask for the imports there were, and for the saved profiles."""


@dataclass(frozen=True)
class PastImport:
    """An import that was carried out; `at` is milliseconds. The counts are of all kinds of rows."""

    run: str
    at: int
    files: tuple[str, ...]
    added: int
    changed: int
    left_out: int
    repaired: int


@dataclass(frozen=True)
class ImportsListed:
    """The imports, the newest first, and the names of the profiles."""

    imports: tuple[PastImport, ...]
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class ShowImport:
    """Ask for the report of one import."""

    run: Text


@dataclass(frozen=True)
class ImportShown:
    """One import, and its report as `lumi-hub import show --json` has it."""

    past: PastImport
    report: dict[str, Any]


@dataclass(frozen=True)
class FileTold:
    """A file that is to be brought up, and its size in bytes."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f/\\]+$")]
    size: Number


@dataclass(frozen=True)
class BeginImport:
    """Begin one. `id` is made by the desk, so that an asking that is repeated has one effect."""

    id: Id
    files: Annotated[tuple[FileTold, ...], Field(min_length=1, max_length=MOST_FILES)]


@dataclass(frozen=True)
class BringPiece:
    """Bring up piece `place` of file `file`, both counted from 0. Again is as good as once."""

    id: Id
    key: Key
    file: Place
    place: Place
    body: Base64Bytes


@dataclass(frozen=True)
class ImportWish:
    """What was said about the files: a profile, meanings by column (`-` for none), and so on.

    `units` are what columns of amounts are counted in: yuan, jiao, fen, thousand, ten_thousand.
    `sheets` are the only ones to be read, all if empty; `without` are tables (TablePlan.table) that
    are left out; `confirmed` takes what is unsure as well. `channel` is that of orders whose file
    does not say it.
    """

    profile: Text = ""
    told: Told = field(default_factory=dict)
    amounts: Text = ""
    sheets: Annotated[tuple[Text, ...], Field(max_length=MOST_COLUMNS)] = ()
    without: Annotated[tuple[Text, ...], Field(max_length=MOST_COLUMNS)] = ()
    shop: Text = ""
    channel: Text = Channel.TMALL.value
    confirmed: bool = False
    units: Told = field(default_factory=dict)


@dataclass(frozen=True)
class AskImport:
    """Ask how an import stands."""

    id: Id


@dataclass(frozen=True)
class PlanImport:
    """Ask how the tables of the files would be read by a wish; they must have been looked at."""

    id: Id
    key: Key
    wish: ImportWish = field(default_factory=ImportWish)


@dataclass(frozen=True)
class WorkImport:
    """Have a task begun. It goes on by itself; AskImport tells how far it is."""

    id: Id
    key: Key
    task: Task
    wish: ImportWish = field(default_factory=ImportWish)


@dataclass(frozen=True)
class SaveProfile:
    """Keep how one table is read by a wish under a name."""

    id: Id
    key: Key
    table: Text
    name: Text
    wish: ImportWish = field(default_factory=ImportWish)


@dataclass(frozen=True)
class StopImport:
    """Stop what is being done, and let go of the files."""

    id: Id


@dataclass(frozen=True)
class FileAt:
    """A file that is being brought up: `pieces` are there of it, from the first on."""

    name: str
    size: int
    pieces: int


@dataclass(frozen=True)
class ImportAt:
    """How an import stands.

    `doing` is the task that is being done, with its stage and how much of how much; `ended` is the
    one that was done last, with its `problem`, or its `result` (a report). `over` says that its
    files are gone.
    """

    id: str
    files: tuple[FileAt, ...]
    doing: str = ""
    stage: str = ""
    done: int = 0
    whole: int = 0
    ended: str = ""
    problem: Problem | None = None
    result: dict[str, Any] | None = None
    over: bool = False


@dataclass(frozen=True)
class ColumnPlan:
    """A column and what it is taken for; `way` is header, profile, told, guess or empty.

    `unit` is what its amounts are counted in, empty where it has none.
    """

    name: str
    meaning: str
    way: str
    certainty: float
    samples: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class TablePlan:
    """How a table would be read. `kind` is empty for one that cannot be; `problem` says why.

    `channel` is where its orders were sold, if its header says so; `about` names the columns that a
    doubt is about.
    """

    table: str
    lines: int
    kind: str
    columns: tuple[ColumnPlan, ...]
    meanings: tuple[str, ...]
    amounts: str
    doubts: tuple[str, ...]
    sure: bool
    problem: Problem | None
    channel: str = ""
    about: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportPlanned:
    """How the tables of an import would be read."""

    tables: tuple[TablePlan, ...]


@dataclass(frozen=True)
class ProfileSaved:
    """The profiles there are now."""

    profiles: tuple[str, ...]


LIST, LISTED = TypeAdapter(ListImports), TypeAdapter(ImportsListed)
SHOW, SHOWN = TypeAdapter(ShowImport), TypeAdapter(ImportShown)
BEGIN, BRING = TypeAdapter(BeginImport), TypeAdapter(BringPiece)
ASK, STOP = TypeAdapter(AskImport), TypeAdapter(StopImport)
WORK, AT = TypeAdapter(WorkImport), TypeAdapter(ImportAt)
PLAN, PLANNED = TypeAdapter(PlanImport), TypeAdapter(ImportPlanned)
SAVE, SAVED = TypeAdapter(SaveProfile), TypeAdapter(ProfileSaved)
