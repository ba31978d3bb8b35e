"""The list of customers in words: cells, filters, and what an action would do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from lumi_desk.clock import local_day
from lumi_desk.customers.listing.rules import (
    COLUMNS,
    FIELDS,
    Column,
    Field,
    Filter,
    Listed,
    Order,
    Refused,
    counted,
)
from lumi_desk.customers.listing.service import View
from lumi_desk.customers.rules import Grade, Line, Pool, Relationship
from lumi_desk.customers.run_out.rules import UsedUp
from lumi_desk.customers.value.rules import Band, least_fen
from lumi_desk.managing.centre import NOBODY, SOMEBODY
from lumi_desk.money import to_yuan
from lumi_desk.security.masking import mask_phone, mask_text
from lumi_desk.security.roles import Right, may
from ui.customers.asking import ask
from ui.customers.narrowing import QUIET, REFUSED, WORDS
from ui.customers.screen import Action, Cell, CustomerLine, Heading, Lines, Menu, Screen
from ui.customers.state import Question, State
from ui.widgets.values import Badge, Choice, Tone
from ui.words import N_, count, day, money, tr, trn
from ui.workspace.saying import reasons, whys

BACK, HAND_OVER = "back", "hand_over"
OWN_DAYS, VIEWS = "days", "views"
KEEP_VIEW, RENAME_VIEW, DROP_VIEW = "keep", "rename", "drop"
NEVER = "–"
_TITLES: Mapping[Column, str] = {
    Column.NAME: N_("Name"),
    Column.POOL: N_("Pool"),
    Column.GRADE: N_("Grade"),
    Column.LINE: N_("Line"),
    Column.RELATIONSHIP: N_("Relationship"),
    Column.LAST_PAID: N_("Last purchase"),
    Column.DAY: N_("Day of {days}"),
    Column.YEAR: N_("Year's spend"),
    Column.BROUGHT: N_("So far"),
    Column.EXPECTED: N_("Next 12 months"),
    Column.CITY: N_("City"),
    Column.LAST_CONTACT: N_("Last contact"),
    Column.TAGS: N_("Tags"),
    Column.RUN_OUT: N_("Used up"),
}
_RIGHT = (Column.DAY, Column.YEAR, Column.BROUGHT, Column.EXPECTED)
_FIELDS: Mapping[Field, str] = {
    Field.POOL: N_("Pool"),
    Field.GRADE: N_("Grade"),
    Field.LINE: N_("Line"),
    Field.RELATIONSHIP: N_("Relationship"),
    Field.EXPECTED: N_("Next 12 months"),
    Field.TAG: N_("Tag"),
    Field.RUN_OUT: N_("Used up"),
    Field.HELD: N_("Rep"),
    Field.REP: N_("Rep"),
    Field.TEAM: N_("Team"),
}
_KNOWN: Mapping[Field, Sequence[str]] = {
    Field.POOL: tuple(Pool),
    Field.GRADE: (*Grade, ""),
    Field.LINE: (*Line, ""),
    Field.RELATIONSHIP: (*Relationship, ""),
    Field.EXPECTED: tuple(Band),
    Field.RUN_OUT: tuple(UsedUp),
    Field.HELD: (NOBODY, SOMEBODY),
}
_REFUSED: Mapping[Refused, str] = {
    Refused.NO: N_("without do-not-call"),
    Refused.ONLY: N_("do-not-call only"),
}
_SAID: Mapping[str, str] = {
    UsedUp.OVER: N_("before today"),
    UsedUp.WEEK: N_("within 7 days"),
    UsedUp.MONTH: N_("in 8 to 30 days"),
    UsedUp.LATER: N_("later"),
    NOBODY: N_("in nobody's hands"),
    SOMEBODY: N_("with a rep"),
}
_POOLS = {Pool.V: Tone.BRAND, Pool.ONE: Tone.INFO}
_GRADES = {Grade.A: Tone.GOOD, Grade.B: Tone.WARN}
# Days since the last purchase: from, to.
DAYS: tuple[tuple[int | None, int | None], ...] = (
    (None, 30),
    (31, 90),
    (91, 180),
    (181, 365),
    (366, None),
)


def screen(state: State, now: datetime) -> Screen:
    """The whole of it."""
    if state.lines is None:
        longest = state.everybody.longest if state.everybody else ()
        shown = partial(line, half_year=state.half_year, now=now)
        state.lines = Lines(state.rows, shown, longest)
    return Screen(
        title=tr("Customers"),
        count=_count(state),
        sync=state.chip,
        person=state.me.name,
        searching=state.filter.words,
        headings=headings(state.order, state.half_year),
        lines=state.lines,
        current=state.current,
        marked=state.marked,
        menus=_menus(state) if state.everybody else (),
        chips=chips(state.filter),
        clear=tr("Show everybody") if chips(state.filter) else "",
        whom=_whom(state),
        actions=_actions(state),
        ask=ask(state.asking, state) if state.asking else None,
        asked=state.asking.text if state.asking else "",
        toast=state.toast,
        problem=state.problem,
        empty=_empty(state),
        keys=tr(
            "Ctrl K search · ↑ ↓ choose · Enter open · Space mark · Shift Space mark up to here"
            " · Ctrl A mark all · 1 – 9, 0 order by a column · Esc back"
        ),
    )


def line(one: Listed, half_year: int, now: datetime) -> CustomerLine:
    """A customer, cell by cell; the half-year clock runs so many days."""
    return CustomerLine(one.id, tuple(_cell(column, one, half_year, now) for column in COLUMNS))


def _cell(column: Column, one: Listed, half_year: int, now: datetime) -> Cell:
    match column:
        case Column.NAME:
            flag = (Badge(tr("Do not call"), Tone.BAD),) if one.refused else ()
            return Cell(mask_text(one.name) or tr("without a name"), strong=True, badges=flag)
        case Column.POOL:
            return Cell(one.pool, _POOLS.get(_pool(one.pool), Tone.QUIET), strong=True)
        case Column.GRADE:
            tone = _GRADES.get(Grade(one.grade), Tone.QUIET) if one.grade in set(Grade) else None
            return Cell(one.grade or "", tone or Tone.PLAIN, strong=True)
        case Column.LINE | Column.RELATIONSHIP:
            return _named(column, one)
        case Column.LAST_PAID | Column.LAST_CONTACT:
            moment = one.last_paid_at if column is Column.LAST_PAID else one.last_contact
            return Cell(day(moment, now) if moment else NEVER, Tone.PLAIN if moment else Tone.QUIET)
        case Column.DAY:
            return _day(one.quiet(local_day(now)), half_year)
        case Column.YEAR | Column.BROUGHT | Column.EXPECTED:
            return _money(column, one)
        case Column.CITY:
            return Cell(mask_text(one.city))
        case Column.TAGS | Column.RUN_OUT:
            tags = [mask_text(tag) for tag in one.tags]
            badges = tuple(Badge(tag, Tone.VIOLET) for tag in tags)
            return Cell("", badges=badges, tip=tr(", ").join(tags))


def _money(column: Column, one: Listed) -> Cell:
    fen, tip = one.year_fen, ""
    if column is Column.BROUGHT:
        fen, tip = one.brought_fen, tr("All she ever paid, without refunds")
    elif column is Column.EXPECTED:
        fen, tip = whys.yuan(one.expected_fen), tr("Expected in the next 12 months")
    return Cell(money(fen), Tone.PLAIN if fen else Tone.QUIET, tip=tip)


def _named(column: Column, one: Listed) -> Cell:
    field = Field.LINE if column is Column.LINE else Field.RELATIONSHIP
    told = one.line if field is Field.LINE else one.relationship
    if not told:
        return Cell("")
    is_near = field is Field.RELATIONSHIP and told in set(Relationship)
    tone = whys.TONES[Relationship(told)] if is_near else Tone.PLAIN
    return Cell(value_name(field, told), tone)


def _day(quiet: int | None, half_year: int) -> Cell:
    if quiet is None:
        return Cell(NEVER, Tone.QUIET)
    late = quiet > half_year
    tip = tr("{n} days since her last purchase", n=count(quiet))
    return Cell(count(quiet), Tone.WARN if late else Tone.PLAIN, strong=late, tip=tip)


def _pool(told: str) -> Pool:
    return Pool(told) if told in set(Pool) else Pool.ZERO


def column_name(column: Column, half_year: int) -> str:
    """The title of a column."""
    text = _TITLES[column]
    return tr(text, days=half_year) if column is Column.DAY else tr(text)


def headings(order: Order, half_year: int) -> tuple[Heading, ...]:
    """The columns, and by which of them the list is ordered."""
    made = []
    for place, column in enumerate(COLUMNS, 1):
        key = str(place % 10) if place <= 10 else ""  # The digits there are.
        way = ("down" if order.backwards else "up") if order.column is column else ""
        tip = tr("Order by it: {key}. Once more turns it round.", key=key) if key else ""
        name = column_name(column, half_year)
        made.append(Heading(column.value, name, key, way, tip, right=column in _RIGHT))
    return tuple(made)


def value_name(field: Field, value: str, names: Mapping[str, str] | None = None) -> str:
    """A value of a field, in words; `names` are those of reps and teams, by id."""
    if not value:
        return tr("unknown") if field is Field.RUN_OUT else tr("without")
    match field:
        case Field.REP | Field.TEAM:
            return (names or {}).get(value) or tr("no longer here")
        case Field.POOL:
            return tr("Pool {pool}", pool=value)
        case Field.LINE:
            return tr(reasons.LINES[value]) if value in reasons.LINES else value
        case Field.RELATIONSHIP:
            return tr(whys.RELATIONSHIPS[value]) if value in whys.RELATIONSHIPS else value
        case Field.EXPECTED if value in set(Band):
            return _band(Band(value))
        case Field.RUN_OUT | Field.HELD if value in _SAID:
            return tr(_SAID[value])
        case Field.TAG:
            return mask_text(value)
    return value


def _band(one: Band) -> str:
    """How much is expected of her, in words."""
    least = least_fen(one)
    if least:
        return tr("{money} or more", money=money(least))
    return tr("less than {money}", money=money(least_fen(Band.MIDDLE)))


def days_name(since: int | None, until: int | None) -> str:
    """Days since the last purchase, in words."""
    if since is None:
        return tr("bought within {n} days", n=until)
    if until is None:
        return tr("not bought for {n} days or more", n=since)
    return tr("bought {since} to {until} days ago", since=since, until=until)


def chips(filter_: Filter, names: Mapping[str, str] | None = None) -> tuple[Choice, ...]:
    """What the filter says, each to be removed; `names` are those of reps and teams, by id."""
    made = []
    if filter_.words:
        made.append(Choice(WORDS, f"“{filter_.words}”"))
    for field, values in filter_.values:
        known = _KNOWN.get(field, ())
        some = [*(one for one in known if one in values), *sorted(values - set(known))]
        made += [Choice(f"{field.value}:{one}", told(field, one, names)) for one in some]
    if filter_.quiet_from is not None or filter_.quiet_to is not None:
        made.append(Choice(QUIET, days_name(filter_.quiet_from, filter_.quiet_to)))
    if filter_.refused is not Refused.ALL:
        made.append(Choice(REFUSED, tr(_REFUSED[filter_.refused])))
    return tuple(made)


def told(field: Field, value: str, names: Mapping[str, str] | None = None) -> str:
    """A value of a field with the field's name before it."""
    name = value_name(field, value, names)
    return name if field is Field.POOL else f"{tr(_FIELDS[field])}{tr(': ')}{name}"


