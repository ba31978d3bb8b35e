"""How persons, teams and their sign-in are kept."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Record, Table


class Team(Record, Table):
    """A group of reps with one leader."""

    __tablename__ = "team"
    home = Home.SHARED

    name: Mapped[str]


class Person(Record, Table):
    """Someone who works here. `role` is a value of security.roles.Role."""

    __tablename__ = "person"
    home = Home.SHARED

    name: Mapped[str]
    role: Mapped[str]
    team_id: Mapped[str | None] = mapped_column(index=True)
    trainee_since: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Credential(Table):
    """How a person signs in. Lives on the hub alone."""

    __tablename__ = "credential"
    home = Home.HUB

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_until: Mapped[datetime | None]


class Token(Table):
    """One access or refresh token, known only by its SHA-256.

    Tokens made from one sign-in share a `family`; a refresh token used again outside the replay
    window ends the whole family.
    """

    __tablename__ = "token"
    home = Home.HUB

    sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    client_id: Mapped[str]
    family: Mapped[str] = mapped_column(index=True)
    purpose: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
