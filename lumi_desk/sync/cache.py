"""Applying what the hub delivers to the desk's cache. Cursor and rows in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.sync import digest, outbox, rows
from lumi_desk.sync.entities import CUSTOMER, FACT
from lumi_desk.sync.protocol import Change, Page, Sheet
from lumi_desk.sync.tables import Cursor

Columns = Mapping[str, tuple[str, ...]]
# Entity, id, and the customer whose child it is.
_Record = tuple[str, str, str]
# The columns of a place, in the order of its fields.
PLACE = "stream, seq, round, whole, generation, after, digest"


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


_VALUES = attrgetter(*(one.name for one in fields(Place)))


def places(session: Session) -> dict[str, Place]:
    """How far each stream was read."""
    # By the driver: a round without news consists of little else.
    asked = f"SELECT {PLACE} FROM cursor"  # noqa: S608
    return {row[0]: Place(*row) for row in rows.run(session, asked)}


def is_news(page: Page, place: Place | None) -> bool:
    """Whether a page says anything that this desk does not know."""
    if place is None or not place.whole:
        return True
    return bool(page.more or page.again or page.changes or page.gone or page.seq != place.seq)


def take(session: Session, pages: Sequence[Page], columns: Columns, *, last: bool) -> list[str]:
    """Take in one page of each stream that is this person's; all others are forgotten.

    Streams that say `again` are made ready to be fetched as snapshots. Work that waits about the
    customers in the others stands aside meanwhile. `last` says that every stream is at its head
    with them: what was answered has come back and is forgotten. Returns the streams that do not
    add up then.
    """
    known = _Places(session)
    for stream in known.besides([page.stream for page in pages]):
        _leave_for_good(session, known[stream], _records(session, stream))
        known.drop(stream)
    for page in pages:
        if page.again:
            _begin(known, page.stream)
    pages = [page for page in pages if not page.again and known.is_news(page)]
    doubtful = []
    for page, stands in zip(pages, _apply(session, known, pages, columns, last=last), strict=True):
        # A stream that has not moved is no news: what does not add up is not asked for each minute.
        if page.more:
            continue
        place = _at_the_head(session, stands, page)
        known.put(place)
        if place.digest != int(page.digest):
            doubtful.append(page.stream)
    return doubtful


def keep(session: Session, sheets: Sequence[Sheet]) -> None:
    """Keep sheets of one snapshot, in their order, and how far they go."""
    known = _Places(session)
    place = known[sheets[0].stream]
    if place.generation not in ("", sheets[0].generation):
        place = _anew(place)
    held = [(entity, pk, root) for sheet in sheets for entity, pk, root, _ in sheet.held]
    with outbox.aside(session, _touched(session, held)):
        change = sum(_keep_rows(session, sheet, place.round) for sheet in sheets)
    place = replace(place, digest=digest.signed(place.digest + change))
    if (last := sheets[-1]).more:
        known.put(replace(place, generation=last.generation, after=last.after))
    else:
        known.put(replace(place, generation="", after="", seq=last.seq))


def start_over(session: Session, streams: Iterable[str]) -> None:
    """Read these streams again from their beginning; what is here stays usable meanwhile."""
    known = _Places(session)
    for stream in streams:
        if stream in known:
            known.put(_anew(known[stream]))


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


class _Places:
    """How far each stream was read, looked up once for a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = places(session)

    def __contains__(self, stream: str) -> bool:
        return stream in self._known

    def __getitem__(self, stream: str) -> Place:
        return self._known.get(stream, Place(stream))

    def besides(self, streams: Iterable[str]) -> list[str]:
        """Those that are known besides these."""
        return sorted(self._known.keys() - set(streams))

    def is_news(self, page: Page) -> bool:
        """Whether a page says anything that this desk does not know."""
        return is_news(page, self._known.get(page.stream))

    def put(self, place: Place) -> None:
        """Keep where a stream stands, if it is not there already."""
        if place == self._known.get(place.stream):
            return
        self._known[place.stream] = place
        sql = f"INSERT OR REPLACE INTO cursor ({PLACE}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        rows.change(self._session, Cursor.__tablename__, sql, *_VALUES(place))

    def drop(self, stream: str) -> None:
        """Forget a stream."""
        del self._known[stream]
        sql = "DELETE FROM cursor WHERE stream = ?"
        rows.change(self._session, Cursor.__tablename__, sql, stream)


