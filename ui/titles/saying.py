"""Product titles and what was settled of them, in words. Knows no Qt."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from lumi_desk.customers.rules import Line
from lumi_desk.managing.titles import OpenTitle, TitlesDecision, TitlesDone, TitlesListed
from ui.titles.screen import Detail, Fact, Share, Tab
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Choice, Entry, Row, Tone
from ui.words import N_, count, day, money, tr, trn, when

HIGH, LATER, UNDO = "high", "later", "undo"
# All titles that hold the words; no title holds a NUL.
ALL = "\0"

_LINES: Mapping[str, str] = {
    Line.COLLAGEN: N_("Collagen"),
    Line.ENZYME: N_("Enzyme"),
    Line.OTHER: N_("Other goods"),
}
_TONES: Mapping[str, Tone] = {Line.COLLAGEN: Tone.VIOLET, Line.ENZYME: Tone.GOOD}
_TABS: Mapping[Tab, str] = {Tab.OPEN: N_("Not settled"), Tab.SAID: N_("Already settled")}
# So many titles are named in a question.
_NAMED = 3
# So many letters of a title stand in a sentence, and so many in the list.
_LONGEST = 24
_IN_LIST = 56
_LEAST_PART = 0.001


def tabs(chosen: Tab, sums: TitlesListed | None) -> tuple[Choice, ...]:
    """The lists; how many wait where that is known."""
    told = {Tab.OPEN: f"{tr(_TABS[Tab.OPEN])} · {count(sums.waiting)}"} if sums else {}
    return tuple(
        Choice(tab, told.get(tab, tr(text)), chosen=tab is chosen) for tab, text in _TABS.items()
    )


def left(sums: TitlesListed | None) -> str:
    """How much there is to do."""
    if sums is None:
        return ""
    if not sums.waiting:
        return tr("nothing waits")
    return trn("{n} title waits", "{n} titles wait", sums.waiting)


def share(sums: TitlesListed | None) -> Share | None:
    """What part of all sales is still nobody's."""
    if sums is None or not sums.sold_fen:
        return None
    part = sums.waiting_fen / sums.sold_fen
    told = {"fen": money(sums.waiting_fen), "all": money(sums.sold_fen)}
    if not sums.waiting_fen:
        words = tr("Every title that was sold is known.")
    elif part < _LEAST_PART:
        words = tr("Under 0.1% of sales not settled: {fen} of {all}", **told)
    else:
        words = tr("{part} of sales not settled: {fen} of {all}", part=f"{part:.1%}", **told)
    return Share(part, words)


def search(words: str) -> Entry:
    """The line to look for titles with."""
    return Entry(tr("Search titles"), words, tr("Words in the title"))


def rows(titles: list[OpenTitle], sums: TitlesListed | None, words: str) -> tuple[Row, ...]:
    """The titles; above them all that hold the words, where they are several."""
    found = tuple(map(_row, titles))
    if sums is None or not words or sums.fitting < 2:
        return found
    return (Row(ALL, all_title(words, sums), money(sums.fitting_fen)), *found)


def detail(one: OpenTitle, now: datetime, *, high: bool) -> Detail:
    """A title: what it sold, its last order, and what can be said of it."""
    facts = [
        Fact(tr("Sales"), money(one.fen)),
        Fact(tr("Sold"), f"{_units(one.units)} · {_orders(one.orders)}"),
        Fact(tr("Customers"), count(one.customers) if one.customers else tr("none is known")),
    ]
    if one.at is not None:
        at = day(_moment(one.at), now)
        last = f"{at} · {one.shop} · {count(one.last_units)} × {money(one.last_fen)}"
        facts.append(Fact(tr("Last order"), last))
    if one.left_at is not None:
        who = one.left_by or tr("somebody who left")
        facts.append(Fact(tr("Left for later"), f"{who} · {when(_moment(one.left_at), now)}"))
    words = tr("Leave for later") if one.left_at is None else tr("Not for later any more")
    later = Choice(LATER, words)
    return Detail(one.title, one.title, "", tuple(facts), (*_says(high=high), later))


def all_detail(titles: list[OpenTitle], sums: TitlesListed, words: str, *, high: bool) -> Detail:
    """All titles that hold the words: how many, what they sold, and which sold most."""
    facts = [
        Fact(tr("Sales"), money(sums.fitting_fen)),
        *(Fact(money(one.fen), one.title) for one in titles[:_NAMED]),
    ]
    if (rest := sums.fitting - len(titles[:_NAMED])) > 0:
        facts.append(Fact(tr("and"), trn("{n} more title", "{n} more titles", rest)))
    told = tr("What is said here holds for each of them. You are asked once more before.")
    return Detail(ALL, all_title(words, sums), told, tuple(facts), _says(high=high))


def all_title(words: str, sums: TitlesListed) -> str:
    """What all titles that hold the words are called."""
    return trn(
        "All {n} title with “{words}”", "All {n} titles with “{words}”", sums.fitting, words=words
    )


