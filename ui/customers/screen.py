"""Everything the list of customers shows at one moment, in words. Knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from lumi_desk.customers.listing.rules import Listed
from ui.widgets.values import Badge, Choice, Notice, SyncChip, Table, Tone
from ui.workspace.screen import Ask


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and badges behind it."""

    text: str
    tone: Tone = Tone.PLAIN
    strong: bool = False
    badges: tuple[Badge, ...] = ()
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: `key` is the digit that orders by it; `order` is "", "up" or "down"."""

    name: str
    text: str
    key: str = ""
    order: str = ""
    tip: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer, a cell for each heading."""

    customer_id: str
    cells: tuple[Cell, ...]


class Lines(Sequence[CustomerLine]):
    """The customers in order; each is put into words when she is looked at, and then kept."""

    def __init__(
        self,
        rows: Sequence[Listed],
        say: Callable[[Listed], CustomerLine],
        longest: Sequence[Listed] = (),
    ) -> None:
        self._rows, self._say, self._longest = rows, say, longest
        self._said: dict[int, CustomerLine] = {}
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> CustomerLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[CustomerLine]: ...
    def __getitem__(self, place: int | slice) -> CustomerLine | Sequence[CustomerLine]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if place not in self._said:
            self._said[place] = self._say(self._rows[place])
        return self._said[place]

    def id_at(self, place: int) -> str:
        """Whose line it is, without putting it into words."""
        return self._rows[place].id

    def samples(self) -> list[CustomerLine]:
        """Lines with the longest of everything, by which columns are fitted."""
        return [self._say(one) for one in self._longest]

    def place(self, customer_id: str) -> int:
        """Where she stands, or -1."""
        if not self._places:
            self._places = {one.id: place for place, one in enumerate(self._rows)}
        return self._places.get(customer_id, -1)


@dataclass(frozen=True, slots=True)
class Menu:
    """A button with things to tick behind it; `chosen` says how many are."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do with the list, and its key."""

    name: str
    text: str
    key: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of a customer: its name, the figure, and a hint behind it."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One line of her history."""

    when: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a customer, to be read; `looks` where it may be known who looked."""

    customer_id: str
    name: str
    badges: tuple[Badge, ...]
    facts: str
    flags: tuple[Badge, ...]
    tags: tuple[Badge, ...]
    figures: tuple[Fact, ...]
    whys: tuple[str, ...]
    held: tuple[str, ...]
    history: tuple[Past, ...]
    looks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The list, what narrows it, and what can be done with it.

    `chips` are what the filter says, each to be removed by its name; `whom` says on whom the
    actions work, `asked` what stands in the line of the question; `sums` add up whom it shows, and
    `summed` is what they come to, for where they have no room. A
    `record` stands over the list.
    """

    title: str
    count: str
    sync: SyncChip
    person: str
    searching: str
    headings: tuple[Heading, ...]
    lines: Lines
    current: str = ""
    marked: frozenset[str] = frozenset()
    menus: tuple[Menu, ...] = ()
    chips: tuple[Choice, ...] = ()
    clear: str = ""
    whom: str = ""
    actions: tuple[Action, ...] = ()
    ask: Ask | None = None
    asked: str = ""
    toast: Notice | None = None
    problem: Notice | None = None
    empty: str = ""
    keys: str = ""
    sums: Table | None = None
    summed: tuple[Fact, ...] = ()
    record: Record | None = None
