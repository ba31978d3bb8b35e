"""By which ways customers can be reached: there is such a way, and she has not closed it."""

from collections.abc import Collection, Iterable, Iterator
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
from lumi_desk.storage.among import IDS, among, chunks

Ways = frozenset[Way]
# So many customers are asked for at a time.
_AT_ONCE = 2000


class Reaching:
    """By which ways customers can be reached for a purpose; looks up once what they have said.

    By phone with a real number, by text message with a mobile one, on WeChat with an account or
    as a friend who did not delete us, on Wangwang with a nick seen in the last two years. Addresses
    are not kept: nobody is reached by post.
    """

    def __init__(
        self, session: Session, now: datetime, purpose: Purpose = Purpose.MARKETING
    ) -> None:
        self._session, self._now, self._purpose = session, now, purpose
        self._refused, self._words = calls.refused(session), consents.everybody(session, now)

    def ways_of(self, customer_ids: Collection[str] | None = None) -> dict[str, Ways]:
        """The ways of each of these (None: of all); none for who refused everything."""
        nicks = {
            one
            for one, last in _nicks(self._session, customer_ids)
            if rules.nick_is_live(last, self._now)
        }
        return {
            row["id"]: self._open(row["id"], _there(row, has_nick=row["id"] in nicks))
            for row in _customers(self._session, customer_ids)
        }

    def _open(self, pk: str, there: Iterable[Way]) -> Ways:
        if pk in self._refused:
            return frozenset()
        return frozenset(way for way in there if self._words.may(pk, way, self._purpose))


def _there(row: RowMapping, *, has_nick: bool) -> Iterator[Way]:
    if has_nick:
        yield Way.WANGWANG
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
        chosen = asked if some is None else asked.where(among(table.c.id))
        yield from session.connection().execute(chosen, {IDS: some or []}).mappings()


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
        chosen = asked if some is None else asked.where(among(whose))
        yield from map(tuple, session.connection().execute(chosen, {IDS: some or []}))


def _parts(ids: Collection[str] | None) -> Iterator[list[str] | None]:
    if ids is None:
        yield None
        return
    yield from chunks(sorted(set(ids)), _AT_ONCE)
