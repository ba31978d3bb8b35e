"""The commands of `python3 -m lumi_desk`, and handing over to the program each stands for."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lumi_desk.launcher import machine
from lumi_desk.launcher.environment import DEV, RUN, ready_python
from lumi_desk.launcher.trouble import NotReady, tell


@dataclass(frozen=True)
class Command:
    """One word on the command line. `module` is what it starts; `lock` what that needs."""

    name: str
    module: str
    says: str
    lock: str = RUN
    window: bool = True
    pictures: bool = False


DESK = Command("", "ui", "the desk")
TEST = Command("test", "pytest", "the tests; --quick for the quick tier", DEV, pictures=True)
COMMANDS = (
    DESK,
    Command("demo", "lumi_desk.demo", "an invented company to try; --tour DIR takes pictures"),
    Command("gallery", "ui.gallery", "every screen as a picture", pictures=True),
    Command("hub", "lumi_desk.hub", "the hub's commands", window=False),
    TEST,
)
_QUICK = "not slow and not soak"
_WHOLE = "not soak"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start what the arguments ask for. Return an exit code if it could not be started."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in (["-h"], ["--help"], ["help"]):
        sys.stdout.write(f"{usage()}\n")
        return 0
    try:
        return start(given)
    except NotReady as sentence:
        tell(str(sentence))
        return 1
    except KeyboardInterrupt:
        return 130


def start(given: Sequence[str]) -> int:
    """Make sure that everything is there, then hand over. Raises NotReady."""
    command, rest = chosen(given)
    root = source_root()
    here = machine.this_machine()
    machine.require_platform(here)
    if command.window and here.system == "Linux":
        machine.require_qt()
    environ = dict(os.environ)
    if root is None:
        python = _installed(command)
    else:
        python = ready_python(root, command.lock)
        # Before anything else on the path, so that the program is found from every folder.
        environ["PYTHONPATH"] = str(root)
    if command.window:
        _choose_screen(command, environ)
    words = pytest_arguments(rest) if command is TEST else list(rest)
    if command is TEST and root is not None:
        os.chdir(root)
    return hand_over([str(python), "-m", command.module, *words], environ)


def chosen(given: Sequence[str]) -> tuple[Command, list[str]]:
    """Return the command of the first word and the words behind it.

    No word, or an option first, means the desk. Raises NotReady for an unknown word.
    """
    if not given or given[0].startswith("-"):
        return DESK, list(given)
    for command in COMMANDS:
        if command.name == given[0]:
            return command, list(given[1:])
    known = ", ".join(command.name for command in COMMANDS if command.name)
    raise NotReady(f"There is no command {given[0]!r}: use {known}, or none for the desk.")


def source_root() -> Path | None:
    """Return the folder of the clone this runs from, or None when it was installed."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / RUN).is_file() else None


def pytest_arguments(given: Sequence[str]) -> list[str]:
    """Return pytest's arguments: the house's first, so that a person's own win."""
    tier = _QUICK if "--quick" in given else _WHOLE
    rest = [word for word in given if word != "--quick"]
    # A debugger needs the terminal, which workers do not have.
    alone = any(word in ("--pdb", "--trace", "-s", "--capture=no") for word in rest)
    spread = [] if alone else ["-n", "auto", "--dist", "worksteal"]
    return [*spread, "--benchmark-disable", "-m", tier, *rest]


def usage() -> str:
    """Return the list of commands."""
    lines = ["usage: python3 -m lumi_desk [command] [options]", ""]
    lines += [f"  {command.name or '(none)':10}{command.says}" for command in COMMANDS]
    return "\n".join(lines)


def hand_over(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become another program; on Windows, which cannot, run it and return its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        return subprocess.call(command, env=environ)
    os.execve(command[0], list(command), dict(environ))  # noqa: S606  (no shell is wanted)


def _installed(command: Command) -> Path:
    """Return the Python of an installed copy, which has what it needs."""
    if command is TEST:
        raise NotReady("The tests are not part of an installed copy: run them from a clone.")
    return Path(sys.executable)


def _choose_screen(command: Command, environ: dict[str, str]) -> None:
    platform, sentence = machine.screen(environ, pictures=command.pictures)
    if platform:
        environ["QT_QPA_PLATFORM"] = platform
    if sentence:
        tell(sentence)
