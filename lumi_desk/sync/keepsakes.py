"""Texts that stay on this desk though nobody has saved them yet: what is being typed."""

from sqlalchemy.orm import Session

from lumi_desk.sync.tables import DeskMeta

_PREFIX = "kept:"


def kept(session: Session, name: str) -> str:
    """What was kept under a name; empty if nothing was."""
    row = session.get(DeskMeta, _PREFIX + name)
    return "" if row is None else row.value


def keep(session: Session, name: str, text: str) -> None:
    """Keep a text under a name, in place of the one before."""
    session.merge(DeskMeta(name=_PREFIX + name, value=text))