def is_known(field: Field, value: str) -> bool:
    """Whether a field whose values are always the same has this one."""
    return field not in _KNOWN or value in _KNOWN[field]


def said(filter_: Filter) -> str:
    """The filter in one line, for the log of exports; digits of a phone are left out there."""
    return tr(", ").join(one.text for one in chips(filter_)) or tr("everybody")


def _menus(state: State) -> tuple[Menu, ...]:
    everybody, filter_ = state.everybody, state.filter
    rows = everybody.rows if everybody else ()
    days = days_menu(filter_)
    return (
        *(menu(field, filter_, counted(rows, field)) for field in FIELDS),
        replace(days, choices=(*days.choices, Choice(OWN_DAYS, tr("other days …")))),
        refused_menu(filter_),
        views_menu(everybody.views if everybody else (), state.view),
    )


def days_menu(filter_: Filter) -> Menu:
    """Days since the last purchase; without days of one's own."""
    since, until = filter_.quiet_from, filter_.quiet_to
    days = tuple(
        Choice(f"{a or ''}-{b or ''}", days_name(a, b), chosen=(a, b) == (since, until))
        for a, b in DAYS
    )
    return Menu(QUIET, tr("Last purchase"), days, int(since is not None or until is not None))


def refused_menu(filter_: Filter) -> Menu:
    """Whether those who must not be contacted are shown."""
    refused = tuple(
        Choice(one.value, tr(text), chosen=filter_.refused is one) for one, text in _REFUSED.items()
    )
    return Menu(REFUSED, tr("Do not call"), refused, int(filter_.refused is not Refused.ALL))


