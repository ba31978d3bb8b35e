"""`lumi-hub plans`, `hand-out` and `hand-over`: whom each rep takes, and giving customers so."""

from datetime import date
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.assigning.rules import Plan, Side
from lumi_desk.customers.rules import Grade, Line
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping, placing
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.hub.placing import Given
from lumi_desk.people.tables import Credential
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Whom each rep takes when customers are handed out.")

Login = Annotated[str, typer.Argument(help="The rep's name to sign in with.")]
Preview = Annotated[bool, typer.Option(help="Only say who would go to whom; change nothing.")]
_REASONS = {
    "nobody": "no plan takes such as them",
    "away": "whoever takes such as them is on leave",
    "full": "whoever takes such as them has no room",
}


class NoLeave(LumiError):
    """A text that is no leave."""

    title = "“{text}” is no leave"
    advice = "Nothing was changed. Write 2026-12-01..2026-12-07, or a single day."


class NoPlans(LumiError):
    """Nobody has a plan to hand out by."""

    title = "No rep has a plan to hand customers out by"
    advice = "Nothing was changed. Make some first: lumi-hub plans set LOGIN --side both"


@app.command("set", epilog="Example: lumi-hub plans set lin --side new --line collagen --most 300")
def set_(
    login: Login,
    side: Annotated[Side | None, typer.Option(help="Newcomers, old customers, or both.")] = None,
    line: Annotated[
        list[Line] | None, typer.Option(help="Only such lines; once for each. Default: all.")
    ] = None,
    grade: Annotated[
        list[Grade] | None, typer.Option(help="Newcomers of these grades only.")
    ] = None,
    most: Annotated[int | None, typer.Option(min=0, help="So many customers at most.")] = None,
    away: Annotated[str, typer.Option(help="On leave: 2026-12-01..2026-12-07.")] = "",
    back: Annotated[bool, typer.Option(help="Back from leave, or not going.")] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Say whom a rep takes. What is not named stays as it was.

    Whoever waits for a rep and falls to her by it comes to her at once.
    """
    with speaking(as_json) as speech, hub(database) as store:
        told = _told(side, line, grade, most, away, back=back)
        with store.write() as session:
            feed.watch(session, alone=True)
            rep = keeping.rep_named(session, login)
            given = placing.take(session, rep.id, clock.now(), **told)
            feed.publish(session, given.pairs)
            plan = {plan.rep_id: plan for plan in placing.plans(session)}[rep.id]
        data = {"login": login, "gets": len(given.moved)} | _as_data(plan)
        speech.say(data, f"{login} takes {_in_words(plan)}.\n{_came(len(given.moved))}")


@app.command("list", epilog="Example: lumi-hub plans list")
def list_(database: Database = "", as_json: AsJson = False) -> None:
    """Show whom each rep takes."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        names = _logins(session)
        found = [(names[plan.rep_id], plan) for plan in placing.plans(session)]
        rows = [(login, _in_words(plan)) for login, plan in found]
        data = [{"login": login} | _as_data(plan) for login, plan in found]
        speech.say(data, table(("login", "takes"), rows) if rows else "No rep has a plan yet.")


@app.command(epilog="Example: lumi-hub plans drop lin")
def drop(login: Login, database: Database = "", as_json: AsJson = False) -> None:
    """Give a rep no more customers by themselves. Those she holds stay hers."""
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            placing.drop_plan(session, keeping.person_named(session, login).id)
        speech.say({"login": login}, f"{login} is given no more customers by themselves.")


def hand_out(preview: Preview = False, database: Database = "", as_json: AsJson = False) -> None:
    """Give customers in nobody's hands to reps by their plans, and newcomers over who are none.

    It happens by itself after every import and every night.
    """
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session, alone=True)
            if not placing.plans(session):
                raise NoPlans
            given = placing.hand_out(session, clock.now(), keep=not preview)
            feed.publish(session, [] if preview else given.pairs)
            names = _logins(session)
        speech.say(_given_data(given, names, preview), _given_words(given, names, preview))


