"""Looks are kept without numbers, told newest first, and forgotten when their time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import Setting
from lumi_desk.ids import new_id
from lumi_desk.looks import service
from lumi_desk.looks.rules import LEAST_DAYS, LookSettings, kept_from
from lumi_desk.looks.tables import Look
from lumi_desk.storage.store import Store
from tests.makers import NOW, TODAY, hub_with_rep

DAY = timedelta(days=1)


@pytest.mark.parametrize("days", [LEAST_DAYS - 1, 3_651, 0])
def test_a_time_that_is_no_time_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="keep_days"):
        LookSettings(days)


def test_looks_are_kept_for_a_stated_time() -> None:
    assert kept_from(LookSettings(), NOW) == NOW - 365 * DAY
    assert kept_from(LookSettings(LEAST_DAYS), NOW) == NOW - 184 * DAY


@pytest.mark.parametrize(
    "number", ["13800004127", "138  0000\t 4127", "１３８　　００００　４１２７"]
)
def test_a_list_is_kept_as_it_was_asked_without_whole_numbers(
    hub_store: Store, number: str
) -> None:
    asked = {"words": f"王 {number}", "values": {"tag": ("打 139 0000 5555",)}, "limit": 20}
    with hub_store.write() as session:
        service.note_list(session, "gu", 20, asked, NOW)
    with hub_store.read() as session:
        one = session.scalars(select(Look)).one()
    assert (one.rows, one.customer_id, one.person_id, one.at) == (20, "", "gu", NOW)
    assert one.asked == {
        "words": "王 138 •••• 4127", "values": {"tag": ["打 139 •••• 5555"]}, "limit": 20,
    }  # fmt: skip


def test_they_are_told_newest_first_of_a_person_or_a_customer(hub_store: Store) -> None:
    gu = hub_with_rep(hub_store, "gu")
    with hub_store.write() as session:
        service.note_one(session, gu, "shan", NOW - 2 * DAY)
        service.note_one(session, "left", "zeng", NOW - DAY)
        service.note_list(session, gu, 7, {}, NOW)
    with hub_store.read() as session:
        everything = service.latest(session, 9)
        of_gu, of_zeng = service.latest(session, 9, gu), service.latest(session, 9, None, {"zeng"})
        assert len(service.latest(session, 1)) == 1
    assert [(one.who, one.customer_id, one.rows) for one in everything] == [
        ("Gu", "", 7), ("left", "zeng", 1), ("Gu", "shan", 1),
    ]  # fmt: skip
    assert [one.at for one in of_gu] == [NOW, NOW - 2 * DAY]
    assert [one.who for one in of_zeng] == ["left"]


@pytest.mark.parametrize(("days", "left"), [(None, 365), (200, 200)])
def test_what_is_older_is_forgotten(hub_store: Store, days: int | None, left: int) -> None:
    with hub_store.write() as session:
        if days is not None:
            body = {"keep_days": days}
            session.add(Setting(id=new_id(), rule_set="looks", effective=TODAY, body=body))
        for ago in (0, 199, 201, 364, 366, 900):
            service.note_one(session, "gu", "shan", NOW - ago * DAY)
    with hub_store.write() as session:
        forgotten = service.forget(session, NOW)
    with hub_store.read() as session:
        kept = [(NOW - one.at).days for one in service.latest(session, 9)]
    assert kept == [ago for ago in (0, 199, 201, 364) if ago < left]
    assert forgotten == 6 - len(kept)
