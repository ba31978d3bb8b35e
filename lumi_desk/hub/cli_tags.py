"""`lumi-hub tags`: the rules that give tags by themselves, and who would get them."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from lumi_desk import clock
from lumi_desk.customers.tags import rules
from lumi_desk.customers.tags.operations import new_name
from lumi_desk.customers.tags.rules import TagRule
from lumi_desk.hub import keeping, tagging
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.hub.tagging import Tagged
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Tags that rules give by themselves.")

Name = Annotated[str, typer.Argument(help="The tag.")]
When = Annotated[
    list[str],
    typer.Argument(
        metavar="CONDITION …",
        help="All must hold. Words: pool, grade, line, relationship, city with = or !=, several "
        "with commas, `none` for nothing. Figures with >=, <= or =: year (CNY spent in a year), "
        "orders (in a year), quiet (days since the last purchase), known (since the first).",
    ),
]
By = Annotated[str, typer.Option(help="Who wants it: the name to sign in. It is kept.")]


@app.command("list", epilog="Example: lumi-hub tags list")
def list_(database: Database = "", as_json: AsJson = False) -> None:
    """Show every tag: the rule that gives it, if one does, and how many customers have it."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        there = tagging.rules_on(session, clock.local_day(clock.now()))
        many = tagging.counts(session)
        when = {one.name: one.when for one in there}
        data: list[dict[str, Any]] = []
        rows = []
        for name in sorted({*when, *many}):
            by_rule, by_hand = many.get(name, (0, 0))
            told = when.get(name, ())
            data.append({"tag": name, "when": list(told), "by_rule": by_rule, "by_hand": by_hand})
            rows.append((name, " ".join(told) or "by hand", by_rule, by_hand))
        speech.say({"tags": data}, table(("tag", "rule", "by rule", "by hand"), rows))


@app.command(epilog="Example: lumi-hub tags versions")
def versions(database: Database = "", as_json: AsJson = False) -> None:
    """Show every version of the rules: from when, by whom, and what they were."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        found = tagging.versions(session)
        data = [
            {"since": one.since, "by": one.by or None, "set_at": one.at or None}
            | {"rolled_back": one.back, "problem": one.problem or None}
            | {"rules": _as_data(one.rules)}
            for one in found
        ]
        rows = [
            (
                one.since or "as shipped",
                one.by or "–",
                _in_words(one.rules),
                one.problem or "back" * one.back,
            )
            for one in found
        ]
        speech.say({"versions": data}, table(("from", "by", "rules", ""), rows))


@app.command(epilog="Example: lumi-hub tags preview 大客户 pool=V 'year>=5000'")
def preview(name: Name, when: When, database: Database = "", as_json: AsJson = False) -> None:
    """Say how many would get or lose tags by a new or another rule. Nothing is changed."""
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        now = clock.now()
        there = tagging.standing(session, clock.local_day(now))
        wanted = tagging.with_rule(there, rules.rule(new_name(name), when))
        seen = tagging.preview(session, wanted, now)
        speech.say(_moved_as_data(seen), f"{_moved(seen, 'would')} Nothing was changed.")


@app.command("set", epilog="Example: lumi-hub tags set 大客户 pool=V 'year>=5000' --by wu")
def set_(
    name: Name, when: When, by: By = "", database: Database = "", as_json: AsJson = False
) -> None:
    """Give a tag by a rule from now on, or by another one than before. It is given at once."""
    with speaking(as_json) as speech, hub(database) as store, store.write() as session:
        now = clock.now()
        if by:
            keeping.person_named(session, by)
        feed.watch(session, alone=True)
        there = tagging.standing(session, clock.local_day(now))
        wanted = tagging.with_rule(there, rules.rule(new_name(name), when))
        done = tagging.set_rules(session, wanted, now, by)
        speech.say(_moved_as_data(done), _moved(done))


@app.command(epilog="Example: lumi-hub tags drop 大客户")
def drop(name: Name, by: By = "", database: Database = "", as_json: AsJson = False) -> None:
    """Give a tag by rule no longer. Whoever got it so loses it; what was given by hand stays."""
    with speaking(as_json) as speech, hub(database) as store, store.write() as session:
        now = clock.now()
        if by:
            keeping.person_named(session, by)
        feed.watch(session, alone=True)
        there = tagging.standing(session, clock.local_day(now))
        done = tagging.set_rules(session, tagging.without_rule(there, name), now, by)
        speech.say(_moved_as_data(done), _moved(done))


@app.command("roll-back", epilog="Example: lumi-hub tags roll-back")
def roll_back(by: By = "", database: Database = "", as_json: AsJson = False) -> None:
    """Go back to the rules before: a new version that equals the one before. Twice undoes it."""
    with speaking(as_json) as speech, hub(database) as store, store.write() as session:
        if by:
            keeping.person_named(session, by)
        feed.watch(session, alone=True)
        done = tagging.roll_back(session, clock.now(), by)
        speech.say(_moved_as_data(done), _moved(done))


def _as_data(there: Sequence[TagRule]) -> list[dict[str, Any]]:
    return [{"tag": one.name, "when": list(one.when)} for one in there]


def _in_words(there: Sequence[TagRule]) -> str:
    return "; ".join(f"{one.name}: {' '.join(one.when)}" for one in there) or "none"


def _moved_as_data(done: Tagged) -> dict[str, Any]:
    return {"given": dict(done.given), "taken": dict(done.taken)}


def _moved(done: Tagged, would: str = "") -> str:
    get, lose = (f"{would} get", f"{would} lose") if would else ("got", "lost")
    told = [f"{many:,} customers {get} “{name}”." for name, many in sorted(done.given.items())]
    told += [f"{many:,} customers {lose} “{name}”." for name, many in sorted(done.taken.items())]
    return " ".join(told) or ("Nobody’s tags would change." if would else "Nobody’s tags changed.")
