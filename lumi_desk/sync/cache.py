"""Applying what the hub delivers to the desk's cache. Cursor and rows in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.storage.store import touch
from lumi_desk.sync import digest, outbox, rows
from lumi_desk.sync.entities import CUSTOMER, FACT
from lumi_desk.sync.protocol import Change, Page, Sheet
from lumi_desk.sync.tables import Cursor

Columns = Mapping[str, tuple[str, ...]]
# Entity, id, and the customer whose child it is.
_Record = tuple[str, str, str]
_PLACE = "stream, seq, round, whole, generation, after, digest"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a stream was read; the fields are those of the table `cursor`.

    `digest` is always the sum over what is held of the stream.
    """

    stream: str
    seq: int = 0
    round: int = 0
    whole: bool = False
    generation: str = ""
    after: str = ""
    digest: int = 0


def places(session: Session) -> dict[str, Place]:
    """How far each stream was read."""
    # By the driver: a round without news consists of little else.
    asked = f"SELECT {_PLACE} FROM cursor"  # noqa: S608
    return {row[0]: Place(*row) for row in session.connection().exec_driver_sql(asked)}


def is_news(page: Page, place: Place | None) -> bool:
    """Whether a page says anything that this desk does not know."""
    if place is None or not place.whole:
        return True
    return bool(page.more or page.again or page.changes or page.seq != place.seq)


def apply(session: Session, pages: Iterable[Page], columns: Columns, *, last: bool) -> list[str]:
    """Apply pages, but those that say `again`. Returns the streams that do not add up then.

    Work that waits about the customers in them stands aside meanwhile. `last` says that every
    stream is at its head with them: what was answered has come back and is forgotten.
    """
    known = places(session)
    pages = [p for p in pages if not p.again and is_news(p, known.get(p.stream))]
    records = [(c.entity, c.pk, c.root) for page in pages for c in page.changes]
    customers = _touched(session, records)
    if last:
        customers |= outbox.answered_about(session)
    with outbox.aside(session, customers):
        if last:
            outbox.forget_answered(session)
        for page in pages:
            place = _place(session, page.stream)
            change = _write_changes(session, page, columns, place.round)
            place = replace(place, seq=page.seq, digest=digest.signed(place.digest + change))
            _put(session, place)
    return [page.stream for page in pages if not page.more and not _adds_up(session, page)]


def keep(session: Session, sheet: Sheet) -> None:
    """Keep one sheet of a snapshot, and how far it goes."""
    place = _place(session, sheet.stream)
    if place.generation not in ("", sheet.generation):
        place = _anew(place)
    # Nothing was ever held of a stream that is read for the first time.
    first = place.round == 0
    with outbox.aside(session, _touched(session, [(e, pk, root) for e, pk, root, _ in sheet.held])):
        change = _clear_trees(session, sheet)
        for entity, many in sheet.rows.items():
            rows.upsert(session, entity, sheet.columns[entity], many)
        change += rows.hold(session, sheet.stream, sheet.held, place.round, new=first)
    place = replace(place, digest=digest.signed(place.digest + change))
    if sheet.more:
        _put(session, replace(place, generation=sheet.generation, after=sheet.after))
    else:
        _put(session, replace(place, generation="", after="", seq=sheet.seq))


def begin(session: Session, streams: Iterable[str]) -> None:
    """Make ready to fetch these streams as snapshots, or to go on where one was interrupted."""
    for stream in streams:
        place = _place(session, stream)
        _put(session, _anew(place) if place.seq else replace(place, whole=False))


def start_over(session: Session, streams: Iterable[str]) -> None:
    """Read these streams again from their beginning; what is here stays usable meanwhile."""
    known = places(session)
    for stream in streams:
        if stream in known:
            _put(session, _anew(known[stream]))


def keep_only(session: Session, streams: Iterable[str]) -> None:
    """Forget the streams that are no longer this person's."""
    for stream in sorted(set(places(session)) - set(streams)):
        _leave_for_good(session, stream, _records(session, stream))
        session.connection().exec_driver_sql("DELETE FROM cursor WHERE stream = ?", (stream,))


def recount(session: Session, pages: Iterable[Page]) -> list[str]:
    """The streams whose records, counted one by one, are not what the hub says of its head."""
    return [page.stream for page in pages if rows.count(session, page.stream) != int(page.digest)]


