"""The doors of titles: for managers alone, never over another, and all that was sold follows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import SettledTitle, TitleDecision
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import titles
from lumi_desk.hub.titles import Settling
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hub.test_titles import DRINK, GUMMIES, TEA, sell, shop
from tests.hubs import Hub
from tests.makers import NOW
from tests.sync.fleet.checks import check_hub

pytestmark = pytest.mark.slow

DOORS = ("", "/settle", "/settle-all", "/undo", "/history")
Ask = Callable[..., tuple[int, Any]]


class Shop(Hub):
    """A hub with two managers and a rep, whose customers bought the three titles."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.buyers = shop(store)
        for login in ("gu", "he"):
            makers.hub_with_rep(store, login, role=Role.MANAGER)

    def line_of(self, title: str) -> str | None:
        with self.store.read() as session:
            return session.get_one(Customer, self.buyers[title]).line

    def settled(self) -> int:
        with self.store.read() as session:
            return len(session.scalars(select(SettledTitle)).all())

    def sell(self, *some: str, fen: int = 1_000) -> None:
        with self.store.write() as session:
            feed.watch(session)
            for title in some:
                sell(session, "", title, fen)
            feed.publish(session)


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Shop:
    return Shop(hub_store, tmp_path)


def asking(hub: Hub, login: str) -> Ask:
    who = Stranger(hub, login)

    def ask(door: str = "", **told: Any) -> tuple[int, Any]:
        answer = who.ask(f"titles{door}", told)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def gu(hub: Shop) -> Ask:
    return asking(hub, "gu")


@pytest.fixture
def he(hub: Shop) -> Ask:
    return asking(hub, "he")


def of(title: str, line: str = "collagen", **told: Any) -> dict[str, Any]:
    return {"id": new_id(), "title": title, "line": line, **told}


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.LEADER, Role.KEEPER])
@pytest.mark.parametrize("door", DOORS)
def test_a_door_of_titles_opens_for_who_may_manage(hub: Shop, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "wu", role=role)
    whole = of(GUMMIES) | {"words": "软糖", "base": ""}
    status, problem = asking(hub, "wu")(door, **whole)
    assert (status, problem["code"]) == (403, "NotYours")
    assert hub.settled() == 0


def test_titles_come_by_what_they_sold_with_the_part_they_are_of_all(gu: Ask) -> None:
    _, told = gu()
    first, second = told["titles"]
    assert (first["title"], first["fen"], first["orders"], first["customers"]) == (
        GUMMIES,
        90_000,
        1,
        1,
    )
    assert (first["shop"], first["last_units"], first["last_fen"]) == ("旗舰店", 1, 90_000)
    assert (second["title"], second["fen"]) == (TEA, 20_000)
    assert (told["waiting"], told["waiting_fen"], told["sold_fen"]) == (2, 110_000, 150_000)


