"""Figures as the rows of a file, bare numbers to reckon with. Knows no Qt.

Who is counted is named as on the screen.
"""

from collections.abc import Sequence

from lumi_desk.managing.figures import (
    CohortsCounted,
    FigureShare,
    GridCounted,
    LossCounted,
    RenewalsCounted,
    ValueCounted,
)
from lumi_desk.money import to_yuan
from ui.figures import by_month, saying
from ui.figures.loading import Counted
from ui.words import tr

Row = Sequence[str]


def sheet(told: Counted) -> tuple[Row, list[Row]]:
    """Headings and rows: shares come with their count and their base."""
    match told:
        case CohortsCounted():
            return _cohorts(told)
        case RenewalsCounted():
            heads = (tr("Month"), tr("Ran low"), tr("Still waiting"), *_shared(tr("Renewed")))
            return heads, [
                (one.month, str(one.cards), str(one.waiting), *_share(one.renewed))
                for one in told.renewals
            ]
        case LossCounted():
            heads = (tr("Month"), tr("Until"), tr("In pool 1"), tr("Still waiting"))
            return (*heads, *_shared(tr("Lost"))), [
                (
                    one.month,
                    one.until.isoformat(),
                    str(one.members),
                    str(one.waiting),
                    *_share(one.lost),
                )
                for one in told.loss
            ]
        case GridCounted():
            return ("R", "F", tr("Customers"), tr("Brought")), [
                (
                    str(one.recency),
                    str(one.frequency),
                    str(one.customers),
                    to_yuan(one.lifetime_fen),
                )
                for one in told.grid
            ]
        case ValueCounted():
            heads = (tr("Pool and grade"), tr("Customers"), tr("Brought"))
            return (*heads, tr("Expected in 12 months")), [
                (
                    saying.group_name(one.group),
                    str(one.customers),
                    to_yuan(one.brought_fen),
                    to_yuan(one.expected_fen),
                )
                for one in told.groups
            ]


def _cohorts(told: CohortsCounted) -> tuple[Row, list[Row]]:
    parted = {"": (), "grade": (tr("Grade"),), "line": (tr("First line"),)}[told.by]
    heads = (tr("Month"), *parted, tr("Newcomers"), tr("Still waiting"))
    names = (tr("Bought again"), tr("Opened a card"), tr("Cross-sold"))
    shared = (head for name in names for head in _shared(name))
    return (*heads, *shared), [
        (
            one.month,
            *((by_month.group_name(one.group, told.by),) if told.by else ()),
            str(one.customers),
            str(one.waiting),
            *_share(one.bought_again),
            *_share(one.opened_card),
            *_share(one.cross_sold),
        )
        for one in told.cohorts
    ]


def _shared(name: str) -> Row:
    return (name, tr("{name}: base", name=name))


def _share(share: FigureShare) -> Row:
    return (str(share.count), str(share.of))
