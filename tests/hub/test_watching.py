"""What a hub says of itself: health, metrics, and logs that hold nothing of anybody."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import generate_latest
from sqlalchemy import text
from starlette.testclient import TestClient

from lumi_desk import schema
from lumi_desk.errors import LumiError
from lumi_desk.hub import logs, metrics, watching
from lumi_desk.hub.app import create_app
from lumi_desk.hub.metrics import Database
from lumi_desk.ids import new_id
from lumi_desk.storage import engines
from lumi_desk.storage.base import Home
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import PULLED
from tests.hub.served import PATIENCE_S, serving
from tests.hubs import Hub
from tests.makers import NOW, PASSWORD, hub_with_rep, make_customer

PHONE, NAME, WORDS = "13812344127", "周文静", "她说孩子下周考试"
CLIENT = "01a20126-16d0-7f3a-9a44-0f6f0d2f4b11"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged as JSON, every request too."""
    told = logs.config(logs.Form.JSON, logs.Level.DEBUG, all_requests=True)
    page = io.StringIO()
    told["handlers"]["stderr"]["stream"] = page
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(told)
    yield page
    root.handlers[:], root.level = before, level
    for name in told["loggers"]:
        logging.getLogger(name).setLevel(logging.NOTSET)


def _lines(page: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in page.getvalue().splitlines()]


def _break_everything(store: Store) -> None:
    """Make every query of a request fail: the tables are gone, the errors quote what they like."""
    with store.write() as session:
        if store.on_postgres:
            session.execute(text("DROP SCHEMA public CASCADE"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in ("token", "credential", "person", "sync_feed", "customer"):
                session.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))


def _ask_everything(url: str, access: str, person: str) -> list[int]:
    """Requests with planted names, numbers and words at every door. Returns the statuses."""
    signing = {"login": NAME + PHONE, "password": PASSWORD + PHONE, "client_id": PHONE}
    payload = {"id": new_id(), "customer_id": PHONE, "by": person, "words": f"{NAME} {WORDS}"}
    op = {"op_id": payload["id"], "client_seq": 1, "kind": "note.write", "kind_ver": 1}
    ops = [{**op, "payload": json.dumps(payload), "depends_on": None}]
    told = {"Authorization": f"Bearer {access}", "X-Request-Id": PHONE}
    bodies = {
        "sign-in": signing,
        "push": {"client_id": CLIENT, "ops": ops},
        "pull": {"client_id": CLIENT, "cursors": {PHONE: 1}},
        "refresh": {"refresh": PHONE, "client_id": NAME},
        f"{PHONE}/{NAME}": {},
    }
    with httpx2.Client(base_url=url, headers=told, timeout=PATIENCE_S) as client:
        return [client.post(f"/v1/{door}", json=body).status_code for door, body in bodies.items()]


@pytest.mark.slow
def test_when_every_query_fails_the_log_says_nothing_of_anybody(
    hub_store: Store, tmp_path: Path
) -> None:
    lin = hub_with_rep(hub_store)
    database = hub_store.engine.url.render_as_string(hide_password=False)
    if not hub_store.on_postgres:
        database = str(tmp_path / "hub.db")
    with serving(database, tmp_path, "--access-log", "--log-level", "debug") as hub:
        signing = {"login": "lin", "password": PASSWORD, "client_id": CLIENT}
        signed_in = httpx2.post(f"{hub.url}/v1/sign-in", json=signing, timeout=PATIENCE_S)
        access = signed_in.json()["access"]
        _break_everything(hub_store)
        statuses = _ask_everything(hub.url, access, lin)
        assert hub.stop() == 0
        lines, told = hub.lines(), hub.log.read_text("utf-8")
    assert set(statuses) == {404, 500}
    for planted in (PHONE, NAME, WORDS, PASSWORD, access):
        assert planted not in told
        assert json.dumps(planted)[1:-1] not in told
    failed = [line for line in lines if line["level"] == "ERROR"]
    traces = [line["exc_info"] for line in failed if "exc_info" in line]
    # Each failure is told twice under one id: the request, and where in the program it broke.
    assert len(traces) == statuses.count(500) >= 3
    assert all("lumi_desk/hub/" in trace and "SELECT" in trace for trace in traces)
    assert {line["request"] for line in failed if "exc_info" in line} == {
        line["request"] for line in failed if "door" in line
    }


