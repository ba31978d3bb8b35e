"""A whole stream in sheets: whatever is written meanwhile, afterwards the reader has the scope."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import accounts
from lumi_desk.hub.app import create_app
from lumi_desk.hub.snapshot import USUAL, Course, Size, SnapshotOver
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person, Token
from lumi_desk.security.roles import NotYours, Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import CATALOG_STREAM, CHILDREN, rep_stream, team_stream
from lumi_desk.sync.protocol import SHEET, Pull, SignIn, Snapshot
from lumi_desk.sync.tables import SyncFeed, SyncMeta, SyncStream
from tests.hub.copies import Copy, pull, pulled, scope, sheets
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer, make_order

SMALL = Size(roots=2, rows=50)
_NAMES = count()

Write = Callable[[Session, "Shop"], None]


@dataclass(frozen=True)
class Shop:
    """A rep with six customers b, d, f, h, j, l, and another who holds a and z."""

    store: Store
    rep: str
    other: str
    access: str
    mark: str

    @property
    def stream(self) -> str:
        return rep_stream(self.rep)

    def key(self, letter: str) -> str:
        return f"{self.mark}-{letter}"

    def write(self, write: Write) -> None:
        with self.store.write() as session:
            feed.watch(session)
            write(session, self)
            feed.publish(session)

    def copy(self) -> Copy:
        """What a reader has after a snapshot during which nothing happens."""
        copy = Copy()
        for sheet in sheets(self.store, self.access, self.stream, USUAL):
            copy.keep(sheet)
        return copy


def sign_in(store: Store, login: str) -> str:
    return accounts.sign_in(store, SignIn(login, PASSWORD, f"desk of {login}"), NOW).access


def joins(store: Store, login: str, role: Role = Role.REP) -> str:
    """Somebody who has signed in already: passwords cost much time. Her token is her name."""
    with store.write() as session:
        feed.watch(session)
        session.add(Person(id=login, name=login, role=role))
        session.flush()
        session.add(
            Token(
                sha256=accounts.sha256(login),
                person_id=login,
                client_id="x",
                family=login,
                purpose=accounts.ACCESS,
                expires_at=NOW + accounts.ACCESS_LASTS,
            )
        )
        feed.publish(session)
    return login


def open_shop(store: Store) -> Shop:
    mark = f"{next(_NAMES):04}"
    rep, other = joins(store, f"lin{mark}"), joins(store, f"wang{mark}")
    shop = Shop(store, rep, other, rep, mark)

    def stock(session: Session, shop: Shop) -> None:
        for letter in "abdfhjlz":
            holder = other if letter in "az" else rep
            her = make_customer(session, holder, id=shop.key(letter), allergy=None)
            make_order(session, her, id=shop.key(f"{letter}-order"))
            session.add(a_note(shop, letter))

    shop.write(stock)
    return shop


def a_note(shop: Shop, letter: str) -> Note:
    return Note(
        id=shop.key(f"{letter}-note"),
        customer_id=shop.key(letter),
        rep_id=shop.rep,
        at=NOW,
        words='她说:"下周"\n再谈 \\ 😀',
    )


def gives(letter: str, *, away: bool) -> Write:
    def move(session: Session, shop: Shop) -> None:
        her = session.get_one(Customer, shop.key(letter))
        her.rep_id = shop.other if away else shop.rep

    return move


def writes_on(letter: str) -> Write:
    def change(session: Session, shop: Shop) -> None:
        session.get_one(Note, shop.key(f"{letter}-note")).words += "…"
        session.get_one(Order, shop.key(f"{letter}-order")).status = "refunded"

    return change


def adds_to(letter: str) -> Write:
    def add(session: Session, shop: Shop) -> None:
        make_order(session, session.get_one(Customer, shop.key(letter)))

    return add


def hands(letter: str, to: str) -> Write:
    def hand(session: Session, shop: Shop) -> None:
        session.get_one(Order, shop.key(f"{letter}-order")).customer_id = shop.key(to)

    return hand


def nothing(_: Session, __: Shop) -> None:
    """A quiet day."""


WRITES: dict[str, tuple[Write, ...]] = {
    "nothing": (nothing,),
    "the first leaves": (gives("b", away=True),),
    "the last leaves": (gives("l", away=True),),
    "one comes before the key": (gives("a", away=False),),
    "one comes behind it": (gives("z", away=False),),
    "the first is written on": (writes_on("b"),),
    "the last is written on": (writes_on("l"),),
    "the first gets more": (adds_to("b"),),
    "the last gets more": (adds_to("l"),),
    "an order goes forward": (hands("b", "l"),),
    "an order goes back": (hands("l", "b"),),
    "an order goes away": (hands("b", "z"),),
    "one leaves and comes back": (gives("b", away=True), adds_to("b"), gives("b", away=False)),
    "one comes and leaves": (gives("z", away=False), writes_on("z"), gives("z", away=True)),
    "one comes and gets more": (gives("a", away=False), adds_to("a"), writes_on("a")),
    "all leave": tuple(gives(letter, away=True) for letter in "bdfhjl"),
}


@pytest.mark.parametrize("writes", WRITES.values(), ids=WRITES.keys())
def test_what_is_written_at_any_cut_comes_out_right(
    hub_store: Store, writes: tuple[Write, ...]
) -> None:
    for cut in range(3):
        for each_anew in (False, True):
            shop = open_shop(hub_store)
            copy = Copy()
            for number, sheet in enumerate(
                sheets(hub_store, shop.access, shop.stream, SMALL, each_anew=each_anew)
            ):
                copy.keep(sheet)
                for write in writes if number == cut else ():
                    shop.write(write)
            page = pull(hub_store, copy, shop.rep)
            assert copy.rows == scope(hub_store, shop.rep)
            assert copy.digest == page.digest


_ANY_WRITE = st.sampled_from(
    [
        *(gives(letter, away=away) for letter in "abfjlz" for away in (True, False)),
        *(make(letter) for letter in "abfjlz" for make in (writes_on, adds_to)),
        *(hands(letter, to) for letter, to in ("bl", "lb", "az", "fz", "zf")),
    ]
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_ANY_WRITE, max_size=3), min_size=3, max_size=3), st.booleans())
def test_any_writes_between_any_sheets_come_out_right(
    hub_store: Store, between: list[list[Write]], each_anew: bool
) -> None:
    shop = open_shop(hub_store)
    copy, left = Copy(), iter(between)
    for sheet in sheets(hub_store, shop.access, shop.stream, SMALL, each_anew=each_anew):
        copy.keep(sheet)
        for write in next(left, []):
            shop.write(write)
    page = pull(hub_store, copy, shop.rep)
    assert copy.rows == scope(hub_store, shop.rep)
    assert copy.digest == page.digest


def test_values_look_as_they_do_in_a_pull(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    by_snapshot, by_pull = shop.copy(), Copy()
    with hub_store.read() as session:
        person = session.get_one(Person, shop.rep)
        sent = pulled(session, person, Pull("x", {}))
    (page,) = (one for one in sent.pages if one.stream == shop.stream)
    by_pull.follow(page, sent.columns)
    assert by_snapshot.rows == by_pull.rows
    assert by_snapshot.held == by_pull.held
    assert by_snapshot.rows["note", shop.key("b-note")]["words"] == a_note(shop, "b").words
    rounded = by_snapshot.rows["order", shop.key("b-order")]["rounded"]
    assert rounded is by_pull.rows["order", shop.key("b-order")]["rounded"]


_LOOKALIKES = ("],\x01", "]\x01", "\\u0001", "null", *'",\\\n\t\x01\x7f😀')
_ANY_CHARACTER = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
_ANY_TEXT = st.lists(st.sampled_from(_LOOKALIKES) | _ANY_CHARACTER).map("".join)
_ANY_NUMBER = st.integers(-(2**63), 2**63 - 1)
_HERS = {
    "name": _ANY_TEXT,
    "allergy": _ANY_TEXT,
    "grade": st.none() | _ANY_TEXT,
    "relationship": st.none() | _ANY_TEXT,
    "rhythm_days": st.none() | _ANY_NUMBER,
    "year_fen": _ANY_NUMBER,
}
_OF_HER_ORDER = {
    "title": _ANY_TEXT,
    "nick": _ANY_TEXT,
    "total_fen": _ANY_NUMBER,
    "paid_at": st.none(),
    "rounded": st.booleans(),
    "by_card": st.booleans(),
}
_CONTROLS = "".join(map(chr, range(1, 32)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries(_HERS), st.fixed_dictionaries(_OF_HER_ORDER))
@example({"name": "],\x01,1", "grade": None, "allergy": ""}, {"title": _CONTROLS, "nick": '"\\'})
@example({"name": '"],\x01', "grade": "null", "allergy": "\\"}, {"title": "\\u0001\x7f"})
def test_what_is_stored_comes_out(
    shop: Shop, hers: dict[str, Any], of_her_order: dict[str, Any]
) -> None:
    with shop.store.write() as session:
        for table, key, values in (
            (Customer, shop.key("b"), hers),
            (Order, shop.key("b-order"), of_her_order),
        ):
            session.execute(update(table).where(table.id == key).values(values))
    rows = shop.copy().rows
    assert hers.items() <= rows["customer", shop.key("b")].items()
    order = rows["order", shop.key("b-order")]
    assert of_her_order.items() <= order.items()
    assert {type(order["rounded"]), type(order["by_card"])} == {bool}


@pytest.mark.parametrize("kind", ["catalog", "team"])
def test_the_other_streams_come_whole_too(hub_store: Store, kind: str) -> None:
    chief = hub_with_rep(hub_store, "chief", role=Role.LEADER)
    with hub_store.read() as session:
        team = session.get_one(Person, chief).team_id
    assert team is not None
    stream = CATALOG_STREAM if kind == "catalog" else team_stream(team)
    copy = Copy()
    for sheet in sheets(hub_store, sign_in(hub_store, "chief"), stream, SMALL):
        copy.keep(sheet)
    with hub_store.read() as session:
        stand = session.get(SyncStream, stream)
    assert copy.digest == str(stand.digest if stand else 0)
    assert copy.seq == (stand.head if stand else 0)
    assert (kind == "catalog") == (("person", chief) in copy.rows)


def test_a_customer_with_very_much_comes_alone(hub_store: Store) -> None:
    shop = open_shop(hub_store)

    def buys_much(session: Session, shop: Shop) -> None:
        her = session.get_one(Customer, shop.key("f"))
        for _ in range(SMALL.rows + 1):
            make_order(session, her)

    shop.write(buys_much)
    size = Size(roots=6, rows=SMALL.rows)
    found = list(sheets(hub_store, shop.access, shop.stream, size))
    assert [len(sheet.rows["customer"]) for sheet in found] == [1, 1, 1, 2, 1]
    assert len(found[2].rows["order"]) == SMALL.rows + 2
    assert [sheet.left for sheet in found] == [5, 4, 3, 1, 0]
    copy = Copy()
    for sheet in found:
        copy.keep(sheet)
    assert copy.rows == scope(hub_store, shop.rep)


def test_every_kind_of_child_comes_along(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    for entity in CHILDREN:
        values = {c.name: _some_value(c) for c in entity.kept.columns}
        with hub_store.write() as session:
            key = {"id": new_id(), "customer_id": shop.key("b"), "ver": 1}
            session.connection().execute(entity.kept.insert().values({**values, **key}))
    (sheet,) = sheets(hub_store, shop.access, shop.stream, USUAL)
    assert {entity.name for entity in CHILDREN} <= sheet.rows.keys()


def _some_value(column: Any) -> Any:
    kind = column.type.__class__.__name__
    some = {"UtcTime": NOW, "Day": NOW.date(), "Json": ["a"], "Boolean": True, "Words": "x"}
    return None if column.nullable else some.get(kind, 1)


def test_a_generation_is_never_given_twice(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    begun = [next(sheets(hub_store, shop.access, shop.stream, SMALL)) for _ in range(2)]
    assert begun[0].generation != begun[1].generation
    assert begun[0].generation.startswith(f"{begun[0].epoch}:{begun[0].seq}:")


def _restored(session: Session, _: Shop) -> None:
    session.get_one(SyncMeta, 1).epoch = new_id()


def _pruned(session: Session, shop: Shop) -> None:
    stand = session.get_one(SyncStream, shop.stream)
    stand.min_seq = stand.head + 1


def _set_back(session: Session, shop: Shop) -> None:
    stand = session.get_one(SyncStream, shop.stream)
    stand.head -= 1


@pytest.mark.parametrize("meanwhile", [_restored, _pruned, _set_back])
def test_a_snapshot_of_another_life_is_over(hub_store: Store, meanwhile: Write) -> None:
    shop = open_shop(hub_store)
    course = Course(hub_store, shop.access, Snapshot("x", shop.stream), lambda: NOW, SMALL)
    sheet = SHEET.validate_json(course.sheet())
    shop.write(meanwhile)
    with pytest.raises(SnapshotOver):
        course.sheet()
    rest = Snapshot("x", shop.stream, sheet.generation, sheet.after)
    with pytest.raises(SnapshotOver):
        Course(hub_store, shop.access, rest, lambda: NOW).sheet()


@pytest.mark.parametrize(
    "forged", ["x", "a:b", "a:b:c", "::", "e:-1:x", "e:٣:x", f"e:{'9' * 30}:x"]
)
def test_a_forged_generation_is_over(hub_store: Store, forged: str) -> None:
    shop = open_shop(hub_store)
    with pytest.raises(SnapshotOver):
        Course(hub_store, shop.access, Snapshot("x", shop.stream, forged), lambda: NOW).sheet()


def test_nobody_else_gets_it(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    for stream in (rep_stream(shop.other), "team:one", "list:x", ""):
        with pytest.raises(NotYours):
            Course(hub_store, shop.access, Snapshot("x", stream), lambda: NOW).sheet()


def test_who_leaves_meanwhile_gets_no_more(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    course = Course(hub_store, shop.access, Snapshot("x", shop.stream), lambda: NOW, SMALL)
    course.sheet()

    def leaves(session: Session, shop: Shop) -> None:
        session.get_one(Person, shop.rep).active = False

    shop.write(leaves)
    with pytest.raises(accounts.HasLeft):
        course.sheet()


@pytest.fixture
def shop(hub_store: Store) -> Shop:
    return open_shop(hub_store)


@pytest.fixture
def client(shop: Shop) -> Iterator[TestClient]:
    with TestClient(create_app(shop.store, lambda: NOW)) as client:
        client.headers["Authorization"] = f"Bearer {shop.access}"
        yield client


@pytest.mark.parametrize("packing", ["gzip", "identity", "gzip;q=0, identity"])
def test_the_door_streams_lines(client: TestClient, shop: Shop, packing: str) -> None:
    asked = {"client_id": "x", "stream": shop.stream}
    headers = {"Accept-Encoding": packing}
    with client.stream("POST", "/v1/snapshot", json=asked, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert (answer.headers.get("content-encoding") == "gzip") == (packing == "gzip")
        raw = b"".join(answer.iter_raw())
    lines = (gzip.decompress(raw) if packing == "gzip" else raw).splitlines()
    copy = Copy()
    for line in lines:
        copy.keep(SHEET.validate_json(line))
    assert json.loads(lines[-1])["more"] is False
    assert copy.rows == scope(shop.store, shop.rep)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"stream": "rep:somebody else"}, 403, "NotYours"),
        ({"generation": "another:1:x", "after": "b"}, 410, "SnapshotOver"),
        ({"stream": 1}, 422, "NotUnderstood"),
        ({"after": "\0"}, 422, "NotUnderstood"),
    ],
)
def test_the_door_refuses_in_words(
    client: TestClient, shop: Shop, changes: dict[str, Any], status: int, code: str
) -> None:
    asked = {"client_id": "x", "stream": shop.stream, **changes}
    answer = client.post("/v1/snapshot", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_sign_in_that_ends_in_mid_answer_ends_it_early(shop: Shop) -> None:
    def many(session: Session, shop: Shop) -> None:
        for number in range(USUAL.roots):
            make_customer(session, shop.rep, id=shop.key(f"m{number:04}"))

    shop.write(many)
    # The door and the first sheet look at the clock in time, the second sheet too late.
    looks = iter((NOW, NOW))
    app = create_app(shop.store, lambda: next(looks, NOW + accounts.ACCESS_LASTS))
    headers = {"Authorization": f"Bearer {shop.access}"}
    with TestClient(app) as client:
        asked = {"client_id": "x", "stream": shop.stream}
        answer = client.post("/v1/snapshot", json=asked, headers=headers)
    assert answer.status_code == 200
    assert [json.loads(line)["more"] for line in answer.text.splitlines()] == [True]


def test_removals_are_not_in_it(hub_store: Store) -> None:
    shop = open_shop(hub_store)
    shop.write(gives("b", away=True))
    (sheet,) = sheets(hub_store, shop.access, shop.stream, USUAL)
    assert shop.key("b") not in {pk for _, pk, _, _ in sheet.held}
    with hub_store.read() as session:
        gone = session.get_one(
            SyncFeed, {"stream": shop.stream, "entity": "customer", "pk": shop.key("b")}
        )
    assert gone.op == feed.REMOVE
