"""Which numbers each rule set has, what they mean, and which of them cannot be."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from lumi_desk import money
from lumi_desk.consents.rules import CONSENTS, ConsentSettings
from lumi_desk.customers import rules
from lumi_desk.customers.rules import Line
from lumi_desk.customers.run_out.rules import RUN_OUT, RunOutSettings
from lumi_desk.customers.touch_plan.rules import HALF_YEAR, HalfYearSettings, Plan, TouchStep
from lumi_desk.customers.touch_plan.words import rules as planning
from lumi_desk.customers.touch_plan.words.rules import Fault
from lumi_desk.errors import N_, LumiError

Amount = int | Fraction
Value = Amount | Plan
Values = Mapping[str, Value]
Settings = (
    rules.PoolSettings
    | rules.GradeSettings
    | rules.RelationshipSettings
    | rules.ChurnSettings
    | HalfYearSettings
    | RunOutSettings
    | ConsentSettings
)

_TEN_YEARS = 3650
_YEAR = 365
_MOST_FEN = 100_000_000
# Three for recency, one for buying often, one for an answered contact.
_MOST_POINTS = 5
_LEAST_LATE = Fraction(1, 10)
_DECIMAL = re.compile(r"\d{1,4}(?:\.\d{1,4})?|\d{1,4}/[1-9]\d{0,3}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class Unit(StrEnum):
    """What a number counts."""

    DAYS = "days"
    CNY = "CNY"
    ORDERS = "orders"
    POINTS = "points"
    RHYTHMS = "rhythms"
    SWITCH = "(1 is yes, 0 is no)"
    STEPS = "steps"


class NoSuchRuleSet(LumiError):
    """A name that no rule set has."""

    title = N_("There are no rules “{name}”")
    advice = N_("There are: {known}.")


class NoSuchNumber(LumiError):
    """A key that a rule set does not have."""

    title = N_("“{key}” is no number of the rules “{rule_set}”")
    advice = N_("Nothing was changed. They have: {known}.")


class NotANumber(LumiError):
    """A text that is no value for a number, or nothing at all."""

    title = N_("“{told}” is no value for a number of the rules “{rule_set}”")
    advice = N_("Nothing was changed. Write key=value, once for each key: {example}.")


class OutOfRange(LumiError):
    """A value that makes no sense."""

    title = N_("{key} cannot be {value}")
    advice = N_("Nothing was changed. It is from {least} to {most} {unit}: {means}.")


class Contradiction(LumiError):
    """Numbers that do not go together."""

    title = N_("The numbers of the rules “{rule_set}” contradict each other: {what}")
    advice = N_("Nothing was changed. Give both numbers so that they fit.")


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its key, where it stands in the settings, its unit, meaning and limits.

    Money is in fen, here as everywhere; people write and read CNY.
    """

    key: str
    unit: Unit
    means: str
    most: Amount
    least: Amount = 0
    path: tuple[str | int | Line, ...] = ()

    def of(self, settings: Settings) -> Value:
        """What it is in these settings; a line without points has none."""
        first, *rest = self.path or (self.key,)
        found: Any = getattr(settings, str(first))
        for step in rest:
            found = found.get(step, 0) if isinstance(step, Line) else found[step]
        value: Value = found
        return value

    def shown(self, value: Value) -> str:
        """The value as people write it, without its unit."""
        if isinstance(value, tuple):
            return planning.written(value)
        if self.unit is Unit.CNY:
            return money.shown(int(value), "")
        if isinstance(value, int) or value.denominator == 1:
            return str(int(value))
        decimal = f"{float(value):.4f}".rstrip("0")
        return decimal if Fraction(decimal) == value else str(value)

    def written(self, value: Value) -> str:
        """The value as read() takes it, for machines: as shown, without grouping."""
        shown = self.shown(value)
        return shown if isinstance(value, tuple) else shown.replace(",", "")

    def with_step(self, value: Value, name: str, told: str) -> Value | None:
        """A plan with one step told anew or left out; None if that is none, or this no plan."""
        return planning.with_step(value, name, told) if isinstance(value, tuple) else None

    def fits(self, value: Value) -> bool:
        """Whether it is within the limits; a plan by the number of its steps."""
        return self.least <= (len(value) if isinstance(value, tuple) else value) <= self.most

    def kept(self, value: Value) -> Any:
        """The value as a settings' record keeps it: a plain number, a text, or the steps."""
        if isinstance(value, tuple):
            return [asdict(step) for step in value]
        return str(value) if isinstance(value, Fraction) else value

    def read(self, told: str) -> Value | None:
        """A value as people write it, full-width digits too; None if it is none."""
        if self.unit is Unit.STEPS:
            return planning.read(told)
        plain = unicodedata.normalize("NFKC", told).strip()
        if self.unit is Unit.CNY:
            try:
                return money.to_fen(plain)
            except money.NotMoney:
                return None
        if self.unit is Unit.RHYTHMS:
            return Fraction(plain) if _DECIMAL.fullmatch(plain) else None
        return int(plain) if _WHOLE.fullmatch(plain) else None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set: what it decides, its numbers, and its settings as they ship."""

    name: str
    means: str
    default: Settings
    numbers: tuple[Number, ...]
    contradiction: Callable[[Values], str] = lambda _: ""
    steps: Callable[[Values], None] = lambda _: None

    def values(self, settings: Settings) -> dict[str, Value]:
        """Every number of these settings, by key."""
        return {one.key: one.of(settings) for one in self.numbers}

    @property
    def plan(self) -> Number | None:
        """The one of its numbers that is a plan of steps; None if none is."""
        return next((one for one in self.numbers if one.unit is Unit.STEPS), None)

    def number(self, key: str) -> Number:
        """The number of that key. Raises NoSuchNumber."""
        found = next((one for one in self.numbers if one.key == key), None)
        if found is None:
            known = ", ".join(one.key for one in self.numbers)
            raise NoSuchNumber(key=key, rule_set=self.name, known=known)
        return found

    def changed(self, values: Values, told: Sequence[str]) -> dict[str, Value]:
        """The values with those that are told as `key=value`, or a step as `plan.7=…`.

        Raises NoSuchNumber, NoSuchStep, NotANumber, OutOfRange or Contradiction.
        """
        found: dict[str, Value] = {}
        for one in told:
            key, given, text = (part.strip() for part in one.partition("="))
            key, of_step, part = (each.strip() for each in key.partition("."))
            number = self.number(key)
            if not given:
                value = None
            elif of_step:
                value = number.with_step({**values, **found}[key], part, text)
            else:
                value = None if key in found else number.read(text)
            if value is None:
                raise NotANumber(told=one, rule_set=self.name, example=self._example_of(number))
            found[key] = value
        if not found:
            raise NotANumber(told="", rule_set=self.name, example=self._example)
        return self.checked({**values, **found})

    def checked(self, values: Values) -> dict[str, Value]:
        """The values if they can be. Raises OutOfRange or Contradiction."""
        for one in self.numbers:
            value = values[one.key]
            if not one.fits(value):
                raise OutOfRange(
                    key=one.key,
                    value=one.shown(len(value) if isinstance(value, tuple) else value),
                    least=one.shown(one.least),
                    most=one.shown(one.most),
                    unit=one.unit.value,
                    means=one.means,
                )
        self.steps(values)
        what = self.contradiction(values)
        if what:
            raise Contradiction(rule_set=self.name, what=what)
        return dict(values)

    def body(self, values: Values) -> dict[str, Any]:
        """The values as the settings' record keeps them: plain numbers and texts, nested."""
        kept: dict[str, Any] = {}
        for one in self.numbers:
            plain = one.kept(values[one.key])
            first, *rest = one.path or (one.key,)
            if not rest:
                kept[str(first)] = plain
            elif isinstance(rest[0], Line):
                kept.setdefault(str(first), {})[rest[0].value] = plain
            else:
                kept.setdefault(str(first), []).append(plain)
        return kept

    @property
    def _example(self) -> str:
        return self._example_of(self.numbers[0])

    def _example_of(self, number: Number) -> str:
        return f"{number.key}={number.shown(number.of(self.default))}"


