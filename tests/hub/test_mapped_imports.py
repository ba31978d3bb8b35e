"""`lumi-hub import` of tables nobody has seen: proposal, correction, profile, as a keeper types."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.catalog.tables import Setting
from lumi_desk.imports import profiles
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncFeed
from tests.hub.conftest import Type

PHONE = "13812345678"
ODD = (
    "编码,日子,钱,电话簿,姓\n"
    f"2140260038636553217,2026/11/01 10:00,120.50,{PHONE},王芳\n"
    "2140260038636553218,2026/11/02 11:00,80.00,13912345678,李小梅\n"
)
TOLD = ("--map", "钱=total", "--map", "日子=created", "--map", "编码=number")


@pytest.fixture
def odd(tmp_path: Path) -> str:
    file = tmp_path / "odd.csv"
    file.write_text(ODD, "utf-8")
    return str(file)


def orders(store: Store) -> tuple[int, int]:
    with store.read() as session:
        count, total = session.execute(select(func.count(), func.sum(Order.total_fen))).one()
        return count, total or 0


def test_a_new_header_is_proposed_and_nothing_is_imported(
    type_: Type, odd: str, hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = type_("import", "orders", odd)
    assert (said.code, said.out) == (1, "")
    for words in ("Proposed: orders", "编码", "number", "60%", "138 •••• 5678", "王••"):
        assert words in said.err
    assert "--save-profile NAME" in said.err
    assert PHONE not in said.err
    assert "李小梅" not in said.err
    assert orders(hub_store) == (0, 0)


def test_a_proposal_shows_its_columns_letter_by_letter(
    type_: Type, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    Path(odd).write_text(ODD.replace("电话簿", "[/电话簿]").replace("姓", ":heart:[b]"), "utf-8")
    said = type_("import", "orders", odd)
    assert "[/电话簿]" in said.err
    assert ":heart:[b]" in said.err


def test_machines_get_the_proposal_with_the_error(type_: Type, odd: str) -> None:
    error = type_("import", "orders", odd, "--json").error
    assert error["code"] == "Unsure"
    columns = {one["column"]: one for one in error["proposal"]["columns"]}
    assert columns["编码"]["meaning"] == "number"
    assert columns["电话簿"]["samples"] == ["138 •••• 5678", "139 •••• 5678"]
    assert 0 < columns["钱"]["certainty"] < 0.9
    assert PHONE not in json.dumps(error)


def test_a_correction_is_saved_as_a_profile_and_used(
    type_: Type, odd: str, hub_store: Store
) -> None:
    saved = type_(
        "import", "orders", odd, *TOLD, "--map", "姓=-", "--save-profile", "erp", "--json"
    )
    assert saved.data["profile"] == "erp"
    assert orders(hub_store) == (2, 20050)
    (listed,) = type_("import", "profiles", "--json").data["profiles"]
    assert (listed["name"], listed["kind"]) == ("erp", "orders")
    assert ["钱", "total"] in listed["columns"]
    assert "姓" not in dict(listed["columns"])
    assert "钱 = total" in type_("import", "profiles").out
    Path(odd).write_text(ODD.replace("80.00", "95.00"), "utf-8")
    again = type_("import", "orders", odd, "--profile", "erp", "--json").data
    assert (again["orders"]["changed"], again["files"][0]["columns"]) == (1, listed["columns"])
    assert orders(hub_store) == (2, 21550)


def test_a_unit_is_told_kept_and_used(
    type_: Type, odd: str, hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(odd).write_text(ODD.replace("120.50", "1.2").replace("80.00", "0.8"), "utf-8")
    monkeypatch.setenv("COLUMNS", "200")
    asked = type_("import", "orders", odd, "--unit", "钱=万元")
    assert "1.2 → ¥12,000.00" in asked.err
    assert "total (万元)" in asked.err
    type_("import", "orders", odd, *TOLD, "--unit", "钱=万元", "--save-profile", "erp")
    assert orders(hub_store) == (2, 2_000_000)
    (listed,) = type_("import", "profiles", "--json").data["profiles"]
    assert listed["units"] == [["钱", "ten_thousand"]]
    assert "钱 = total (万元)" in type_("import", "profiles").out
    Path(odd).write_text(ODD.replace("120.50", "1.5").replace("80.00", "0.8"), "utf-8")
    type_("import", "orders", odd, "--profile", "erp", "--json")
    assert orders(hub_store) == (2, 2_300_000)


def test_a_profile_goes_through_the_feed_and_away_again(
    type_: Type, odd: str, hub_store: Store
) -> None:
    type_("import", "orders", odd, *TOLD, "--save-profile", "erp")
    with hub_store.read() as session:
        row = session.scalars(select(Setting)).one()
        put = session.scalars(select(SyncFeed).where(SyncFeed.pk == row.id)).one()
        assert (put.op, put.ver) == ("put", row.ver)
    assert type_("import", "forget-profile", "erp", "--json").data == {"forgotten": "erp"}
    with hub_store.read() as session:
        assert session.scalars(select(SyncFeed).where(SyncFeed.pk == row.id)).one().op == "remove"
        assert profiles.every(session) == ()
    assert type_("import", "forget-profile", "erp", "--json").error["code"] == "NoSuchProfile"
    assert "no profiles" in type_("import", "profiles").out


def test_a_confirmation_imports_once_and_saves_nothing(
    type_: Type, odd: str, hub_store: Store
) -> None:
    assert type_("import", "orders", odd, "--confirm", "--json").data["profile"] is None
    assert orders(hub_store)[0] == 2
    assert type_("import", "profiles", "--json").data["profiles"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--profile", "erp"), "NoSuchProfile"),
        (("--map", "钱=money"), "NoSuchMeaning"),
        (("--map", "金子=total"), "NoSuchColumn"),
        (("--unit", "钱=两"), "NoSuchUnit"),
        (("--unit", "金子=分", "--confirm"), "NoSuchColumn"),
        (("--confirm", "--save-profile", "a/b"), "BadProfileName"),
    ],
)
def test_what_cannot_be_done_says_why_and_imports_nothing(
    words: tuple[str, ...], code: str, type_: Type, odd: str, hub_store: Store
) -> None:
    assert type_("import", "orders", odd, *words, "--json").error["code"] == code
    assert orders(hub_store) == (0, 0)


def test_there_must_be_one_new_header_to_save(
    type_: Type, tmp_path: Path, hub_store: Store
) -> None:
    file = tmp_path / "members.csv"
    file.write_text(f"姓名,手机\n王芳,{PHONE}\n", "utf-8")
    error = type_("import", "members", str(file), "--save-profile", "erp", "--json").error
    assert error["code"] == "NothingToSave"
    assert type_("status", "--json").data["customers"] == {}


def test_people_are_mapped_too(type_: Type, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"谁,打哪\n王芳,{PHONE}\n李梅,13912345678\n", "utf-8")
    assert type_("import", "members", str(file), "--json").error["proposal"]["kind"] == "members"
    told = ("--map", "谁=name", "--map", "打哪=phone")
    assert type_("import", "members", str(file), *told, "--json").data["members"]["added"] == 2


def test_a_list_of_people_is_no_order_export(type_: Type, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"客户名称,联系方式\n王芳,{PHONE}\n", "utf-8")
    error = type_("import", "orders", str(file), "--json").error
    assert (error["code"], error["params"]["right"]) == ("OtherKind", "members")
