"""Files into the hub: imported, booked, classified and published in one transaction."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import booking, outlooks, placing, proposing, releasing, tagging
from lumi_desk.hub.classifying import NO_CHANGES, Changes, classify
from lumi_desk.imports import mapping, profiles
from lumi_desk.imports.batch import Batch
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.mapping import Layout, Wish
from lumi_desk.imports.packing import Document
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_batch, read_files
from lumi_desk.imports.tally import Touched
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.among import IDS, among, in_pieces
from lumi_desk.storage.spool import Marks
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

ORDERS = (Kind.ORDERS, Kind.ITEMS, Kind.WHOLE)
MEMBERS = (Kind.MEMBERS,)

# So many orders or customers are in memory at a time.
_AT_ONCE = 5000

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
    paths: Sequence[Document],
    kinds: Sequence[Kind],
    *,
    now: datetime,
    shop: str | None = None,
    channel: str = "tmall",
    wish: Wish = mapping.NONE,
    save_as: str = "",
    tell: Tell | None = None,
    settled: Callable[[], None] | None = None,
) -> Taken:
    """Import files of these kinds, with everything that follows from them, or nothing at all.

    Without `kinds` they may be of any.

    `wish` is what the keeper said about their columns; `save_as` keeps how they were read as a
    profile of that name, in the same transaction. `settled` is called when all is done but for
    the commit: from there on it is too late to stop. Raises a LumiError that names the file and
    what is wrong with it.
    """
    wish = replace(wish, kinds=tuple(kinds))
    say = tell or _silent
    with closing(read_files(paths, shop=shop, wish=wish, progress=say)) as batch:
        _require(batch, kinds)
        layout = _layout_of(batch, save_as) if save_as else None
        with store.write() as session:
            feed.watch(session, alone=True)
            report = import_batch(session, batch, now=now, channel=channel, progress=say)
            taken = _followed(session, batch, report, now, say)
            if layout is not None:
                profiles.save(session, save_as, layout, clock.local_day(now))
            releasing.publish(session, batch.spool, taken.pairs, taken.taken.given, say)
            if settled is not None:
                settled()
        return taken.taken


@dataclass(frozen=True)
class _Followed:
    """An import with what follows from it, and the records all that has written."""

    taken: Taken
    pairs: Touched


def _followed(
    session: Session, batch: Batch, report: Report, now: datetime, tell: Tell
) -> _Followed:
    """Book and classify, some orders and customers at a time, and hand out."""
    pairs = Touched(batch.spool)
    pairs.add(report.touched)
    orders = _orders_in(session, batch, report)
    for some in in_pieces(report.met, _AT_ONCE):
        proposing.note(session, some)
    confirmed, done, whole = 0, 0, orders.count()
    for some in in_pieces(orders.which(), _AT_ONCE):
        booked = booking.book(session, some, _further(tell, done, whole))
        confirmed += sum(name == "sale" for name, _ in booked)
        pairs.add(booked)
        done += len(some)
    changes = NO_CHANGES
    whole = sum(1 for _ in report.customer_ids)
    for some in in_pieces(report.customer_ids, _AT_ONCE):
        of_some = classify(session, some, now, tell=_further(tell, changes.seen, whole))
        tagged = tagging.tag(session, some, now)
        outlooks.renew(session, some, now)
        pairs.add((*of_some.pairs, *tagged.pairs))
        changes = changes.with_more(replace(of_some, tags=tagged.many))
    given = placing.hand_out(session, now, report.customer_ids)
    pairs.add(given.pairs)
    return _Followed(Taken(report, changes, confirmed, given), pairs)


def _further(tell: Tell, before: int, whole: int) -> Tell:
    """Tells of a part as of what it is a part of, so many things after its beginning."""
    return lambda what, done, _: tell(what, before + done, whole)


def _silent(what: str, done: int, whole: int) -> None:
    """Nobody watches."""


def _layout_of(batch: Batch, name: str) -> Layout:
    layouts = {sheet.layout for sheet in batch.sheets if sheet.layout is not None}
    if len(layouts) != 1:
        found = "every header is known" if not layouts else f"{len(layouts)} different ones"
        raise NothingToSave(name=name, found=found)
    return layouts.pop()


def reckon(
    session: Session, now: datetime, *, keep: bool = True, tell: Tell | None = None
) -> Changes:
    """Confirm what can be confirmed, classify and tag every customer, as every night; publish it.

    With `keep` off nothing is written, and claims are left as they are.
    """
    if not keep:
        return classify(session, None, now, keep=False, tell=tell)
    feed.watch(session, alone=True)
    pairs = booking.settle(session)
    changes = classify(session, None, now, tell=tell)
    tagged = tagging.tag(session, None, now)
    feed.publish(session, {*pairs, *changes.pairs, *tagged.pairs})
    return replace(changes, tags=tagged.many)


def _orders_in(session: Session, batch: Batch, report: Report) -> Marks:
    """The orders that were written, and those a line of which was."""
    found = Marks(batch.spool)
    found.mark(one for name, one in report.touched if name == "order")
    lines = (one for name, one in report.touched if name == "order_line")
    for some in in_pieces(lines, _AT_ONCE):
        asked = select(OrderLine.order_id).where(among(OrderLine.__table__.c.id))
        found.mark(session.scalars(asked, {IDS: some}))
    return found


def _require(batch: Batch, kinds: Sequence[Kind]) -> None:
    for sheet in batch.sheets:
        if kinds and sheet.kind not in kinds:
            raise OtherKind(
                file=sheet.file,
                found=sheet.kind.value,
                expected=" and ".join(kind.value for kind in kinds),
                right="members" if sheet.kind is Kind.MEMBERS else "orders",
            )
