"""`lumi-hub import`: shop orders and member lists."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lumi_desk import clock
from lumi_desk.hub import intake, proposing
from lumi_desk.hub.classifying import MOVING, Changes
from lumi_desk.hub.cli_shared import (
    AsJson,
    Database,
    Speech,
    console,
    hub,
    progress,
    speaking,
    stoppable,
    table,
)
from lumi_desk.hub.intake import Taken
from lumi_desk.imports import mapping, profiles, units
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.guessing import Guess, Proposal
from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.report import in_words
from lumi_desk.imports.units import Unit
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Bring in shop orders and member lists.")

Files = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, readable=True, help="The files, as exported."),
]
Shop = Annotated[str, typer.Option(help="The shop's name, where the files do not say it.")]
Profile = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="Read unknown headers by a saved profile.")
]
Told = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="COLUMN=MEANING", help="What a column means; - for not to be used."
    ),
]
Counted = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        metavar="COLUMN=UNIT",
        help="What a column of amounts is counted in: 元, 角, 分, 千元 or 万元.",
    ),
]
AmountsAre = Annotated[
    Amounts | None,
    typer.Option("--amounts", help="Whose the amounts are where an order has several rows."),
]
Sheets = Annotated[
    list[str] | None, typer.Option("--sheet", metavar="NAME", help="Only this sheet of a workbook.")
]
Confirm = Annotated[bool, typer.Option("--confirm", help="Import as the proposal says, this once.")]
SaveAs = Annotated[
    str,
    typer.Option(
        "--save-profile", metavar="NAME", help="Import as the proposal says, and keep it so."
    ),
]


@app.command(epilog="Example: lumi-hub import orders ExportOrderList.csv ExportOrderDetailList.csv")
def orders(
    files: Files,
    shop: Shop = "",
    channel: Annotated[str, typer.Option(help="Where the shop is.")] = "tmall",
    profile: Profile = "",
    told: Told = None,
    counted: Counted = None,
    amounts: AmountsAre = None,
    sheets: Sheets = None,
    confirm: Confirm = False,
    save_as: SaveAs = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Import order exports with their item lists. The same file again adds nothing.

    Exports of Taobao, Tmall, JD and Douyin are known. Of any other table a mapping is proposed.
    """
    with speaking(as_json) as speech, hub(database) as store:
        told_so = Wish(
            profile=profile,
            told=mapping.told_of(told or ()),
            units=units.told_of(counted or ()),
            amounts=amounts,
            sheets=tuple(sheets or ()),
            confirmed=confirm,
        )
        _import(speech, store, files, intake.ORDERS, told_so, save_as, shop, channel=channel)


