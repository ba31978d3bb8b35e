"""The small questions in the page."""

from datetime import datetime

from lumi_desk.consents.rules import Purpose, Way, said, shut
from lumi_desk.offers.service import Shelf
from ui.ways import PURPOSES, WAYS
from ui.widgets.values import Choice
from ui.words import N_, money, tr
from ui.workspace.loading import Chosen
from ui.workspace.saying import form
from ui.workspace.screen import Ask
from ui.workspace.state import Asking, Question

SKIPS = {
    "wrong_time": N_("Not a good time for her"),
    "just_spoken": N_("Spoken to elsewhere"),
    "asked_later": N_("She asked for later"),
    "unsure": N_("Not sure what to offer"),
}
_TIMES = (N_("today 19:30"), N_("tomorrow 10:00"), N_("next Wed 10:00"))
_NINE = 9
HEALTH = Purpose.HEALTH.value
# What she may say of a way, of her health: given or withdrawn, and for what.
SAID = {
    "no_offers": (N_("No offers this way"), False, Purpose.MARKETING),
    "not_at_all": (N_("Not this way at all"), False, Purpose.SERVICE),
    "offers": (N_("Offers are welcome this way"), True, Purpose.MARKETING),
}
SAID_OF_HEALTH = {
    "no_health": (N_("No notes about her health"), False, Purpose.HEALTH),
    "health": (N_("Notes about her health may be kept"), True, Purpose.HEALTH),
}


def ask(asking: Asking, chosen: Chosen, now: datetime) -> Ask:
    """The question in words."""
    name = chosen.her.name
    match asking.question:
        case Question.REFUSE:
            return Ask(
                tr("{name} does not want to be contacted any more? It binds at once.", name=name),
                entry=True,
                placeholder=tr("What did she say? (may stay empty)"),
                confirm=tr("Do not call"),
            )
        case Question.SKIP:
            return Ask(tr("Why is {name} passed over today?", name=name), skips())
        case Question.COMPLAIN:
            return Ask(
                tr("What does {name} complain about?", name=name),
                entry=True,
                placeholder=tr("In her words"),
                confirm=tr("Open the complaint"),
            )
        case Question.CALLBACK:
            return _callback(asking, chosen, now)
        case Question.SALE:
            return Ask(tr("What did {name} buy?", name=name), items(chosen))
        case Question.PROOF:
            return Ask(
                tr("Order number or number of the payment?"),
                entry=True,
                placeholder=tr("One of them"),
                confirm=tr("Record the sale"),
            )
        case Question.WAY:
            return Ask(tr("Of which way does {name} speak?", name=name), ways(chosen))
        case Question.CONSENT:
            return _consent(asking.item, name)


def skips() -> tuple[Choice, ...]:
    """The reasons for passing somebody over."""
    return tuple(Choice(name, tr(text)) for name, text in SKIPS.items())


def ways(chosen: Chosen) -> tuple[Choice, ...]:
    """The ways and how they stand, and the notes about her health."""
    closed = {one.way: one.wholly for one in shut(chosen.her.words)}
    choices = [Choice(way.value, _standing(way, closed.get(way))) for way in WAYS]
    kept = said(chosen.her.words, Way.PHONE, Purpose.HEALTH)
    health = tr(PURPOSES[Purpose.HEALTH])
    if kept is not None:
        told = tr("{what}: agreed", what=health) if kept else tr("{what}: not agreed", what=health)
        health = told
    return (*choices, Choice(HEALTH, health))


def _standing(way: Way, wholly: bool | None) -> str:  # noqa: FBT001  # It is the value itself.
    if wholly is None:
        return tr(WAYS[way])
    if wholly:
        return tr("{way}: not at all", way=tr(WAYS[way]))
    return tr("{way}: no offers", way=tr(WAYS[way]))


def _consent(item: str, name: str) -> Ask:
    if item == HEALTH:
        title = tr("May notes about the health of {name} be kept?", name=name)
        choices = SAID_OF_HEALTH
    else:
        title = tr("{way}: what does {name} say?", way=tr(WAYS[Way(item)]), name=name)
        choices = SAID
    return Ask(title, tuple(Choice(one, tr(told[0])) for one, told in choices.items()))


def items(chosen: Chosen) -> tuple[Choice, ...]:
    """What can be sold by digit: what is offered to her first."""
    shelf = chosen.shown.shelf
    names = [f"{one.kind.value}:{one.id}" for one in chosen.shown.offers]
    names += [name for name in _all(shelf) if name not in names]
    return tuple(
        Choice(name, f"{item.what} {money(item.fen)}")
        for name in names[:_NINE]
        if (item := shelf.item(*name.split(":", 1))) is not None
    )


def _all(shelf: Shelf) -> list[str]:
    kinds = (("card", shelf.cards), ("bundle", shelf.packages), ("product", shelf.wares))
    return [f"{kind}:{one}" for kind, things in kinds for one in things]


def _callback(asking: Asking, chosen: Chosen, now: datetime) -> Ask:
    reading = ""
    if asking.written.strip():
        found = form.moment(asking.written, chosen.habit, chosen.budget, now)
        reading = form.reading(found, now)
    return Ask(
        tr("When shall {name} be called back?", name=chosen.her.name),
        _times(chosen, now),
        entry=True,
        placeholder=tr("+1d, tomorrow 19:30"),
        reading=reading,
        confirm=tr("Book"),
    )


def _times(chosen: Chosen, now: datetime) -> tuple[Choice, ...]:
    """Usual times that are still ahead."""
    return tuple(
        Choice(words, words)
        for words in map(tr, _TIMES)
        if form.moment(words, chosen.habit, chosen.budget, now).at is not None
    )