def named(name: str) -> RuleSet:
    """The rule set of that name. Raises NoSuchRuleSet."""
    found = next((one for one in RULE_SETS if one.name == name), None)
    if found is None:
        raise NoSuchRuleSet(name=name, known=", ".join(one.name for one in RULE_SETS))
    return found


def plan_of(values: Values) -> Plan:
    """The plan among the values of the half-year clock."""
    plan = values["plan"]
    return plan if isinstance(plan, tuple) else ()


def step_faults(
    plan: Sequence[TouchStep | None], values: Mapping[str, Value | None]
) -> dict[int, Fault]:
    """By its place, why a step does not go with those above it or with the half year."""
    days, grace = (values[key] for key in ("days", "grace"))
    if not isinstance(days, int) or not isinstance(grace, int):
        return {}
    return dict(planning.clashes(plan, days, grace))


def _require_steps_fit(values: Values) -> None:
    days, grace = values["days"], values["grace"]
    if isinstance(days, int) and isinstance(grace, int):
        planning.require(plan_of(values), days, grace)


def _less(values: Values, key: str, other: str) -> bool:
    one, two = values[key], values[other]
    return not isinstance(one, tuple) and not isinstance(two, tuple) and one < two


def _grade_contradiction(values: Values) -> str:
    if _less(values, "a_points", "b_points"):
        return N_("A must not be easier than B (a_points, b_points)")
    return ""


