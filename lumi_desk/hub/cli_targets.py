"""`lumi-hub targets`: what should be sold in a month, and how far we are."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock, money
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.people import service as people
from lumi_desk.people.tables import Team
from lumi_desk.sync import feed
from lumi_desk.targets import service
from lumi_desk.targets.operations import SetTarget, set_target
from lumi_desk.targets.rules import Measure, elapsed, percent
from lumi_desk.targets.service import Month, RepMonth, Standing

app = typer.Typer(no_args_is_help=True, help="What should be sold, and how far we are.")


class Split(StrEnum):
    """How a team's target becomes its reps' targets."""

    EVEN = "even"
    WEIGHTS = "weights"
    NONE = "none"


class NoAmount(LumiError):
    """A text that is no amount for a measure."""

    title = "“{amount}” is no amount for {measure}"
    advice = "Money is in yuan, as in 430000 or 43万; everything else is a whole number."


class NoWeights(LumiError):
    """A split by weights that says no weights, or whose weights name somebody else."""

    title = "The weights do not fit the team: {what}"
    advice = "Give --weight LOGIN=NUMBER for reps of the team, at least one above 0."


class NobodyToSplit(LumiError):
    """A team without reps."""

    title = "{team} has no reps to split a target among"
    advice = "Add them first, or use --split none."


@app.command("set", epilog="Example: lumi-hub targets set 2026-11 一组 cash 430000 --split even")
def set_(
    month: Annotated[str, typer.Argument(help="Year and month, as in 2026-11.")],
    team: Annotated[str, typer.Argument(help="The team's name.")],
    measure: Annotated[Measure, typer.Argument(help="What is counted.")],
    amount: Annotated[str, typer.Argument(help="Yuan for money, pieces for the rest.")],
    split: Annotated[Split, typer.Option(help="How it is split among the reps.")] = Split.EVEN,
    weight: Annotated[
        list[str] | None, typer.Option(help="LOGIN=NUMBER, once for each rep.")
    ] = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Set a team's target for a month. The reps' parts sum to it exactly, to the fen."""
    with speaking(as_json) as speech, hub(database) as store:
        service.month_named(month)
        whole = _amount(amount, measure)
        with store.write() as session:
            feed.watch(session)
            found = keeping.team_named(session, team)
            shares = _shares(session, found, split, weight or [])
            op = SetTarget(
                month=month, team_id=found.id, measure=measure, amount=whole, weights=shares
            )
            parts = set_target(session, op)
            feed.publish(session)
            names = {rep.id: rep.name for rep in people.reps_of(session, found.id)}
        named = [{"id": one, "rep": names[one], "amount": part} for one, part in parts.items()]
        lines = [f"{team} {month}: {measure.value} {_shown(whole, measure)}"]
        lines += [f"  {names[one]} {_shown(part, measure)}" for one, part in parts.items()]
        speech.say(asdict(op) | {"team": team, "parts": named}, "\n".join(lines))


@app.command(epilog="Example: lumi-hub targets show 2026-11 一组")
def show(
    month: Annotated[str, typer.Argument(help="Year and month, as in 2026-11.")],
    team: Annotated[str, typer.Argument(help="The team's name; all teams without it.")] = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Show targets and what was reached, claimed sales included and told apart."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        teams = [keeping.team_named(session, team)] if team else _all_teams(session)
        found = [(one.name, service.month(session, one.id, month, clock.now())) for one in teams]
        data = {"month": month, "teams": [_month_as_data(name, one) for name, one in found]}
        speech.say(data, _drawn(found))


def _shares(session: Session, team: Team, how: Split, told: list[str]) -> dict[str, int]:
    if how is Split.NONE:
        return {}
    reps = [rep.id for rep in people.reps_of(session, team.id)]
    if not reps:
        raise NobodyToSplit(team=team.name)
    if how is Split.EVEN:
        return dict.fromkeys(reps, 1)
    shares = dict(_weight(session, one) for one in told)
    strange = set(shares) - set(reps)
    if strange or not any(shares.values()):
        raise NoWeights(what=", ".join(told) or "none was given")
    return {rep: shares.get(rep, 0) for rep in reps}


def _weight(session: Session, told: str) -> tuple[str, int]:
    login, _, number = told.partition("=")
    if not number.isdecimal():
        raise NoWeights(what=told)
    return keeping.person_named(session, login).id, int(number)


def _amount(told: str, measure: Measure) -> int:
    try:
        amount = money.to_fen(told) if measure.is_money else int(told.replace(",", ""))
    except ValueError:
        raise NoAmount(amount=told, measure=measure.value) from None
    if amount < 0:
        raise NoAmount(amount=told, measure=measure.value)
    return amount


def _all_teams(session: Session) -> list[Team]:
    return list(session.scalars(select(Team).order_by(Team.id)))


def _shown(amount: int, measure: Measure) -> str:
    return money.shown(amount) if measure.is_money else f"{amount:,}"


def _drawn(found: list[tuple[str, Month]]) -> Table:
    rows = []
    for name, month in found:
        over = percent(elapsed(month.time))
        rows.append((name, "", *(_cell(month.standings[one], one) for one in Measure), f"{over}%"))
        rows += [
            ("", rep.name, *(_cell(rep.standings[one], one) for one in Measure), "")
            for rep in month.reps
        ]
    return table(("team", "rep", *(one.value for one in Measure), "time"), rows)


def _cell(standing: Standing, measure: Measure) -> str:
    done = percent(standing.completion)
    shown = _shown(standing.actual, measure)
    if standing.claimed:
        shown += f" ({_shown(standing.claimed, measure)} claimed)"
    return shown if done is None else f"{shown} / {_shown(standing.target, measure)} {done}%"


def _month_as_data(name: str, month: Month) -> dict[str, Any]:
    return {
        "team": name,
        "working_days": asdict(month.time) | {"announced": month.announced},
        "measures": _standings_as_data(month.standings),
        "activity": asdict(month.activity),
        "weekly_order_rate": percent(month.weekly_order_rate),
        "reps": [_rep_as_data(rep) for rep in month.reps],
    }


def _rep_as_data(rep: RepMonth) -> dict[str, Any]:
    return {
        "id": rep.rep_id,
        "name": rep.name,
        "measures": _standings_as_data(rep.standings),
        "activity": asdict(rep.activity),
        "sold_this_week": rep.sold_this_week,
    }


def _standings_as_data(standings: service.Standings) -> dict[str, Any]:
    return {
        measure.value: asdict(one) | {"completion_percent": percent(one.completion)}
        for measure, one in standings.items()
    }
