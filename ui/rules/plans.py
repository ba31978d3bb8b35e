"""A touch plan in words: its steps, what is wrong with them, and what became another. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from lumi_desk.customers.rulesets.rules import RuleSet, step_faults
from lumi_desk.customers.touch_plan.rules import Plan, TouchStep
from lumi_desk.customers.touch_plan.words import rules as planning
from lumi_desk.customers.touch_plan.words.rules import Fault, Row
from lumi_desk.managing.protocol import RulesStep
from ui import steps
from ui.rules import drafts
from ui.rules.drafts import Reading
from ui.rules.screen import Step, Steps
from ui.ways import WAYS
from ui.widgets.values import Button, Choice, Count, Entry, Table
from ui.words import N_, count, tr

_FAULTS: Mapping[Fault, str] = {
    Fault.WHEN: N_("Write its days, as in 7 or 7-8, or sent, delivered or used up."),
    Fault.BACKWARDS: N_("Its last day comes before its first."),
    Fault.WAY: N_("Choose another way: this one is not known."),
    Fault.SCRIPT: N_("Choose other words: these are not known."),
    Fault.PURPOSE: N_("Say it in {most} letters at most."),
    Fault.TWICE: N_("Another step follows the same event. Leave one out, or give it days."),
    Fault.OVERLAP: N_("It begins before the one above is over, which is on day {over}."),
    Fault.BEYOND: N_("It ends after the clock's {days} days."),
}
# Between the last step and one that is added.
_APART = 7


def form(rules: RuleSet, reading: Reading) -> Steps | None:
    """The steps of the plan as they are typed; None for rules without one."""
    if rules.plan is None:
        return None
    rows = drafts.rows(rules, reading)
    held = reading.holding.values[rules.plan.key]
    known = {_plainly(planning.row_of(step)) for step in held} if isinstance(held, tuple) else set()
    problems = _problems(rules, reading, rows)
    most = planning.MOST_STEPS
    return Steps(
        tr("Touch plan"),
        tr(
            "Its days, or the event it follows; by which way, with which words, and what for."
            " Alt ↑ ↓ moves a step, Alt Del leaves it out."
        ),
        tuple(_step(at, row, problems.get(at, ""), known) for at, row in enumerate(rows)),
        Entry(tr("Days or event"), "", tr("7-8")),
        tr("Way"),
        tr("Words"),
        Entry(tr("What for"), "", tr("what this contact is for")),
        Button(tr("Add a step"), enabled=len(rows) < most),
        tr("A plan has at most {most} steps.", most=most) if len(rows) > most else "",
    )


def difference(before: Plan, after: Plan) -> list[str]:
    """Every step that came, went or is another one; the order, if nothing else is."""
    old, new = ({one.code: one for one in plan} for plan in (before, after))
    gone = [one for one in before if one.code not in new]
    come = [one for one in after if one.code not in old]
    found = [
        tr("Step: {before} → {after}", before=steps.told(one), after=steps.told(new[one.code]))
        for one in before
        if one.code in new and new[one.code] != one
    ]
    # A step with other days is most likely the same one.
    pairs = zip_longest(*([one for one in some if one.after is not None] for some in (gone, come)))
    found += [_changed(left, entered) for left, entered in pairs]
    found += [_changed(one, None) for one in gone if one.after is None]
    found += [_changed(None, one) for one in come if one.after is None]
    if not found and before != after:
        found.append(tr("The steps stand in another order"))
    return found


def counts(told: Sequence[RulesStep]) -> Table:
    """How many are asked for by each step, today and within a week, now and then."""
    rows = [(steps.window(one.day, one.day), one) for one in told]
    return Table(
        tr("by step, now → then"),
        (tr("today"), tr("within a week")),
        tuple(
            (name, (_count(one.today_old, one.today_new), _count(one.week_old, one.week_new)))
            for name, one in rows
        ),
    )


def with_new(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    """The rows with one more below, on a day that is free as far as there is one."""
    if len(rows) >= planning.MOST_STEPS:
        return rows
    told = [one for one in map(planning.step_of, rows) if isinstance(one, TouchStep)]
    days = reading.holding.values["days"]
    free = _over(told, reading.holding.values["grace"]) + _APART
    return (*rows, Row(str(min(free, days) if isinstance(days, int) else free)))


def without(rows: Sequence[Row], place: int) -> Sequence[Row]:
    """The rows without one of them."""
    return (*rows[:place], *rows[place + 1 :])


def moved(rows: Sequence[Row], place: int, by: int) -> Sequence[Row]:
    """The rows with one of them `by` places lower; nothing moves beyond the ends."""
    other = place + by
    return planning.exchanged(rows, place, other) if 0 <= other < len(rows) else rows


def replaced(rows: Sequence[Row], place: int, part: str, text: str) -> Sequence[Row]:
    """The rows with another text in one part of one step; part is the name of Row's field."""
    return (*rows[:place], replace(rows[place], **{part: text}), *rows[place + 1 :])


def _step(place: int, row: Row, problem: str, held: set[Row]) -> Step:
    return Step(
        tr("Step {n}", n=place + 1),
        tr(steps.EVENTS[row.when]) if row.when in steps.EVENTS else row.when,
        _choices({way.value: words for way, words in WAYS.items()}, row.way.strip()),
        _choices(steps.SCRIPTS, row.script.strip()),
        row.purpose,
        problem,
        "" if _plainly(row) in held else tr("changed"),
    )


def _choices(known: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    """All there are to choose from; one that is not known is shown as it is."""
    all_ = known if chosen in known else {**known, chosen: chosen}
    return tuple(Choice(one, tr(words), chosen=one == chosen) for one, words in all_.items())


def _plainly(row: Row) -> Row:
    return Row(*(part.strip() for part in (row.when, row.way, row.script, row.purpose)))


def _problems(rules: RuleSet, reading: Reading, rows: Sequence[Row]) -> dict[int, str]:
    """Why a step cannot be, by its place."""
    told = [planning.step_of(row) for row in rows]
    values = {
        one.key: one.read(reading.texts[one.key]) for one in rules.numbers if one is not rules.plan
    }
    plan = [one if isinstance(one, TouchStep) else None for one in told]
    found = step_faults(plan, values)
    found |= {at: one for at, one in enumerate(told) if isinstance(one, Fault)}
    return {
        at: tr(
            _FAULTS[fault],
            most=planning.MOST_LETTERS,
            days=values["days"],
            over=_over(plan[:at], values["grace"]),
        )
        for at, fault in found.items()
    }


def _over(above: Sequence[TouchStep | None], grace: object) -> int:
    """The last day of the steps above."""
    more = grace if isinstance(grace, int) else 0
    ends = (
        one.after + more if one.until is None else one.until
        for one in above
        if one is not None and one.after is not None
    )
    return max(ends, default=0)


def _changed(left: TouchStep | None, entered: TouchStep | None) -> str:
    if left is None and entered is not None:
        return tr("New step: {step}", step=steps.told(entered))
    if entered is None and left is not None:
        return tr("Left out: {step}", step=steps.told(left))
    return tr(
        "Step: {before} → {after}",
        before=steps.told(left) if left else "",
        after=steps.told(entered) if entered else "",
    )


def _count(old: int, new: int) -> Count:
    if old == new:
        return Count(count(old) if old else "–")
    return Count(f"{count(old)} → {count(new)}", moves=True)
