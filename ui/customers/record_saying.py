"""The record of one of the centre's customers, in words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from lumi_desk.because import because
from lumi_desk.catalog.service import Outcome
from lumi_desk.clock import local_day
from lumi_desk.customers.person import Kind
from lumi_desk.managing.centre import CentreCustomer, CentreEvent, CentreLook, CustomerShown
from ui.customers.screen import Fact, Past, Record
from ui.widgets.values import Badge, Tone
from ui.words import N_, day, money, tr, trn, when
from ui.workspace.saying import whys
from ui.workspace.saying.queue import pool_badge
from ui.workspace.saying.timeline import outcome

_KINDS: Mapping[str, str] = {
    Kind.CONTACT: N_("Contact"),
    Kind.ORDER: N_("Order"),
    Kind.CLAIM: N_("Claimed sale"),
    Kind.GIFT: N_("Gift"),
    Kind.NOTE: N_("Note"),
    Kind.COMPLAINT: N_("Complaint"),
    Kind.TAG: N_("Tag added"),
    Kind.UNTAG: N_("Tag removed"),
}


def at(millis: int) -> datetime:
    """The instant of so many milliseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)


def record(shown: CustomerShown, outcomes: Sequence[Outcome], now: datetime) -> Record:
    """All that is known of one customer."""
    her = shown.customer
    names = {one.id: outcome(one) for one in outcomes}
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
        None if shown.looks is None else tuple(_look(one, now) for one in shown.looks),
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
        due = day(at(shown.complaint_due), now)
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
        who, since = one.rep or tr("nobody"), day(at(one.since), now)
        if one.until is None:
            lines.append(tr("{who}, since {since}", who=who, since=since))
        else:
            until = day(at(one.until), now)
            lines.append(tr("{who}, {since} to {until}", who=who, since=since, until=until))
    return lines


def _look(one: CentreLook, now: datetime) -> str:
    """Who looked, when for the last time on a day, and how often on it."""
    often = trn("{n} time", "{n} times", one.times)
    return tr("{who} · {when} · {often}", who=one.who, when=when(at(one.at), now), often=often)


def _past(one: CentreEvent, names: Mapping[str, str], now: datetime) -> Past:
    then = at(one.at)
    on = day(then, now) if local_day(then).year == local_day(now).year else f"{local_day(then)}"
    kind = tr(_KINDS[one.kind]) if one.kind in _KINDS else one.kind
    what = names.get(one.what, one.what) if one.kind == Kind.CONTACT else one.what
    minutes = trn("{n} minute", "{n} minutes", -(-one.seconds // 60)) if one.seconds else ""
    parts = [what, minutes, one.note, "" if one.fen is None else money(one.fen)]
    return Past(on, kind, " · ".join(part for part in parts if part))
