"""An installed wheel runs by its commands, in a folder with an awkward name."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="commands lie elsewhere on Windows"),
]

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that holds the wheel, and what it needs from this one."""
    folder = tmp_path_factory.mktemp("100% 露米 desk")
    wheels = tmp_path_factory.mktemp("wheels")
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels], tree.ROOT)
    venv.create(folder, with_pip=False)
    site = next((folder / "lib").glob("python*")) / "site-packages"
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    # Any pip can install into another Python; ours has no index to ask here.
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install"]
    _run([*pip, "--no-deps", "--no-index", "--quiet", *wheels.glob("*.whl")], folder)
    return folder


@pytest.fixture
def command(installed: Path, tmp_path: Path) -> Command:
    """Return a function that runs one of the installed commands, away from this clone."""

    def run(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return _run([installed / "bin" / name, *words], tmp_path)

    return run


def _run(words: list[object], folder: Path) -> "subprocess.CompletedProcess[str]":
    dropped = ("PYTHONPATH", "LUMI_DESK_NO_VENV", "VIRTUAL_ENV")
    environ = {key: value for key, value in os.environ.items() if key not in dropped}
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env={**environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"{ran.stdout[-1000:]}\n{ran.stderr[-2000:]}"
    return ran


def test_the_program_is_the_installed_one(installed: Path) -> None:
    ask = "import lumi_desk, ui; print(lumi_desk.__file__); print(ui.__file__)"
    told = _run([installed / "bin" / "python", "-c", ask], installed)
    assert all(Path(line).is_relative_to(installed) for line in told.stdout.splitlines())


def test_the_hubs_commands_explain_themselves(command: Command) -> None:
    assert "serve" in command("lumi-hub", "--help").stdout
    assert "demo" in command("lumi-desk", "--help").stdout


def test_a_hub_is_founded_and_read(command: Command, tmp_path: Path) -> None:
    database = str(tmp_path / "50% 露米 hub.db")
    command("lumi-hub", "init", "--database", database, "--json")
    told = json.loads(command("lumi-hub", "status", "--database", database, "--json").stdout)
    assert (told["people"], len(told["schema"])) == ([], 2)


def test_the_demonstration_plays_its_tour(command: Command, tmp_path: Path) -> None:
    told = json.loads(command("lumi-desk", "demo", "--tour", str(tmp_path / "图 1%")).stdout)
    assert told["ok"] is True
    assert all(Path(step["picture"]).is_file() for step in told["steps"] if step["picture"])
