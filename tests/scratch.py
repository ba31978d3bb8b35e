"""Where tests write: in memory where there is room for it, for a disk is what they wait for most.

No test cuts the power; what a killed process leaves is the same in memory. Where kills must fall
into writes, a test takes the disk, and so do benchmarks. Whoever names a folder, by TMPDIR or
--basetemp, gets that one, and finds there what was written; memory is cleared in the end.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_ROOM = 6 * 2**30


_chosen = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose it for this process and all it starts."""
    told = "TMPDIR" in os.environ or config.getoption("basetemp")
    if not (told or config.getoption("benchmark_only")) and _has_room():
        folder = tempfile.mkdtemp(prefix="lumi-tests-", dir=_MEMORY)
        # A server that root starts runs as somebody else, in a folder within.
        Path(folder).chmod(0o711)
        os.environ["TMPDIR"] = tempfile.tempdir = config.stash[_chosen] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    if _chosen in config.stash:
        shutil.rmtree(config.stash[_chosen], ignore_errors=True)


def _has_room() -> bool:
    if sys.platform != "linux" or not os.access(_MEMORY, os.W_OK):
        return False
    runs_nothing = os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
    return not runs_nothing and min(shutil.disk_usage(_MEMORY).free, _free_memory()) > _ROOM


def _free_memory() -> int:
    """Bytes of memory that could be had."""
    rows = Path("/proc/meminfo").read_text("ascii").splitlines()
    told = dict(row.split(":") for row in rows)
    return int(told["MemAvailable"].removesuffix("kB")) * 1024
