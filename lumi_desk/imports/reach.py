"""By which ways customers can be reached: there is such a way, and she has not closed it."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from lumi_desk.calls import service as calls
from lumi_desk.calls.rules import WechatState
from lumi_desk.consents import service as consents
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.tables import Customer
from lumi_desk.imports import rules
from lumi_desk.orders.tables import Order
from lumi_desk.storage.among import chunks

Ways = frozenset[Way]


def ways_of(
    session: Session,
    now: datetime,
    customer_ids: Collection[str] | None = None,
    purpose: Purpose = Purpose.MARKETING,
) -> dict[str, Ways]:
    """The ways of each of these customers (None: of all); none for who refused everything.

    By phone with a real number, by text message with a mobile one, on WeChat with an account or
    as a friend who did not delete us, on Wangwang with a nick seen in the last two years. Addresses
    are not kept: nobody is reached by post.
    """
    refused, words = calls.refused(session), consents.everybody(session, now)
    nicks = {one for one, last in _nicks(session, customer_ids) if rules.nick_is_live(last, now)}
    found = {}
    for row in _customers(session, customer_ids):
        pk = row["id"]
        there = set(_there(row)) | ({Way.WANGWANG} if pk in nicks else set())
        open_ones = {way for way in there if pk not in refused and words.may(pk, way, purpose)}
        found[pk] = frozenset(open_ones)
    return found


def _there(row: RowMapping) -> Iterator[Way]:
    if row["phone"]:
        yield Way.PHONE
        if not row["phone"].startswith("0"):
            yield Way.SMS
    state = row["wechat_state"]
    if state == WechatState.ACCEPTED or (row["wechat"] and state != WechatState.DELETED):
        yield Way.WECHAT


def _customers(session: Session, ids: Collection[str] | None) -> Iterator[RowMapping]:
    table: Any = Customer.__table__
    asked = select(table.c.id, table.c.phone, table.c.wechat, table.c.wechat_state)
    for some in _parts(ids):
        chosen = asked if some is None else asked.where(table.c.id.in_(some))
        yield from session.connection().execute(chosen).mappings()


def _nicks(session: Session, ids: Collection[str] | None) -> Iterator[tuple[str, datetime]]:
    """Whose nick was last seen when."""
    table: Any = Order.__table__
    whose = table.c.customer_id
    asked = (
        select(whose, func.max(table.c.created_at))
        .where(table.c.nick != "", whose.is_not(None))
        .group_by(whose)
    )
    for some in _parts(ids):
        chosen = asked if some is None else asked.where(whose.in_(some))
        yield from map(tuple, session.connection().execute(chosen))


def _parts(ids: Collection[str] | None) -> Iterator[list[str] | None]:
    if ids is None:
        yield None
        return
    yield from chunks(sorted(set(ids)))
