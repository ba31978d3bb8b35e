"""What the list of customers asks of the store."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Listed
from lumi_desk.customers.listing.service import View
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.exports import service as exports
from lumi_desk.exports.rules import ExportSettings


@dataclass(frozen=True, slots=True)
class Everybody:
    """The customers this desk holds, and the views that were kept.

    `longest` are some who have the longest of everything: by them columns are fitted, so that
    they stand still whatever the filter says. `half_year` is how many days the half-year clock
    runs.
    """

    rows: tuple[Listed, ...]
    views: tuple[View, ...]
    longest: tuple[Listed, ...] = ()
    half_year: int = HALF_YEAR.days


@dataclass(frozen=True, slots=True)
class Leave:
    """What may be exported: the settings, and how much this person has exported today."""

    settings: ExportSettings
    done_today: int


def everybody(session: Session, now: datetime) -> Everybody:
    """All customers and views as they are now."""
    rows = listing.everybody(session, now)
    days = rulesets.half_year(session, now).days
    return Everybody(rows, listing.views(session), longest(rows), days)


def longest(rows: Sequence[Listed]) -> tuple[Listed, ...]:
    """Some of these customers, among them the longest name, city, sum, days and tags."""
    if not rows:
        return ()
    found = {max(range(len(rows)), key=lambda at: read(rows[at])) for read in _LONG}
    kinds = {(one.line, one.relationship): at for at, one in enumerate(rows)}
    return tuple(rows[at] for at in sorted({*found, *kinds.values()}))


def _wide(text: str) -> int:
    """How wide a text is in small letters: Chinese characters count as two."""
    return len(text) if text.isascii() else sum(1 + (ord(one) > 0x2E80) for one in text)


def _long_ago(moment: datetime | None) -> float:
    """The longer ago, the more: a day of another year is written with its year."""
    return -math.inf if moment is None else -moment.timestamp()


_LONG: tuple[Callable[[Listed], Any], ...] = (
    lambda one: _wide(one.name),
    lambda one: (one.refused, _wide(one.name)),
    lambda one: _wide(one.city),
    lambda one: (one.year_fen % 100 > 0, one.year_fen),
    lambda one: one.year_fen,
    lambda one: (one.brought_fen % 100 > 0, one.brought_fen),
    lambda one: (one.expected_fen % 100 > 0, one.expected_fen),
    lambda one: _long_ago(one.last_paid_at),
    lambda one: _long_ago(one.last_contact),
    lambda one: sum(map(_wide, one.tags)),
)


def leave(session: Session, person_id: str, now: datetime) -> Leave:
    """What this person may export now."""
    return Leave(exports.settings(session, now), exports.done_today(session, person_id, now))
