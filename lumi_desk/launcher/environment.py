"""The `.venv` beside the package: made from the hashed lock, whole or not at all."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lumi_desk.launcher.machine import VENV, has_venv, install_command
from lumi_desk.launcher.pip_words import explained
from lumi_desk.launcher.trouble import NotReady, tell

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

RUN = "requirements.txt"
DEV = "requirements-dev.txt"
# The development lock holds everything of the other one, at the same versions.
_HOLDS = {RUN: (RUN,), DEV: (RUN, DEV)}
_STAMP = "lumi-desk.json"
_MAKING = "lumi-desk.making"
# Settings of a person's pip that would put packages elsewhere than into this environment.
_ASTRAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONPATH", "PYTHONHOME")


@dataclass(frozen=True)
class Environment:
    """A virtual environment and what it says about itself."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter inside."""
        windows = sys.platform == "win32"
        return self.folder / ("Scripts/python.exe" if windows else "bin/python")

    @property
    def installed(self) -> dict[str, str]:
        """The locks that were installed whole, by file name, with the sha256 of each."""
        try:
            told = json.loads((self.folder / _STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) and self.python.exists() else {}

    def holds(self, wanted: Mapping[str, str]) -> bool:
        """Say whether exactly these locks are in."""
        installed = self.installed
        return all(installed.get(lock) == digest for lock, digest in wanted.items())

    @property
    def ours(self) -> bool:
        """Whether it was made, or begun, here."""
        return any((self.folder / mark).exists() for mark in (_STAMP, _MAKING))


def ready_python(root: Path, lock: str) -> Path:
    """Return the interpreter that has everything of a lock, making its environment if need be.

    Raises NotReady with one sentence when it cannot be made.
    """
    if os.environ.get("LUMI_DESK_NO_VENV") == "1":
        return Path(sys.executable)
    environment = Environment(root / ".venv")
    wanted = {name: _digest(root / name) for name in _HOLDS[lock]}
    if environment.holds(wanted):
        return environment.python
    try:
        with _alone(root / ".venv.lock"):
            if not environment.holds(wanted):
                _make(environment, root / lock, wanted)
    except OSError as error:
        raise NotReady(
            f"{environment.folder} cannot be written ({error.strerror}): copy Lumi Desk to a"
            " folder of your own and start it there."
        ) from error
    return environment.python


def _make(environment: Environment, lock: Path, wanted: Mapping[str, str]) -> None:
    """Install a lock, on top of what is there if that is a smaller one of the same day."""
    installed = environment.installed
    stale = any(_digest(lock.parent / name) != digest for name, digest in installed.items())
    if stale or not installed:
        if not has_venv():
            raise NotReady(f"{VENV.file} is missing: {install_command([VENV])}")
        tell(f"Making {environment.folder} (once; a minute or two) ...")
        _clear(environment)
        _create(environment)
    else:
        tell(f"Adding what tests need to {environment.folder} ...")
    # Without its stamp an interrupted environment is known as half made.
    (environment.folder / _MAKING).touch()
    (environment.folder / _STAMP).unlink(missing_ok=True)
    _install(environment, lock)
    _stamp(environment, wanted)


def _clear(environment: Environment) -> None:
    """Remove an old or half-made environment of ours, and never somebody else's."""
    if not environment.folder.exists():
        return
    if not environment.ours:
        raise NotReady(
            f"{environment.folder} was not made by Lumi Desk: move it away, or set"
            " LUMI_DESK_NO_VENV=1 to use the Python you start with as it is."
        )
    shutil.rmtree(environment.folder)


def _create(environment: Environment) -> None:
    environment.folder.mkdir()
    (environment.folder / _MAKING).touch()
    # Inside another environment, the Python that one was made from: ours must outlive it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run(
        [base, "-m", "venv", str(environment.folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_clean(os.environ),
    )
    if made.returncode:
        reason = (made.stdout.strip().splitlines() or ["no reason given"])[-1]
        raise NotReady(f"Python could not make {environment.folder} ({reason}): see to that first.")


def _install(environment: Environment, lock: Path) -> None:
    command = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    command += ["install", "--progress-bar", "off", "--require-hashes", "--only-binary", ":all:"]
    pip = subprocess.Popen(
        [*command, "-r", str(lock)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=_clean(os.environ),
    )
    with pip:
        assert pip.stdout is not None  # noqa: S101  (asked for two lines above)
        said = _follow(pip.stdout, _count(lock))
    if pip.returncode:
        raise NotReady(explained(said))


def _follow(lines: IO[str], total: int) -> list[str]:
    """Show how far pip is, where somebody looks, and return what it said."""
    said: list[str] = []
    seen = 0
    watched = sys.stderr.isatty()
    for line in lines:
        said.append(line.rstrip())
        if line.startswith("Collecting "):
            seen += 1
            if watched:
                sys.stderr.write(f"\r  {min(seen, total)} of {total} packages")
        elif line.startswith("Installing ") and watched:
            sys.stderr.write(f"\r  installing {total} packages\n")
        sys.stderr.flush()
    return said


def _stamp(environment: Environment, wanted: Mapping[str, str]) -> None:
    """Say that the environment is whole; the rename makes it true at one stroke."""
    draft = environment.folder / f"{_STAMP}.draft"
    draft.write_text(json.dumps(dict(wanted), indent=1), encoding="utf-8")
    draft.replace(environment.folder / _STAMP)
    (environment.folder / _MAKING).unlink(missing_ok=True)


def _count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


def _digest(lock: Path) -> str:
    # A checkout on Windows may turn line ends; the lock is the same.
    return hashlib.sha256(lock.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environ.items() if key not in _ASTRAY}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other start is making the same environment."""
    with path.open("a", encoding="utf-8") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
