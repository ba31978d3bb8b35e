"""The list of the centre's customers, and the record of one of them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from lumi_desk.because import because
from lumi_desk.catalog.service import Outcome
from lumi_desk.clock import local_day
from lumi_desk.customers.listing.rules import Column, Field, Filter, Listed, Order
from lumi_desk.customers.person import Kind
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.desk import Me
from lumi_desk.managing.centre import CentreCustomer, CentreEvent, CustomerShown
from ui.customers import saying
from ui.customers.screen import (
    Action,
    Cell,
    CustomerLine,
    Fact,
    Heading,
    Lines,
    Past,
    Record,
    Screen,
)
from ui.widgets.values import Badge, Notice, SyncChip, Tone
from ui.words import N_, count, day, money, tr, trn
from ui.workspace.saying import whys
from ui.workspace.saying.queue import pool_badge
from ui.workspace.saying.timeline import outcome

MORE, REP = "more", "rep"
# What only a desk that holds everybody can order or filter by.
UNORDERED = frozenset({Column.EXPECTED, Column.TAGS})
_FIELDS = tuple(one for one in Field if one is not Field.EXPECTED)
_KINDS: Mapping[str, str] = {
    Kind.CONTACT: N_("Contact"),
    Kind.ORDER: N_("Order"),
    Kind.CLAIM: N_("Claimed sale"),
    Kind.GIFT: N_("Gift"),
    Kind.NOTE: N_("Note"),
    Kind.COMPLAINT: N_("Complaint"),
}


@dataclass
class Centre:
    """What the page knows: the pages that came, how many fit, and who is looked at.

    `half_year` is how many days the half-year clock runs.
    """

    me: Me
    chip: SyncChip
    rows: tuple[CentreCustomer, ...] = ()
    total: int | None = None
    all: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    filter: Filter = field(default_factory=Filter)
    order: Order = field(default_factory=Order)
    marked: frozenset[str] = frozenset()
    current: str = ""
    record: CustomerShown | None = None
    outcomes: tuple[Outcome, ...] = ()
    half_year: int = HALF_YEAR.days
    offline: bool = False
    problem: Notice | None = None

    @property
    def whom(self) -> tuple[CentreCustomer, ...]:
        """Those who are marked, in the order of the list."""
        return tuple(one for one in self.rows if one.id in self.marked)


def screen(state: Centre, now: datetime) -> Screen:
    """The list, as the list of a desk is shown."""
    reps = {one.id: one.rep for one in state.rows}
    rows = tuple(map(as_listed, state.rows))
    line = partial(_line, reps=reps, half_year=state.half_year, now=now)
    filter_ = state.filter
    chips = saying.chips(filter_)
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
            saying.days_menu(filter_),
            saying.refused_menu(filter_),
        ),
        chips=chips,
        clear=tr("Show everybody") if chips else "",
        whom=_whom(state),
        actions=_actions(state),
        problem=_offline() if state.offline else state.problem,
        empty=_empty(state),
        keys=tr(
            "Ctrl K search · ↑ ↓ choose · Enter open · Space mark · 1 – 9, 0 order by a column"
        ),
        record=None if state.record is None else record(state.record, state, now),
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
    return None if millis is None else _at(millis)


def _at(millis: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)


def _line(one: Listed, reps: Mapping[str, str], half_year: int, now: datetime) -> CustomerLine:
    """A customer, and behind her name who holds her."""
    name, *rest = saying.line(one, half_year, now).cells
    held = Cell(reps[one.id] or tr("nobody"), Tone.PLAIN if reps[one.id] else Tone.QUIET)
    return CustomerLine(one.id, (name, held, *rest))


def _headings(order: Order, half_year: int) -> tuple[Heading, ...]:
    """The columns of the list; the hub does not order by all of them."""
    name, *rest = saying.headings(order, half_year)
    told = [replace(one, key="", tip="") if one.name in UNORDERED else one for one in (name, *rest)]
    return (told[0], Heading(REP, tr("Rep")), *told[1:])


def _count(state: Centre) -> str:
    if state.total is None:
        return ""
    if state.total == state.all:
        return trn("{n} customer", "{n} customers", state.all)
    return tr("{shown} of {held}", shown=count(state.total), held=count(state.all))


def _whom(state: Centre) -> str:
    if state.marked:
        return trn("{n} marked", "{n} marked", len(state.whom))
    shown, total = len(state.rows), state.total or 0
    if shown < total:
        return tr("the first {shown} of {held}", shown=count(shown), held=count(total))
    return trn("{n} shown", "all {n} shown", shown) if shown else ""


def _actions(state: Centre) -> tuple[Action, ...]:
    more = state.total is not None and len(state.rows) < state.total
    return (
        Action(saying.HAND_OVER, tr("Hand over"), "Alt H", bool(state.marked)),
        Action(MORE, tr("Show more"), "Alt M", more),
    )


def _offline() -> Notice:
    return Notice(tr("The hub cannot be reached. Customers of others are only there."), Tone.WARN)


def _empty(state: Centre) -> str:
    if state.total is None:
        return tr("The list comes from the hub.") if state.offline else tr("Reading …")
    if not state.all:
        return tr("No customers are here yet.")
    if not state.rows:
        return tr("Nobody fits. Remove something from the filter, or show everybody.")
    return ""


def record(shown: CustomerShown, state: Centre, now: datetime) -> Record:
    """All that is known of one customer."""
    her = shown.customer
    names = {one.id: outcome(one) for one in state.outcomes}
    reasons = [because(one.code, **one.params) for one in shown.whys]
    return Record(
        her.id,
        her.name or tr("without a name"),
        (pool_badge(her.pool, her.grade or None), *whys.relationship_badges(her.relationship)),
        _facts(her),
        _flags(shown, now),
        tuple(Badge(tag, Tone.INFO) for tag in her.tags),
        _figures(shown),
        tuple(whys.said(one) for one in reasons if whys.is_worth_saying(one)),
        tuple(_held(shown, now)),
        tuple(_past(one, names, now) for one in shown.history),
    )


def _facts(her: CentreCustomer) -> str:
    wangwang = tr("Wangwang {name}", name=her.wangwang) if her.wangwang else ""
    rep = tr("with {rep}", rep=her.rep) if her.rep else tr("in nobody's hands")
    return " · ".join(part for part in (her.phone, her.city, wangwang, rep) if part)


def _flags(shown: CustomerShown, now: datetime) -> tuple[Badge, ...]:
    flags = []
    if shown.customer.refused:
        flags.append(Badge(tr("Do not call"), Tone.BAD, icon="warning"))
    if shown.complaint_due is not None:
        due = day(_at(shown.complaint_due), now)
        flags.append(Badge(tr("Complaint, due {day}", day=due), Tone.BAD, icon="warning"))
    if shown.allergy:
        flags.append(Badge(shown.allergy, Tone.WARN, icon="warning"))
    return tuple(flags)


def _figures(shown: CustomerShown) -> tuple[Fact, ...]:
    her, figures = shown.customer, []
    if shown.balance_fen is not None:
        figures.append(Fact(tr("Card balance"), money(shown.balance_fen)))
    orders = trn("{n} order", "{n} orders", her.year_orders)
    figures.append(Fact(tr("Last year"), money(her.year_fen), orders))
    ahead = tr("next 12 months {money}", money=money(whys.yuan(her.expected_fen)))
    figures.append(Fact(tr("So far"), money(whys.yuan(her.brought_fen)), ahead))
    return tuple(figures)


def _held(shown: CustomerShown, now: datetime) -> Sequence[str]:
    """Who held her, and from when to when."""
    lines = []
    for one in shown.held:
        who, since = one.rep or tr("nobody"), day(_at(one.since), now)
        if one.until is None:
            lines.append(tr("{who}, since {since}", who=who, since=since))
        else:
            until = day(_at(one.until), now)
            lines.append(tr("{who}, {since} to {until}", who=who, since=since, until=until))
    return lines


def _past(one: CentreEvent, names: Mapping[str, str], now: datetime) -> Past:
    at = _at(one.at)
    when = day(at, now) if local_day(at).year == local_day(now).year else f"{local_day(at)}"
    kind = tr(_KINDS[one.kind]) if one.kind in _KINDS else one.kind
    what = names.get(one.what, one.what) if one.kind == Kind.CONTACT else one.what
    minutes = trn("{n} minute", "{n} minutes", -(-one.seconds // 60)) if one.seconds else ""
    parts = [what, minutes, one.note, "" if one.fen is None else money(one.fen)]
    return Past(when, kind, " · ".join(part for part in parts if part))
