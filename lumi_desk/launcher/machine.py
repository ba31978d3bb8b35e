"""Whether this machine can run the desk: platform, Qt's system libraries, a screen."""

import ctypes
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lumi_desk.launcher.trouble import NotReady

# The oldest glibc for which Qt is built, by processor.
_GLIBC = {"x86_64": (2, 34), "aarch64": (2, 39)}
_SUPPORTED = (
    "64-bit Linux on Intel or AMD (Debian 12, Ubuntu 22.04 or newer), Windows 10 or 11 on Intel"
    " or AMD, or macOS 13 or newer on Apple silicon"
)


@dataclass(frozen=True)
class Machine:
    """What decides whether there are ready-made packages."""

    system: str
    processor: str
    glibc: tuple[int, int] | None = None
    bits: int = 64


@dataclass(frozen=True)
class Library:
    """A shared library and the Debian package that brings it."""

    file: str
    package: str


# Qt aborts without a word a person could use when one of these is missing.
QT = (
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
)
WINDOW = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)

VENV = Library("Python's venv module", "python3-venv")


def this_machine() -> Machine:
    """Describe the machine this runs on."""
    name, version = platform.libc_ver()
    glibc = None
    if name == "glibc":
        major, minor = version.split(".")[:2]
        glibc = (int(major), int(minor))
    bits = 64 if sys.maxsize > 2**32 else 32
    return Machine(platform.system(), _plain(platform.machine()), glibc, bits)


def require_platform(machine: Machine) -> None:
    """Raise NotReady where Qt or the database driver have no ready-made package."""
    reason = _unsupported(machine)
    if reason:
        raise NotReady(f"Lumi Desk has no ready-made packages for {reason}: use {_SUPPORTED}.")


def require_qt(libraries: Iterable[Library] = QT) -> None:
    """Raise NotReady with the command that installs the libraries Qt would miss."""
    absent = missing(libraries)
    if absent:
        # Whoever must install something should have to do it once.
        absent += [] if has_venv() else [VENV]
        raise NotReady(f"This system lacks {_listed(absent)}: {install_command(absent)}")


def has_venv() -> bool:
    """Say whether this Python can make environments; Debian ships that part on its own."""
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def missing(
    libraries: Iterable[Library], load: Callable[[str], object] = ctypes.CDLL
) -> list[Library]:
    """Return the libraries this machine cannot load."""
    return [library for library in libraries if not _loads(library.file, load)]


def screen(environ: Mapping[str, str], *, pictures: bool = False) -> tuple[str | None, str | None]:
    """Return the Qt platform to ask for, if any, and a sentence about it, if one is due.

    `pictures` says that nobody needs to see the window, as in tests.
    """
    if platform.system() != "Linux" or "QT_QPA_PLATFORM" in environ:
        return None, None
    if pictures:
        return "offscreen", None
    if not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        return "offscreen", "No screen was found (DISPLAY is not set): running without a window."
    absent = missing(WINDOW) if environ.get("DISPLAY") else []
    if absent:
        command = install_command(absent)
        return "offscreen", f"Running without a window, which needs {_listed(absent)}: {command}"
    return None, None


def install_command(libraries: Iterable[Library]) -> str:
    """Return the command that brings the libraries, as this user must type it."""
    packages = " ".join(library.package for library in libraries)
    command = f"{'' if _is_root() else 'sudo '}apt install {packages}"
    if shutil.which("apt"):
        return command
    return f"install them with this system's package manager (on Debian: {command})"


def _unsupported(machine: Machine) -> str | None:
    """Name what this machine is, if nothing is built for it."""
    if machine.bits == 32:
        return "32-bit Python"
    if machine.system == "Linux":
        return _unsupported_linux(machine)
    if machine.system == "Darwin":
        return "Macs with an Intel processor" if machine.processor != "aarch64" else None
    if machine.system == "Windows":
        return "Windows on ARM" if machine.processor != "x86_64" else None
    return machine.system or "this system"


def _unsupported_linux(machine: Machine) -> str | None:
    needed = _GLIBC.get(machine.processor)
    if needed is None:
        return f"Linux on {machine.processor}"
    if machine.glibc is None:
        return "Linux without glibc (such as Alpine)"
    if machine.glibc < needed:
        kind = "64-bit ARM " if machine.processor == "aarch64" else ""
        have, want = (".".join(map(str, pair)) for pair in (machine.glibc, needed))
        return f"{kind}Linux with glibc {have} (it takes {want})"
    return None


def _plain(processor: str) -> str:
    """Return one name for what systems call differently."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(processor.lower(), processor.lower())


def _loads(file: str, load: Callable[[str], object]) -> bool:
    try:
        load(file)
    except OSError:
        return False
    return True


def _listed(libraries: Iterable[Library]) -> str:
    return ", ".join(library.file for library in libraries)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
