"""The lock holds what pyproject.toml asks for, hashed, and no address."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import tree
from tests.house.walls import source_files

LOCKS = ("requirements.txt", "requirements-dev.txt")
# Parts of what is asked for: FastAPI's, PySide6's, pytest's, keyring's and pydantic's.
_COME_ALONG = {"starlette", "shiboken6", "packaging", "secretstorage", "pydantic-core"}
_OURS = {"lumi_desk", "ui", "tests"}


def _asked(*extras: str) -> list[Requirement]:
    project = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted: list[Any] = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [Requirement(line) for line in wanted]


def _locked(name: str) -> dict[tuple[str, str], set[str]]:
    """Return the hashes of each package and version in a lock."""
    found: dict[tuple[str, str], set[str]] = {}
    entries = (tree.ROOT / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    for entry in entries:
        requirement, *options = re.split(r"\s+--", entry.strip())
        package = Requirement(requirement)
        version = str(package.specifier).removeprefix("==")
        hashes = {option.removeprefix("hash=") for option in options}
        found.setdefault((canonicalize_name(package.name), version), set()).update(hashes)
    return found


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("dev",))])
def test_everything_asked_for_is_locked(lock: str, extras: tuple[str, ...]) -> None:
    locked = _locked(lock)
    for wanted in _asked(*extras):
        name = canonicalize_name(wanted.name)
        versions = [version for package, version in locked if package == name]
        assert versions, f"{wanted} is not in {lock}: compile it anew"
        assert all(wanted.specifier.contains(version) for version in versions), str(wanted)
        # Our one extra is psycopg's, and it is a package of its own.
        assert all((f"{name}-{extra}" in {one for one, _ in locked}) for extra in wanted.extras)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_hashed(lock: str) -> None:
    locked = _locked(lock)
    assert len(locked) > len(_asked())
    for package, hashes in locked.items():
        assert hashes, package
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), package


def test_the_development_lock_holds_the_other_one() -> None:
    small, large = _locked(LOCKS[0]), _locked(LOCKS[1])
    assert small.items() <= large.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_no_address_and_no_option(lock: str) -> None:
    text = (tree.ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "@" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_everything_imported_is_asked_for() -> None:
    assert _imported(source_files(tree.ROOT)) - _names(_asked()) <= _COME_ALONG
    tests = sorted((tree.ROOT / "tests").rglob("*.py"))
    assert _imported(tests) - _names(_asked("dev")) <= _COME_ALONG


def _imported(files: list[Path]) -> set[str]:
    """Return the packages, as installed, that these files import."""
    distributions = packages_distributions()
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - _OURS
    return {canonicalize_name(distributions.get(one, [one])[0]) for one in foreign}


def _names(asked: list[Requirement]) -> set[str]:
    return {str(canonicalize_name(one.name)) for one in asked}