def test_titles_are_found_by_words_and_come_page_by_page(hub: Shop, gu: Ask) -> None:
    hub.sell("Vita 软糖 1", "vita 软糖 2", "100% 茶")
    _, told = gu(words="VITA")
    assert [one["title"] for one in told["titles"]] == ["Vita 软糖 1", "vita 软糖 2"]
    assert (told["fitting"], told["fitting_fen"], told["waiting"]) == (2, 2_000, 5)
    pages = [gu(words="软糖", before=place, limit=2)[1]["titles"] for place in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert [one["title"] for one in gu(words="%")[1]["titles"]] == ["100% 茶"]


def test_a_settled_title_leaves_the_list_and_everything_follows(hub: Shop, gu: Ask) -> None:
    status, done = gu("/settle", **of(GUMMIES))
    assert status == 200
    assert (done["titles"], done["lines"], done["customers"], done["again"]) == (1, 1, 1, False)
    assert hub.line_of(GUMMIES) == "collagen"
    _, told = gu()
    assert [one["title"] for one in told["titles"]] == [TEA]
    assert (told["waiting_fen"], told["sold_fen"]) == (20_000, 150_000)
    check_hub(hub.store)


def test_a_title_of_high_margin_is_kept_as_that(hub: Shop, gu: Ask) -> None:
    assert gu("/settle", **of(TEA, "enzyme", high_margin=True))[0] == 200
    with hub.store.read() as session:
        assert session.get_one(SettledTitle, TEA).high_margin
    [made] = gu("/history")[1]["decisions"]
    assert (made["line"], made["high_margin"]) == ("enzyme", True)


def test_of_two_managers_the_second_is_told_who_was_first(hub: Shop, gu: Ask, he: Ask) -> None:
    gu("/settle", **of(GUMMIES))
    status, problem = he("/settle", **of(GUMMIES, "enzyme"))
    assert (status, problem["code"]) == (409, "TitleDecided")
    assert problem["params"] == {"who": "Gu", "line": "Collagen"}
    assert hub.line_of(GUMMIES) == "collagen"


def test_who_typed_a_command_is_the_hubs_keeper(hub: Shop, gu: Ask) -> None:
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        titles.settle(session, [Settling(TEA, code="G-60")], NOW)
    assert gu("/settle", **of(TEA))[1]["params"]["who"] == "The hub's keeper"
    [made] = gu("/history")[1]["decisions"]
    assert (made["by"], made["product"], made["line"]) == ("", "软糖", "collagen")


def test_what_was_never_sold_cannot_be_settled(hub: Shop, gu: Ask) -> None:
    status, problem = gu("/settle", **of("nobody bought this"))
    assert (status, problem["code"]) == (422, "NothingSold")
    assert hub.settled() == 0


@pytest.mark.parametrize("door", ["/settle", "/settle-all"])
def test_asking_again_has_one_effect(hub: Shop, gu: Ask, he: Ask, door: str) -> None:
    told = of(GUMMIES, words="软糖", base=gu(words="软糖")[1]["mark"])
    first, again = (gu(door, **told)[1] for _ in range(2))
    assert (first["lines"], again) == (1, {**first, "lines": 0, "customers": 0, "again": True})
    for who, other in ((gu, told | {"line": "enzyme"}), (he, told)):
        status, problem = who(door, **other)
        assert (status, problem["code"]) == (422, "IdTaken")
    assert hub.settled() == 1


@pytest.mark.parametrize("door", ["/settle", "/settle-all"])
def test_what_was_undone_since_is_not_told_as_done(hub: Shop, gu: Ask, he: Ask, door: str) -> None:
    told = of(GUMMIES, words="软糖", base=gu(words="软糖")[1]["mark"])
    gu(door, **told)
    he("/undo", id=told["id"])
    status, problem = gu(door, **told)
    assert (status, problem["code"], problem["params"]) == (409, "UndoneBefore", {"who": "He"})
    assert hub.settled() == 0


def test_an_id_of_one_title_is_no_id_of_another(hub: Shop, gu: Ask) -> None:
    told = of(GUMMIES)
    gu("/settle", **told)
    assert gu("/settle", **told | {"title": TEA})[1]["code"] == "IdTaken"
    assert hub.settled() == 1


def test_all_titles_with_words_in_them_are_settled_as_they_were_seen(hub: Shop, gu: Ask) -> None:
    hub.sell("软糖 2盒", "软糖 3盒")
    _, seen = gu(words="软糖")
    status, done = gu("/settle-all", id=new_id(), words="软糖", base=seen["mark"], line="enzyme")
    assert (status, done["titles"], done["lines"]) == (200, 3, 3)
    assert (hub.line_of(GUMMIES), hub.line_of(TEA), hub.line_of(DRINK)) == (
        "enzyme",
        "other",
        "other",
    )
    [made] = gu("/history")[1]["decisions"]
    assert (made["count"], len(made["titles"])) == (3, 3)
    gu("/undo", id=made["id"])
    assert gu()[1]["waiting"] == 4


def test_other_titles_than_those_she_saw_are_not_settled(hub: Shop, gu: Ask) -> None:
    _, seen = gu(words="软糖")
    hub.sell("软糖 2盒")
    told = {"id": new_id(), "words": "软糖", "line": "enzyme"}
    status, problem = gu("/settle-all", **told, base=seen["mark"])
    assert (status, problem["code"]) == (409, "TitlesChanged")
    _, none = gu(words="never")
    told["words"] = "never"
    assert gu("/settle-all", **told, base=none["mark"])[1]["code"] == "TitlesChanged"
    assert hub.settled() == 0


@pytest.mark.parametrize("words", ["", "   "])
def test_all_titles_there_are_cannot_be_settled_at_once(gu: Ask, words: str) -> None:
    base = gu(words=words)[1]["mark"]
    status, problem = gu("/settle-all", id=new_id(), words=words, base=base, line="other")
    assert (status, problem["code"]) == (422, "NotUnderstood")


def test_what_was_settled_is_undone_once_and_by_whom_is_written_down(
    hub: Shop, gu: Ask, he: Ask
) -> None:
    told = of(GUMMIES)
    gu("/settle", **told)
    _, first = he("/undo", id=told["id"])
    assert (first["titles"], first["lines"], first["again"]) == (1, 1, False)
    assert hub.line_of(GUMMIES) == "other"
    assert he("/undo", id=told["id"])[1] == {**first, "lines": 0, "customers": 0, "again": True}
    status, problem = gu("/undo", id=told["id"])
    assert (status, problem["code"], problem["params"]["who"]) == (409, "UndoneBefore", "He")
    [made] = gu("/history")[1]["decisions"]
    assert (made["by"], made["undone_by"]) == ("Gu", "He")
    assert made["undone_at"] == int(NOW.timestamp() * 1000)
    assert gu("/settle", **of(GUMMIES))[0] == 200
    check_hub(hub.store)


def test_what_was_never_decided_cannot_be_undone(gu: Ask) -> None:
    status, problem = gu("/undo", id=new_id())
    assert (status, problem["code"]) == (422, "NoSuchDecision")


def test_the_history_is_found_by_words_and_comes_page_by_page(hub: Shop, gu: Ask) -> None:
    hub.sell("软糖_2盒", "Vita")
    for title in (GUMMIES, TEA, "软糖_2盒", "Vita"):
        assert gu("/settle", **of(title))[0] == 200
    first = gu("/history", limit=3)[1]
    rest = gu("/history", limit=3, after=first["more"])[1]
    said = [one["titles"][0] for one in (*first["decisions"], *rest["decisions"])]
    assert said == ["Vita", "软糖_2盒", TEA, GUMMIES]
    assert rest["more"] == ""

    def found(words: str) -> list[str]:
        return [one["titles"][0] for one in gu("/history", words=words)[1]["decisions"]]

    assert (found("vita"), found(" 软糖_"), found("%")) == (["Vita"], ["软糖_2盒"], [])


def test_of_very_many_titles_a_few_are_told(hub: Shop, gu: Ask) -> None:
    hub.sell(*(f"软糖 {place}盒" for place in range(40)))
    _, seen = gu(words="软糖")
    gu("/settle-all", id=new_id(), words="软糖", base=seen["mark"], line="other")
    [made] = gu("/history")[1]["decisions"]
    assert (made["count"], len(made["titles"])) == (41, 30)
    with hub.store.read() as session:
        assert len(session.scalars(select(TitleDecision)).all()) == 1
