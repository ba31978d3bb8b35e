"""`lumi-hub classify` and `lumi-hub assign`: who is who, and who looks after whom."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from lumi_desk import clock, money
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.rfm.rules import FIFTHS
from lumi_desk.errors import LumiError
from lumi_desk.hub import (
    cli_learn,
    cli_value,
    counting,
    explaining,
    intake,
    keeping,
    outlooks,
    reaching,
)
from lumi_desk.hub import nightly as night
from lumi_desk.hub.cli_imports import moves_as_data, moves_in_words
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking, table
from lumi_desk.hub.reaching import Reached
from lumi_desk.managing.figures import FigureCell
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="What the hub knows of a customer.")


class OneWay(LumiError):
    """Which customers to hand out was said twice, or not at all."""

    title = "Say in one way which customers"
    advice = "Give one of --customers FILE, --unassigned N and --from LOGIN."


class NoList(LumiError):
    """A list of customers that is no text file."""

    title = "{file} is no list of customers"
    advice = "Nothing was changed. Give a UTF-8 text file with one customer a line."


def classify(
    preview: Annotated[bool, typer.Option(help="Only say who would move; change nothing.")] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Compute pool, grade and relationship of every customer, and confirm claimed sales."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        with store.write() as session:
            now = clock.now()
            changes = intake.reckon(session, now, keep=not preview, tell=tell)
            if not preview:
                outlooks.renew(session, None, now)
        words = moves_in_words(changes)
        if preview:
            words += "\nA preview: nothing was changed."
        speech.say(moves_as_data(changes) | {"preview": preview}, words)


@app.command(epilog="Example: lumi-hub customers why M000042")
def why(
    customer: Annotated[str, typer.Argument(help="Id, phone, member id or order number.")],
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Say why a customer has her pool, grade and relationship, and how her touch plan stands."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = explaining.explain(session, customer, clock.now())
        lines = [explaining.said(one) for one in found.whys]
        if found.clock is not None:
            lines += explaining.clock_said(found.clock)
        if found.stale:
            lines.append(
                f"Her record still says otherwise ({', '.join(found.stale)}): lumi-hub classify."
            )
        whys = [one.as_json() for one in found.whys]
        data: dict[str, Any] = {
            "id": found.id,
            "why": whys,
            "stale": list(found.stale),
            "words": lines,
        }
        data["half_year"] = asdict(found.clock) if found.clock else None
        speech.say(data, "\n".join(lines))


@app.command(epilog="Example: lumi-hub customers rfm")
def rfm(database: Database = "", as_json: AsJson = False) -> None:
    """Show the RFM grid of all who bought: how many, and what one of them ever paid on average.

    R5 to R1 are fifths by recency, F1 to F5 by frequency (days with a purchase); 5 is the best.
    """
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        with store.read() as session:
            found = counting.rfm(session, clock.now(), tell)
        speech.say(asdict(found), _drawn(found.grid))


def _drawn(cells: Iterable[FigureCell]) -> Table:
    found = {(one.recency, one.frequency): one for one in cells}
    fifths = range(1, FIFTHS + 1)
    rows = [
        (f"R{recency}", *(_cell(found.get((recency, frequency))) for frequency in fifths))
        for recency in reversed(fifths)
    ]
    return table(("", *(f"F{one}" for one in fifths)), rows)


def _cell(cell: FigureCell | None) -> str:
    """How many, and what one of them paid on average, in whole yuan."""
    if cell is None:
        return "–"
    whole = cell.lifetime_fen // cell.customers // 100 * 100
    return f"{cell.customers:,} · {money.shown(whole)}"


@app.command(epilog="Example: lumi-hub customers reachable --purpose service")
def reachable(
    purpose: Annotated[
        Purpose, typer.Option(help="What she would be reached for.")
    ] = Purpose.MARKETING,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show how many customers of each pool and channel can be reached by each way.

    Share = customers with the way, who have not closed it to the purpose ÷ customers of the row.
    The way is there with a real phone number (phone; sms if it is a mobile one), a WeChat account
    or friendship, a Wangwang nick seen in an order of the last two years; addresses are not kept.
    Whoever refused everything is reached by nothing; where she said nothing the rules "consents"
    hold. Who bought on two channels counts in both rows.
    """
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = reaching.reach(session, clock.now(), purpose)
        groups = {"pools": found.pools, "channels": found.channels}
        data = {name: [one.as_json() for one in rows] for name, rows in groups.items()}
        data |= {"all": [found.everybody.as_json()]}
        rows = [
            *(_reached(f"pool {one.name}", one) for one in found.pools),
            *(_reached(one.name or "–", one) for one in found.channels),
            _reached(found.everybody.name, found.everybody),
        ]
        heads = ("", "customers", *(way.value for way in _SHOWN), "any")
        speech.say({"purpose": purpose.value, **data}, table(heads, rows))


