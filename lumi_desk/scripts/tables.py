"""How scripts are kept."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Record, Table


class ScriptRow(Record, Table):
    """One version of a script; `body` is the graph that scripts.rules parses."""

    __tablename__ = "script"
    home = Home.SHARED

    situation: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[Any] = mapped_column(Json)
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
