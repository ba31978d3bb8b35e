"""Rule sets in words: their numbers, what is wrong with them, and their history. Knows no Qt."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from lumi_desk.customers.rulesets.rules import Number, RuleSet, Unit, Value
from lumi_desk.customers.rulesets.versions import Version, is_replaced, on, to_come
from ui.days import NoDay
from ui.rules import plans
from ui.rules.drafts import Draft, Reading, Wrong
from ui.rules.screen import Field, Form, History, Row
from ui.rules.screen import Version as Shown
from ui.widgets.values import Badge, Button, Entry, Tone
from ui.words import N_, day, money, tr, when

_TITLES: Mapping[str, str] = {
    "pool": N_("Pools"),
    "grade": N_("Grades of newcomers"),
    "relationship": N_("Relationship"),
    "churn": N_("Churn warning"),
    "half_year": N_("Half-year clock"),
    "run_out": N_("Run-out"),
    "consents": N_("Ways of reaching her"),
}
_LABELS: Mapping[tuple[str, str], str] = {
    ("pool", "active_days"): N_("In pool 1 for"),
    ("grade", "new_days"): N_("A newcomer for"),
    ("grade", "a_points"): N_("A from"),
    ("grade", "b_points"): N_("B from"),
    ("grade", "recharge_points"): N_("A recharge counts"),
    ("grade", "collagen_points"): N_("Collagen counts"),
    ("grade", "enzyme_points"): N_("Enzyme counts"),
    ("relationship", "active_days"): N_("Has a relationship for"),
    ("relationship", "late_3"): N_("3 points up to"),
    ("relationship", "late_2"): N_("2 points up to"),
    ("relationship", "late_1"): N_("1 point up to"),
    ("relationship", "usual"): N_("Usual rhythm"),
    ("relationship", "often"): N_("Often from"),
    ("relationship", "answered_days"): N_("Answered within"),
    ("relationship", "close"): N_("Near from"),
    ("relationship", "steady"): N_("Steady from"),
    ("relationship", "cooling"): N_("Cooling from"),
    ("churn", "lost"): N_("Lost after"),
    ("churn", "ahead"): N_("Warned ahead by"),
    ("churn", "late"): N_("Late from"),
    ("churn", "least"): N_("Quiet for at least"),
    ("half_year", "days"): N_("The clock runs for"),
    ("half_year", "grace"): N_("Time for a step"),
    ("half_year", "stale"): N_("Too old after"),
    ("half_year", "plan"): N_("Touch plan"),
    ("run_out", "collagen_days"): N_("Collagen lasts"),
    ("run_out", "enzyme_days"): N_("Enzyme lasts"),
    ("run_out", "other_days"): N_("Anything else lasts"),
    ("run_out", "collagen_ahead"): N_("Collagen: ahead by"),
    ("run_out", "enzyme_ahead"): N_("Enzyme: ahead by"),
    ("run_out", "other_ahead"): N_("Anything else: ahead by"),
    ("run_out", "behind"): N_("Reminded after it for"),
    ("consents", "service"): N_("Service by any way"),
    ("consents", "phone"): N_("Offers by phone"),
    ("consents", "sms"): N_("Offers by SMS"),
    ("consents", "wechat"): N_("Offers on WeChat"),
    ("consents", "wangwang"): N_("Offers on Wangwang"),
    ("consents", "post"): N_("Offers by post"),
}
_UNITS: Mapping[Unit, str] = {
    Unit.DAYS: N_("days"),
    Unit.CNY: N_("CNY"),
    Unit.ORDERS: N_("orders"),
    Unit.POINTS: N_("points"),
    Unit.RHYTHMS: N_("rhythms"),
    Unit.SWITCH: N_("(1 yes, 0 no)"),
    Unit.STEPS: N_("steps"),
}


def title(rules: RuleSet) -> str:
    """The name of a rule set."""
    return tr(_TITLES.get(rules.name, rules.name))


def label(rules: RuleSet, number: Number) -> str:
    """The name of one of its numbers."""
    return tr(_LABELS.get((rules.name, number.key), number.key))


def unsaid(rule_sets: Sequence[RuleSet]) -> list[str]:
    """The rule sets and numbers that have no name here."""
    numbers = {(rules.name, one.key) for rules in rule_sets for one in rules.numbers}
    missing = sorted(f"{name}.{key}" for name, key in numbers - _LABELS.keys())
    return [*missing, *sorted({rules.name for rules in rule_sets} - _TITLES.keys())]


def amount(number: Number, value: Value) -> str:
    """A value with its unit: ¥800, 365 days."""
    if number.unit is Unit.CNY and not isinstance(value, tuple):
        return money(int(value))
    return f"{number.shown(value)} {tr(_UNITS[number.unit])}"


def row(rules: RuleSet, found: Sequence[Version], draft: Draft, today: date, now: datetime) -> Row:
    """A rule set in the list."""
    holding = found[on(found, today)]
    fact = tr("as shipped")
    if holding.since is not None:
        fact = tr("since {day}", day=day(holding.since, now))
    badge = None
    if draft:
        badge = Badge(tr("Being changed"), Tone.BRAND, solid=True)
    elif to_come(found, today):
        badge = Badge(tr("More to come"), Tone.INFO)
    return Row(rules.name, title(rules), fact, badge)


def form(rules: RuleSet, reading: Reading, draft: Draft, now: datetime, put: Button) -> Form:
    """The numbers of a rule set as they stand and as they are typed."""
    return Form(
        rules.name,
        title(rules),
        f"{_capital(tr(rules.means))}{tr('.')}",
        tuple(_field(rules, one, reading) for one in rules.numbers if one is not rules.plan),
        Entry(
            tr("In force from"),
            draft.day,
            tr("today"),
            _day_reading(reading, draft, now),
            _day_problem(reading, now),
        ),
        Entry(tr("Why"), draft.why, tr("a few words for the history")),
        put,
        Button(tr("Drop what was typed"), enabled=bool(draft)),
        problem=_capital(tr(reading.contradiction)),
        steps=plans.form(rules, reading),
    )


def difference(
    rules: RuleSet, before: Mapping[str, Value], after: Mapping[str, Value]
) -> tuple[str, ...]:
    """Every number that is another one, with both values; of a plan every step."""
    found: list[str] = []
    for one in rules.numbers:
        old, new = before[one.key], after[one.key]
        if isinstance(old, tuple) and isinstance(new, tuple):
            found += plans.difference(old, new)
        elif old != new:
            told = tr(
                "{number}: {before} → {after}",
                number=label(rules, one),
                before=amount(one, old),
                after=amount(one, new),
            )
            found.append(told)
    return tuple(found)


def history(rules: RuleSet, found: Sequence[Version], today: date, now: datetime) -> History:
    """The versions, those that hold latest first."""
    holds = on(found, today)
    coming = to_come(found, today)
    shown = [_version(rules, found, place, holds, coming, now) for place in range(len(found))]
    return History(
        tr("Changes so far"),
        tuple(reversed(shown)),
        Button(tr("Go back to the version before"), enabled=holds > 0),
    )


def meanwhile(rules: RuleSet, steps: Sequence[tuple[Version, Version]]) -> str:
    """What somebody else has put in force: each version after the one before it."""
    told = []
    for before, one in steps:
        changes = difference(rules, before.values, one.values) or (tr("The same numbers"),)
        told.append(f"{one.name or one.by or '–'}: {'; '.join(changes)}")
    return tr("Changed meanwhile by {what}. What you typed is still here.", what=" · ".join(told))


def from_day(told: date, now: datetime) -> str:
    """From when something holds: today, or from tomorrow, 12-01 or 2027-01-01 on."""
    return tr("from {day} on", day=day(told, now))


def _field(rules: RuleSet, one: Number, reading: Reading) -> Field:
    now = reading.holding.values[one.key]
    text = reading.texts[one.key]
    hint = tr(
        "now {now} · shipped {shipped}\n{least} to {most}",
        now=one.shown(now),
        shipped=one.shown(one.of(rules.default)),
        least=one.shown(one.least),
        most=one.shown(one.most),
    )
    return Field(
        one.key,
        label(rules, one),
        _capital(tr(one.means)),
        text,
        tr(_UNITS[one.unit]),
        hint,
        _problem(one, reading.wrong.get(one.key)),
        changed=tr("changed") if text.strip() != one.shown(now) else "",
    )


def _problem(one: Number, wrong: Wrong | None) -> str:
    if wrong is None:
        return ""
    if wrong is Wrong.OUT_OF_RANGE:
        return tr(
            "It must be from {least} to {most}.",
            least=one.shown(one.least),
            most=one.shown(one.most),
        )
    if one.unit is Unit.CNY:
        return tr("Write an amount in yuan, as in 800 or 498.50.")
    if one.unit is Unit.RHYTHMS:
        return tr("Write a number, as in 1.5.")
    return tr("Write a whole number.")


def _day_reading(reading: Reading, draft: Draft, now: datetime) -> str:
    return f"= {day(reading.day, now)}" if draft.day and reading.day_wrong is None else ""


def _day_problem(reading: Reading, now: datetime) -> str:
    if reading.day_wrong is NoDay.PAST:
        return tr("That day is over. Write today or a later one.")
    if reading.day_wrong is NoDay.NONE:
        return tr("Write a day as in {day}, or nothing for today.", day=f"{now:%Y}-12-01")
    return ""


def _version(
    rules: RuleSet,
    found: Sequence[Version],
    place: int,
    holds: int,
    coming: Sequence[int],
    now: datetime,
) -> Shown:
    one = found[place]
    back = tr("Take this back") if place in coming else _way_back(found, place, holds)
    if one.since is None:
        return Shown(tr("As shipped"), "", (), badge=_badge(found, place, holds), back=back)
    changes = difference(rules, found[place - 1].values, one.values)
    if one.back:
        changes = (_back_words(found, place, now), *changes)
    who = " · ".join(
        part for part in (one.name or one.by, when(one.at, now) if one.at else "") if part
    )
    return Shown(
        _capital(from_day(one.since, now)),
        who,
        changes or ((tr("The same numbers"),) if not one.problem else ()),
        one.why,
        _badge(found, place, holds),
        tr("Its numbers cannot be used: {where}", where=one.problem) if one.problem else "",
        one.id,
        back,
    )


def _way_back(found: Sequence[Version], place: int, holds: int) -> str:
    """What leads back to an earlier version, if it says anything else than what holds."""
    one = found[place]
    if place >= holds or one.problem or one.values == found[holds].values:
        return ""
    return tr("Go back to this")


def _back_words(found: Sequence[Version], place: int, now: datetime) -> str:
    """Where a version went back to, told by its numbers."""
    values = found[place].values
    if place < 2 or found[place - 2].values == values:
        return tr("Back to the version before")
    since = next(
        (one.since for one in reversed(found[:place]) if one.values == values and not one.problem),
        None,
    )
    if since is None:
        return tr("Back to what was shipped")
    return tr("Back to the version of {day}", day=day(since, now))


def _badge(found: Sequence[Version], place: int, holds: int) -> Badge | None:
    if place == holds:
        return Badge(tr("In force"), Tone.GOOD)
    if place > holds and is_replaced(found, place):
        return Badge(tr("Replaced"), Tone.QUIET)
    return Badge(tr("To come"), Tone.INFO) if place > holds else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
