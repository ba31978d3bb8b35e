"""Titles left for later: kept for every manager, at the end of the list, and back in time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import LeftTitle
from lumi_desk.hub.leaving import LASTS, still
from lumi_desk.security.roles import Role
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.test_titles import DRINK, GUMMIES, TEA
from tests.hub.test_titling import Shop, asking, of
from tests.makers import NOW

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Shop:
    return Shop(hub_store, tmp_path)


def listed(ask: Ask) -> list[tuple[str, int | None, str]]:
    return [(one["title"], one["left_at"], one["left_by"]) for one in ask()[1]["titles"]]


def kept(hub: Shop) -> list[str]:
    with hub.store.read() as session:
        return list(session.scalars(select(LeftTitle.title)))


@pytest.mark.parametrize(
    ("after", "sold", "stays"),
    [
        (timedelta(0), 100, True),
        (LASTS - timedelta(seconds=1), 199, True),
        (LASTS, 100, False),
        (timedelta(0), 200, False),
    ],
)
def test_a_title_comes_back_in_time_or_once_it_sells(
    after: timedelta,
    sold: int,
    stays: bool,  # It is what is expected.
) -> None:
    assert still(NOW, 100, sold, NOW + after) is stays


def test_what_never_sold_for_money_stays_left() -> None:
    assert still(NOW, 0, 0, NOW)
    assert not still(NOW, 0, 1, NOW)


@pytest.mark.slow
def test_what_is_left_stands_last_for_every_manager_and_comes_back(hub: Shop) -> None:
    gu, he = asking(hub, "gu"), asking(hub, "he")
    at = to_millis(NOW)
    assert gu("/later", title=GUMMIES)[1] == {"title": GUMMIES, "at": at, "by": "Gu"}
    assert listed(he) == [(TEA, None, ""), (GUMMIES, at, "Gu")]
    # Who leaves it again changes nothing of it.
    hub.clock.forward(minutes=5)
    assert he("/later", title=GUMMIES)[1]["by"] == "Gu"
    assert he()[1]["mark"] == gu()[1]["mark"]
    assert he("/later", title=GUMMIES, back=True)[1] == {"title": GUMMIES, "at": None, "by": ""}
    assert listed(gu) == [(GUMMIES, None, ""), (TEA, None, "")]


@pytest.mark.slow
def test_once_it_sold_twice_as_much_it_is_back_and_can_be_left_anew(hub: Shop) -> None:
    gu = asking(hub, "gu")
    gu("/later", title=TEA)
    hub.sell(TEA, fen=19_999)
    assert listed(gu)[-1][:1] == (TEA,)
    assert listed(gu)[-1][1] is not None
    hub.sell(TEA, fen=1)
    assert all(one[1] is None for one in listed(gu))
    assert asking(hub, "he")("/later", title=TEA)[1]["by"] == "He"


@pytest.mark.slow
def test_what_is_settled_is_left_no_more(hub: Shop) -> None:
    gu = asking(hub, "gu")
    gu("/later", title=GUMMIES)
    _, done = gu("/settle", **of(GUMMIES))
    assert kept(hub) == []
    status, problem = gu("/later", title=GUMMIES)
    assert (status, problem["code"]) == (409, "TitleDecided")
    gu("/undo", id=done["id"])
    assert listed(gu)[0] == (GUMMIES, None, "")


@pytest.mark.slow
@pytest.mark.parametrize("title", ["nobody sold this", DRINK])
def test_what_waits_for_nobody_cannot_be_left(hub: Shop, title: str) -> None:
    status, problem = asking(hub, "gu")("/later", title=title)
    assert (status, problem["code"], kept(hub)) == (422, "NothingSold", [])


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.LEADER, Role.KEEPER])
def test_who_may_not_manage_leaves_nothing(hub: Shop, role: Role) -> None:
    makers.hub_with_rep(hub.store, "wu", role=role)
    assert asking(hub, "wu")("/later", title=GUMMIES)[1]["code"] == "NotYours"
    assert kept(hub) == []
