"""Figures by month in words: their tables, their curves, and what each means. Knows no Qt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from lumi_desk.customers.rules import Line
from lumi_desk.managing.figures import (
    By,
    CohortsCounted,
    FigureShare,
    LossCounted,
    RenewalsCounted,
)
from lumi_desk.reports.cohorts.rules import months
from ui.figures.saying import Told, lines
from ui.figures.screen import Cell, Curve, Curves, Figures
from ui.words import N_, count, tr

_LINES: Mapping[str, str] = {
    Line.COLLAGEN: N_("Collagen"),
    Line.ENZYME: N_("Enzyme"),
    Line.OTHER: N_("Other goods"),
}
_NOBODY = FigureShare(0, 0)
# So many months with a share make a direction.
_FEWEST = 2


def cohorts(told: CohortsCounted) -> Told:
    """What became of newcomers, by the month of their beginning."""
    parted = {"": (), "grade": (tr("Grade"),), "line": (tr("First line"),)}[told.by]
    headings = (
        tr("Month"), *parted, tr("Newcomers"), tr("Still waiting"),
        tr("Bought again"), tr("Opened a card"), tr("Cross-sold"),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(one.month, strong=True),
            *((Cell(group_name(one.group, told.by)),) if told.by else ()),
            Cell(count(one.customers)),
            Cell(_waiting(one.waiting)),
            *map(_share, (one.bought_again, one.opened_card, one.cross_sold)),
        )
        for one in told.cohorts
    )
    if not rows:
        return Told()
    waits = _open(told.days) if any(one.waiting for one in told.cohorts) else ""
    first = tr("Grades are those of the first day, by the rules in force today.")
    meant = (*_cohort_formulas(told.days), first if told.by == "grade" else "", waits)
    table = Figures(headings, rows, names=1 + len(parted))
    return Told(table, _cohort_curves(told), lines(*meant))


def renewals(told: RenewalsCounted) -> Told:
    """Which cards were loaded again, by the month in which they ran low."""
    days, found = told.days, told.renewals
    if not found:
        return Told()
    headings = (tr("Month"), tr("Ran low"), tr("Still waiting"), tr("Renewed"))
    rows = tuple(
        (
            Cell(one.month, strong=True),
            Cell(count(one.cards)),
            Cell(_waiting(one.waiting)),
            _share(one.renewed),
        )
        for one in found
    )
    renewed = tr(
        "**Renewed** = cards loaded again within {days} days ÷ cards that a purchase brought below"
        " a month of use and whose {days} days are over",
        days=count(days),
    )
    use = tr(
        "A month of use is a twelfth of what she bought in the year before; with less than a year"
        " of orders a card is low when it is empty."
    )
    waits = _open(days) if any(one.waiting for one in found) else ""
    curves = _curves(tr("Renewed"), [(tr("Renewed"), {one.month: one.renewed for one in found})])
    return Told(Figures(headings, rows), curves, lines(renewed, use, waits))


def loss(told: LossCounted) -> Told:
    """Who of pool 1 was lost, by the month with which the window begins."""
    days, found = told.days, told.loss
    if not any(one.members for one in found):
        return Told()
    headings = (tr("Month"), tr("Until"), tr("In pool 1"), tr("Still waiting"), tr("Lost"))
    rows = tuple(
        (
            Cell(one.month, strong=True),
            Cell(f"{one.until:%Y-%m-%d}"),
            Cell(count(one.members)),
            Cell(_waiting(one.waiting)),
            _share(one.lost),
        )
        for one in found
    )
    lost = tr(
        "**Lost** = members of pool 1 when the month began who neither bought nor opened a card in"
        " the {days} days from then on ÷ members of pool 1 when the month began",
        days=count(days),
    )
    pool = tr("Pool 1 goes by the rules in force today.")
    waits = _open(days) if any(one.waiting for one in found) else ""
    curves = _curves(tr("Lost"), [(tr("Lost"), {one.month: one.lost for one in found})])
    return Told(Figures(headings, rows), curves, lines(lost, pool, waits))


def _cohort_formulas(days: int) -> tuple[str, ...]:
    told = count(days)
    return (
        tr(
            "**Bought again** = newcomers who bought on two days or more within {days} days of"
            " their first order or card ÷ newcomers whose {days} days are over",
            days=told,
        ),
        tr(
            "**Opened a card** = newcomers who opened or loaded a card within {days} days ÷ the"
            " same",
            days=told,
        ),
        tr(
            "**Cross-sold** = newcomers who bought both collagen and enzyme within {days} days,"
            " gifts and closed lines aside ÷ the same",
            days=told,
        ),
        tr(
            "A newcomer begins with her first paid order, or with her card if that came earlier."
            " Whoever bought before the oldest import looks new."
        ),
    )


def _cohort_curves(told: CohortsCounted) -> Curves | None:
    """All three shares by month; of parted newcomers, who bought again by group."""
    found = told.cohorts
    if not told.by:
        return _curves(
            tr("Newcomers by month"),
            (
                (tr("Bought again"), {one.month: one.bought_again for one in found}),
                (tr("Opened a card"), {one.month: one.opened_card for one in found}),
                (tr("Cross-sold"), {one.month: one.cross_sold for one in found}),
            ),
        )
    groups: dict[str, dict[str, FigureShare]] = defaultdict(dict)
    for one in found:
        groups[one.group][one.month] = one.bought_again
    ordered = sorted(groups, key=lambda group: (not group, group))
    named = [(group_name(group, told.by), groups[group]) for group in ordered]
    return _curves(tr("Bought again"), named)


def _curves(title: str, named: Sequence[tuple[str, Mapping[str, FigureShare]]]) -> Curves | None:
    """The curves over every month between the first and the last; None without a direction."""
    known = sorted({month for _, shares in named for month in shares})
    first, last = (date.fromisoformat(f"{month}-01") for month in (known[0], known[-1]))
    every = tuple(f"{month:%Y-%m}" for month in months(first, last))
    curves = tuple(
        Curve(name, tuple(_part(shares.get(month, _NOBODY)) for month in every))
        for name, shares in named
    )
    if max(sum(part is not None for part in one.parts) for one in curves) < _FEWEST:
        return None
    said = "; ".join(course for one in curves if (course := _course(one, every)))
    words = tr("{title}: {curves}", title=title, curves=said) if len(curves) > 1 else said
    return Curves(title, every, curves, words)


def _course(curve: Curve, months: Sequence[str]) -> str:
    """Where a curve begins and ends."""
    known = [(month, part) for month, part in zip(months, curve.parts, strict=True)
             if part is not None]  # fmt: skip
    if not known:
        return ""
    (first, begins), (last, ends) = known[0], known[-1]
    return tr(
        "{name} {begins} in {first}, {ends} in {last}",
        name=curve.name,
        begins=f"{begins:.1%}",
        first=first,
        ends=f"{ends:.1%}",
        last=last,
    )


def _part(share: FigureShare) -> float | None:
    return share.count / share.of if share.of else None


def _share(share: FigureShare) -> Cell:
    """So many of so many, and percent; a dash of nobody."""
    part = _part(share)
    if part is None:
        return Cell("–")
    told = {"count": count(share.count), "of": count(share.of)}
    return Cell(tr("{percent} ({count} of {of})", percent=f"{part:.1%}", **told))


def group_name(group: str, by: By) -> str:
    """What newcomers of a group have in common: a grade, or a first line."""
    if by == "line":
        return tr(_LINES[group]) if group in _LINES else tr("Card first")
    return group or "–"


def _waiting(many: int) -> str:
    return count(many) if many else "–"


def _open(days: int) -> str:
    return tr(
        "Whoever is **still waiting** is in no share yet: the {days} days are not over.",
        days=count(days),
    )