def test_an_errors_words_are_not_told_but_its_kind_and_place_are(written: io.StringIO) -> None:
    def inside() -> None:
        raise ValueError(f"{NAME} {PHONE}")

    try:
        try:
            inside()
        except ValueError as error:
            raise LumiError(name=NAME) from error
    except LumiError:
        logs.log.exception("it failed for %s", "x-1")
    two_lines = f"first line\nfuture: {NAME}"
    logging.getLogger("somebody.else").error("about %s\n%s", NAME, PHONE)
    logging.getLogger("asyncio").error(two_lines)
    told = written.getvalue()
    assert NAME not in told
    assert PHONE not in told
    first, second, third = _lines(written)
    assert first["message"] == "it failed for x-1"
    assert "in inside" in first["exc_info"]
    assert first["exc_info"].index("builtins.ValueError") < first["exc_info"].index("LumiError")
    assert second["message"] == "about %s"
    assert third["message"] == "first line"


def test_a_line_names_ids_of_person_and_desk(
    hub_store: Store, tmp_path: Path, written: io.StringIO
) -> None:
    lin = hub_with_rep(hub_store)
    hub = Hub(hub_store, tmp_path)
    told = hub.client.post(
        "/v1/sign-in", json={"login": "lin", "password": PASSWORD, "client_id": CLIENT}
    ).json()
    headers = {"Authorization": f"Bearer {told['access']}", "X-Request-Id": CLIENT}
    answer = hub.client.post("/v1/pull", json={"client_id": CLIENT, "cursors": {}}, headers=headers)
    PULLED.validate_json(answer.content)
    line = _lines(written)[-1]
    assert (line["door"], line["status"], line["person"]) == ("/v1/pull", 200, lin)
    assert line["client"] == line["request"] == CLIENT
    assert answer.headers["x-request-id"] == CLIENT


def test_refused_requests_are_told_with_their_code_and_expired_tokens_are_not(
    hub_store: Store, written: io.StringIO
) -> None:
    client = TestClient(create_app(hub_store))
    client.post("/v1/sign-in", json={"login": "x", "password": "y", "client_id": "z"})
    client.post("/v1/pull", json={"client_id": "z", "cursors": {}})
    signing, pulling = _lines(written)
    assert (signing["level"], signing["code"]) == ("WARNING", "WrongPassword")
    assert (pulling["level"], pulling["code"]) == ("INFO", "SessionOver")


def test_a_burst_of_refusals_is_told_in_part_and_counted() -> None:
    lines = watching._Lines()
    told = [lines.left_out(now=1.0) for _ in range(watching.MOST_LINES + 7)]
    assert told.count(None) == 7
    assert lines.left_out(now=2.0) == 7
    assert lines.left_out(now=2.5) == 0


def test_text_lines_hold_their_fields() -> None:
    record = logging.LogRecord("lumi_hub", logging.INFO, "", 0, "request", (), None)
    record.door, record.status = "/v1/push", 200
    assert logs.NoValues().filter(record)
    assert logs.Text().format(record).endswith("request door=/v1/push status=200")


def test_health_says_what_is_missing(hub_store: Store) -> None:
    client = TestClient(create_app(hub_store))
    assert client.get("/health").json()["status"] == "ok"
    with hub_store.write() as session:
        older = {"new": f"{Home.HUB.value}_0001", "old": schema.HEADS[Home.HUB]}
        change = f"UPDATE {schema.REVISION_TABLE} SET version_num = :new WHERE version_num = :old"
        session.execute(text(change), older)
    old = client.get("/health")
    assert (old.status_code, old.json()["status"]) == (503, "old")


@pytest.mark.postgres
def test_health_says_that_the_database_is_away(postgres_url: str) -> None:
    away = Store(engines.postgres(postgres_url.replace("@127.0.0.1:", "@127.0.0.1:1")))
    answer = TestClient(create_app(away)).get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "away")
    told = {one.name: one.samples for one in Database(away, lambda: NOW).collect()}
    assert [sample.value for sample in told["lumi_hub_database_up"]] == [0]
    assert len(told) == 1


def test_a_strangers_path_makes_no_label(hub_store: Store) -> None:
    client = TestClient(create_app(hub_store))
    for path in (f"/{PHONE}", f"/v1/{NAME}", "/metrics"):
        assert client.get(path).status_code == 404
    told = generate_latest(metrics.REGISTRY).decode()
    assert PHONE not in told
    assert 'door="other",status="404"' in told


def test_the_databases_figures(hub_store: Store, tmp_path: Path) -> None:
    lin = hub_with_rep(hub_store)
    with hub_store.write() as session:
        make_customer(session, lin)
        session.execute(
            text("UPDATE sync_meta SET backup_at = :at"),
            {"at": int((NOW - timedelta(hours=2)).timestamp() * 1000)},
        )
    told = {one.name: one.samples[0].value for one in Database(hub_store, lambda: NOW).collect()}
    assert told["lumi_hub_database_up"] == 1
    assert told["lumi_hub_feed_rows"] > 0
    assert told["lumi_hub_last_backup_age_seconds"] == 7200
    assert told["lumi_hub_last_nightly_age_seconds"] == float("inf")