def confirm(titles: list[OpenTitle], sums: TitlesListed, words: str, said: str) -> Confirm:
    """What happens if she says yes to many."""
    first = tr(", ").join(quoted(one.title) for one in titles[:_NAMED])
    named = _and_others(first, sums.fitting - len(titles[:_NAMED]))
    lines = (
        tr("They sold {fen}: {titles}.", fen=money(sums.fitting_fen), titles=named),
        tr("Orders, grades and figures follow at once. It can be undone."),
    )
    title = tr("{titles}: {said}?", titles=all_title(words, sums), said=said)
    return Confirm(title, lines, tr("Settle them"), tr("Not now"))


def meaning(line: str, *, high: bool) -> str:
    """A line, and whether it is of high margin."""
    text = tr(_LINES.get(line, line))
    return tr("{line}, high margin", line=text) if high else text


def done(what: str, said: str, told: TitlesDone) -> str:
    """What was settled, and what it changed."""
    return _changed(tr("{title}: {said}.", title=what, said=said), told)


def undone(told: TitlesDone) -> str:
    """What taking back did."""
    back = trn(
        "Undone. {n} title is as it was.", "Undone. {n} titles are as they were.", told.titles
    )
    return _changed(back, told)


def said_row(one: TitlesDecision, now: datetime) -> Row:
    """A decision in the list."""
    if one.undone_at is not None:
        badge = Badge(tr("Undone"), Tone.QUIET)
    else:
        text = tr(_LINES.get(one.line, one.line))
        badge = Badge(text, _TONES.get(one.line, Tone.INFO))
    who = f"{_by(one.by)} · {when(_moment(one.at), now)}"
    return Row(one.id, _named(one), who, badge)


def said_detail(one: TitlesDecision, now: datetime) -> Detail:
    """A decision: of which titles, who, when, and whether it still holds."""
    facts = [Fact(tr("What was said"), meaning(one.line, high=one.high_margin))]
    if one.product:
        facts.append(Fact(tr("Product"), one.product))
    facts.append(Fact(tr("By whom"), f"{_by(one.by)} · {when(_moment(one.at), now)}"))
    if one.undone_at is not None:
        told = f"{_by(one.undone_by)} · {when(_moment(one.undone_at), now)}"
        facts.append(Fact(tr("Undone"), told))
    if one.count > 1:
        facts += [Fact(tr("Titles") if not place else "", title)
                  for place, title in enumerate(one.titles)]  # fmt: skip
        if (rest := one.count - len(one.titles)) > 0:
            facts.append(Fact(tr("and"), trn("{n} more title", "{n} more titles", rest)))
    actions = (Choice(UNDO, tr("Undo")),) if one.undone_at is None else ()
    return Detail(one.id, _named(one), "", tuple(facts), actions)


def quoted(title: str) -> str:
    """A title in the middle of a sentence; of a long one its beginning."""
    return tr("“{title}”", title=_short(title, _LONGEST))


def _short(title: str, most: int) -> str:
    return title if len(title) <= most else f"{title[: most - 1]}…"


def away() -> str:
    """What she is told while the line is down."""
    return tr(
        "The hub cannot be reached. Only the hub knows what was sold: settling has to wait until"
        " the line is back."
    )


def nothing(tab: Tab, words: str) -> str:
    """What is told where a list is empty."""
    if words:
        return tr("No title here holds “{words}”.", words=words)
    if tab is Tab.SAID:
        return tr("Nothing has been settled yet.")
    return tr("All titles are settled. After an import new ones may appear here.")


def keys() -> str:
    """What the keys do."""
    return tr(
        "↑ ↓ choose · 1 2 3 settle · 4 high margin · 5 later · Ctrl K search · Alt Z undo"
        " · Alt N H lists · F5 anew"
    )


def _row(one: OpenTitle) -> Row:
    told = f"{money(one.fen)} · {_orders(one.orders)}"
    badge = Badge(tr("Later"), Tone.QUIET) if one.left_at is not None else None
    return Row(one.title, _short(one.title, _IN_LIST), told, badge)


def _says(*, high: bool) -> tuple[Choice, ...]:
    lines = (Choice(line, tr(text)) for line, text in _LINES.items())
    margin = tr("High margin: yes") if high else tr("High margin: no")
    return (*lines, Choice(HIGH, margin, chosen=high))


def _named(one: TitlesDecision) -> str:
    return _and_others(one.titles[0] if one.titles else "–", one.count - 1)


def _and_others(first: str, others: int) -> str:
    if others <= 0:
        return first
    return trn("{first} and {n} other", "{first} and {n} others", others, first=first)


def _changed(done: str, told: TitlesDone) -> str:
    if not told.lines and not told.customers:
        return done
    lines = trn("{n} order line", "{n} order lines", told.lines)
    customers = trn("{n} customer", "{n} customers", told.customers)
    return tr("{done} Changed: {lines}, {customers}.", done=done, lines=lines, customers=customers)


def _units(many: int) -> str:
    return trn("{n} piece", "{n} pieces", many)


def _orders(many: int) -> str:
    return trn("{n} order", "{n} orders", many)


def _by(name: str) -> str:
    return name or tr("The hub's keeper")


def _moment(millis: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
