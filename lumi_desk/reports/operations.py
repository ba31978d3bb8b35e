"""Writing facts: called by the operations they follow from, on desk and hub alike."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.people import service as people
from lumi_desk.reports.rules import Count, FactKind, Source
from lumi_desk.reports.tables import Fact
from lumi_desk.storage import known
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.direct import Direct


def settle(session: Session, source_id: str, kind: FactKind) -> None:
    """A count is over: what it counted has been done."""
    fact = known.find(session, Fact, id_of(source_id, kind))
    if fact is not None:
        fact.units = 0


def count(session: Session, source: Source, counts: Iterable[Count]) -> None:
    """Keep the counts of one source. Their ids follow from it, so a repeat changes nothing."""
    team_id = people.team_of(session, source.rep_id)
    for one in counts:
        known.keep(
            session,
            Fact,
            id=id_of(source.id, one.kind),
            rep_id=source.rep_id,
            team_id=team_id,
            day=source.day,
            kind=one.kind.value,
            fen=one.fen,
            units=one.units,
            answered=one.answered,
            seconds=one.seconds,
            customer_key=source.customer_key,
            source=source.id,
        )


def id_of(source_id: str, kind: FactKind) -> str:
    """The id of what a source counts."""
    return f"{source_id}:{kind.value}"


def prepare(session: Session, source_ids: Iterable[str], kind: FactKind) -> None:
    """Look up at once what a batch may settle()."""
    ids = [id_of(one, kind) for one in source_ids]
    if ids:
        known.light(session, Fact, _COUNTED, {IDS: ids}, ids)


_FACT: Any = Fact.__table__
_COUNTED = Direct(select(_FACT.c.id, _FACT.c.units).where(among(_FACT.c.id)))
