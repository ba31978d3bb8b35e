"""Titles that a manager left for later: which still wait at the end of the list, and why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import LeftTitle
from lumi_desk.hub.untold import Untold
from lumi_desk.people.tables import Person
from lumi_desk.storage.among import chunks

# Our choice: after so long, or once it sold so many times as much, a title is worth another look.
LASTS = timedelta(days=30)
GROWN = 2


@dataclass(frozen=True, slots=True)
class Left:
    """When a title was left for later, and by whom."""

    at: datetime
    by: str


def still(at: datetime, fen: int, sold_fen: int, now: datetime) -> bool:
    """Whether what was left then, at sales of `fen`, stays at the end of the list."""
    return now < at + LASTS and (sold_fen < GROWN * fen or not sold_fen)


def left(session: Session, found: Iterable[Untold], now: datetime) -> Mapping[str, Left]:
    """Those of these titles that are left for later."""
    sold = {one.title: one.fen for one in found}
    rows = session.execute(
        select(LeftTitle, Person.name).outerjoin(Person, Person.id == LeftTitle.by_id)
    )
    return {
        row.title: Left(row.at, name or "")
        for row, name in rows
        if row.title in sold and still(row.at, row.fen, sold[row.title], now)
    }


def behind(found: Sequence[Untold], those: Mapping[str, Left]) -> list[Untold]:
    """The titles in their order, those that are left behind all others."""
    return sorted(found, key=lambda one: one.title in those)


def leave(session: Session, one: Untold, by_id: str, now: datetime) -> None:
    """Leave a title for later; one that is left already stays as it was."""
    row = session.get(LeftTitle, one.title)
    if row is not None and still(row.at, row.fen, one.fen, now):
        return
    forget(session, [one.title])
    session.add(LeftTitle(title=one.title, at=now, by_id=by_id, fen=one.fen))


def forget(session: Session, titles: Sequence[str]) -> None:
    """They are settled, or back in the list."""
    for some in chunks(titles):
        session.execute(delete(LeftTitle).where(LeftTitle.title.in_(some)))
