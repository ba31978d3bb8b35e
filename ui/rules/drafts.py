"""What the manager has typed of a rule set, and what it says. Knows no Qt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from lumi_desk.customers.rulesets.rules import (
    Number,
    RuleSet,
    Value,
    Values,
    plan_of,
    step_faults,
)
from lumi_desk.customers.rulesets.versions import Version, on
from lumi_desk.customers.touch_plan.words import rules as planning
from lumi_desk.customers.touch_plan.words.rules import Row
from ui.days import NoDay, day_of


class Wrong(Enum):
    """Why a text cannot be taken."""

    NO_NUMBER = "no number"
    OUT_OF_RANGE = "out of range"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Draft:
    """Typed texts by number, the day and the reason as typed; `back` means to go back instead.

    `to` is the id of the version to go back to, empty for the shipped one; None is the one before.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    why: str = ""
    back: bool = False
    to: str | None = None

    def __bool__(self) -> bool:
        return bool(self.texts or self.day or self.why or self.back)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft says. `values` are None while something is wrong.

    `holding` is the version that would hold on that day, `texts` what stands in the fields,
    `numbers` them as the hub takes them, `place` that of the version to go back to.
    """

    day: date
    holding: Version
    texts: Mapping[str, str]
    values: Values | None
    wrong: Mapping[str, Wrong]
    day_wrong: NoDay | None = None
    contradiction: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    place: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether there is something to be put in force."""
        if self.values is None or self.day_wrong is not None:
            return False
        return self.values != self.holding.values or bool(self.holding.problem)


def read(rules: RuleSet, found: Sequence[Version], draft: Draft, today: date) -> Reading:
    """What a draft of a rule set with these versions says on this day."""
    told, wrong_day = day_of(draft.day, today)
    place = on(found, told)
    holding = found[place]
    texts = {one.key: one.shown(holding.values[one.key]) for one in rules.numbers}
    back = _back_to(found, place, draft)
    if back is not None:
        before = found[back].values
        texts = {one.key: one.shown(before[one.key]) for one in rules.numbers}
    else:
        texts |= {key: text for key, text in draft.texts.items() if key in texts}
    values = {one.key: one.read(texts[one.key]) for one in rules.numbers}
    wrong = {one.key: kind for one in rules.numbers if (kind := _wrong(one, values[one.key]))}
    plan = rules.plan
    if not wrong and plan is not None and step_faults(plan_of(_known(values)), values):
        wrong = {plan.key: Wrong.STEPS}
    if wrong:
        return Reading(told, holding, texts, None, wrong, wrong_day)
    known = _known(values)
    against = rules.contradiction(known)
    numbers = {one.key: one.written(known[one.key]) for one in rules.numbers}
    fits = None if against else known
    return Reading(told, holding, texts, fits, {}, wrong_day, against, numbers, back)


def typed(rules: RuleSet, reading: Reading, draft: Draft, key: str, text: str) -> Draft:
    """The draft with another text in one field; what stood in the others stays."""
    shown = {one.key: _shown(one, reading.holding) for one in rules.numbers}
    texts = {**(reading.texts if draft.back else draft.texts), key: text}
    return Draft(
        {one: told for one, told in texts.items() if one in shown and told not in shown[one]},
        draft.day,
        draft.why,
    )


def rows(rules: RuleSet, reading: Reading) -> tuple[Row, ...]:
    """The steps of its plan as they stand in the fields; none where it has no plan."""
    return planning.rows(reading.texts[rules.plan.key]) if rules.plan else ()


def planned(rules: RuleSet, reading: Reading, draft: Draft, steps: Sequence[Row]) -> Draft:
    """The draft with other steps in the plan."""
    key = rules.plan.key if rules.plan else ""
    return typed(rules, reading, draft, key, planning.text_of(steps))


def dumped(drafts: Mapping[str, Draft]) -> str:
    """The drafts as one text."""
    told = {name: asdict(draft) for name, draft in drafts.items() if draft}
    return json.dumps(told, ensure_ascii=False)


def loaded(text: str) -> dict[str, Draft]:
    """The drafts that dumped() told; none where the text is another."""
    try:
        told: dict[str, Any] = json.loads(text or "{}")
        return {name: Draft(**one) for name, one in told.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _back_to(found: Sequence[Version], place: int, draft: Draft) -> int | None:
    """The place of the version to go back to from the one that holds; None if there is none."""
    if not draft.back or not place:
        return None
    if draft.to is None:
        return place - 1
    return next((at for at in range(place) if found[at].id == draft.to), None)


def _shown(number: Number, holding: Version) -> tuple[str, ...]:
    """How the value that holds may stand in its field."""
    value = holding.values[number.key]
    shown = number.shown(value)
    if not isinstance(value, tuple):
        return (shown,)
    return shown, planning.text_of(map(planning.row_of, value))


def _known(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _wrong(number: Number, value: Value | None) -> Wrong | None:
    if value is None:
        return Wrong.NO_NUMBER
    return None if number.fits(value) else Wrong.OUT_OF_RANGE
