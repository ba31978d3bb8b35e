"""`lumi-hub import`: shop orders and member lists."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lumi_desk import clock
from lumi_desk.hub import intake
from lumi_desk.hub.classifying import MOVING, Changes
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking
from lumi_desk.hub.intake import Taken

app = typer.Typer(no_args_is_help=True, help="Bring in shop orders and member lists.")

Files = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, readable=True, help="The files, as exported."),
]
Shop = Annotated[str, typer.Option(help="The shop's name, where the files do not say it.")]


@app.command(epilog="Example: lumi-hub import orders ExportOrderList.csv ExportOrderDetailList.csv")
def orders(
    files: Files,
    shop: Shop = "",
    channel: Annotated[str, typer.Option(help="Where the shop is.")] = "tmall",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Import order exports with their item lists. The same file again adds nothing."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        taken = intake.take_in(
            store,
            files,
            intake.ORDERS,
            now=clock.now(),
            shop=shop or None,
            channel=channel,
            tell=tell,
        )
        speech.say(as_data(taken), as_words(taken))


@app.command(epilog="Example: lumi-hub import members members.xlsx")
def members(
    files: Files, shop: Shop = "", database: Database = "", as_json: AsJson = False
) -> None:
    """Import the brand's own member list: names, phones, WeChat, card balances, order numbers."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        taken = intake.take_in(
            store, files, intake.MEMBERS, now=clock.now(), shop=shop or None, tell=tell
        )
        speech.say(as_data(taken), as_words(taken))


def as_data(taken: Taken) -> dict[str, Any]:
    """An import for machines."""
    return taken.report.as_json() | {
        "confirmed": taken.confirmed,
        "classified": moves_as_data(taken.changes),
        "given_to_reps": len(taken.given.moved),
    }


def as_words(taken: Taken) -> str:
    """An import for people."""
    lines = [taken.report.as_text(), moves_in_words(taken.changes)]
    if taken.confirmed:
        lines.append(f"{taken.confirmed:,} claimed sales confirmed")
    if taken.given.moved:
        lines.append(f"{len(taken.given.moved):,} customers given to reps by their plans")
    return "\n".join(lines)


def moves_as_data(changes: Changes) -> dict[str, Any]:
    """How many customers moved between which pools and grades, for machines."""
    return {
        "customers": changes.seen,
        "changed": len(changes.pairs),
        "pools": _moves(changes.pools),
        "grades": _moves(changes.grades),
        "relationships": _moves(changes.relationships),
    }


def moves_in_words(changes: Changes) -> str:
    """How many customers moved between which pools and grades."""
    lines = [f"{changes.seen:,} customers classified, {len(changes.pairs):,} changed"]
    every = (changes.pools, changes.grades, changes.relationships)
    for what, moves in zip(MOVING, every, strict=True):
        for (old, new), count in sorted(moves.items()):
            lines.append(f"{what} {old or 'none'} → {new or 'none'}: {count:,}")
    return "\n".join(lines)


def _moves(moves: Any) -> list[dict[str, Any]]:
    return [
        {"from": old or None, "to": new or None, "customers": count}
        for (old, new), count in sorted(moves.items())
    ]
