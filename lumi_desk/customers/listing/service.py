"""Everybody this desk holds, all at once, and the views a rep keeps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls import service as calls
from lumi_desk.clock import local_day
from lumi_desk.customers.listing.rules import Filter, Listed, Order, Page, as_body, from_body
from lumi_desk.customers.tables import Customer, SavedView, Tag
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import expected_fen
from lumi_desk.errors import N_, LumiError

LONGEST_NAME = 24
_NAMES = "names"
_COLUMNS = (
    "id", "name", "pinyin", "initials", "phone", "wangwang", "city", "pool", "grade", "line",
    "relationship", "last_paid_at", "year_fen", "year_orders",
)  # fmt: skip


class NoViewName(LumiError):
    """A view without a usable name."""

    title = N_("A view cannot be called so")
    advice = N_("Write 1 to {most} characters.")


class ViewNameTaken(LumiError):
    """Two views cannot have one name."""

    title = N_("There is a view “{name}” already")
    advice = N_("Nothing was changed. Write another name.")


@dataclass(frozen=True, slots=True)
class View:
    """A view that was kept; `names` are those of its reps and teams, by id, as they were then.

    It is `partial` where another version of the program said more than can be read.
    """

    name: str
    filter: Filter
    order: Order
    names: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A view that was forgotten, as it was kept: what cannot be read of it is not lost."""

    page: str
    name: str
    body: Any
    at: datetime


def everybody(session: Session, now: datetime) -> tuple[Listed, ...]:
    """Every customer with her tags, when she was last contacted, whether she may be, her value."""
    tags = tags_of_all(session)
    contacts, refused = calls.last_contacts(session), calls.refused(session)
    columns = [getattr(Customer, name) for name in _COLUMNS]
    rows: Sequence[Any] = session.execute(select(*columns).order_by(Customer.id)).all()
    brought = value.everybody(session, now, {row.id: row.year_fen for row in rows})
    learned, today = value.settings(session, now), local_day(now)
    found = []
    for row in rows:
        her, hers = row.id, brought.get(row.id)
        ahead = expected_fen(hers, row.pool, row.grade, today, learned)
        more = (tuple(tags.get(her, ())), contacts.get(her), her in refused)
        values: tuple[Any, ...] = (*row, *more, hers.fen if hers else 0, ahead)
        found.append(Listed(*values))
    return tuple(found)


def tags_of_all(session: Session) -> dict[str, list[str]]:
    """The tags of every customer that has any, in the order of their names, each once."""
    asked = select(Tag.customer_id, Tag.name).where(Tag.removed_at.is_(None))
    found: dict[str, list[str]] = defaultdict(list)
    for customer_id, name in session.execute(asked.distinct().order_by(Tag.name)):
        found[customer_id].append(name)
    return found


def views(session: Session, page: Page = Page.OWN) -> tuple[View, ...]:
    """The views of a list that were kept, by name."""
    asked = select(SavedView).where(SavedView.page == page)
    return tuple(_view(row, page) for row in session.scalars(asked.order_by(SavedView.name)))


def keep_view(
    session: Session,
    name: str,
    filter_: Filter,
    order: Order,
    now: datetime,
    page: Page = Page.OWN,
    names: Mapping[str, str] | None = None,
) -> str:
    """Keep a view, in the place of one of that name. Returns its name; raises NoViewName."""
    name, body = _view_name(name), as_body(filter_, order)
    if names:
        body[_NAMES] = dict(names)
    session.merge(SavedView(page=page, name=name, body=body, at=now))
    return name


def rename_view(session: Session, name: str, new: str, page: Page = Page.OWN) -> str:
    """Give a view another name, and return it. Raises NoViewName and ViewNameTaken."""
    new, row = _view_name(new), session.get(SavedView, (page, name))
    if new != name and session.get(SavedView, (page, new)) is not None:
        raise ViewNameTaken(name=new)
    if row is not None:
        row.name = new
    return new


def drop_view(session: Session, name: str, page: Page = Page.OWN) -> Dropped | None:
    """Forget a view, and return what it was; None where there is none of that name."""
    row = session.get(SavedView, (page, name))
    if row is None:
        return None
    session.delete(row)
    return Dropped(row.page, row.name, row.body, row.at)


def bring_back_view(session: Session, view: Dropped) -> str:
    """Keep a forgotten view again, and return its name. Raises ViewNameTaken."""
    if session.get(SavedView, (view.page, view.name)) is not None:
        raise ViewNameTaken(name=view.name)
    session.add(SavedView(page=view.page, name=view.name, body=view.body, at=view.at))
    return view.name


def _view_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise NoViewName(most=LONGEST_NAME)
    return name


def _view(row: SavedView, page: Page) -> View:
    told: dict[str, Any] = dict(row.body) if isinstance(row.body, dict) else {}
    names = told.pop(_NAMES, {})
    filter_, order = from_body(told, page)
    partial = as_body(filter_, order) != told
    return View(row.name, filter_, order, names if isinstance(names, dict) else {}, partial)
