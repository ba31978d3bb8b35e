"""The list of the centre's customers, and the record of one of them, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from lumi_desk.clock import local_day
from lumi_desk.customers.listing.rules import COLUMNS, Column, Field, Listed, Order
from lumi_desk.customers.rules import Grade, Pool
from lumi_desk.managing.centre import CentreCustomer, CentreSum
from lumi_desk.managing.centre_tags import MOST
from ui.customers import centre_asking, centre_people, record_saying, saying, viewing
from ui.customers.centre_state import Centre
from ui.customers.screen import (
    Action,
    Cell,
    CustomerLine,
    Fact,
    Heading,
    Lines,
    Record,
    Screen,
)
from ui.customers.state import Question
from ui.widgets.values import Count, Notice, Table, Tone
from ui.words import count, day, money, tr, trn
from ui.workspace.saying import whys

MORE, SUMS, REP = "more", "sums", "rep"
# What the hub does not order by.
UNORDERED = frozenset({REP, Column.TAGS.value})
# What is filtered by beside who holds her.
_FIELDS = tuple(one for one in Field if one not in (Field.HELD, Field.REP, Field.TEAM))
# When she runs out stands behind what is expected of her: so many columns after her name.
_BEFORE = COLUMNS.index(Column.EXPECTED)


def screen(state: Centre, now: datetime) -> Screen:
    """The list, as the list of a desk is shown."""
    told = {one.id: one for one in state.rows}
    rows = tuple(map(as_listed, state.rows))
    line = partial(_line, told=told, half_year=state.half_year, now=now)
    filter_ = state.filter
    chips = saying.chips(filter_, state.names)
    return Screen(
        title=tr("All customers of the centre"),
        count=_count(state),
        sync=state.chip,
        person=state.me.name,
        searching=filter_.words,
        headings=_headings(state.order, state.half_year),
        lines=Lines(rows, line, rows),
        current=state.current,
        marked=state.marked,
        menus=(
            *(saying.menu(one, filter_, state.counts.get(one, {})) for one in _FIELDS),
            *centre_people.menus(state),
            saying.days_menu(filter_),
            saying.refused_menu(filter_),
            saying.views_menu(state.views, state.view),
        ),
        chips=chips,
        clear=tr("Show everybody") if chips else "",
        whom=_whom(state),
        actions=_actions(state),
        ask=centre_asking.ask(state.asking, state, now) if state.asking else None,
        asked=state.asking.text if state.asking else "",
        toast=state.toast,
        problem=_offline() if state.offline else state.problem or _of_view(state),
        empty=_empty(state),
        keys=tr(
            "Ctrl K search · ↑ ↓ choose · Enter open · Space mark · Shift Space mark up to here"
            " · Ctrl A mark all · 1 – 9, 0 order by a column"
        ),
        sums=sums(state.sums) if state.total else None,
        summed=summed(state.sums) if state.total else (),
        record=_record(state, now),
    )


def as_listed(one: CentreCustomer) -> Listed:
    """A customer as the list of a desk knows her."""
    return Listed(
        one.id, one.name, one.pinyin, one.initials, one.phone, one.wangwang, one.city, one.pool,
        one.grade or None, one.line or None, one.relationship or None,
        _moment(one.last_paid_at), one.year_fen, one.year_orders, one.tags,
        _moment(one.last_contact), one.refused, one.brought_fen, one.expected_fen,
    )  # fmt: skip


def _moment(millis: int | None) -> datetime | None:
    return None if millis is None else record_saying.at(millis)


def _line(
    one: Listed, told: Mapping[str, CentreCustomer], half_year: int, now: datetime
) -> CustomerLine:
    """A customer, behind her name who holds her, and when what she has is used up."""
    name, *rest = saying.line(one, half_year, now).cells
    rep, last = told[one.id].rep, told[one.id].runs_out
    held = Cell(rep or tr("nobody"), Tone.PLAIN if rep else Tone.QUIET)
    used = Cell(saying.NEVER, Tone.QUIET)
    if last is not None:
        over = last < local_day(now)
        used = Cell(day(last, now), Tone.WARN if over else Tone.PLAIN, strong=over)
    return CustomerLine(one.id, (name, held, *rest[:_BEFORE], used, *rest[_BEFORE:]))


def _headings(order: Order, half_year: int) -> tuple[Heading, ...]:
    """The columns of the list; the hub does not order by all of them."""
    name, *rest = saying.headings(order, half_year)
    way = ("down" if order.backwards else "up") if order.column is Column.RUN_OUT else ""
    used = Heading(Column.RUN_OUT, saying.column_name(Column.RUN_OUT, half_year), order=way)
    rep = Heading(REP, tr("Rep"))
    return (name, rep, *rest[:_BEFORE], used, *rest[_BEFORE:])


def _count(state: Centre) -> str:
    if state.total is None:
        return ""
    if state.total == state.all:
        return trn("{n} customer", "{n} customers", state.all)
    return tr("{shown} of {held}", shown=count(state.total), held=count(state.all))


def _whom(state: Centre) -> str:
    shown, total = len(state.rows), state.total or 0
    if state.all_found:
        return trn("{n} marked, all who were found", "all {n} found are marked", total)
    if state.marked:
        marked = trn("{n} marked", "{n} marked", len(state.whom))
        if len(state.marked) == shown < total <= MOST:
            return tr("{marked} · Ctrl A marks all {held}", marked=marked, held=count(total))
        return marked
    if shown < total:
        return tr("the first {shown} of {held}", shown=count(shown), held=count(total))
    return trn("{n} shown", "all {n} shown", shown) if shown else ""


def _actions(state: Centre) -> tuple[Action, ...]:
    more = state.total is not None and len(state.rows) < state.total
    some = bool(state.marked)
    return (
        Action(Question.TAG, tr("Add tag"), "Alt T", some),
        Action(Question.UNTAG, tr("Remove tag"), "Alt R", some),
        Action(saying.HAND_OVER, tr("Hand over"), "Alt H", some),
        Action(Question.EXPORT, tr("Export"), "Alt E", bool(state.total)),
        Action(Question.VIEW, tr("Keep view"), "Alt V", state.total is not None),
        Action(Question.DONE, tr("What was done"), "Alt D"),
        Action(MORE, tr("Show more"), "Alt M", more),
        Action(SUMS, tr("Sums"), "Alt U", bool(state.total)),
    )


def _of_view(state: Centre) -> Notice | None:
    """What the view that is shown asks for and is not here any more."""
    view = state.picked
    if view is None or not state.reps or state.read == view.name:
        return None
    known = {
        Field.REP: {one.id for one in state.reps},
        Field.TEAM: {one.team_id for one in state.reps},
        Field.TAG: {"", *state.counts.get(Field.TAG, ())},
    }
    return viewing.notice(view, known, state.names)


def headings_of_file(half_year: int) -> tuple[str, ...]:
    """The first line of an exported file."""
    name, phone, wangwang, *rest = saying.headings_of_file(half_year)
    used = saying.column_name(Column.RUN_OUT, half_year)
    return (name, phone, wangwang, tr("Rep"), *rest, used)


def line_of_file(one: CentreCustomer, half_year: int, now: datetime) -> tuple[str, ...]:
    """A customer in an exported file; the hub has masked her number."""
    name, phone, wangwang, *rest = saying.line_of_file(as_listed(one), half_year, now, whole=True)
    used = f"{one.runs_out:%Y-%m-%d}" if one.runs_out else ""
    return (name, phone, wangwang, one.rep, *rest, used)


def _offline() -> Notice:
    return Notice(tr("The hub cannot be reached. Customers of others are only there."), Tone.WARN)


def busy() -> Notice:
    """What she is told while something long keeps the hub from writing down whom it shows."""
    words = tr(
        "The hub is busy with something long, such as an import. It is asked again by itself."
    )
    return Notice(words, Tone.WARN)


def summed(told: Sequence[CentreSum]) -> tuple[Fact, ...]:
    """What the sums come to."""
    return (
        Fact(tr("Customers"), count(sum(one.customers for one in told))),
        Fact(tr("Year's spend"), _rounded(sum(one.year_fen for one in told))),
        Fact(tr("Next 12 months"), _rounded(sum(one.expected_fen for one in told))),
    )


def sums(told: Sequence[CentreSum]) -> Table:
    """How many fit, what they spent and what is expected of them, by pool and by grade."""
    parts = [
        *((saying.value_name(Field.POOL, one), "pool", one.value) for one in Pool),
        *((tr("Grade {grade}", grade=one.value), "grade", one.value) for one in Grade),
        (tr("No grade"), "grade", ""),
    ]
    every = [
        (name, [one for one in told if getattr(one, field) == value])
        for name, field, value in parts
    ]
    of = [*((name, some) for name, some in every if some), (tr("all"), told)]
    rows = (
        (tr("Customers"), [count(sum(one.customers for one in some)) for _, some in of]),
        (tr("Year's spend"), [_rounded(sum(one.year_fen for one in some)) for _, some in of]),
        (tr("Next 12 months"), [_rounded(sum(one.expected_fen for one in some)) for _, some in of]),
    )
    return Table(
        "",
        tuple(_unbroken(name) for name, _ in of),
        tuple((_unbroken(name), tuple(map(Count, cells))) for name, cells in rows),
    )


def _rounded(fen: int) -> str:
    return money(whys.yuan(fen))


def _unbroken(name: str) -> str:
    """A name that stays in one line."""
    return name.replace(" ", "\u00a0")


def _empty(state: Centre) -> str:
    if state.total is None:
        return tr("The list comes from the hub.") if state.offline else tr("Reading …")
    if not state.all:
        return tr("No customers are here yet.")
    if not state.rows:
        return tr("Nobody fits. Remove something from the filter, or show everybody.")
    return ""


def _record(state: Centre, now: datetime) -> Record | None:
    if state.record is None:
        return None
    return record_saying.record(state.record, state.outcomes, now)
