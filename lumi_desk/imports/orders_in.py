"""Orders and their lines into the hub's tables, by bulk statements."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Product
from lumi_desk.catalog.titles import titles
from lumi_desk.ids import new_id
from lumi_desk.imports.columns import Bad, ItemRow, LeftOut, OrderRow, Reason
from lumi_desk.imports.matching import Book, Known
from lumi_desk.imports.merging import line_is_older, line_values, merge, new_order, stored_order
from lumi_desk.imports.nearby import Nearby
from lumi_desk.imports.people import insert_rows, update_rows
from lumi_desk.imports.shops import Shops
from lumi_desk.imports.tables import LineTrace, OrderTrace
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import IDS, among, chunks

Values = dict[str, Any]
_ORDER_COLUMNS = tuple(column.name for column in Order.__table__.columns if column.name != "ver")
_TRACE_COLUMNS = tuple(column.name for column in OrderTrace.__table__.columns)
_LINE_COLUMNS = ("title", "code", "units", "price_fen", "status", "status_words", "line")


@dataclass
class Orders:
    """The orders an import speaks of. Nothing is written before `write`."""

    session: Session
    channel: str
    nearby: Nearby
    books: dict[str, Book] = field(default_factory=dict)
    taken: list[tuple[OrderRow, Known]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    upgraded: int = 0
    shops: Shops | None = None

    def load(self, rows: Sequence[OrderRow]) -> None:
        """Read the stored orders that these rows can speak of, by their numbers and times."""
        stored = _numbered(self.session, {r.number.text for r in rows if not r.number.rounded})
        self.shops = Shops(rows, stored.values(), self.channel)
        self.shops.rename(stored.values())
        by_shop: dict[str, list[Known]] = defaultdict(list)
        for one in stored.values():
            by_shop[one.order["shop"]].append(one)
        speaking: dict[str, list[OrderRow]] = defaultdict(list)
        for row in rows:
            placed = self.shops.placed(row)
            # One whose number was rounded stands under the name that its own file told.
            speaking[placed.shop] += (row,) if placed is row else (row, placed)
        near = {shop: {*self.nearby.of(some)} - stored.keys() for shop, some in speaking.items()}
        around = _with_ids(self.session, set().union(*near.values()))
        for shop, ids in near.items():
            self.books[shop] = Book((*by_shop[shop], *(around[one] for one in sorted(ids))))

    def take(self, row: OrderRow, as_of: datetime, *, imported_before: bool) -> None:
        """Find or make the order of a row, and bring in what it says."""
        told, row = row, self.shops.placed(row) if self.shops is not None else row
        book = self.books[row.shop]
        try:
            one = book.find(row)
        except Bad as bad:
            self.left_out.append(LeftOut(row.file, row.line, bad.reason, bad.params))
            return
        if one is None:
            one = new_order(row, as_of, self.channel)
            book.add(one)
        else:
            was_rounded = one.number.rounded
            merge(one, row, as_of, imported_before=imported_before)
            book.renumber(one)
            self.upgraded += was_rounded and not one.number.rounded
        # Her names are those of the shop as the file calls it.
        self.taken.append((told, one))

    @property
    def touched(self) -> list[Known]:
        """Each order once, in the order of the files."""
        return list({one.id: one for _, one in self.taken}.values())

    def write(self) -> list[tuple[str, str]]:
        """Insert and update. Returns the touched records."""
        touched = self.touched
        fresh = [one for one in touched if one.fresh]
        changed = [one for one in touched if one.changed and not one.fresh]
        traced = [one for one in touched if not one.fresh and (one.traced or one.changed)]
        insert_rows(self.session, Order, [one.order for one in fresh])
        insert_rows(self.session, OrderTrace, [one.trace for one in fresh])
        update_rows(self.session, Order, [_only(one.order, _ORDER_COLUMNS) for one in changed])
        self._write_traces([one.trace for one in traced])
        return [("order", one.id) for one in (*fresh, *changed)]

    def _write_traces(self, traces: Sequence[Values]) -> None:
        table: Any = OrderTrace.__table__
        for some in chunks(trace["order_id"] for trace in traces):
            self.session.connection().execute(table.delete().where(table.c.order_id.in_(some)))
        insert_rows(self.session, OrderTrace, [_only(one, _TRACE_COLUMNS) for one in traces])


def _only(values: Mapping[str, Any], names: Iterable[str]) -> Values:
    return {name: values[name] for name in names}


def _numbered(session: Session, numbers: Collection[str]) -> dict[str, Known]:
    """The orders with these numbers, by id."""
    orders: Any = Order.__table__
    return _known(session, select(orders).where(among(orders.c.number)), numbers)


def _with_ids(session: Session, ids: Collection[str]) -> dict[str, Known]:
    """These orders, by id."""
    orders: Any = Order.__table__
    return _known(session, select(orders).where(among(orders.c.id)), ids)


def _known(session: Session, asked: Any, among_these: Collection[str]) -> dict[str, Known]:
    traces: Any = OrderTrace.__table__
    connection = session.connection()
    found = connection.execute(asked, {IDS: sorted(among_these)}).mappings().all()
    of_these = select(traces).where(among(traces.c.order_id))
    told = connection.execute(of_these, {IDS: [order["id"] for order in found]}).mappings()
    traced = {row["order_id"]: dict(row) for row in told}
    return {one["id"]: stored_order(dict(one), traced.get(one["id"])) for one in found}


class _Products:
    """What the catalogue knows by code, and titles say where it knows nothing."""

    def __init__(self, session: Session) -> None:
        table: Any = Product.__table__
        asked = select(table.c.code, table.c.id, table.c.line)
        rows = session.connection().execute(asked)
        self._by_code = {code: (one, line) for code, one, line in rows if code}
        self._titles = titles(session)

    def of(self, item: ItemRow) -> Values:
        """The product and the line of an item."""
        said = self._titles.meaning(item.title)
        product_id, line = self._by_code.get(item.code, (said.product_id, said.line))
        return {"product_id": product_id, "line": line or said.line}


@dataclass
class Lines:
    """The lines an import speaks of."""

    session: Session
    read: int = 0
    fresh: list[Values] = field(default_factory=list)
    changed: list[Values] = field(default_factory=list)
    traces: list[Values] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def take(self, by_order: Mapping[str, Sequence[ItemRow]], again: Callable[[str], bool]) -> None:
        """Find or make each line. `again` says whether a file was imported before."""
        products = _Products(self.session)
        orders = _orders(self.session, by_order)
        stored = _stored_lines(self.session, by_order)
        for order_id, items in by_order.items():
            self._take_order(orders[order_id], items, stored[order_id], products, again)

    def _take_order(
        self,
        order: Values,
        items: Sequence[ItemRow],
        stood: dict[tuple[Any, ...], Values],
        products: _Products,
        again: Callable[[str], bool],
    ) -> None:
        seen: Counter[tuple[Any, ...]] = Counter()
        own_numbers = set()
        for item in items:
            if item.own_number:
                if (item.file, item.own_number) in own_numbers:
                    params = (("found", f"order {item.number.text}"), ("what", "line"))
                    self.left_out.append(LeftOut(item.file, item.line, Reason.REPEATED, params))
                    continue
                own_numbers.add((item.file, item.own_number))
            self.read += 1
            seen[item.file, _likeness(item)] += 1
            key = (*_likeness(item), seen[item.file, _likeness(item)])
            told = line_values(item, order) | products.of(item)
            if key in stood:
                self._merge(stood[key], told, again=again(item.file))
            else:
                stood[key] = self._new(order, item, told, position=len(stood) + 1)

    def _new(self, order: Values, item: ItemRow, told: Values, *, position: int) -> Values:
        line = {
            "id": new_id(),
            "ver": 0,
            "order_id": order["id"],
            "customer_id": order["customer_id"],
            "position": position,
            **told,
        }
        trace = {"line_id": line["id"], "order_id": order["id"], "spec": item.spec}
        self.traces.append(trace | {"package": item.package, "number": item.own_number})
        self.fresh.append(line)
        return line

    def _merge(self, stood: Values, told: Values, *, again: bool) -> None:
        same = all(stood[name] == told[name] for name in told)
        if not same and not again and not line_is_older(told, stood):
            stood.update(told)
            if not any(stood is one for one in (*self.fresh, *self.changed)):
                self.changed.append(stood)

    def write(self) -> list[tuple[str, str]]:
        """Insert and update. Returns the touched records."""
        insert_rows(self.session, OrderLine, self.fresh)
        insert_rows(self.session, LineTrace, self.traces)
        names = ("id", "product_id", *_LINE_COLUMNS)
        update_rows(self.session, OrderLine, [_only(one, names) for one in self.changed])
        return [("order_line", one["id"]) for one in (*self.fresh, *self.changed)]


def _likeness(item: ItemRow) -> tuple[str, ...]:
    if item.own_number:
        return (item.own_number,)
    return (item.title, item.code, item.spec, item.package)


def _orders(session: Session, ids: Iterable[str]) -> dict[str, Values]:
    table: Any = Order.__table__
    found: dict[str, Values] = {}
    for some in chunks(ids):
        asked = select(table.c.id, table.c.customer_id, table.c.status).where(table.c.id.in_(some))
        for row in session.connection().execute(asked).mappings():
            found[row["id"]] = dict(row)
    return found


def _stored_lines(
    session: Session, order_ids: Iterable[str]
) -> dict[str, dict[tuple[Any, ...], Values]]:
    """The lines of orders, by what tells them apart."""
    lines: Any = OrderLine.__table__
    traces: Any = LineTrace.__table__
    found: dict[str, dict[tuple[Any, ...], Values]] = defaultdict(dict)
    counts: Counter[tuple[Any, ...]] = Counter()
    for some in chunks(order_ids):
        asked = (
            select(lines, traces.c.spec, traces.c.package, traces.c.number.label("own_number"))
            .join(traces, traces.c.line_id == lines.c.id, isouter=True)
            .where(lines.c.order_id.in_(some))
            .order_by(lines.c.order_id, lines.c.position)
        )
        for row in session.connection().execute(asked).mappings():
            likeness = (row["title"], row["code"], row["spec"] or "", row["package"] or "")
            key = (row["own_number"],) if row["own_number"] else likeness
            counts[row["order_id"], key] += 1
            found[row["order_id"]][*key, counts[row["order_id"], key]] = dict(row)
    return found
