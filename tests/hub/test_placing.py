"""Handing customers out: after an import, at night, when a rep goes; and telling the desks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from lumi_desk.assigning.rules import Side
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, nightly, placing
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.cli import app
from lumi_desk.hub.placing import Given
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import rep_stream
from lumi_desk.sync.tables import Assignment, SyncFeed
from tests import makers
from tests.hub.conftest import Type
from tests.makers import NOW, TODAY
from tests.stores import sqlite_hub

DAY = timedelta(days=1)


def people(store: Store, **plans: dict[str, Any]) -> dict[str, str]:
    """Reps with their plans: login → id."""
    reps = {login: makers.hub_with_rep(store, login) for login in plans}
    with store.write() as session:
        for login, told in plans.items():
            placing.set_plan(session, reps[login], **told)
    return reps


def buyer(session: Session, *days: int, rep: str | None = None, fen: int = 90_000) -> str:
    """A customer who bought so many days ago. Returns her id."""
    customer = makers.make_customer(session, rep)
    for ago in days:
        makers.make_order(session, customer, paid_at=NOW - ago * DAY, fen=fen)
    return customer.id


def handed_out(store: Store, *, keep: bool = True) -> Given:
    with store.write() as session:
        feed.watch(session, alone=True)
        classify(session, None, NOW)
        given = placing.hand_out(session, NOW, keep=keep)
        feed.publish(session, given.pairs)
    return given


def holders(store: Store) -> dict[str, str | None]:
    with store.read() as session:
        return dict(session.execute(select(Customer.id, Customer.rep_id)).all())


def test_everybody_worth_a_call_gets_a_rep_and_the_desks_hear_of_it(hub_store: Store) -> None:
    reps = people(hub_store, lin={"side": Side.NEW.value}, wang={"side": Side.OLD.value})
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        newcomer, old, asleep = buyer(session, 3), buyer(session, 300, 20), buyer(session, 800)
        feed.publish(session)
    preview = handed_out(hub_store, keep=False)
    assert set(holders(hub_store).values()) == {None}
    given = handed_out(hub_store)
    assert given == preview
    assert holders(hub_store) == {newcomer: reps["lin"], old: reps["wang"], asleep: None}
    assert given.loads == {reps["lin"]: 1, reps["wang"]: 1}
    with hub_store.read() as session:
        told = select(SyncFeed.pk).where(SyncFeed.stream == rep_stream(reps["lin"]))
        assert session.scalars(told.where(SyncFeed.entity == "customer")).all() == [newcomer]
        (stay,) = session.scalars(select(Assignment).where(Assignment.customer_id == old))
        assert (stay.rep_id, stay.since, stay.until) == (reps["wang"], NOW, None)
    assert handed_out(hub_store).moved == ()


@pytest.mark.parametrize("days", [(30, 2), (180,)])
def test_a_newcomer_goes_over_at_her_second_purchase_or_on_day_180(
    hub_store: Store, days: tuple[int, ...]
) -> None:
    reps = people(hub_store, lin={"side": "new"}, wang={"side": "old"}, wu={"side": "both"})
    with hub_store.write() as session:
        hers = buyer(session, *days, rep=reps["lin"])
        stays = buyer(session, 179, rep=reps["lin"])
        settled = buyer(session, *days, rep=reps["wu"])
    given = handed_out(hub_store)
    assert [(one, before) for one, before, _ in given.moved] == [(hers, reps["lin"])]
    found = holders(hub_store)
    assert found[hers] == reps["wang"]
    assert (found[stays], found[settled]) == (reps["lin"], reps["wu"])
    assert given.handed_over == 1


def test_who_has_bought_nothing_yet_stays_with_the_side_of_newcomers(hub_store: Store) -> None:
    reps = people(hub_store, lin={"side": "new"}, wang={"side": "old"})
    with hub_store.write() as session:
        prospect = buyer(session, rep=reps["lin"])
    assert handed_out(hub_store).moved == ()
    assert holders(hub_store) == {prospect: reps["lin"]}


def test_the_room_that_a_hand_over_leaves_is_taken_at_once(hub_store: Store) -> None:
    reps = people(hub_store, lin={"side": "new", "most": 1}, wang={"side": "old"})
    with hub_store.write() as session:
        old, newcomer = buyer(session, 300, 20, rep=reps["lin"]), buyer(session, 3)
    preview = handed_out(hub_store, keep=False)
    given = handed_out(hub_store)
    assert holders(hub_store) == {old: reps["wang"], newcomer: reps["lin"]}
    assert (given.loads, given.stays) == ({reps["lin"]: 1, reps["wang"]: 1}, {})
    assert preview == given
    assert handed_out(hub_store).moved == ()


def test_nobody_moves_where_nobody_takes_them(hub_store: Store) -> None:
    reps = people(
        hub_store,
        lin={"side": "new"},
        wang={"away_from": TODAY - DAY, "away_until": TODAY + DAY},
        wu={"most": 0},
    )
    with hub_store.write() as session:
        feed.watch(session)
        hers, free = buyer(session, 300, 20, rep=reps["lin"]), buyer(session, 300, 20)
        keeping.disable(session, "wang")
        feed.publish(session)
    given = handed_out(hub_store)
    assert (given.moved, given.stays) == ((), {"full": 2})
    assert holders(hub_store) == {hers: reps["lin"], free: None}


def test_without_plans_nobody_is_handed_out(hub_store: Store) -> None:
    makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        one = buyer(session, 3)
    assert handed_out(hub_store) == placing.NOTHING
    assert nightly.run(hub_store, NOW).given.moved == ()
    assert holders(hub_store) == {one: None}


def test_every_night_who_is_left_gets_a_rep(hub_store: Store) -> None:
    reps = people(hub_store, lin={})
    with hub_store.write() as session:
        one = buyer(session, 3)
    assert nightly.run(hub_store, NOW).given.moved == ((one, "", reps["lin"]),)


def test_a_reps_customers_go_to_her_colleagues(hub_store: Store) -> None:
    reps = people(hub_store, lin={}, wang={"side": "old", "most": 2}, wu={"side": "new"})
    with hub_store.write() as session:
        hers = [buyer(session, 300, 20, rep=reps["lin"]) for _ in range(3)]
        newcomer = buyer(session, 3, rep=reps["lin"])
        classify(session, None, NOW)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        given = placing.hand_over(session, reps["lin"], NOW)
        feed.publish(session, given.pairs)
    found = holders(hub_store)
    assert sorted(str(found[one]) for one in hers) == sorted(
        [reps["wang"], reps["wang"], reps["lin"]]
    )
    assert found[newcomer] == reps["wu"]
    assert given.loads == {reps["lin"]: 1, reps["wang"]: 2, reps["wu"]: 1}
    assert given.stays == {"full": 1}


def test_who_has_left_leaves_her_customers_to_her_own_team(hub_store: Store) -> None:
    left = makers.hub_with_rep(hub_store, "left")
    reps = people(hub_store, mate={"most": 10}, other={"most": 1_000})
    with hub_store.write() as session:
        for rep_id, name in ((left, "one"), (reps["mate"], "one"), (reps["other"], "two")):
            session.get_one(Person, rep_id).team_id = name
        hers = [buyer(session, 3, rep=left) for _ in range(3)]
        keeping.disable(session, "left")
        classify(session, None, NOW)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        given = placing.hand_over(session, left, NOW)
        feed.publish(session, given.pairs)
    assert {holders(hub_store)[one] for one in hers} == {reps["mate"]}


def test_who_takes_a_alone_leaves_room_for_the_others(hub_store: Store) -> None:
    reps = people(hub_store, lin={"most": 1}, wang={"grades": "A", "most": 1})
    with hub_store.write() as session:
        best, least = buyer(session, 3), buyer(session, 5, fen=10_000)
    preview = handed_out(hub_store, keep=False)
    given = handed_out(hub_store)
    assert preview == given
    assert holders(hub_store) == {best: reps["wang"], least: reps["lin"]}
    assert given.stays == {}
    assert handed_out(hub_store).moved == ()


def test_who_made_room_is_told_before_it_is_done(hub_store: Store, type_: Type) -> None:
    people(hub_store, lin={"lines": "", "most": 2}, wang={"grades": "A", "most": 3})
    with hub_store.write() as session:
        for ago, fen in ((3, 90_000), (4, 90_000), (5, 10_000), (6, 10_000)):
            buyer(session, ago, fen=fen)
        classify(session, None, NOW)
    told = type_("hand-out", "--preview", "--json").data
    assert (told["moved"], told["stays"], told["gave_way"]) == (4, {}, 1)
    assert "1 of them goes to a colleague" in type_("hand-out", "--preview").out


def test_leave_line_grade_team_and_a_second_purchase_on_day_180_at_once(hub_store: Store) -> None:
    reps = people(
        hub_store,
        lin={"side": "new", "grades": "A", "most": 1},
        wang={"side": "old", "most": 1, "away_from": TODAY, "away_until": TODAY},
        wu={"side": "old", "lines": "enzyme", "most": 5},
        xu={"side": "old", "most": 1},
    )
    with hub_store.write() as session:
        both = buyer(session, 180, 0, rep=reps["lin"])
        first, second = buyer(session, 2), buyer(session, 1, fen=95_000)
    given = handed_out(hub_store)
    # She goes over once, to the one who is here and takes her line, and leaves her place.
    assert holders(hub_store) == {both: reps["xu"], second: reps["lin"], first: None}
    assert given.handed_over == 1
    assert given.stays == {"full": 1}
    assert handed_out(hub_store).moved == ()
    with hub_store.read() as session:
        asked = select(Assignment.rep_id).where(Assignment.customer_id == both)
        assert session.scalars(asked).all() == [reps["xu"]]


def test_the_keeper_makes_plans_and_hands_out(hub_file: Path, tmp_path: Path) -> None:
    store = sqlite_hub(hub_file, tmp_path)
    makers.hub_with_rep(store)
    place = ["--database", str(tmp_path / "hub.db")]

    def typed(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, *place], env={"COLUMNS": "200"})
        return result.exit_code, result.output

    assert "No rep has a plan" in typed("hand-out")[1]
    assert "is no leave" in typed("plans", "set", "lin", "--away", "next week")[1]
    assert "is no leave" in typed("plans", "set", "lin", "--away", "2026-12-07..2026-12-01")[1]
    assert "is no leave" in typed("plans", "set", "lin", "--away", "2026-12-01..")[1]
    assert "is no leave" in typed("plans", "set", "lin", "--away", "2026-12-01", "--back")[1]
    words = ("--side", "new", "--line", "collagen", "--grade", "A", "--most", "300")
    status, said = typed("plans", "set", "lin", *words, "--away", "2026-12-01..2026-12-07")
    whole = "lin takes newcomers of collagen graded A up to 300"
    nobody = "Nobody who waits for a rep falls to her.\n"
    assert (status, said) == (0, f"{whole} but not 2026-12-01 to 2026-12-07.\n{nobody}")
    assert typed("plans", "set", "lin", "--back")[1] == f"{whole}.\n{nobody}"
    assert "newcomers of collagen" in typed("plans", "list")[1]
    assert "A preview" in typed("hand-out", "--preview")[1]
    assert "No rep has a plan" in typed("hand-over", "lin")[1]
    assert typed("plans", "drop", "lin")[0] == 0
    assert "No rep has a plan yet" in typed("plans", "list")[1]
    store.close()


def test_a_plan_that_is_set_brings_who_waits_at_once(hub_store: Store, type_: Type) -> None:
    reps = people(hub_store, lin={"most": 0}, wang={"side": Side.OLD.value, "most": 0})
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        new, other = buyer(session, 3), buyer(session, 5, fen=10_000)
        classify(session, None, NOW)
        feed.publish(session)
    told = type_("plans", "set", "lin", "--side", "new", "--grade", "A", "--most", "5", "--json")
    assert (told.data["login"], told.data["gets"], told.data["most"]) == ("lin", 1, 5)
    assert holders(hub_store) == {new: reps["lin"], other: None}
    with hub_store.read() as session:
        stream = select(SyncFeed.pk).where(SyncFeed.stream == rep_stream(reps["lin"]))
        assert new in session.scalars(stream.where(SyncFeed.entity == "customer")).all()
    # On leave she gets nobody.
    away = ("--grade", "C", "--away", "2020-01-01..2999-12-31")
    assert type_("plans", "set", "lin", *away, "--json").data["gets"] == 0
    assert "1 who waited for a rep comes to her now." in type_("plans", "set", "lin", "--back").out


@pytest.mark.parametrize("words", [("hand-out",), ("hand-over", "lin")])
def test_whoever_hands_out_looks_at_the_plans_once_it_is_her_turn(
    hub_store: Store, type_: Type, words: tuple[str, ...]
) -> None:
    # What was read before an import had ended would be old by then.
    people(hub_store, lin={}, wang={})
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert type_(*words).code == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    mine = "pg_advisory_xact_lock(" if hub_store.on_postgres else "BEGIN IMMEDIATE"
    turn = next(place for place, one in enumerate(asked) if mine in one)
    plans = next(place for place, one in enumerate(asked) if "rep_plan.side" in one)
    assert turn < plans


def test_a_plan_that_cannot_be_read_is_named_and_can_be_dropped(
    hub_store: Store, type_: Type
) -> None:
    people(hub_store, lin={"side": "sideways"})
    for words in (("plans", "list"), ("hand-out",)):
        error = type_(*words, "--json").error
        assert (error["code"], error["params"]["login"]) == ("BadPlan", "lin")
    assert type_("plans", "drop", "lin").code == 0
    assert "No rep has a plan yet" in type_("plans", "list").out
