"""The doors of imports: what the commands do, for who may import, and nothing lies about open."""

import base64
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lumi_desk.hub import import_jobs, import_work
from lumi_desk.hub.import_work import Order
from lumi_desk.ids import new_id
from lumi_desk.imports import profiles
from lumi_desk.imports.tables import ImportJob, ImportPiece, ImportRun
from lumi_desk.managing.imports import PIECE, Task
from lumi_desk.orders.tables import Order as OrderRow
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.imports import files

pytestmark = pytest.mark.slow

PHONE = "13812345678"
ODD = (
    "编码,日子,钱,电话簿,姓\n"
    f"2140260038636553217,2026/11/01 10:00,120.50,{PHONE},王芳\n"
    "2140260038636553218,2026/11/02 11:00,80.00,13912345678,李小梅\n"
)
TOLD = {"钱": "total", "日子": "created", "编码": "number"}


@dataclass
class Beside:
    """Carries orders out when it is told to, in this process."""

    store: Store
    waits: bool = False
    orders: list[Order] = field(default_factory=list)
    dead: bool = False

    def __call__(self, order: Order) -> None:
        self.orders.append(order)
        if not self.waits:
            self.work()

    def work(self) -> None:
        import_work.carry_out(self.store, self.orders.pop())

    def has_ended(self, _job: str, _turn: int) -> bool:
        return self.dead


@pytest.fixture
def beside(hub_store: Store) -> Beside:
    return Beside(hub_store)


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path, beside: Beside) -> Hub:
    """A hub with a keeper and a manager."""
    makers.hub_with_rep(hub_store, "wang", role=Role.KEEPER)
    makers.hub_with_rep(hub_store, "gu", role=Role.MANAGER)
    return Hub(hub_store, tmp_path, beside)


class Keeper(Stranger):
    """Somebody's client who imports."""

    def __init__(self, hub: Hub, login: str = "wang") -> None:
        super().__init__(hub, login)
        self.job, self.key = new_id(), secrets.token_hex(32)

    def says(self, door: str, **told: Any) -> Any:
        answer = self.ask(door, told)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, door: str, **told: Any) -> tuple[int, str]:
        answer = self.ask(door, told)
        return answer.status_code, answer.json()["code"]

    def begins(self, **sizes: int) -> Any:
        told = [{"name": name.replace("_", "."), "size": size} for name, size in sizes.items()]
        return self.says("imports/begin", id=self.job, files=told)

    def piece(self, body: bytes, file: int = 0, place: int = 0) -> dict[str, Any]:
        told = {"id": self.job, "key": self.key, "file": file, "place": place}
        return told | {"body": base64.b64encode(body).decode()}

    def brings(self, *paths: Path) -> Any:
        """Bring up files, all of them."""
        told = [{"name": one.name, "size": one.stat().st_size} for one in paths]
        at = self.says("imports/begin", id=self.job, files=told)
        for file, path in enumerate(paths):
            body = path.read_bytes()
            for place in range(import_jobs.pieces_of(len(body))):
                part = body[place * PIECE : (place + 1) * PIECE]
                at = self.says("imports/bring", **self.piece(part, file, place))
        return at

    def does(self, task: Task, **wish: Any) -> Any:
        """Have something done, and see what came of it."""
        told = {"id": self.job, "key": self.key, "task": task.value, "wish": wish}
        self.says("imports/work", **told)
        return self.at()

    def at(self) -> Any:
        return self.says("imports/at", id=self.job)

    def plans(self, **wish: Any) -> list[Any]:
        told = self.says("imports/plan", id=self.job, key=self.key, wish=wish)
        tables: list[Any] = told["tables"]
        return tables


@pytest.fixture
def wang(hub: Hub) -> Keeper:
    return Keeper(hub)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(ODD, "utf-8")
    return path


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """Three orders, one of them without a time, as Taobao exports them."""
    rows = [files.ORDER | {"订单编号": f"214026003863655321{n}"} for n in (1, 2, 3)]
    rows[2]["订单创建时间"] = "gestern"
    return files.write(tmp_path / "ExportOrderList.csv", files.HEADER_46, rows)


def orders(store: Store) -> tuple[int, int]:
    with store.read() as session:
        many, total = session.execute(
            select(func.count(), func.sum(OrderRow.total_fen)).select_from(OrderRow)
        ).one()
        return many, total or 0


def pieces(store: Store) -> int:
    beside = import_jobs.beside(store)
    with beside.read() as session:
        found = session.scalar(select(func.count()).select_from(ImportPiece)) or 0
    if beside is not store:
        beside.close()
    return found


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.LEADER])
@pytest.mark.parametrize(
    "door", ["", "/show", "/begin", "/bring", "/at", "/plan", "/work", "/save-profile", "/stop"]
)
def test_a_door_of_imports_opens_for_who_may_import(hub: Hub, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "wu", role=role)
    assert Keeper(hub, "wu").refused(f"imports{door}") == (403, "NotYours")