def _apply(
    session: Session, known: _Places, pages: Sequence[Page], columns: Columns, *, last: bool
) -> list[Place]:
    """Write the pages' changes. Returns where their streams stand then."""
    stand: list[Place] = []
    records = [(c.entity, c.pk, c.root) for page in pages for c in page.changes]
    records += [(CUSTOMER.name, pk, pk) for page in pages for pk in page.gone]
    waits = not outbox.is_empty(session)
    customers = _touched(session, records, waits=waits)
    if waits and last:
        customers |= outbox.answered_about(session)
    with outbox.aside(session, customers, _coming(pages) if customers else ()):
        if waits and last:
            outbox.forget_answered(session)
        for page in pages:
            place = known[page.stream]
            change = _write_changes(session, page, columns, place.round, ours=bool(customers))
            place = replace(place, seq=page.seq, digest=digest.signed(place.digest + change))
            known.put(place)
            stand.append(place)
    return stand


def _coming(pages: Iterable[Page]) -> set[outbox.Record]:
    """The records whose rows these pages bring."""
    return {(one.entity, one.pk) for page in pages for one in page.changes if one.row is not None}


def _begin(known: _Places, stream: str) -> None:
    """Make ready to fetch a stream as a snapshot, or to go on where one was interrupted."""
    place = known[stream]
    known.put(_anew(place) if place.seq else replace(place, whole=False))


def _write_changes(
    session: Session, page: Page, columns: Columns, round_: int, *, ours: bool
) -> int:
    """Write one page. Returns by how much the digest of the stream grows.

    `ours` says that it may bring what was done here: most of that stands here as it comes.
    """
    by_entity: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    held: dict[tuple[str, str], tuple[str, int]] = {}
    # First: what left alone may come back in the same page, with the customer it belongs to now.
    gone = [(change.entity, change.pk) for change in page.changes if change.op == "remove"]
    gone += [(CUSTOMER.name, pk) for pk in page.gone]
    grows = rows.leave(session, page.stream, gone)
    trees = [change.pk for change in page.changes if change.tree is not None]
    grows += rows.clear_trees(session, page.stream, trees)
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
        names = columns[entity]
        others = rows.renew(session, entity, names, many) if ours else many
        rows.upsert(session, entity, names, others)
    holding = [(entity, pk, root, ver) for (entity, pk), (root, ver) in held.items()]
    return grows + rows.hold(session, page.stream, holding, round_, new=False)


def _keep_rows(session: Session, sheet: Sheet, round_: int) -> int:
    """Write one sheet. Returns by how much the digest of the stream grows."""
    customers = sheet.rows.get(CUSTOMER.name, [])
    at = sheet.columns[CUSTOMER.name].index("id") if customers else 0
    change = rows.clear_trees(session, sheet.stream, [row[at] for row in customers])
    for entity, many in sheet.rows.items():
        rows.upsert(session, entity, sheet.columns[entity], many)
    # Nothing was ever held of a stream that is read for the first time.
    change += rows.hold(session, sheet.stream, sheet.held, round_, new=round_ == 0)
    return change


def _at_the_head(session: Session, place: Place, page: Page) -> Place:
    """A stream was read to its head: what earlier rounds held of it is gone at the hub.

    A sum that is off is counted anew before it is believed.
    """
    if place.round and not place.whole:
        # Records that the round which is whole now did not bring.
        place = _leave_for_good(
            session, place, _records(session, place.stream, " AND round < ?", place.round)
        )
    if place.digest != int(page.digest):
        place = replace(place, digest=rows.count(session, place.stream))
    return replace(place, whole=True)


def _anew(place: Place) -> Place:
    return replace(place, seq=0, round=place.round + 1, whole=False, generation="", after="")


def _leave_for_good(session: Session, place: Place, records: Sequence[_Record]) -> Place:
    """Records leave a stream without a page that says so; work that waits stands aside.

    Returns where the stream stands then.
    """
    if not records:
        return place
    gone = [(entity, pk) for entity, pk, _ in records]
    with outbox.aside(session, _touched(session, records)):
        stays = rows.another_customers(session, records)
        grows = rows.leave(session, place.stream, gone, stays)
    return replace(place, digest=digest.signed(place.digest + grows))


def _touched(
    session: Session, records: Iterable[_Record], *, waits: bool | None = None
) -> set[str]:
    """The customers whose waiting work may have written these records; "" is work about none.

    `waits` says whether any work waits at all, where that is known.
    """
    if not (waits if waits is not None else not outbox.is_empty(session)):
        return set()
    records = list(records)
    figures = [pk for entity, pk, _ in records if entity == FACT.name]
    return {"", *(root for _, _, root in records)} | outbox.customers_of(session, figures)


def _records(session: Session, stream: str, which: str = "", *values: int) -> list[_Record]:
    asked = f"SELECT entity, pk, root FROM held WHERE stream = ?{which}"  # noqa: S608
    return rows.run(session, asked, stream, *values)
