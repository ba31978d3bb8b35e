"""How long a desk waits: spread out, longer after failures, never shorter than the hub asks."""

from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.sync.patience import USUAL, Patience, wait_for_hint

DICE = st.floats(0, 1, exclude_max=True)
HOLDS = st.floats(0, 3600)


def after(failures: int, hold: float = 0.0) -> Patience:
    patience = Patience()
    for _ in range(failures):
        patience = patience.failed(hold)
    return patience


@given(DICE)
def test_a_desk_that_is_answered_asks_once_a_minute_give_or_take(dice: float) -> None:
    assert USUAL / 2 <= Patience().wait(dice) <= USUAL * 1.5
    assert Patience().wait_for_work(dice) == 0


@given(st.integers(1, 5000), DICE)
def test_waiting_grows_up_to_five_minutes(failures: int, dice: float) -> None:
    wait = after(min(failures, 12)).wait(dice)
    assert 0 <= wait <= 300
    assert Patience(failures).wait(0.999) >= after(1).wait(0.999)


def test_each_failure_doubles_the_span_and_none_of_it_is_sure() -> None:
    assert [after(n).wait(0.5) for n in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert after(9).wait(0.0) == 0
    assert after(9).wait(0.5) == after(90).wait(0.5) == 150


@given(st.integers(1, 20), HOLDS, DICE)
def test_what_the_hub_asks_for_is_kept(failures: int, hold: float, dice: float) -> None:
    patience = after(failures, hold)
    assert patience.wait(dice) >= hold
    assert patience.wait_for_work(dice) >= hold


def test_nobody_is_sent_away_for_days() -> None:
    assert after(1, hold=1e9).wait(0) == 3600
    assert after(1, hold=-5).wait(0) == 0


@given(DICE)
def test_work_is_tried_soon_even_when_the_hub_has_been_away_for_long(dice: float) -> None:
    assert after(12).wait_for_work(dice) <= 5


@given(DICE)
def test_a_hint_about_a_shared_stream_is_followed_by_not_all_at_once(dice: float) -> None:
    assert wait_for_hint(dice, shared=False) <= wait_for_hint(dice, shared=True) <= 5
