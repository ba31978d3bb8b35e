"""How past imports are kept, and what their rows said beyond what travels."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Fen, Home, Json, Table


class ImportRun(Table):
    """One import: which files, and its report."""

    __tablename__ = "import_run"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    files: Mapped[Any] = mapped_column(Json)
    report: Mapped[Any] = mapped_column(Json)


class OrderTrace(Table):
    """What the newest export row of an order said: how its number looked, when, who received it.

    `shown` is the number as the file shows it, rounded or not; `as_of` the time of the export.
    `receiver` and `phone` are filled only where the export hides nothing. `tellings` is what was
    said of the order line by line (see shares.py), None where no export did so. `unsold` once one
    said that its goods were sent for nothing: in place of others, or as a gift.
    """

    __tablename__ = "order_trace"
    home = Home.HUB

    order_id: Mapped[str] = mapped_column(primary_key=True)
    shown: Mapped[str]
    as_of: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    close_words: Mapped[str] = mapped_column(default="", server_default="")
    receiver: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str] = mapped_column(default="", server_default="")
    tellings: Mapped[Any | None] = mapped_column(Json)
    unsold: Mapped[bool] = mapped_column(default=False, server_default="0")


class LineTrace(Table):
    """What tells one line of an order from the next: product properties, set, own number."""

    __tablename__ = "line_trace"
    home = Home.HUB

    line_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(index=True)
    spec: Mapped[str] = mapped_column(default="", server_default="")
    package: Mapped[str] = mapped_column(default="", server_default="")
    number: Mapped[str] = mapped_column(default="", server_default="")


class CardTrace(Table):
    """What the newest ledger said of a recharge card, by its number: what is left on it, in fen.

    Whose it is says the identity of kind "card".
    """

    __tablename__ = "card_trace"
    home = Home.HUB

    number: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    principal_fen: Mapped[int] = mapped_column(Fen)
    bonus_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")


class ImportJob(Table):
    """An import on its way, from a screen: who began it, what is being done, and what came of it.

    `doing` is a Task while a process works at it, else empty; `turn` counts what was asked. `seen`
    is the sealed look into its files. `problem` and `result` are of the task that ended last.
    """

    __tablename__ = "import_job"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    began_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    doing: Mapped[str] = mapped_column(default="", server_default="")
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    stage: Mapped[str] = mapped_column(default="", server_default="")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    whole: Mapped[int] = mapped_column(default=0, server_default="0")
    stopping: Mapped[bool] = mapped_column(default=False, server_default="0")
    ended: Mapped[str] = mapped_column(default="", server_default="")
    problem: Mapped[Any | None] = mapped_column(Json)
    result: Mapped[Any | None] = mapped_column(Json)
    seen: Mapped[bytes | None] = mapped_column(LargeBinary)


class ImportFile(Table):
    """A file that is brought up for an import: its name, and its size in bytes."""

    __tablename__ = "import_file"
    home = Home.HUB

    job_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int]


class ImportPiece(Table):
    """A sealed piece of such a file; the key is kept by the desk alone."""

    __tablename__ = "import_piece"
    home = Home.HUB

    job_id: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
