"""Setting new versions of the rule sets a manager edits, and going back to those before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.rulesets.rules import RuleSet, Settings
from lumi_desk.customers.rulesets.versions import (
    Version,
    body_of,
    mark,
    on,
    settings_of,
    versions,
)
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import outlooks
from lumi_desk.hub.classifying import MOVING, Changes, Tell, classify
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Credential, Person
from lumi_desk.sync import feed

_RUN_OUT = "run_out"


class PastDay(LumiError):
    """Numbers that should have held already: who was what on that day is history."""

    title = N_("New numbers cannot hold from {day}, which is over")
    advice = N_("Nothing was changed. Say today or a later day: --from {today}.")


class NothingNew(LumiError):
    """Numbers that hold on that day anyway."""

    title = N_("The rules “{rule_set}” have these numbers on {day} already")
    advice = N_("Nothing was changed. See them: lumi-hub rules show {rule_set}.")


class NothingBefore(LumiError):
    """A rule set whose numbers on that day are those it shipped with."""

    title = N_("The rules “{rule_set}” have no version before the one of {day}")
    advice = N_("Nothing was changed. See them: lumi-hub rules show {rule_set}.")


class NoSuchVersion(LumiError):
    """A place in the history where no usable version stands before the one of that day."""

    title = N_("The rules “{rule_set}” have no version {place} to go back to from {day} on")
    advice = N_("Nothing was changed. See them: lumi-hub rules show {rule_set}.")


class RulesChanged(LumiError):
    """Somebody else set another version after the one that was seen."""

    title = N_("The rules “{rule_set}” were changed meanwhile, the last time by {who}")
    advice = N_("Nothing was changed now. Look at what is new, then decide again.")


class IdTaken(LumiError):
    """Something else was made under an id that should be new."""

    title = N_("The id {id} is taken")
    advice = N_("Nothing was changed. Ask again with a new one.")


@dataclass(frozen=True, slots=True)
class Told:
    """Who wants a version and why, both if known: her login, and her reason in a few words.

    `id` is the version's own, from whoever may have to ask twice; `base` the mark of the versions
    she has seen. Without them a new one is made, and nothing is compared.
    """

    by: str = ""
    why: str = ""
    id: str = ""
    base: str | None = None


NOBODY = Told()


@dataclass(frozen=True, slots=True)
class Done:
    """A version that was set, and what it changed at once; None if its day is still to come, or
    if only desks go by it. `again` says that it had been set before, by the same asking.
    """

    version: Version
    before: Version
    later: date | None
    changes: Changes | None
    again: bool = False


def proposed(
    session: Session, rules: RuleSet, told: Sequence[str], day: date
) -> tuple[Settings, Settings]:
    """The settings that would hold on a day, and those with what is told as `key=value`.

    Raises what RuleSet.changed raises.
    """
    found = versions(session, rules)
    before = found[on(found, day)].values
    return settings_of(rules, before), settings_of(rules, rules.changed(before, told))


def set_numbers(
    session: Session,
    rules: RuleSet,
    told: Sequence[str],
    day: date,
    now: datetime,
    *,
    signed: Told = NOBODY,
    tell: Tell | None = None,
) -> Done:
    """A new version with what is told as `key=value`, the rest as it would be on that day.

    If its day is today and it says who is who, everybody is classified by it at once. Raises
    PastDay, NothingNew, RulesChanged and what RuleSet.changed raises; then nothing is stored.
    """
    found = _beginning(session, rules, day, now)
    if (done := _asked_again(found, signed)) is not None:
        return done
    _require_seen(rules, found, signed)
    holding = found[on(found, day)]
    values = rules.changed(holding.values, told)
    if values == holding.values and not holding.problem:
        raise NothingNew(rule_set=rules.name, day=day.isoformat())
    return _written(session, rules, found, Version(values, day), signed, now, tell)


def roll_back(
    session: Session,
    rules: RuleSet,
    day: date,
    now: datetime,
    *,
    to: int | None = None,
    signed: Told = NOBODY,
    tell: Tell | None = None,
) -> Done:
    """A new version with the numbers before those that would hold on that day.

    With `to` those of an earlier version, by its place among the versions; 0 is what ships.
    Raises PastDay, NothingBefore, NoSuchVersion, NothingNew and RulesChanged.
    """
    found = _beginning(session, rules, day, now)
    if (done := _asked_again(found, signed)) is not None:
        return done
    _require_seen(rules, found, signed)
    place = on(found, day)
    if place == 0:
        raise NothingBefore(rule_set=rules.name, day=day.isoformat())
    before = found[place - 1]
    if to is not None:
        if not 0 <= to < place or found[to].problem:
            raise NoSuchVersion(rule_set=rules.name, place=to, day=day.isoformat())
        before = found[to]
        if before.values == found[place].values and not found[place].problem:
            raise NothingNew(rule_set=rules.name, day=day.isoformat())
    version = Version(before.values, day, back=True)
    return _written(session, rules, found, version, signed, now, tell)


def _beginning(session: Session, rules: RuleSet, day: date, now: datetime) -> tuple[Version, ...]:
    """The versions so far; nobody else adds one until the commit."""
    today = local_day(now)
    if day < today:
        raise PastDay(day=day.isoformat(), today=today.isoformat())
    feed.watch(session, alone=True)
    return versions(session, rules)


def _asked_again(found: Sequence[Version], signed: Told) -> Done | None:
    """What came of the same asking before: its answer was lost on the way."""
    places = [at for at, one in enumerate(found) if at and one.id == signed.id]
    if not places:
        return None
    at = places[0]
    return Done(found[at], found[at - 1], _later(found, found[at].since), None, again=True)


def _require_seen(rules: RuleSet, found: Sequence[Version], signed: Told) -> None:
    if signed.base is not None and signed.base != mark(found):
        last = max(found, key=lambda one: one.id)
        raise RulesChanged(rule_set=rules.name, who=last.name or last.by or "–")


def _written(
    session: Session,
    rules: RuleSet,
    found: Sequence[Version],
    wanted: Version,
    signed: Told,
    now: datetime,
    tell: Tell | None,
) -> Done:
    day = wanted.since or local_day(now)
    if signed.id and session.get(Setting, signed.id) is not None:
        raise IdTaken(id=signed.id)
    version = replace(
        wanted,
        by=signed.by,
        name=_name_of(session, signed.by),
        at=now,
        why=signed.why,
        id=signed.id or new_id(),
    )
    body = body_of(rules, version)
    session.add(Setting(id=version.id, rule_set=rules.name, effective=day, body=body))
    session.flush()
    moves = rules.name in MOVING and day == local_day(now)
    changes = classify(session, None, now, tell=tell) if moves else None
    if changes is not None:
        outlooks.renew(session, [one for _, one in changes.pairs], now)
    elif rules.name == _RUN_OUT and day == local_day(now):
        outlooks.renew(session, None, now)
    feed.publish(session, changes.pairs if changes else ())
    return Done(version, found[on(found, day)], _later(found, day), changes)


def _later(found: Sequence[Version], day: date | None) -> date | None:
    """The next day after this one for which numbers are set."""
    days = (one.since for one in found if one.since is not None)
    return min((one for one in days if day is None or one > day), default=None)


def _name_of(session: Session, login: str) -> str:
    asked = select(Person.name).join(Credential, Credential.person_id == Person.id)
    return (session.scalar(asked.where(Credential.login == login)) or "") if login else ""
