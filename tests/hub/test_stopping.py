"""An import that is stopped leaves nothing behind: a real process, a real signal, every stage."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, table

from lumi_desk.hub.cli_shared import Stopped
from lumi_desk.storage.store import Store
from tests.imports import files

pytestmark = pytest.mark.slow

STAGES = ("checking", "reading", "orders", "buyers", "lines", "booking", "classifying")
ORDER_STAGES = (*STAGES, "publishing")
FIRST = {"订单编号": "2140260038636559999"}
ROWS = [{"订单编号": f"214026003863655{n:04d}", "买家会员名": f"小鱼{n}"} for n in range(1, 41)]

Address = Callable[[Store], str]


def state(store: Store) -> dict[str, Any]:
    """How many rows every table has, and how far every stream is."""
    found: dict[str, Any] = {}
    with store.read() as session:
        for name in inspect(session.connection()).get_table_names():
            count = select(func.count()).select_from(table(name))
            found[name] = session.scalar(count)
        streams = session.connection().exec_driver_sql(
            "SELECT id, head, digest FROM sync_stream ORDER BY id"
        )
        found["streams"] = [tuple(row) for row in streams]
    return found


def address(store: Store, folder: Path) -> str:
    if store.on_postgres:
        return store.engine.url.render_as_string(hide_password=False)
    return str(folder / "hub.db")


def command(
    store: Store, folder: Path, stage: str, *words: str
) -> tuple["subprocess.Popen[str]", Path]:
    """A command on its way to a stage, and the folder of its temporary files."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    told = [sys.executable, "-m", "tests.hub.stopped", stage, "import", *words]
    process = subprocess.Popen(
        [*told, "--database", address(store, folder)],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, temporary


def stop(process: "subprocess.Popen[str]", stage: str, number: int) -> tuple[str, float]:
    """Stop it in the stage. Returns what it said on standard error, and the seconds it took."""
    assert process.stdout is not None
    with process:
        said = process.stdout.readline().strip()
        assert said == stage, process.communicate()[1]
        begun = time.monotonic()
        process.send_signal(number)
        out, told = process.communicate(timeout=60)
        took = time.monotonic() - begun
    assert out == ""
    return told, took


@pytest.mark.parametrize("stage", ORDER_STAGES)
def test_an_import_stopped_in_a_stage_leaves_nothing(
    stage: str, hub_store: Store, tmp_path: Path
) -> None:
    orders = files.orders(tmp_path / "o.csv", *ROWS)
    items = files.items(tmp_path / "i.csv", *({"订单编号": one["订单编号"]} for one in ROWS))
    before = state(hub_store)
    process, temporary = command(hub_store, tmp_path, stage, "orders", str(orders), str(items))
    said, took = stop(process, stage, signal.SIGINT)
    assert said.strip() == "Stopped. Nothing was imported."
    assert process.returncode == 128 + signal.SIGINT
    assert took < 5
    assert state(hub_store) == before
    assert list(temporary.iterdir()) == []


def test_a_list_of_people_is_stopped_too(hub_store: Store, tmp_path: Path) -> None:
    path = files.members(tmp_path / "m.csv", {"姓名": "王芳", "手机": "13800004127"})
    before = state(hub_store)
    process, temporary = command(hub_store, tmp_path, "members", "members", str(path), "--json")
    said, _ = stop(process, "members", signal.SIGTERM)
    told = json.loads(said)["error"]
    assert (told["code"], told["advice"]) == (Stopped().code, "Nothing was imported.")
    assert process.returncode == 128 + signal.SIGTERM
    assert state(hub_store) == before
    assert list(temporary.iterdir()) == []


def test_killed_outright_it_leaves_nothing_either(hub_store: Store, tmp_path: Path) -> None:
    path = files.orders(tmp_path / "o.csv", *ROWS)
    before = state(hub_store)
    process, temporary = command(hub_store, tmp_path, "classifying", "orders", str(path))
    assert process.stdout is not None
    with process:
        assert process.stdout.readline().strip() == "classifying"
        process.kill()
    assert state(hub_store) == before
    assert list(temporary.iterdir()) == []