@pytest.mark.parametrize("login", ["wang", "gu"])
def test_a_known_export_is_looked_at_tried_and_imported(hub: Hub, login: str, known: Path) -> None:
    who = Keeper(hub, login)
    who.brings(known)
    assert who.does(Task.LOOK)["ended"] == "look"
    (table,) = who.plans()
    assert (table["kind"], table["sure"], table["lines"]) == ("orders", True, 3)
    assert {one["way"] for one in table["columns"]} == {"header", ""}

    tried = who.does(Task.TRY)
    assert tried["result"]["orders"] == {
        "read": 2, "added": 2, "changed": 0, "unchanged": 0, "left_out": 1
    }  # fmt: skip
    assert tried["result"]["left_out"][0]["reason"] == "created"
    assert orders(hub.store) == (0, 0)
    assert who.says("imports")["imports"] == []

    done = who.does(Task.RUN)
    assert done["result"]["orders"]["added"] == 2
    assert done["over"]
    assert orders(hub.store) == (2, 20_000)
    assert pieces(hub.store) == 0
    (past,) = who.says("imports")["imports"]
    assert (past["added"], past["left_out"], past["files"]) == (2, 1, ["ExportOrderList.csv"])
    assert who.says("imports/show", run=past["run"])["report"] == {
        name: value
        for name, value in done["result"].items()
        if name not in ("classified", "confirmed", "given_to_reps")
    }


def test_what_is_not_known_is_proposed_masked_corrected_and_kept(
    hub: Hub, wang: Keeper, odd: Path
) -> None:
    wang.brings(odd)
    wang.does(Task.LOOK)
    (table,) = wang.plans()
    columns = {one["name"]: one for one in table["columns"]}
    assert (table["kind"], table["sure"]) == ("orders", False)
    assert columns["电话簿"]["samples"] == ["138 •••• 5678", "139 •••• 5678"]
    assert PHONE not in json.dumps(table)
    assert columns["钱"]["way"] == "guess"
    assert 0 < columns["钱"]["certainty"] < 0.9
    assert "unpaid" in table["doubts"]
    assert wang.does(Task.RUN)["problem"]["code"] == "Unsure"
    assert orders(hub.store) == (0, 0)

    (table,) = wang.plans(told={**TOLD, "姓": "-"})
    columns = {one["name"]: one for one in table["columns"]}
    assert (columns["钱"]["way"], columns["钱"]["meaning"]) == ("told", "total")
    assert (columns["姓"]["way"], columns["姓"]["meaning"]) == ("told", "")

    told = {"id": wang.job, "key": wang.key, "wish": {"told": {**TOLD, "姓": "-"}}}
    saved = wang.says("imports/save-profile", **told, table="odd.csv", name="erp")
    assert saved == {"profiles": ["erp"]}
    (table,) = wang.plans(profile="erp")
    assert table["sure"]
    assert {one["way"] for one in table["columns"]} == {"profile", ""}
    assert wang.does(Task.RUN, profile="erp")["result"]["orders"]["added"] == 2
    assert orders(hub.store) == (2, 20_050)
    with hub.store.read() as session:
        assert profiles.named(session, "erp").layout.kind.value == "orders"


