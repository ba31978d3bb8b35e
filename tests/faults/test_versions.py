"""Old desks and new hubs understand each other, and the reverse; what nobody knows is left aside.

protocol_1.json holds what a desk of protocol 1 asked and was answered, line by line, at a hub of
the release before this one, about invented people.
"""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from lumi_desk.calls.tables import Contact, Note, Refusal
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, sign_in
from lumi_desk.hub import keeping
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest, feed, protocol
from lumi_desk.sync import round as rounds
from lumi_desk.sync.client import NoHints
from lumi_desk.sync.round import Doors
from tests.faults.kit import a_note
from tests.hubs import Hub, Line, NullVault
from tests.lines import through
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer, make_order
from tests.sync.test_rounds import assert_same_as_hub, count, do, give, move

RECORD = Path(__file__).with_name("protocol_1.json")
CUSTOMERS = [f"00000000-0000-7000-8000-00000000000{n}" for n in range(3)]

_MOVED_BEFORE_PULL = 3

Exchange = dict[str, Any]


def recorded(**names: str) -> list[Exchange]:
    """The exchanges, with these people in them or those of then."""
    text = RECORD.read_text("utf-8")
    first = json.loads(text)[0]["names"]
    for name, was in first.items():
        text = text.replace("{" + name + "}", names.get(name, was))
    exchanges: list[Exchange] = json.loads(text)[1:]
    return exchanges


def the_same_company(store: Store) -> dict[str, str]:
    """The people and customers of the record, at this hub."""
    rep, other = hub_with_rep(store, "lin"), hub_with_rep(store, "wang")
    with store.write() as session:
        feed.watch(session)
        for number, customer_id in enumerate(CUSTOMERS):
            customer = make_customer(session, id=customer_id, name=f"周{number}")
            make_order(session, customer, id=f"00000000-0000-7000-8000-00000000001{number}")
        feed.publish(session, keeping.assign(session, CUSTOMERS, rep, NOW.replace(day=16)))
    return {"rep": rep, "other": other}


def assert_understood(now: Any, then: Any, where: str = "answer") -> None:
    """Whoever could read what was answered then can read this: it may hold more, not less."""
    if isinstance(then, dict):
        assert isinstance(now, dict), where
        for key, value in then.items():
            assert key in now, f"{where}.{key} is missing"
            assert_understood(now[key], value, f"{where}.{key}")
    elif isinstance(then, list) and then and isinstance(then[0], dict):
        assert isinstance(now, list), where
        assert now, where
        for one in now:
            assert_understood(one, dict.fromkeys(then[0]), f"{where}[]")
    elif then is not None and not isinstance(then, list):
        assert isinstance(now, type(then)), f"{where} is a {type(now).__name__}"


def test_a_desk_of_the_last_release_is_served_as_then(hub_store: Store, tmp_path: Path) -> None:
    names = the_same_company(hub_store)
    hub = Hub(hub_store, tmp_path)
    tokens, cursors = {"access": "", "refresh": ""}, dict[str, int]()
    pulls = 0
    for exchange in recorded(**names, **{name: f"<{name}>" for name in tokens}):
        if exchange["door"] == "pull":
            # It goes on from where this hub's answers left it.
            exchange["request"]["cursors"] = cursors
            pulls += 1
            if pulls == _MOVED_BEFORE_PULL:
                move(hub, CUSTOMERS[1:2], names["other"])
        told = json.dumps(exchange["request"])
        for name, value in tokens.items():
            told = told.replace(f"<{name}>", value)
        answered = hub.client.post(
            f"/v1/{exchange['door']}",
            content=told,
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {tokens['access']}",
            },
        )
        assert answered.status_code == exchange["status"], answered.text
        now, then = answered.json(), exchange["answer"]
        assert_understood(now, then, exchange["door"])
        if exchange["door"] == "push":
            fates = [(one["op_id"], one["status"], one["reason"]) for one in then["answers"]]
            assert [(one["op_id"], one["status"], one["reason"]) for one in now["answers"]] == fates
        if exchange["door"] == "pull":
            cursors = {page["stream"]: page["seq"] for page in now["pages"]}
            assert not any(page.get("again") for page in now["pages"])
            for entity, columns in then["columns"].items():
                assert set(columns) <= set(now["columns"].get(entity, columns)), entity
        if exchange["door"] == "sign-in":
            tokens = {name: now[name] for name in tokens}
    with hub_store.read() as session:
        assert session.scalars(select(Contact.note)).all() == ["先等等"]
        assert session.scalars(select(Note.words)).all() == ["周末再联系"]
        assert session.scalars(select(Refusal.customer_id)).all() == [CUSTOMERS[2]]
        assert session.get_one(Customer, CUSTOMERS[0]).wechat_state == "passed"


