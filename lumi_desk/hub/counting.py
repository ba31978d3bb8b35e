"""The figures in the shapes in which commands tell them and doors answer with them."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import local_day
from lumi_desk.customers.rfm.rules import Ranges, buyer, grid, ranges
from lumi_desk.customers.rules import see
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import ValueSettings, expected_fen, group
from lumi_desk.hub import figuring, histories
from lumi_desk.hub.figuring import By
from lumi_desk.hub.histories import Tell
from lumi_desk.managing import figures as shapes
from lumi_desk.reports.cohorts.rules import (
    Cohort,
    Loss,
    NoWindow,
    Renewals,
    Share,
    first_month,
)


def cohorts(
    session: Session, asked: shapes.CountCohorts, now: datetime, tell: Tell | None = None
) -> shapes.CohortsCounted:
    """What became of the newcomers of each month. Raises NoMonth, NoWindow and BadSetting."""
    NoWindow.unless(asked.days)
    since, by = first_month(asked.since, local_day(now)), By(asked.by) if asked.by else None
    found = figuring.cohorts(session, since, now, asked.days, by, tell)
    return shapes.CohortsCounted(asked.days, asked.by, tuple(map(_cohort, found)))


def renewals(
    session: Session, asked: shapes.CountRenewals, now: datetime, tell: Tell | None = None
) -> shapes.RenewalsCounted:
    """Which cards were loaded again, by month. Raises NoMonth and NoWindow."""
    NoWindow.unless(asked.days)
    since = first_month(asked.since, local_day(now))
    found = figuring.renewals(session, since, now, asked.days, tell)
    return shapes.RenewalsCounted(asked.days, tuple(map(_renewals, found)))


def loss(
    session: Session, asked: shapes.CountLoss, now: datetime, tell: Tell | None = None
) -> shapes.LossCounted:
    """Who of pool 1 was lost, by month. Raises NoMonth, NoWindow and BadSetting."""
    NoWindow.unless(asked.days)
    since = first_month(asked.since, local_day(now))
    found = figuring.loss(session, since, now, asked.days, tell)
    return shapes.LossCounted(asked.days, tuple(map(_loss, found)))


def rfm(session: Session, now: datetime, tell: Tell | None = None) -> shapes.GridCounted:
    """The RFM grid of all who ever bought."""
    seen = (buyer(see(one, now)) for _, one in histories.everybody(session, tell))
    buyers = [one for one in seen if one is not None]
    recency, frequency = ranges(buyers)
    return shapes.GridCounted(
        tuple(
            shapes.FigureCell(*where, cell.customers, cell.fen)
            for where, cell in sorted(grid(buyers).items())
        ),
        _fifths(recency),
        _fifths(frequency),
    )


def worths(session: Session, now: datetime) -> shapes.ValueCounted:
    """By pool and grade, and of everybody at the end: what they brought and will bring."""
    names = ("id", "pool", "grade", "year_fen")
    rows: Any = session.execute(select(*(getattr(Customer, name) for name in names))).all()
    brought = value.everybody(session, now, {row.id: row.year_fen for row in rows})
    learned, today = value.settings(session, now), local_day(now)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        hers = brought.get(row.id)
        if hers is not None:
            ahead = expected_fen(hers, row.pool, row.grade, today, learned)
            for name in (group(row.pool, row.grade), "all"):
                found[name].append((hers.fen, ahead))
    order = sorted(found, key=lambda name: (name == "all", "V10".find(name[0]), name))
    groups = (
        shapes.FigureValue(name, len(found[name]), *map(sum, zip(*found[name], strict=True)))
        for name in order
    )
    return shapes.ValueCounted(tuple(groups), way(learned), learned.customers)


def way(learned: ValueSettings) -> shapes.Way:
    """By what is told what customers will bring."""
    if learned.model is not None:
        return "model"
    return "means" if learned.means else "last year"


def _share(share: Share) -> shapes.FigureShare:
    return shapes.FigureShare(share.count, share.of)


def _cohort(one: Cohort) -> shapes.FigureCohort:
    shares = (_share(each) for each in (one.again, one.opened, one.crossed))
    return shapes.FigureCohort(f"{one.month:%Y-%m}", one.group, one.customers, one.waiting, *shares)


def _renewals(one: Renewals) -> shapes.FigureRenewals:
    return shapes.FigureRenewals(f"{one.month:%Y-%m}", one.cards, one.waiting, _share(one.renewed))


def _loss(one: Loss) -> shapes.FigureLoss:
    """Until its window is over, all members of a month wait."""
    waiting = one.members if one.lost is None else 0
    lost = shapes.FigureShare(0, 0)
    if one.lost is not None:
        lost = shapes.FigureShare(one.lost, one.members)
    return shapes.FigureLoss(f"{one.month:%Y-%m}", one.last, one.members, waiting, lost)


def _fifths(found: Ranges) -> tuple[shapes.FigureFifth, ...]:
    return tuple(shapes.FigureFifth(fifth, *ends) for fifth, ends in found.items())
