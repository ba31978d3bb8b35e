"""How contacts and what comes of them are kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Record, Table


class Contact(Record, Table):
    """One call, WeChat or Wangwang exchange; a call may hold several dials.

    `dials` is a list of [milliseconds since 1970, answered]; `path` the script nodes walked;
    `offers` what was shown. `disposition` is an id of the disposition list.
    """

    __tablename__ = "contact"
    home = Home.SHARED
    __table_args__ = (Index(None, "customer_id", "started_at"),)

    customer_id: Mapped[str]
    rep_id: Mapped[str]
    channel: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    talk_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    wrap_up_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    dials: Mapped[Any] = mapped_column(Json)
    disposition: Mapped[str]
    attitude: Mapped[str] = mapped_column(default="", server_default="")
    script_id: Mapped[str | None]
    path: Mapped[Any] = mapped_column(Json)
    offers: Mapped[Any] = mapped_column(Json)
    note: Mapped[str] = mapped_column(default="", server_default="")
    case: Mapped[bool] = mapped_column(default=False, server_default="0")


class Note(Record, Table):
    """Words about a customer, written outside a call."""

    __tablename__ = "note"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    at: Mapped[datetime]
    words: Mapped[str]


class Callback(Record, Table):
    """A promised next contact. It is open until `done_at`."""

    __tablename__ = "callback"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    contact_id: Mapped[str | None]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="", server_default="")
    done_at: Mapped[datetime | None]


class Refusal(Record, Table):
    """She does not want to be contacted: binding at once, on every channel and path."""

    __tablename__ = "refusal"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(default="", server_default="")
    withdrawn_at: Mapped[datetime | None]


class Skip(Record, Table):
    """A rep passed over a customer for a day, and says why."""

    __tablename__ = "skip"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    day: Mapped[date]
    reason: Mapped[str]


class UnfinishedCall(Table):
    """The call or note under way, saved as typed. It never leaves the desk; one per customer.

    `state` is "idle" (only a note so far), "dialling", "talking" or "wrap_up"; `form` is what the
    wrap-up form holds so far.
    """

    __tablename__ = "unfinished_call"
    home = Home.DESK

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str]
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    dials: Mapped[Any] = mapped_column(Json)
    started_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    script_id: Mapped[str | None]
    path: Mapped[Any] = mapped_column(Json)
    form: Mapped[Any] = mapped_column(Json)
    touched_at: Mapped[datetime]
