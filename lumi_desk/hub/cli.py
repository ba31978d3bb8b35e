"""`lumi-hub`: everything a hub's keeper does, one command each."""

from dataclasses import asdict
from typing import Any

import typer

from lumi_desk import clock
from lumi_desk.hub import (
    cli_customers,
    cli_evaluate,
    cli_evaluate_calls,
    cli_exports,
    cli_figures,
    cli_identity,
    cli_imports,
    cli_learn,
    cli_looks,
    cli_people,
    cli_placing,
    cli_rules,
    cli_runs,
    cli_saving,
    cli_serve,
    cli_tags,
    cli_targets,
    cli_titles,
    cli_value,
    keeping,
    outlooks,
    settings,
    standing,
)
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking
from lumi_desk.hub.standing import HubStanding, Member
from lumi_desk.sync import feed

app = typer.Typer(
    name="lumi-hub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keep the hub of Lumi Desk: people, imports, targets, backups.",
)
app.add_typer(cli_people.app, name="people")
app.add_typer(cli_imports.app, name="import")
app.add_typer(cli_placing.app, name="plans")
app.add_typer(cli_targets.app, name="targets")
app.add_typer(cli_titles.app, name="titles")
app.add_typer(cli_rules.app, name="rules")
app.add_typer(cli_tags.app, name="tags")
app.add_typer(cli_exports.app, name="exports")
app.add_typer(cli_looks.app, name="looks")
app.add_typer(cli_customers.app, name="customers")
app.add_typer(cli_figures.app, name="figures")
app.add_typer(cli_identity.app, name="identity")
app.add_typer(cli_evaluate.app, name="evaluate")
app.add_typer(cli_learn.app, name="learn")
_RUNS = "Example: lumi-hub import runs"
cli_imports.app.command("runs", epilog=_RUNS)(cli_runs.runs)
_SHOW = "Example: lumi-hub import show last --repairs"
cli_imports.app.command("show", epilog=_SHOW)(cli_runs.show)
_JUDGE = "Example: lumi-hub evaluate call-order bank-additional-full.csv"
cli_evaluate.app.command("call-order", epilog=_JUDGE)(cli_evaluate_calls.call_order)
_WORTH = "Example: lumi-hub evaluate value cdnow_sample.txt"
cli_evaluate.app.command("value", epilog=_WORTH)(cli_value.evaluate)
cli_customers.app.command("value", epilog="Example: lumi-hub customers value")(cli_value.show)
_SERVE = "Example: lumi-hub serve --host 0.0.0.0 --tls-cert hub.pem --tls-key hub.key"
app.command(epilog=_SERVE)(cli_serve.serve)
app.command(epilog="Example: lumi-hub backup /mnt/backup/hub-2026-11-22.db")(cli_saving.backup)
app.command(epilog="Example: lumi-hub restore /mnt/backup/hub-2026-11-22.db")(cli_saving.restore)
_MOVE = "Example: lumi-hub move --into postgresql+psycopg://lumi@localhost/lumi"
app.command(epilog=_MOVE)(cli_saving.move)
app.command(epilog="Example: lumi-hub nightly")(cli_customers.nightly)
app.command(epilog="Example: lumi-hub classify --preview")(cli_customers.classify)
app.command(epilog="Example: lumi-hub assign --rep lin --unassigned 200")(cli_customers.assign)
app.command(epilog="Example: lumi-hub hand-out --preview")(cli_placing.hand_out)
app.command(epilog="Example: lumi-hub hand-over lin --preview")(cli_placing.hand_over)


@app.command(epilog="Example: lumi-hub init --database /srv/lumi/hub.db")
def init(database: Database = "", as_json: AsJson = False) -> None:
    """Make a hub's database, or bring an earlier one up to date. Doing it twice is harmless.

    A new one gets the lists that ship: outcomes of calls, scripts, products, bundles, card plans.
    """
    with speaking(as_json) as speech:
        settings.founded(database).close()
        with hub(database) as store:
            with store.write() as session:
                feed.watch(session, alone=True)
                if keeping.start_lists(session):
                    # What lists say of products holds for whatever was sold before.
                    outlooks.renew(session, None, clock.now())
                outlooks.catch_up(session, clock.now())
                feed.publish(session)
            found = standing.standing(store)
        place = database or settings.default_database()
        words = f"The hub is ready ({found.engine}). Add people: lumi-hub people add …"
        shown = place if "://" not in place else found.engine
        speech.say({"database": shown, "epoch": found.epoch, "schema": found.schema}, words)


@app.command(epilog="Example: lumi-hub status --json")
def status(database: Database = "", as_json: AsJson = False) -> None:
    """Show what the hub holds: people, customers, orders, streams, desks, size."""
    with speaking(as_json) as speech, hub(database) as store:
        found = standing.standing(store)
        speech.say(_as_data(found), _as_words(found))


def _as_data(found: HubStanding) -> dict[str, Any]:
    data = asdict(found)
    for desk in data["desks"]:
        desk["seen_at"] = desk["seen_at"].isoformat()
    return data


def _as_words(found: HubStanding) -> str:
    pools = ", ".join(f"{pool}: {count:,}" for pool, count in found.customers.items())
    sales = ", ".join(f"{state} {count:,}" for state, count in found.sales.items())
    everybody = f"{sum(found.customers.values()):,} ({pools or 'none'})"
    lines = [
        f"database   {found.engine}, {found.bytes:,} bytes, schema {', '.join(found.schema)}",
        f"people     {len(found.people):,}",
        *(_member(one) for one in found.people),
        f"customers  {everybody}, {found.unassigned:,} in nobody's hands",
        f"orders     {found.orders:,}, {found.orders_without_person:,} without a person",
        f"sales      {sales or 'none claimed'}",
        f"desks      {len(found.desks):,} seen",
        *(f"  {one.login} · {one.version} · {one.seen_at:%Y-%m-%d %H:%MZ}" for one in found.desks),
        f"streams    {len(found.streams):,}",
        *(f"  {stream} at {head:,}" for stream, head in found.streams.items()),
    ]
    return "\n".join(lines)


def _member(one: Member) -> str:
    left = "" if one.active else " · left"
    return f"  {one.login} · {one.name} · {one.role} · {one.team or '–'} · {one.customers:,}{left}"