@app.command(epilog="Example: lumi-hub import members members.xlsx")
def members(
    files: Files,
    shop: Shop = "",
    profile: Profile = "",
    told: Told = None,
    counted: Counted = None,
    sheets: Sheets = None,
    confirm: Confirm = False,
    save_as: SaveAs = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Import a list of people: members, WeChat contacts, sign-ups, the ERP's cards.

    Names or ids, phones, WeChat and who added her, birthdays, cards, order numbers, consents.
    """
    with speaking(as_json) as speech, hub(database) as store:
        told_so = Wish(
            profile=profile,
            told=mapping.told_of(told or ()),
            units=units.told_of(counted or ()),
            sheets=tuple(sheets or ()),
            confirmed=confirm,
        )
        _import(speech, store, files, intake.MEMBERS, told_so, save_as, shop)


@app.command("profiles", epilog="Example: lumi-hub import profiles")
def list_profiles(database: Database = "", as_json: AsJson = False) -> None:
    """List the saved mappings of headers."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = profiles.every(session)
        data = [
            {"name": one.name, "saved": one.saved.isoformat(), **one.layout.as_json()}
            for one in found
        ]
        rows = [
            (one.name, one.saved.isoformat(), told.kind.value, in_words(told.columns, told.units))
            for one, told in ((one, one.layout) for one in found)
        ]
        drawn = table(("profile", "saved", "kind", "columns"), rows)
        speech.say({"profiles": data}, drawn if found else "There are no profiles.")


@app.command(epilog="Example: lumi-hub import forget-profile erp")
def forget_profile(
    name: Annotated[str, typer.Argument(help="The profile's name.")],
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Remove a saved mapping. What was imported by it stays."""
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session)
            profiles.remove(session, name)
            feed.publish(session)
        speech.say({"forgotten": name}, f"The profile “{name}” is gone.")


def _import(
    speech: Speech,
    store: Store,
    files: list[Path],
    kinds: Sequence[Kind],
    wish: Wish,
    save_as: str,
    shop: str,
    channel: str = "tmall",
) -> None:
    if save_as:
        profiles.require_name(save_as)
        wish = replace(wish, confirmed=True)
    if wish.profile:
        with store.read() as session:
            wish = replace(wish, layout=profiles.named(session, wish.profile).layout)
    try:
        with stoppable(speech) as settle, progress() as tell:
            taken = intake.take_in(
                store,
                files,
                kinds,
                now=clock.now(),
                shop=shop or None,
                channel=channel,
                wish=wish,
                save_as=save_as,
                tell=tell,
                settled=settle,
            )
    except Unsure as unsure:
        _show(speech, unsure.proposal, unsure.doubts)
        raise
    saved = f"\nsaved as the profile “{save_as}”" if save_as else ""
    speech.say(as_data(taken) | {"profile": save_as or None}, as_words(taken) + saved)
    # The import is done; stopped now, the rest is compared at the next look at the pairs.
    with suppress(KeyboardInterrupt), progress() as tell:
        proposing.catch_up_if_can_be(store, clock.now(), tell)


def _show(speech: Speech, proposal: Proposal, doubts: Sequence[str]) -> None:
    """Say how a table would be read, with masked values; beside the error that follows."""
    if speech.as_json:
        speech.more["proposal"] = {
            "kind": proposal.kind.value,
            "amounts": proposal.amounts.value if proposal.amounts else None,
            "doubts": list(doubts),
            "columns": [
                {
                    "column": one.header,
                    "meaning": one.meaning or None,
                    "certainty": round(one.certainty, 2),
                    "samples": list(one.samples),
                    "unit": one.unit,
                }
                for one in proposal.columns
            ],
        }
        return
    rows = [
        (
            one.header,
            _in_unit(one),
            f"{one.certainty:.0%}" if one.meaning else "",
            " · ".join(one.samples),
        )
        for one in proposal.columns
    ]
    page = console(on_error=True)
    page.print(f"Proposed: {proposal.kind.value}")
    page.print(table(("column", "meaning", "sure", "values"), rows))
    for doubt in doubts:
        page.print(doubt)


def _in_unit(one: Guess) -> str:
    """What a column means, and what it is counted in if that is not yuan."""
    unit = f" ({units.WORDS[one.unit]})" if one.unit not in (None, Unit.YUAN) else ""
    return f"{one.meaning}{unit}" if one.meaning else "-"


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
        "changed": changes.changed,
        "pools": _moves(changes.pools),
        "grades": _moves(changes.grades),
        "relationships": _moves(changes.relationships),
        "tags": changes.tags,
    }


def moves_in_words(changes: Changes) -> str:
    """How many customers moved between which pools and grades."""
    lines = [f"{changes.seen:,} customers classified, {changes.changed:,} changed"]
    every = (changes.pools, changes.grades, changes.relationships)
    for what, moves in zip(MOVING, every, strict=True):
        for (old, new), count in sorted(moves.items()):
            lines.append(f"{what} {old or 'none'} → {new or 'none'}: {count:,}")
    if changes.tags:
        lines.append(f"{changes.tags:,} tags were given or taken by their rules")
    return "\n".join(lines)


def _moves(moves: Any) -> list[dict[str, Any]]:
    return [
        {"from": old or None, "to": new or None, "customers": count}
        for (old, new), count in sorted(moves.items())
    ]
