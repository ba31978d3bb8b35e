"""Everything the sign-in shows at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass, field
from enum import StrEnum

from ui.widgets.values import Progress


class Stage(StrEnum):
    """Which pane stands in the card."""

    FORM = "form"
    NEW_PIN = "new_pin"
    PIN = "pin"
    WORKING = "working"
    SHUT = "shut"


class Field(StrEnum):
    """Where the cursor belongs, and beside which field a problem stands."""

    HUB = "hub"
    NAME = "name"
    PASSWORD = "password"  # noqa: S105  (the name of a field)
    PIN = "pin"
    AGAIN = "again"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, what to do, and the field it is about."""

    title: str
    advice: str
    at: Field = Field.NONE


@dataclass(frozen=True, slots=True)
class Labels:
    """The standing words of the pane."""

    title: str
    hint: str = ""
    fields: dict[Field, str] = field(default_factory=dict)
    button: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in by one press: an invented company has such people."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One pane with its words. `other` in the labels is the way to another account or a retry.

    `hub` and `name` are what the machine remembers; the view fills them in once.
    """

    stage: Stage
    labels: Labels
    hub: str = ""
    name: str = ""
    focus: Field = Field.NONE
    trouble: Trouble | None = None
    progress: Progress | None = None
    people: tuple[Person, ...] = ()