def hand_over(
    login: Login, preview: Preview = False, database: Database = "", as_json: AsJson = False
) -> None:
    """Give all customers of a rep to her colleagues by their plans, of her own team first."""
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session, alone=True)
            rep = keeping.person_named(session, login)
            if not any(plan.rep_id != rep.id for plan in placing.plans(session)):
                raise NoPlans
            given = placing.hand_over(session, rep.id, clock.now(), keep=not preview)
            feed.publish(session, [] if preview else given.pairs)
            names = _logins(session)
        speech.say(_given_data(given, names, preview), _given_words(given, names, preview))


def _told(
    side: Side | None,
    line: list[Line] | None,
    grade: list[Grade] | None,
    most: int | None,
    away: str,
    *,
    back: bool,
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if side is not None:
        told["side"] = side.value
    if line:
        told["lines"] = ",".join(sorted(set(line)))
    if grade:
        told["grades"] = ",".join(sorted(set(grade)))
    if most is not None:
        told["most"] = most
    if back and away:
        raise NoLeave(text=f"{away} and --back")
    if back:
        told |= {"away_from": None, "away_until": None}
    elif away:
        days = _days_of(away)
        if days is None:
            raise NoLeave(text=away)
        told |= {"away_from": days[0], "away_until": days[1]}
    return told


def _days_of(text: str) -> tuple[date, date] | None:
    """A leave as people write it: 2026-12-01..2026-12-07, or one day. None when it is no leave."""
    first, *more = text.split("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat("..".join(more) if more else first)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None


def _logins(session: Session) -> dict[str, str]:
    return dict(session.execute(select(Credential.person_id, Credential.login)).all())


def _came(many: int) -> str:
    if not many:
        return "Nobody who waits for a rep falls to her."
    return f"{many:,} who waited for a rep {'comes' if many == 1 else 'come'} to her now."


def _as_data(plan: Plan) -> dict[str, Any]:
    return {
        "side": plan.side.value,
        "lines": sorted(plan.lines),
        "grades": sorted(plan.grades),
        "most": plan.most,
        "away": [day.isoformat() for day in plan.away] if plan.away else None,
    }


def _in_words(plan: Plan) -> str:
    side = {Side.NEW: "newcomers", Side.OLD: "old customers", Side.BOTH: "everybody"}[plan.side]
    parts = [
        side,
        f"of {', '.join(sorted(plan.lines))}" if plan.lines else "",
        f"graded {', '.join(sorted(plan.grades))}" if plan.grades else "",
        f"up to {plan.most:,}" if plan.most is not None else "",
        f"but not {plan.away[0]} to {plan.away[1]}" if plan.away else "",
    ]
    return " ".join(part for part in parts if part)


def _given_data(given: Given, names: dict[str, str], preview: bool) -> dict[str, Any]:
    return {
        "moved": len(given.moved),
        "handed_over": given.handed_over,
        "reps": [
            {"login": names[rep], "gets": given.gets.get(rep, 0), "then": then}
            for rep, then in sorted(given.loads.items(), key=lambda one: names[one[0]])
        ],
        "stays": dict(given.stays),
        "gave_way": given.gave_way,
        "preview": preview,
    }


def _given_words(given: Given, names: dict[str, str], preview: bool) -> str:
    lines = [f"{len(given.moved):,} customers get a rep, {given.handed_over:,} from another."]
    for rep, then in sorted(given.loads.items(), key=lambda one: names[one[0]]):
        lines.append(f"  {names[rep]}: {given.gets.get(rep, 0):,} more, {then:,} then")
    if given.gave_way:
        go = "goes" if given.gave_way == 1 else "go"
        lines.append(
            f"{given.gave_way:,} of them {go} to a colleague, because the nearest rep is full"
            " with those whom nobody else can take."
        )
    for reason, many in sorted(given.stays.items()):
        lines.append(f"{many:,} stay: {_REASONS[reason]}")
    if preview:
        lines.append("A preview: nothing was changed.")
    return "\n".join(lines)
