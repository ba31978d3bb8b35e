"""What all commands share: where the hub is, how they speak, progress, and their errors."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
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
    """A progress bar on standard error; yields a function (what, done, of how many)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield tell


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
