"""`lumi-hub figures`: what became of the customers of each month, with bases and formulas."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from io import StringIO
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.hub import counting
from lumi_desk.hub.cli_shared import AsJson, Database, Speech, Tell, hub, progress, speaking, table
from lumi_desk.hub.figuring import By
from lumi_desk.managing.figures import (
    CountCohorts,
    CountLoss,
    CountRenewals,
    FigureCohort,
    FigureLoss,
    FigureRenewals,
    FigureShare,
)
from lumi_desk.reports.cohorts.rules import LOSS_DAYS, MOST_DAYS, RENEWAL_DAYS

app = typer.Typer(no_args_is_help=True, help="What became of the customers of each month.")

_WIDE = 200
_OPEN = "* The {days} days of those who wait are not over: they are in no figure yet."
# The figures by the names they have for machines, as the tables call them.
_CALLED = {
    "bought_again": "bought again",
    "opened_card": "opened a card",
    "cross_sold": "cross-sold",
    "renewed": "renewed",
    "lost": "lost",
}

From = Annotated[
    str,
    typer.Option("--from", help="The first month, as in 2026-01; else January of last year."),
]


def _window(usual: int, what: str) -> Any:
    return typer.Option("--days", help=f"{what}; usually {usual}, from 1 to {MOST_DAYS}.")


Half = Annotated[int, _window(HALF_YEAR.days, "So long after her beginning it counts")]
Renewing = Annotated[int, _window(RENEWAL_DAYS, "So long after it ran low a load renews it")]
Losing = Annotated[int, _window(LOSS_DAYS, "So long is the window, from the first of the month")]
Parted = Annotated[
    By | None, typer.Option(help="Part them by the grade of their first day, or their first line.")
]


class _Asked(NamedTuple):
    """What every one of these commands has."""

    speech: Speech
    session: Session
    now: datetime
    tell: Tell


@app.command(epilog="Example: lumi-hub figures cohorts --from 2026-01 --by grade")
def cohorts(
    from_: From = "",
    by: Parted = None,
    days: Half = HALF_YEAR.days,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show who bought again, opened a card or bought both lines, by the month of her beginning.

    She begins with her first paid order, or with her card if that came earlier.
    """
    formulas = {
        "bought_again": f"newcomers who bought on two days or more within {days} days of their"
        f" first order or card ÷ newcomers whose {days} days are over",
        "opened_card": f"newcomers who opened or loaded a card within {days} days ÷ the same",
        "cross_sold": f"newcomers who bought both collagen and enzyme within {days} days,"
        " gifts and closed lines aside ÷ the same",
    }
    counted = CountCohorts(from_, by.value if by else "", days)
    with _asking(database, as_json) as asked:
        found = counting.cohorts(asked.session, counted, asked.now, asked.tell).cohorts
        data = [_cohort_as_data(one, by) for one in found]
        headings = ("month", *((by.value,) if by else ()), "new", "waiting")
        rows = [
            (
                _marked(one.month, one.waiting),
                *((one.group or "–",) if by else ()),
                one.customers,
                one.waiting,
                _told(one.bought_again),
                _told(one.opened_card),
                _told(one.cross_sold),
            )
            for one in found
        ]
        drawn = table((*headings, *(_CALLED[one] for one in formulas)), rows)
        _say(asked.speech, "cohorts", days, data, drawn, formulas)


@app.command(epilog="Example: lumi-hub figures renewals --from 2026-01")
def renewals(
    from_: From = "",
    days: Renewing = RENEWAL_DAYS,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show which cards were loaded again, by the month in which a purchase left too little on them.

    Too little is less than a month of her use in the year before; nothing, where she has bought
    for less than a year.
    """
    formulas = {
        "renewed": f"cards loaded again within {days} days ÷ cards that a purchase brought below a"
        f" month of use and whose {days} days are over",
    }
    with _asking(database, as_json) as asked:
        counted = CountRenewals(from_, days)
        found = counting.renewals(asked.session, counted, asked.now, asked.tell).renewals
        rows = [
            (_marked(one.month, one.waiting), one.cards, one.waiting, _told(one.renewed))
            for one in found
        ]
        drawn = table(("month", "ran low", "waiting", "renewed"), rows)
        data = [_renewals_as_data(one) for one in found]
        _say(asked.speech, "renewals", days, data, drawn, formulas)


@app.command(epilog="Example: lumi-hub figures loss --from 2026-01 --days 180")
def loss(
    from_: From = "",
    days: Losing = LOSS_DAYS,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show how many members of pool 1 were lost in the window that begins with each month."""
    formulas = {
        "lost": "members of pool 1 when the month began who neither bought nor opened a card in"
        f" the {days} days from then on ÷ members of pool 1 when the month began",
    }
    with _asking(database, as_json) as asked:
        found = counting.loss(asked.session, CountLoss(from_, days), asked.now, asked.tell).loss
        rows = [
            (
                _marked(one.month, one.waiting),
                f"{one.until:%Y-%m-%d}",
                one.members,
                _told(one.lost),
            )
            for one in found
        ]
        drawn = table(("month", "until", "in pool 1", "lost"), rows)
        _say(asked.speech, "loss", days, [_loss_as_data(one) for one in found], drawn, formulas)


@contextmanager
def _asking(database: str, as_json: bool) -> Iterator[_Asked]:
    with (
        speaking(as_json) as speech,
        hub(database) as store,
        progress() as tell,
        store.read() as session,
    ):
        yield _Asked(speech, session, clock.now(), tell)


def _say(
    speech: Speech,
    name: str,
    days: int,
    data: Sequence[Mapping[str, Any]],
    drawn: Table,
    formulas: Mapping[str, str],
) -> None:
    lines = [f"{_CALLED[what]} = {formula}" for what, formula in formulas.items()]
    if any(one["waiting"] for one in data):
        lines.insert(0, _OPEN.format(days=days))
    words = "\n".join([_in_words(drawn), "", *lines]) if data else "There was nobody to count."
    speech.say({"days": days, "formulas": formulas, name: data}, words)


def _in_words(drawn: Table) -> str:
    """The table as lines that no narrow window breaks."""
    written = StringIO()
    Console(file=written, width=_WIDE).print(drawn)
    return written.getvalue().rstrip("\n")


def _marked(month: str, waits: int) -> str:
    return f"{month}{' *' if waits else ''}"


def _told(share: FigureShare) -> str:
    """So many of so many, and percent; a dash of nobody."""
    if not share.of:
        return "–"
    return f"{share.count / share.of:.1%} ({share.count:,} of {share.of:,})"


def _share_as_data(share: FigureShare) -> dict[str, Any]:
    rate = round(share.count / share.of, 4) if share.of else None
    return asdict(share) | {"rate": rate}


def _cohort_as_data(one: FigureCohort, by: By | None) -> dict[str, Any]:
    return {
        "month": one.month,
        **({by.value: one.group or None} if by else {}),
        "customers": one.customers,
        "waiting": one.waiting,
        "bought_again": _share_as_data(one.bought_again),
        "opened_card": _share_as_data(one.opened_card),
        "cross_sold": _share_as_data(one.cross_sold),
    }


def _renewals_as_data(one: FigureRenewals) -> dict[str, Any]:
    return asdict(one) | {"renewed": _share_as_data(one.renewed)}


def _loss_as_data(one: FigureLoss) -> dict[str, Any]:
    return asdict(one) | {"until": one.until.isoformat(), "lost": _share_as_data(one.lost)}
