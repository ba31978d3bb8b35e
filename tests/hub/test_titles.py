"""Titles that nobody knows: listed by what they sold, settled once; all that was sold follows."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from lumi_desk.catalog.tables import DecidedTitle, Product, Setting, TitleDecision
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import booking, titles, untold
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.cli import app
from lumi_desk.hub.linking import Signed
from lumi_desk.hub.titles import NothingSold, Settled, Settling, UnknownLine, UnknownProduct
from lumi_desk.hub.untold import Untold
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import OrderLine
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.hub.conftest import Type
from tests.makers import NOW
from tests.stores import sqlite_hub
from tests.sync.fleet.checks import check_hub

GUMMIES, TEA, DRINK = "晚安软糖 60粒", "=养颜茶", "胶原蛋白饮"


def sell(session: Session, rep: str, title: str, fen: int, *, lines: bool = True) -> str:
    """An order of a new customer under a title. Returns her id."""
    customer = makers.make_customer(session, rep)
    order = makers.make_order(session, customer, fen=fen, title="" if lines else title)
    if lines:
        told = {"order_id": order.id, "customer_id": customer.id, "position": 1, "line": "other"}
        session.add(OrderLine(id=new_id(), title=title, units=1, price_fen=fen, **told))
        session.flush()
    booking.book(session, [order.id])
    return customer.id


def shop(store: Store) -> dict[str, str]:
    """Three titles that were sold: title → who bought it. The tea stands in the order alone."""
    rep = makers.hub_with_rep(store)
    with store.write() as session:
        feed.watch(session)
        buyers = {
            GUMMIES: sell(session, rep, GUMMIES, 90_000),
            TEA: sell(session, rep, TEA, 20_000, lines=False),
            DRINK: sell(session, rep, DRINK, 40_000),
        }
        session.add(
            Product(
                id="gummies",
                code="G-60",
                name="软糖",
                line="collagen",
                measure="dream",
                high_margin=True,
                price_fen=90_000,
            )
        )
        classify(session, None, NOW)
        feed.publish(session)
    return buyers


def settle(store: Store, *told: Settling) -> Settled:
    with store.write() as session:
        feed.watch(session, alone=True)
        return titles.settle(session, told, NOW)


def lines_of(store: Store, buyers: dict[str, str]) -> dict[str, str | None]:
    with store.read() as session:
        return {
            title: session.get_one(Customer, customer_id).line
            for title, customer_id in buyers.items()
        }


def test_what_nobody_knows_is_listed_by_what_it_sold(hub_store: Store) -> None:
    shop(hub_store)
    with hub_store.read() as session:
        found = untold.unclassified(session)
    assert found == [Untold(GUMMIES, 90_000, 1, 1, 1), Untold(TEA, 20_000, 1, 1, 1)]


def test_what_was_sold_under_a_settled_title_follows_once_and_for_all(hub_store: Store) -> None:
    buyers = shop(hub_store)
    assert lines_of(hub_store, buyers) == {GUMMIES: "other", TEA: "other", DRINK: "other"}
    done = settle(hub_store, Settling(GUMMIES, code="G-60"), Settling(TEA, "enzyme"))
    assert (done.lines, done.changes.seen) == (1, 2)
    assert lines_of(hub_store, buyers) == {GUMMIES: "collagen", TEA: "enzyme", DRINK: "other"}
    with hub_store.read() as session:
        assert untold.unclassified(session) == []
        line = session.scalars(select(OrderLine).where(OrderLine.title == GUMMIES)).one()
        assert (line.product_id, line.ver) == ("gummies", 2)
        told = session.scalars(select(SyncFeed.pk).where(SyncFeed.entity == "order_line")).all()
        assert line.id in told
        units = session.scalars(select(Fact.units).where(Fact.kind == "dream")).all()
        assert units == [1]
    assert settle(hub_store, Settling(GUMMIES, code="G-60")).lines == 0


def high_margin(store: Store) -> int:
    with store.read() as session:
        asked = select(Fact.fen).where(Fact.kind == "high_margin")
        return sum(session.scalars(asked))


def undo_last(store: Store) -> Settled:
    with store.write() as session:
        feed.watch(session, alone=True)
        standing = select(TitleDecision).where(TitleDecision.undone_at.is_(None))
        last = session.scalars(standing.order_by(TitleDecision.id.desc())).first()
        assert last is not None
        return titles.undo(session, last, NOW)


@pytest.mark.parametrize("title", [GUMMIES, TEA])
def test_a_title_of_high_margin_counts_there_and_undone_no_longer(
    hub_store: Store, title: str
) -> None:
    shop(hub_store)
    before = high_margin(hub_store)
    settle(hub_store, Settling(title, "other", high_margin=True))
    assert high_margin(hub_store) == before + (90_000 if title == GUMMIES else 20_000)
    settle(hub_store, Settling(title, "other"))
    assert high_margin(hub_store) == before
    undo_last(hub_store)
    assert high_margin(hub_store) > before
    undo_last(hub_store)
    assert high_margin(hub_store) == before


@pytest.mark.parametrize("title", [GUMMIES, TEA])
def test_a_title_that_names_a_product_counts_as_that_product_with_lines_or_without(
    hub_store: Store, title: str
) -> None:
    shop(hub_store)
    before = high_margin(hub_store)
    settle(hub_store, Settling(title, code="G-60"))
    assert high_margin(hub_store) == before + (90_000 if title == GUMMIES else 20_000)
    with hub_store.read() as session:
        assert session.scalars(select(Fact.units).where(Fact.kind == "dream")).all() == [1]
    undo_last(hub_store)
    assert high_margin(hub_store) == before
    with hub_store.read() as session:
        assert session.scalars(select(Fact.units).where(Fact.kind == "dream")).all() == []


def test_what_is_sold_later_under_a_title_of_high_margin_counts_there_too(
    hub_store: Store,
) -> None:
    shop(hub_store)
    settle(hub_store, Settling(GUMMIES, "enzyme", high_margin=True))
    before = high_margin(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        sell(session, "", GUMMIES, 5_000)
        feed.publish(session)
    assert high_margin(hub_store) == before + 5_000


def test_undone_everything_stands_as_before(hub_store: Store) -> None:
    buyers = shop(hub_store)
    settle(hub_store, Settling(GUMMIES, code="G-60"))
    done = undo_last(hub_store)
    assert (done.lines, done.changes.seen) == (1, 1)
    assert lines_of(hub_store, buyers) == {GUMMIES: "other", TEA: "other", DRINK: "other"}
    with hub_store.read() as session:
        assert [one.title for one in untold.unclassified(session)] == [GUMMIES, TEA]
        line = session.scalars(select(OrderLine).where(OrderLine.title == GUMMIES)).one()
        assert (line.product_id, line.line, line.ver) == (None, "other", 3)
        assert session.scalars(select(Fact.units).where(Fact.kind == "dream")).all() == []
    check_hub(hub_store)


def test_what_words_say_comes_back_when_another_word_is_undone(hub_store: Store) -> None:
    buyers = shop(hub_store)
    settle(hub_store, Settling(DRINK, "enzyme"))
    assert lines_of(hub_store, buyers)[DRINK] == "enzyme"
    undo_last(hub_store)
    assert lines_of(hub_store, buyers)[DRINK] == "collagen"
    with hub_store.read() as session:
        told = session.scalar(select(Setting.body).where(Setting.id == "titles"))
        assert told == {}


def test_of_two_decisions_about_a_title_the_later_that_stands_holds(hub_store: Store) -> None:
    buyers = shop(hub_store)
    settle(hub_store, Settling(GUMMIES, "enzyme"), Settling(TEA, "enzyme"))
    with hub_store.read() as session:
        [first] = session.scalars(select(TitleDecision.id))
    settle(hub_store, Settling(GUMMIES, "collagen"))
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        done = titles.undo(session, session.get_one(TitleDecision, first), NOW)
    assert done.lines == 0
    assert lines_of(hub_store, buyers) == {GUMMIES: "collagen", TEA: "other", DRINK: "other"}
    undo_last(hub_store)
    assert lines_of(hub_store, buyers)[GUMMIES] == "other"


def test_an_earlier_decision_holds_again_when_the_later_is_undone(hub_store: Store) -> None:
    buyers = shop(hub_store)
    settle(hub_store, Settling(GUMMIES, "enzyme"))
    settle(hub_store, Settling(GUMMIES, "collagen"))
    undo_last(hub_store)
    assert lines_of(hub_store, buyers)[GUMMIES] == "enzyme"


def test_what_is_said_twice_is_one_decision(hub_store: Store) -> None:
    buyers = shop(hub_store)
    settle(hub_store, Settling(GUMMIES, "enzyme"))
    settle(hub_store, Settling(GUMMIES, "enzyme"), Settling(TEA, "enzyme"))
    undo_last(hub_store)
    assert lines_of(hub_store, buyers) == {GUMMIES: "enzyme", TEA: "other", DRINK: "other"}
    undo_last(hub_store)
    assert lines_of(hub_store, buyers)[GUMMIES] == "other"
    with hub_store.read() as session:
        assert len(session.scalars(select(DecidedTitle)).all()) == 2


def test_who_settled_what_is_written_down_and_what_means_the_same_once(hub_store: Store) -> None:
    shop(hub_store)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        told = [Settling(GUMMIES, "enzyme"), Settling(TEA, "enzyme"), Settling(DRINK, "other")]
        titles.settle(session, told, NOW, Signed("gu", "mine"))
    with hub_store.read() as session:
        made = {one.line: one for one in session.scalars(select(TitleDecision))}
        assert {line: (one.by_id, one.at) for line, one in made.items()} == {
            "enzyme": ("gu", NOW),
            "other": ("gu", NOW),
        }
        decided = select(DecidedTitle.title).where(DecidedTitle.decision_id == "mine")
        assert set(session.scalars(decided)) == {GUMMIES, TEA}
        assert made["enzyme"].id == "mine"


def test_what_cannot_be_settled_says_why_and_changes_nothing(hub_store: Store) -> None:
    buyers = shop(hub_store)
    for told, problem in (
        (Settling(TEA, "tea"), UnknownLine),
        (Settling(TEA, code="T-1"), UnknownProduct),
        (Settling("nobody bought this", "enzyme"), NothingSold),
    ):
        with pytest.raises(problem):
            settle(hub_store, Settling(GUMMIES, "enzyme"), told)
    assert lines_of(hub_store, buyers)[GUMMIES] == "other"
    with hub_store.read() as session:
        assert len(untold.unclassified(session)) == 2


def test_many_titles_are_listed_and_settled_with_few_questions(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    names = [f"晚安软糖 {number} 粒" for number in range(60)]
    with hub_store.write() as session:
        for place, title in enumerate(names):
            sell(session, rep, title, 1_000, lines=place % 2 == 0)
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(hub_store.engine, "before_cursor_execute", note)
    done = settle(hub_store, *(Settling(title, "collagen") for title in names))
    event.remove(hub_store.engine, "before_cursor_execute", note)
    assert (done.lines, done.changes.seen) == (30, 60)
    assert len(asked) < len(names)


def test_nothing_is_compared_with_all_lines_for_every_order(hub_store: Store) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    with hub_store.read() as session:
        event.listen(hub_store.engine, "before_cursor_execute", note)
        untold.unclassified(session)
        event.remove(hub_store.engine, "before_cursor_execute", note)
        explain = "EXPLAIN" if hub_store.on_postgres else "EXPLAIN QUERY PLAN"
        plan = "\n".join(
            str(row[-1])
            for words, values in asked
            if words.startswith("SELECT")
            for row in session.connection().exec_driver_sql(f"{explain} {words}", values)
        )
    # A server keeps the list of a NOT IN at hand up to a limit; past it, it is read for every row.
    needless, wanted = ("SubPlan", "Anti") if hub_store.on_postgres else ("LIST SUBQUERY", "SEARCH")
    assert needless not in plan
    assert wanted in plan


def test_the_list_is_filled_in_and_given_back(hub_file: Path, tmp_path: Path) -> None:
    store = sqlite_hub(hub_file, tmp_path)
    buyers = shop(store)
    place = ["--database", str(tmp_path / "hub.db")]
    file = tmp_path / "titles.csv"
    listed = CliRunner().invoke(app, ["titles", "list", "--out", str(file), *place])
    assert listed.exit_code == 0, listed.output
    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert [row["title"] for row in rows] == [GUMMIES, f"'{TEA}"]
    rows[1]["line"] = "Enzyme"
    with file.open("w", encoding="utf-8", newline="") as told:
        writer = csv.DictWriter(told, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    done = CliRunner().invoke(app, ["titles", "settle", "--file", str(file), *place])
    assert done.exit_code == 0, done.output
    assert "1 titles are settled" in done.output
    assert lines_of(store, buyers)[TEA] == "enzyme"
    again = CliRunner().invoke(app, ["titles", "list", *place])
    assert GUMMIES in again.output
    assert TEA not in again.output
    store.close()


def test_a_title_of_several_lines_or_with_an_apostrophe_comes_back_as_it_is(
    hub_file: Path, tmp_path: Path
) -> None:
    store = sqlite_hub(hub_file, tmp_path)
    rep = makers.hub_with_rep(store)
    odd = ("'晚安' 软糖", "软糖\u2028两盒", "软糖\n三盒", "'=软糖")
    with store.write() as session:
        for title in odd:
            sell(session, rep, title, 1_000)
    place, file = ["--database", str(tmp_path / "hub.db")], tmp_path / "titles.csv"
    listed = CliRunner().invoke(app, ["titles", "list", "--out", str(file), *place])
    assert listed.exit_code == 0, listed.output
    file.write_text(file.read_text("utf-8").replace(",,,", ",enzyme,,"), "utf-8", newline="")
    done = CliRunner().invoke(app, ["titles", "settle", "--file", str(file), *place])
    assert done.exit_code == 0, done.output
    with store.read() as session:
        assert untold.unclassified(session) == []
    store.close()


def test_titles_are_shown_letter_by_letter_whatever_is_in_them(
    hub_store: Store, type_: Type
) -> None:
    rep = makers.hub_with_rep(hub_store)
    odd = ("软糖[/活动]", "软糖[buy 2]", "软糖:heart:")
    with hub_store.write() as session:
        for title in odd:
            sell(session, rep, title, 1_000)
    said = type_("titles", "list")
    assert said.code == 0
    assert all(title in said.out for title in odd)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["settle"], "Say in one way"),
        (["settle", GUMMIES], "Say in one way"),
        (["settle", GUMMIES, "--line", "enzyme", "--product", "G-60"], "Say in one way"),
        (["settle", "--file", "bare.csv"], "a column title, line or product is missing"),
        (["settle", "--file", "empty.csv"], "no row says a line or a product"),
        (["settle", "--file", "both.csv"], f"“{GUMMIES}” has a line and a product"),
        (["settle", "--file", "twice.csv"], f"“{GUMMIES}” stands in it twice"),
    ],
)
def test_half_an_answer_is_refused(
    hub_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bare.csv").write_text("a,b\n1,2\n", "utf-8")
    Path("empty.csv").write_text(f"title,line,product\n{GUMMIES},,\n", "utf-8")
    Path("both.csv").write_text(f"title,line,product\n{GUMMIES},enzyme,G-60\n", "utf-8")
    twice = f"{GUMMIES},enzyme,\n{GUMMIES},collagen,\n"
    Path("twice.csv").write_text(f"title,line,product\n{twice}", "utf-8")
    result = CliRunner().invoke(app, ["titles", *words, "--database", str(hub_file)])
    assert result.exit_code == 1
    assert says in result.stderr
