"""Tags by hand: on the desk and at the hub, alone and in batches; and the words of rules."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Tag
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.customers.tags.rules import (
    BadCondition,
    BadTag,
    Facts,
    NumberInTag,
    clean,
    rule,
    wanted,
)
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.storage.store import Store
from lumi_desk.sync import outbox
from tests.hub.conftest import Floor, floor  # noqa: F401  # A fixture.
from tests.makers import NOW, make_customer

GIFT = "礼品 3/8"
Stands = tuple[str, str, str | None, bool]


def adds(who: str, name: str = GIFT, by: str = "lin", at: datetime = NOW) -> AddTag:
    return AddTag(id=new_id(), customer_id=who, by=by, at=at, name=name)


def removes(who: str, name: str = GIFT, by: str = "lin", at: datetime = NOW) -> RemoveTag:
    return RemoveTag(id=new_id(), customer_id=who, by=by, at=at, name=name)


def tags(store: Store) -> list[Stands]:
    with store.read() as session:
        rows = session.scalars(select(Tag).order_by(Tag.name, Tag.id))
        return [(one.name, one.source, one.rep_id, one.removed_at is None) for one in rows]


def by_rule(store: Store, who: str, **values: Any) -> None:
    with store.write() as session:
        told = {"id": new_id(), "customer_id": who, "name": GIFT, "source": "rule", "at": NOW}
        session.add(Tag(**{**told, **values}))


@pytest.fixture
def desk(desk_store: Store) -> Store:
    with desk_store.write() as session:
        make_customer(session, "lin", id="zhou")
    return desk_store


def does(store: Store, *ops: Operation) -> None:
    with store.write() as session:
        outbox.do(session, ops, NOW, hold=True)


def test_a_tag_is_given_once_and_taken_back(desk: Store) -> None:
    does(desk, adds("zhou"), adds("zhou", f" {GIFT.replace(' ', '  ')} "))
    assert tags(desk) == [(GIFT, "hand", "lin", True)]
    does(desk, removes("zhou", at=NOW + timedelta(minutes=1)))
    assert tags(desk) == [(GIFT, "hand", "lin", False)]
    does(desk, adds("zhou", at=NOW + timedelta(minutes=2)))
    assert tags(desk) == [(GIFT, "hand", "lin", True)]


def test_an_undo_takes_all_back(desk: Store) -> None:
    by_rule(desk, "zhou", id="rule", name="老客")
    ops = (adds("zhou"), adds("zhou", "老客"), removes("zhou"))
    does(desk, *ops)
    with desk.write() as session:
        outbox.undo(session, [op.id for op in ops])
    assert tags(desk) == [("老客", "rule", None, True)]


def test_what_a_rule_gave_becomes_the_reps_own(desk: Store) -> None:
    by_rule(desk, "zhou")
    does(desk, adds("zhou"))
    assert tags(desk) == [(GIFT, "hand", "lin", True)]


def test_late_work_does_not_undo_what_came_after_it(desk: Store) -> None:
    earlier = NOW - timedelta(hours=1)
    does(desk, adds("zhou"), removes("zhou", at=earlier))
    assert tags(desk) == [(GIFT, "hand", "lin", True)]
    does(desk, removes("zhou"), adds("zhou", at=earlier))
    assert tags(desk) == [(GIFT, "hand", "lin", False)]


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a，b", "a\x07b", "x" * 25])
def test_what_cannot_be_a_tag(desk: Store, name: str) -> None:
    with pytest.raises(BadTag):
        clean(name)
    with pytest.raises(BadTag):
        does(desk, adds("zhou", name or " "))
    assert tags(desk) == []


@pytest.mark.parametrize("name", ["打 13800004127", "0571-88880000", "１３８ ００００ ４１２７"])
def test_a_tag_holds_no_phone_number_and_an_old_one_that_does_can_go(
    desk: Store, name: str
) -> None:
    with pytest.raises(NumberInTag):
        does(desk, adds("zhou", name))
    assert tags(desk) == []
    with desk.write() as session:
        told = {"customer_id": "zhou", "name": clean(name), "source": "hand", "rep_id": "lin"}
        session.add(Tag(id=new_id(), at=NOW - timedelta(days=1), **told))
    does(desk, removes("zhou", name))
    assert [given for *_, given in tags(desk)] == [False]


@pytest.fixture
def hers(floor: Floor) -> Floor:  # noqa: F811
    """The customer is lin's again."""
    floor.gives_to(floor.lin)
    return floor


