"""The views of a list: kept, renamed, forgotten, and what one says that is gone. Knows no Qt."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lumi_desk.clock import Clock
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Field, Filter, Order, Page
from lumi_desk.customers.listing.service import Dropped, View
from lumi_desk.sync import outbox
from ui.customers import saying
from ui.lane import Failed, Lane
from ui.widgets.values import Notice, Tone
from ui.words import tr

Named = Callable[[str], object]
Offer = Callable[[Notice, Callable[[], object]], object]


class Shown(Protocol):
    """What a page shows: a filter and an order, the view they came from, a toast."""

    filter: Filter
    order: Order
    view: str
    toast: Notice | None


@dataclass(frozen=True)
class Views:
    """The views of one page, on this desk. What is done is told the name that came of it."""

    lane: Lane
    page: Page
    now: Clock

    def keep(
        self,
        name: str,
        filter_: Filter,
        order: Order,
        names: Mapping[str, str],
        done: Named,
        failed: Failed,
    ) -> None:
        """Keep a filter and an order, with the names of the reps and teams in it."""
        at, page = self.now(), self.page
        some = {
            one: names[one]
            for field in (Field.REP, Field.TEAM)
            for one in filter_.of(field)
            if one in names
        }
        self.lane.write(
            lambda session: listing.keep_view(session, name, filter_, order, at, page, some),
            done,
            failed,
        )

    def rename(self, name: str, new: str, done: Named, failed: Failed) -> None:
        """Give one another name."""
        page = self.page
        self.lane.write(lambda session: listing.rename_view(session, name, new, page), done, failed)

    def forget(
        self, shown: Shown, offer: Offer, again: Callable[[], object], failed: Failed
    ) -> None:
        """Forget the view that is shown. That is offered to be taken back, and then seen `again`.

        Brought back it is shown, unless she has gone on to another list.
        """
        page, name, list_ = self.page, shown.view, (shown.filter, shown.order)
        shown.view = ""

        def back(name: str) -> None:
            shown.toast = None
            if not shown.view and (shown.filter, shown.order) == list_:
                shown.view = name
            again()

        def dropped(view: Dropped | None) -> None:
            if view is not None:
                offer(self._forgotten(view), partial(self._bring_back, view, back, failed))

        self.lane.write(lambda session: listing.drop_view(session, name, page), dropped, failed)

    def _bring_back(self, view: Dropped, done: Named, failed: Failed) -> None:
        self.lane.write(lambda session: listing.bring_back_view(session, view), done, failed)

    def _forgotten(self, view: Dropped) -> Notice:
        said = tr("The view “{name}” is forgotten", name=view.name)
        return Notice(said, Tone.GOOD, tr("Undo"), self.now() + outbox.UNDO_LASTS)


def picked(views: Collection[View], choice: str) -> View | None:
    """The view behind a choice of the menu."""
    return next((one for one in views if f"view:{one.name}" == choice), None)


def notice(
    view: View, known: Mapping[Field, Collection[str]], names: Mapping[str, str] | None = None
) -> Notice | None:
    """What a view asks for that is not here any more, or cannot be read; None if it is whole.

    `known` are the values there are now, where they are not always the same.
    """
    gone = [
        saying.told(field, value, names)
        for field, values in view.filter.values
        for value in sorted(values)
        if not (value in known[field] if field in known else saying.is_known(field, value))
    ]
    said = []
    if gone:
        what = tr(", ").join(gone)
        told = tr("The view “{name}” asks for what is not here any more: {what}.",
                  name=view.name, what=what)  # fmt: skip
        said.append(told)
    if view.partial:
        told = tr("Part of the view “{name}” cannot be read by this version.", name=view.name)
        said.append(told)
    return Notice(" ".join(said), Tone.WARN) if said else None
