"""What travels between a leader's or manager's desk and the hub about tags of many customers.

Moments are milliseconds since 1970.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter

from lumi_desk.customers.tags.rules import LONGEST
from lumi_desk.managing.centre import ListCentre
from lumi_desk.managing.protocol import Id
from lumi_desk.sync.protocol import Text

# The tags of so many customers are changed at once: all of it is one transaction.
MOST = 2_000
MOST_TOLD = 50

Name = Annotated[str, Field(min_length=1, max_length=2 * LONGEST, pattern=r"^[^\x00]*$")]
Ids = Annotated[tuple[Text, ...], Field(max_length=MOST)]


@dataclass(frozen=True)
class PreviewTags:
    """Ask whose tags would change if all these got a tag, or lost it with `adding` off.

    They are the customers of `ids`, or with `found` whoever fits that, on whatever page.
    """

    name: Name
    adding: bool
    ids: Ids = ()
    found: ListCentre | None = None


@dataclass(frozen=True)
class TagsPreviewed:
    """So many would change; `same` have it already, or do not have it.

    `beyond` are not, or not any more, within reach of who asks. `by_rule` of those who would lose
    it have it by a rule, which will not give it again. `mark` is to be sent along when it is done:
    it is another one as soon as others would change.
    """

    changing: int
    same: int
    beyond: int
    by_rule: int
    mark: str


@dataclass(frozen=True)
class DoTags:
    """Change the tags as they were previewed; `base` is the mark of the preview.

    `id` is made by the client: asking again has one effect.
    """

    id: Id
    asked: PreviewTags
    base: Text


@dataclass(frozen=True)
class TagsDone:
    """So many customers changed; `again` says that this asking had been carried out before."""

    id: str
    changed: int
    again: bool


@dataclass(frozen=True)
class UndoTags:
    """Take back what was done under this id."""

    id: Text


@dataclass(frozen=True)
class TagsUndone:
    """The tags of `back` customers are as they were before.

    `changed` are left alone because somebody changed their tag since, `beyond` because they are
    not within reach any more. `again` says that it had been taken back before, by who asks; then
    `back` alone is told.
    """

    back: int
    changed: int
    beyond: int
    again: bool


@dataclass(frozen=True)
class ListTags:
    """Ask for what was done to the tags of many, the newest first: a leader for her own."""

    limit: Annotated[int, Field(ge=1, le=MOST_TOLD)] = MOST_TOLD


@dataclass(frozen=True)
class TagsOnce:
    """What somebody did at once; `by` and `undone_by` are names, `undone_at` None while it holds.

    `customers` is how many changed.
    """

    id: str
    at: int
    by: str
    name: str
    adding: bool
    customers: int
    undone_at: int | None
    undone_by: str


@dataclass(frozen=True)
class TagsListed:
    """The latest of it."""

    done: tuple[TagsOnce, ...]


PREVIEW = TypeAdapter(PreviewTags)
PREVIEWED = TypeAdapter(TagsPreviewed)
DO = TypeAdapter(DoTags)
DONE = TypeAdapter(TagsDone)
UNDO = TypeAdapter(UndoTags)
UNDONE = TypeAdapter(TagsUndone)
LIST = TypeAdapter(ListTags)
LISTED = TypeAdapter(TagsListed)
