"""Requests generated from the hub's own description: none breaks it, each is answered in words."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.transport import Response
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import response_schema_conformance

from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet
from lumi_desk.hub import accounts, rulebook
from lumi_desk.hub.app import create_app
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import PROBLEM
from tests.hub.test_snapshot import joins
from tests.makers import NOW, TODAY, make_customer, make_order
from tests.stores import sqlite_hub

pytestmark = pytest.mark.slow

_WELL = 200
_DOORS = ("sign-in", "refresh", "hello", "push", "pull", "snapshot")
_RULES = ("rules", "rules/show", "rules/preview", "rules/set", "rules/roll-back")
_PAIRS = (
    "identity",
    "identity/show",
    "identity/one",
    "identity/two",
    "identity/undo",
    "identity/history",
    "identity/numbers",
)
_MOVES = ("assigning", *(f"assigning/{one}" for one in ("preview", "do", "undo", "plan", "leave")))
_TITLES = (
    "titles",
    *(f"titles/{one}" for one in ("settle", "settle-all", "later", "undo", "history")),
)
_FIGURES = tuple(f"figures/{one}" for one in ("cohorts", "renewals", "loss", "rfm", "value"))
_TAGS = ("centre/tags", *(f"centre/tags/{one}" for one in ("preview", "do", "undo")))
_CENTRE = ("centre", "centre/show", *_TAGS, "centre/export/preview", "centre/export")
_IMPORTS = (
    "imports",
    "imports/show",
    "imports/begin",
    "imports/bring",
    "imports/at",
    "imports/plan",
    "imports/work",
    "imports/save-profile",
    "imports/stop",
)
_MANAGED = (*_RULES, *_PAIRS, *_MOVES, *_TITLES, *_FIGURES, *_CENTRE, *_IMPORTS)
_REFUSED = range(400, 500)


@pytest.fixture(scope="module")
def store(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = sqlite_hub(hub_file, tmp_path_factory.mktemp("described"))
    joins(store, "lin")
    joins(store, "gu", Role.MANAGER)
    with store.write() as session:
        feed.watch(session)
        customer = make_customer(session, "lin", id="hers")
        make_order(session, customer, title="晚安软糖")
        for pk in ("once", "twice"):
            make_customer(session, "lin", id=pk, phone="13800138001")
        feed.publish(session)
    for rules in RULE_SETS:
        first = rules.numbers[0]
        usual = first.of(rules.default)
        assert not isinstance(usual, tuple)
        told = [f"{first.key}={usual + 1 if usual < first.most else usual - 1}"]
        with store.write() as session:
            rulebook.set_numbers(session, rules, told, TODAY, NOW)
    yield store
    store.close()


@pytest.fixture(scope="module")
def doors(store: Store) -> BaseSchema:
    """The doors as they describe themselves."""
    app = create_app(store, lambda: NOW + accounts.ACCESS_LASTS - timedelta(seconds=1))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("door", [*_DOORS, *_MANAGED])
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
        _ask(case, "lin" if door in _DOORS else "gu")

    ask()


@pytest.mark.parametrize("door", _RULES[1:])
def test_whatever_is_asked_of_real_rules_is_answered_as_described(
    doors: BaseSchema, door: str
) -> None:
    asked = doors[f"/v1/{door}"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE)
    told: set[int] = set()

    @settings(
        max_examples=50,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(asked, st.sampled_from(RULE_SETS), st.integers(-1, 99_999), st.data())
    def ask(case: Case[Any], rules: RuleSet, value: int, data: st.DataObject) -> None:
        shown = case.operation.schema["/v1/rules/show"]["POST"].Case(
            body={"name": rules.name}, media_type="application/json"
        )
        body: Any = case.body
        body |= {"name": rules.name, "base": _ask(shown, "gu").json()["mark"]}
        body["day"] = data.draw(st.sampled_from([None, "2026-11-17", "2026-12-01", "9999-12-31"]))
        if "numbers" in body:
            key = data.draw(st.sampled_from(rules.numbers)).key
            body["numbers"] = {key: str(value)}
        told.add(_ask(case, "gu").status_code)

    ask()
    assert _WELL in told


def _ask(case: Case[Any], who: str) -> Response:
    """Ask as somebody, and see that the answer is what the description says."""
    case.headers["Authorization"] = f"Bearer {who}"
    answer = case.call()
    if answer.status_code == _WELL:
        case.validate_response(answer, checks=[response_schema_conformance])
    else:
        assert answer.status_code in _REFUSED
        assert PROBLEM.validate_json(answer.content).words
    return answer


def test_the_description_knows_every_door(doors: BaseSchema) -> None:
    told = doors.raw_schema
    assert set(told["paths"]) == {
        "/health",
        *(f"/v1/{one}" for one in (*_DOORS, *_MANAGED)),
        "/v1/poke",
    }
    for path, methods in told["paths"].items():
        for door in methods.values():
            assert "200" in door["responses"]
            assert path == "/health" or door["responses"].keys() >= {"4XX", "5XX"}
            assert ("security" in door) == (path not in ("/health", "/v1/sign-in", "/v1/refresh"))
