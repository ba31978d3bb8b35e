"""Tags by rule: the manager's rules, their versions, and giving and taking what they say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.shelf import BadSetting
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.customers.tags import rules
from lumi_desk.customers.tags.rules import Facts, Source, TagRule
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.direct import Direct
from lumi_desk.sync import feed

RULE_SET = "tags"
_RULES, _BY, _AT, _BACK = "rules", "_by", "_at", "_back"
_CHUNK = 1000
_TAG: Any = Tag.__table__
_CUSTOMER: Any = Customer.__table__
_ASKED = (
    "pool", "grade", "line", "relationship", "city", "year_fen", "year_orders", "last_paid_at",
    "first_paid_at",
)  # fmt: skip
_STANDING = Direct(
    select(*(_CUSTOMER.c[name] for name in ("id", *_ASKED))).where(among(_CUSTOMER.c.id))
)
_HAVING = ("id", "customer_id", "name", "source", "removed_at", "removed_by")
_TAGS = Direct(select(*(_TAG.c[name] for name in _HAVING)).where(among(_TAG.c.customer_id)))


class NoSuchRule(LumiError):
    """A name that no rule has."""

    title = "No rule gives the tag “{name}”"
    advice = "Nothing was changed. See them: lumi-hub tags list."


class SameRule(LumiError):
    """A rule that is there already, word for word."""

    title = "The rule for “{name}” says just that already"
    advice = "Nothing was changed. See them: lumi-hub tags list."


class NothingBefore(LumiError):
    """Rules that were never changed."""

    title = "There are no earlier rules for tags"
    advice = "Nothing was changed. See them: lumi-hub tags list."


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the rules gave and took, by tag, and the tags to be published."""

    pairs: tuple[feed.Pair, ...] = ()
    given: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)

    @property
    def many(self) -> int:
        """How many tags were given or taken."""
        return sum(self.given.values()) + sum(self.taken.values())


@dataclass(frozen=True, slots=True)
class Version:
    """The rules from a day on; `by` is the login of who wanted them, if known.

    With a `problem` its own rules cannot be read, and `rules` are those before it.
    """

    rules: tuple[TagRule, ...]
    since: date | None = None
    by: str = ""
    at: str = ""
    back: bool = False
    problem: str = ""


def rules_on(session: Session, day: date) -> tuple[TagRule, ...]:
    """The rules in force on a day. Raises BadSetting."""
    body = catalog.setting(session, RULE_SET, day)
    return () if body is None else _read(body)


def versions(session: Session) -> tuple[Version, ...]:
    """All versions, the oldest first; before the first there were no rules."""
    asked = select(Setting).where(Setting.rule_set == RULE_SET)
    found = [Version(())]
    for row in session.scalars(asked.order_by(Setting.effective, Setting.id)):
        told = row.body if isinstance(row.body, dict) else {}
        by, at, back = (str(told.get(_BY, "")), str(told.get(_AT, "")), bool(told.get(_BACK)))
        try:
            found.append(Version(_read(row.body), row.effective, by, at, back))
        except BadSetting as problem:
            # A keeper must be able to see it, and to put another one over it.
            where = str(problem.params["where"])
            found.append(Version(found[-1].rules, row.effective, by, at, problem=where))
    return tuple(found)


def standing(session: Session, day: date) -> tuple[TagRule, ...]:
    """The rules that a new version begins from: the last ones that can be read."""
    found = versions(session)
    return [one.rules for one in found if one.since is None or one.since <= day][-1]


def with_rule(there: Sequence[TagRule], rule: TagRule) -> tuple[TagRule, ...]:
    """The rules with one more, in the place of one for the same tag. Raises SameRule."""
    if rule in there:
        raise SameRule(name=rule.name)
    if all(one.name != rule.name for one in there):
        return (*there, rule)
    return tuple(rule if one.name == rule.name else one for one in there)


def without_rule(there: Sequence[TagRule], name: str) -> tuple[TagRule, ...]:
    """The rules without the one for a tag. Raises NoSuchRule."""
    left = tuple(one for one in there if one.name != name)
    if len(left) == len(there):
        raise NoSuchRule(name=name)
    return left


def set_rules(
    session: Session, wanted: Sequence[TagRule], now: datetime, by: str = "", *, back: bool = False
) -> Tagged:
    """A new version of all rules from today on; tags are given and taken by it at once."""
    kept = [{"name": one.name, "when": list(one.when)} for one in wanted]
    body = {_RULES: kept, _BY: by, _AT: now.isoformat(), _BACK: back}
    setting = Setting(id=new_id(), rule_set=RULE_SET, effective=local_day(now), body=body)
    session.add(setting)
    session.flush()
    tagged = tag(session, None, now)
    feed.publish(session, tagged.pairs)
    return tagged


def roll_back(session: Session, now: datetime, by: str = "") -> Tagged:
    """Go back to the rules before, as a new version. Raises NothingBefore."""
    found = versions(session)
    if len(found) == 1:
        raise NothingBefore
    return set_rules(session, found[-2].rules, now, by, back=True)


def preview(session: Session, wanted: Sequence[TagRule], now: datetime) -> Tagged:
    """What tag() would do if these were the rules. Nothing is written."""
    return _tagged(session, None, now, wanted, keep=False)


