"""The doors of figures: for managers alone, and what they answer is what the commands tell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lumi_desk import clock
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.conftest import Type
from tests.hub.test_doors import Stranger
from tests.hub.test_figures import AGO, DAY, SINCE, entered, month, ordered
from tests.hubs import Hub

pytestmark = pytest.mark.slow

DOORS = ("cohorts", "renewals", "loss", "rfm", "value")
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Newcomers of two months, one of whom bought again and has a card that ran low."""
    makers.hub_with_rep(hub_store, "gu", team="", role=Role.MANAGER)
    with hub_store.write() as session:
        her = makers.make_customer(session, pool="1", grade="A", year_fen=99_600)
        ordered(session, her, AGO)
        ordered(session, her, AGO - 30, title="大酵素 30 袋")
        entered(session, her, AGO - 40, "open", 1_200_000)
        entered(session, her, AGO - 50, "spend", -1_200_000)
        ordered(session, makers.make_customer(session), AGO)
        ordered(session, makers.make_customer(session), 0)
    hub = Hub(hub_store, tmp_path)
    hub.clock.moment = clock.now()
    return hub


@pytest.fixture
def gu(hub: Hub) -> Ask:
    return asking(hub, "gu")


def asking(hub: Hub, login: str) -> Ask:
    who = Stranger(hub, login)

    def ask(door: str, **told: Any) -> tuple[int, Any]:
        answer = who.ask(f"figures/{door}", told)
        return answer.status_code, answer.json()

    return ask


def told_alike(one: dict[str, Any], by: str = "") -> dict[str, Any]:
    """A line of a command as the door has it: no rates, and the group by another name."""
    plain = {
        name: {"count": what["count"], "of": what["of"]} if isinstance(what, dict) else what
        for name, what in one.items()
        if name != by
    }
    return plain | {"group": one[by] or ""} if by else plain


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.LEADER, Role.KEEPER])
@pytest.mark.parametrize("door", DOORS)
def test_a_door_of_figures_opens_for_who_may_manage(hub: Hub, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "wu", role=role)
    status, problem = asking(hub, "wu")(door)
    assert (status, problem["code"]) == (403, "NotYours")


@pytest.mark.parametrize("by", ["grade", "line"])
def test_cohorts_are_those_of_the_command(gu: Ask, type_: Type, by: str) -> None:
    _, found = gu("cohorts", since=SINCE, by=by, days=90)
    words = ("figures", "cohorts", "--from", SINCE, "--by", by, "--days", "90", "--json")
    lines = [told_alike(one, by) for one in type_(*words).data["cohorts"]]
    assert (found["days"], found["by"], found["cohorts"]) == (90, by, lines)
    assert sum(one["customers"] for one in lines) == 3
    assert sum(one["bought_again"]["count"] for one in lines) == 1


def test_cohorts_without_groups_have_none(gu: Ask, type_: Type) -> None:
    _, found = gu("cohorts", since=SINCE)
    lines = type_("figures", "cohorts", "--from", SINCE, "--json").data["cohorts"]
    assert found["cohorts"] == [told_alike(one) | {"group": ""} for one in lines]


@pytest.mark.parametrize("what", ["renewals", "loss"])
def test_renewals_and_loss_are_those_of_the_commands(gu: Ask, type_: Type, what: str) -> None:
    _, found = gu(what, since=SINCE, days=60)
    words = ("figures", what, "--from", SINCE, "--days", "60", "--json")
    assert found[what] == [told_alike(one) for one in type_(*words).data[what]]
    assert any(one["waiting"] for one in found[what]) == (what == "loss")
    assert found[what][-1]["month"] == (month(0) if what == "loss" else month(AGO - 50))


def test_the_grid_and_the_value_are_those_of_the_commands(gu: Ask, type_: Type) -> None:
    assert gu("rfm")[1] == type_("customers", "rfm", "--json").data
    assert gu("value")[1] == type_("customers", "value", "--json").data


def test_a_fifth_says_what_it_reaches_from_and_to(gu: Ask) -> None:
    _, found = gu("rfm")
    assert [(one["least"], one["most"]) for one in found["recency"]] == [
        (AGO, AGO),
        (AGO - 30, AGO - 30),
        (0, 0),
    ]
    assert [(one["least"], one["most"]) for one in found["frequency"]] == [(1, 1), (2, 2)]


@pytest.mark.parametrize("since", ["2026", "2026-13", "2026-W01", "9999-01", "去年"])
@pytest.mark.parametrize("door", DOORS[:3])
def test_no_month_is_the_sentence_of_the_command(
    gu: Ask, type_: Type, door: str, since: str
) -> None:
    status, problem = gu(door, since=since)
    told = type_("figures", door, "--from", since, "--json").error
    assert (status, problem["code"], problem["title"]) == (422, "NoMonth", told["title"].replace(
        since, "{told}"
    ))  # fmt: skip


@pytest.mark.parametrize("days", [0, -1, 3651, 10**30])
@pytest.mark.parametrize("door", DOORS[:3])
def test_no_window_is_the_sentence_of_the_command(
    gu: Ask, type_: Type, door: str, days: int
) -> None:
    status, problem = gu(door, days=days)
    told = type_("figures", door, "--days", str(days), "--json").error
    assert (status, problem["code"], problem["params"]) == (422, "NoWindow", told["params"])


def test_a_month_long_ago_is_counted_soon(gu: Ask) -> None:
    status, found = gu("loss", since="0001-01", days=3650)
    assert (status, found["loss"][0]["month"]) == (200, "2000-01")
    today = clock.local_day(clock.now())
    first, last = (clock.local_day(clock.now() - days * DAY) for days in (AGO, 0))
    within = [one for one in found["loss"] if one["members"]]
    assert within[0]["month"] == f"{(first.replace(day=1) + 31 * DAY):%Y-%m}"
    assert len(found["loss"]) == (today.year - 2000) * 12 + last.month


def test_a_hub_without_anybody_answers_with_nothing(hub_store: Store, tmp_path: Path) -> None:
    makers.hub_with_rep(hub_store, "gu", team="", role=Role.MANAGER)
    ask = asking(Hub(hub_store, tmp_path), "gu")
    assert ask("cohorts")[1]["cohorts"] == ask("renewals")[1]["renewals"] == []
    assert ask("rfm")[1] == {"grid": [], "recency": [], "frequency": []}
    assert ask("value")[1] == {"groups": [], "by": "last year", "learned_from": 0}