def as_the_hub_says(session: Session, changes: Sequence[Change]) -> None:
    """Rows the hub sent along with a refusal: its word on how they stand."""
    if not changes:
        return
    with outbox.aside(session, {change.root for change in changes}):
        for change in changes:
            columns = rows.columns_of(change)
            if columns and change.row and rows.which_are_here(session, change.entity, [change.pk]):
                rows.upsert(session, change.entity, columns, [change.row])


def _write_changes(session: Session, page: Page, columns: Columns, round_: int) -> int:
    """Write one page. Returns by how much the digest of the stream grows."""
    by_entity: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    held: dict[tuple[str, str], tuple[str, int]] = {}
    trees = [change.pk for change in page.changes if change.tree is not None]
    grows = rows.clear_trees(session, page.stream, trees)
    for change in page.changes:
        if change.op == "remove":
            continue
        held[change.entity, change.pk] = change.root, change.ver
        held.update({(entity, pk): (change.root, ver) for entity, pk, ver in change.held})
        if change.row is not None:
            by_entity[change.entity].append(change.row)
        for entity, children in (change.tree or {}).items():
            by_entity[entity].extend(children)
    for entity, many in by_entity.items():
        rows.upsert(session, entity, columns[entity], many)
    holding = [(entity, pk, root, ver) for (entity, pk), (root, ver) in held.items()]
    grows += rows.hold(session, page.stream, holding, round_, new=False)
    gone = [(change.entity, change.pk) for change in page.changes if change.op == "remove"]
    return grows + rows.leave(session, page.stream, gone)


def _clear_trees(session: Session, sheet: Sheet) -> int:
    customers = sheet.rows.get(CUSTOMER.name, [])
    at = sheet.columns[CUSTOMER.name].index("id") if customers else 0
    return rows.clear_trees(session, sheet.stream, [row[at] for row in customers])


def _adds_up(session: Session, page: Page) -> bool:
    """The stream is at its head. Whether what is held of it is what the hub says.

    A stream that did not move since it was whole is not asked again: the hub would get the same
    question every minute. A sum that is off is counted anew before it is believed.
    """
    place = _place(session, page.stream)
    if place.whole and not page.changes:
        return True
    _drop_earlier_rounds(session, page.stream)
    place = replace(_place(session, page.stream), whole=True)
    if place.digest != int(page.digest):
        place = replace(place, digest=rows.count(session, page.stream))
    _put(session, place)
    return place.digest == int(page.digest)


def _anew(place: Place) -> Place:
    return replace(place, seq=0, round=place.round + 1, whole=False, generation="", after="")


def _place(session: Session, stream: str) -> Place:
    return places(session).get(stream, Place(stream))


def _put(session: Session, place: Place) -> None:
    told = (
        place.stream,
        place.seq,
        place.round,
        int(place.whole),
        place.generation,
        place.after,
        place.digest,
    )
    session.connection().exec_driver_sql(
        f"INSERT OR REPLACE INTO cursor ({_PLACE}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        told,
    )
    touch(session, Cursor.__tablename__)


def _leave_for_good(session: Session, stream: str, records: Sequence[_Record]) -> None:
    """Records leave a stream without a page that says so; work that waits stands aside."""
    if not records:
        return
    with outbox.aside(session, _touched(session, records)):
        grows = rows.leave(session, stream, [(entity, pk) for entity, pk, _ in records])
    place = _place(session, stream)
    _put(session, replace(place, digest=digest.signed(place.digest + grows)))


def _touched(session: Session, records: Iterable[_Record]) -> set[str]:
    """The customers whose waiting work may have written these records; "" is work about none."""
    if outbox.is_empty(session):
        return set()
    records = list(records)
    # A figure names the work it follows from: "<operation>:<kind>".
    figures = {pk.partition(":")[0] for entity, pk, _ in records if entity == FACT.name}
    return {"", *(root for _, _, root in records)} | outbox.customers_of(session, figures)


def _drop_earlier_rounds(session: Session, stream: str) -> None:
    """Records that the round which is whole now did not bring are gone at the hub."""
    place = _place(session, stream)
    if place.round and not place.whole:
        earlier = " AND round < ?"
        _leave_for_good(session, stream, _records(session, stream, earlier, place.round))


def _records(session: Session, stream: str, which: str = "", *values: int) -> list[_Record]:
    asked = f"SELECT entity, pk, root FROM held WHERE stream = ?{which}"  # noqa: S608
    found = session.connection().exec_driver_sql(asked, (stream, *values))
    return [(entity, pk, root) for entity, pk, root in found]