def _relationship_contradiction(values: Values) -> str:
    if _less(values, "close", "steady") or _less(values, "steady", "cooling"):
        return N_("close needs at least as many points as steady, and steady as cooling")
    if _less(values, "late_2", "late_3") or _less(values, "late_1", "late_2"):
        return N_("fewer points cannot come sooner (late_3, late_2, late_1)")
    return ""


def _churn_contradiction(values: Values) -> str:
    if not _less(values, "ahead", "lost"):
        return N_("she cannot be warned of before she bought (lost, ahead)")
    if not _less(values, "least", "lost"):
        return N_("she would be lost before she is quiet (lost, least)")
    return ""


def _half_year_contradiction(values: Values) -> str:
    if not _less(values, "grace", "stale"):
        return N_("a step would be too old before it is missed (grace, stale)")
    return ""


def _days(key: str, means: str, least: int = 1) -> Number:
    return Number(key, Unit.DAYS, means, _TEN_YEARS, least)


def _by_line(key: str, means: str, path: str, line: Line) -> Number:
    return Number(key, Unit.DAYS, means, _YEAR, path=(path, line))


def _cny(key: str, means: str, *path: str | Line) -> Number:
    return Number(key, Unit.CNY, means, _MOST_FEN, path=path)


def _late(points: int, place: int, means: str) -> Number:
    return Number(f"late_{points}", Unit.RHYTHMS, means, 100, _LEAST_LATE, ("late", place))


def _points(key: str, means: str) -> Number:
    return Number(key, Unit.POINTS, means, _MOST_POINTS)


def _switch(key: str, means: str) -> Number:
    return Number(key, Unit.SWITCH, means, 1)


