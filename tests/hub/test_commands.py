"""The hub's commands, on both engines, as a keeper types them."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from lumi_desk import clock
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import accounts, settings
from lumi_desk.hub.cli import app
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Sale
from lumi_desk.people.tables import Token
from lumi_desk.reports.tables import Fact
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import SignIn
from lumi_desk.sync.tables import Assignment, SyncFeed, SyncMeta
from lumi_desk.targets.tables import Target
from tests import makers
from tests.hub.conftest import Type
from tests.makers import NOW, PASSWORD

COMMANDS = (
    ("init",),
    ("serve",),
    ("people", "add"),
    ("people", "list"),
    ("people", "reset-password"),
    ("people", "disable"),
    ("import", "orders"),
    ("import", "members"),
    ("import", "profiles"),
    ("import", "forget-profile"),
    ("import", "runs"),
    ("import", "show"),
    ("classify",),
    ("assign",),
    ("customers", "why"),
    ("customers", "rfm"),
    ("customers", "reachable"),
    ("customers", "value"),
    ("rules", "list"),
    ("rules", "show"),
    ("rules", "preview"),
    ("rules", "set"),
    ("rules", "roll-back"),
    ("tags", "list"),
    ("tags", "versions"),
    ("tags", "preview"),
    ("tags", "set"),
    ("tags", "drop"),
    ("tags", "roll-back"),
    ("exports", "list"),
    ("exports", "set"),
    ("exports", "show"),
    ("looks", "list"),
    ("looks", "keep"),
    ("targets", "set"),
    ("targets", "show"),
    ("plans", "set"),
    ("plans", "list"),
    ("plans", "drop"),
    ("hand-out",),
    ("hand-over",),
    ("titles", "list"),
    ("titles", "settle"),
    ("learn", "call-order"),
    ("identity", "review"),
    ("identity", "link"),
    ("identity", "unlink"),
    ("identity", "apart"),
    ("identity", "list"),
    ("status",),
    ("backup",),
    ("restore",),
    ("nightly",),
)
HEADER = "订单编号,买家会员名,总金额,买家实际支付金额,退款金额,订单状态,订单创建时间,订单付款时间"


def _orders_file(folder: Path, *rows: str) -> str:
    file = folder / "ExportOrderList202611180900.csv"
    file.write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
    return str(file)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_json(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"}).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert f"Example: lumi-hub {' '.join(words)}" in plain
    assert "--json" in plain
    assert "--database" in plain


def test_init_makes_a_hub_and_does_it_twice_without_harm(tmp_path: Path) -> None:
    place = str(tmp_path / "new" / "hub.db")
    first = CliRunner().invoke(app, ["init", "--database", place, "--json"])
    second = CliRunner().invoke(app, ["init", "--database", place, "--json"])
    assert first.exit_code == second.exit_code == 0
    assert json.loads(first.stdout)["epoch"] == json.loads(second.stdout)["epoch"]
    assert Path(place).stat().st_mode & 0o077 == 0


def test_without_a_hub_a_command_says_how_to_make_one_and_makes_no_file(tmp_path: Path) -> None:
    place = tmp_path / "none.db"
    result = CliRunner().invoke(app, ["status", "--database", str(place)])
    assert result.exit_code == 1
    assert "lumi-hub init" in result.stderr
    assert not place.exists()


@pytest.mark.parametrize(
    ("database", "code"),
    [
        ("mysql://a:secret@somewhere/b", "BadDatabase"),
        ("postgresql://a:secret@somewhere/b", "BadDatabase"),
        ("postgresql+psycopg://a:secret@127.0.0.1:1/b", "DatabaseOutOfReach"),
    ],
)
def test_a_bad_address_is_one_sentence_without_its_password(database: str, code: str) -> None:
    result = CliRunner().invoke(app, ["status", "--json"], env={settings.DATABASE: database})
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"]["code"] == code
    assert "secret" not in result.stderr


def test_a_person_is_added_and_can_sign_in(type_: Type, hub_store: Store) -> None:
    added = type_(
        *("people", "add", "lin", "--name", "林晓燕", "--role", "rep", "--team", "一组", "--json")
    ).data
    tokens = accounts.sign_in(hub_store, SignIn("lin", added["password"], new_id()), NOW)
    assert (tokens.person_id, tokens.name, tokens.role) == (added["id"], "林晓燕", "rep")
    listed = type_("people", "list", "--json").data["people"]
    assert [(one["login"], one["team"], one["active"]) for one in listed] == [("lin", "一组", True)]
    with hub_store.read() as session:
        published = set(session.scalars(select(SyncFeed.entity)))
    assert published == {"team", "person"}


def test_a_password_comes_from_standard_input_and_is_not_shown(type_: Type) -> None:
    words = ("people", "add", "wu", "--name", "吴", "--role", "leader", "--password-stdin")
    said = type_(*words, stdin=f"{PASSWORD}\n")
    assert said.code == 0
    assert PASSWORD not in said.out + said.err
    short = type_("people", "reset-password", "wu", "--password-stdin", "--json", stdin="abc\n")
    assert short.error["code"] == "WeakPassword"


def test_a_taken_name_and_an_unknown_one_are_errors(type_: Type, hub_store: Store) -> None:
    makers.hub_with_rep(hub_store)
    taken = type_("people", "add", "lin", "--name", "x", "--role", "rep", "--json")
    assert taken.error["params"] == {"login": "lin"}
    assert type_("people", "disable", "nobody", "--json").error["code"] == "NoSuchLogin"


def test_a_new_password_and_disabling_end_every_sign_in(type_: Type, hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        makers.make_customer(session, rep)
    tokens = accounts.sign_in(hub_store, SignIn("lin", PASSWORD, "desk"), NOW)
    told = type_("people", "reset-password", "lin", "--generate", "--json").data
    with hub_store.read() as session, pytest.raises(accounts.SessionOver):
        accounts.person_behind(session, tokens.access, NOW)
    accounts.sign_in(hub_store, SignIn("lin", told["password"], "desk"), NOW)
    assert "lumi-hub hand-over lin" in type_("people", "disable", "lin").out
    assert type_("people", "disable", "lin", "--json").data["customers"] == 1
    with pytest.raises(accounts.HasLeft):
        accounts.sign_in(hub_store, SignIn("lin", told["password"], "desk"), NOW)


def test_orders_are_imported_booked_classified_and_published(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    file = _orders_file(
        tmp_path,
        "1234567890123456789,小兰,498.00,498.00,0,交易成功,2020-11-02 09:00:00,2020-11-02 09:01:00",
        "1234567890123456790,小梅,99.00,99.00,0,交易成功,2020-11-03 09:00:00,2020-11-03 09:01:00",
    )
    first = type_("import", "orders", file, "--shop", "旗舰店", "--json")
    assert first.data["orders"]["added"] == 2
    assert first.data["classified"] == {
        "customers": 2,
        "changed": 2,
        "pools": [],
        "grades": [],
        "relationships": [],
        "tags": 0,
    }
    assert "orders" in first.err  # the progress, beside the answer
    again = type_("import", "orders", file, "--shop", "旗舰店", "--json").data
    assert (again["orders"]["added"], again["classified"]["changed"]) == (0, 0)
    with hub_store.read() as session:
        assert session.scalar(select(func.sum(Fact.fen)).where(Fact.kind == "cash")) == 59_700
        assert set(session.scalars(select(Customer.initials))) == {"xl", "xm"}


def test_a_real_export_comes_in_whole_and_only_once(type_: Type, shared_data: Path) -> None:
    files = [str(shared_data / f"taobao_toyshop_{part}_sample.csv") for part in ("orders", "items")]
    first = type_("import", "orders", *files, "--json").data
    assert [first[what]["added"] for what in ("orders", "buyers", "lines")] == [424, 367, 2_114]
    assert first["sums"] == first["file_sums"]
    assert first["classified"]["customers"] == 367
    again = type_("import", "orders", *files, "--json").data
    assert [again[what]["added"] for what in ("orders", "buyers", "lines")] == [0, 0, 0]
    assert again["classified"]["changed"] == 0
    assert type_("status", "--json").data["orders"] == 424


def test_a_file_of_another_kind_imports_nothing(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    row = "1234567890123456789,小兰,9,9,0,交易成功,2020-11-02 09:00:00,2020-11-02 09:01:00"
    file = _orders_file(tmp_path, row)
    said = type_("import", "members", file, "--shop", "旗舰店", "--json")
    assert said.error["code"] == "OtherKind"
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_broken_file_is_one_sentence(type_: Type, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    said = type_("import", "orders", str(file))
    assert said.code == 1
    assert "empty.csv" in said.err.splitlines()[-1]


def test_classify_says_who_moves_and_a_preview_changes_nothing(
    type_: Type, hub_store: Store
) -> None:
    with hub_store.write() as session:
        makers.make_card(session, makers.make_customer(session))
        makers.make_customer(session)
    preview = type_("classify", "--preview", "--json").data
    moved = type_("classify", "--json").data
    assert preview["pools"] == moved["pools"] == [{"from": "0", "to": "V", "customers": 1}]
    assert (preview["preview"], moved["preview"]) == (True, False)
    assert type_("classify", "--json").data["changed"] == 0


def test_customers_go_to_a_rep_by_list_by_number_and_from_another(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    lin = makers.hub_with_rep(hub_store)
    wang = makers.hub_with_rep(hub_store, "wang")
    with hub_store.write() as session:
        plain, phone, member, best = (
            makers.make_customer(session, **one)
            for one in ({}, {"phone": "13800000001"}, {}, {"pool": "V"})
        )
        session.add(
            Identity(
                id=new_id(), customer_id=member.id, kind="member", value="M1", since=NOW, source=""
            )
        )
        ids = {name: one.id for name, one in (("plain", plain), ("phone", phone), ("best", best))}
        ids["member"] = member.id
    best_one = type_("assign", "--rep", "lin", "--unassigned", "1", "--json").data
    assert best_one == {"rep": "lin", "chosen": 1, "moved": 1}
    listed = tmp_path / "list.txt"
    listed.write_text(f"{ids['plain']}\n13800000001\n\nM1\n", "utf-8-sig")
    assert type_("assign", "--rep", "lin", "--customers", str(listed), "--json").data["moved"] == 3
    assert type_("assign", "--rep", "wang", "--from", "lin", "--json").data["moved"] == 4
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.rep_id))) == {wang}
        stays = session.execute(select(Assignment.rep_id, Assignment.until.is_(None))).all()
        feed = session.execute(
            select(SyncFeed.stream, SyncFeed.op).where(SyncFeed.entity == "customer")
        ).all()
    assert sorted(map(tuple, stays)) == sorted([(lin, False)] * 4 + [(wang, True)] * 4)
    assert sorted(map(tuple, feed)) == sorted(
        [(f"rep:{lin}", "remove")] * 4 + [(f"rep:{wang}", "put")] * 4
    )


def test_a_list_with_a_stranger_moves_nobody_and_does_not_repeat_numbers(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        known = makers.make_customer(session, phone="13800000001").id
    listed = tmp_path / "list.txt"
    listed.write_text("13800000001\n13800000002\n", "utf-8")
    said = type_("assign", "--rep", "lin", "--customers", str(listed), "--json")
    assert said.error["params"] == {"count": 1, "places": "2"}
    assert "13800000002" not in said.err
    with hub_store.read() as session:
        assert session.get_one(Customer, known).rep_id is None


@pytest.mark.parametrize("ways", [(), ("--unassigned", "1", "--from", "lin")])
def test_which_customers_is_said_in_one_way(
    type_: Type, hub_store: Store, ways: tuple[str, ...]
) -> None:
    makers.hub_with_rep(hub_store)
    assert type_("assign", "--rep", "lin", *ways, "--json").error["code"] == "OneWay"


def test_a_keeper_gets_no_customers(type_: Type, hub_store: Store) -> None:
    makers.hub_with_rep(hub_store, "ke", role=Role.KEEPER)
    said = type_("assign", "--rep", "ke", "--unassigned", "1", "--json")
    assert said.error["code"] == "NotARep"


def test_a_target_is_split_to_the_fen_and_shown(type_: Type, hub_store: Store) -> None:
    for login in ("lin", "wang", "zhao"):
        makers.hub_with_rep(hub_store, login)
    told = type_("targets", "set", "2026-11", "一组", "cash", "1000.01", "--json").data
    assert sorted(part["amount"] for part in told["parts"]) == [33_333, 33_334, 33_334]
    weights = ("--split", "weights", "--weight", "lin=2", "--weight", "zhao=1")
    parts = type_("targets", "set", "2026-11", "一组", "cash", "43万", *weights, "--json").data
    assert [part["amount"] for part in parts["parts"]] == [28_666_667, 0, 14_333_333]
    team = type_("targets", "show", "2026-11", "一组", "--json").data["teams"][0]
    assert team["measures"]["cash"]["target"] == 43_000_000
    assert sum(rep["measures"]["cash"]["target"] for rep in team["reps"]) == 43_000_000
    shown = type_("targets", "show", "2026-11")
    assert "¥430,000" in shown.out
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Target)) == 4
        assert session.scalar(select(func.min(Target.ver))) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("2026-13", "一组", "cash", "1"), "NoMonth"),
        (("2026-11", "二组", "cash", "1"), "NoSuchTeam"),
        (("2026-11", "一组", "cash", "much"), "NoAmount"),
        (("2026-11", "一组", "cards", "1.5"), "NoAmount"),
        (("2026-11", "一组", "cards", "5", "--split", "weights"), "NoWeights"),
        (("2026-11", "一组", "cards", "5", "--split", "weights", "--weight", "lin"), "NoWeights"),
    ],
)
def test_a_wrong_target_is_one_sentence(
    type_: Type, hub_store: Store, words: tuple[str, ...], code: str
) -> None:
    makers.hub_with_rep(hub_store)
    assert type_("targets", "set", *words, "--json").error["code"] == code
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Target)) == 0


def test_status_counts_what_is_there(type_: Type, hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        makers.make_order(session, makers.make_customer(session, rep, pool="1"))
        makers.make_order(session, None)
        session.add(
            Sale(
                id=new_id(),
                customer_id="c",
                rep_id=rep,
                at=NOW,
                kind="card",
                item_id="",
                what="",
                fen=1,
                proof="1",
            )
        )
    found = type_("status", "--json").data
    assert found["customers"] == {"1": 1}
    assert (found["orders"], found["orders_without_person"], found["unassigned"]) == (2, 1, 0)
    assert (found["sales"], found["people"][0]["customers"]) == ({"claimed": 1}, 1)
    assert found["streams"]["catalog"] == 4
    assert found["bytes"] > 100_000
    words = type_("status").out
    assert "lin · Lin · rep · 一组 · 1" in words


def test_a_backup_is_whole_private_and_never_overwritten(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    makers.hub_with_rep(hub_store)
    file = tmp_path / "saved.db"
    size = type_("backup", str(file), "--json").data["bytes"]
    assert size == file.stat().st_size > 10_000
    assert file.stat().st_mode & 0o077 == 0
    assert type_("backup", str(file), "--json").error["code"] == "FileExists"
    assert type_("backup", str(file), "--force", "--json").code == 0
    assert [one.name for one in tmp_path.glob("saved*")] == ["saved.db"]
    if hub_store.on_postgres:
        assert file.read_bytes()[:5] == b"PGDMP"
    else:
        listed = CliRunner().invoke(app, ["people", "list", "--database", str(file), "--json"])
        assert json.loads(listed.stdout)["people"][0]["login"] == "lin"


def test_a_backup_into_nowhere_leaves_nothing(type_: Type, tmp_path: Path) -> None:
    said = type_("backup", str(tmp_path / "nowhere" / "saved.db"), "--json")
    assert said.error["code"] == "NotSaved"


def test_the_nightly_run_clears_out_sign_ins_and_says_when(type_: Type, hub_store: Store) -> None:
    lin = makers.hub_with_rep(hub_store)
    accounts.sign_in(hub_store, SignIn("lin", PASSWORD, new_id()), clock.now())
    with hub_store.write() as session:
        session.add(Token(sha256="0" * 64, person_id=lin, **_LONG_OVER))
    told = type_("nightly", "--json").data
    assert (told["tokens"], told["learned_from"]) == (1, 0)
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Token)) == 2
        assert session.get_one(SyncMeta, 1).nightly_at is not None


def test_a_step_of_the_night_that_fails_does_not_cost_the_others(
    type_: Type, hub_store: Store
) -> None:
    lin = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        session.add(Token(sha256="0" * 64, person_id=lin, **_LONG_OVER))
        told = {
            "rule_set": "relationship",
            "effective": clock.local_day(clock.now()),
            "body": {"close": "very"},
        }
        session.add(Setting(id=new_id(), **told))
    assert type_("nightly", "--json").error["code"] == "BadSetting"
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Token)) == 0
        # Whoever watches the hub is told: the night is not over.
        assert session.get_one(SyncMeta, 1).nightly_at is None


_LONG_OVER: dict[str, Any] = {
    "client_id": "c",
    "family": "f",
    "purpose": accounts.ACCESS,
    "expires_at": NOW - timedelta(days=60),
}
