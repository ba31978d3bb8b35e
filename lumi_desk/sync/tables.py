"""What desk and hub keep so that they come to hold the same."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Table


class SyncMeta(Table):
    """One row: which life of the hub's database this is, and the protocols it speaks.

    `backup_at` and `nightly_at` are when the hub was last saved and last reckoned through.
    """

    __tablename__ = "sync_meta"
    home = Home.HUB

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[str]
    proto_min: Mapped[int]
    proto_max: Mapped[int]
    backup_at: Mapped[datetime | None]
    nightly_at: Mapped[datetime | None]


class SyncStream(Table):
    """The head and digest of one stream. Locking its row orders all who write to the stream.

    `digest` is the sum of the hashes of all its put rows, modulo 2**64, as a signed integer.
    """

    __tablename__ = "sync_stream"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    head: Mapped[int] = mapped_column(default=0, server_default="0")
    min_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    digest: Mapped[int] = mapped_column(default=0, server_default="0")


class SyncFeed(Table):
    """The latest change of one record in one stream.

    `root` is the customer whose child the record is, or the record itself; `entered` is the
    sequence number at which a customer last came into the stream: a desk that stands before it
    needs her with all her children. `at` is when the row was written: a removal that every desk
    must have heard of by now is pruned.
    """

    __tablename__ = "sync_feed"
    home = Home.HUB
    __table_args__ = (
        # By the record first: where it stands is asked for whenever it changes.
        PrimaryKeyConstraint("pk", "entity", "stream"),
        UniqueConstraint("stream", "seq"),
        Index(None, "stream", "root"),
    )

    stream: Mapped[str]
    entity: Mapped[str]
    pk: Mapped[str]
    root: Mapped[str]
    seq: Mapped[int]
    entered: Mapped[int]
    op: Mapped[str]
    ver: Mapped[int]
    at: Mapped[int] = mapped_column(default=0, server_default="0")


class SyncClient(Table):
    """A desk that has signed in."""

    __tablename__ = "sync_client"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(index=True)
    version: Mapped[str] = mapped_column(default="", server_default="")
    seen_at: Mapped[datetime]


class SyncOp(Table):
    """An operation as it was received, and the one answer it got."""

    __tablename__ = "sync_op"
    home = Home.HUB

    op_id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    client_seq: Mapped[int]
    person_id: Mapped[str]
    kind: Mapped[str]
    kind_ver: Mapped[int]
    payload: Mapped[str]
    sha256: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    params: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]


class Assignment(Table):
    """Who held a customer from when to when."""

    __tablename__ = "assignment_history"
    home = Home.HUB
    __table_args__ = (Index(None, "customer_id", "since"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str]
    rep_id: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class DeskMeta(Table):
    """Small facts of this desk: who is signed in, its client id, the hub's epoch."""

    __tablename__ = "desk_meta"
    home = Home.DESK

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Held(Table):
    """A record that a stream gave this desk, and its version: what the digest is made of.

    Kept without row ids, and found by its streams: a first sync writes tens of thousands of
    these, and every further index costs as much as the table. So only children are found by
    their customer: she herself is found by her own id.
    """

    __tablename__ = "held"
    home = Home.DESK
    __table_args__ = (
        Index(None, "stream", "root", sqlite_where=text("root <> pk")),
        {"sqlite_with_rowid": False},
    )

    stream: Mapped[str] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(primary_key=True)
    pk: Mapped[str] = mapped_column(primary_key=True)
    root: Mapped[str]
    ver: Mapped[int]
    round: Mapped[int] = mapped_column(default=0, server_default="0")


class Cursor(Table):
    """How far this desk has read a stream.

    `round` counts how often the stream was read from its beginning: records of an earlier round
    that the current one did not bring are gone at the hub. `whole` says the head was reached.
    While a snapshot is being fetched, `generation` names it and `after` is the key of the last
    record kept, so that it goes on there. `digest` is the sum over what is held of the stream.
    """

    __tablename__ = "cursor"
    home = Home.DESK

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    whole: Mapped[bool] = mapped_column(default=False, server_default="0")
    generation: Mapped[str] = mapped_column(default="", server_default="")
    after: Mapped[str] = mapped_column(default="", server_default="")
    digest: Mapped[int] = mapped_column(default=0, server_default="0")


class Outbox(Table):
    """An operation done here whose rows the hub has not sent back yet.

    `before` is what stood in the rows it changed, to take it back; once `sending` it cannot be
    undone. `answered` says that the hub took it: it stays here until a pull has brought the rows
    as the hub has them, so that what was saved never vanishes in between.
    """

    __tablename__ = "outbox"
    home = Home.DESK
    # Numbers of answered operations are never given again: the hub orders by them.
    __table_args__ = ({"sqlite_autoincrement": True},)

    client_seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    op_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    kind_ver: Mapped[int]
    payload: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(index=True)
    depends_on: Mapped[str | None]
    first: Mapped[bool] = mapped_column(default=False, server_default="0")
    not_before: Mapped[datetime]
    made_at: Mapped[datetime]
    sending: Mapped[bool] = mapped_column(default=False, server_default="0")
    answered: Mapped[bool] = mapped_column(default=False, server_default="0")
    before: Mapped[Any] = mapped_column(Json)


class SentLog(Table):
    """An operation the hub has answered: kept so that it can be sent again to a restored hub.

    `status` is the latest answer; `kept` says that some hub once took it. A hub that was put in
    the place of another and refuses everything changes nothing about that.
    """

    __tablename__ = "sent_log"
    home = Home.DESK

    op_id: Mapped[str] = mapped_column(primary_key=True)
    client_seq: Mapped[int]
    kind: Mapped[str]
    kind_ver: Mapped[int]
    payload: Mapped[str]
    status: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(index=True)
    customer_id: Mapped[str | None]
    made_at: Mapped[datetime | None]
    kept: Mapped[bool] = mapped_column(default=False, server_default="0")


class DeadLetter(Table):
    """An operation the hub refused or parked, with the reason, for the rep to see.

    `now` is the rows it is about as the hub had them then: {entity: {column: value}}.
    """

    __tablename__ = "dead_letter"
    home = Home.DESK

    op_id: Mapped[str] = mapped_column(primary_key=True)
    client_seq: Mapped[int]
    kind: Mapped[str]
    kind_ver: Mapped[int]
    payload: Mapped[str]
    customer_id: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str]
    params: Mapped[Any] = mapped_column(Json)
    answered_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    now: Mapped[Any] = mapped_column(Json, default=dict, server_default="{}")
