"""A touch plan as people write it and as it travels, and which plans cannot be.

`delivered; 7-8 | phone; 30 | wechat | care | how does she take it`: a step is its days or its
event, its way, the situation of its words and its purpose; what is empty at the end is left out,
and a way that is left out is the phone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lumi_desk.consents.rules import Way
from lumi_desk.customers.touch_plan.rules import Event, HalfYearSettings, Plan, TouchStep, dated
from lumi_desk.errors import N_, LumiError

MOST_STEPS = 24
MOST_LETTERS = 60
# The values of scripts.rules.Situation that somebody can be called in by a plan.
SCRIPTS = ("care", "newcomer", "recall", "renewal")
_MOST_DAYS = 3650
_STEP, _PART = ";", "|"
# Of a plan that is being typed: no blank is lost, and nothing of it can be typed.
_ROW, _CELL = "\n", "\t"
# What people call the events, beside their codes.
_EVENTS = {
    **{event.value: event for event in Event},
    "发货": Event.SENT,
    "收货": Event.DELIVERED,
    "签收": Event.DELIVERED,
    "used up": Event.RUN_OUT,
    "用完": Event.RUN_OUT,
}
# What would end a step or a part of it stands in its wide form.
_WIDE = str.maketrans({_STEP: "；", _PART: "｜", _ROW: " ", _CELL: " ", "\r": " ", "\0": " "})
_DAYS = re.compile(r"(\d{1,4})(?:\s*[-–~至到]\s*(\d{1,4}))?", re.ASCII)


class Fault(StrEnum):
    """Why a step, or a step beside the others, cannot be."""

    WHEN = "when"  # neither days nor an event
    BACKWARDS = "backwards"  # it ends before it begins
    WAY = "way"
    SCRIPT = "script"
    PURPOSE = "purpose"  # too long
    TWICE = "twice"  # another one has the same event
    OVERLAP = "overlap"  # it begins before the one above is over
    BEYOND = "beyond"  # it ends after the half year


class NoSuchStep(LumiError):
    """A step told by a name that no step of the plan has, with days or an event of another."""

    title = N_("The touch plan has no step “{step}”")
    advice = N_("Nothing was changed. It has: {known}. A new one is named by its own first day.")


class StepTwice(LumiError):
    """Two steps of a touch plan that follow the same event."""

    title = N_("The touch plan has the step “{step}” twice")
    advice = N_("Nothing was changed. Leave one of them out, or give it days of its own.")


class StepTooSoon(LumiError):
    """A step of a touch plan that begins before the one above it is over."""

    title = N_("The step “{step}” of the touch plan begins before the one above it is over")
    advice = N_(
        "Nothing was changed. Put the steps in the order of their days, each after the last day"
        " of the one before; one without a last day ends with the grace."
    )


class StepTooLate(LumiError):
    """A step of a touch plan that ends after the clock does."""

    title = N_("The step “{step}” of the touch plan ends after the clock's {days} days")
    advice = N_(
        "Nothing was changed. Let it end sooner, or the clock run longer (days); one without a"
        " last day ends {grace} days after its first."
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it is typed."""

    when: str = ""
    way: str = Way.PHONE.value
    script: str = ""
    purpose: str = ""


def rows(text: str) -> tuple[Row, ...]:
    """The steps of a text, whatever they say; none in an empty one."""
    if _CELL in text:
        return tuple(_cells(one.split(_CELL)) for one in text.split(_ROW))
    return tuple(_row(one) for one in text.split(_STEP)) if text.strip() else ()


def text_of(typed: Iterable[Row]) -> str:
    """The text that rows() takes apart again, every blank kept: for what is being typed.

    A semicolon or a bar becomes a wide one.
    """
    cells = ((one.when, one.way, one.script, one.purpose) for one in typed)
    return _ROW.join(_CELL.join(part.translate(_WIDE) for part in parts) for parts in cells)


def row_of(step: TouchStep) -> Row:
    """A step as it is typed."""
    return Row(when_of(step), step.way.value, step.script, step.purpose)


def when_of(step: TouchStep) -> str:
    """Its days as in 7 or 7-8, or its event."""
    if step.after is None:
        return step.code
    return str(step.after) if step.until is None else f"{step.after}-{step.until}"


def written(plan: Plan) -> str:
    """A plan as read() takes it."""
    return f"{_STEP} ".join(_text(row_of(step)) for step in plan)


def read(text: str) -> Plan | None:
    """The plan that a text says; None if one of its steps says none, or there are too many."""
    steps = [step_of(one) for one in rows(text)]
    found = tuple(one for one in steps if isinstance(one, TouchStep))
    return found if len(found) == len(steps) <= MOST_STEPS else None