def menu(field: Field, filter_: Filter, many: Mapping[str, int]) -> Menu:
    """The values of a field, with how many have each."""
    chosen = filter_.of(field)
    values = list(_KNOWN.get(field, ())) or [*sorted(one for one in many if one), ""]
    choices = tuple(
        Choice(value, f"{value_name(field, value)} · {count(many.get(value, 0))}", value in chosen)
        for value in values
        if many.get(value) or value in chosen
    )
    return Menu(field.value, tr(_FIELDS[field]), choices, len(chosen))


def views_menu(views: Sequence[View], current: str) -> Menu:
    """The views that were kept; the one that is shown can be renamed and forgotten."""
    made = [Choice(f"view:{one.name}", one.name, chosen=one.name == current) for one in views]
    made.append(Choice(KEEP_VIEW, tr("Keep this view …")))
    if current:
        made += [
            Choice(RENAME_VIEW, tr("Rename the view “{name}” …", name=current)),
            Choice(DROP_VIEW, tr("Forget the view “{name}”", name=current)),
        ]
    return Menu(VIEWS, tr("Views"), tuple(made), int(bool(current)))


def _count(state: State) -> str:
    if state.everybody is None:
        return ""
    shown, held = len(state.rows), len(state.everybody.rows)
    if shown == held:
        return trn("{n} customer", "{n} customers", held)
    return tr("{shown} of {held}", shown=count(shown), held=count(held))


