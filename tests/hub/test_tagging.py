"""Tags by rule at the hub: given, taken, previewed, rolled back; and what stands in the log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.catalog.shelf import BadSetting
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Tag
from lumi_desk.customers.tags.rules import rule
from lumi_desk.exports.operations import LogExport
from lumi_desk.exports.rules import Format
from lumi_desk.hub import intake, tagging
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.hub.conftest import Floor, Type
from tests.makers import NOW, make_card, make_customer, make_order

BIG = rule("大客户", ["pool=V", "year>=5000"])
QUIET = rule("睡眠", ["quiet>=60"])


@pytest.fixture
def hub(hub_store: Store) -> Store:
    """A rep with a card holder who spends, one who sleeps, and one without an order."""
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        big = make_customer(session, rep, id="big", name="周文静")
        make_order(session, big, fen=600_000)
        make_card(session, big)
        quiet = make_customer(session, rep, id="quiet", name="何丽")
        make_order(session, quiet, fen=49_800, paid_at=NOW - timedelta(days=90))
        make_customer(session, rep, id="new", name="徐玉兰")
        feed.publish(session)
    with hub_store.write() as session:
        intake.reckon(session, NOW)
    return hub_store


def sets(store: Store, *wanted: Any) -> tagging.Tagged:
    with store.write() as session:
        feed.watch(session, alone=True)
        return tagging.set_rules(session, wanted, NOW)


def nightly(store: Store, days: int = 0) -> int:
    with store.write() as session:
        return intake.reckon(session, NOW + timedelta(days=days)).tags


def tagged(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as session:
        asked = select(Tag.customer_id, Tag.name, Tag.source).where(Tag.removed_at.is_(None))
        return sorted((who, name, source) for who, name, source in session.execute(asked))


def changes(store: Store) -> Sequence[Any]:
    with store.read() as session:
        asked = select(SyncFeed.pk, SyncFeed.ver).where(SyncFeed.entity == "tag")
        return sorted(map(tuple, session.execute(asked)))


def test_rules_give_and_take_and_write_only_what_changed(hub: Store) -> None:
    assert sets(hub, BIG, QUIET).given == {"大客户": 1, "睡眠": 1}
    assert tagged(hub) == [("big", "大客户", "rule"), ("quiet", "睡眠", "rule")]
    stands = changes(hub)
    assert [ver for _, ver in stands] == [1, 1]
    assert nightly(hub) == 0
    assert changes(hub) == stands
    # In two months the other one is quiet as well.
    assert nightly(hub, days=40) == 1
    assert ("big", "睡眠", "rule") in tagged(hub)
    assert sets(hub, BIG).taken == {"睡眠": 2}
    assert tagged(hub) == [("big", "大客户", "rule")]
    assert sets(hub, BIG, QUIET).given == {"睡眠": 1}
    assert len(changes(hub)) == 3


def test_without_rules_and_tags_nothing_is_looked_at(hub: Store) -> None:
    assert nightly(hub) == 0
    assert changes(hub) == []


def test_what_a_person_gave_or_took_is_left_alone(hub: Store) -> None:
    sets(hub, QUIET)
    with hub.write() as session:
        feed.watch(session)
        told = {"customer_id": "quiet", "source": "hand", "rep_id": "lin", "at": NOW}
        session.add(Tag(id="hand", name="大客户", **told))
        taken = session.scalars(select(Tag).where(Tag.name == "睡眠")).one()
        taken.removed_at, taken.removed_by = NOW, "lin"
        feed.publish(session)
    assert sets(hub, BIG, QUIET).given == {"大客户": 1}
    assert tagged(hub) == [("big", "大客户", "rule"), ("quiet", "大客户", "hand")]
    sets(hub)
    assert tagged(hub) == [("quiet", "大客户", "hand")]


def test_a_preview_writes_nothing(hub: Store) -> None:
    with hub.read() as session:
        assert tagging.preview(session, (BIG, QUIET), NOW).given == {"大客户": 1, "睡眠": 1}
    assert tagged(hub) == []


def test_an_import_tags_whom_it_touched(hub: Store) -> None:
    sets(hub, BIG)
    with hub.write() as session:
        feed.watch(session)
        other = make_customer(session, None, id="other", pool="V", year_fen=900_000)
        feed.publish(session)
        assert tagging.tag(session, [], NOW).many == 0
        assert tagging.tag(session, [other.id], NOW).given == {"大客户": 1}


def test_rules_that_cannot_be_read_stop_with_a_sentence_until_others_are_set(
    hub: Store, type_: Type
) -> None:
    sets(hub, BIG)
    with hub.write() as session:
        body = {"rules": [{"name": "x", "when": ["shoe=42"]}]}
        session.add(Setting(id="x", rule_set="tags", effective=local_day(NOW), body=body))
    with hub.read() as session, pytest.raises(BadSetting, match="shoe=42"):
        tagging.tag(session, None, NOW)
    assert type_("tags", "list", "--json").error["code"] == "BadSetting"
    *_, last = type_("tags", "versions", "--json").data["versions"]
    assert "shoe=42" in last["problem"]
    type_("tags", "set", "睡眠", *QUIET.when)
    listed = type_("tags", "list", "--json").data["tags"]
    assert [one["tag"] for one in listed] == ["大客户", "睡眠"]


def test_rules_are_typed_listed_and_rolled_back(type_: Type, hub: Store) -> None:
    assert "1 customers would get “睡眠”" in type_("tags", "preview", "睡眠", "quiet>=80").out
    seen = type_("tags", "preview", "持卡", "pool=V", "--json").data
    assert seen == {"given": {"持卡": 1}, "taken": {}}
    assert tagged(hub) == []
    done = type_("tags", "set", "持卡", "pool=V", "--by", "lin", "--json").data
    assert done == {"given": {"持卡": 1}, "taken": {}}
    assert type_("tags", "set", "持卡", "pool=V", "--json").error["code"] == "SameRule"
    listed = type_("tags", "list", "--json").data["tags"]
    assert listed == [{"tag": "持卡", "when": ["pool=V"], "by_rule": 1, "by_hand": 0}]
    assert "1 customers lost “持卡”" in type_("tags", "set", "持卡", "city=杭州").out
    assert "1 customers got “持卡”" in type_("tags", "roll-back").out
    versions = type_("tags", "versions", "--json").data["versions"]
    assert [(one["by"], one["rolled_back"]) for one in versions] == [
        (None, False), ("lin", False), (None, False), (None, True),
    ]  # fmt: skip
    assert type_("tags", "drop", "持卡", "--json").data["taken"] == {"持卡": 1}
    assert type_("tags", "drop", "持卡", "--json").error["code"] == "NoSuchRule"
    assert type_("tags", "set", "x", "shoe=42", "--json").error["code"] == "BadCondition"
    assert type_("tags", "set", "x", "pool=V", "--by", "nobody").code == 1


def test_nothing_can_be_rolled_back_before_the_first_rule(type_: Type) -> None:
    assert type_("tags", "roll-back", "--json").error["code"] == "NothingBefore"


def test_the_night_says_how_many_tags_it_gave(type_: Type, hub: Store) -> None:
    type_("tags", "set", "持卡", "pool=V")
    with hub.write() as session:
        feed.watch(session)
        make_card(session, make_customer(session, None, id="late"))
        feed.publish(session)
    assert type_("nightly", "--json").data["tags"] == 1


def test_exports_are_listed_and_their_settings_set(type_: Type, floor: Floor) -> None:
    common: dict[str, Any] = {"by": floor.lin, "at": NOW, "format": Format.CSV, "phones": True}
    op = LogExport(id=new_id(), rows=20, reason="寄礼品", what="V 库", **common)
    assert floor.send(floor.lin, op).status == "applied"
    [one] = type_("exports", "list", "--who", "lin", "--json").data["exports"]
    assert (one["who"], one["rows"], one["phones"], one["reason"]) == ("Lin", 20, True, "寄礼品")
    words = type_("exports", "list").out
    assert "2026-11-17 10:00" in words
    assert "whole" in words
    assert type_("exports", "list", "--who", "wang", "--json").data == {"exports": []}
    assert type_("exports", "show", "--json").data == {
        "roles": ["leader", "manager", "rep"], "full": ["leader"], "most": 500, "per_day": 1000,
    }  # fmt: skip
    told = type_("exports", "set", "--roles", "leader", "--most", "50", "--json").data
    assert (told["roles"], told["most"], told["per_day"]) == (["leader"], 50, 1000)
    assert "Export: leader;" in type_("exports", "show").out
    assert type_("exports", "set", "--whole", "rep", "--json").error["code"] == "Beyond"
    assert type_("exports", "set", "--roles", "keeper", "--json").error["code"] == "NoRole"
    none = type_("exports", "set", "--roles", "none", "--whole", "none", "--json").data
    assert (none["roles"], none["full"]) == ([], [])
