"""The environment beside the package: whole or not at all, and never somebody else's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launcher.clone import Clone, make_clone

pytestmark = pytest.mark.slow


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return make_clone(tmp_path / "100% 露米 desk")


def _told(started: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    assert started.returncode == 7, started.stderr
    told = json.loads(started.stdout)
    assert isinstance(told, dict)
    return told


def _one_sentence(started: "subprocess.CompletedProcess[str]") -> str:
    assert started.returncode == 1, started.stderr
    assert started.stdout == ""
    lines = [line for line in started.stderr.splitlines() if not line.endswith("...")]
    assert len(lines) == 1
    return lines[0]


def _inside(clone: Clone, module: str) -> bool:
    python = clone.root / ".venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def test_the_first_start_makes_it_and_the_second_does_not(clone: Clone) -> None:
    first = clone.start("--zoom", "150", QT_QPA_PLATFORM="offscreen")
    told = _told(first)
    assert told["words"] == ["--zoom", "150"]
    assert Path(str(told["prefix"])) == clone.root / ".venv"
    assert "Making" in first.stderr
    second = clone.start(QT_QPA_PLATFORM="offscreen", PIP_FIND_LINKS="")
    assert _told(second)["version"] == "1"
    assert second.stderr == ""


def test_a_half_made_one_is_made_again(clone: Clone) -> None:
    half = clone.root / ".venv"
    half.mkdir()
    (half / "lumi-desk.making").touch()
    (half / "left over").touch()
    assert _told(clone.start())["version"] == "1"
    assert not (half / "left over").exists()
    assert not (half / "lumi-desk.making").exists()


def test_a_new_lock_makes_a_new_one(clone: Clone) -> None:
    clone.lock("requirements.txt", "tiny_run==1", "tiny_gone==1")
    assert _told(clone.start())["version"] == "1"
    clone.lock("requirements.txt", "tiny_run==2")
    assert _told(clone.start())["version"] == "2"
    assert not _inside(clone, "tiny_gone")


def test_what_tests_need_comes_on_top(clone: Clone) -> None:
    _told(clone.start())
    assert not _inside(clone, "tiny_dev")
    # There is no pytest among the tiny wheels, so the hand-over fails after the installing.
    tested = clone.start("test")
    assert "Adding what tests need" in tested.stderr
    assert "No module named pytest" in tested.stderr
    assert _inside(clone, "tiny_dev")
    assert _told(clone.start())["version"] == "1"


def test_somebody_elses_is_left_alone(clone: Clone) -> None:
    theirs = clone.root / ".venv" / "theirs"
    theirs.parent.mkdir()
    theirs.touch()
    assert "LUMI_DESK_NO_VENV=1" in _one_sentence(clone.start())
    assert theirs.exists()


def test_a_package_that_is_not_the_locked_one_is_refused(clone: Clone) -> None:
    clone.lock("requirements.txt", "tiny_run==1", digest="0" * 64)
    assert "not the one in the lock" in _one_sentence(clone.start())
    assert not _inside(clone, "tiny_run")


def test_an_index_out_of_reach_is_said(clone: Clone) -> None:
    unreachable = "http://127.0.0.1:9/"
    started = clone.start(
        PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_INDEX_URL=unreachable, PIP_RETRIES="1"
    )
    assert "out of reach" in _one_sentence(started)


def test_ones_own_environment_is_used_as_it_is(clone: Clone) -> None:
    started = clone.start(LUMI_DESK_NO_VENV="1")
    assert "No module named 'tiny_run'" in started.stderr
    assert not (clone.root / ".venv").exists()


def test_without_a_screen_it_runs_without_a_window(clone: Clone) -> None:
    started = clone.start(DISPLAY="", WAYLAND_DISPLAY="")
    if sys.platform == "linux":
        assert _told(started)["platform"] == "offscreen"
        assert "No screen was found" in started.stderr


def test_it_starts_from_any_folder_by_its_path(clone: Clone, tmp_path: Path) -> None:
    _told(clone.start())
    elsewhere = subprocess.run(
        [sys.executable, clone.root / "lumi_desk"],
        cwd=tmp_path,
        env={"PATH": "", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    assert Path(str(_told(elsewhere)["folder"])) == tmp_path
