"""Requests of somebody who means ill, or whose line garbles: a clear refusal, nothing stored."""

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.hub import problems
from lumi_desk.hub.app import create_app
from lumi_desk.hub.bodies import MOST_BYTES, MOST_ELSEWHERE
from lumi_desk.ids import new_id
from lumi_desk.operations import encode
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import ENTITIES
from lumi_desk.sync.protocol import LONGEST_PAYLOAD, MOST_OPS, PROBLEM
from lumi_desk.sync.tables import SyncClient, SyncFeed, SyncOp
from tests.hub.test_snapshot import joins
from tests.makers import NOW, make_customer

_JSON = {"Content-Type": "application/json"}
_KEPT: tuple[Any, ...] = (*(entity.table for entity in ENTITIES), SyncOp, SyncFeed, SyncClient)


@pytest.fixture
def client(hub_store: Store) -> Iterator[TestClient]:
    """Lin's line to a hub where she has a customer `hers` and wang `other's`."""
    for login, customer in (("lin", "hers"), ("wang", "other's")):
        joins(hub_store, login)
        with hub_store.write() as session:
            feed.watch(session)
            make_customer(session, login, id=customer)
            feed.publish(session)
    with TestClient(create_app(hub_store, lambda: NOW)) as client:
        client.headers["Authorization"] = "Bearer lin"
        yield client


def kept(store: Store) -> list[int]:
    with store.read() as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in _KEPT]


def note(customer: str = "hers", by: str = "lin", **changes: Any) -> dict[str, Any]:
    op = WriteNote(id=new_id(), customer_id=customer, by=by, at=NOW, words="hello")
    told = {"op_id": op.id, "client_seq": 1, "kind": "note.write", "kind_ver": 1}
    return {**told, "payload": encode(op), **changes}


def refused(client: TestClient, store: Store, body: bytes, **headers: str) -> tuple[int, str]:
    """Push a body. The status and code of the refusal, after which nothing is stored."""
    before = kept(store)
    answer = client.post("/v1/push", content=body, headers={**_JSON, **headers})
    problem = PROBLEM.validate_json(answer.content)
    assert problem.words.startswith(problem.title[:10])
    assert answer.headers["content-type"] == "application/json"
    assert kept(store) == before
    return answer.status_code, problem.code


