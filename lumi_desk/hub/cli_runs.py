"""`lumi-hub import runs` and `import show`: what earlier imports did."""

from typing import Annotated, Any

import typer
from sqlalchemy import select

from lumi_desk.hub import past_imports
from lumi_desk.hub.cli_shared import AsJson, Database, Speech, console, hub, speaking, table
from lumi_desk.imports.tables import ImportRun

_PARTS = ("orders", "lines", "buyers", "members")
_SHOWN_RUNS = 50


def runs(database: Database = "", as_json: AsJson = False) -> None:
    """List the imports, the newest first: when, which files, how many rows of them were taken."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        newest = select(ImportRun).order_by(ImportRun.at.desc(), ImportRun.id.desc())
        found = [past_imports.summary(one) for one in session.scalars(newest.limit(_SHOWN_RUNS))]
        rows = [
            (
                one["run"],
                f"{one['at']:%Y-%m-%d %H:%MZ}",
                "、".join(one["files"]),
                one["added"],
                one["changed"],
                one["left_out"],
                one["repaired"],
            )
            for one in found
        ]
        headings = ("import", "when", "files", "added", "changed", "left out", "repaired")
        data = [one | {"at": one["at"].isoformat()} for one in found]
        speech.say({"runs": data}, table(headings, rows) if rows else "Nothing was imported yet.")


def show(
    run: Annotated[str, typer.Argument(help="Its id, or how that begins; “last” is the newest.")],
    repairs: Annotated[
        bool, typer.Option("--repairs", help="Show the repaired cells, one a line.")
    ] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show what an import did: the counts, the rows left out, and the repaired cells.

    Phones, names and numbers in cells are masked. Of very many rows the first are kept.
    """
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = past_imports.named(session, run)
        report = found.report
        if as_json or not repairs:
            speech.say(report, _in_words(found))
        else:
            _show_repairs(speech, report)


def _in_words(run: ImportRun) -> str:
    report = run.report
    lines = [f"{run.id}, {run.at:%Y-%m-%d %H:%MZ}"]
    lines += [f"{one['name']}: {one['kind']}, {one['rows']:,} rows" for one in report["files"]]
    for name in _PARTS:
        told = report[name]
        if told["read"] or told["left_out"]:
            words = ", ".join(f"{many:,} {what.replace('_', ' ')}" for what, many in told.items())
            lines.append(f"{name}: {words}")
    lines += [f"{row['file']}, line {row['line']}: {row['words']}" for row in report["left_out"]]
    lines += [f"… {n:,} more × {why}" for why, n in report.get("left_out_more", {}).items()]
    lines.append(f"{past_imports.repaired(report):,} cells repaired; --repairs shows them")
    return "\n".join(lines)


def _show_repairs(speech: Speech, report: dict[str, Any]) -> None:
    cells = report.get("repairs", [])
    if not cells:
        speech.say(report, "No cell was taken for what it does not say.")
        return
    names = ("file", "line", "column", "stood", "taken", "words")
    headings = ("file", "line", "column", "stood there", "taken for", "because of")
    speech.say(report, table(headings, [[one[name] for name in names] for one in cells]))
    for what, many in report.get("repairs_more", {}).items():
        console().print(f"… {many:,} more × {what}")
