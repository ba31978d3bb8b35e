"""Profiles: how a header nobody ships a reading for is to be read, saved under a name.

A profile is a row of the settings, so it goes where they go and no table is needed. It holds
names of columns and meanings, never a value of a row.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog.shelf import BadSetting
from lumi_desk.catalog.tables import Setting
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.imports.mapping import Layout

PREFIX = "import-profile:"
_LONGEST = 40


class NoSuchProfile(LumiError):
    """There is no profile of this name."""

    title = N_("There is no import profile “{name}”")
    advice = N_("See which there are: lumi-hub import profiles")


class BadProfileName(LumiError):
    """A profile cannot be called this."""

    title = N_("“{name}” is no name for an import profile")
    advice = N_("Take 1 to {most} letters, digits, blanks or dashes.")


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved reading, and the day it was saved."""

    name: str
    saved: date
    layout: Layout


def save(session: Session, name: str, layout: Layout, day: date) -> None:
    """Keep a layout under a name; an earlier one of that name is replaced. Publish afterwards.

    Raises BadProfileName.
    """
    require_name(name)
    row = _row(session, name)
    if row is None:
        row = Setting(id=new_id(), rule_set=PREFIX + name, effective=day, body=layout.as_json())
        session.add(row)
    row.effective = day
    row.body = layout.as_json()
    session.flush()


def require_name(name: str) -> None:
    """Raise BadProfileName unless a profile can be called this."""
    letters = all(one.isalnum() or one in " -_." for one in name)
    if not (name.strip() == name and 0 < len(name) <= _LONGEST and letters):
        raise BadProfileName(name=name, most=_LONGEST)


def named(session: Session, name: str) -> Profile:
    """The profile of a name. Raises NoSuchProfile or BadSetting."""
    row = _row(session, name)
    if row is None:
        raise NoSuchProfile(name=name)
    return _profile(row)


def every(session: Session) -> tuple[Profile, ...]:
    """All profiles, by name. Raises BadSetting."""
    chosen = select(Setting).where(Setting.rule_set.startswith(PREFIX, autoescape=True))
    return tuple(_profile(row) for row in session.scalars(chosen.order_by(Setting.rule_set)))


def remove(session: Session, name: str) -> None:
    """Forget a profile. Publish afterwards. Raises NoSuchProfile."""
    row = _row(session, name)
    if row is None:
        raise NoSuchProfile(name=name)
    session.delete(row)
    session.flush()


def _row(session: Session, name: str) -> Setting | None:
    return session.scalar(select(Setting).where(Setting.rule_set == PREFIX + name))


def _profile(row: Setting) -> Profile:
    try:
        layout = Layout.of_json(row.body)
    except (KeyError, TypeError, ValueError) as error:
        raise BadSetting(rule_set=row.rule_set, where=str(error)) from None
    return Profile(row.rule_set.removeprefix(PREFIX), row.effective, layout)