WHOLE = json.dumps({"client_id": "x", "ops": []}).encode()
# Without the time: each run must call its tests by the same names.
_PACKED = gzip.compress(WHOLE, mtime=0)
_NESTED = b'{"client_id": "x", "ops": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        WHOLE[:-1],
        WHOLE + b"{}",
        b"[]",
        b"null",
        b'"push"',
        b"\xef\xbb\xbf" + WHOLE,
        _NESTED,
        b'{"client_id": "\\ud800", "ops": []}',
        b'{"client_id": "a\\u0000b", "ops": []}',
        json.dumps({"client_id": "x" * 201, "ops": []}).encode(),
        json.dumps({"client_id": "x", "ops": {"0": {}}}).encode(),
        json.dumps({"client_id": "x", "ops": [None]}).encode(),
        b'{"client_id": "x", "ops": NaN}',
    ],
)
def test_malformed(client: TestClient, hub_store: Store, body: bytes) -> None:
    assert refused(client, hub_store, body) == (422, "NotUnderstood")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_seq": -1},
        {"client_seq": 2**63},
        {"client_seq": 1.5},
        {"client_seq": 1e300},
        {"kind_ver": None},
        {"op_id": ""},
        {"op_id": "a\0"},
        {"op_id": "x" * 201},
        {"kind": ["note.write"]},
        {"payload": {"id": "x"}},
        {"depends_on": 7},
    ],
)
def test_an_envelope_that_does_not_fit_is_refused_or_answered(
    client: TestClient, hub_store: Store, changes: dict[str, Any]
) -> None:
    body = json.dumps({"client_id": "x", "ops": [note(**changes)]}).encode()
    if changes == {"op_id": ""}:
        # It fits, but is not the id in its payload: this one operation is rejected.
        answer = client.post("/v1/push", content=body, headers=_JSON).json()
        assert answer["answers"][0]["status"] == "rejected"
    else:
        assert refused(client, hub_store, body) == (422, "NotUnderstood")


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b" " * (MOST_BYTES + 1), {}, (413, "TooLarge")),
        (
            gzip.compress(b" " * (MOST_BYTES + 1), mtime=0),
            {"Content-Encoding": "gzip"},
            (413, "TooLarge"),
        ),
        (
            gzip.compress(gzip.compress(b" " * MOST_BYTES * 50, mtime=0), mtime=0),
            {"Content-Encoding": "gzip"},
            (422, "NotUnderstood"),
        ),
        (WHOLE, {"Content-Encoding": "gzip"}, (400, "NotUnpackable")),
        (zlib.compress(WHOLE), {"Content-Encoding": "gzip"}, (400, "NotUnpackable")),
        (_PACKED[:-1], {"Content-Encoding": "gzip"}, (400, "NotUnpackable")),
        (_PACKED + b"more", {"Content-Encoding": "gzip"}, (400, "NotUnpackable")),
        (WHOLE, {"Content-Encoding": "br"}, (415, "UnknownPacking")),
        (WHOLE, {"Content-Encoding": "gzip, gzip"}, (415, "UnknownPacking")),
        (WHOLE, {"Content-Type": "text/plain"}, (415, "NotJson")),
        (WHOLE, {"Content-Type": "multipart/form-data; boundary=x"}, (415, "NotJson")),
        (WHOLE, {"Authorization": "Bearer guessed"}, (401, "SessionOver")),
        (WHOLE, {"Authorization": "Bearer " + "x" * 10_000}, (401, "SessionOver")),
        (WHOLE, {"Authorization": "Bearer é"}, (401, "SessionOver")),
    ],
)
def test_oversized_packed_and_forged(
    client: TestClient,
    hub_store: Store,
    body: bytes,
    headers: dict[str, str],
    expected: tuple[int, str],
) -> None:
    sent = {key: value.encode() for key, value in headers.items()}
    assert refused(client, hub_store, body, **sent) == expected  # type: ignore[arg-type]


def test_a_length_that_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    def never() -> Iterator[bytes]:
        yield from ()
        raise AssertionError("the body was read")

    headers = {**_JSON, "Content-Length": str(MOST_BYTES + 1)}
    assert client.post("/v1/push", content=never(), headers=headers).status_code == 413


@pytest.mark.parametrize("door", ["sign-in", "refresh", "hello", "pull", "snapshot"])
def test_only_a_push_may_be_long(client: TestClient, door: str) -> None:
    body = b" " * (MOST_ELSEWHERE + 1)
    assert client.post(f"/v1/{door}", content=body, headers=_JSON).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/push", (405, "WrongMethod")),
        ("DELETE", "/v1/pull", (405, "WrongMethod")),
        ("POST", "/v1/poke", (405, "WrongMethod")),
        ("GET", "/v1/nothing", (404, "NoSuchDoor")),
        ("GET", "/v1/../health/../../etc/passwd", (404, "NoSuchDoor")),
        ("POST", "/docs", (404, "NoSuchDoor")),
    ],
)
def test_misdirected(client: TestClient, method: str, path: str, expected: tuple[int, str]) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == expected


def test_unknown_fields_are_left_aside(client: TestClient) -> None:
    body = {"client_id": "x", "ops": [note(colour="red")], "since": 2030}
    answer = client.post("/v1/push", json=body).json()
    assert [one["status"] for one in answer["answers"]] == ["applied"]


def test_more_than_a_batch_is_refused_whole(client: TestClient, hub_store: Store) -> None:
    body = json.dumps({"client_id": "x", "ops": [note() for _ in range(MOST_OPS + 1)]})
    assert refused(client, hub_store, body.encode()) == (422, "NotUnderstood")


