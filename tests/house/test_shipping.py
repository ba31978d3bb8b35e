"""Every copy of the program finds its resources and migrations, whatever its folder is called."""

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from tests.house import tree

pytestmark = pytest.mark.slow

_AWKWARD = "100% 露米 desk"
# Finds everything, and walks it: Alembic has its own ideas about a percent sign.
_LOOK = """
import sys
from pathlib import Path
import lumi_desk
from lumi_desk.paths import shipped
from lumi_desk.schema import DESK, HUB, stored_revisions, upgrade
from lumi_desk.storage.engines import plain
assert Path(lumi_desk.__file__).is_relative_to(Path(sys.argv[1]).resolve()), lumi_desk.__file__
assert (shipped("resources") / "fonts" / "LumiSansSC-Regular.otf").is_file()
assert (shipped("resources") / "styles" / "lumi.qss").is_file()
engine = plain(Path(sys.argv[1]) / "new.db")
upgrade(engine, (*DESK, *HUB))
assert len(stored_revisions(engine)) == 3
engine.dispose()
import ui.words
print("found")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = _source(tmp_path_factory.mktemp("source"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.whl")
    return made


def _source(folder: Path) -> Path:
    """Copy the project as a clone would have it."""
    root = folder / _AWKWARD
    for file in tree.files():
        copy = root / file.relative_to(tree.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return root


def _look(folder: Path) -> str:
    """Let a fresh Python look around in a copy, away from this one."""
    program = f"import sys; sys.path.insert(0, sys.argv[1])\n{_LOOK}"
    looked = subprocess.run(
        [sys.executable, "-I", "-c", program, str(folder)], capture_output=True, text=True
    )
    return looked.stdout.strip() or looked.stderr


def test_a_source_tree_finds_its_own(tmp_path: Path) -> None:
    assert _look(_source(tmp_path)) == "found"


def test_an_unpacked_wheel_finds_its_own(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / _AWKWARD
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    assert _look(site) == "found"


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "lumi_desk",
        "ui",
        "lumi_desk-0.1.0.dist-info",
    }
    assert "lumi_desk/migrations/env.py" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_the_wheel_says_how_it_is_started_and_licensed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        about = "lumi_desk-0.1.0.dist-info"
        scripts = archive.read(f"{about}/entry_points.txt").decode()
        told = Parser().parsestr(archive.read(f"{about}/METADATA").decode())
    assert "lumi-desk = lumi_desk.__main__:main" in scripts
    assert "lumi-hub = lumi_desk.hub.__main__:main" in scripts
    assert told["License-Expression"] == "MIT"
    assert told["Requires-Python"] == ">=3.11"
    # The private classifier is what keeps it from being published by accident.
    assert "Private :: Do Not Upload" in told.get_all("Classifier", [])


def test_the_desks_command_is_the_launcher(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from lumi_desk.__main__ import main"
    installed = subprocess.run(
        [sys.executable, "-I", "-c", f"{program}; sys.exit(main())", str(tmp_path), "test"],
        capture_output=True,
        text=True,
    )
    assert installed.returncode == 1
    assert "run them from a clone" in installed.stderr
