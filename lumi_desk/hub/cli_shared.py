"""What all commands share: where the hub is, how they speak, progress, and their errors."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from lumi_desk.errors import LumiError
from lumi_desk.hub import settings
from lumi_desk.storage.store import Store

Database = Annotated[
    str,
    typer.Option(
        "--database",
        envvar=settings.DATABASE,
        show_default="hub.db in the platform's data folder",
        help="A file, or postgresql+psycopg://name:password@server/database. A password is safer "
        f"in {settings.DATABASE}.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]

Tell = Callable[[str, int, int], None]

# So many seconds pass between two lines of progress where nobody sits in front of a terminal.
_SILENCE = 5.0
# What is done to so many bytes; the rest is done to so many things.
_IN_BYTES = ("checking", "reading")
_STOPPING = (signal.SIGINT, signal.SIGTERM)
# What a shell adds to the number of the signal that ended a command.
_STOPPED_BY = 128


class Stopped(LumiError):
    """The command was stopped before it had done anything for good."""

    title = "Stopped"
    advice = "Nothing was imported."


class Speech:
    """What a command says: words for people on standard output, or one JSON document."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        # What belongs to an error beside its sentence.
        self.more: dict[str, Any] = {}

    def say(self, data: Any, words: str | Table) -> None:
        """Say the result, in the form that was asked for."""
        if self.as_json:
            print(json.dumps(data, ensure_ascii=False, default=str))
        elif isinstance(words, str):
            print(words)
        else:
            console().print(words)

    def fail(self, error: LumiError) -> None:
        """Say on standard error what went wrong, in one sentence."""
        if not self.as_json:
            print(error.in_english(), file=sys.stderr)
            return
        told = {
            "code": error.code,
            "params": error.params,
            "title": error.title.format(**error.params),
            "advice": error.advice.format(**error.params),
        }
        print(json.dumps({"error": told | self.more}, ensure_ascii=False), file=sys.stderr)


@contextmanager
def speaking(as_json: bool) -> Iterator[Speech]:
    """Run a command: an error a person can read becomes one sentence and exit code 1."""
    speech = Speech(as_json)
    try:
        yield speech
    except LumiError as error:
        speech.fail(error)
        raise typer.Exit(1) from None


@contextmanager
def hub(database: str) -> Iterator[Store]:
    """The hub's store, closed afterwards. Raises what settings.opened raises."""
    store = settings.opened(database)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def progress() -> Iterator[Tell]:
    """Progress on standard error; yields a function (what, done, of how many).

    On a terminal it is one line that is kept up to date, elsewhere a line now and then.
    """
    page = Console(stderr=True)
    if not page.is_terminal:
        yield _lines_now_and_then()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    with Progress(*columns, console=page) as bar:
        task = bar.add_task("", total=None, amount="")

        def tell(what: str, done: int, total: int) -> None:
            amount = _amount(what, done, total)
            bar.update(task, description=what, completed=done, total=total, amount=amount)

        yield tell


def _lines_now_and_then() -> Tell:
    """What says in a line that a part is done, and of a long one how far it is."""
    said = time.monotonic()
    ended: set[str] = set()

    def tell(what: str, done: int, total: int) -> None:
        nonlocal said
        ends = done >= total and what not in ended
        if ends or time.monotonic() - said >= _SILENCE:
            said = time.monotonic()
            print(f"{what}: {_amount(what, done, total)}", file=sys.stderr, flush=True)
        if ends:
            ended.add(what)

    return tell


def _amount(what: str, done: int, total: int) -> str:
    if what in _IN_BYTES:
        return f"{decimal(done)} of {decimal(total)}"
    return f"{done:,} of {total:,}"


@contextmanager
def stoppable(speech: Speech) -> Iterator[Callable[[], None]]:
    """Let Ctrl C and SIGTERM end a command that keeps all or nothing, with one sentence.

    Yields what is to be called when it is too late: from then on nobody is listened to.
    """
    before = {number: signal.getsignal(number) for number in _STOPPING}
    heard: list[int] = []

    def settle() -> None:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)

    def stop(number: int, _: object) -> None:
        # What is taken back must not be stopped in the middle.
        settle()
        heard.append(number)
        raise KeyboardInterrupt

    for number in _STOPPING:
        signal.signal(number, stop)
    try:
        yield settle
    except KeyboardInterrupt:
        speech.fail(Stopped())
        raise typer.Exit(_STOPPED_BY + (heard or [signal.SIGINT])[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def console(*, on_error: bool = False) -> Console:
    """What tables are printed on, letter by letter: a title may hold what looks like markup."""
    return Console(stderr=on_error, markup=False, emoji=False, highlight=False)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Rows under headings, numbers to the right."""
    drawn = Table(box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        numeric = bool(rows) and all(isinstance(row[place], int) for row in rows)
        drawn.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(f"{cell:,}" if type(cell) is int else str(cell) for cell in row))
    return drawn
