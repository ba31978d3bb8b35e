"""Requests generated from the hub's own description: none breaks it, each is answered in words."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import response_schema_conformance

from lumi_desk.hub import accounts
from lumi_desk.hub.app import create_app
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import PROBLEM
from tests.hub.test_snapshot import joins
from tests.makers import NOW, make_customer
from tests.stores import sqlite_hub

pytestmark = pytest.mark.slow

_WELL = 200
_REFUSED = range(400, 500)


@pytest.fixture(scope="module")
def store(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = sqlite_hub(hub_file, tmp_path_factory.mktemp("described"))
    joins(store, "lin")
    with store.write() as session:
        feed.watch(session)
        make_customer(session, "lin", id="hers")
        feed.publish(session)
    yield store
    store.close()


@pytest.fixture(scope="module")
def doors(store: Store) -> BaseSchema:
    """The doors as they describe themselves."""
    app = create_app(store, lambda: NOW + accounts.ACCESS_LASTS - timedelta(seconds=1))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("door", ["sign-in", "refresh", "hello", "push", "pull", "snapshot"])
def test_whatever_is_asked_is_answered_as_described(
    doors: BaseSchema, door: str, mode: GenerationMode
) -> None:
    asked = doors[f"/v1/{door}"]["POST"].as_strategy(generation_mode=mode)

    @settings(
        max_examples=25,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(asked)
    def ask(case: Case[Any]) -> None:
        case.headers["Authorization"] = "Bearer lin"
        answer = case.call()
        if answer.status_code == _WELL:
            case.validate_response(answer, checks=[response_schema_conformance])
        else:
            assert answer.status_code in _REFUSED
            assert PROBLEM.validate_json(answer.content).words

    ask()


def test_the_description_knows_every_door(doors: BaseSchema) -> None:
    told = doors.raw_schema
    assert set(told["paths"]) == {
        "/health",
        *(f"/v1/{one}" for one in ("sign-in", "refresh", "hello", "push", "pull")),
        *("/v1/snapshot", "/v1/poke"),
    }
    for path, methods in told["paths"].items():
        for door in methods.values():
            assert "200" in door["responses"]
            assert path == "/health" or door["responses"].keys() >= {"4XX", "5XX"}
            assert ("security" in door) == (path not in ("/health", "/v1/sign-in", "/v1/refresh"))
