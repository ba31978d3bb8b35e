"""`lumi-hub classify` and `lumi-hub assign`: who is who, and who looks after whom."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import cli_learn, intake, keeping
from lumi_desk.hub import nightly as night
from lumi_desk.hub.cli_imports import moves_as_data, moves_in_words
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking
from lumi_desk.sync import feed


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
            changes = intake.reckon(session, clock.now(), keep=not preview, tell=tell)
        words = moves_in_words(changes)
        if preview:
            words += "\nA preview: nothing was changed."
        speech.say(moves_as_data(changes) | {"preview": preview}, words)


def nightly(database: Database = "", as_json: AsJson = False) -> None:
    """Do what every night wants: confirm sales, classify everybody, learn, clear out."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        done = night.run(store, clock.now(), tell)
        words = moves_in_words(done.changes) + f"\n{done.tokens:,} sign-ins had run out."
        words += (
            f"\n{done.decided:,} old decisions and {done.removals:,} old removals were forgotten."
        )
        if done.lesson is not None:
            words += "\n" + cli_learn.lesson_in_words(done.lesson)
        learned = None if done.lesson is None else cli_learn.lesson_as_data(done.lesson)
        cleared = {"tokens": done.tokens, "decided": done.decided, "removals": done.removals}
        told = moves_as_data(done.changes) | cleared | {"call_order": learned}
        speech.say(told, words)


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
