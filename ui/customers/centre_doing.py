"""What is done to many of the centre's customers, its undoing, and the views. Knows no Qt."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Page
from lumi_desk.customers.listing.service import View
from lumi_desk.customers.tags.operations import new_name
from lumi_desk.customers.tags.rules import BadTag, clean
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing.centre import ListCentre
from lumi_desk.managing.centre_client import CentreAtHub
from lumi_desk.managing.centre_tags import (
    MOST,
    DoTags,
    PreviewTags,
    TagsDone,
    TagsListed,
    TagsPreviewed,
    TagsUndone,
)
from lumi_desk.sync import outbox
from lumi_desk.sync.client import HubOutOfReach
from ui.customers import asking as asks
from ui.customers import centre_asking, centre_saying, marking, narrowing, saying, viewing
from ui.customers.centre_state import Asking, Centre
from ui.customers.screen import Screen
from ui.customers.state import Question
from ui.customers.viewing import Views
from ui.lane import Lane
from ui.widgets.values import Notice, Tone
from ui.words import sentence, tr

_LATEST = 9
_TAGS = (Question.TAG, Question.UNTAG)


class CentreDoing:
    """Asks first what is to be done to whom; the hub does it in one step, and takes it back."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: CentreAtHub,
        state: Centre,
        now: Clock,
    ) -> None:
        self._lane, self._show, self._hub, self._now = lane, show, hub, now
        self._state = state
        self._views = Views(lane, Page.CENTRE, now)
        # Whether it is known how many there are of each: asked once each time the page is seen.
        self._counted = False
        self._marked_last = ""
        # What the hub is asked to count; what is written meanwhile is asked afterwards.
        self._counting: PreviewTags | None = None
        self._sending = False
        # By the preview it follows, the id it was sent under: sent again, it has one effect.
        self._ids: dict[str, str] = {}
        # How what was done last is taken back.
        self._undo: Callable[[], object] | None = None
        lane.on_change(("saved_view",), self.read_views)

    def _look(self, *, more: bool = False) -> None:
        """Ask for customers anew."""
        raise NotImplementedError

    def _asked(self, before: int) -> ListCentre:
        """What the list asks for."""
        raise NotImplementedError

    def _draw(self) -> None:
        self._show(centre_saying.screen(self._state, self._now()))

    def tick(self) -> None:
        """Time has passed: a toast goes."""
        toast = self._state.toast
        if toast is not None and toast.is_over(self._now()):
            self.toast_closed()

    # Whom it is done to.

    def marked(self, customer_id: str) -> None:
        """A row is marked, or no longer."""
        self._state.marked ^= {customer_id}
        self._marked_last, self._state.all_found = customer_id, False
        self._draw()

    def marked_to(self, customer_id: str) -> None:
        """All rows from the last one that was marked to this one are marked."""
        state = self._state
        state.marked |= marking.between(state.rows, self._marked_last, customer_id)
        self._marked_last = customer_id
        self._draw()

    def all_marked(self) -> None:
        """All rows that are here are marked, then all that were found, then none."""
        state = self._state
        every = frozenset(one.id for one in state.rows)
        if state.marked != every:
            state.marked = every
        elif not state.all_found and len(every) < (state.total or 0) <= MOST:
            state.all_found = True
        else:
            state.marked, state.all_found = frozenset(), False
        self._draw()

    def left(self) -> None:
        """One step back: the marks, then the search."""
        state = self._state
        if state.marked:
            state.marked, state.all_found = frozenset(), False
            self._draw()
        elif state.filter.words:
            self.chip_removed(narrowing.WORDS)

    def chip_removed(self, name: str) -> None:
        """One thing less that the filter says."""
        raise NotImplementedError

    def _many(self) -> int:
        state = self._state
        return (state.total or 0) if state.all_found else len(state.whom)

    # Asking.

    def _ask(self, question: Question) -> None:
        state = self._state
        if question is Question.DONE:
            open_ = state.asking
            self._lane.outside(
                lambda: self._hub.tags_done(_LATEST),
                lambda told: self._done_told(open_, told),
                self._failed,
            )
            return
        # What is asked anew is counted anew: the mark holds off what was sent before.
        asking, self._ids = Asking(question), {}
        if question in _TAGS and self._many() > MOST:
            state.problem = Notice(asks.too_many(self._many(), MOST), Tone.WARN)
            self._draw()
            return
        if question in _TAGS:
            found = replace(self._asked(0), counts=False) if state.all_found else None
            ids = () if found else tuple(one.id for one in state.whom)
            asking = Asking(question, many=self._many(), ids=ids, found=found)
        self._change(asking)

    def ask_chosen(self, name: str) -> None:
        """A tag of those there are, or what is to be taken back."""
        asking = self._state.asking
        if asking is not None and asking.question is Question.DONE:
            back = next((one for one in asking.done if one.id == name), None)
            self._change(replace(asking, back=back))
        else:
            self.ask_written(name)

    def ask_written(self, text: str) -> None:
        """What stands in the line so far; of a tag the hub counts whom it is about."""
        asking = self._state.asking
        if asking is not None:
            self._change(replace(asking, text=text, problem=None, told=None))
            self._count()

    def ask_confirmed(self) -> None:
        """Do what was asked."""
        asking = self._state.asking
        if asking is not None and not self._sending:
            _ANSWERS[asking.question](self, asking)

    def ask_closed(self) -> None:
        """Nothing is done."""
        self._state.asking = None
        self._draw()

    def _change(self, asking: Asking) -> None:
        self._state.asking = asking
        self._draw()

    def _unfit(self, problem: LumiError) -> None:
        asking = self._state.asking
        if asking is not None:
            self._change(replace(asking, problem=problem))

    # Tags.

    def _count(self) -> None:
        """Ask the hub whose tags would change."""
        asking = self._state.asking
        if asking is None or asking.question not in _TAGS or self._counting is not None:
            return
        wanted = _wanted(asking)
        if wanted is not None and wanted != (asking.asked if asking.told else None):
            self._counting = wanted
            self._lane.outside(
                lambda: self._hub.tags_previewed(wanted),
                lambda told: self._previewed(wanted, told),
                self._not_counted,
            )

    def _previewed(self, asked: PreviewTags, told: TagsPreviewed) -> None:
        self._counting, asking = None, self._state.asking
        if asking is not None and _wanted(asking) == asked:
            self._change(replace(asking, asked=asked, told=told))
        self._count()

    def _not_counted(self, problem: LumiError) -> None:
        self._counting = None
        self._unfit(problem)

    def _tag(self, asking: Asking) -> None:
        """What was counted is done; what was not yet is counted first."""
        try:
            _name(asking)
        except BadTag as problem:
            self._unfit(problem)
            return
        told, asked = asking.told, asking.asked
        if told is None or asked is None:
            self._count()
        elif told.changing:
            doing = DoTags(self._ids.setdefault(told.mark, new_id()), asked, told.mark)
            self._sending = True
            self._lane.outside(
                lambda: self._hub.change_tags(doing),
                lambda done: self._did(asking, asked.name, done),
                self._refused,
            )

    def _did(self, asking: Asking, name: str, told: TagsDone) -> None:
        state = self._state
        self._sending, self._ids = False, {}
        self._undo = partial(self._take_back, told.id, self._failed)
        # She may have gone on to another question, or to other customers, meanwhile.
        if state.asking is asking:
            state.asking, state.marked, state.all_found = None, frozenset(), False
        self._say(asks.done(asking.question, name, told.changed), tr("Undo"))

    def _refused(self, problem: LumiError) -> None:
        """What was counted does not hold any more: it is counted again."""
        self._sending, asking = False, self._state.asking
        # Only what may have been done under an id is asked for under it again.
        if not isinstance(problem, HubOutOfReach):
            self._ids = {}
        if asking is None:
            self._failed(problem)
            return
        self._unfit(problem)
        asking = self._state.asking
        if problem.code == "TagsChanged" and asking is not None:
            self._state.asking = replace(asking, told=None)
            self._count()

    def _say(self, words: str, button: str = "") -> None:
        """Tell what was done, and fetch what is otherwise now."""
        until = self._now() + outbox.UNDO_LASTS
        self._state.toast = Notice(words, Tone.GOOD, button, until)
        self._counted = False
        self._look()
        self._lane.sync_now()
        self._draw()

    # Taking back.

    def _done_told(self, open_: Asking | None, told: TagsListed) -> None:
        # She may have begun something else before it came.
        if self._state.asking is open_:
            self._change(Asking(Question.DONE, done=told.done))

    def _offer(self, toast: Notice, undo: Callable[[], object]) -> None:
        self._state.toast, self._undo = toast, undo
        self._draw()

    def undone(self) -> None:
        """Take back what was done last."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _back(self, asking: Asking) -> None:
        if asking.back is not None:
            self._take_back(asking.back.id, self._not_back)

    def _take_back(self, tagging_id: str, failed: Callable[[LumiError], object]) -> None:
        self._sending = True
        self._lane.outside(lambda: self._hub.undo_tags(tagging_id), self._taken_back, failed)

    def _taken_back(self, told: TagsUndone) -> None:
        self._sending, self._state.asking, self._undo = False, None, None
        self._say(centre_asking.undone(told))

    def _not_back(self, problem: LumiError) -> None:
        self._sending = False
        if self._state.asking is None:
            self._failed(problem)
        else:
            self._unfit(problem)

    def _failed(self, problem: LumiError) -> None:
        self._sending, state = False, self._state
        state.asking = state.toast = None
        state.problem = Notice(sentence(problem), Tone.BAD)
        self._draw()

    def toast_closed(self) -> None:
        """The toast goes, and with it the undo."""
        self._state.toast = self._undo = None
        self._draw()

    def problem_closed(self) -> None:
        """What went wrong is put away, or what a view says that is gone."""
        if self._state.problem is None:
            self._state.read = self._state.view
        self._state.problem = None
        self._draw()

    # Views.

    def read_views(self) -> None:
        """The views that are kept on this desk."""

        def work(session: Session) -> tuple[View, ...]:
            return listing.views(session, Page.CENTRE)

        self._lane.read(work, self._views_read, key="centre views")

    def _views_read(self, found: Sequence[View]) -> None:
        self._state.views = tuple(found)
        self._draw()

    def _pick_view(self, name: str) -> None:
        state = self._state
        if name == saying.KEEP_VIEW:
            self._ask(Question.VIEW)
        elif name == saying.RENAME_VIEW:
            self._ask(Question.RENAME)
        elif name == saying.DROP_VIEW:
            self._views.forget(state, self._offer, self.read_views, self._failed)
        elif (view := viewing.picked(state.views, name)) is not None:
            state.filter, state.order, state.view = view.filter, view.order, view.name
            state.all_found, state.read = False, ""
            self._look()
            self._draw()

    def _keep_view(self, asking: Asking) -> None:
        state = self._state
        self._views.keep(
            asking.text, state.filter, state.order, state.names, self._named, self._unfit
        )

    def _rename_view(self, asking: Asking) -> None:
        self._views.rename(self._state.view, asking.text, self._named, self._unfit)

    def _named(self, name: str) -> None:
        self._state.view, self._state.asking = name, None
        self.read_views()


def _name(asking: Asking) -> str:
    """The tag she wrote. Raises BadTag where it cannot be one, and NumberInTag."""
    return (new_name if asking.question is Question.TAG else clean)(asking.text)


def _wanted(asking: Asking) -> PreviewTags | None:
    """What the hub is to count; None without a usable name."""
    try:
        name = _name(asking)
    except BadTag:
        return None
    return PreviewTags(name, asking.question is Question.TAG, asking.ids, asking.found)


_ANSWERS: dict[Question, Callable[[CentreDoing, Asking], None]] = {
    Question.TAG: CentreDoing._tag,
    Question.UNTAG: CentreDoing._tag,
    Question.VIEW: CentreDoing._keep_view,
    Question.RENAME: CentreDoing._rename_view,
    Question.DONE: CentreDoing._back,
}
