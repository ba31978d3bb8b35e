"""Two offers in words: price, what speaks for them, what to leave alone."""

from datetime import datetime

from lumi_desk.because import Because
from lumi_desk.cards.rules import Verdict
from lumi_desk.offers import rules
from lumi_desk.offers.rules import Kind
from lumi_desk.offers.service import Shown
from ui.widgets.values import Badge, Line, Tone, marked
from ui.words import money, tr
from ui.workspace.saying import reasons
from ui.workspace.saying.reasons import Context
from ui.workspace.screen import Offer


def offers(shown: Shown, chosen: str, now: datetime) -> tuple[Offer, ...]:
    """The offers, best first; `chosen` is the one the rep took up."""
    context = Context(now, shown.shelf.names())
    return tuple(
        _offer(place, one, shown, context, chosen=one.id == chosen)
        for place, one in enumerate(shown.offers, start=1)
    )


def _offer(place: int, one: rules.Offer, shown: Shown, context: Context, *, chosen: bool) -> Offer:
    is_card = one.kind is Kind.CARD
    against, against_text = _against(one, context)
    fits = one.verdict is Verdict.FITS
    because = one.because[1:] if is_card and fits else one.because
    if one.verdict is Verdict.NOT_RECOMMENDED:
        because = ()
    return Offer(
        rank=tr("Offer {place}", place=place),
        title=shown.shelf.title(one),
        price=money(one.price_fen),
        was=money(one.list_fen, sign=False) if one.list_fen > one.price_fen else "",
        badges=_badges(one),
        facts=_facts(one, context) if is_card and fits else (),
        because=_because(because, context),
        against=against,
        against_text=against_text,
        best=place == 1 and fits,
        chosen=chosen,
    )


def _badges(one: rules.Offer) -> tuple[Badge, ...]:
    badges = []
    if one.high_margin:
        badges.append(Badge(tr("High margin"), Tone.GOOD))
    if one.verdict is Verdict.ASK:
        badges.append(Badge(tr("Ask first"), Tone.WARN))
    return tuple(badges)


def _facts(one: rules.Offer, context: Context) -> tuple[Line, ...]:
    lasts = reasons.said(one.because[0], context)
    months = str(one.because[0].fields.get("months", ""))
    words = lasts.replace(months, f"**{months}**", 1) if months else lasts
    if one.gift_fen:
        words += tr(", gifts worth **{money}**", money=money(one.gift_fen))
    return (marked(words),)


def _because(found: tuple[Because, ...], context: Context) -> str:
    if not found:
        return ""
    said = " · ".join(reasons.said(one, context) for one in found)
    return tr("Because: {reasons}", reasons=said)


def _against(one: rules.Offer, context: Context) -> tuple[Badge | None, str]:
    """What to leave alone: the offer itself, or the card beside it that does not fit."""
    if one.verdict is Verdict.NOT_RECOMMENDED:
        return Badge(tr("Not recommended"), Tone.BAD), reasons.said(one.because[0], context)
    for companion in one.companions:
        value = money(companion.value_fen, sign=False)
        text = reasons.said(companion.because, context)
        return Badge(tr("Not {value}", value=value), Tone.BAD), text
    return None, ""
