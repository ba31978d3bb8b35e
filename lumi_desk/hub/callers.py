"""Who stands at a door, and how far her streams are: one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, literal, select

from lumi_desk.hub.accounts import ACCESS, HasLeft, SessionOver, sha256
from lumi_desk.people.tables import Person, Token
from lumi_desk.security.roles import Right, may
from lumi_desk.storage.base import from_millis, to_millis
from lumi_desk.storage.direct import Direct, Row
from lumi_desk.sync.entities import CATALOG_STREAM, rep_stream, team_stream
from lumi_desk.sync.streams import Stand
from lumi_desk.sync.tables import SyncMeta, SyncStream

_BEARER = "bearer "


class Reader(Protocol):
    """What decides which streams somebody may read."""

    @property
    def id(self) -> str:
        """Her id."""

    @property
    def role(self) -> str:
        """A value of security.roles.Role."""

    @property
    def team_id(self) -> str | None:
        """Her team's id."""


@dataclass(frozen=True)
class Caller:
    """Who shows an access token, until when it is good, and where her streams stand."""

    id: str
    role: str
    team_id: str | None
    until: datetime
    epoch: str
    stands: Mapping[str, Stand]


def access_in(authorization: str) -> str:
    """The token in the header Authorization."""
    return authorization[len(_BEARER) :] if authorization.lower().startswith(_BEARER) else ""


def streams_of(reader: Reader) -> tuple[str, ...]:
    """The streams somebody may read."""
    streams = [CATALOG_STREAM]
    if may(reader.role, Right.CONTACT):
        streams.append(rep_stream(reader.id))
    if reader.team_id and may(reader.role, Right.LEAD):
        streams.append(team_stream(reader.team_id))
    return tuple(streams)


def behind(connection: Connection, access: str, now: datetime) -> Caller:
    """Who shows this access token. Raises SessionOver or HasLeft.

    In a transaction that reads from one snapshot the stands belong to what is read after them.
    """
    return of(_BEHIND.rows(connection, shown(access)), now)


def shown(access: str) -> dict[str, str]:
    """What asking() is run with."""
    return {"sha256": sha256(access)}


def of(rows: Sequence[Row], now: datetime) -> Caller:
    """Who she is, of what asking() found. Raises SessionOver or HasLeft."""
    if not rows:
        raise SessionOver
    until, purpose, her, role, team_id, active, epoch = rows[0][:STREAM]
    if purpose != ACCESS:
        raise SessionOver
    if not active:
        raise HasLeft
    if until <= to_millis(now):
        raise SessionOver
    stands = {row[STREAM]: Stand(*row[STREAM + 1 : WIDTH]) for row in rows if row[STREAM]}
    return Caller(her, role, team_id, from_millis(until), epoch, stands)


def asking(beside: Any = None, on: Any = None, columns: Sequence[Any] = ()) -> Any:
    """The select of who she is, with a row for each of her streams: WIDTH columns.

    Columns of what stands `beside` her streams come along, joined by the condition `on`.
    """
    token, her, meta, stream = (table.__table__ for table in (Token, Person, SyncMeta, SyncStream))
    hers = (
        literal(CATALOG_STREAM),
        literal(rep_stream("")) + her.c.id,
        literal(team_stream("")) + her.c.team_id,
    )
    found = (
        token.join(her, her.c.id == token.c.person_id)
        .join(meta, meta.c.id == 1)
        .outerjoin(stream, stream.c.id.in_(hers))
    )
    if beside is not None:
        found = found.outerjoin(beside, on)
    return (
        select(
            token.c.expires_at,
            token.c.purpose,
            her.c.id,
            her.c.role,
            her.c.team_id,
            her.c.active,
            meta.c.epoch,
            stream.c.id.label("stream"),
            stream.c.head,
            stream.c.min_seq,
            stream.c.digest,
            *columns,
        )
        .select_from(found)
        .where(token.c.sha256 == bindparam("sha256"))
    )


# So many columns of a row say who she is; the next is the id of one of her streams, the others
# how far it is.
STREAM, WIDTH = 7, 11
_BEHIND = Direct(asking())
