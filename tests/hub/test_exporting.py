"""Lists of the centre that leave: how much, for whom, masked, counted and written down before."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.naming import sound
from lumi_desk.exports import service as exports
from lumi_desk.exports.rules import EXPORT, ExportSettings, LessMayLeave
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.exporting import ExportDoors
from lumi_desk.ids import new_id
from lumi_desk.managing.centre import ListCentre
from lumi_desk.managing.exporting import DO, DoExport
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow

PURPOSE = "Moon cake gifts"


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Wu leads team one, where Lin holds three; Xu of team two holds two; Gu manages."""
    people = {
        login: makers.hub_with_rep(hub_store, login, team, role)
        for login, role, team in (
            ("wu", Role.LEADER, "一组"), ("lin", Role.REP, "一组"), ("xu", Role.REP, "二组"),
            ("gu", Role.MANAGER, "二组"),
        )
    }  # fmt: skip
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for place, (name, login) in enumerate(
            (("单晓飞", "lin"), ("曾敏", "lin"), ("仇英", "lin"), ("何丽", "xu"), ("欧阳敏", "xu"))
        ):
            pinyin, initials = sound(name)
            makers.make_customer(
                session, people[login], id=f"c{place}", name=name, pinyin=pinyin,
                initials=initials, phone=f"1380000{place}127",
            )  # fmt: skip
        feed.publish(session)
    return Hub(hub_store, tmp_path)


def filter_(**told: Any) -> dict[str, Any]:
    return asdict(ListCentre(**{"order": "name", **told}))


def preview(hub: Hub, login: str, ids: tuple[str, ...] = (), **told: Any) -> tuple[int, Any]:
    answer = Stranger(hub, login).ask(
        "centre/export/preview", {"asked": filter_(**told), "ids": ids}
    )
    return answer.status_code, answer.json()


def export(
    hub: Hub,
    login: str,
    rows: int = 5,
    ids: tuple[str, ...] = (),
    purpose: str = PURPOSE,
    **told: Any,
) -> tuple[int, Any]:
    asked = {"asked": filter_(**told), "format": "csv", "rows": rows, "purpose": purpose}
    answer = Stranger(hub, login).ask("centre/export", {**asked, "ids": ids})
    return answer.status_code, answer.json()


def allow(hub: Hub, **numbers: Any) -> None:
    settings = asdict(ExportSettings(**{**asdict(EXPORT), **numbers}))
    body = {name: sorted(one) if isinstance(one, frozenset) else one
            for name, one in settings.items()}  # fmt: skip
    with hub.store.write() as session:
        feed.watch(session)
        session.add(Setting(id=new_id(), rule_set="export", effective=TODAY, body=body))
        feed.publish(session)


def kept(hub: Hub) -> tuple[exports.Exported, ...]:
    with hub.store.read() as session:
        return exports.latest(session, 99)


def test_whoever_fits_leaves_in_order_masked_and_is_written_down(hub: Hub) -> None:
    status, told = preview(hub, "gu", words="敏")
    assert (status, told) == (
        200,
        {"found": 2, "rows": 2, "most": 500, "per_day": 1000, "today": 0},
    )
    status, told = export(hub, "gu", 2, words="敏")
    assert (status, [one["name"] for one in told["customers"]]) == (200, ["欧阳敏", "曾敏"])
    assert [one["phone"] for one in told["customers"]] == ["138 •••• 4127", "138 •••• 1127"]
    assert [one["rep"] for one in told["customers"]] == ["Xu", "Lin"]
    (one,) = kept(hub)
    assert (one.at, one.who, one.format, one.rows, one.phones) == (NOW, "Gu", "csv", 2, False)
    assert (one.reason, one.what) == (PURPOSE, "the centre: words 敏, order name")


def test_the_marked_alone_leave_where_some_are_marked(hub: Hub) -> None:
    assert preview(hub, "gu", ("c2", "c0", "gone"))[1]["found"] == 2
    _, told = export(hub, "gu", 2, ("c2", "c0", "gone"))
    assert {one["id"] for one in told["customers"]} == {"c0", "c2"}
    assert kept(hub)[0].what.endswith("3 marked")


def test_a_leader_exports_her_teams_customers_and_no_others(hub: Hub) -> None:
    assert preview(hub, "wu")[1]["found"] == 3
    assert preview(hub, "wu", ("c0", "c3"))[1]["found"] == 1
    _, told = export(hub, "wu", 5, ("c0", "c3"))
    assert [one["id"] for one in told["customers"]] == ["c0"]


def test_who_leads_nobody_and_whose_role_may_not_gets_nothing(hub: Hub) -> None:
    for ask in (preview, export):
        assert ask(hub, "lin")[1]["code"] == "NotYours"
    allow(hub, roles=frozenset({"rep", "leader"}))
    for ask in (preview, export):
        status, told = ask(hub, "gu")
        assert (status, told["code"]) == (403, "NoExport")
    assert kept(hub) == ()


@pytest.mark.parametrize("purpose", ["", "   ", "abc"])
def test_without_a_purpose_nothing_leaves(hub: Hub, purpose: str) -> None:
    status, told = export(hub, "gu", purpose=purpose)
    assert (status, told["code"], kept(hub)) == (422, "NoPurpose", ())


def test_a_file_and_a_day_are_capped_by_the_hub(hub: Hub) -> None:
    allow(hub, most=2, per_day=3)
    assert preview(hub, "gu")[1] == {"found": 5, "rows": 2, "most": 2, "per_day": 3, "today": 0}
    status, told = export(hub, "gu", 5)
    assert (status, told["code"], kept(hub)) == (409, "LessMayLeave", ())
    assert export(hub, "gu", 2)[0] == 200
    assert (preview(hub, "gu")[1]["rows"], preview(hub, "gu")[1]["today"]) == (1, 2)
    assert export(hub, "gu", 2)[1]["code"] == "LessMayLeave"
    assert export(hub, "gu", 1)[0] == 200
    for ask in (preview, export):
        status, told = ask(hub, "gu")
        assert (status, told["code"]) == (422, "EnoughForToday")
    # Another person has a day of her own, and she another day.
    assert preview(hub, "wu")[0] == 200
    hub.clock.forward(days=1)
    assert preview(hub, "gu")[1]["today"] == 0


def test_two_exports_at_once_do_not_pass_the_days_cap_together(hub: Hub) -> None:
    allow(hub, per_day=3)
    gu = Caller(Stranger(hub, "gu").person_id, Role.MANAGER, None, NOW, "", {})
    # Workers of one hub share nothing but its database.
    doors = ExportDoors(hub.store, hub.clock, lambda _: gu)
    body = DO.dump_json(DoExport(ListCentre(), "csv", 2, PURPOSE))
    together = Barrier(3)

    def ask(_: int) -> str:
        together.wait()
        try:
            doors.done("", body)
        except LessMayLeave:
            return "less"
        return "done"

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(ask, range(3)))
    assert sorted(answers) == ["done", "less", "less"]
    assert [one.rows for one in kept(hub)] == [2]


def test_nobody_is_no_list(hub: Hub) -> None:
    assert preview(hub, "gu", words="nobody")[1]["code"] == "NothingToExport"
    assert export(hub, "gu", words="nobody")[1]["code"] == "NothingToExport"


def test_numbers_are_masked_in_what_is_kept(hub: Hub) -> None:
    export(hub, "gu", 1, purpose="for 13712345678 only", words="13800000127")
    (one,) = kept(hub)
    assert "13712345678" not in one.reason
    assert "13800000127" not in one.what
