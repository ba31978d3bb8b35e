"""Who would move, in words, a table and a picture; and what is asked before it happens. No Qt."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Grade, Pool, Relationship
from lumi_desk.customers.rulesets.rules import RuleSet
from lumi_desk.customers.rulesets.versions import Version, to_come
from lumi_desk.customers.run_out.rules import Due
from lumi_desk.customers.touch_plan.rules import Asked
from lumi_desk.managing.protocol import RulesDone, RulesMove, RulesPreviewed
from ui.rules import plans, saying
from ui.rules.drafts import Draft, Reading
from ui.rules.screen import Band, Flow, Preview
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Count, Line, Span, Table, Tone, marked
from ui.words import N_, count, tr, trn
from ui.workspace.saying.whys import RELATIONSHIPS

_WARNED = "warned"
# Best first; whoever is in none comes last.
_ORDER = (*Pool, *Grade, *Relationship, _WARNED, *Due, *Asked, "")
_NONE = N_("none")
_NOT_WARNED = N_("not warned of")
_DUES: Mapping[str, str] = {
    Due.NOW: N_("due now"),
    Due.SOON: N_("due soon"),
    Due.LATER: N_("due later"),
    Due.OVER: N_("over"),
}
_NO_RUN_OUT = N_("not known")
_ASKED: Mapping[str, str] = {
    Asked.MISSED: N_("missed"),
    Asked.TODAY: N_("due today"),
    Asked.WEEK: N_("within a week"),
}
_NOT_ASKED = N_("no step")
_NOWHERE = {"churn": _NOT_WARNED, "run_out": _NO_RUN_OUT, "half_year": _NOT_ASKED}
# What everybody is classified by as soon as it holds; desks go by the others.
_CLASSIFYING = ("pool", "grade", "relationship")
_MOST_LINES = 2
# Of each move.
NAMES = 6


def shown(seen: RulesPreviewed, *, stale: bool = False) -> Preview:
    """Who would move, and where everybody else stays."""
    groups = _groups(seen)
    whole = sum(move.customers for move in seen.counts)
    return Preview(
        tr("Who would move"),
        _summary(seen.moving, whole),
        _flow(seen, groups) if whole else None,
        _table(seen, groups),
        _names(seen),
        stale=stale,
        steps=plans.counts(seen.steps) if seen.steps else None,
    )


def moves_nobody() -> Preview:
    """For numbers that only say when something is asked for."""
    told = tr(
        "**Nobody moves** by these numbers: they say what desks ask for, and whom they may reach."
    )
    return Preview(tr("Who would move"), marked(told))


def nothing_typed() -> Preview:
    """As long as nothing is another number than now."""
    told = tr("Change a number: who would move is shown here by itself, and nothing happens yet.")
    return Preview(tr("Who would move"), (Span(told, tone=Tone.QUIET),))


def asking() -> Preview:
    """Before the first answer."""
    return Preview(tr("Who would move"), (Span(tr("Asking the hub …"), tone=Tone.QUIET),))


def not_usable() -> Preview:
    """While what is typed cannot be."""
    told = tr("Mend what is marked in the form first.")
    return Preview(tr("Who would move"), (Span(told, tone=Tone.QUIET),))


def unknown() -> Preview:
    """While the hub is away."""
    return failed(tr("This is known as soon as the hub can be reached again."))


def failed(words: str) -> Preview:
    """When the hub could not be asked."""
    return Preview(tr("Who would move"), (Span(words, tone=Tone.WARN),), retry=tr("Ask again"))


def confirm(
    rules: RuleSet,
    reading: Reading,
    draft: Draft,
    seen: RulesPreviewed | None,
    found: Sequence[Version],
    now: datetime,
) -> Confirm:
    """What happens if she says yes."""
    told = saying.from_day(reading.day, now)
    title = tr("{rules}: put in force {when}?", rules=saying.title(rules), when=told)
    if draft.back:
        title = tr(
            "{rules}: back to the version before {when}?", rules=saying.title(rules), when=told
        )
    if draft.back and draft.to is not None:
        title = tr(
            "{rules}: back to an earlier version {when}?", rules=saying.title(rules), when=told
        )
    values = reading.values or reading.holding.values
    lines = list(saying.difference(rules, reading.holding.values, values))
    if seen is not None:
        lines.append(f"{_plainly(seen, _MOST_LINES)}{tr('.')}")
    lines.append(_when_it_shows(seen.what if seen else "", reading.day, now))
    later = [since for place in to_come(found, reading.day) if (since := found[place].since)]
    if later:
        told = tr("Other numbers are set already {when}.", when=saying.from_day(later[0], now))
        lines.append(told)
    return Confirm(title, tuple(lines), tr("Put in force"), tr("Not yet"))


def done(rules: RuleSet, told: RulesDone, now: datetime, *, back: bool) -> str:
    """What was put in force, or gone back to, and whom it moved."""
    title, when = saying.title(rules), saying.from_day(date.fromisoformat(told.since), now)
    parts = [
        tr("{rules}: back to an earlier version {when}", rules=title, when=when)
        if back
        else tr("{rules}: in force {when}", rules=title, when=when)
    ]
    if told.moved is not None:
        moved = [
            f"{_group(what, one.old)} → {_group(what, one.new)}: {count(one.customers)}"
            for what, moves in told.moved.items()
            for one in moves
        ]
        parts.append("; ".join(moved) if moved else tr("nobody moved"))
    if told.later:
        later = saying.from_day(date.fromisoformat(told.later), now)
        parts.append(tr("other numbers are set already {when}", when=later))
    return " · ".join(parts)


def _summary(moving: int, whole: int) -> Line:
    if not moving:
        told = trn(
            "**Nobody moves.** {n} customer stays.",
            "**Nobody moves.** All {n} customers stay.",
            whole,
        )
        return marked(told)
    told = trn(
        "**{n} customer moves** of {whole}",
        "**{n} customers move** of {whole}",
        moving,
        whole=count(whole),
    )
    return marked(told, strong_tone=Tone.BRAND)


def _plainly(seen: RulesPreviewed, most: int | None = None) -> str:
    """How many move from where to where; of more than `most` moves the greatest."""
    whole = sum(move.customers for move in seen.counts)
    if not seen.moving:
        return tr("Nobody of {whole} customers moves", whole=count(whole))
    moves = [_move(seen.what, one) for one in _movers(seen)]
    parts = tr(", ").join(moves[:most])
    if most is not None and len(moves) > most:
        parts = tr("{names} and others", names=parts)
    told = trn("{n} customer of {whole} moves", "{n} customers of {whole} move", seen.moving,
               whole=count(whole))  # fmt: skip
    return tr("{told}: {parts}", told=told, parts=parts)


def _when_it_shows(what: str, told: date, now: datetime) -> str:
    if what not in _CLASSIFYING:
        return tr("The desks go by it from that day on, once they have synced.")
    if told == local_day(now):
        return tr("Everybody is classified by it at once; the desks show it once they have synced.")
    return tr("Everybody is classified by it in the night of that day.")


def _groups(seen: RulesPreviewed) -> tuple[str, ...]:
    ends = {end for move in seen.counts for end in (move.old, move.new)}
    known = [one for one in _ORDER if one in ends]
    return (*known, *sorted(ends - set(_ORDER)))


def _flow(seen: RulesPreviewed, groups: Sequence[str]) -> Flow:
    bands = tuple(
        Band(groups.index(move.old), groups.index(move.new), move.customers)
        for move in seen.counts
        if move.customers
    )
    return Flow(
        tuple(_group(seen.what, one) for one in groups),
        bands,
        tr("now"),
        tr("then"),
        _plainly(seen),
    )


def _table(seen: RulesPreviewed, groups: Sequence[str]) -> Table:
    counts = {(move.old, move.new): move.customers for move in seen.counts}
    names = [_group(seen.what, one) for one in groups]
    sums: Counter[str] = Counter()
    rows = []
    for old, name in zip(groups, names, strict=True):
        cells = [_cell(seen.what, old, new, counts.get((old, new), 0)) for new in groups]
        sums.update({new: counts.get((old, new), 0) for new in groups})
        rows.append(
            (name, (*cells, Count(count(sum(counts.get((old, new), 0) for new in groups)))))
        )
    last = (*(Count(count(sums[new])) for new in groups), Count(count(sums.total())))
    rows.append((tr("all"), last))
    return Table(tr("now ↓ · then →"), (*names, tr("all")), tuple(rows))


def _cell(what: str, old: str, new: str, customers: int) -> Count:
    if old == new or not customers:
        return Count(count(customers) if customers else "–")
    move = RulesMove(old, new, customers)
    return Count(count(customers), moves=True, tip=_move(what, move))


def _names(seen: RulesPreviewed) -> tuple[Line, ...]:
    by_move: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in seen.movers:
        by_move[one.old, one.new].append(one.name)
    return tuple(_named(seen.what, one, by_move[one.old, one.new]) for one in _movers(seen))


def _named(what: str, move: RulesMove, names: Sequence[str]) -> Line:
    head = Span(f"{_move(what, move)}  ", strong=True)
    told = tr(", ").join(names)
    return (
        head,
        Span(tr("{names} and others", names=told) if move.customers > len(names) else told),
    )


def _movers(seen: RulesPreviewed) -> list[RulesMove]:
    """The moves, the greatest first."""
    moves = [move for move in seen.counts if move.old != move.new and move.customers]
    return sorted(moves, key=lambda one: (-one.customers, one.old, one.new))


def _move(what: str, move: RulesMove) -> str:
    ends = f"{_group(what, move.old)} → {_group(what, move.new)}"
    return f"{ends} {count(move.customers)}"


def _group(what: str, code: str) -> str:
    if not code:
        return tr(_NOWHERE.get(what, _NONE))
    if what == "pool":
        return tr("pool {pool}", pool=code)
    if what == "relationship":
        return tr(RELATIONSHIPS.get(code, code))
    if what == "run_out":
        return tr(_DUES.get(code, code))
    if what == "half_year":
        return tr(_ASKED.get(code, code))
    return tr("warned of") if code == _WARNED else code
