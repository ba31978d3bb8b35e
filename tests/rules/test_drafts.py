"""What the manager typed: read, refused at its field, and kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet, named
from lumi_desk.customers.rulesets.versions import Version
from lumi_desk.customers.touch_plan.rules import TouchStep
from lumi_desk.customers.touch_plan.words import rules as planning
from lumi_desk.customers.touch_plan.words.rules import Row
from tests.makers import TODAY
from ui.rules import drafts, plans, saying
from ui.rules.drafts import Draft, Wrong
from ui.words import Language, switch

GRADES = named("grade")
SHIPPED = (Version(GRADES.values(GRADES.default)),)


@pytest.fixture(autouse=True)
def in_chinese_again() -> Iterator[None]:
    yield
    switch(Language.CHINESE)


rule_sets = st.sampled_from(RULE_SETS)
texts = st.text(max_size=12)


def read(draft: Draft, found: tuple[Version, ...] = SHIPPED) -> drafts.Reading:
    return drafts.read(GRADES, found, draft, TODAY)


def version(points: int, since: date) -> Version:
    values = {**SHIPPED[0].values, "a_points": points}
    return Version(values, since, id=f"{since}{points}")


def test_every_number_of_every_rule_set_has_a_name() -> None:
    assert saying.unsaid(RULE_SETS) == []


@given(rule_sets)
def test_what_ships_reads_as_it_ships_and_is_nothing_new(rules: RuleSet) -> None:
    shipped = Version(rules.values(rules.default))
    reading = drafts.read(rules, (shipped,), Draft(), TODAY)
    assert reading.values == shipped.values
    assert not reading.is_new


@given(rule_sets, st.data())
def test_what_is_read_is_what_the_hub_would_read(rules: RuleSet, data: st.DataObject) -> None:
    shipped = Version(rules.values(rules.default))
    key = data.draw(st.sampled_from(rules.numbers)).key
    text = data.draw(texts | st.integers(-10, 4000).map(str))
    reading = drafts.read(rules, (shipped,), Draft({key: text}), TODAY)
    if reading.values is not None:
        told = [f"{one}={number}" for one, number in reading.numbers.items()]
        assert rules.changed(shipped.values, told) == reading.values
    else:
        apart = reading.contradiction or reading.wrong == {"plan": Wrong.STEPS}
        assert apart or reading.wrong.keys() == {key}


CLOCK = named("half_year")
PLANNED = (Version(CLOCK.values(CLOCK.default)),)


def plan(change: Callable[[Sequence[Row], drafts.Reading], Sequence[Row]], draft: Draft) -> Draft:
    """The draft after a change of the steps."""
    reading = drafts.read(CLOCK, PLANNED, draft, TODAY)
    rows = change(drafts.rows(CLOCK, reading), reading)
    return drafts.planned(CLOCK, reading, draft, rows)


def told(draft: Draft) -> drafts.Reading:
    return drafts.read(CLOCK, PLANNED, draft, TODAY)


def test_steps_are_added_moved_left_out_and_typed() -> None:
    draft = plan(plans.with_new, Draft())
    assert told(draft).numbers["plan"] == "sent; delivered; 7; 30; run_out; 90; 150; 158"
    draft = plan(lambda rows, _: plans.replaced(rows, 7, "when", "170-172"), draft)
    draft = plan(lambda rows, _: plans.replaced(rows, 7, "purpose", "still "), draft)
    # A blank at the end of what is being typed stays there.
    assert drafts.rows(CLOCK, told(draft))[7].purpose == "still "
    draft = plan(lambda rows, _: plans.replaced(rows, 7, "way", "wechat"), draft)
    draft = plan(lambda rows, _: plans.moved(rows, 7, -1), draft)
    draft = plan(lambda rows, _: plans.without(rows, 0), draft)
    expected = "delivered; 7; 30; run_out; 90; 150 | wechat |  | still; 170-172"
    assert told(draft).numbers["plan"] == expected
    assert told(draft).is_new
    assert plan(lambda rows, _: plans.moved(rows, 0, -1), draft).texts == draft.texts


def test_what_is_typed_back_is_no_change() -> None:
    draft = plan(lambda rows, _: plans.replaced(rows, 2, "when", "8"), Draft())
    assert draft
    assert not plan(lambda rows, _: plans.replaced(rows, 2, "when", "7"), draft)


def test_steps_that_do_not_go_together_are_wrong_at_their_place() -> None:
    draft = plan(lambda rows, _: plans.replaced(rows, 2, "when", "7-30"), Draft())
    reading = told(draft)
    assert (reading.wrong, reading.values) == ({"plan": Wrong.STEPS}, None)
    shown = plans.form(CLOCK, reading)
    assert shown is not None
    assert [at for at, one in enumerate(shown.rows) if one.problem] == [3]
    draft = plan(lambda rows, _: plans.replaced(rows, 2, "when", "soon"), draft)
    assert told(draft).wrong == {"plan": Wrong.NO_NUMBER}


@pytest.mark.parametrize("language", list(Language))
def test_events_are_taken_back_as_they_are_shown(language: Language) -> None:
    switch(language)
    shown = plans.form(CLOCK, told(Draft()))
    assert shown is not None
    for place, event in ((0, "sent"), (1, "delivered"), (4, "run_out")):
        step = planning.step_of(Row(shown.rows[place].when))
        assert isinstance(step, TouchStep)
        assert step.code == event


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("sent; delivered; 7; 30; run_out; 90", ["Left out: day 150 · phone"]),
        (
            "sent; delivered; 7; 30; run_out; 90; 120 | wechat | care | ask; 150",
            ["New step: day 120 · WeChat · words of care · ask"],
        ),
        (
            "sent; delivered; 5-9; 30 | wechat; run_out; 90; 150",
            ["Step: day 30 · phone → day 30 · WeChat", "Step: day 7 · phone → day 5 to 9 · phone"],
        ),
        ("delivered; sent; 7; 30; run_out; 90; 150", ["The steps stand in another order"]),
    ],
)
def test_a_change_of_the_plan_is_told_step_by_step(text: str, changes: list[str]) -> None:
    switch(Language.ENGLISH)
    values = CLOCK.changed(PLANNED[0].values, [f"plan={text}"])
    assert list(saying.difference(CLOCK, PLANNED[0].values, values)) == changes


@pytest.mark.parametrize(
    ("key", "text", "wrong"),
    [
        ("a_points", "a lot", Wrong.NO_NUMBER),
        ("a_points", "", Wrong.NO_NUMBER),
        ("a_points", "8.005", Wrong.NO_NUMBER),
        ("a_points", "-1", Wrong.OUT_OF_RANGE),
        ("a_points", "1,000,001", Wrong.OUT_OF_RANGE),
        ("new_days", "0", Wrong.OUT_OF_RANGE),
        ("new_days", "1.5", Wrong.NO_NUMBER),
    ],
)
def test_a_value_that_cannot_be_is_wrong_at_its_field(key: str, text: str, wrong: Wrong) -> None:
    reading = read(Draft({key: text}))
    assert reading.wrong == {key: wrong}
    assert not reading.is_new


def test_full_width_digits_are_digits() -> None:
    assert read(Draft({"new_days": "９０", "a_points": "１，０００"})).numbers["new_days"] == "90"


def test_numbers_that_contradict_each_other_are_not_usable() -> None:
    reading = read(Draft({"a_points": "100"}))
    assert reading.contradiction == "A must not be easier than B (a_points, b_points)"
    assert reading.values is None


def test_what_is_not_typed_is_as_it_would_be_on_that_day() -> None:
    later = TODAY + timedelta(days=14)
    found = (*SHIPPED, version(90_000, later))
    assert read(Draft({"b_points": "400"}), found).numbers["a_points"] == "800"
    draft = Draft({"b_points": "400"}, day=later.isoformat())
    assert read(draft, found).numbers["a_points"] == "900"


def test_going_back_takes_the_version_before_the_one_of_that_day() -> None:
    found = (*SHIPPED, version(90_000, TODAY - timedelta(days=1)))
    reading = read(Draft(back=True), found)
    assert reading.texts["a_points"] == "800"
    assert reading.is_new


def test_going_back_further_takes_the_version_that_is_named() -> None:
    days = [TODAY - timedelta(days=ago) for ago in (3, 2, 1)]
    found = (
        *SHIPPED,
        *(
            replace(version(points, day), id=str(points))
            for points, day in zip((90_000, 70_000, 60_000), days, strict=True)
        ),
    )
    told = {to: read(Draft(back=True, to=to), found) for to in ("", "90000", "60000", "gone")}
    assert [one.place for one in told.values()] == [0, 1, None, None]
    assert [one.texts["a_points"] for one in told.values()] == ["800", "900", "600", "600"]
    kept = {"grade": Draft(back=True, to="90000")}
    assert drafts.loaded(drafts.dumped(kept)) == kept


def test_typing_while_going_back_keeps_the_other_numbers() -> None:
    found = (*SHIPPED, version(90_000, TODAY - timedelta(days=1)))
    draft = Draft(back=True, why="too strict")
    draft = drafts.typed(GRADES, read(draft, found), draft, "b_points", "350")
    assert draft == Draft({"a_points": "800", "b_points": "350"}, why="too strict")


def test_a_number_typed_back_to_what_holds_is_no_change() -> None:
    draft = drafts.typed(GRADES, read(Draft()), Draft(), "a_points", "900")
    assert draft
    assert not drafts.typed(GRADES, read(draft), draft, "a_points", "800")


@given(st.dictionaries(texts, st.builds(Draft, st.dictionaries(texts, texts), texts, texts)))
def test_what_is_typed_is_kept_as_it_is(told: dict[str, Draft]) -> None:
    kept = {name: draft for name, draft in told.items() if draft}
    assert drafts.loaded(drafts.dumped(told)) == kept


@pytest.mark.parametrize("text", ["", "{", "[]", '{"grade": 1}', '{"grade": {"x": 1}}', "null"])
def test_a_text_that_is_no_draft_is_none(text: str) -> None:
    assert drafts.loaded(text) == {}
