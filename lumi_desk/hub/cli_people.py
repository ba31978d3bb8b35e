"""`lumi-hub people`: who works here and may sign in."""

import getpass
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from lumi_desk.hub import keeping, standing
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Who works here and may sign in.")

Login = Annotated[str, typer.Argument(help="The name to sign in with.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Invented = Annotated[bool, typer.Option("--generate", help="Invent a password and show it once.")]


@app.command(
    epilog="Example: lumi-hub people add lin --name 林晓燕 --role rep --team 一组 --generate"
)
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Her name as colleagues see it.")],
    role: Annotated[Role, typer.Option(help="What she is here.")],
    team: Annotated[str, typer.Option(help="Her team; a new name makes a new team.")] = "",
    password_stdin: FromStdin = False,
    generate: Invented = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Add a person. Without a terminal, and without --password-stdin, a password is invented."""
    with speaking(as_json) as speech, hub(database) as store:
        password, invented = _password(password_stdin, generate)
        with store.write() as session:
            feed.watch(session)
            person = keeping.add_person(
                session, login=login, name=name, role=role, password=password, team=team or None
            )
            told = _told(person, login)
            feed.publish(session)
        shown = {"password": password} if invented else {}
        words = f"{name} can sign in as {login}." + _once(password, invented)
        speech.say(told | shown, words)


@app.command("list", epilog="Example: lumi-hub people list --json")
def list_(database: Database = "", as_json: AsJson = False) -> None:
    """Show everybody, what they are, and how many customers they hold."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = standing.members(session)
        rows = [
            (one.login, one.name, one.role, one.team, "" if one.active else "no", one.customers)
            for one in found
        ]
        headings = ("login", "name", "role", "team", "active", "customers")
        speech.say({"people": [asdict(one) for one in found]}, table(headings, rows))


@app.command(epilog="Example: lumi-hub people reset-password lin --generate")
def reset_password(
    login: Login,
    password_stdin: FromStdin = False,
    generate: Invented = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Give a person a new password. She is signed out everywhere; her work is kept."""
    with speaking(as_json) as speech, hub(database) as store:
        password, invented = _password(password_stdin, generate)
        with store.write() as session:
            told = _told(keeping.set_password(session, login, password), login)
        shown = {"password": password} if invented else {}
        words = f"{login} has a new password and must sign in again." + _once(password, invented)
        speech.say(told | shown, words)


@app.command(epilog="Example: lumi-hub people disable lin")
def disable(login: Login, database: Database = "", as_json: AsJson = False) -> None:
    """Let a person sign in no more. Her customers stay hers until they are given to another."""
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session)
            held = keeping.disable(session, login)
            feed.publish(session)
        words = f"{login} can sign in no more."
        if held:
            words += f" She holds {held:,} customers: lumi-hub hand-over {login} gives them to her"
            words += f" colleagues by their plans, lumi-hub assign --from {login} --rep … to one."
        speech.say({"login": login, "active": False, "customers": held}, words)


def _password(from_stdin: bool, generate: bool) -> tuple[str, bool]:
    """The password to set, and whether it was invented and must be shown."""
    if from_stdin:
        return keeping.acceptable(sys.stdin.readline().rstrip("\r\n")), False
    if generate or not sys.stdin.isatty():
        return keeping.invented_password(), True
    while True:
        told = keeping.acceptable(getpass.getpass("Password: "))
        if told == getpass.getpass("Once more: "):
            return told, False
        print("They differ. Try again.", file=sys.stderr)


def _once(password: str, invented: bool) -> str:
    return f" The password, shown only now: {password}" if invented else ""


def _told(person: Person, login: str) -> dict[str, str]:
    return {"id": person.id, "login": login, "name": person.name, "role": person.role}