# Nobody is reached by post: a column without a number above nothing says little.
_SHOWN = tuple(way for way in Way if way is not Way.POST)


def _reached(name: str, one: Reached) -> tuple[object, ...]:
    ways = (*(one.by_way[way] for way in _SHOWN), one.by_any)
    return (name, one.customers, *(f"{many:,} {one.share(many):.0%}" for many in ways))


def nightly(database: Database = "", as_json: AsJson = False) -> None:
    """Do what every night wants: confirm sales, classify everybody, hand out, learn, clear out."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        done = night.run(store, clock.now(), tell)
        words = moves_in_words(done.changes) + f"\n{done.tokens:,} sign-ins had run out."
        words += (
            f"\n{done.decided:,} old decisions, {done.removals:,} old removals and"
            f" {done.looks:,} old looks were forgotten."
        )
        if done.given.moved:
            words += f"\n{len(done.given.moved):,} customers were given to reps by their plans."
        learned_from = done.learned.customers if done.learned else 0
        if learned_from:
            words += f"\nWho buys again was learned anew from {learned_from:,} customers."
        if done.value is not None:
            words += "\n" + cli_value.learned_in_words(done.value)
        if done.lesson is not None:
            words += "\n" + cli_learn.lesson_in_words(done.lesson)
        lesson = None if done.lesson is None else cli_learn.lesson_as_data(done.lesson)
        cleared = {"tokens": done.tokens, "decided": done.decided, "removals": done.removals}
        cleared |= {"looks": done.looks}
        cleared |= {"given_to_reps": len(done.given.moved), "learned_from": learned_from}
        cleared |= {"value_learned_from": done.value.customers if done.value else 0}
        speech.say(moves_as_data(done.changes) | cleared | {"call_order": lesson}, words)


def assign(
    rep: Annotated[str, typer.Option(help="Who gets them: her name to sign in.")],
    customers: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A text file, one customer a line: id, phone, member id or order number.",
        ),
    ] = None,
    unassigned: Annotated[
        int | None, typer.Option(min=1, help="So many whom nobody has, the best first.")
    ] = None,
    from_: Annotated[str, typer.Option("--from", help="All customers of this rep.")] = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Hand customers to a rep. Work that is under way with them is kept."""
    with speaking(as_json) as speech, hub(database) as store:
        if sum(way is not None for way in (customers, unassigned, from_ or None)) != 1:
            raise OneWay
        with store.write() as session:
            feed.watch(session, alone=True)
            rep_id = keeping.rep_named(session, rep).id
            chosen = _chosen(session, customers, unassigned, from_)
            moved = keeping.assign(session, chosen, rep_id, clock.now())
            feed.publish(session, moved)
        words = f"{len(moved):,} of {len(chosen):,} customers are new in the hands of {rep}."
        speech.say({"rep": rep, "chosen": len(chosen), "moved": len(moved)}, words)


def _chosen(session: Session, file: Path | None, unassigned: int | None, from_: str) -> list[str]:
    if file is not None:
        return keeping.known_by(session, _marks(file))
    if unassigned is not None:
        return keeping.unassigned(session, unassigned)
    return keeping.held_by(session, keeping.person_named(session, from_).id)


def _marks(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NoList(file=file.name) from None
    marks = [line.strip() for line in lines if line.strip()]
    if not marks:
        raise NoList(file=file.name)
    return marks
