"""The built desk opens by itself on this machine, and holds nothing of the hub or the tests."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PyInstaller.archive.readers import CArchiveReader

from lumi_desk.demo import founding
from lumi_desk.demo.place import PIN, Place, playing_now
from lumi_desk.demo.processes import Hub
from lumi_desk.desk import Account
from lumi_desk.security.roles import Role
from tests.house import tree
from tests.services import SecretService

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle of Linux"),
]

_MEGABYTES = 260
_NEVER = (
    "lumi_desk.hub",
    "lumi_desk.demo",
    "lumi_desk.imports.readers",
    "fastapi",
    "hypothesis",
    "numpy",
    "pandas",
    "psycopg",
    "pytest",
    "tests",
    "ui.gallery",
    "ui.tour",
    "uvicorn",
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built desk, its name as awkward as a person may choose."""
    made = tmp_path_factory.mktemp("100% 露米 desk")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(made), "--workpath", str(tmp_path_factory.mktemp("build"))]
    built = subprocess.run(
        [*command, str(tree.ROOT / "build.spec")], cwd=tree.ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr[-2000:]
    return made / "lumi-desk"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A hub of an invented company that answers, and one rep who may come in."""
    place = Place(tmp_path_factory.mktemp("hub"))
    playing = playing_now(60, "", fair=True)
    company = founding.found(place, playing)
    rep = next(person for person in company.persons if person.role == Role.REP)
    place.invite((rep,), playing)
    hub = Hub(place, playing)
    try:
        hub.start()
        place.move_to(hub.address)
        yield place
    finally:
        hub.stop()


def _opened(bundle: Path, folder: Path, *words: str) -> Path:
    """Let the built desk run once, without anything of this process's Python. Its picture."""
    picture = folder.with_suffix(".png")
    told = ["--folder", str(folder), "--lang", "zh_CN", "--smoke", str(picture), *words]
    kept = ("HOME", "LANG", "PATH", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    ran = subprocess.run(
        [bundle / "lumi-desk", *told],
        env={**environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "Traceback" not in ran.stderr
    return picture


def _colours(picture: Path) -> int:
    with Image.open(picture) as image:
        return len(image.convert("RGB").getcolors(maxcolors=1 << 24) or [])


def test_it_holds_nothing_of_the_hub_or_the_tests(bundle: Path) -> None:
    archive = CArchiveReader(str(bundle / "lumi-desk")).open_embedded_archive("PYZ.pyz")
    modules = set(archive.toc)
    assert "ui.workspace.view" in modules
    assert "lumi_desk.sync.round" in modules
    assert [
        name for name in sorted(modules) if name.startswith(tuple(f"{n}." for n in _NEVER))
    ] == []
    assert modules.isdisjoint(_NEVER)
    assert [path for path in bundle.rglob("*") if path.name in ("pandas", "numpy", "tests")] == []


def test_it_is_not_larger_than_it_must_be(bundle: Path) -> None:
    size = sum(path.stat().st_size for path in bundle.rglob("*") if not path.is_symlink())
    assert size < _MEGABYTES * 1_000_000


def test_it_opens_its_door(bundle: Path, tmp_path: Path) -> None:
    assert _colours(_opened(bundle, tmp_path / "door")) > 50


@pytest.mark.parametrize("sealed", ["keyring", "PIN"])
def test_it_signs_in_and_shows_the_list_from_an_encrypted_file(
    bundle: Path, place: Place, secret_service: SecretService, tmp_path: Path, sealed: str
) -> None:
    told = json.loads(place.invitation.read_text("utf-8"))
    invitation = tmp_path / "people.json"
    invitation.write_text(json.dumps({**told, "pin": PIN if sealed == "PIN" else None}), "utf-8")
    picture = _opened(bundle, tmp_path / "desk", "--demo", str(invitation))
    account = Account(told["hub"], told["people"][0]["login"])
    data = account.data(tmp_path / "desk")
    assert data.stat().st_size > 50_000
    assert not data.read_bytes().startswith(b"SQLite format 3")
    assert (account.folder(tmp_path / "desk") / "secrets.json").exists() is (sealed == "PIN")
    assert _colours(picture) > 200
