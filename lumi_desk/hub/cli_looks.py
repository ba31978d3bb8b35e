"""`lumi-hub looks`: who looked at customers she does not hold, and how long that is kept."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.catalog import shelf as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, looking
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.ids import new_id
from lumi_desk.looks import service
from lumi_desk.looks.rules import LEAST_DAYS, LOOKS, MOST_DAYS, LookSettings
from lumi_desk.looks.service import Looked
from lumi_desk.security.masking import mask_text
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Who looked at customers that are not her own.")


@app.command("list", epilog="Example: lumi-hub looks list --customer M000042")
def list_(
    who: Annotated[str, typer.Option(help="Only of this person: the name to sign in.")] = "",
    customer: Annotated[
        str, typer.Option(help="Only at her: id, phone, member id or order number.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, max=10_000, help="So many, the latest first.")] = 50,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show which leader or manager was shown whose record, or how many customers of which list."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        person_id = keeping.person_named(session, who).id if who else None
        ids = None
        if customer:
            (known,) = keeping.known_by(session, (customer,))
            ids = looking.everybody_in(session, known)
        found = service.latest(session, most, person_id, ids)
        rows = [
            (f"{one.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}", one.who, *_what(session, one))
            for one in found
        ]
        headings = ("when", "who", "customers", "whom")
        speech.say({"looks": [asdict(one) for one in found]}, table(headings, rows))


@app.command(epilog="Example: lumi-hub looks keep --days 730")
def keep(
    days: Annotated[
        int | None, typer.Option(min=LEAST_DAYS, max=MOST_DAYS, help="From today on, so many days.")
    ] = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show how long looks are kept, or set it. What is older is forgotten every night."""
    with speaking(as_json) as speech, hub(database) as store, store.write() as session:
        today = local_day(clock.now())
        told = catalog.numbers(session, service.RULE_SET, today, LOOKS)
        if days is not None:
            feed.watch(session)
            told = LookSettings(days)
            body = asdict(told)
            session.add(Setting(id=new_id(), rule_set=service.RULE_SET, effective=today, body=body))
            feed.publish(session)
        speech.say(asdict(told), f"Looks are kept for {told.keep_days:,} days.")


def _what(session: Session, one: Looked) -> tuple[int, str]:
    """How many customers, and who; of a list what it was narrowed and ordered by."""
    if one.customer_id:
        row = session.get(Customer, one.customer_id)
        return 1, f"{mask_text(row.name)} ({row.id})" if row else one.customer_id
    return one.rows, "list: " + looking.said(one.asked)
