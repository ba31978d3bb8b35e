"""What the page of the centre's customers knows, and the question that is open. Knows no Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lumi_desk.catalog.service import Outcome
from lumi_desk.customers.listing.rules import Filter, Order
from lumi_desk.customers.listing.service import View
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.managing.centre import (
    CentreCustomer,
    CentreRep,
    CentreSum,
    CustomerShown,
    ListCentre,
)
from lumi_desk.managing.centre_tags import PreviewTags, TagsOnce, TagsPreviewed
from ui.customers.state import Question
from ui.widgets.values import Notice, SyncChip


@dataclass(frozen=True, slots=True)
class Asking:
    """A question: what was written so far, and what does not fit.

    Of tags: about `many` customers, those of `ids` or whoever is `found`; `told` is what the hub
    says of `asked`. Of what was done: the latest of it, and what is to be taken back.
    """

    question: Question
    text: str = ""
    problem: LumiError | None = None
    many: int = 0
    ids: tuple[str, ...] = ()
    found: ListCentre | None = None
    asked: PreviewTags | None = None
    told: TagsPreviewed | None = None
    done: tuple[TagsOnce, ...] = ()
    back: TagsOnce | None = None


@dataclass
class Centre:
    """What the page knows: the pages that came, how many fit, and who is looked at.

    `sums` are of all who fit; `half_year` is how many days the half-year clock runs. With
    `all_found` whoever fits is marked, on whatever page. Of `view`, the view that is shown, `read`
    is the name once what it says was put away.
    """

    me: Me
    chip: SyncChip
    rows: tuple[CentreCustomer, ...] = ()
    total: int | None = None
    all: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sums: tuple[CentreSum, ...] = ()
    filter: Filter = field(default_factory=Filter)
    order: Order = field(default_factory=Order)
    marked: frozenset[str] = frozenset()
    current: str = ""
    record: CustomerShown | None = None
    outcomes: tuple[Outcome, ...] = ()
    half_year: int = HALF_YEAR.days
    offline: bool = False
    problem: Notice | None = None
    reps: tuple[CentreRep, ...] = ()
    views: tuple[View, ...] = ()
    view: str = ""
    read: str = ""
    all_found: bool = False
    asking: Asking | None = None
    toast: Notice | None = None

    @property
    def whom(self) -> tuple[CentreCustomer, ...]:
        """Those who are marked, in the order of the list."""
        return tuple(one for one in self.rows if one.id in self.marked)

    @property
    def names(self) -> Mapping[str, str]:
        """How reps and teams are called, by id; those who are gone as the view knew them."""
        view = self.picked
        known = dict(view.names) if view else {}
        for one in self.reps:
            known |= {one.id: one.name, one.team_id: one.team}
        return known

    @property
    def picked(self) -> View | None:
        """The view that is shown."""
        return next((one for one in self.views if one.name == self.view), None)
