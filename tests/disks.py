"""A disk without room, and what a file is made of."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Less than one page of a database.
_ROOM = 2048


@contextmanager
def full() -> Iterator[None]:
    """No file of this process can grow beyond two kilobytes meanwhile."""
    if sys.platform == "win32":
        pytest.skip("there is no such limit on Windows")
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(folder: Path) -> dict[str, str]:
    """The data files of a desk and the hash of each; settings and logs may change."""
    files = (path for path in folder.glob("*/*") if path.parent.name != "logs")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
