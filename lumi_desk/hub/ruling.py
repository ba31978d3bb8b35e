"""The doors of the rule sets, for who may manage: what the commands do, asked from a desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock, local_day
from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet, Values, named
from lumi_desk.customers.rulesets.versions import Version, mark, on, versions
from lumi_desk.hub import previewing, rulebook
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.classifying import Changes, Move
from lumi_desk.hub.problems import parsed
from lumi_desk.hub.rulebook import Done, Told
from lumi_desk.managing import protocol
from lumi_desk.people.tables import Credential
from lumi_desk.security.roles import Right, require
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store


@dataclass(frozen=True)
class RuleDoors:
    """The doors on one database. Each raises NotYours for who may not manage, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """Every rule set with its versions."""
        self._manager(access)
        parsed(protocol.LIST, body)
        with self.store.read() as session:
            show = partial(_shown, session, now=self.now())
            return protocol.LISTED.dump_json(protocol.RulesListed(tuple(map(show, RULE_SETS))))

    def shown(self, access: str, body: bytes) -> bytes:
        """One rule set with its versions. Raises NoSuchRuleSet."""
        self._manager(access)
        rules = named(parsed(protocol.SHOW, body).name)
        with self.store.read() as session:
            return protocol.SHOWN.dump_json(_shown(session, rules, now=self.now()))

    def previewed(self, access: str, body: bytes) -> bytes:
        """Who would move. Raises what RuleSet.changed raises, and NoPreview."""
        self._manager(access)
        asked, now = parsed(protocol.PREVIEW, body), self.now()
        rules = named(asked.name)
        with self.store.read() as session:
            day = asked.day or local_day(now)
            before, after = rulebook.proposed(session, rules, _told(asked.numbers), day)
            seen = previewing.preview(session, before, after, now, most=asked.names)
        movers = (
            protocol.RulesMover(one.id, one.name, one.grade or "", *one.move)
            for one in seen.examples
        )
        steps = (protocol.RulesStep(one.code, one.day, *one.today, *one.week) for one in seen.steps)
        told = protocol.RulesPreviewed(
            seen.what, sum(seen.moves.values()), _moves(seen.counts), tuple(movers), tuple(steps)
        )
        return protocol.PREVIEWED.dump_json(told)

    def set(self, access: str, body: bytes) -> bytes:
        """Set numbers. Raises what rulebook.set_numbers raises; then nothing was stored."""
        manager = self._manager(access)
        asked = parsed(protocol.SET, body)
        rules = named(asked.name)

        def carried_out(session: Session, day: date, now: datetime, signed: Told) -> Done:
            told = _told(asked.numbers)
            return rulebook.set_numbers(session, rules, told, day, now, signed=signed)

        return self._done(manager, rules, asked, carried_out)

    def rolled_back(self, access: str, body: bytes) -> bytes:
        """Go back to earlier numbers. Raises what rulebook.roll_back raises."""
        manager = self._manager(access)
        asked = parsed(protocol.ROLL_BACK, body)
        rules = named(asked.name)

        def carried_out(session: Session, day: date, now: datetime, signed: Told) -> Done:
            return rulebook.roll_back(session, rules, day, now, to=asked.to, signed=signed)

        return self._done(manager, rules, asked, carried_out)

    def _manager(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.MANAGE)
        return caller

    def _done(
        self,
        manager: Caller,
        rules: RuleSet,
        asked: protocol.SetRules | protocol.RollBackRules,
        carry_out: Callable[[Session, date, datetime, Told], Done],
    ) -> bytes:
        now = self.now()
        with self.store.write() as session:
            hers = select(Credential.login).where(Credential.person_id == manager.id)
            signed = Told(session.scalar(hers) or "", asked.why, asked.id, asked.base)
            done = carry_out(session, asked.day or local_day(now), now, signed)
        told = protocol.RulesDone(
            rules.name,
            str(done.version.since),
            _texts(rules, done.version.values),
            done.later.isoformat() if done.later else None,
            _moved(done.changes) if done.changes else None,
            done.again,
        )
        return protocol.DONE.dump_json(told)


def _told(numbers: Mapping[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in numbers.items()]


def _shown(session: Session, rules: RuleSet, *, now: datetime) -> protocol.RulesShown:
    found = versions(session, rules)
    numbers = (
        protocol.RulesNumber(
            one.key, one.unit.value, one.means, one.written(one.least), one.written(one.most)
        )
        for one in rules.numbers
    )
    return protocol.RulesShown(
        rules.name,
        rules.means,
        mark(found),
        on(found, local_day(now)),
        tuple(numbers),
        tuple(_version(rules, one) for one in found),
    )


def _version(rules: RuleSet, one: Version) -> protocol.RulesVersion:
    return protocol.RulesVersion(
        _texts(rules, one.values),
        one.since.isoformat() if one.since else None,
        to_millis(one.at) if one.at else None,
        one.by,
        one.name,
        one.why,
        one.back,
        one.problem,
    )


def _texts(rules: RuleSet, values: Values) -> dict[str, str]:
    return {one.key: one.written(values[one.key]) for one in rules.numbers}


def _moves(counts: Mapping[Move, int]) -> tuple[protocol.RulesMove, ...]:
    return tuple(protocol.RulesMove(*move, count) for move, count in sorted(counts.items()))


def _moved(changes: Changes) -> dict[str, tuple[protocol.RulesMove, ...]]:
    return {
        "pool": _moves(changes.pools),
        "grade": _moves(changes.grades),
        "relationship": _moves(changes.relationships),
    }
