"""`lumi-hub exports`: what was taken out of the program, by whom, and how much may be."""

from dataclasses import asdict, replace
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.catalog import shelf as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.errors import LumiError
from lumi_desk.exports import service
from lumi_desk.exports.rules import EXPORT, ExportSettings
from lumi_desk.hub import keeping
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Right, Role, may
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Lists that were exported, and who may export.")

Roles = Annotated[str, typer.Option(help="Who may export: roles with commas, or none.")]
Whole = Annotated[
    str, typer.Option(help="Who may export whole numbers: roles with commas, or none.")
]
Most = Annotated[int | None, typer.Option(min=1, max=100_000, help="Customers in one file.")]
PerDay = Annotated[int | None, typer.Option(min=1, max=1_000_000, help="Customers a day.")]


class NoRole(LumiError):
    """A text that is no role of somebody with customers."""

    title = "“{told}” has no customers to export"
    advice = "Nothing was changed. There are: {known}; or none."


class Beyond(LumiError):
    """Who may export whole numbers, but may not export."""

    title = "Whoever exports whole numbers must be allowed to export: {roles}"
    advice = "Nothing was changed. Name the role with --roles too."


@app.command("list", epilog="Example: lumi-hub exports list --who lin")
def list_(
    who: Annotated[str, typer.Option(help="Only of this person: the name to sign in.")] = "",
    most: Annotated[int, typer.Option(min=1, max=10_000, help="So many, the latest first.")] = 50,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show who exported which list, when, how many customers, masked or whole, and what for."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        rep_id = keeping.person_named(session, who).id if who else None
        found = service.latest(session, most, rep_id)
        rows = [
            (
                f"{one.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}", one.who, one.rows,
                "whole" if one.phones else "masked", one.format, one.what, one.reason or "–",
            )
            for one in found
        ]  # fmt: skip
        headings = ("when", "who", "customers", "numbers", "file", "filter", "what for")
        speech.say({"exports": [asdict(one) for one in found]}, table(headings, rows))


@app.command("set", epilog="Example: lumi-hub exports set --roles rep,leader --most 300")
def set_(
    roles: Roles = "",
    whole: Whole = "",
    most: Most = None,
    per_day: PerDay = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Say who may export and how much, from today on; what is not said stays. Desks go by it."""
    with speaking(as_json) as speech, hub(database) as store, store.write() as session:
        feed.watch(session)
        day = local_day(clock.now())
        told = catalog.numbers(session, "export", day, EXPORT)
        told = replace(
            told,
            roles=_roles(roles) if roles else told.roles,
            full=_roles(whole) if whole else told.full,
            most=most or told.most,
            per_day=per_day or told.per_day,
        )
        if not told.full <= told.roles:
            raise Beyond(roles=", ".join(sorted(told.full - told.roles)))
        _keep(session, told)
        feed.publish(session)
        speech.say(_as_data(told), _in_words(told))


@app.command(epilog="Example: lumi-hub exports show")
def show(database: Database = "", as_json: AsJson = False) -> None:
    """Show who may export, and how much."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        told = catalog.numbers(session, "export", local_day(clock.now()), EXPORT)
        speech.say(_as_data(told), _in_words(told))


def _roles(told: str) -> frozenset[str]:
    if told == "none":
        return frozenset()
    known = {role.value for role in Role if may(role, Right.CONTACT) or may(role, Right.LEAD)}
    found = frozenset(one.strip() for one in told.split(",") if one.strip())
    for one in sorted(found - known):
        raise NoRole(told=one, known=", ".join(sorted(known)))
    return found


def _keep(session: Session, told: ExportSettings) -> None:
    day = local_day(clock.now())
    body = _as_data(told)
    session.add(Setting(id=new_id(), rule_set="export", effective=day, body=body))


def _as_data(told: ExportSettings) -> dict[str, Any]:
    return {
        "roles": sorted(told.roles),
        "full": sorted(told.full),
        "most": told.most,
        "per_day": told.per_day,
    }


def _in_words(told: ExportSettings) -> str:
    return (
        f"Export: {', '.join(sorted(told.roles)) or 'nobody'}; "
        f"with whole numbers: {', '.join(sorted(told.full)) or 'nobody'}; "
        f"at most {told.most:,} customers in a file and {told.per_day:,} a day."
    )