def _whom(state: State) -> str:
    if not state.rows:
        return ""
    if state.marked:
        return trn("{n} marked", "{n} marked", len(state.whom))
    return trn("{n} shown", "all {n} shown", len(state.rows))


def _actions(state: State) -> tuple[Action, ...]:
    some = bool(state.rows)
    tagged = any(one.tags for one in state.whom)
    leads = may(state.me.role, Right.LEAD)
    hand_over = (Action(HAND_OVER, tr("Hand over"), "Alt H", some),) if leads else ()
    return (
        Action(Question.TAG, tr("Add tag"), "Alt T", some),
        Action(Question.UNTAG, tr("Remove tag"), "Alt R", tagged),
        Action(Question.VIEW, tr("Keep view"), "Alt V", state.everybody is not None),
        Action(Question.EXPORT, tr("Export"), "Alt E", some),
        *hand_over,
        Action(BACK, tr("Today's list"), "Esc"),
    )


def _empty(state: State) -> str:
    if state.everybody is None:
        return tr("Reading …")
    if not state.everybody.rows:
        return tr("No customers are here yet. They come with the first sync.")
    if not state.rows:
        return tr("Nobody fits. Remove something from the filter, or show everybody.")
    return ""


def headings_of_file(half_year: int) -> tuple[str, ...]:
    """The first line of an exported file."""
    names = [column_name(column, half_year) for column in COLUMNS]
    return (names[0], tr("Phone"), tr("Wangwang"), *names[1:])


def line_of_file(one: Listed, half_year: int, now: datetime, *, whole: bool) -> tuple[str, ...]:
    """A customer in an exported file; numbers are masked unless they are to be whole.

    That is so wherever they stand: a name, a nick or a tag may hold one too.
    """
    texts = [cell.text for cell in line(one, half_year, now).cells]
    refused = tr("Do not call") if one.refused else ""
    shown: Callable[[str], str] = str if whole else mask_text
    name = " · ".join(part for part in (shown(one.name), refused) if part)
    phone = one.phone if whole else mask_phone(one.phone)
    days = (one.last_paid_at, one.last_contact)
    bought, contacted = (f"{local_day(at):%Y-%m-%d}" if at else "" for at in days)
    told = dict(zip(COLUMNS, texts, strict=True))
    told |= {Column.LAST_PAID: bought, Column.LAST_CONTACT: contacted}
    told |= {Column.CITY: shown(one.city), Column.TAGS: shown(tr(", ").join(one.tags))}
    told |= {
        Column.YEAR: to_yuan(one.year_fen),
        Column.BROUGHT: to_yuan(one.brought_fen),
        Column.EXPECTED: to_yuan(whys.yuan(one.expected_fen)),
    }
    rest = [text if text != NEVER else "" for column, text in told.items() if column != Column.NAME]
    return (name, phone, shown(one.wangwang), *rest)
