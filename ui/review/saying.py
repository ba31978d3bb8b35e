"""Likely pairs, shared numbers and decisions in words. Knows no Qt."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from lumi_desk.identity.rules import Against, Kind
from lumi_desk.managing.review import (
    Agreement,
    Becomes,
    Compared,
    Decision,
    LikelyPair,
    NumberShared,
    PairDone,
    PairShown,
    Piece,
    Said,
)
from ui.review.screen import Detail, Field, Tab, Weight
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Choice, Line, Row, Span, Tone
from ui.words import N_, count, day, money, tr, trn, when

LEFT, RIGHT, TWO, UNDO = "left", "right", "two", "undo"

_EVIDENCE: Mapping[str, str] = {
    Kind.PHONE: N_("the same mobile number"),
    Kind.LANDLINE: N_("the same landline"),
    Kind.WECHAT: N_("the same WeChat id"),
    Kind.NICK: N_("the same nick in another shop"),
    Kind.NAME: N_("the same name"),
    Kind.BIRTHDAY: N_("the same birthday"),
    Kind.NEAR: N_("the same city at about the same time"),
    Kind.OTHER_NAME: N_("another name"),
}
_AGAINST: Mapping[str, str] = {
    Against.MEMBER: N_("They have different member ids, so they cannot be one person."),
    Against.BIRTHDAY: N_("They have different birthdays, so they cannot be one person. If one is"
                         " wrong, correct it first."),
}  # fmt: skip
_FIELDS: Mapping[str, str] = {
    "name": N_("Name"),
    "phone": N_("Phone"),
    "wechat": N_("WeChat"),
    "nick": N_("Nick"),
    "member": N_("Member id"),
    "birthday": N_("Birthday"),
    "city": N_("City"),
    "pool": N_("Pool"),
    "grade": N_("Grade"),
    "rep": N_("Rep"),
    "orders": N_("Orders"),
    "last_order": N_("Last order"),
    "year_fen": N_("Spent in a year"),
    "principal_fen": N_("Card, principal"),
    "bonus_fen": N_("Card, bonus"),
    "contacts": N_("Contacts"),
    "consents": N_("Consents"),
    "refused": N_("Do not call"),
    "wangwang": N_("Wangwang"),
    "allergy": N_("Allergy"),
    "member_since": N_("Member since"),
}
_RECORDS: Mapping[str, str] = {
    "identity": N_("identities"),
    "tag": N_("tags"),
    "order": N_("her orders"),
    "order_line": N_("order lines"),
    "sale": N_("claimed sales"),
    "card_entry": N_("card entries"),
    "contact": N_("contacts"),
    "note": N_("notes"),
    "callback": N_("callbacks"),
    "refusal": N_("refusals"),
    "consent": N_("consents"),
    "complaint": N_("complaints"),
    "fact": N_("figures"),
}
_OTHERS = N_("other records")
_AGREEMENT: Mapping[str, tuple[str, Tone, str]] = {
    Agreement.SAME: (N_("agrees"), Tone.GOOD, "check"),
    Agreement.DIFFERS: (N_("differs"), Tone.WARN, "cross"),
    Agreement.ONE_SIDE: (N_("only one"), Tone.QUIET, ""),
}
_SAID: Mapping[str, tuple[str, Tone]] = {
    Said.ONE: (N_("One person"), Tone.INFO),
    Said.TWO: (N_("Two people"), Tone.VIOLET),
}
_TABS: Mapping[Tab, str] = {
    Tab.PAIRS: N_("Likely pairs"),
    Tab.NUMBERS: N_("Shared numbers"),
    Tab.SAID: N_("Already decided"),
}


def key_of(one: LikelyPair) -> str:
    """What a pair is called in the list."""
    return f"{one.one}:{one.other}"


def tabs(chosen: Tab, waiting: int | None, numbers: int | None) -> tuple[Choice, ...]:
    """The lists, with how much is in them where that is known."""
    counts = {Tab.PAIRS: waiting, Tab.NUMBERS: numbers}
    return tuple(
        Choice(tab, _with_count(tr(text), counts.get(tab)), chosen=tab is chosen)
        for tab, text in _TABS.items()
    )


def row(one: LikelyPair) -> Row:
    """A pair in the list."""
    badge = Badge(tr("Again"), Tone.INFO) if one.again else None
    told = tr(", ").join(tr(_EVIDENCE.get(kind, kind)) for kind in one.evidence)
    return Row(key_of(one), _both(one.one_name, one.other_name), told, badge)


def detail(one: LikelyPair, shown: PairShown | None, now: datetime) -> Detail:
    """Both customers of a pair side by side; until they are there, who they are."""
    title = _both(one.one_name, one.other_name)
    if shown is None:
        return Detail(key_of(one), title, tr("Fetching both …"))
    return Detail(
        key_of(one),
        title,
        _words(one),
        _weights(shown),
        (tr("Left: {name}", name=one.one_name), tr("Right: {name}", name=one.other_name)),
        tuple(_field(each, now) for each in shown.fields if each.one or each.other),
        _actions(shown),
        tr(_AGAINST.get(shown.against, "")),
    )


def confirm(one: LikelyPair, becomes: Becomes) -> Confirm:
    """What becomes one if she says yes."""
    kept, gone = one.one_name, one.other_name
    if becomes.keep == one.other:
        kept, gone = gone, kept
    moving = _records(becomes.moving) or tr("nothing but herself")
    lines = [tr("{name} brings along: {what}.", name=gone, what=moving)]
    if becomes.filled:
        fields = tr(", ").join(tr(_FIELDS.get(name, name)) for name in becomes.filled)
        lines.append(tr("{name} gets what she lacks: {fields}.", name=kept, fields=fields))
    if becomes.loser:
        told = {"rep": becomes.rep, "loser": becomes.loser, "name": gone}
        lines.append(tr("{rep} holds her then. {loser} loses {name}.", **told))
    elif becomes.rep:
        lines.append(tr("{rep} holds her then.", rep=becomes.rep))
    else:
        lines.append(tr("Nobody holds her then."))
    lines.append(tr("It can be undone; what is written later stays with {name}.", name=kept))
    title = tr("One person: keep {name}, and {other} goes into her?", name=kept, other=gone)
    return Confirm(title, tuple(lines), tr("Make them one"), tr("Not now"))


def done(one: LikelyPair, told: PairDone) -> str:
    """What was decided."""
    names = _both(one.one_name, one.other_name)
    if told.said == Said.TWO:
        return tr("{names}: two people. They are not asked about again.", names=names)
    moved = _records(told.moved)
    if moved:
        return tr("{names}: one person now. Moved: {what}.", names=names, what=moved)
    return tr("{names}: one person now.", names=names)


def undone(told: PairDone) -> str:
    """What taking back did."""
    if told.said == Said.TWO:
        return tr("Undone. They may be asked about again.")
    moved = _records(told.moved)
    if moved:
        return tr("Undone. They are two customers again. Moved back: {what}.", what=moved)
    return tr("Undone. They are two customers again.")


def said_row(one: Decision, now: datetime) -> Row:
    """A decision in the list."""
    text, tone = _SAID[Said(one.said)]
    badge = Badge(tr("Undone"), Tone.QUIET) if one.undone_at is not None else Badge(tr(text), tone)
    who = f"{_by(one.by)} · {when(_moment(one.at), now)}"
    return Row(one.id, _both(one.one_name, one.other_name), who, badge)


def said_detail(one: Decision, now: datetime) -> Detail:
    """A decision: who, when, and whether it still holds."""
    fields = [
        _fact(tr("What was said"), tr(_SAID[Said(one.said)][0])),
        _fact(tr("By whom"), f"{_by(one.by)} · {when(_moment(one.at), now)}"),
    ]
    if one.said == Said.ONE:
        fields.append(_fact(tr("Kept"), one.one_name))
    if one.undone_at is not None:
        told = f"{_by(one.undone_by)} · {when(_moment(one.undone_at), now)}"
        fields.append(_fact(tr("Undone"), told))
    actions = (Choice(UNDO, tr("Undo")),) if one.undone_at is None else ()
    title = _both(one.one_name, one.other_name)
    return Detail(one.id, title, fields=tuple(fields), actions=actions)


def number_row(one: NumberShared) -> Row:
    """A shared number in the list."""
    kind = tr("Landline") if one.kind == Kind.LANDLINE else tr("Mobile")
    line = trn("{n} customer has it", "{n} customers have it", one.people)
    return Row(one.key, one.number, line, Badge(kind, Tone.QUIET))


def number_detail(one: NumberShared) -> Detail:
    """Who has a shared number."""
    fields = [
        _fact(each.name, " · ".join(part for part in (each.city, each.rep) if part) or "–")
        for each in one.sharers
    ]
    if (rest := one.people - len(one.sharers)) > 0:
        fields.append(_fact(tr("and"), trn("{n} more", "{n} more", rest)))
    words = tr(
        "A number of a household or a company: different people have it. It may be rung; it makes"
        " nobody one with anybody."
    )
    return Detail(one.key, one.number, words, fields=tuple(fields))


def _with_count(text: str, many: int | None) -> str:
    return text if many is None else f"{text} · {count(many)}"


def _both(one: str, other: str) -> str:
    return f"{one or '–'} · {other or '–'}"


def _words(one: LikelyPair) -> str:
    told = []
    if one.again:
        told.append(tr("They were said to be two people; something new speaks for one."))
    if one.sharing:
        told.append(
            trn(
                "Their number is a household's or a company's: {n} customer has it.",
                "Their number is a household's or a company's: {n} customers have it.",
                one.sharing,
            )
        )
    return " ".join(told)


def _weights(shown: PairShown) -> tuple[Weight, ...]:
    found = []
    for each in shown.evidence:
        speaks = each.points > 0
        sign = "+" if speaks else "−"
        text = f"{tr(_EVIDENCE.get(each.kind, each.kind))} {sign}{abs(each.points)}"
        found.append(
            Weight(text, Tone.GOOD if speaks else Tone.WARN, "check" if speaks else "cross")
        )
    return tuple(found)


def _actions(shown: PairShown) -> tuple[Choice, ...]:
    """What can be said; what the hub thinks best stands out."""
    may, keeps = not shown.against, shown.becomes[0].keep
    left, right = (may and keeps == pk for pk in (shown.one, shown.other))
    return (
        Choice(LEFT, tr("One person, keep the left"), chosen=left, enabled=may),
        Choice(RIGHT, tr("One person, keep the right"), chosen=right, enabled=may),
        Choice(TWO, tr("Two people"), chosen=not may),
    )


def _field(one: Compared, now: datetime) -> Field:
    text, tone, icon = _AGREEMENT.get(one.agreement, ("", Tone.QUIET, ""))
    label = tr(_FIELDS.get(one.field, one.field))
    left, right = (_line(one.field, side, now) for side in (one.one, one.other))
    return Field(label, left, right, tr(text), tone, icon)


def _line(field: str, pieces: tuple[Piece, ...], now: datetime) -> Line:
    """The values one below the other; those the other has too are strong, lent ones say so."""
    spans: list[Span] = []
    for place, piece in enumerate(pieces):
        spans.append(Span("\n" if place else ""))
        spans.append(Span(_value(field, piece.text, now), strong=piece.same))
        if piece.lent:
            spans.append(Span(f" {tr('(virtual or masked)')}", tone=Tone.QUIET))
    return tuple(span for span in spans if span.text) or (Span("–", tone=Tone.QUIET),)


def _value(field: str, text: str, now: datetime) -> str:
    if field.endswith("_fen"):
        return money(int(text))
    if field == "last_order":
        return day(date.fromisoformat(text), now)
    if field in ("orders", "contacts", "consents"):
        return count(int(text))
    if field == "refused":
        return tr("yes")
    return text.partition(":")[2] if field == "nick" else text


def _records(moved: Mapping[str, int]) -> str:
    """So many records of each kind: orders 2, contacts 1."""
    told = (
        tr("{what} {n}", what=tr(_RECORDS.get(name, _OTHERS)), n=count(many))
        for name, many in moved.items()
        if many
    )
    return tr(", ").join(told)


def _fact(label: str, text: str) -> Field:
    return Field(label, (Span(text),), ())


def _by(name: str) -> str:
    return name or tr("The hub's keeper")


def _moment(millis: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