def test_what_is_unsure_is_imported_when_it_is_confirmed(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    assert wang.does(Task.RUN, told=TOLD, confirmed=True)["problem"] is None
    assert orders(hub.store) == (2, 20_050)


def test_of_two_files_nobody_knows_both_are_told(hub: Hub, wang: Keeper, odd: Path) -> None:
    other = odd.with_name("other.csv")
    other.write_text("凭证,何时,多少\n8140260038636553219,2026/11/03 10:00,7.00\n", "utf-8")
    wang.brings(odd, other)
    told = {**TOLD, "凭证": "number", "何时": "created", "多少": "total"}
    done = wang.does(Task.RUN, told=told, confirmed=True)
    assert done["problem"] is None
    assert orders(hub.store) == (3, 20_750)


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("empty.csv", b" \n", "NothingInside"),
        ("header.csv", "订单编号,总金额\n".encode(), "NothingInside"),
        ("bank.pdf", b"%PDF-1.4 nothing", "WrongFormat"),
        ("old.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "Protected"),
        ("broken.xlsx", b"PK\x03\x04 no", "DamagedSheet"),
        ("mixed.csv", "订单编号,总金额\n".encode() * 9 + b"\xff\xfe\xff,1\n", "WrongEncoding"),
        ("cut.csv", '订单编号,总金额\n1,"2'.encode(), "CutOff"),
    ],
)
def test_a_broken_file_gets_the_sentence_of_the_command(
    wang: Keeper, tmp_path: Path, name: str, body: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(body)
    wang.brings(tmp_path / name)
    looked = wang.does(Task.LOOK)
    assert looked["problem"]["code"] == code
    assert name in looked["problem"]["words"]


def test_a_table_of_nobodys_can_still_be_told(hub: Hub, wang: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "wall.csv"
    path.write_text("甲,乙,丙\nA-1,x,y\nA-2,x,y\n", "utf-8")
    wang.brings(path)
    wang.does(Task.LOOK)
    (table,) = wang.plans()
    assert (table["kind"], table["problem"]["code"]) == ("", "NotAnExport")
    assert [one["name"] for one in table["columns"]] == ["甲", "乙", "丙"]
    (table,) = wang.plans(told={"甲": "name", "乙": "wechat"})
    assert (table["kind"], table["problem"]) == ("members", None)
    (table,) = wang.plans(told={"甲": "name", "乙": "name"})
    assert table["problem"]["code"] == "ToldTwice"
    assert [one["meaning"] for one in table["columns"]] == ["name", "name", ""]


def test_a_bad_line_costs_the_piece_it_lost(wang: Keeper) -> None:
    body = secrets.token_bytes(PIECE + 10)
    wang.begins(big_csv=len(body))
    assert wang.refused("imports/work", id=wang.job, key=wang.key, task="look") == (
        422,
        "NotAllThere",
    )
    for _ in range(2):
        at = wang.says("imports/bring", **wang.piece(body[:PIECE]))
        assert at["files"][0]["pieces"] == 1
    assert wang.begins(big_csv=len(body))["files"][0]["pieces"] == 1
    assert wang.refused("imports/bring", **wang.piece(body[PIECE:-1], 0, 1)) == (422, "PieceAstray")
    at = wang.says("imports/bring", **wang.piece(body[PIECE:], 0, 1))
    assert at["files"][0]["pieces"] == 2


def test_pieces_without_the_one_before_count_from_the_first_on(wang: Keeper) -> None:
    wang.begins(big_csv=3 * PIECE)
    assert wang.says("imports/bring", **wang.piece(bytes(PIECE), 0, 2))["files"][0]["pieces"] == 0
    assert wang.says("imports/bring", **wang.piece(bytes(PIECE), 0, 0))["files"][0]["pieces"] == 1
    assert wang.says("imports/bring", **wang.piece(bytes(PIECE), 0, 1))["files"][0]["pieces"] == 3


def test_files_too_large_are_refused_with_what_to_do(hub: Hub, wang: Keeper) -> None:
    told = {"id": wang.job, "files": [{"name": "a.csv", "size": import_jobs.MOST_BYTES + 1}]}
    answer = wang.ask("imports/begin", told).json()
    assert answer["code"] == "TooLargeToBring"
    assert "lumi-hub import" in answer["advice"]


def test_no_phone_lies_open_on_the_hub(hub: Hub, wang: Keeper, odd: Path, tmp_path: Path) -> None:
    wang.brings(odd)
    wang.does(Task.LOOK)
    beside = import_jobs.beside(hub.store)
    with beside.read() as session:
        (body,) = session.scalars(select(ImportPiece.body))
        job = session.get_one(ImportJob, wang.job)
        kept = body + (job.seen or b"")
    if beside is not hub.store:
        beside.close()
    for words in (PHONE.encode(), "王芳".encode(), bytes.fromhex(wang.key), wang.key.encode()):
        assert words not in kept
    for path in tmp_path.iterdir():
        if path.name.startswith("hub.db"):
            assert PHONE.encode() not in path.read_bytes()


def test_another_key_opens_nothing(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    wang.does(Task.LOOK)
    wang.key = secrets.token_hex(32)
    assert wang.refused("imports/plan", id=wang.job, key=wang.key) == (422, "SealBroken")
    assert wang.does(Task.RUN)["problem"]["code"] == "SealBroken"
    assert orders(hub.store) == (0, 0)


def test_nobody_sees_or_stops_anothers_import(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    gu = Keeper(hub, "gu")
    for door in ("at", "stop"):
        assert gu.refused(f"imports/{door}", id=wang.job)[1] == "NoSuchImport"
    told = [{"name": "odd.csv", "size": 1}]
    assert gu.refused("imports/begin", id=wang.job, files=told)[1] == "NoSuchImport"
    assert pieces(hub.store) == 1


def test_what_is_stopped_leaves_nothing(
    hub: Hub, wang: Keeper, beside: Beside, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "_TELLS_S", 0.0)
    beside.waits = True
    wang.brings(known)
    wang.does(Task.RUN)
    assert wang.says("imports/stop", id=wang.job)["doing"] == "run"
    beside.work()
    at = wang.at()
    assert (at["doing"], at["problem"]["code"], at["over"]) == ("", "Stopped", True)
    assert orders(hub.store) == (0, 0)
    assert pieces(hub.store) == 0


def test_an_import_that_is_not_at_work_is_let_go_at_once(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    assert wang.says("imports/stop", id=wang.job)["over"]
    assert pieces(hub.store) == 0
    assert wang.refused("imports/work", id=wang.job, key=wang.key, task="look")[1] == (
        "NoSuchImport"
    )


def test_it_is_too_late_to_stop_before_the_commit(
    hub: Hub, wang: Keeper, beside: Beside, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside.waits = True
    wang.brings(known)
    wang.does(Task.RUN)
    told: list[tuple[int, str]] = []
    settle = import_work._Work._settle

    def settles(work: import_work._Work) -> None:
        settle(work)
        told.append(wang.refused("imports/stop", id=wang.job))

    monkeypatch.setattr(import_work._Work, "_settle", settles)
    beside.work()
    assert told == [(422, "TooLateToStop")]
    assert orders(hub.store) == (2, 20_000)


def test_one_import_at_a_time(hub: Hub, wang: Keeper, beside: Beside, known: Path) -> None:
    beside.waits = True
    wang.brings(known)
    assert wang.does(Task.RUN)["doing"] == "run"
    assert wang.does(Task.RUN)["doing"] == "run"
    assert len(beside.orders) == 1
    gu = Keeper(hub, "gu")
    gu.brings(known)
    told = {"id": gu.job, "key": gu.key}
    assert gu.refused("imports/work", **told, task="try") == (409, "ImportUnderWay")
    beside.work()
    assert gu.does(Task.TRY)["doing"] == "try"


@pytest.mark.parametrize("died", ["its process ended", "nobody heard of it"])
def test_a_process_that_died_is_noticed(
    hub: Hub, wang: Keeper, beside: Beside, known: Path, died: str
) -> None:
    beside.waits = True
    wang.brings(known)
    assert wang.does(Task.RUN)["doing"] == "run"
    if died == "its process ended":
        beside.dead = True
    else:
        hub.clock.forward(minutes=11)
    at = wang.at()
    assert (at["doing"], at["problem"]["code"]) == ("", "BrokenOff")
    beside.dead, beside.waits = False, False
    # What still came of it then is not taken for the new one.
    before = beside.orders.pop()
    assert wang.does(Task.TRY)["result"]["orders"]["added"] == 2
    import_work.carry_out(hub.store, before)
    assert wang.at()["ended"] == "try"


def test_files_nobody_asks_for_are_let_go(hub: Hub, wang: Keeper, odd: Path) -> None:
    wang.brings(odd)
    import_jobs.sweep(hub.store, hub.clock() + import_jobs.KEPT)
    assert pieces(hub.store) == 1
    import_jobs.sweep(hub.store, hub.clock() + import_jobs.KEPT + timedelta(seconds=1))
    assert pieces(hub.store) == 0
    assert wang.at()["over"]
    import_jobs.sweep(hub.store, hub.clock() + import_jobs.REMEMBERED + timedelta(seconds=1))
    assert wang.refused("imports/at", id=wang.job)[1] == "NoSuchImport"


def test_who_begins_another_import_lets_go_of_the_one_before(
    hub: Hub, wang: Keeper, odd: Path
) -> None:
    wang.brings(odd)
    wang.job = new_id()
    wang.begins(a_csv=1)
    assert pieces(hub.store) == 0


def test_a_mistake_of_the_hubs_own_is_said_and_nothing_is_imported(
    hub: Hub, wang: Keeper, beside: Beside, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("lumi_desk.hub.intake.take_in", fails)
    beside.waits = True
    wang.brings(known)
    wang.does(Task.RUN)
    with pytest.raises(RuntimeError):
        beside.work()
    assert wang.at()["problem"]["code"] == "HubFailedAtIt"
    assert orders(hub.store) == (0, 0)


def test_a_process_of_its_own_imports_beside_the_doors(
    hub_store: Store, tmp_path: Path, known: Path
) -> None:
    makers.hub_with_rep(hub_store, "wang", role=Role.KEEPER)
    launch = import_work.Launcher(hub_store)
    wang = Keeper(Hub(hub_store, tmp_path, launch))
    wang.brings(known)
    wang.does(Task.LOOK)
    until(lambda: wang.at()["ended"] == "look")
    wang.does(Task.RUN)
    until(lambda: wang.at()["ended"] == "run")
    assert wang.at()["result"]["orders"]["added"] == 2
    assert orders(hub_store) == (2, 20_000)
    with hub_store.read() as session:
        assert session.scalars(select(ImportRun.at)).one() == makers.NOW
    until(lambda: launch.has_ended(wang.job, 1) and launch.has_ended(wang.job, 2))


def until(so: Callable[[], bool]) -> None:
    """Wait until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end
        time.sleep(0.1)
