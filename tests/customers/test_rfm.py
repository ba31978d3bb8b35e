"""The RFM grid: better is never in a worse fifth, and nobody is lost."""

from datetime import timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.rfm.rules import FIFTHS, Buyer, Cell, Place, buyer, grid, places, ranges
from lumi_desk.customers.rules import History, Purchase, see, year_spend
from tests.customers.drawn import histories
from tests.makers import NOW

buyers = st.lists(
    st.builds(Buyer, st.integers(0, 20), st.integers(1, 9), st.integers(1, 50)), max_size=40
)


def test_five_different_customers_fill_the_five_fifths() -> None:
    found = places([Buyer(quiet, 6 - quiet, quiet * 100) for quiet in range(1, 6)])
    assert [one.recency for one in found] == [5, 4, 3, 2, 1]
    assert [one.frequency for one in found] == [5, 4, 3, 2, 1]
    assert [one.value for one in found] == [1, 2, 3, 4, 5]
    assert places([Buyer(3, 1, 5)]) == (Place(1, 1, 1),)


@given(buyers)
def test_better_is_never_in_a_worse_fifth_and_equal_in_the_same(some: list[Buyer]) -> None:
    found = list(zip(some, places(some), strict=True))
    for (one, its), (two, others) in product(found, found):
        assert one.quiet > two.quiet or its.recency >= others.recency
        assert one.times < two.times or its.frequency >= others.frequency
        assert one.fen < two.fen or its.value >= others.value


@given(buyers)
def test_a_fifth_holds_at_most_a_fifth_but_for_equals(some: list[Buyer]) -> None:
    for fifth in range(1, FIFTHS + 1):
        inside = [
            one.fen for one, its in zip(some, places(some), strict=True) if its.value == fifth
        ]
        others = [fen for fen in inside if fen != max(inside)]
        assert len(others) * FIFTHS <= len(some)


@given(buyers)
def test_the_grid_loses_nobody_and_no_money(some: list[Buyer]) -> None:
    cells = grid(some)
    assert sum(cell.customers for cell in cells.values()) == len(some)
    assert sum(cell.fen for cell in cells.values()) == sum(one.fen for one in some)
    assert all(cell.customers for cell in cells.values())
    assert {end for where in cells for end in where} <= set(range(1, FIFTHS + 1))


@given(buyers)
def test_fifths_reach_from_end_to_end_without_overlapping(some: list[Buyer]) -> None:
    recency, frequency = ranges(some)
    for found, values in (
        (recency, {one.quiet for one in some}),
        (frequency, {one.times for one in some}),
    ):
        held = [one for least, most in found.values() for one in values if least <= one <= most]
        assert sorted(held) == sorted(values)
    assert [*recency.values()] == sorted(recency.values(), reverse=True)
    assert [*frequency.values()] == sorted(frequency.values())


@given(histories)
def test_a_lifetime_is_worth_at_least_its_last_year(her: History) -> None:
    found = buyer(see(her, NOW))
    assert (found is None) == (not see(her, NOW).kept)
    if found is not None:
        assert found.fen >= year_spend(her, NOW)
        assert 1 <= found.times <= len(her.purchases)


def test_two_orders_of_a_day_are_one_time() -> None:
    day = timedelta(days=1)
    twice = (Purchase(NOW - day, 100), Purchase(NOW - day, 200), Purchase(NOW - 9 * day, 400))
    found = buyer(see(History(twice), NOW))
    assert found == Buyer(1, 2, 700)
    assert grid([Buyer(1, 2, 700), Buyer(1, 2, 100)]) == {(1, 1): Cell(2, 800)}
