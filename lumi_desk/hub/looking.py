"""Who looked at a customer's record, also at those of whoever was made one with her."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import local_day
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.looks import service as looks
from lumi_desk.looks.service import Looked
from lumi_desk.managing.centre import CentreLook
from lumi_desk.storage.base import to_millis

_LOOKED_THROUGH = 200
_MOST = 20


def told(session: Session, customer_id: str) -> tuple[CentreLook, ...]:
    """Who looked at her record lately, each person once a day, the latest first."""
    found = looks.latest(session, _LOOKED_THROUGH, customer_ids=everybody_in(session, customer_id))
    days = Counter(map(_day, found))
    last: dict[tuple[str, date], Looked] = {}
    for one in found:
        last.setdefault(_day(one), one)
    said = (CentreLook(one.who, to_millis(one.at), days[key]) for key, one in last.items())
    return tuple(said)[:_MOST]


def everybody_in(session: Session, customer_id: str) -> frozenset[str]:
    """She, and all who were made one with her."""
    found, new = {customer_id}, {customer_id}
    while new:
        asked = select(IdentityLink.other_id).where(
            IdentityLink.kept_id.in_(new), IdentityLink.undone_at.is_(None)
        )
        new = set(session.scalars(asked)) - found
        found |= new
    return frozenset(found)


def said(asked: Mapping[str, Any]) -> str:
    """What a list was narrowed and ordered by, for the hub's keeper."""
    told = {**asked, **asked.get("values", {})}
    told.pop("values", None)
    return ", ".join(f"{name} {_in_words(one)}" for name, one in told.items()) or "everybody"


def _in_words(told: Any) -> str:
    return "|".join(map(_in_words, told)) if isinstance(told, list | tuple) else str(told) or "none"


def _day(one: Looked) -> tuple[str, date]:
    return one.person_id, local_day(one.at)
