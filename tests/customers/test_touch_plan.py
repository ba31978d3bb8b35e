"""The half-year clock: which step of the plan is done, due, missed or to come; plans as written."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lumi_desk.catalog import shelf
from lumi_desk.consents.rules import Way
from lumi_desk.customers.rulesets.rules import named
from lumi_desk.customers.touch_plan.rules import (
    BECAUSE_CODES,
    HALF_YEAR,
    Asked,
    HalfYearSettings,
    Plan,
    State,
    TouchStep,
    asked,
    clock,
    dated,
    in_hand,
    missed,
)
from lumi_desk.customers.touch_plan.words.rules import (
    MOST_LETTERS,
    SCRIPTS,
    Fault,
    NoSuchStep,
    Row,
    clashes,
    exchanged,
    read,
    row_of,
    rows,
    step_of,
    text_of,
    with_step,
    written,
)
from lumi_desk.scripts.rules import Situation

WIDE = replace(HALF_YEAR, plan=(dated(7, 20), dated(30, 40)))


@st.composite
def plans(draw: st.DrawFn) -> HalfYearSettings:
    """Settings with a plan that can be."""
    grace, stale = draw(st.integers(0, 5)), draw(st.integers(6, 30))
    steps, day = [], 0
    for gap, long in draw(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 12)), max_size=6)):
        after = day + gap
        until = draw(st.none() | st.just(after + long))
        steps.append(dated(after, until))
        day = after + grace if until is None else until
    events = draw(st.lists(st.sampled_from(("sent", "delivered", "run_out")), unique=True))
    return HalfYearSettings(
        draw(st.integers(day, day + 100)) or 1,
        tuple(draw(st.permutations([*steps, *map(TouchStep, events)]))) if not steps
        else (*map(TouchStep, events), *steps),
        grace,
        stale,
    )  # fmt: skip


days = st.integers(0, 400)
contacted = st.none() | st.integers(-30, 400)


def codes(day: int, contact: int | None = None, settings: HalfYearSettings = HALF_YEAR) -> object:
    return [why.fields["step"] for why in missed(day, contact, settings)]


def test_a_step_is_missed_after_its_grace_until_it_is_too_old() -> None:
    assert codes(8) == []
    assert codes(9) == ["day7"]
    assert codes(9, 6) == ["day7"]
    assert codes(9, 7) == []
    assert codes(21) == ["day7"]
    assert codes(22) == []
    assert codes(32) == ["day30"]


def test_a_step_with_a_last_day_is_missed_after_it_and_asked_for_as_long() -> None:
    assert codes(20, None, WIDE) == []
    assert codes(21, None, WIDE) == ["day7"]
    # Thirteen days more, as after a step of the usual length.
    assert codes(33, None, WIDE) == ["day7"]
    assert codes(34, None, WIDE) == []
    (why,) = missed(41, 29, WIDE)
    assert why.code in BECAUSE_CODES
    assert why.fields == {
        "step": "day30", "days": 41, "first": 30, "last": 40, "way": "phone", "purpose": "",
    }  # fmt: skip


def test_nothing_is_asked_for_after_the_half_year() -> None:
    ending = replace(HALF_YEAR, days=95)
    assert codes(95, None, ending) == ["day90"]
    assert codes(96, None, ending) == []
    assert asked(181, None, replace(HALF_YEAR, plan=(dated(170),))) is None


def test_what_she_is_asked_for_by_is_what_presses_most() -> None:
    def told(day: int, contact: int | None = None) -> object:
        found = asked(day, contact, WIDE)
        return found and (found[0], found[1].code)

    assert told(0) is None
    assert told(1) == (Asked.WEEK, "day7")
    assert told(7) == (Asked.TODAY, "day7")
    assert told(20) == (Asked.TODAY, "day7")
    assert told(21) == (Asked.MISSED, "day7")
    # The step that was missed comes before the one that may be done.
    assert told(31) == (Asked.MISSED, "day7")
    assert told(31, 10) == (Asked.TODAY, "day30")
    assert told(31, 30) is None
    step = in_hand(31, 10, WIDE)
    assert step is not None
    assert step.code == "day30"
    assert in_hand(25, 10, WIDE) is None


def test_her_clock_says_of_every_step_how_it_stands() -> None:
    settings = replace(HALF_YEAR, plan=(*HALF_YEAR.plan[:-1], dated(150, 160)))
    told = clock(32, [-3, 12, 33], {"delivered": 4, "run_out": 31}, settings)
    assert (told.day, told.days) == (32, 180)
    assert [(one.step.code, one.state, one.first, one.last, one.done) for one in told.steps] == [
        ("sent", State.WAITING, None, None, None),
        ("delivered", State.DONE, 4, 5, 12),
        ("day7", State.DONE, 7, 8, 12),
        ("day30", State.MISSED, 30, 31, None),
        ("run_out", State.DUE, 31, 32, None),
        ("day90", State.NEXT, 90, 91, None),
        ("day150", State.LATER, 150, 160, None),
    ]
    later = clock(60, [], {}, settings)
    assert [one.state for one in later.steps[2:4]] == [State.OVER, State.OVER]


@given(plans(), days, contacted)
def test_the_clock_and_the_list_say_the_same_of_dated_steps(
    settings: HalfYearSettings, day: int, contact: int | None
) -> None:
    assume(day <= settings.days and (contact is None or contact <= day))
    contacts = [] if contact is None else [contact]
    stands = {
        one.step.code: one.state
        for one in clock(day, contacts, {}, settings).steps
        if one.step.after is not None
    }
    late = [code for code, state in stands.items() if state is State.MISSED]
    assert [why.fields["step"] for why in missed(day, contact, settings)] == late
    found = asked(day, contact, settings)
    if found is None:
        assert not {State.MISSED, State.DUE} & set(stands.values())
        return
    expected = {Asked.MISSED: State.MISSED, Asked.TODAY: State.DUE, Asked.WEEK: State.NEXT}
    assert stands[found[1].code] is expected[found[0]]


@given(plans(), days, contacted)
def test_a_contact_today_ends_all_that_is_asked_for_today(
    settings: HalfYearSettings, day: int, contact: int | None
) -> None:
    assert missed(day, day, settings) == ()
    assert in_hand(day, day, settings) is None
    # And a later contact never asks for more than an earlier one.
    if contact is not None and contact <= day:
        assert set(missed(day, contact, settings)) <= set(missed(day, None, settings))


@given(plans(), days)
def test_nobody_is_due_for_two_steps_of_a_plan_that_can_be(
    settings: HalfYearSettings, day: int
) -> None:
    assert list(clashes(settings.plan, settings.days, settings.grace)) == []
    due = [
        one for one in clock(day, [], {}, settings).steps
        if one.state is State.DUE and one.step.after is not None
    ]  # fmt: skip
    assert len(due) <= 1


texts = st.text(max_size=12)


@given(st.lists(st.builds(Row, texts, texts, texts, texts), min_size=1, max_size=5))
def test_what_is_being_typed_comes_back_letter_by_letter(typed: list[Row]) -> None:
    clean = [
        Row(*(part.translate({9: " ", 10: " ", 13: " ", 0: " ", 59: "；", 124: "｜"})
              for part in (one.when, one.way or "phone", one.script, one.purpose)))
        for one in typed
    ]  # fmt: skip
    assert list(rows(text_of(clean))) == clean


@given(plans())
def test_a_plan_is_read_as_it_was_written(settings: HalfYearSettings) -> None:
    assert read(written(settings.plan)) == settings.plan
    assert read(text_of(map(row_of, settings.plan))) == settings.plan


def test_a_plan_is_written_shortly_and_read_generously() -> None:
    plan = read("发货 | WeChat;７–8||care| 问问 怎么吃；好吗 ; used up")
    assert plan == (
        TouchStep("sent", way=Way.WECHAT),
        TouchStep("day7", 7, 8, Way.PHONE, "care", "问问 怎么吃；好吗"),
        TouchStep("run_out"),
    )
    assert written(plan) == "sent | wechat; 7-8 | phone | care | 问问 怎么吃；好吗; run_out"
    assert written(HALF_YEAR.plan) == "sent; delivered; 7; 30; run_out; 90; 150"
    assert read("") == ()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (Row(""), Fault.WHEN),
        (Row("soon"), Fault.WHEN),
        (Row("7-"), Fault.WHEN),
        (Row("-7"), Fault.WHEN),
        (Row("4000"), Fault.WHEN),
        (Row("9-8"), Fault.BACKWARDS),
        (Row("7", "pigeon"), Fault.WAY),
        (Row("7", "phone", "callback"), Fault.SCRIPT),
        (Row("7", "phone", "", "x" * (MOST_LETTERS + 1)), Fault.PURPOSE),
    ],
)
def test_a_step_that_says_nothing_says_why(row: Row, fault: Fault) -> None:
    assert step_of(row) is fault
    assert read(text_of([Row("1"), row])) is None


def test_steps_that_do_not_go_together_are_named_by_their_place() -> None:
    plan: Plan = (
        TouchStep("sent"),
        dated(7, 30),
        dated(30),
        TouchStep("sent"),
        dated(29),
        dated(99),
    )
    assert list(clashes(plan, 99, 1)) == [
        (2, Fault.OVERLAP), (3, Fault.TWICE), (4, Fault.OVERLAP), (5, Fault.BEYOND),
    ]  # fmt: skip
    assert list(clashes((dated(7), None, dated(9)), 10, 1)) == []
    assert list(clashes((dated(7), dated(9)), 11, 2)) == [(1, Fault.OVERLAP)]


def test_one_step_is_told_anew_left_out_or_brought_in() -> None:
    def told(name: str, text: str) -> str | None:
        found = with_step(HALF_YEAR.plan, name, text)
        return None if found is None else written(found)

    assert told("7", "10-12 | wechat") == "sent; delivered; 10-12 | wechat; 30; run_out; 90; 150"
    assert told("day90", "") == "sent; delivered; 7; 30; run_out; 150"
    assert told("45", "45-50") == "sent; delivered; 7; 30; run_out; 45-50; 90; 150"
    assert told("用完", "用完 | wechat") == "sent; delivered; 7; 30; run_out | wechat; 90; 150"
    assert told("7", "160") == "sent; delivered; 30; run_out; 90; 150; 160"
    assert told("7", "") == "sent; delivered; 30; run_out; 90; 150"
    assert told("45", "often") is None
    for name, text in (("45", ""), ("400", "1"), ("day", "7"), ("", "7"), ("7.5", "7")):
        with pytest.raises(NoSuchStep, match="sent, delivered, 7, 30, run_out, 90, 150"):
            told(name, text)


def test_steps_that_change_places_leave_days_in_order_where_they_are() -> None:
    typed = (Row("7", purpose="first"), Row("30-31", "wechat"), Row("sent"))
    assert exchanged(typed, 0, 1) == (
        Row("7", "wechat"),
        Row("30-31", purpose="first"),
        Row("sent"),
    )
    assert exchanged(typed, 1, 2) == (
        Row("7", purpose="first"),
        Row("sent"),
        Row("30-31", "wechat"),
    )


def test_a_step_that_stands_too_low_takes_its_days_with_it() -> None:
    typed = (Row("90"), Row("45-50", "wechat"), Row("x"))
    assert exchanged(typed, 1, 0) == (Row("45-50", "wechat"), Row("90"), Row("x"))
    assert exchanged(typed, 1, 2) == (Row("90"), Row("x"), Row("45-50", "wechat"))


def test_the_words_of_a_step_are_those_of_a_script() -> None:
    assert set(SCRIPTS) < {one.value for one in Situation}


@dataclass(frozen=True)
class OlderStep:
    """A step as desks knew it that could not be told to edit it."""

    code: str
    after: int | None = None


@dataclass(frozen=True)
class OlderClock:
    """The settings of such a desk."""

    days: int = 180
    plan: tuple[OlderStep, ...] = ()
    grace: int = 1
    stale: int = 14


def test_an_older_desk_goes_by_the_days_of_an_edited_plan() -> None:
    rules = named("half_year")
    values = rules.changed(
        rules.values(HALF_YEAR), ["plan=sent; 10-12 | wechat | care | x", "stale=20"]
    )
    assert shelf.told("half_year", rules.body(values), OlderClock()) == OlderClock(
        plan=(OlderStep("sent"), OlderStep("day10", 10)), stale=20
    )


def test_numbers_kept_before_there_was_a_plan_go_with_the_shipped_one() -> None:
    kept = {"days": 170, "grace": 2, "stale": 10, "_by": "wu"}
    found = shelf.told("half_year", kept, HALF_YEAR)
    assert found == HalfYearSettings(170, HALF_YEAR.plan, 2, 10)
