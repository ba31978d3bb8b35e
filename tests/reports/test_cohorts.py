"""Figures by cohort: nobody is counted before her window is over, and what is told stays."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lumi_desk.cards.rules import EntryKind
from lumi_desk.clock import day_start, local_day
from lumi_desk.customers.rules import (
    Grade,
    History,
    Line,
    Pool,
    PoolSettings,
    Purchase,
    pool,
    see,
)
from lumi_desk.reports.cohorts.rules import (
    MOST_DAYS,
    Cohort,
    Loss,
    LowCard,
    Movement,
    NoMonth,
    NoWindow,
    Renewals,
    Share,
    Sold,
    cohorts,
    first_month,
    is_lost,
    losses,
    low_cards,
    months,
    newcomer,
    renewals,
)
from tests.customers.drawn import histories, purchases
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)
lines = st.sampled_from(Line)
movements = st.lists(
    st.builds(
        lambda days, kind, fen: Movement(
            NOW - days * DAY,
            kind,
            fen if kind in (EntryKind.OPEN, EntryKind.TOP_UP, EntryKind.RESTORE) else -fen,
        ),
        st.integers(-20, 400),
        st.sampled_from(EntryKind),
        st.sampled_from((1, 10_000, 100_000, 1_200_000)),
    ),
    max_size=8,
)


def bought(*ago: int, fen: int = 49_800, line: Line = Line.COLLAGEN) -> tuple[Purchase, ...]:
    return tuple(Purchase(NOW - days * DAY, fen, line=line) for days in ago)


def sold(history: History) -> Sold:
    return [(one.paid_at, one.line) for one in history.purchases if one.kept_fen]


def counted(some: Iterable[History], now: datetime = NOW) -> tuple[Cohort, ...]:
    found = (newcomer(one, sold(one), now) for one in some)
    return cohorts(one for one in found if one is not None)


def test_a_month_by_hand() -> None:
    """Five who began 200 days ago, on 1 May, and one of today."""
    both = (*bought(200), *bought(100, line=Line.ENZYME))
    (may, november) = counted(
        [
            History(bought(200)),
            History(bought(200, 20)),  # The 180th day still counts.
            History(bought(200, 19), card_opened_at=NOW - 19 * DAY),
            History(both, card_opened_at=NOW - 150 * DAY),
            History(card_opened_at=NOW - 200 * DAY),
            History(bought(0)),
            History(),
        ]
    )
    assert may == Cohort(MAY, "", 5, Share(2, 5), Share(2, 5), Share(1, 5))
    assert may.waiting == 0
    assert november == Cohort(TODAY.replace(day=1), "", 1, Share(0, 0), Share(0, 0), Share(0, 0))
    assert november.waiting == 1


def test_whose_days_are_not_over_is_in_no_figure() -> None:
    (may,) = counted([History(bought(181)), History(bought(180, 100))], NOW)
    assert (may.customers, may.waiting, may.again) == (2, 1, Share(0, 1))
    (later,) = counted([History(bought(181)), History(bought(180, 100))], NOW + DAY)
    assert (later.customers, later.waiting, later.again) == (2, 0, Share(1, 2))


def test_two_orders_of_one_day_are_no_repurchase_but_may_be_two_lines() -> None:
    split = (*bought(200), *bought(200, line=Line.ENZYME))
    (may,) = counted([History(split)])
    assert (may.again, may.crossed) == (Share(0, 1), Share(1, 1))


def test_what_has_no_line_is_no_second_one() -> None:
    (may,) = counted([History((*bought(200), *bought(150, line=Line.OTHER)))])
    assert (may.again, may.crossed) == (Share(1, 1), Share(0, 1))


def test_one_order_may_hold_both_lines() -> None:
    first = NOW - 200 * DAY
    one = newcomer(History(bought(200)), [(first, Line.COLLAGEN), (first, Line.ENZYME)], NOW)
    assert one is not None
    assert one.crossed
    late = newcomer(
        History(bought(200)), [(first, Line.COLLAGEN), (first + 181 * DAY, Line.ENZYME)], NOW
    )
    assert late is not None
    assert not late.crossed


def test_her_grade_is_the_one_of_her_first_day() -> None:
    """A card she opened later must not lift the grade whose card-opening it is counted in."""
    later = History(bought(200, fen=40_000), card_opened_at=NOW - 100 * DAY)
    at_once = History(bought(200, fen=40_000), card_opened_at=NOW - 200 * DAY)
    found = [newcomer(one, (), NOW) for one in (later, at_once)]
    assert [one and one.grade for one in found] == [Grade.B, Grade.A]
    parts = cohorts((one for one in found if one), lambda one: one.grade or "")
    assert [(one.group, one.opened) for one in parts] == [("A", Share(1, 1)), ("B", Share(1, 1))]


def test_her_line_is_that_of_her_first_order() -> None:
    first = newcomer(
        History((*bought(200, line=Line.ENZYME), *bought(90, line=Line.COLLAGEN))), (), NOW
    )
    card = newcomer(History(bought(90), card_opened_at=NOW - 200 * DAY), (), NOW)
    assert first is not None
    assert card is not None
    assert (first.line, card.line) == (Line.ENZYME, None)


@given(st.lists(histories, max_size=8))
def test_no_part_is_larger_than_its_whole(some: list[History]) -> None:
    found = counted(some)
    began = sum(see(one, NOW).first_at is not None for one in some)
    assert sum(one.customers for one in found) == began
    for one in found:
        for share in (one.again, one.opened, one.crossed):
            assert 0 <= share.count <= share.of == one.customers - one.waiting


@given(st.lists(histories, max_size=8), st.integers(0, 400))
def test_a_figure_of_which_nobody_waits_stays(some: list[History], days: int) -> None:
    """Nothing but time passes, though what lies ahead of today happens meanwhile."""
    later = {one.month: one for one in counted(some, NOW + days * DAY)}
    for one in counted(some):
        if not one.waiting:
            assert later[one.month] == one


@given(histories, purchases)
def test_a_later_purchase_never_lowers(history: History, more: Purchase) -> None:
    first = see(history, NOW).first_at
    assume(first is not None and more.paid_at > first)
    after = replace(history, purchases=(*history.purchases, more))
    (one,), (two,) = counted([history]), counted([after])
    assert (two.month, two.customers, two.waiting) == (one.month, one.customers, one.waiting)
    assert two.again.count >= one.again.count
    assert two.crossed.count >= one.crossed.count
    assert two.opened == one.opened


def moved(ago: int, kind: EntryKind, fen: int) -> Movement:
    return Movement(NOW - ago * DAY, kind, fen)


# She has bought for 1,000 CNY a month since 800 days ago.
STEADY = History(tuple(Purchase(NOW - days * DAY, 100_000) for days in range(20, 801, 30)))
OPENED = moved(400, EntryKind.OPEN, 1_200_000)


def test_a_card_runs_low_once_and_is_renewed() -> None:
    ledger = [
        OPENED,
        moved(230, EntryKind.SPEND, -1_000_000),
        moved(200, EntryKind.SPEND, -120_000),  # 800 CNY are left, for less than a month.
        moved(170, EntryKind.SPEND, -80_000),
        moved(110, EntryKind.TOP_UP, 1_200_000),
    ]
    (low,) = low_cards(STEADY, ledger, NOW)
    assert low == LowCard(TODAY - 200 * DAY, is_over=True, renewed=True)
    (late,) = low_cards(STEADY, [*ledger[:4], moved(109, EntryKind.TOP_UP, 1_200_000)], NOW)
    assert late == LowCard(TODAY - 200 * DAY, is_over=True, renewed=False)


def test_a_card_that_was_loaded_may_run_low_again() -> None:
    ledger = [
        OPENED,
        moved(200, EntryKind.SPEND, -1_200_000),
        # Of one moment: what was loaded pays the order.
        moved(91, EntryKind.SPEND, -1_150_000),
        moved(91, EntryKind.TOP_UP, 1_200_000),
        moved(90, EntryKind.TOP_UP, 1_200_000),
        moved(90, EntryKind.SPEND, -1_200_000),
        moved(-1, EntryKind.TOP_UP, 1_200_000),
    ]
    assert list(low_cards(STEADY, ledger, NOW)) == [
        LowCard(TODAY - 200 * DAY, is_over=True, renewed=False),
        LowCard(TODAY - 91 * DAY, is_over=True, renewed=True),
        LowCard(TODAY - 90 * DAY, is_over=False, renewed=False),
    ]
    to_come = [OPENED, moved(-1, EntryKind.SPEND, -1_200_000)]
    assert list(low_cards(STEADY, to_come, NOW)) == []


def test_what_adds_comes_first_of_one_moment() -> None:
    ledger = [moved(91, EntryKind.SPEND, -100_000), moved(91, EntryKind.OPEN, 1_200_000)]
    assert list(low_cards(STEADY, ledger, NOW)) == []


def test_without_a_year_of_purchases_only_an_empty_card_is_low() -> None:
    ledger = [OPENED, moved(200, EntryKind.SPEND, -1_190_000), moved(150, EntryKind.SPEND, -10_000)]
    (low,) = low_cards(History(bought(300, 200)), ledger, NOW)
    assert low.day == TODAY - 150 * DAY


def test_money_paid_back_is_no_running_low() -> None:
    assert list(low_cards(STEADY, [OPENED, moved(200, EntryKind.REFUND, -1_200_000)], NOW)) == []


def test_refunded_goods_lift_a_card_that_may_run_low_again() -> None:
    ledger = [
        OPENED,
        moved(200, EntryKind.SPEND, -1_200_000),
        moved(190, EntryKind.RESTORE, 1_200_000),
        moved(50, EntryKind.SPEND, -1_200_000),
    ]
    first, second = low_cards(STEADY, ledger, NOW)
    assert (first.day, second.day) == (TODAY - 200 * DAY, TODAY - 50 * DAY)
    assert (first.is_over, second.is_over) == (True, False)
    lifted_little = [*ledger[:2], moved(190, EntryKind.RESTORE, 100), ledger[3]]
    assert len(list(low_cards(STEADY, lifted_little, NOW))) == 1


def test_renewals_of_a_month_count_those_whose_days_are_over() -> None:
    day = date(2026, 8, 20)
    found = renewals(
        [
            LowCard(day, is_over=True, renewed=True),
            LowCard(day, is_over=True, renewed=False),
            LowCard(day + DAY, is_over=False, renewed=True),
            LowCard(day - 40 * DAY, is_over=True, renewed=False),
        ]
    )
    assert found == (
        Renewals(date(2026, 7, 1), 1, Share(0, 1)),
        Renewals(date(2026, 8, 1), 3, Share(1, 2)),
    )
    assert [one.waiting for one in found] == [0, 1]


@given(histories, movements, st.integers(0, 200))
def test_a_card_whose_days_are_over_stays_as_it_is(
    history: History, ledger: list[Movement], days: int
) -> None:
    then = list(low_cards(history, ledger, NOW + days * DAY))
    now = list(low_cards(history, ledger, NOW))
    assert [one.day for one in then[: len(now)]] == [one.day for one in now]
    for one, other in zip(now, then, strict=False):
        assert not one.is_over or one == other
    loads = sum(one.kind in (EntryKind.OPEN, EntryKind.TOP_UP, EntryKind.RESTORE) for one in ledger)
    assert len(now) <= 1 + loads


START = date(2026, 5, 1)


def seen_with(*days: date, card: date | None = None) -> bool | None:
    bought = tuple(Purchase(day_start(day), 100) for day in days)
    opened = None if card is None else day_start(card)
    return is_lost(see(History(bought, opened), NOW), START)


@pytest.mark.parametrize(
    ("days", "card", "lost"),
    [
        ((), None, None),
        ((START - 365 * DAY,), None, True),
        ((START - 366 * DAY,), None, None),
        ((START,), None, None),  # She came on the day itself: she was not there before.
        ((START - DAY, START), None, False),
        ((START - DAY, START + 179 * DAY), None, False),
        ((START - DAY, START + 180 * DAY), None, True),
        ((START - DAY,), START - DAY, None),  # V stands before 1.
        ((START - DAY,), START, False),
        ((START - DAY,), START + 180 * DAY, True),
    ],
)
def test_loss_at_its_borders(days: tuple[date, ...], card: date | None, lost: bool | None) -> None:
    assert seen_with(*days, card=card) is lost


@given(histories, st.integers(0, 500))
def test_members_are_those_whom_the_pool_held_when_the_month_began(
    history: History, ago: int
) -> None:
    start = TODAY - ago * DAY
    begin, opened = day_start(start), history.card_opened_at
    before = History(
        tuple(one for one in history.purchases if one.paid_at < begin),
        opened if opened is not None and opened < begin else None,
    )
    was_there = pool(before, begin) is Pool.ONE
    assert (is_lost(see(history, NOW), start) is not None) is was_there


@given(st.lists(histories, max_size=8), st.integers(1, 400), st.integers(0, 400))
def test_a_loss_that_is_told_stays(some: list[History], window: int, days: int) -> None:
    starts = months(TODAY - 600 * DAY, TODAY)
    later = NOW + days * DAY
    now = losses([see(one, NOW) for one in some], starts, TODAY, window)
    then = losses([see(one, later) for one in some], starts, local_day(later), window)
    for one, other in zip(now, then, strict=True):
        assert one.members == other.members <= len(some)
        assert one.lost is None or 0 <= one.lost == (other.lost or 0) <= one.members
        assert (one.lost is None) == (one.last >= TODAY)


@given(histories, purchases, st.integers(0, 300))
def test_a_purchase_in_the_window_keeps_her(history: History, more: Purchase, ago: int) -> None:
    start = TODAY - ago * DAY
    assume(more.fen and more.paid_at <= NOW and local_day(more.paid_at) >= start)
    after = replace(history, purchases=(*history.purchases, more))
    one, two = (is_lost(see(each, NOW), start, 500) for each in (history, after))
    assert two is (None if one is None else False)


@given(st.lists(histories, max_size=5), st.integers(1, 400), st.integers(1, 400))
def test_no_month_passes_a_member_by(some: list[History], window: int, active: int) -> None:
    seen, pool = [see(one, NOW) for one in some], PoolSettings(active_days=active)
    starts = months(date(2022, 1, 1), TODAY)
    for loss in losses(seen, starts, TODAY + 1_000 * DAY, window, pool):
        found = [is_lost(one, loss.month, window, pool) for one in seen]
        assert loss.members == sum(one is not None for one in found)
        assert loss.lost == found.count(True)


def test_she_is_a_member_from_the_day_after_to_the_last_of_the_pool() -> None:
    start = date(2026, 5, 1)
    for ago, members in ((0, 0), (1, 1), (40, 1), (41, 0)):
        her = see(History((Purchase(day_start(start - ago * DAY), 100),)), NOW)
        (loss,) = losses([her], [start], TODAY, 10, PoolSettings(active_days=40))
        assert loss.members == members, ago


def test_months_of_loss_by_hand() -> None:
    some = [see(one, NOW) for one in (History(bought(250)), History(bought(250, 190)))]
    april, may, june = losses(some, months(date(2026, 4, 1), date(2026, 6, 30)), TODAY)
    assert april == Loss(date(2026, 4, 1), date(2026, 9, 27), members=2, lost=1)
    assert may == Loss(date(2026, 5, 1), date(2026, 10, 27), members=2, lost=1)
    assert june == Loss(date(2026, 6, 1), date(2026, 11, 27), members=2, lost=None)
    for days, lost in ((169, 2), (170, None)):  # To yesterday, and to the end of today.
        (june,) = losses(some, [date(2026, 6, 1)], TODAY, days)
        assert june.lost == lost


def test_the_cdnow_sample_gives_what_its_lines_give_counted_by_themselves(
    shared_data: Path,
) -> None:
    """Everybody began in the first quarter of 1997; the file ends with June 1998."""
    days: dict[str, list[date]] = defaultdict(list)
    for row in (shared_data / "cdnow_sample.txt").read_text("ascii").splitlines():
        who, _, day, _, _ = row.split()
        days[who].append(datetime.strptime(day, "%Y%m%d").date())  # noqa: DTZ007  (a day alone)
    some = {
        who: History(tuple(Purchase(day_start(one), 100) for one in bought))
        for who, bought in days.items()
    }
    now = day_start(date(1998, 7, 1))
    again: Counter[date] = Counter()
    for bought in days.values():
        gaps = {(one - min(bought)).days for one in bought}
        again[min(bought).replace(day=1)] += any(0 < gap <= 180 for gap in gaps)
    found = counted(some.values(), now)
    assert {one.month: one.again.count for one in found} == again
    assert sum(one.customers for one in found) == sum(one.again.of for one in found) == len(days)
    start, end = date(1997, 10, 1), date(1998, 3, 30)
    quiet = sum(not any(start <= one < end for one in bought) for bought in days.values())
    (loss,) = losses((see(one, now) for one in some.values()), [start], local_day(now))
    assert loss == Loss(start, end - DAY, members=len(days), lost=quiet)


def test_months_go_over_the_new_year() -> None:
    found = months(date(2025, 11, 30), date(2026, 2, 1))
    assert [f"{one:%Y-%m-%d}" for one in found] == [
        "2025-11-01",
        "2025-12-01",
        "2026-01-01",
        "2026-02-01",
    ]


def test_a_first_month_is_one_that_has_begun() -> None:
    assert first_month("", TODAY) == date(2025, 1, 1)
    assert first_month("2026-11", TODAY) == date(2026, 11, 1)
    assert first_month("0001-01", TODAY) == date(2000, 1, 1)
    for told in ("2026-12", "2026", "2026-1", "2026-13", "2026-W01", "２０２６-01", "2026-01\n"):
        with pytest.raises(NoMonth):
            first_month(told, TODAY)


def test_a_window_has_a_length() -> None:
    for days in (1, MOST_DAYS):
        NoWindow.unless(days)
    for days in (0, -1, MOST_DAYS + 1):
        with pytest.raises(NoWindow):
            NoWindow.unless(days)
