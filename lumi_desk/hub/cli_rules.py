"""`lumi-hub rules`: the numbers that say who is who, their versions, and who would move."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.customers.rules import Grade, Pool, Relationship
from lumi_desk.customers.rulesets import rules, versions
from lumi_desk.customers.rulesets.rules import RuleSet, Values
from lumi_desk.customers.rulesets.versions import Version
from lumi_desk.customers.run_out.rules import Due
from lumi_desk.customers.touch_plan.rules import Asked, Plan
from lumi_desk.customers.touch_plan.words import rules as planning
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping, previewing, rulebook
from lumi_desk.hub.classifying import MOVING
from lumi_desk.hub.cli_imports import moves_as_data, moves_in_words
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking, table
from lumi_desk.hub.previewing import Preview
from lumi_desk.hub.rulebook import Done, Told

app = typer.Typer(no_args_is_help=True, help="The numbers that say who is who.")

_BEST_FIRST = (*Pool, *Grade, *Relationship, previewing.WARNED, *Due, *Asked, "")

Name = Annotated[str, typer.Argument(help="The rule set, as in `lumi-hub rules list`.")]
Numbers = Annotated[list[str], typer.Argument(metavar="KEY=VALUE …", help="Money in CNY.")]
From = Annotated[
    str, typer.Option("--from", help="The day from which it holds, as in 2026-12-01; else today.")
]
To = Annotated[
    int | None,
    typer.Option("--to", help="An earlier version by its number in `rules show`; 0 is as shipped."),
]
By = Annotated[str, typer.Option(help="Who wants it: the name to sign in. It is kept.")]
Why = Annotated[str, typer.Option("--why", help="Why, in a few words. It is kept.")]


class NoDay(LumiError):
    """A text that is no day."""

    title = "“{told}” is no day"
    advice = "Nothing was changed. Write it as in 2026-12-01."


@app.command("list", epilog="Example: lumi-hub rules list")
def list_(database: Database = "", as_json: AsJson = False) -> None:
    """Show every rule set with the numbers that hold today, their unit, and since when."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        today = clock.local_day(clock.now())
        data: list[dict[str, Any]] = []
        rows: list[tuple[str, ...]] = []
        for one in rules.RULE_SETS:
            found = versions.versions(session, one)
            version = found[versions.on(found, today)]
            data.append(_as_data(one, version) | {"means": one.means})
            rows += _number_rows(one, version)
        drawn = table(("rules", "number", "value", "since", "meaning"), rows)
        for column in drawn.columns[:4]:
            column.no_wrap = True
        speech.say({"rules": data}, drawn)


@app.command(epilog="Example: lumi-hub rules show grade")
def show(name: Name, database: Database = "", as_json: AsJson = False) -> None:
    """Show every version of a rule set: from when it holds, who set it, and what it changed."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        one = rules.named(name)
        found = versions.versions(session, one)
        place = versions.on(found, clock.local_day(clock.now()))
        befores = (None, *(version.values for version in found))
        rows = [
            (str(at), _since(version), _holds(at, place), _set_at(version), version.by or "–", told)
            for at, version in enumerate(found)
            for told in (_told(one, befores[at], version),)
        ]
        data = {
            "name": name,
            "versions": [
                _as_data(one, version) | {"in_force": at == place, "place": at}
                for at, version in enumerate(found)
            ],
        }
        speech.say(data, table(("#", "from", "", "set at", "by", "numbers"), rows))


@app.command(epilog="Example: lumi-hub rules preview grade a_points=1000 b_points=400")
def preview(name: Name, told: Numbers, database: Database = "", as_json: AsJson = False) -> None:
    """Say who would move from where to where with other numbers, today. Nothing is changed."""
    with speaking(as_json) as speech, hub(database) as store:
        one = rules.named(name)
        now = clock.now()
        with store.read() as session:
            before, after = rulebook.proposed(session, one, told, clock.local_day(now))
            seen = previewing.preview(session, before, after, now)
        speech.say(_preview_as_data(seen), _preview_in_words(seen))


@app.command("set", epilog="Example: lumi-hub rules set grade a_points=1000 --from 2026-12-01")
def set_(
    name: Name,
    told: Numbers,
    from_: From = "",
    by: By = "",
    why: Why = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Set numbers from a day on; the others stay. From today: everybody is classified at once."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        one, now = rules.named(name), clock.now()
        day = _day(from_) or clock.local_day(now)
        with store.write() as session:
            _require_person(session, by)
            done = rulebook.set_numbers(
                session, one, told, day, now, signed=Told(by, why), tell=tell
            )
        speech.say(_done_as_data(one, done), _done_in_words(one, done))


@app.command("roll-back", epilog="Example: lumi-hub rules roll-back grade --to 0")
def roll_back(
    name: Name,
    to: To = None,
    from_: From = "",
    by: By = "",
    why: Why = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Go back to the numbers before: a new version that equals the one before. Twice undoes it."""
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        one, now = rules.named(name), clock.now()
        day = _day(from_) or clock.local_day(now)
        with store.write() as session:
            _require_person(session, by)
            done = rulebook.roll_back(
                session, one, day, now, to=to, signed=Told(by, why), tell=tell
            )
        speech.say(_done_as_data(one, done), _done_in_words(one, done))


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        raise NoDay(told=told) from None


