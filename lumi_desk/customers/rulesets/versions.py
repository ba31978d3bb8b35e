"""The versions of a rule set: from when each holds, who set it and why; alike on desk and hub."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.catalog import service
from lumi_desk.catalog import shelf as catalog
from lumi_desk.catalog.service import Kept
from lumi_desk.customers.rulesets.rules import RuleSet, Settings, Values

# Beside the numbers in a record's body; whoever reads the numbers does not look at them.
_BY, _NAME, _AT, _BACK, _WHY = "_by", "_name", "_at", "_back", "_why"
_MARK_BYTES = 8


@dataclass(frozen=True, slots=True)
class Version:
    """The numbers of a rule set from a day on; without `since` they are as shipped.

    `by` is the login of who wanted it and `name` hers, `at` when it was set, `why` her reason, all
    if known; `back` says that it was a return to the version before. With a `problem` its own
    numbers cannot be used, and `values` are those before it. `id` is empty for the shipped one.
    """

    values: Values
    since: date | None = None
    by: str = ""
    at: datetime | None = None
    back: bool = False
    problem: str = ""
    name: str = ""
    why: str = ""
    id: str = ""


def versions(session: Session, rules: RuleSet) -> tuple[Version, ...]:
    """All versions in the order in which they hold, the shipped one first."""
    found = [Version(rules.values(rules.default))]
    for kept in service.settings(session, rules.name):
        try:
            found.append(_version(rules, kept))
        except catalog.BadSetting as problem:
            # A keeper must be able to see it, and to put another one over it.
            where = str(problem.params["where"])
            unusable = Version(found[-1].values, kept.effective, problem=where, id=kept.id)
            found.append(unusable)
    return tuple(found)


def on(found: Sequence[Version], day: date) -> int:
    """The place of the version that holds on a day."""
    return max(place for place, one in enumerate(found) if one.since is None or one.since <= day)


def is_replaced(found: Sequence[Version], place: int) -> bool:
    """Whether another version of the same day stands over the one at that place."""
    return place + 1 < len(found) and found[place + 1].since == found[place].since


def before_day(found: Sequence[Version], place: int) -> int:
    """The place of the version that holds until the day of the one at that place."""
    since = found[place].since
    return max(at for at in range(place) if found[at].since != since) if place else 0


def to_come(found: Sequence[Version], day: date) -> tuple[int, ...]:
    """The places of versions that bring other numbers on a later day."""
    return tuple(
        place
        for place, one in enumerate(found)
        if one.since is not None and one.since > day
        if not is_replaced(found, place) and one.values != found[before_day(found, place)].values
    )


def mark(found: Sequence[Version]) -> str:
    """A short text that is another one with every version that comes or goes."""
    told = "\n".join(sorted(one.id for one in found))
    return hashlib.blake2b(told.encode(), digest_size=_MARK_BYTES).hexdigest()


def settings_of(rules: RuleSet, values: Values) -> Settings:
    """The values as the rules take them. Raises BadSetting."""
    return catalog.told(rules.name, rules.body(values), rules.default)


def body_of(rules: RuleSet, version: Version) -> dict[str, Any]:
    """A version as it is kept."""
    return rules.body(version.values) | {
        _BY: version.by,
        _NAME: version.name,
        _AT: version.at.isoformat() if version.at else None,
        _BACK: version.back,
        _WHY: version.why,
    }


def _version(rules: RuleSet, kept: Kept) -> Version:
    settings = catalog.told(rules.name, kept.body, rules.default)
    return Version(
        rules.values(settings),
        kept.effective,
        str(kept.body.get(_BY, "")),
        _moment(kept.body.get(_AT)),
        bool(kept.body.get(_BACK, False)),
        name=str(kept.body.get(_NAME, "")),
        why=str(kept.body.get(_WHY, "")),
        id=kept.id,
    )


def _moment(told: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
