"""`lumi-hub looks`: who looked at whom, told to the keeper, and kept for as long as she says."""

from datetime import timedelta

import pytest

from lumi_desk import clock
from lumi_desk.hub import linking
from lumi_desk.looks import service
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.conftest import Type
from tests.makers import NOW


@pytest.fixture
def hub(hub_store: Store) -> Store:
    """Wu looked at two customers, Gu at a list."""
    wu, gu = (makers.hub_with_rep(hub_store, login) for login in ("wu", "gu"))
    with hub_store.write() as session:
        feed.watch(session)
        makers.make_customer(session, id="shan", name="单晓飞", phone="13800004127")
        makers.make_customer(session, id="zeng", name="曾敏")
        service.note_one(session, wu, "shan", NOW)
        service.note_one(session, wu, "zeng", NOW + timedelta(minutes=1))
        asked = {"words": "13800004127", "values": {"pool": ("V", "1"), "line": ("",)}}
        service.note_list(session, gu, 17, asked, NOW + timedelta(minutes=2))
        feed.publish(session)
    return hub_store


@pytest.mark.usefixtures("hub")
def test_looks_are_listed_by_person_and_by_customer(type_: Type) -> None:
    words = type_("looks", "list").out
    assert "2026-11-17 10:02" in words
    assert "list: words 138 •••• 4127, line none, pool V|1" in " ".join(words.split())
    assert "单晓飞 (shan)" in words
    assert "13800004127" not in words
    of_wu = type_("looks", "list", "--who", "wu", "--json").data["looks"]
    assert [one["customer_id"] for one in of_wu] == ["zeng", "shan"]
    hers = type_("looks", "list", "--customer", "13800004127", "--json").data["looks"]
    assert [(one["who"], one["customer_id"], one["rows"]) for one in hers] == [("Wu", "shan", 1)]
    assert len(type_("looks", "list", "--most", "1", "--json").data["looks"]) == 1


def test_whoever_was_made_one_with_her_is_among_them(type_: Type, hub: Store) -> None:
    with hub.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, "shan", "zeng", NOW)
    hers = type_("looks", "list", "--customer", "shan", "--json").data["looks"]
    assert [one["customer_id"] for one in hers] == ["zeng", "shan"]


@pytest.mark.usefixtures("hub")
def test_whom_nobody_knows_is_one_sentence(type_: Type) -> None:
    assert type_("looks", "list", "--customer", "nobody", "--json").error["code"]
    assert type_("looks", "list", "--who", "nobody", "--json").error["code"]


def test_they_are_kept_for_as_long_as_is_said(type_: Type, hub: Store) -> None:
    assert type_("looks", "keep", "--json").data == {"keep_days": 365}
    assert type_("looks", "keep", "--days", "200", "--json").data == {"keep_days": 200}
    assert "200 days" in type_("looks", "keep").out
    assert type_("looks", "keep", "--days", "30").code != 0
    with hub.write() as session:
        service.note_one(session, "wu", "shan", clock.now() - timedelta(days=201))
        service.note_one(session, "wu", "shan", clock.now() - timedelta(days=199))
    assert type_("nightly", "--json").data["looks"] == 1
    assert len(type_("looks", "list", "--json").data["looks"]) == 4
