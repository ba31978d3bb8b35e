"""The numbers of rule sets: read and shown as people write them, and refused if they cannot be."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lumi_desk.catalog import shelf
from lumi_desk.consents.rules import Way
from lumi_desk.customers.rules import GRADE, RELATIONSHIP, GradeSettings, Line
from lumi_desk.customers.rulesets.rules import (
    RULE_SETS,
    Contradiction,
    NoSuchNumber,
    NoSuchRuleSet,
    NotANumber,
    Number,
    OutOfRange,
    RuleSet,
    Unit,
    Value,
    named,
    plan_of,
    step_faults,
)
from lumi_desk.customers.touch_plan.rules import dated
from lumi_desk.customers.touch_plan.words.rules import (
    SCRIPTS,
    NoSuchStep,
    StepTooLate,
    StepTooSoon,
    StepTwice,
)

purposes = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(
    lambda text: text.translate({ord(";"): "；", ord("|"): "｜"}).strip()
)
steps = st.builds(
    dated,
    st.integers(0, 400),
    st.none(),
    st.sampled_from(Way),
    st.sampled_from(("", *SCRIPTS)),
    purposes,
)
plans = st.lists(steps, max_size=4, unique_by=lambda one: one.code).map(
    lambda found: tuple(sorted(found, key=lambda one: one.after or 0))
)
NUMBERS = [(one, number) for one in RULE_SETS for number in one.numbers]


def values_of(number: Number) -> st.SearchStrategy[Value]:
    if number.unit is Unit.STEPS:
        return plans
    if number.unit is Unit.RHYTHMS:
        return st.fractions(number.least, number.most, max_denominator=90)
    return st.integers(int(number.least), int(number.most))


@pytest.mark.parametrize("rules", RULE_SETS, ids=lambda one: one.name)
def test_what_ships_can_be_and_is_kept_and_read_again(rules: RuleSet) -> None:
    values = rules.values(rules.default)
    assert rules.checked(values) == values
    assert shelf.told(rules.name, rules.body(values), rules.default) == rules.default


@given(st.data())
def test_every_possible_value_survives_being_written_and_kept(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(RULE_SETS))
    values = {one.key: data.draw(values_of(one), one.key) for one in rules.numbers}
    assume(not rules.contradiction(values))
    assume(not (rules.plan and step_faults(plan_of(values), values)))
    told = [f"{one.key}={one.shown(values[one.key])}" for one in rules.numbers]
    assert rules.changed(rules.values(rules.default), told) == values
    settings = shelf.told(rules.name, rules.body(values), rules.default)
    assert rules.values(settings) == values


def test_money_is_told_in_yuan_and_kept_in_fen() -> None:
    rules = named("grade")
    values = rules.changed(rules.values(GRADE), ["a_points=1,234.5", "collagen_points=0.01"])
    settings = shelf.told("grade", rules.body(values), GRADE)
    assert isinstance(settings, GradeSettings)
    assert settings.a_points == 123_450
    assert settings.line_points == {Line.COLLAGEN: 1, Line.ENZYME: 0}
    assert settings.b_points == GRADE.b_points


def test_a_fraction_is_told_as_decimal_or_as_it_is() -> None:
    rules = named("relationship")
    told = ["late_3=1/3", "late_2=1.25", "late_1=2"]
    values = rules.changed(rules.values(RELATIONSHIP), told)
    settings = shelf.told("relationship", rules.body(values), RELATIONSHIP)
    assert rules.values(settings)["late_3"] == Fraction(1, 3)
    shown = [f"{key}={rules.number(key).shown(values[key])}" for key in ("late_3", "late_2")]
    assert [*shown, f"late_1={rules.number('late_1').shown(values['late_1'])}"] == told


@pytest.mark.parametrize(
    ("name", "told", "error", "names"),
    [
        ("grade", ["c_points=1"], NoSuchNumber, "b_points"),
        ("grade", ["a_points"], NotANumber, "a_points"),
        ("grade", ["a_points=viel"], NotANumber, "viel"),
        ("grade", ["a_points=0.001"], NotANumber, "0.001"),
        ("grade", ["a_points=900", "a_points=901"], NotANumber, "901"),
        ("grade", [], NotANumber, "key=value"),
        ("grade", ["new_days=1.5"], NotANumber, "1.5"),
        ("grade", ["new_days=0"], OutOfRange, "from 1 to 3650 days"),
        ("grade", ["recharge_points=-5"], OutOfRange, "-5"),
        ("grade", ["a_points=299"], Contradiction, "easier"),
        ("grade", ["b_points=801"], Contradiction, "easier"),
        ("relationship", ["close=6"], OutOfRange, "from 0 to 5 points"),
        ("relationship", ["late_3=0"], OutOfRange, "late_3"),
        ("relationship", ["late_3=1/0"], NotANumber, "1/0"),
        ("relationship", ["late_3=2"], Contradiction, "late_2"),
        ("relationship", ["late_1=1"], Contradiction, "late_1"),
        ("relationship", ["steady=5"], Contradiction, "close"),
        ("relationship", ["cooling=4"], Contradiction, "steady"),
        ("churn", ["ahead=365"], Contradiction, "ahead"),
        ("churn", ["least=365"], Contradiction, "least"),
        ("churn", ["late=0.9"], OutOfRange, "from 1 to 100 rhythms"),
        ("half_year", ["grace=14"], Contradiction, "stale"),
        ("half_year", ["plan=seven"], NotANumber, "sent; delivered; 7; 30"),
        ("half_year", ["plan=7 | pigeon"], NotANumber, "pigeon"),
        ("half_year", ["plan=8-7"], NotANumber, "8-7"),
        ("half_year", ["plan.45="], NoSuchStep, "no step “45”.*sent, delivered, 7, 30, run_out"),
        ("half_year", ["plan.400=1"], NoSuchStep, "no step “400”.*90, 150. A new one"),
        ("half_year", ["plan.seven=7"], NoSuchStep, "no step “seven”"),
        ("half_year", ["plan.=7"], NoSuchStep, "no step “”"),
        ("half_year", ["plan.7=", "plan.7=8"], NoSuchStep, "no step “7”.*delivered, 30"),
        ("half_year", ["plan.45"], NotANumber, "plan.45"),
        ("half_year", ["plan"], NotANumber, "sent; delivered"),
        ("half_year", ["grace=-1"], NotANumber, "-1"),
        ("half_year", ["stale=1"], Contradiction, "stale"),
        ("run_out", ["collagen_ahead=soon"], NotANumber, "soon"),
        ("consents", ["phone=2"], OutOfRange, "from 0 to 1"),
        ("consents", ["phone=yes"], NotANumber, "yes"),
        ("consents", ["fax=1"], NoSuchNumber, "wechat"),
        ("churn", ["late=-2"], NotANumber, "-2"),
        ("grade", ["a_points.b=1"], NotANumber, "a_points.b=1"),
        ("grade", ["b_points=-1"], OutOfRange, "-1"),
        ("half_year", ["plan.45=often"], NotANumber, "often"),
        ("half_year", ["days.7=8"], NotANumber, "days.7=8"),
        ("half_year", ["steps=7"], NoSuchNumber, "grace, stale, plan"),
        ("half_year", ["plan=sent; 7; sent"], StepTwice, "“sent” twice"),
        ("half_year", ["plan=30; 7"], StepTooSoon, "“7” of the touch plan begins before"),
        ("half_year", ["plan=7-30; 30"], StepTooSoon, "“30” of the touch plan begins before"),
        ("half_year", ["plan=7; 8", "grace=1"], StepTooSoon, "“8”"),
        ("half_year", ["plan=7; 180"], StepTooLate, "“180” of the touch plan ends after"),
        ("half_year", ["days=100"], StepTooLate, "“150”"),
        ("half_year", ["plan=" + ";".join(map(str, range(0, 50, 2)))], NotANumber, "0;2;4"),
        ("run_out", ["collagen_days=366"], OutOfRange, "from 0 to 365 days"),
        ("pool", ["active_days=-1"], NotANumber, "-1"),
        ("pool", ["active_days=3651"], OutOfRange, "3651"),
    ],
)
def test_what_cannot_be_is_refused_with_a_clear_sentence(
    name: str, told: list[str], error: type[Exception], names: str
) -> None:
    rules = named(name)
    with pytest.raises(error, match=names.replace(".", r"\.").replace(r"\.*", ".*")) as caught:
        rules.changed(rules.values(rules.default), told)
    assert "Nothing was changed" in str(caught.value)


def test_numbers_that_fit_together_are_set_together() -> None:
    rules = named("grade")
    values = rules.changed(rules.values(GRADE), ["a_points=200", "b_points=100"])
    assert (values["a_points"], values["b_points"]) == (20_000, 10_000)


def test_a_strange_name_is_told_which_there_are() -> None:
    with pytest.raises(NoSuchRuleSet, match="pool, grade, relationship, churn, half_year"):
        named("pools")


@pytest.mark.parametrize(("rules", "number"), NUMBERS, ids=lambda one: getattr(one, "key", ""))
def test_every_number_says_what_it_means(rules: RuleSet, number: Number) -> None:
    assert len(number.means) > 10
    assert number.fits(number.of(rules.default))
