"""Files into the hub: imported, booked, classified and published in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import booking, placing
from lumi_desk.hub.classifying import Changes, classify
from lumi_desk.imports import mapping, profiles
from lumi_desk.imports.batch import Batch
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.mapping import Layout, Wish
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_batch, read_files
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.among import chunks
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

ORDERS = (Kind.ORDERS, Kind.ITEMS, Kind.WHOLE)
MEMBERS = (Kind.MEMBERS,)

Tell = Callable[[str, int, int], None]


class NothingToSave(LumiError):
    """A profile was to be saved, and the files need none, or two different ones."""

    title = "There is no one mapping to save as “{name}”: {found}"
    advice = "Nothing was imported. Give one file whose header is new at a time."


class OtherKind(LumiError):
    """A file holds something else than was asked for."""

    title = "{file} holds {found}, expected {expected}"
    advice = "Nothing was imported. Use lumi-hub import {right} for it."


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: its report, who moved between pools and grades, and who got a rep."""

    report: Report
    changes: Changes
    confirmed: int
    given: placing.Given


def take_in(
    store: Store,
    paths: Sequence[Path],
    kinds: Sequence[Kind],
    *,
    now: datetime,
    shop: str | None = None,
    channel: str = "tmall",
    wish: Wish = mapping.NONE,
    save_as: str = "",
    tell: Tell | None = None,
) -> Taken:
    """Import files of these kinds, with everything that follows from them, or nothing at all.

    `wish` is what the keeper said about their columns; `save_as` keeps how they were read as a
    profile of that name, in the same transaction. Raises a LumiError that names the file and what
    is wrong with it.
    """
    wish = replace(wish, kinds=tuple(kinds))
    with (
        closing(read_files(paths, shop=shop, wish=wish, progress=tell)) as batch,
        store.write() as session,
    ):
        layout = _layout_of(batch, save_as) if save_as else None
        feed.watch(session, alone=True)
        report = import_batch(session, batch, now=now, channel=channel, progress=tell)
        _require(report, kinds)
        pairs = booking.book(session, _orders_in(session, report), tell)
        changes = classify(session, report.customer_ids, now, tell=tell)
        given = placing.hand_out(session, now, set(report.customer_ids))
        if layout is not None:
            profiles.save(session, save_as, layout, clock.local_day(now))
        feed.publish(session, {*report.touched, *pairs, *changes.pairs, *given.pairs})
    return Taken(report, changes, sum(name == "sale" for name, _ in pairs), given)


def _layout_of(batch: Batch, name: str) -> Layout:
    layouts = {sheet.layout for sheet in batch.sheets if sheet.layout is not None}
    if len(layouts) != 1:
        found = "every header is known" if not layouts else f"{len(layouts)} different ones"
        raise NothingToSave(name=name, found=found)
    return layouts.pop()


def reckon(
    session: Session, now: datetime, *, keep: bool = True, tell: Tell | None = None
) -> Changes:
    """Confirm what can be confirmed and classify every customer, as every night; publish it.

    With `keep` off nothing is written, and claims are left as they are.
    """
    if not keep:
        return classify(session, None, now, keep=False, tell=tell)
    feed.watch(session, alone=True)
    pairs = booking.settle(session)
    changes = classify(session, None, now, tell=tell)
    feed.publish(session, {*pairs, *changes.pairs})
    return changes


def _orders_in(session: Session, report: Report) -> set[str]:
    """The orders that were written, and those a line of which was."""
    orders = {one for name, one in report.touched if name == "order"}
    lines = [one for name, one in report.touched if name == "order_line"]
    for some in chunks(lines):
        asked = select(OrderLine.order_id).where(OrderLine.id.in_(some))
        orders.update(session.scalars(asked))
    return orders


def _require(report: Report, kinds: Sequence[Kind]) -> None:
    for file in report.files:
        if file.kind not in {kind.value for kind in kinds}:
            raise OtherKind(
                file=file.name,
                found=file.kind,
                expected=" and ".join(kind.value for kind in kinds),
                right="members" if file.kind == Kind.MEMBERS.value else "orders",
            )
