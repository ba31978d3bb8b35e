"""What travels between a leader's or manager's desk and the hub when a list of the centre leaves.

Phone numbers are masked by the hub, which counts what a person exports on a day and keeps who
exported what, and what for.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.managing.centre import CentreCustomer, ListCentre
from lumi_desk.sync.protocol import Text

# One answer carries no more, whatever the keeper allows in one file.
MOST_ROWS = 5_000
Marked = Annotated[tuple[Text, ...], Field(max_length=MOST_ROWS)]


@dataclass(frozen=True)
class PreviewExport:
    """Ask how many of those who fit may be exported now; with `ids` of these alone.

    Of `asked` the page and the counts do not matter.
    """

    asked: ListCentre
    ids: Marked = ()


@dataclass(frozen=True)
class ExportPreviewed:
    """`found` fit, and the first `rows` of them may be exported now.

    A file holds at most `most`, all files of a person's day in Shanghai `per_day`; `today` are
    used.
    """

    found: int
    rows: int
    most: int
    per_day: int
    today: int


@dataclass(frozen=True)
class DoExport:
    """Export the first `rows` of those who fit. Each answer counts, also one that was lost."""

    asked: ListCentre
    format: Literal["csv", "xlsx"]
    rows: Annotated[int, Field(ge=1, le=MOST_ROWS)]
    purpose: Annotated[Text, Field(max_length=500)]
    ids: Marked = ()


@dataclass(frozen=True)
class Exported:
    """Those who are exported, in order: it is written down by now."""

    customers: tuple[CentreCustomer, ...]


PREVIEW = TypeAdapter(PreviewExport)
PREVIEWED = TypeAdapter(ExportPreviewed)
DO = TypeAdapter(DoExport)
DONE = TypeAdapter(Exported)