def test_a_batch_at_the_hub_has_the_effect_of_the_desk(hers: Floor) -> None:
    who, by, later = hers.customer, hers.lin, NOW + timedelta(seconds=1)
    ops: list[Operation] = [
        adds(who, by=by),
        adds(who, by=by),
        removes(who, by=by, at=later),
        adds(who, "生日", by),
        removes(who, "无", by),
    ]
    assert {one.status for one in hers.sends(by, *ops)} == {"applied"}
    assert tags(hers.store) == [("生日", "hand", by, True), (GIFT, "hand", by, False)] or tags(
        hers.store
    ) == [(GIFT, "hand", by, False), ("生日", "hand", by, True)]
    # Sent again, as after a restore: the same answers, the same tags.
    before = tags(hers.store)
    assert {one.status for one in hers.sends(by, *ops)} == {"applied"}
    assert tags(hers.store) == before


def test_the_hub_changes_tags_that_stand_there(hers: Floor) -> None:
    who, by = hers.customer, hers.lin
    by_rule(hers.store, who)
    assert hers.send(by, adds(who, by=by)).status == "applied"
    assert tags(hers.store) == [(GIFT, "hand", by, True)]
    assert hers.send(by, removes(who, by=by, at=NOW + timedelta(seconds=1))).status == "applied"
    assert tags(hers.store) == [(GIFT, "hand", by, False)]


def test_a_bad_name_is_refused_and_others_customers_are_parked(hers: Floor) -> None:
    who = hers.customer
    refused = hers.send(hers.lin, adds(who, "a,b", by=hers.lin))
    assert (refused.status, refused.reason) == ("rejected", "BadTag")
    hers.gives_to(hers.wang)
    late = adds(who, by=hers.lin, at=NOW + timedelta(hours=1))
    assert hers.send(hers.lin, late).status == "parked"
    assert tags(hers.store) == []


FACTS = Facts("V", None, "collagen", "at_risk", "杭州", 600_000, 3, 61, 400)


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ("pool=V", True),
        ("pool=1,0", False),
        ("pool != 1, 0", True),
        ("grade=none", True),
        ("grade!=A", True),
        ("line=collagen", True),
        ("relationship=at_risk,cooling", True),
        ("city=杭州，宁波", True),
        ("city=宁波", False),
        ("year>=6000", True),
        ("year>=6000.01", False),
        ("year<=0.6万", True),
        ("orders=3", True),
        ("quiet>=60", True),
        ("quiet<=60", False),
        ("known>=401", False),
    ],
)
def test_a_condition_holds_or_not(told: str, holds: bool) -> None:
    assert wanted([rule("x", [told])], FACTS) == ({"x"} if holds else frozenset())


def test_all_conditions_must_hold_and_of_the_unknown_nothing_does() -> None:
    assert wanted([rule("x", ["pool=V", "quiet<=60"])], FACTS) == frozenset()
    never = Facts("0", None, None, None, "", 0, 0, None, None)
    assert wanted([rule("x", ["quiet>=0"]), rule("y", ["quiet<=9999"])], never) == frozenset()
    assert wanted([rule("x", ["line=none"])], never) == {"x"}


@pytest.mark.parametrize(
    "told",
    ["", "pool", "shoe=42", "pool>=V", "pool=X", "year!=5", "year>=viel", "quiet>=1.5", "city=,"],
)
def test_what_is_no_condition(told: str) -> None:
    with pytest.raises(BadCondition):
        rule("x", [told])


def test_a_rule_has_conditions() -> None:
    with pytest.raises(BadCondition):
        rule("x", [])
