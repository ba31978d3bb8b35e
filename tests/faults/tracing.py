"""What a process wrote and synced, as strace saw it, and the disks a power cut could leave."""

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.services import missing

SECTOR = 512
_CALLS = "pwrite64,write,ftruncate,fsync,fdatasync,unlink,openat"
_LONGEST = 1 << 20
_LONGEST_S = 250
# 1234 pwrite64(5</folder/desk.db-wal>, "\x37\x7f", 2, 0) = 2
_CALL = re.compile(r"^(?:\d+\s+)?(\w+)\((.*)\)\s+= (-?\d+)")
_FILE = re.compile(r"^\d+<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_LAST = re.compile(r", (-?\d+)$")


@dataclass(frozen=True)
class Call:
    """One call that concerns the disk, or what the process said on its standard output."""

    name: str
    file: str
    data: bytes
    number: int


def require_strace() -> None:
    """Skip where processes can't be traced; fail where everything should be there."""
    if sys.platform != "linux":
        pytest.skip("strace is Linux's own")
    if shutil.which("strace") is None:
        missing("strace", "sudo apt install strace")
    tried = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True)
    if tried.returncode:
        missing("A way to trace processes", "run where ptrace is allowed")


def traced(module: str, arguments: Sequence[str], log: Path) -> list[Call]:
    """Run a module and record what it writes and syncs."""
    command = ["strace", "-f", "-y", "-xx", "-s", str(_LONGEST), "-e", f"trace={_CALLS}"]
    command += ["-o", str(log), sys.executable, "-B", "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S)
    assert done.returncode == 0, done.stderr[-2000:]
    with log.open(encoding="ascii", errors="replace") as lines:
        return [call for line in lines if (call := _read(line)) is not None]


def failing(module: str, arguments: Sequence[str], calls: str, error: str, after: int) -> list[str]:
    """Run a module whose calls fail from the given one on; the lines it said."""
    command = ["strace", "-f", "-o", os.devnull, "-e", f"trace={calls}"]
    command += ["-e", f"inject={calls}:error={error}:when={after}+"]
    command += [sys.executable, "-B", "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def _read(line: str) -> Call | None:
    found = _CALL.match(line)
    if found is None or int(found[3]) < 0:
        return None
    name, told, _ = found.groups()
    file = _FILE.match(told)
    text = _TEXT.search(told)
    data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
    last = _LAST.search(told)
    if name in ("unlink", "openat"):
        made = name == "unlink" or "O_CREAT" in told
        return Call(name, data.decode("utf-8", "replace"), b"", 0) if made else None
    where = file[1] if file else ""
    return Call(name, _plain(where), data, int(last[1]) if last else 0)


def _plain(path: str) -> str:
    """Newer versions escape the names of files too."""
    if "\\x" not in path:
        return path
    return bytes.fromhex(path.replace("\\x", "")).decode("utf-8", "replace")


@dataclass
class Disk:
    """Some files of a folder: what is safe on the disk, and what was written since."""

    files: dict[str, bytes]
    pending: dict[str, list[Call]] = field(default_factory=dict)

    def does(self, call: Call) -> None:
        """Take a call; what it concerns may be any file of that folder."""
        if call.name in ("pwrite64", "ftruncate"):
            self.pending.setdefault(call.file, []).append(call)
        elif call.name in ("fsync", "fdatasync"):
            content = self.files.get(call.file, b"")
            for one in self.pending.pop(call.file, []):
                content = _done(content, one)
            self.files[call.file] = content
        elif call.name == "openat":
            self.files.setdefault(call.file, b"")
        elif call.name == "unlink":
            self.files.pop(call.file, None)
            self.pending.pop(call.file, None)

    def after_a_cut(self, dice: random.Random, most: float) -> dict[str, bytes]:
        """What may lie there when the power comes back: of what was not synced, any sectors."""
        found = dict(self.files)
        for file, calls in self.pending.items():
            content = found.get(file, b"")
            for call in calls:
                if call.name == "ftruncate":
                    content = _done(content, call) if dice.random() < most else content
                    continue
                for start in range(0, len(call.data), SECTOR):
                    if dice.random() < most:
                        piece = call.data[start : start + SECTOR]
                        part = Call("pwrite64", file, piece, call.number + start)
                        content = _done(content, part)
            found[file] = content
        return found


def _done(content: bytes, call: Call) -> bytes:
    if call.name == "ftruncate":
        return content[: call.number].ljust(call.number, b"\0")
    end = call.number + len(call.data)
    return content[: call.number].ljust(call.number, b"\0") + call.data + content[end:]