def tag(session: Session, customer_ids: Iterable[str] | None, now: datetime) -> Tagged:
    """Give and take the tags of these customers (None: of all) as the rules say.

    What a person gave stays, and what a person took away does not come back. Raises BadSetting.
    """
    wanted = rules_on(session, local_day(now))
    if not wanted and not _any_by_rule(session):
        return Tagged()
    return _tagged(session, customer_ids, now, wanted, keep=True)


def counts(session: Session) -> dict[str, tuple[int, int]]:
    """How many customers have each tag: by a rule, by hand."""
    asked = (
        select(_TAG.c.name, _TAG.c.source, func.count(_TAG.c.customer_id.distinct()))
        .where(_TAG.c.removed_at.is_(None))
        .group_by(_TAG.c.name, _TAG.c.source)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, source, many in session.connection().execute(asked):
        found[name][source] = many
    sources = (Source.RULE.value, Source.HAND.value)
    return {
        name: (told.get(sources[0], 0), told.get(sources[1], 0)) for name, told in found.items()
    }


def _tagged(
    session: Session,
    customer_ids: Iterable[str] | None,
    now: datetime,
    wanted: Sequence[TagRule],
    *,
    keep: bool,
) -> Tagged:
    if customer_ids is None:
        ids: list[str] = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    else:
        ids = sorted(set(customer_ids))
    given: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    pairs: list[feed.Pair] = []
    for start in range(0, len(ids), _CHUNK):
        new, changed = _differing(session, ids[start : start + _CHUNK], now, wanted)
        given.update(one["name"] for one in new)
        given.update(one["name"] for one in changed if one["removed_at"] is None)
        taken.update(one["name"] for one in changed if one["removed_at"] is not None)
        if keep:
            _write(session, new, changed)
            pairs += [(Tag.__tablename__, one["id"]) for one in (*new, *changed)]
    return Tagged(tuple(pairs), dict(given), dict(taken))


_Values = dict[str, Any]


def _differing(
    session: Session, ids: Sequence[str], now: datetime, wanted: Sequence[TagRule]
) -> tuple[list[_Values], list[_Values]]:
    """Tags that are new, and those that are given again or taken, with their new values."""
    connection, today = session.connection(), local_day(now)
    hers: dict[str, list[_Values]] = defaultdict(list)
    for row in _TAGS.rows(connection, {IDS: ids}):
        told = dict(zip(_HAVING, row, strict=True))
        hers[told["customer_id"]].append(told)
    new: list[_Values] = []
    changed: list[_Values] = []
    for customer_id, *values in _STANDING.rows(connection, {IDS: ids}):
        names = rules.wanted(wanted, _facts(values, today))
        there = hers.get(customer_id, [])
        known = {one["name"] for one in there}
        new += [_new(customer_id, name, now) for name in sorted(names - known)]
        changed += _changed(there, names, now)
    return new, changed


def _changed(there: Sequence[_Values], names: frozenset[str], now: datetime) -> Iterator[_Values]:
    """Of the tags she has or had, those that do not stand as the rules say."""
    live = {one["name"] for one in there if one["removed_at"] is None}
    for one in there:
        name, is_rules = one["name"], one["source"] == Source.RULE.value
        told = {"id": one["id"], "name": name, "at": now}
        if one["removed_at"] is None and is_rules and name not in names:
            yield told | {"removed_at": now}
        elif is_rules and name in names - live and one["removed_by"] is None:
            live.add(name)
            yield told | {"removed_at": None}


def _new(customer_id: str, name: str, now: datetime) -> _Values:
    values = {"rep_id": None, "removed_at": None, "removed_by": None, "ver": 0}
    told = {"id": new_id(), "customer_id": customer_id, "name": name, "at": now}
    return told | {"source": Source.RULE.value} | values


def _write(session: Session, new: Sequence[_Values], changed: Sequence[_Values]) -> None:
    bulk.insert(session, _TAG, new)
    gone = [one for one in changed if one["removed_at"] is not None]
    # When it was given stays, also when it is taken.
    bulk.change(session, _TAG, [{"id": one["id"], "removed_at": one["removed_at"]} for one in gone])
    again = [one for one in changed if one["removed_at"] is None]
    bulk.change(
        session,
        _TAG,
        [{"id": one["id"], "at": one["at"], "removed_at": None} for one in again],
    )
    if new or changed:
        session.expire_all()


def _facts(values: Sequence[Any], today: date) -> Facts:
    """From the values of _ASKED."""
    *plain, last, first = values
    days: tuple[Any, ...] = (*plain, _days(last, today), _days(first, today))
    return Facts(*days)


def _days(millis: int | None, today: date) -> int | None:
    return None if millis is None else (today - local_day(from_millis(millis))).days


def _any_by_rule(session: Session) -> bool:
    asked = select(Tag.id).where(Tag.source == Source.RULE.value, Tag.removed_at.is_(None))
    return session.scalar(asked.limit(1)) is not None


def _read(body: Any) -> tuple[TagRule, ...]:
    try:
        return tuple(rules.rule(one["name"], one["when"]) for one in body[_RULES])
    except (LumiError, KeyError, TypeError) as problem:
        where = problem.in_english() if isinstance(problem, LumiError) else str(problem)
        raise BadSetting(rule_set=RULE_SET, where=where) from None
