"""What happened with her, one line each."""

from datetime import datetime

from lumi_desk.calls.service import Contacted, Noted
from lumi_desk.catalog.service import Outcome
from lumi_desk.clock import local_day
from lumi_desk.complaints.service import Ticket
from lumi_desk.customers.person import Happened, Kind, timeline
from lumi_desk.customers.tags.service import Tagged
from lumi_desk.orders.service import Claimed, Ordered
from lumi_desk.security.masking import mask_text
from ui.widgets.values import Line, Span, Tone
from ui.words import Language, clock_time, day, language, money, tr, trn
from ui.workspace.loading import Chosen
from ui.workspace.screen import Channel, Happening

_MOST = 100


def happenings(
    chosen: Chosen, outcomes: tuple[Outcome, ...], now: datetime
) -> tuple[Happening, ...]:
    """Her timeline, newest first."""
    names = {one.id: outcome(one) for one in outcomes}
    events = timeline(chosen.her)[:_MOST]
    return tuple(_happening(one, chosen, names, now) for one in events)


def outcome(of: Outcome) -> str:
    """The name of an outcome in the language in use."""
    return of.zh if language() is Language.CHINESE else of.en


def _happening(one: Happened, chosen: Chosen, names: dict[str, str], now: datetime) -> Happening:
    channel, words, tone = _told(one, chosen, names, now)
    return Happening(_day(one.at, now), channel, words, tone)


def _day(at: datetime, now: datetime) -> str:
    """The day; of another year the month alone, which is all that still matters."""
    local = local_day(at)
    return day(at, now) if local.year == local_day(now).year else f"{local:%Y-%m}"


def _told(
    one: Happened, chosen: Chosen, names: dict[str, str], now: datetime
) -> tuple[Channel, Line, Tone]:
    match one.what:
        case Contacted() as contact:
            channels = {each.value: each for each in Channel}
            channel = channels.get(contact.channel, Channel.CALL)
            return channel, _contact(contact, names, now), Tone.PLAIN
        case Ordered() as order:
            return Channel.ORDER, _order(order, chosen), Tone.PLAIN
        case Claimed() as claim if one.kind is Kind.GIFT:
            return Channel.GIFT, (Span(claim.gift),), Tone.PLAIN
        case Claimed() as claim:
            pending = Span(f" {tr('claimed')}", tone=Tone.QUIET)
            price = Span(f" {money(claim.fen)}", strong=True)
            return Channel.ORDER, (Span(claim.what), price, pending), Tone.PLAIN
        case Noted() as note:
            return Channel.NOTE, (Span(note.words),), Tone.PLAIN
        case Ticket() as ticket:
            return Channel.COMPLAINT, _complaint(ticket), Tone.BAD
        case Tagged() as tag:
            return Channel.NOTE, _tagged(tag), Tone.PLAIN


def _tagged(tag: Tagged) -> Line:
    name = mask_text(tag.name)
    what = tr("tag “{name}” added", name=name)
    if not tag.adding:
        what = tr("tag “{name}” removed", name=name)
    return (Span(what), Span(f" {tag.by}", tone=Tone.QUIET)) if tag.by else (Span(what),)


def _contact(contact: Contacted, names: dict[str, str], now: datetime) -> Line:
    result = names.get(contact.disposition, contact.disposition)
    if not contact.answered:
        at = clock_time(contact.at) if local_day(contact.at) == local_day(now) else ""
        tries = trn("{n} dial", "{n} dials", len(contact.dials))
        return (
            Span(" ".join(part for part in (at, result) if part)),
            Span(f" {tries}", tone=Tone.QUIET),
        )
    parts = [_length(contact.talk_seconds), result, contact.note]
    return (Span(" · ".join(part for part in parts if part)),)


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not seconds:
        return ""
    if not minutes:
        return tr("{s} s", s=rest)
    return tr("{m} min {s} s", m=minutes, s=rest)


def _order(order: Ordered, chosen: Chosen) -> Line:
    shelf = chosen.shown.shelf.names()
    parts = [
        f"{shelf.get(one.product_id or '', one.title)} ×{one.units}" for one in order.parts[:2]
    ]
    more = " …" if len(order.parts) > 2 else ""  # Two fit into a line.
    what = tr(", ").join(parts) + more or order.title or tr("Order")
    tail = f" {tr('by card')}" if order.by_card else ""
    if order.fen == 0 and order.refund_fen:
        return (Span(what), Span(f" {tr('refunded')}", tone=Tone.QUIET))
    return (Span(f"{what} "), Span(money(order.fen), strong=True), Span(tail))


def _complaint(ticket: Ticket) -> Line:
    closed = ticket.closed_at
    if closed is None:
        return (Span(tr("Complaint: {words}", words=ticket.words)),)
    days = (local_day(closed) - local_day(ticket.opened_at)).days
    done = trn("settled after {n} day", "settled after {n} days", days)
    return (Span(f"{tr('Complaint: {words}', words=ticket.words)}{tr(', ')}{done}"),)
