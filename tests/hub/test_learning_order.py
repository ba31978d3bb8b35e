"""The hub learns from its calls whom to call first, and the desks' lists follow."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from lumi_desk import clock
from lumi_desk.because import because
from lumi_desk.calls import service as calls
from lumi_desk.calls.tables import Callback, Contact
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping, learning_order, nightly, settings
from lumi_desk.hub.cli import app
from lumi_desk.hub.learning_order import (
    Lesson,
    Tried,
    learn_and_keep,
    learn_when_due,
    lesson_of,
    tried,
)
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.worklist import service as worklist
from lumi_desk.worklist.known.rules import FEATURES, RULE_SET, pasts, read
from lumi_desk.worklist.learned.rules import Points
from lumi_desk.worklist.service import Listed
from tests.hubs import Hub
from tests.makers import NOW, hub_with_rep, make_customer, make_disposition, make_order

DAY = timedelta(days=1)
NAMES = [one.name for one in FEATURES]


def contact(customer_id: str, days_ago: float, result: str, **values: object) -> Contact:
    at = NOW - timedelta(days=days_ago)
    defaults: dict[str, object] = {
        "id": new_id(), "customer_id": customer_id, "rep_id": "r", "channel": "call",
        "started_at": at, "ended_at": at + timedelta(minutes=5), "talk_seconds": 240,
        "dials": [], "disposition": result, "path": [], "offers": [],
    }  # fmt: skip
    return Contact(**{**defaults, **values})


def some_year(session: Session, rep: str | None, many: int = 36, customers: int = 50) -> None:
    """Every other customer takes to calls and buys again and again; money says nothing of it."""
    dice = random.Random(7)
    session.add(make_disposition("no_need", answered=True))
    for number in range(customers):
        customer = make_customer(session, rep, id=f"c{number:02}", name=f"客{number}")
        keen = number % 2 == 0
        for place in range(many):
            chances = (
                (("sold", 0.6), ("no_need", 0.9)) if keen else (("sold", 0.04), ("no_need", 0.7))
            )
            at = dice.random()
            result = next((name for name, up_to in chances if at < up_to), "no_answer")
            days_ago = 330 - 9 * place + dice.random()
            session.add(contact(customer.id, days_ago, result, rep_id=rep or "r"))
    session.flush()


def settings_kept(store: Store) -> int:
    with store.read() as session:
        chosen = select(func.count()).select_from(Setting).where(Setting.rule_set == RULE_SET)
        return session.scalar(chosen) or 0


def test_what_is_known_is_what_was_known_before_each_call(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = make_customer(session, rep)
        make_order(session, customer, fen=200_000, paid_at=NOW - 25 * DAY)
        session.add_all(
            [
                contact(customer.id, 50, "no_answer"),
                contact(customer.id, 40, "sold"),
                contact(customer.id, 39, "no_answer", channel="wechat"),
                contact(customer.id, 20, "no_answer"),
                contact(customer.id, 1, "sold"),
                contact(customer.id, 500, "sold"),
                contact(customer.id, -1, "sold"),
            ]
        )
    with hub_store.read() as session:
        found = tried(session, NOW)
    told = [dict(zip(NAMES, one.levels, strict=True)) for one in found]
    assert [(NOW - one.at).days for one in found] == [50, 40, 20, 1]
    assert [one.good for one in found] == [False, True, False, True]
    assert [one["tries"] for one in told] == [0, 1, 0, 1]
    # The order came between the second and the third call.
    assert [one["purchase"] for one in told] == [0, 0, 1, 1]
    assert [one["pool"] for one in told] == [0, 0, 1, 1]
    assert [one["value"] for one in told] == [0, 0, 2, 2]
    # She was last reached 40 days before now: near then, and near still at the last call.
    assert [one["relationship"] for one in told] == [0, 0, 4, 4]
    assert [one["contact"] for one in told] == [4, 2, 2, 2]
    assert found[2].worth == (200_000 * 19, 19)


def test_the_last_contacts_leave_behind_what_all_of_them_do(hub_store: Store) -> None:
    """A desk reads only what came since she last answered."""
    dice = random.Random(5)
    with hub_store.write() as session:
        ids = [make_customer(session).id for _ in range(40)]
        for customer_id in ids:
            for _ in range(dice.randrange(8)):
                result = dice.choice(("sold", "thinking", "no_answer", "busy", "busy"))
                channel = dice.choice(("call", "call", "wechat"))
                days_ago = dice.randrange(6)
                session.add(contact(customer_id, days_ago, result, channel=channel))
    answering = frozenset({"sold", "thinking"})
    with hub_store.read() as session:
        every = pasts(calls.in_order(session, ids), answering)
        assert pasts(calls.since_answered(session, answering), answering) == every
        assert len({one.result for one in every.values()}) == 3
        assert pasts(calls.since_answered(session, ()), frozenset()) == pasts(
            calls.in_order(session, ids), frozenset()
        )


def test_how_long_calls_lasted_teaches_nothing(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        some_year(session, rep)
    before = learn_and_keep(hub_store, NOW, keep=False)
    with hub_store.write() as session:
        session.execute(update(Contact).values(ended_at=NOW, wrap_up_seconds=77))
        session.execute(
            update(Contact).where(Contact.disposition == "sold").values(talk_seconds=5_000)
        )
    assert before.points is not None
    assert learn_and_keep(hub_store, NOW, keep=False) == before


def test_enough_calls_are_learned_from_and_the_setting_holds_from_today(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        some_year(session, rep)
    lesson = learn_and_keep(hub_store, NOW)
    assert lesson.calls == 1_800
    assert lesson.is_better
    assert (lesson.auc or 0) > 0.7 > (lesson.auc_before or 1)
    with hub_store.read() as session:
        body = catalog.setting(session, RULE_SET, clock.local_day(NOW))
        assert catalog.setting(session, RULE_SET, clock.local_day(NOW - DAY)) is None
    assert body is not None
    points = read(body)
    assert points == lesson.points
    assert points is not None
    assert points.of["result"][-1] > 50 > 0 > points.of["result"][0]
    assert body["learned_from"] == {
        "calls": 1_800, "answered": lesson.answered, "good": lesson.good,
    }  # fmt: skip


def test_a_preview_and_too_few_calls_write_nothing(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    assert learn_and_keep(hub_store, NOW).answered_missing == learning_order.LEAST_ANSWERED
    with hub_store.write() as session:
        some_year(session, rep, many=4)
    few = learn_and_keep(hub_store, NOW)
    assert (few.calls, few.points, few.is_better) == (200, None, False)
    assert few.answered_missing == learning_order.LEAST_ANSWERED - few.answered > 0
    assert few.good_missing == learning_order.LEAST_GOOD - few.good > 0
    assert settings_kept(hub_store) == 0


def test_what_orders_no_better_is_not_followed() -> None:
    """Value and time since contact tell everything here, and the levels tell nothing."""
    flat = (0,) * len(FEATURES)
    calls = [
        Tried(NOW + number * timedelta(minutes=1), flat, (number % 4, 0), True, number % 4 == 3)
        for number in range(2_000)
    ]
    lesson = lesson_of(calls)
    assert (lesson.auc, lesson.auc_before) == (0.5, 1.0)
    assert lesson.points is not None
    assert not lesson.is_better


def test_points_that_have_become_worthless_are_withdrawn(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        some_year(session, rep)
    assert learn_and_keep(hub_store, NOW).is_better
    dice = random.Random(3)
    with hub_store.write() as session:
        for one in session.scalars(select(Contact).order_by(Contact.id)):
            one.disposition = dice.choice(("sold", "no_need", "no_need"))
    assert not learn_and_keep(hub_store, NOW + DAY, keep=False).is_better
    assert settings_kept(hub_store) == 1
    learn_and_keep(hub_store, NOW + DAY)
    learn_and_keep(hub_store, NOW + 2 * DAY)
    # Once: there is nothing to withdraw the second time.
    assert settings_kept(hub_store) == 2
    with hub_store.read() as session:
        assert read(catalog.setting(session, RULE_SET, clock.local_day(NOW))) is not None
        assert read(catalog.setting(session, RULE_SET, clock.local_day(NOW + DAY))) is None


def test_a_difference_that_chance_makes_counts_for_nothing() -> None:
    lesson = Lesson(2_000, 2_000, 500, Points(0, {}), auc=0.515, auc_before=0.5)
    assert not lesson.is_better
    assert not replace(lesson, auc=0.515, auc_before=0.3).is_better
    assert replace(lesson, auc=0.53).is_better


def test_a_night_learns_once_a_week(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        some_year(session, rep)
    first = nightly.run(hub_store, NOW).lesson
    assert first is not None
    assert first.is_better
    assert nightly.run(hub_store, NOW + DAY).lesson is None
    assert learn_when_due(hub_store, NOW + 6 * DAY) is None
    assert settings_kept(hub_store) == 1
    with hub_store.write() as session:
        later = clock.local_day(NOW + 300 * DAY)
        session.add(Setting(id=new_id(), rule_set=RULE_SET, effective=later, body={}))
    assert learn_when_due(hub_store, NOW + 6 * DAY) is None
    assert learn_when_due(hub_store, NOW + 7 * DAY) is not None
    assert settings_kept(hub_store) == 3


def listed(desk: Desk) -> list[Listed]:
    with desk.store.read() as session:
        return list(worklist.today(session, NOW).rows)


def names(desk: Desk) -> list[str]:
    return [one.customer.name for one in listed(desk)]


def test_the_points_travel_to_a_desk_and_its_list_follows(hub_store: Store, tmp_path: Path) -> None:
    hub = Hub(hub_store, tmp_path)
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        some_year(session, None)
        keen, rich, owed = (
            make_customer(session, name=name, year_fen=fen)
            for name, fen in (("常买", 0), ("花得多", 90_000), ("已约", 0))
        )
        session.add_all(
            [
                contact(keen.id, 30, "sold"),
                contact(rich.id, 30, "no_need"),
                contact(owed.id, 30, "no_need"),
            ]
        )
        session.add(Callback(id=new_id(), customer_id=owed.id, rep_id=rep, made_at=NOW, due_at=NOW))
        session.flush()
        keeping.assign(session, [keen.id, rich.id, owed.id], rep, NOW)
        feed.publish(session)
    desk = hub.desk("lin")
    desk.sync_round()
    assert names(desk) == ["已约", "花得多", "常买"]
    assert {one.entry.learned for one in listed(desk)} == {None}

    assert learn_and_keep(hub_store, NOW).is_better
    desk.sync_round()
    assert names(desk) == ["已约", "常买", "花得多"]
    told = {one.customer.name: one.entry.learned for one in listed(desk)}
    assert told["常买"] == because("learned_result", result="sold")
    assert told["已约"] is None

    with hub_store.write() as session:
        feed.watch(session)
        day = clock.local_day(NOW)
        session.add(
            Setting(id=new_id(), rule_set=RULE_SET, effective=day, body={"of": "a newer hub"})
        )
        feed.publish(session)
    desk.sync_round()
    assert names(desk) == ["已约", "花得多", "常买"]


def test_the_command_and_the_night_tell_what_was_learned(
    hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    rep = hub_with_rep(hub_store)
    few = typed(hub_store, "learn", "call-order")
    assert "1,000 more answered and 200 more that sell or interest are needed" in few
    with hub_store.write() as session:
        some_year(session, rep)
    preview = typed(hub_store, "learn", "call-order", "--preview")
    assert "A preview: nothing was changed." in preview
    assert "result (rises): no -" in preview
    assert settings_kept(hub_store) == 0
    assert "Better, so the list follows it." in typed(hub_store, "nightly")
    assert settings_kept(hub_store) == 1
    again = json.loads(typed(hub_store, "learn", "call-order", "--json"))
    assert (again["better"], again["preview"], again["calls"]) == (True, False, 1_800)
    assert settings_kept(hub_store) == 2
    assert json.loads(typed(hub_store, "nightly", "--json"))["call_order"] is None


def typed(store: Store, *words: str) -> str:
    url = store.engine.url
    place = url.render_as_string(hide_password=False)
    if not store.on_postgres:
        with store.read() as session:
            place = str(session.connection().exec_driver_sql("PRAGMA database_list").one()[2])
    done = CliRunner().invoke(app, words, env={settings.DATABASE: place})
    assert done.exit_code == 0, done.stderr
    return done.stdout
