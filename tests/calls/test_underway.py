"""A contact goes from dial to wrap-up, whatever keys are pressed when."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.calls.habits.rules import best_part
from lumi_desk.calls.underway import rules
from lumi_desk.calls.underway.rules import State, UnderWay
from tests.makers import NOW

STEPS = {"dial": rules.dial, "answer": rules.answer, "end": rules.end}
presses = st.lists(st.sampled_from(sorted(STEPS)), max_size=12)


def walked(keys: list[str]) -> list[UnderWay]:
    calls = [UnderWay("her", "contact")]
    for number, key in enumerate(keys):
        calls.append(STEPS[key](calls[-1], NOW + timedelta(seconds=number)))
    return calls


def test_an_answered_call() -> None:
    call = walked(["dial", "answer", "end"])[-1]
    assert call.state is State.WRAP_UP
    assert call.was_answered
    assert call.talk_seconds == 1
    assert [one.answered for one in call.dials] == [True]
    assert call.form.answered


def test_nobody_answers_and_she_is_dialled_again() -> None:
    call = walked(["dial", "end", "dial", "answer"])[-1]
    assert call.state is State.TALKING
    assert [one.answered for one in call.dials] == [False, True]
    assert call.started_at == NOW


def test_after_a_talk_there_is_no_second_dial_in_the_contact() -> None:
    over = walked(["dial", "answer", "end"])[-1]
    assert rules.dial(over, NOW) == over


def test_an_outcome_of_the_other_side_does_not_stay() -> None:
    call = walked(["dial", "end"])[-1]
    again = rules.dial(replace(call, form=replace(call.form, disposition="busy")), NOW)
    assert rules.end(rules.answer(again, NOW), NOW).form.disposition == ""


@given(presses)
def test_whatever_is_pressed_the_contact_makes_sense(keys: list[str]) -> None:
    for before, call in zip(walked(keys), walked(keys)[1:], strict=False):
        assert len(call.dials) >= len(before.dials)
        assert sum(one.answered for one in call.dials) == call.was_answered
        assert (call.state is State.TALKING) <= call.was_answered
        assert (call.ended_at is not None) == (call.state is State.WRAP_UP)
        assert call.talk_seconds >= 0
        assert call.is_debt == bool(call.dials)


def test_the_best_part_of_the_day_needs_enough_dials() -> None:
    evening = NOW.replace(hour=11)  # 19:00 in Shanghai
    morning = NOW
    habit = best_part([(evening, True)] * 5 + [(evening, False), (morning, False)])
    assert habit is not None
    assert (habit.begins.hour, habit.answered, habit.dials) == (18, 5, 6)
    assert best_part([(evening, True)] * 2) is None
    assert best_part([(evening, True), (morning, True)] * 4) is None