RULE_SETS = (
    RuleSet(
        "pool",
        N_("which pool she is in: V has a card, 1 bought lately, 0 the rest"),
        rules.POOL,
        (_days("active_days", N_("so long after a purchase she stays in pool 1")),),
    ),
    RuleSet(
        "grade",
        N_("the grade of a new customer, by her first order, its line and a recharge"),
        rules.GRADE,
        (
            _days("new_days", N_("so long after her first purchase or card she is new")),
            _cny("a_points", N_("from so much on she is A")),
            _cny("b_points", N_("from so much on she is B")),
            _cny("recharge_points", N_("what a recharge adds to her first order")),
            _cny("collagen_points", N_("what collagen adds"), "line_points", Line.COLLAGEN),
            _cny("enzyme_points", N_("what enzyme adds"), "line_points", Line.ENZYME),
        ),
        _grade_contradiction,
    ),
    RuleSet(
        "relationship",
        N_("how near she is, by recency, buying often and answered contacts: 5 points at most"),
        rules.RELATIONSHIP,
        (
            _days("active_days", N_("so long after a purchase she has a relationship")),
            _late(3, 0, N_("so many of her rhythms late she still has 3 of 3 points for recency")),
            _late(2, 1, N_("so many of her rhythms late she still has 2 of 3 points for recency")),
            _late(1, 2, N_("so many of her rhythms late she still has 1 of 3 points for recency")),
            _days("usual", N_("her rhythm until she has bought on two days")),
            Number(
                "often",
                Unit.ORDERS,
                N_("so many in the time of a relationship give a point"),
                1000,
                1,
            ),
            _days("answered_days", N_("so long after an answered contact she has a point"), 0),
            _points("close", N_("from so many on she is close")),
            _points("steady", N_("from so many on she is steady")),
            _points("cooling", N_("from so many on she is cooling, below at risk")),
        ),
        _relationship_contradiction,
    ),
    RuleSet(
        "churn",
        N_("when a customer may be lost: the warnings of the desks' lists"),
        rules.CHURN,
        (
            _days("lost", N_("so long after a purchase she is lost")),
            _days("ahead", N_("at the latest so long before she is warned of")),
            Number("late", Unit.RHYTHMS, N_("so late in her own rhythms she is warned of"), 100, 1),
            _days("least", N_("but not before so many days without buying"), 0),
        ),
        _churn_contradiction,
    ),
    RuleSet(
        "half_year",
        N_("the half-year clock after a purchase, and its touch plan"),
        HALF_YEAR,
        (
            _days("days", N_("so long after a purchase its steps are asked for")),
            _days("grace", N_("so many days later a step may still be done"), 0),
            _days("stale", N_("after so many days a step is no longer asked for")),
            Number(
                "plan",
                Unit.STEPS,
                N_("its steps: days or event, way, words and purpose of each"),
                planning.MOST_STEPS,
            ),
        ),
        _half_year_contradiction,
        _require_steps_fit,
    ),
    RuleSet(
        "run_out",
        N_("when what she bought last is used up, and when she is reminded of it"),
        RUN_OUT,
        (
            _by_line(
                "collagen_days",
                N_(
                    "so long a unit of collagen lasts if the catalogue does not know it; 0: unknown"
                ),
                "days_per_unit",
                Line.COLLAGEN,
            ),
            _by_line(
                "enzyme_days",
                N_("so long a unit of enzyme lasts if the catalogue does not know it; 0: unknown"),
                "days_per_unit",
                Line.ENZYME,
            ),
            _by_line(
                "other_days",
                N_("so long any other unit lasts if the catalogue does not know it; 0: unknown"),
                "days_per_unit",
                Line.OTHER,
            ),
            _by_line(
                "collagen_ahead",
                N_("so long before the last portion of collagen she is reminded"),
                "ahead",
                Line.COLLAGEN,
            ),
            _by_line(
                "enzyme_ahead",
                N_("so long before the last portion of enzyme she is reminded"),
                "ahead",
                Line.ENZYME,
            ),
            _by_line(
                "other_ahead",
                N_("so long before the last portion of anything else she is reminded"),
                "ahead",
                Line.OTHER,
            ),
            _days("behind", N_("so long after the last portion she is still reminded"), 0),
        ),
    ),
    RuleSet(
        "consents",
        N_("what may be done where she has said nothing about a way of reaching her"),
        CONSENTS,
        (
            _switch("service", N_("reach her about her orders, promises and complaints")),
            _switch("phone", N_("call her with offers")),
            _switch("sms", N_("send her offers by text message")),
            _switch("wechat", N_("write her offers on WeChat")),
            _switch("wangwang", N_("write her offers on Wangwang")),
            _switch("post", N_("send her offers by post")),
        ),
    ),
)
