"""What the manager typed: read, refused at its field, and kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet, named
from lumi_desk.customers.rulesets.versions import Version
from tests.makers import TODAY
from ui.rules import drafts, saying
from ui.rules.drafts import Draft, Wrong

GRADES = named("grade")
SHIPPED = (Version(GRADES.values(GRADES.default)),)
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
        assert reading.wrong.keys() == {key} or reading.contradiction


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
