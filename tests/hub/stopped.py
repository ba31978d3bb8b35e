"""A command in a process of its own that waits at a stage, to be stopped there by a signal.

`python -m tests.hub.stopped STAGE COMMAND…` says the stage once it is there, and then waits.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lumi_desk.hub import cli, cli_imports
from lumi_desk.hub.cli_shared import Tell


@contextmanager
def waiting() -> Iterator[Tell]:
    """Progress that waits when the stage begins."""

    def tell(what: str, _done: int, _whole: int) -> None:
        if what == sys.argv[1]:
            sys.stdout.write(f"{what}\n")
            sys.stdout.flush()
            signal.pause()

    yield tell


if __name__ == "__main__":
    setattr(cli_imports, "progress", waiting)  # noqa: B010  (not exported from there)
    cli.app(sys.argv[2:], prog_name="lumi-hub")