def test_what_is_wrong_with_one_does_not_stop_the_others(client: TestClient) -> None:
    strange = [
        note(payload="{}"),
        note(payload="[" * 5000),
        note(payload="9" * 5000),
        note(payload='{"id": "x"}' * 2),
        note(payload="x" * (LONGEST_PAYLOAD + 1)),
        note(kind="no.such"),
        note(kind_ver=99),
        note(by="wang"),
        note(customer="other's"),
        note(op_id=new_id()),
        note(payload=note()["payload"].replace("hello", "a\\u0000b")),
    ]
    ops = [one for bad in strange for one in (bad, note())]
    answers = client.post("/v1/push", json={"client_id": "x", "ops": ops}).json()["answers"]
    assert [one["op_id"] for one in answers] == [one["op_id"] for one in ops]
    assert [one["status"] for one in answers[1::2]] == ["applied"] * len(strange)
    assert {one["status"] for one in answers[0::2]} == {"rejected", "parked"}
    assert all(one["reason"] for one in answers[0::2])


def test_replayed_and_reordered(client: TestClient, hub_store: Store) -> None:
    ops = [note(client_seq=number) for number in (3, 1, 2)]
    first = client.post("/v1/push", json={"client_id": "x", "ops": ops}).json()["answers"]
    stored = kept(hub_store)
    again = [*reversed(ops), ops[0]]
    second = client.post("/v1/push", json={"client_id": "x", "ops": again}).json()["answers"]
    assert {one["op_id"]: one["status"] for one in second} == dict.fromkeys(
        (one["op_id"] for one in first), "applied"
    )
    assert kept(hub_store) == stored


def test_the_same_id_with_another_content_changes_nothing(
    client: TestClient, hub_store: Store
) -> None:
    honest = note()
    client.post("/v1/push", json={"client_id": "x", "ops": [honest]})
    stored = kept(hub_store)
    forged = {**honest, "payload": honest["payload"].replace("hello", "forged")}
    answer = client.post("/v1/push", json={"client_id": "x", "ops": [forged]}).json()
    assert len(answer["answers"]) == 1
    assert kept(hub_store) == stored


def test_an_operation_of_somebody_else_is_not_told_nor_changed(client: TestClient) -> None:
    hers = note()
    client.post("/v1/push", json={"client_id": "x", "ops": [hers]})
    wang = {"Authorization": "Bearer wang"}
    asked = {"client_id": "y", "ops": [hers]}
    (answer,) = client.post("/v1/push", json=asked, headers=wang).json()["answers"]
    assert (answer["status"], answer["reason"]) == ("rejected", "NotYours")
    assert answer["now"] == []


@pytest.mark.parametrize("proto", [0, 1, 2, 99])
def test_a_downgraded_or_future_pull_is_answered_in_its_own_way(
    client: TestClient, proto: int
) -> None:
    pulled = client.post("/v1/pull", json={"client_id": "x", "cursors": {}, "proto": proto}).json()
    (hers,) = (page for page in pulled["pages"] if page["stream"] == "rep:lin")
    assert hers["again"] == (proto >= 2)
    assert bool(hers["changes"]) == (proto < 2)


@pytest.mark.parametrize("cursor", [0, 99, 2**63 - 1])
def test_a_cursor_that_cannot_be_leads_to_a_snapshot(client: TestClient, cursor: int) -> None:
    asked = {"client_id": "x", "cursors": {"rep:lin": cursor, "rep:wang": 1}, "proto": 2}
    pulled = client.post("/v1/pull", json=asked).json()
    assert {page["stream"]: page["again"] for page in pulled["pages"]} == {
        "catalog": True,
        "rep:lin": True,
    }


def test_a_mistake_of_the_hubs_own_is_a_problem_too(hub_store: Store) -> None:
    def broken() -> Any:
        raise ZeroDivisionError

    client = TestClient(create_app(hub_store, broken), raise_server_exceptions=False)
    joins(hub_store, "lin")
    headers = {"Authorization": "Bearer lin"}
    answer = client.post("/v1/pull", json={"client_id": "x", "cursors": {}}, headers=headers)
    assert answer.status_code == problems.STATUS["HubFailed"]
    assert PROBLEM.validate_json(answer.content).code == "HubFailed"
