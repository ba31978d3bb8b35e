"""The tour as it is played for whoever asks: real processes, real keys, a picture of each step."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

_WITHIN_S = 240
STEPS = (
    "the hub starts",
    "the leader signs in",
    "the board before",
    "the rep signs in",
    "today's list",
    "the line is cut",
    "a card is sold offline",
    "a callback is promised offline",
    "a refusal is kept offline",
    "killed in mid-call",
    "back with the note",
    "the call is finished",
    "online again, everything sent",
    "the board shows the morning",
    "the manager signs in",
    "the rules",
    "who would move",
)
IMPORTS = ("import orders", "import the same orders again")

pytestmark = pytest.mark.slow


def test_the_tour_plays_to_its_end(tmp_path: Path) -> None:
    told = _played(tmp_path / "pictures")

    assert set(told) == {"steps", "ok"}
    _is_well_told(told, tmp_path / "pictures")


def test_the_tour_plays_on_a_real_shops_orders(tmp_path: Path, shared_data: Path) -> None:
    orders = shared_data / "taobao_toyshop_orders_sample.csv"

    told = _played(tmp_path / "pictures", "--orders", str(orders))

    assert tuple(step["name"] for step in told["steps"][:2]) == IMPORTS
    report = told["import"]
    read = [report[what]["read"] for what in ("orders", "buyers", "lines")]
    assert read == [report[what]["added"] for what in ("orders", "buyers", "lines")]
    assert read == [424, 367, 2114]
    _is_well_told(told, tmp_path / "pictures")


def test_a_step_that_fails_ends_the_tour_with_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "orders.csv"
    empty.touch()

    tour = _play(tmp_path / "pictures", "--orders", str(empty))

    told = json.loads(tour.stdout)
    assert tour.returncode == 1
    assert told["ok"] is False
    assert [(step["name"], step["ok"]) for step in told["steps"]] == [(IMPORTS[0], False)]
    assert "orders.csv" in told["steps"][0]["said"]


def _played(pictures: Path, *more: str) -> dict[str, Any]:
    tour = _play(pictures, *more)
    assert tour.returncode == 0, tour.stdout + tour.stderr
    told: dict[str, Any] = json.loads(tour.stdout)
    return told


def _play(pictures: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "lumi_desk.demo", "--tour", str(pictures), *more]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=_WITHIN_S
    )


def _is_well_told(told: dict[str, Any], pictures: Path) -> None:
    """Each step went well, took its time, and those at a window have a picture of it."""
    assert told["ok"] is True
    assert [step["name"] for step in told["steps"] if step["name"] in STEPS] == list(STEPS)
    for step in told["steps"]:
        assert set(step) == {"name", "ok", "ms", "picture"}
        assert step["ok"] is True
        assert isinstance(step["ms"], int)
    taken = [Path(step["picture"]) for step in told["steps"] if step["picture"]]
    unseen = {step["name"] for step in told["steps"] if not step["picture"]}
    assert unseen <= {"the hub starts", *IMPORTS}
    assert sorted(taken) == sorted(pictures.glob("*.png"))
    for picture in taken:
        assert not _is_blank(picture), picture


def _is_blank(picture: Path) -> bool:
    """Whether there is little to see: a screen of ours has text, cards and several colours."""
    with Image.open(picture) as image:
        assert image.width >= 1366
        assert image.height >= 768
        colours = image.convert("RGB").quantize(64).getcolors() or []
    ink = sum(count for count, _ in sorted(colours)[:-2])
    return len(colours) < 16 or ink < image.width * image.height // 200
