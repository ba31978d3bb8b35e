"""`lumi-hub titles`: product titles that nobody knows, and saying what they are, once."""

import csv
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from lumi_desk import clock, money
from lumi_desk.customers.rules import Line
from lumi_desk.errors import LumiError
from lumi_desk.hub import titles, untold
from lumi_desk.hub.cli_imports import moves_as_data, moves_in_words
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.hub.titles import Settling
from lumi_desk.hub.untold import Untold
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="What product titles mean.")
_TITLE, _LINE, _PRODUCT = "title", "line", "product"
_SOLD = ("yuan", "units", "orders")
# What a spreadsheet would take for a formula; an apostrophe before it makes it a text. So that
# this one can be taken away again, a title's own gets one too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


class OneAnswer(LumiError):
    """What a title means was said twice, or not at all."""

    title = "Say in one way what is to be settled"
    advice = "Give a title with one of --line and --product, or --file alone."


class NoAnswers(LumiError):
    """A file that is no list of titles."""

    title = "{file} is no list of settled titles: {reason}"
    advice = "Nothing was changed. Fill in the file that lumi-hub titles list --out makes."


@app.command("list", epilog="Example: lumi-hub titles list --out titles.csv")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="So many, most sold first.")] = 30,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write all of them to a file to fill in.")
    ] = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """List the titles that neither the catalogue nor any pattern knows, most sold first."""
    with speaking(as_json) as speech, hub(database) as store:
        with store.read() as session:
            found = untold.unclassified(session)
        if out is not None:
            _write(out, found)
            speech.say({"titles": len(found), "file": str(out)}, _written(out, found))
            return
        if not found:
            speech.say([], "Every title that was sold is known.")
            return
        rows = [(one.title, money.to_yuan(one.fen), one.units, one.orders) for one in found[:limit]]
        speech.say([asdict(one) for one in found[:limit]], table((_TITLE, *_SOLD), rows))


@app.command(epilog='Example: lumi-hub titles settle "某某软糖 60粒" --line collagen')
def settle(
    title: Annotated[str, typer.Argument(help="The title, whole, as the list shows it.")] = "",
    line: Annotated[Line | None, typer.Option(help="The line it belongs to.")] = None,
    product: Annotated[str, typer.Option(help="The code of the product it names.")] = "",
    file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The file of titles list --out, filled in."),
    ] = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Say what a title means. All that was and will be sold under it follows."""
    with speaking(as_json) as speech, hub(database) as store:
        told = _told(title, line, product, file)
        with store.write() as session:
            feed.watch(session, alone=True)
            done = titles.settle(session, told, clock.now())
        words = f"{len(told):,} titles are settled; {done.lines:,} order lines changed.\n"
        words += moves_in_words(done.changes)
        told_data = {"settled": len(told), "lines": done.lines} | moves_as_data(done.changes)
        speech.say(told_data, words)


def _told(title: str, line: Line | None, product: str, file: Path | None) -> list[Settling]:
    if file is not None and not (title or line or product):
        return _read(file)
    if file is not None or not title or (line is None) == (not product):
        raise OneAnswer
    return [Settling(title, line.value if line else "", product)]


def _write(out: Path, found: list[Untold]) -> None:
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((_TITLE, _LINE, _PRODUCT, *_SOLD))
        for one in found:
            text = f"'{one.title}" if one.title.startswith(_FORMULA) else one.title
            writer.writerow((text, "", "", money.to_yuan(one.fen), one.units, one.orders))


def _written(out: Path, found: list[Untold]) -> str:
    lines = ", ".join(Line)
    return (
        f"{len(found):,} titles are in {out.name}. Fill in “line” ({lines}) or “product” (a code),"
        f" then: lumi-hub titles settle --file {out.name}"
    )


def _read(file: Path) -> list[Settling]:
    """What was filled in; rows that were left empty stay unsettled."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoAnswers(file=file.name, reason="it is not UTF-8") from None
    # Not line by line: a title may hold what looks like an end of line.
    rows = csv.DictReader(StringIO(text, newline=""))
    if not {_TITLE, _LINE, _PRODUCT} <= set(rows.fieldnames or ()):
        raise NoAnswers(file=file.name, reason="a column title, line or product is missing")
    told: dict[str, Settling] = {}
    for row in rows:
        title = (row[_TITLE] or "").removeprefix("'")
        line, code = (row[_LINE] or "").strip().lower(), (row[_PRODUCT] or "").strip()
        if not title or not (line or code):
            continue
        if line and code:
            raise NoAnswers(file=file.name, reason=f"“{title}” has a line and a product")
        if title in told:
            raise NoAnswers(file=file.name, reason=f"“{title}” stands in it twice")
        told[title] = Settling(title, line, code)
    if not told:
        raise NoAnswers(file=file.name, reason="no row says a line or a product")
    return [*told.values()]
