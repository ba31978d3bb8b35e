"""What a reader of a stream has, who follows docs/sync.md to the letter and knows nothing else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.hub import deliver
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.snapshot import Course, Size
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest
from lumi_desk.sync.entities import CHILDREN, CUSTOMER, rep_stream
from lumi_desk.sync.protocol import PULLED, SHEET, Page, Pull, Pulled, Sheet, Snapshot
from lumi_desk.sync.streams import Stand
from lumi_desk.sync.tables import SyncStream
from tests.makers import NOW

Row = dict[str, Any]


@dataclass
class Copy:
    """Records by (entity, pk); which of them the stream counts; how far it was read."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    held: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    seq: int = 0

    def keep(self, sheet: Sheet) -> None:
        """Take what a sheet brings."""
        for entity, rows in sheet.rows.items():
            for row in rows:
                self._put(entity, dict(zip(sheet.columns[entity], row, strict=True)))
        for entity, pk, root, ver in sheet.held:
            self.held[entity, pk] = (root, ver)
        self.seq = sheet.seq

    def follow(self, page: Page, columns: Mapping[str, tuple[str, ...]]) -> None:
        """Take what a page of a pull brings."""
        for pk in page.gone:
            self._remove("customer", pk)
        for change in page.changes:
            if change.op == "remove":
                self._remove(change.entity, change.pk)
                continue
            assert change.row is not None
            if change.tree is not None:
                self._forget_children(change.pk)
                for entity, rows in change.tree.items():
                    for row in rows:
                        self._put(entity, dict(zip(columns[entity], row, strict=True)))
            self._put(change.entity, dict(zip(columns[change.entity], change.row, strict=True)))
            self.held[change.entity, change.pk] = (change.root, change.ver)
            for entity, pk, ver in change.held:
                self.held[entity, pk] = (change.pk, ver)
        self.seq = page.seq

    @property
    def digest(self) -> str:
        """The sum the page's digest is to be compared with."""
        return str(digest.of_records((e, pk, ver) for (e, pk), (_, ver) in self.held.items()))

    def _put(self, entity: str, row: Row) -> None:
        self.rows[entity, row["id"]] = row

    def _remove(self, entity: str, pk: str) -> None:
        self.rows.pop((entity, pk), None)
        self.held.pop((entity, pk), None)
        if entity == CUSTOMER.name:
            self._forget_children(pk)

    def _forget_children(self, customer: str) -> None:
        for key in [k for k, row in self.rows.items() if row.get("customer_id") == customer]:
            del self.rows[key]
        for key in [k for k, (root, _) in self.held.items() if root == customer]:
            del self.held[key]


def sheets(
    store: Store, access: str, stream: str, size: Size, *, each_anew: bool = False
) -> Iterator[Sheet]:
    """The sheets of a stream, in one request or each in a request of its own."""
    course = Course(store, access, Snapshot("x", stream), lambda: NOW, size)
    while True:
        sheet = SHEET.validate_json(course.sheet())
        yield sheet
        if not sheet.more:
            return
        if each_anew:
            rest = Snapshot("x", stream, sheet.generation, sheet.after)
            course = Course(store, access, rest, lambda: NOW, size)


def pull(store: Store, copy: Copy, rep: str) -> Page:
    """Read the rep's stream on to its head. The last page."""
    while True:
        with store.read() as session:
            person = session.get_one(Person, rep)
            asked = Pull("x", {rep_stream(rep): copy.seq}, limit=3, proto=2)
            sent = pulled(session, person, asked)
        (page,) = (one for one in sent.pages if one.stream == rep_stream(rep))
        assert not page.again
        copy.follow(page, sent.columns)
        if not page.more:
            return page


def pulled(session: Session, person: Person, asked: Pull) -> Pulled:
    """What a person has not read yet, as a desk reads it."""
    streams = session.scalars(select(SyncStream))
    stands = {one.id: Stand(one.head, one.min_seq, one.digest) for one in streams}
    life = deliver.epoch(session)
    caller = Caller(person.id, person.role, person.team_id, NOW, life, stands)
    return PULLED.validate_json(deliver.pulled(session.connection(), caller, asked))


def scope(store: Store, rep: str) -> dict[tuple[str, str], Row]:
    """Her customers with all their children as the hub has them, as they look on the wire."""
    found: dict[tuple[str, str], Row] = {}
    with store.read() as session:
        hers = _rows(session, CUSTOMER.raw().where(CUSTOMER.kept.c.rep_id == rep))
        found |= {(CUSTOMER.name, row["id"]): row for row in hers}
        customers = [row["id"] for row in hers]
        for entity in CHILDREN:
            asked = entity.raw().where(entity.kept.c.customer_id.in_(customers))
            found |= {(entity.name, row["id"]): row for row in _rows(session, asked)}
    return found


def _rows(session: Session, asked: Any) -> list[Row]:
    rows = session.connection().execute(asked).mappings()
    told: list[Row] = json.loads(json.dumps([dict(row) for row in rows]))
    return told


def stands(store: Store, table: Any) -> int:
    """How many rows there are of a kind."""
    with store.read() as session:
        return len(session.scalars(select(table)).all())