def _require_person(session: Session, login: str) -> None:
    if login:
        keeping.person_named(session, login)


def _number_rows(one: RuleSet, version: Version) -> Iterator[tuple[str, ...]]:
    for place, number in enumerate(one.numbers):
        found = version.values[number.key]
        if isinstance(found, tuple):
            yield from _step_rows(number.key, found, number.means)
            continue
        value = f"{number.shown(found)} {number.unit.value}"
        yield "" if place else one.name, number.key, value, _since(version), number.means


def _step_rows(key: str, plan: Plan, means: str) -> Iterator[tuple[str, ...]]:
    """A line for each step, named as `rules set` takes it."""
    if not plan:
        yield "", key, "no steps", "", means
    for place, step in enumerate(plan):
        name = step.code if step.after is None else str(step.after)
        days = "" if step.after is None else f"day {planning.when_of(step)}, "
        told = ", ".join(part for part in (step.script, step.purpose) if part)
        yield "", f"{key}.{name}", f"{days}{step.way.value}", "", told or ("" if place else means)


def _since(version: Version) -> str:
    if version.since is None:
        return "as shipped"
    return version.since.isoformat() + (" (cannot be used)" if version.problem else "")


def _holds(at: int, place: int) -> str:
    return "holds now" if at == place else "to come" if at > place else ""


def _set_at(version: Version) -> str:
    return version.at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if version.at else "–"


def _told(one: RuleSet, before: Values | None, version: Version) -> str:
    """What a version changed; all its numbers where there is nothing before."""
    if version.problem:
        return f"cannot be used: {version.problem}"
    numbers = [
        f"{number.key}={number.shown(version.values[number.key])}"
        for number in one.numbers
        if before is None or before[number.key] != version.values[number.key]
    ]
    told = " ".join(numbers) + (" (rolled back)" if version.back else "")
    return f"{told} – {version.why}" if version.why else told


def _as_data(one: RuleSet, version: Version) -> dict[str, Any]:
    numbers = [
        {
            "key": number.key,
            "value": number.written(version.values[number.key]),
            "unit": number.unit.value,
            "means": number.means,
        }
        for number in one.numbers
    ]
    return {
        "name": one.name,
        "since": version.since,
        "set_at": version.at,
        "by": version.by or None,
        "rolled_back": version.back,
        "why": version.why or None,
        "problem": version.problem or None,
        "numbers": numbers,
    }


def _preview_as_data(seen: Preview) -> dict[str, Any]:
    return {
        "what": seen.what,
        "moving": sum(seen.moves.values()),
        "counts": [
            {"from": old or None, "to": new or None, "customers": count}
            for (old, new), count in sorted(seen.counts.items())
        ],
        "examples": [
            {"id": one.id, "grade": one.grade, "from": one.move[0] or None}
            | {"to": one.move[1] or None}
            for one in seen.examples
        ],
        "steps": [
            {"step": one.code, "day": one.day, "today": one.today, "week": one.week}
            for one in seen.steps
        ],
    }


def _preview_in_words(seen: Preview) -> Table:
    ends = sorted({end for move in seen.counts for end in move}, key=_BEST_FIRST.index)
    rows: list[tuple[object, ...]] = []
    for old in ends:
        counts = [seen.counts.get((old, new), 0) for new in ends]
        rows.append((old or "none", *counts, sum(counts)))
    columns = [[row[place + 1] for row in rows] for place in range(len(ends) + 1)]
    rows.append(("all", *(sum(column) for column in columns)))  # type: ignore[arg-type]
    drawn = table((f"{seen.what} now", *(f"→ {new or 'none'}" for new in ends), "all"), rows)
    page = Table.grid()
    page.add_row(drawn)
    page.add_row(f"{sum(seen.moves.values()):,} would move. Nothing was changed.")
    if seen.steps:
        page.add_row(_steps_in_words(seen))
    for one in seen.examples:
        old, new = (end or "none" for end in one.move)
        page.add_row(f"  {one.id}, grade {one.grade or 'none'}: {old} → {new}")
    return page


def _steps_in_words(seen: Preview) -> Table:
    rows: list[tuple[object, ...]] = [
        (f"day {one.day}", *one.today, *one.week) for one in seen.steps
    ]
    names = ("asked for by", "today now", "→ then", "this week now", "→ then")
    return table(names, rows)


def _done_as_data(one: RuleSet, done: Done) -> dict[str, Any]:
    classified = moves_as_data(done.changes) if done.changes else None
    return _as_data(one, done.version) | {"later": done.later, "classified": classified}


def _done_in_words(one: RuleSet, done: Done) -> str:
    changed = _told(one, done.before.values, done.version)
    lines = [f"The rules “{one.name}” from {_since(done.version)} on: {changed}"]
    if done.later:
        lines.append(f"From {done.later} on other numbers are set: lumi-hub rules show {one.name}.")
    if done.changes:
        lines.append(moves_in_words(done.changes))
    elif one.name in MOVING:
        lines.append("Everybody is classified by them in the night of that day.")
    else:
        lines.append("Desks go by them from that day on.")
    return "\n".join(lines)
