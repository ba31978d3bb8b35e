"""The rule sets a manager edits: their versions, and setting new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.rulesets.rules import RuleSet, Settings, Values
from lumi_desk.errors import LumiError
from lumi_desk.hub.classifying import MOVING, Changes, Tell, classify
from lumi_desk.ids import new_id
from lumi_desk.sync import feed

# Beside the numbers in a record's body; whoever reads the numbers does not look at them.
_BY, _AT, _BACK = "_by", "_at", "_back"


class PastDay(LumiError):
    """Numbers that should have held already: who was what on that day is history."""

    title = "New numbers cannot hold from {day}, which is over"
    advice = "Nothing was changed. Say today or a later day: --from {today}."


class NothingNew(LumiError):
    """Numbers that hold on that day anyway."""

    title = "The rules “{rule_set}” have these numbers on {day} already"
    advice = "Nothing was changed. See them: lumi-hub rules show {rule_set}."


class NothingBefore(LumiError):
    """A rule set whose numbers on that day are those it shipped with."""

    title = "The rules “{rule_set}” have no version before the one of {day}"
    advice = "Nothing was changed. See them: lumi-hub rules show {rule_set}."


@dataclass(frozen=True, slots=True)
class Version:
    """The numbers of a rule set from a day on; without `since` they are as shipped.

    `by` is the login of who wanted it, `at` when it was set, both if known; `back` says that it
    was a return to the version before. With a `problem` its own numbers cannot be used, and
    `values` are those before it.
    """

    values: Values
    since: date | None = None
    by: str = ""
    at: datetime | None = None
    back: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A version that was set, and what it changed at once; None if its day is still to come, or
    if only desks go by it.
    """

    version: Version
    before: Version
    later: date | None
    changes: Changes | None


def versions(session: Session, rules: RuleSet) -> tuple[Version, ...]:
    """All versions in the order in which they hold, the shipped one first."""
    asked = select(Setting).where(Setting.rule_set == rules.name)
    found = [Version(rules.values(rules.default))]
    for row in session.scalars(asked.order_by(Setting.effective, Setting.id)):
        try:
            found.append(_version(rules, row))
        except catalog.BadSetting as problem:
            # A keeper must be able to see it, and to put another one over it.
            where = str(problem.params["where"])
            found.append(Version(found[-1].values, row.effective, problem=where))
    return tuple(found)


def on(found: Sequence[Version], day: date) -> int:
    """The place of the version that holds on a day."""
    return max(place for place, one in enumerate(found) if one.since is None or one.since <= day)


def settings_of(rules: RuleSet, values: Values) -> Settings:
    """The values as the rules take them. Raises BadSetting."""
    return catalog.told(rules.name, rules.body(values), rules.default)


def set_numbers(
    session: Session,
    rules: RuleSet,
    told: Sequence[str],
    day: date,
    now: datetime,
    *,
    by: str = "",
    tell: Tell | None = None,
) -> Done:
    """A new version with what is told as `key=value`, the rest as it would be on that day.

    If its day is today and it says who is who, everybody is classified by it at once. Raises
    PastDay, NothingNew and what RuleSet.changed raises; then nothing is stored.
    """
    found = _beginning(session, rules, day, now)
    holding = found[on(found, day)]
    values = rules.changed(holding.values, told)
    if values == holding.values and not holding.problem:
        raise NothingNew(rule_set=rules.name, day=day.isoformat())
    return _written(session, rules, found, Version(values, day, by, now), day, now, tell)


def roll_back(
    session: Session,
    rules: RuleSet,
    day: date,
    now: datetime,
    *,
    by: str = "",
    tell: Tell | None = None,
) -> Done:
    """A new version with the numbers before those that would hold on that day.

    Raises PastDay and NothingBefore.
    """
    found = _beginning(session, rules, day, now)
    place = on(found, day)
    if place == 0:
        raise NothingBefore(rule_set=rules.name, day=day.isoformat())
    version = Version(found[place - 1].values, day, by, now, back=True)
    return _written(session, rules, found, version, day, now, tell)


def _beginning(session: Session, rules: RuleSet, day: date, now: datetime) -> tuple[Version, ...]:
    """The versions so far; nobody else adds one until the commit."""
    today = local_day(now)
    if day < today:
        raise PastDay(day=day.isoformat(), today=today.isoformat())
    feed.watch(session, alone=True)
    return versions(session, rules)


def _written(
    session: Session,
    rules: RuleSet,
    found: Sequence[Version],
    version: Version,
    day: date,
    now: datetime,
    tell: Tell | None,
) -> Done:
    body = rules.body(version.values) | {
        _BY: version.by,
        _AT: now.isoformat(),
        _BACK: version.back,
    }
    session.add(Setting(id=new_id(), rule_set=rules.name, effective=day, body=body))
    session.flush()
    moves = rules.name in MOVING and day == local_day(now)
    changes = classify(session, None, now, tell=tell) if moves else None
    feed.publish(session, changes.pairs if changes else ())
    later = min((one.since for one in found if one.since and one.since > day), default=None)
    return Done(version, found[on(found, day)], later, changes)


def _version(rules: RuleSet, row: Setting) -> Version:
    settings = catalog.told(rules.name, row.body, rules.default)
    return Version(
        rules.values(settings),
        row.effective,
        str(row.body.get(_BY, "")),
        _moment(row.body.get(_AT)),
        bool(row.body.get(_BACK, False)),
    )


def _moment(told: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
