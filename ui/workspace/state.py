"""What the rep's desk remembers between two events. The Screen follows from it and the time."""

from dataclasses import dataclass, field
from enum import StrEnum

from lumi_desk.calls.underway.rules import State as CallState
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.customers.fields.rules import Field
from lumi_desk.customers.service import Found
from lumi_desk.desk import Me
from lumi_desk.scripts.rules import Objection, Walk
from ui.widgets.values import Notice, SyncChip
from ui.workspace.loading import Chosen, Day
from ui.workspace.screen import Stage

_STAGES = {
    CallState.IDLE: Stage.READY,
    CallState.DIALLING: Stage.DIALLED,
    CallState.TALKING: Stage.TALKING,
    CallState.WRAP_UP: Stage.WRAP_UP,
}


class Question(StrEnum):
    """What is being asked in the page."""

    REFUSE = "refuse"
    SKIP = "skip"
    COMPLAIN = "complain"
    CALLBACK = "callback"
    SALE = "sale"
    PROOF = "proof"
    WAY = "way"
    CONSENT = "consent"


@dataclass(slots=True)
class Asking:
    """The open question, and what is written into it. `item` is what it is about: the sale
    a proof is asked for, the way she spoke of.
    """

    question: Question
    written: str = ""
    item: str = ""


@dataclass(slots=True)
class Editing:
    """Her details are being changed: as they stood when that began, and what does not fit."""

    customer_id: str
    ver: int
    was: dict[Field, str]
    faults: dict[Field, str] = field(default_factory=dict)


@dataclass(slots=True)
class Desktop:
    """Everything at one moment.

    `calls` are the contacts begun since the start by customer, newer than what `day` read;
    `call` and `walk` belong to the chosen customer; `searching` is None while the list is shown;
    `faults` are problems of the wrap-up form by field.
    """

    me: Me
    chip: SyncChip
    day: Day | None = None
    chosen: Chosen | None = None
    calls: dict[str, UnderWay] = field(default_factory=dict)
    call: UnderWay | None = None
    walk: Walk | None = None
    said: str = ""
    hits: tuple[Objection, ...] = ()
    searching: str = ""
    found: tuple[Found, ...] = ()
    asking: Asking | None = None
    editing: Editing | None = None
    toast: Notice | None = None
    problem: Notice | None = None
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        """Where the contact stands."""
        return Stage.NOBODY if self.call is None else _STAGES[self.call.state]

    @property
    def is_live(self) -> bool:
        """Whether the line is open: dialling or talking."""
        return self.stage in (Stage.DIALLED, Stage.TALKING)

    @property
    def under_way(self) -> tuple[UnderWay, ...]:
        """Every contact that is not written up, as it stands now."""
        kept = self.day.under_way if self.day else ()
        return tuple(({call.customer_id: call for call in kept} | self.calls).values())
