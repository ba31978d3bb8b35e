"""The screen of figures with fixed content, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import date

from lumi_desk.managing.figures import (
    By,
    CohortsCounted,
    FigureCell,
    FigureCohort,
    FigureFifth,
    FigureLoss,
    FigureRenewals,
    FigureShare,
    FigureValue,
    GridCounted,
    LossCounted,
    RenewalsCounted,
    ValueCounted,
)
from lumi_desk.reports.cohorts.rules import NoMonth
from ui.figures import by_month, saying, squares
from ui.figures.saying import Told
from ui.figures.screen import Screen, Tab
from ui.gallery_parts import Words, synced, words
from ui.widgets.values import Entry, Notice, SyncChip, SyncState, Tone
from ui.words import sentence, tr

_NOBODY = FigureShare(0, 0)
_MONTHS = tuple(f"{year}-{month:02d}" for year, last in ((2025, 12), (2026, 11))
                for month in range(1, last + 1))  # fmt: skip
_WAITING = 6


def figures(language: str) -> dict[str, Screen]:
    """Return every state of the screen of figures by name."""
    w = words(language)
    new = _screen(w, Tab.NEW, by_month.cohorts(_cohorts("")))
    told = _grid()
    grid = _screen(w, Tab.GRID, Told(formulas=squares.formulas()))
    chip = SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02")
    empty = _screen(w, Tab.NEW, Told())
    wrong = Entry(tr("From"), "2027-01", "2025-01", problem=sentence(NoMonth(told="2027-01")))
    return {
        "figures": new,
        "figures-by-grade": replace(
            _screen(w, Tab.NEW, by_month.cohorts(_cohorts("grade"))), by=saying.ways("grade")
        ),
        "figures-by-line": replace(
            _screen(w, Tab.NEW, by_month.cohorts(_cohorts("line"))), by=saying.ways("line")
        ),
        "figures-cards": _screen(w, Tab.CARDS, by_month.renewals(_renewals())),
        "figures-loss": _screen(w, Tab.LOSS, by_month.loss(_loss())),
        "figures-grid": replace(grid, grid=squares.grid(told, squares.BEST)),
        "figures-grid-nobody": replace(grid, grid=squares.grid(told, (4, 4))),
        "figures-value": _screen(w, Tab.VALUE, saying.value(_value())),
        "figures-counting": replace(empty, left="", save="", empty=saying.counting()),
        "figures-empty": replace(empty, save="", empty=saying.nobody(Tab.NEW)),
        "figures-wrong": replace(empty, left="", save="", since=wrong),
        "figures-offline": replace(
            new, sync=chip, offline=saying.away(), retry=tr("Ask again"), left=_left(w)
        ),
        "figures-saved": replace(
            new,
            notice=Notice(tr("Saved: {file}", file=w("新客转化.csv", "Newcomers.csv")), Tone.GOOD),
        ),
    }


def _screen(w: Words, tab: Tab, told: Told) -> Screen:
    monthly = tab in (Tab.NEW, Tab.CARDS, Tab.LOSS)
    return Screen(
        title=tr("Figures"),
        left=_left(w),
        sync=synced(w),
        person=w("顾明兰", "Gu Minglan"),
        tabs=saying.tabs(tab),
        since=Entry(tr("From"), "", "2025-01") if monthly else None,
        days=Entry(tr("Days"), "", "180") if monthly else None,
        by=saying.ways("") if tab is Tab.NEW else (),
        curves=told.curves,
        table=told.table,
        formulas=told.formulas,
        save=tr("Save"),
        keys=saying.keys(tab),
    )


def _left(w: Words) -> str:
    return saying.left(w("今天 14:02", "today 14:02"), counting=False)


def _share(of: int, percent: int, place: int) -> FigureShare:
    """Around a percentage, a little more with each month."""
    return FigureShare(of * (percent * 10 + place * 4 + place * 7 % 13) // 1000, of)


def _cohorts(by: By) -> CohortsCounted:
    groups = {"": ("",), "grade": ("A", "B", "C"), "line": ("", "collagen", "enzyme", "other")}[by]
    return CohortsCounted(
        180,
        by,
        tuple(
            _cohort(month, group, place, 2_641 // len(groups) + place * 37 % 211, 33 - 6 * step)
            for place, month in enumerate(_MONTHS)
            for step, group in enumerate(groups)
        ),
    )


def _cohort(month: str, group: str, place: int, many: int, percent: int) -> FigureCohort:
    if place >= len(_MONTHS) - _WAITING:
        return FigureCohort(month, group, many, many, _NOBODY, _NOBODY, _NOBODY)
    shares = (_share(many, each, place) for each in (percent, percent // 5, percent // 3))
    return FigureCohort(month, group, many, 0, *shares)


def _renewals() -> RenewalsCounted:
    return RenewalsCounted(
        90,
        tuple(
            FigureRenewals(month, 61 + place, 0, _share(61 + place, 38, place))
            if place < len(_MONTHS) - 3
            else FigureRenewals(month, 61 + place, 40, _share(21 + place, 38, place))
            for place, month in enumerate(_MONTHS)
        ),
    )


def _loss() -> LossCounted:
    """Less from month to month, as it should be."""
    found = []
    for place, month in enumerate(_MONTHS):
        members = 8_120 + 61 * place
        is_over = place < len(_MONTHS) - _WAITING
        lost = FigureShare(members * (452 - 9 * place) // 1000, members) if is_over else _NOBODY
        until = date(2025 + (place + 6) // 12, (place + 6) % 12 + 1, 28)
        found.append(FigureLoss(month, until, members, 0 if is_over else members, lost))
    return LossCounted(180, tuple(found))


def _grid() -> GridCounted:
    """Of customers who mostly bought once there is no second fifth."""
    cells = tuple(
        FigureCell(recency, frequency, many, many * frequency * frequency * 31_400)
        for recency in range(1, 6)
        for frequency in (1, 3, 4, 5)
        if (many := 240 + 61 * recency * frequency + (2_800 if frequency == 1 else 0))
        and (recency, frequency) != (1, 5)
    )
    quiet = ((402, 900), (231, 401), (120, 230), (41, 119), (0, 40))
    times = {1: (1, 1), 3: (2, 2), 4: (3, 4), 5: (5, 41)}
    return GridCounted(
        cells,
        tuple(FigureFifth(place, *ends) for place, ends in enumerate(quiet, 1)),
        tuple(FigureFifth(place, *ends) for place, ends in times.items()),
    )


def _value() -> ValueCounted:
    groups = (
        ("VA", 812, 1_231_000_000, 402_000_000), ("V", 3_840, 2_900_000_000, 1_100_000_000),
        ("1A", 2_210, 331_500_000, 198_900_000), ("1B", 4_902, 411_000_000, 176_000_000),
        ("1C", 3_377, 98_000_000, 30_300_000), ("1", 18_020, 1_802_000_000, 540_000_000),
        ("0", 26_839, 1_610_000_000, 107_000_000),
    )  # fmt: skip
    found = tuple(FigureValue(*one) for one in groups)
    everybody = FigureValue(
        "all",
        sum(one.customers for one in found),
        sum(one.brought_fen for one in found),
        sum(one.expected_fen for one in found),
    )
    return ValueCounted((*found, everybody), "model", 41_200)