def test_this_desk_reads_what_a_hub_of_the_last_release_answered(desk_store: Store) -> None:
    pulled = [one for one in recorded() if one["door"] == "pull"]
    answers = iter(
        protocol.PULLED.validate_python({**one["answer"], "weather": "fine"}) for one in pulled
    )
    last: list[protocol.Pulled] = []

    def pull(_: protocol.Pull) -> protocol.Pulled:
        told = next(answers, None) or _without_news(last[-1])
        last.append(told)
        return told

    def push(_: protocol.Push) -> protocol.Pushed:
        raise AssertionError("nothing waits")

    def snapshot(_: protocol.Snapshot) -> Any:
        raise AssertionError("a hub of protocol 1 has no snapshots")

    for _ in pulled:
        rounds.run(desk_store, Doors(push, pull, snapshot), "desk-1", lambda: NOW)
    with desk_store.read() as session:
        # The second customer was moved away in the end.
        assert set(session.scalars(select(Customer.id))) == {CUSTOMERS[0], CUSTOMERS[2]}
        assert session.get_one(Customer, CUSTOMERS[0]).wechat_state == "passed"
        assert set(session.scalars(select(Note.words))) == {"周末再联系"}
    assert count(desk_store, Order) == 2
    assert len(last) <= len(pulled) + 3, "its sums added up at once"


def _without_news(pulled: protocol.Pulled) -> protocol.Pulled:
    return replace(pulled, pages=tuple(replace(page, changes=()) for page in pulled.pages))


class OldHub(Line):
    """A hub of protocol 1: no snapshots, no hints; and it says things nobody knows yet."""

    def __init__(self, client: TestClient) -> None:
        super().__init__(client)
        self.refused: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        door = request.url.path.rpartition("/")[2]
        if door in ("snapshot", "poke"):
            self.refused.append(door)
            return httpx2.Response(404, json={"detail": "Not Found"})
        if door in ("pull", "hello"):
            request = _as_then(request)
        answer = super().handle_request(request)
        told = json.loads(answer.content)
        return httpx2.Response(answer.status_code, json=_as_a_stranger(door, told))


def _as_then(request: httpx2.Request) -> httpx2.Request:
    content = request.read()
    if request.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    asked = json.loads(content)
    asked.pop("proto", None) if "cursors" in asked else asked.update(proto=1)
    headers = {"Authorization": request.headers.get("authorization", "")}
    return httpx2.Request("POST", request.url, json=asked, headers=headers)


def _as_a_stranger(door: str, told: Any) -> Any:
    told["weather"] = "fine"
    if door == "hello":
        told["proto_max"] = 1
    for page in told.get("pages", ()):
        page.pop("again", None)
        page["mood"] = 3
        for change in page["changes"]:
            change["colour"] = "blue"
    return told


@pytest.fixture
def old_hub(hub_store: Store, tmp_path: Path) -> Hub:
    return Hub(hub_store, tmp_path)


def test_this_desk_works_at_a_hub_that_knows_no_snapshots_and_no_hints(old_hub: Hub) -> None:
    lin = hub_with_rep(old_hub.store, "lin")
    customers = give(old_hub, lin, many=5, orders=2)
    line = OldHub(old_hub.client)
    account = Account("http://127.0.0.1", "lin")
    root = old_hub.folder / "seat"
    desk = sign_in(account, PASSWORD, root, NullVault(), through(line), old_hub.clock)
    desk.sync_round()
    assert desk.is_whole()
    do(desk, *(a_note(lin, one) for one in customers))
    assert desk.sync_round().sent == 5
    assert_same_as_hub(old_hub, desk)
    with pytest.raises(NoHints):
        desk.hints()
    assert set(line.refused) <= {"snapshot", "poke"}
    assert count(old_hub.store, Note) == 5


def test_a_kind_of_record_that_is_yet_to_come_stops_nothing(desk_store: Store) -> None:
    """A later hub sends entities this desk has no table for, and columns it has no place for."""
    row = ("c1", 1, "周文静", "later")
    columns = {"customer": ("id", "ver", "name", "aura"), "aura": ("id", "ver")}
    changes = (
        protocol.Change("customer", "c1", "c1", "put", 1, row, {"aura": [("a1", 1)]}),
        protocol.Change("aura", "a2", "a2", "put", 1, ("a2", 1)),
    )
    total = digest.of_records([("customer", "c1", 1), ("aura", "a2", 1)])
    page = protocol.Page("rep:x", 2, 2, str(total), more=False, changes=changes)
    pulled = protocol.Pulled("life", (page,), columns)
    told = iter((pulled,))

    def pull(_: protocol.Pull) -> protocol.Pulled:
        return next(told, None) or _without_news(pulled)

    def nothing(_: Any) -> Any:
        raise AssertionError("not asked for")

    rounds.run(desk_store, Doors(nothing, pull, lambda _: iter(())), "d", lambda: NOW)
    with desk_store.read() as session:
        assert session.get_one(Customer, "c1").name == "周文静"