def event_of(when: str) -> Event | None:
    """The event that is meant, by its code or as people call it; None for days and all else."""
    return _EVENTS.get(_plain(when))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def step_of(row: Row) -> TouchStep | Fault:
    """The step that a row says, or why it says none."""
    way = row.way.strip().lower() or Way.PHONE.value
    script, purpose = row.script.strip().lower(), row.purpose.strip()
    if way not in set(Way):
        return Fault.WAY
    if script and script not in SCRIPTS:
        return Fault.SCRIPT
    if len(purpose) > MOST_LETTERS:
        return Fault.PURPOSE
    event = event_of(row.when)
    if event is not None:
        return TouchStep(event.value, None, None, Way(way), script, purpose)
    days = _DAYS.fullmatch(_plain(row.when))
    if days is None or int(days[1]) > _MOST_DAYS:
        return Fault.WHEN
    after, until = int(days[1]), int(days[2]) if days[2] else None
    if until is not None and until < after:
        return Fault.BACKWARDS
    return dated(after, until, Way(way), script, purpose)


def clashes(plan: Sequence[TouchStep | None], days: int, grace: int) -> Iterator[tuple[int, Fault]]:
    """The places of steps that do not go with those above them, or with the half year.

    Dated steps stand in the order of their days, each after the end of the one before; one without
    a last day ends `grace` days after its first. None stands for a step that says nothing.
    """
    settings = HalfYearSettings(days=days, grace=grace)
    over, events = -1, set()
    for place, step in enumerate(plan):
        if step is None:
            continue
        if step.after is None:
            if step.code in events:
                yield place, Fault.TWICE
            events.add(step.code)
            continue
        last = settings.last(step, step.after)
        if step.after <= over:
            yield place, Fault.OVERLAP
        elif last > days:
            yield place, Fault.BEYOND
        over = max(over, last)


def require(plan: Plan, days: int, grace: int) -> None:
    """Raise StepTwice, StepTooSoon or StepTooLate for a plan that cannot be."""
    for place, fault in clashes(plan, days, grace):
        step = when_of(plan[place])
        if fault is Fault.TWICE:
            raise StepTwice(step=step)
        if fault is Fault.OVERLAP:
            raise StepTooSoon(step=step)
        raise StepTooLate(step=step, days=days, grace=grace)


def with_step(plan: Plan, name: str, text: str) -> Plan | None:
    """The plan with one step told anew; without it if the text is empty.

    `name` is its first day or its event; one that is not there comes in by its own. None if the
    text is no step. Raises NoSuchStep for a name that is neither.
    """
    event = event_of(name)
    code = event.value if event else f"day{_plain(name).removeprefix('day')}"
    others = tuple(one for one in plan if one.code != code)
    step = step_of(_row(text)) if text.strip() else None
    if isinstance(step, Fault):
        return None
    if others == plan and (step is None or step.code != code):
        raise NoSuchStep(step=name, known=", ".join(map(when_of, plan)) or "–")
    if step is None:
        return others
    if others != plan and step.after is None:
        return tuple(step if one.code == code else one for one in plan)
    return _placed(others, step)


def exchanged(typed: Sequence[Row], place: int, other: int) -> tuple[Row, ...]:
    """The rows with two of them exchanged.

    Where both have days in their order, the days stay where they are, so that they still are; a
    row that stands too low or too high takes its days with it.
    """
    found = list(typed)
    first, second = found[place], found[other]
    upper, lower = (step_of(found[at]) for at in sorted((place, other)))
    if _is_before(upper, lower):
        first, second = replace(first, when=second.when), replace(second, when=first.when)
    found[place], found[other] = second, first
    return tuple(found)


def _is_before(one: TouchStep | Fault, other: TouchStep | Fault) -> bool:
    """Whether both have days, and the first day of one comes first."""
    days = [step.after for step in (one, other) if isinstance(step, TouchStep)]
    if len(days) < 2 or days[0] is None or days[1] is None:
        return False
    return days[0] < days[1]


def _placed(plan: Plan, step: TouchStep) -> Plan:
    """With a step before the first one that has a later day; at the end if none has."""
    after = step.after
    place = len(plan)
    if after is not None:
        later = (at for at, one in enumerate(plan) if one.after is not None and one.after > after)
        place = next(later, place)
    return (*plan[:place], step, *plan[place:])


def _row(text: str) -> Row:
    return _cells([part.strip() for part in text.split(_PART, 3)])


def _cells(parts: Sequence[str]) -> Row:
    when, way, script, purpose = (*parts, "", "", "", "")[:4]
    return Row(when, way or Way.PHONE.value, script, purpose)


def _text(row: Row) -> str:
    parts = [row.when, row.way, row.script, row.purpose.translate(_WIDE)]
    if parts[1] == Way.PHONE and not any(parts[2:]):
        parts[1] = ""
    while parts and not parts[-1]:
        parts.pop()
    return f" {_PART} ".join(parts)
