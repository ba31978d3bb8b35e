"""The doors: nobody enters unasked, and what does not fit is refused in words."""

import gzip
import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection

from lumi_desk.calls.operations import WriteNote
from lumi_desk.hub.bodies import MOST_BYTES
from lumi_desk.ids import new_id
from lumi_desk.operations import encode
from lumi_desk.storage.engines import DatabaseAway
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.hubs import Hub
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer
from tests.sync.fleet.doors import OpenDoors, admit


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """A hub in this process."""
    return Hub(hub_store, tmp_path)


class Stranger:
    """Somebody else's client, who speaks plain HTTP."""

    def __init__(self, hub: Hub, login: str = "lin") -> None:
        self.hub = hub
        told = {"login": login, "password": PASSWORD, "client_id": "stranger"}
        answer = hub.client.post("/v1/sign-in", json=told).json()
        self.person_id = answer["person_id"]
        self.headers = {"Authorization": f"Bearer {answer['access']}"}

    def ask(self, door: str, body: Any) -> httpx2.Response:
        return self.hub.client.post(f"/v1/{door}", json=body, headers=self.headers)

    def push(self, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.ask("push", {"client_id": "stranger", "ops": list(ops)})
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.json()["answers"]
        return answers


def note(by: str, customer_id: str, **changes: Any) -> dict[str, Any]:
    op = WriteNote(id=new_id(), customer_id=customer_id, by=by, at=NOW, words="hello")
    envelope = {
        "op_id": op.id,
        "client_seq": 1,
        "kind": "note.write",
        "kind_ver": 1,
        "payload": encode(op),
    }
    return {**envelope, **changes}


def customer_of(hub: Hub, rep_id: str) -> str:
    with hub.store.write() as session:
        feed.watch(session)
        customer_id = make_customer(session, rep_id).id
        feed.publish(session)
    return customer_id


@pytest.mark.parametrize("door", ["hello", "push", "pull"])
def test_no_door_opens_without_a_token(hub: Hub, door: str) -> None:
    body = {"client_id": "x", "ops": [], "cursors": {}, "version": "1", "proto": 1}
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = hub.client.post(f"/v1/{door}", json=body, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == "SessionOver"


def test_health_needs_no_token_and_tells_nothing_personal(hub: Hub) -> None:
    hub_with_rep(hub.store)
    told = hub.client.get("/health").json()
    assert told["status"] == "ok"
    assert set(told) == {"status", "epoch", "version"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.client_id"),
        ({"client_id": "x", "cursors": {"a": "b"}}, "body.cursors.a"),
        ({"client_id": "x", "cursors": {}, "limit": 0}, "body.limit"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(hub: Hub, body: Any, where: str) -> None:
    hub_with_rep(hub.store)
    answer = Stranger(hub).ask("pull", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "NotUnderstood"
    assert where in answer.json()["words"]


def test_a_refusal_does_not_repeat_what_was_sent(hub: Hub) -> None:
    hub_with_rep(hub.store)
    answer = Stranger(hub).ask("pull", {"client_id": "x", "cursors": "13812344127"})
    assert answer.status_code == 422
    assert "13812344127" not in answer.text


def test_a_body_may_come_compressed(hub: Hub) -> None:
    hub_with_rep(hub.store)
    stranger = Stranger(hub)
    body = gzip.compress(json.dumps({"client_id": "x", "cursors": {}}).encode())
    headers = {**stranger.headers, "Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert hub.client.post("/v1/pull", content=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"x" * (MOST_BYTES + 1), "", 413),
        (gzip.compress(b"\0" * (MOST_BYTES + 1)), "gzip", 413),
        (b"no gzip at all", "gzip", 400),
        (gzip.compress(b"{}")[:-4], "gzip", 400),
    ],
    ids=["too large", "a bomb", "not gzip", "cut off"],
)
def test_too_large_or_broken_bodies_are_refused(
    hub: Hub, body: bytes, encoding: str, status: int
) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = hub.client.post("/v1/pull", content=body, headers=headers)
    assert answer.status_code == status


def test_a_push_gets_one_answer_for_each_operation(hub: Hub) -> None:
    lin = hub_with_rep(hub.store)
    customer = customer_of(hub, lin)
    stranger = Stranger(hub)
    broken = note(lin, customer, payload="{}")
    answers = stranger.push(
        note(lin, customer),
        broken,
        note(lin, customer, kind="future.kind"),
        note(lin, customer, kind_ver=9),
        note(lin, "no such customer"),
        note(lin, customer, op_id=new_id()),
        note(lin, customer),
    )
    assert [(one["status"], one["reason"]) for one in answers] == [
        ("applied", ""),
        ("rejected", "BadOperation"),
        ("rejected", "UnknownOperation"),
        ("rejected", "UnknownOperation"),
        ("parked", "NotHers"),
        ("rejected", "BadOperation"),
        ("applied", ""),
    ]


def test_a_repeated_push_gets_the_same_answers(hub: Hub) -> None:
    lin = hub_with_rep(hub.store)
    ops = [note(lin, customer_of(hub, lin)), note("somebody else", customer_of(hub, lin))]
    stranger = Stranger(hub)
    first, second = stranger.push(*ops), stranger.push(*ops)
    assert [one["status"] for one in first] == ["applied", "rejected"]
    assert [(one["op_id"], one["status"], one["reason"]) for one in first] == [
        (one["op_id"], one["status"], one["reason"]) for one in second
    ]


@pytest.mark.parametrize(
    "payload",
    [
        "not json",
        "[]",
        "null",
        json.dumps({"id": "x", "customer_id": "c", "by": "p", "at": "yesterday", "words": "w"}),
        json.dumps(
            {"id": "x", "customer_id": "c", "by": "p", "at": "2026-11-22T10:00", "words": ""}
        ),
    ],
)
def test_a_payload_that_does_not_fit_its_kind_is_rejected(hub: Hub, payload: str) -> None:
    lin = hub_with_rep(hub.store)
    customer = customer_of(hub, lin)
    answers = Stranger(hub).push(note(lin, customer, payload=payload), note(lin, customer))
    assert [one["status"] for one in answers] == ["rejected", "applied"]


def test_invisible_characters_are_rejected_alone(hub: Hub) -> None:
    lin = hub_with_rep(hub.store)
    customer = customer_of(hub, lin)
    bad = WriteNote(id=new_id(), customer_id=customer, by=lin, at=NOW, words="a\0b")
    envelope = note(lin, customer, op_id=bad.id, payload=encode(bad))
    answers = Stranger(hub).push(note(lin, customer), envelope)
    assert [(one["status"], one["reason"]) for one in answers] == [
        ("applied", ""),
        ("rejected", "NulInText"),
    ]


def test_more_operations_than_a_batch_holds_are_refused_whole(hub: Hub) -> None:
    lin = hub_with_rep(hub.store)
    customer = customer_of(hub, lin)
    ops = [note(lin, customer) for _ in range(51)]
    answer = Stranger(hub).ask("push", {"client_id": "stranger", "ops": ops})
    assert answer.status_code == 422


def test_a_rep_reads_only_her_own_streams(hub: Hub) -> None:
    lin = hub_with_rep(hub.store)
    wang = hub_with_rep(hub.store, "wang")
    customer_of(hub, wang)
    told = Stranger(hub).ask("pull", {"client_id": "x", "cursors": {f"rep:{wang}": 0}}).json()
    assert {page["stream"] for page in told["pages"]} == {"catalog", f"rep:{lin}"}
    assert not any(c["entity"] == "customer" for page in told["pages"] for c in page["changes"])


def test_a_push_that_pulls_is_told_what_came_of_it(hub: Hub) -> None:
    rep = hub_with_rep(hub.store)
    stranger, hers = Stranger(hub), customer_of(hub, rep)
    pull = {"client_id": "stranger", "cursors": {}, "limit": 500, "proto": 1}
    body = {"client_id": "stranger", "ops": [note(rep, hers)], "pull": pull}
    told = stranger.ask("push", body).json()
    assert [answer["status"] for answer in told["answers"]] == ["applied"]
    assert told["pulled"] == stranger.ask("pull", pull).json()
    (mine,) = (page for page in told["pulled"]["pages"] if page["stream"] == f"rep:{rep}")
    trees = [change["tree"] for change in mine["changes"] if change["pk"] == hers]
    assert [len(tree["note"]) for tree in trees] == [1]


def test_a_push_whose_pull_does_not_fit_is_refused_whole(hub: Hub) -> None:
    rep = hub_with_rep(hub.store)
    stranger, hers = Stranger(hub), customer_of(hub, rep)
    body = {"client_id": "stranger", "ops": [note(rep, hers)], "pull": {"cursors": []}}
    answer = stranger.ask("push", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "NotUnderstood")
    assert "body.pull.client_id" in answer.json()["params"]["where"]
    assert stranger.push(note(rep, hers))[0]["status"] == "applied"


class _NeverRead(Store):
    """A database that goes away after each write."""

    def snapshot(self) -> AbstractContextManager[Connection]:  # type: ignore[override]
        raise DatabaseAway


def test_answers_arrive_though_what_came_of_them_cannot_be_told(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        hers = make_customer(session, rep).id
        admit(session, rep)
        feed.publish(session)
    doors = OpenDoors(_NeverRead(hub_store.engine), lambda: NOW)
    pull = {"client_id": "x", "cursors": {}}
    body = json.dumps({"client_id": "x", "ops": [note(rep, hers)], "pull": pull}).encode()
    told = json.loads(
        doors.carry("POST", "/v1/push", {"authorization": f"Bearer {rep}"}, body).whole()
    )
    assert [answer["status"] for answer in told["answers"]] == ["applied"]
    assert "pulled" not in told
