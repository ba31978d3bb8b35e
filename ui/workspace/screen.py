"""Everything the rep's desk shows at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from ui.widgets.values import Badge, Choice, Line, Notice, Progress, SyncChip, Timer, Tone


class Stage(StrEnum):
    """Where the contact stands; the rep marks each step, since no phone is connected."""

    NOBODY = "nobody"
    READY = "ready"
    DIALLED = "dialled"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class QueueRow:
    customer_id: str
    name: str
    badges: tuple[Badge, ...]
    reason: str
    flag: Badge | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """Today's list, or what a search found while `searching` holds its words."""

    title: str
    left: str
    rows: tuple[QueueRow, ...]
    chosen: str = ""
    searching: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Lamp:
    text: str
    tone: Tone
    timer: Timer


@dataclass(frozen=True, slots=True)
class Figures:
    """A pill of figures: full, short for narrow windows, and the formula for the tip."""

    line: Line
    short: Line
    tone: Tone = Tone.QUIET
    tip: str = ""


@dataclass(frozen=True, slots=True)
class TopBar:
    """`number` is masked. `rep` is the whole name; the bar shows its first letter."""

    lamp: Lamp
    number: str
    today: Figures
    month: Figures
    sync: SyncChip
    rep: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who she is. `tags` are a few of hers, `all_tags` says every one in words.

    `clock` says where in her half year she is, `steps` how each step of the touch plan stands.
    """

    customer_id: str
    name: str
    badges: tuple[Badge, ...]
    facts: str
    flags: tuple[Badge, ...]
    figures: tuple[Figure, ...]
    whys: tuple[str, ...] = ()
    tags: tuple[Badge, ...] = ()
    all_tags: str = ""
    clock: str = ""
    steps: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class Dial:
    """The way to a contact: `hint` says what to do next, `blocked` why dialling is not allowed.

    `ways` are the channels she can be written to on; without a number the first is `instead`.
    """

    number: str
    hint: str
    blocked: str = ""
    ways: tuple[Choice, ...] = ()
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An objection found, with the words to answer it."""

    title: str
    reply: Line


@dataclass(frozen=True, slots=True)
class Script:
    """One node of a script: the way to it, its words and the answers. `can_back` arms Esc."""

    title: str
    path: tuple[str, ...]
    words: Line
    answers: tuple[Choice, ...]
    can_back: bool = False
    searched: str = ""
    hits: tuple[Hit, ...] = ()
    no_hits: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One suggestion. A lower price than `was` stands on its own line beside the old one."""

    rank: str
    title: str
    price: str
    was: str = ""
    badges: tuple[Badge, ...] = ()
    facts: tuple[Line, ...] = ()
    because: str = ""
    against: Badge | None = None
    against_text: str = ""
    best: bool = False
    chosen: bool = False


class Channel(StrEnum):
    CALL = "call"
    WECHAT = "wechat"
    WANGWANG = "wangwang"
    ORDER = "order"
    GIFT = "gift"
    COMPLAINT = "complaint"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Happening:
    day: str
    channel: Channel
    words: Line
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Note:
    """The note of one contact, `of`; the field keeps what is being typed until `of` changes."""

    of: str
    text: str
    status: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """A small question in the page: reasons by digit, and a line to write when `entry` is set."""

    title: str
    choices: tuple[Choice, ...] = ()
    entry: bool = False
    placeholder: str = ""
    reading: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class EditField:
    """One thing known of her; `hint` says how it is written, `problem` why it does not fit."""

    name: str
    label: str
    value: str
    hint: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is known of one customer, `of`, to be changed; what is being typed stays until then."""

    of: str
    title: str
    fields: tuple[EditField, ...]
    save: str
    cancel: str


@dataclass(frozen=True, slots=True)
class Sale:
    title: str
    price: str
    gift: str = ""
    proof: str = ""
    proof_problem: str = ""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """The form after a call. `next_words` is what she typed, `next_reading` what it means."""

    timer: Timer
    answered: bool
    outcomes: tuple[Choice, ...]
    attitudes: tuple[Choice, ...] = ()
    wechat: tuple[Choice, ...] = ()
    sale: Sale | None = None
    next_words: str = ""
    next_reading: str = ""
    next_problem: str = ""
    next_kinds: tuple[Choice, ...] = ()
    next_hint: str = ""
    as_case: bool = False
    can_save: bool = True


@dataclass(frozen=True, slots=True)
class Screen:
    """The desk at one moment.

    `toast` goes by itself and may offer undo; `problem` stays until it is mended or closed;
    `loading` is the first sync; `message` fills the centre while nobody is chosen.
    """

    stage: Stage
    top: TopBar
    queue: Queue
    person: Person | None = None
    dial: Dial | None = None
    script: Script | None = None
    offers: tuple[Offer, ...] = ()
    timeline: tuple[Happening, ...] = ()
    note: Note | None = None
    wrap_up: WrapUp | None = None
    ask: Ask | None = None
    edit: Edit | None = None
    toast: Notice | None = None
    problem: Notice | None = None
    loading: Progress | None = None
    message: str = ""
