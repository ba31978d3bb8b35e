"""The screen of figures in words: what is around them, and value. Knows no Qt."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lumi_desk.managing.figures import FigureValue, ValueCounted
from ui.figures.screen import Cell, Curves, Figures, Tab
from ui.widgets.values import Choice, Line, marked
from ui.words import N_, count, money, tr

_TABS: Mapping[Tab, str] = {
    Tab.NEW: N_("Newcomers"),
    Tab.CARDS: N_("Renewals"),
    Tab.LOSS: N_("Loss"),
    Tab.GRID: N_("RFM"),
    Tab.VALUE: N_("Value"),
}
_BY: Mapping[str, str] = {
    "": N_("All together"),
    "grade": N_("By grade"),
    "line": N_("By first line"),
}
_ALL = "all"


class Told(NamedTuple):
    """A kind of figures in words; without a table nobody was counted."""

    table: Figures | None = None
    curves: Curves | None = None
    formulas: tuple[Line, ...] = ()


def lines(*texts: str) -> tuple[Line, ...]:
    """Those of the texts that are told, what is marked in bold."""
    return tuple(marked(one) for one in texts if one)


def whole(fen: int, of: int) -> str:
    """A mean in whole yuan."""
    return money(fen // of // 100 * 100)


def tabs(chosen: Tab) -> tuple[Choice, ...]:
    """The kinds of figures."""
    return tuple(Choice(tab, tr(text), chosen=tab is chosen) for tab, text in _TABS.items())


def name(tab: Tab) -> str:
    """What a kind of figures is called."""
    return tr(_TABS[tab])


def ways(chosen: str) -> tuple[Choice, ...]:
    """What newcomers may be parted by."""
    return tuple(Choice(by, tr(text), chosen=by == chosen) for by, text in _BY.items())


def value(told: ValueCounted) -> Told:
    """What customers have brought and are expected to bring, by pool and grade."""
    if not told.groups:
        return Told()
    headings = (
        tr("Pool and grade"), tr("Customers"), tr("Brought"), tr("Each"),
        tr("Expected in 12 months"), tr("Each"),
    )  # fmt: skip
    most = [max(_each(one)[place] for one in told.groups) for place in (0, 1)]
    rows = tuple(_value_row(one, most) for one in told.groups)
    formulas = lines(
        tr(
            "**Brought** = all they ever paid for goods, by cash or card, without refunds;"
            " **each** = that ÷ customers. Only who ever bought is counted."
        ),
        tr("**Expected in 12 months** = what they are expected to pay for goods in 365 days."),
        _way(told),
    )
    return Told(Figures(headings, rows), None, formulas)


def left(at: str, *, counting: bool) -> str:
    """How old the figures are."""
    if counting:
        return tr("counting anew …")
    return tr("counted {when}", when=at) if at else ""


def away() -> str:
    """What she is told while the line is down."""
    return tr(
        "The hub cannot be reached. Only the hub can count everybody: new figures have to wait"
        " until the line is back."
    )


def counting() -> str:
    """What stands where figures will be."""
    return tr("The hub is counting. With many customers that takes some seconds …")


def nobody(tab: Tab) -> str:
    """What is told where there is nothing to show."""
    if tab is Tab.CARDS:
        return tr("No card ran low in these months.")
    if tab is Tab.NEW:
        return tr("Nobody became a customer in these months.")
    if tab is Tab.LOSS:
        return tr("Nobody was in pool 1 in these months.")
    return tr("Nobody has bought anything yet.")


def keys(tab: Tab) -> str:
    """What the keys do."""
    if tab is Tab.GRID:
        return tr("Alt 1–5 figures · arrows walk through the grid · Alt E save · F5 count anew")
    if tab is Tab.VALUE:
        return tr("Alt 1–5 figures · ↑ ↓ table · Alt E save · F5 count anew")
    if tab is Tab.NEW:
        return tr(
            "Alt 1–5 figures · Alt M first month · Alt D days · Alt G parted by · Esc table"
            " · Alt E save · F5 count anew"
        )
    return tr(
        "Alt 1–5 figures · Alt M first month · Alt D days · Esc table · Alt E save · F5 count anew"
    )


def _sums(one: FigureValue) -> tuple[int, int]:
    return one.brought_fen, one.expected_fen


def _each(one: FigureValue) -> list[int]:
    return [fen // one.customers for fen in _sums(one)]


def _value_row(one: FigureValue, most: Sequence[int]) -> tuple[Cell, ...]:
    """With bars beside those of the other groups; everybody is no group."""
    everybody = one.group == _ALL
    named = group_name(one.group)
    cells: list[Cell] = []
    for fen, each, largest in zip(_sums(one), _each(one), most, strict=True):
        part = None if everybody else each / max(largest, 1)
        cells += (
            Cell(whole(fen, 1), strong=everybody),
            Cell(whole(fen, one.customers), part, strong=everybody),
        )
    return (Cell(named, strong=True), Cell(count(one.customers), strong=everybody), *cells)


def group_name(group: str) -> str:
    """A pool and grade, or everybody."""
    if group == _ALL:
        return tr("Everybody")
    pool, grade = tr("Pool {pool}", pool=group[:1]), group[1:]
    return tr("{pool} · grade {grade}", pool=pool, grade=grade) if grade else pool


def _way(told: ValueCounted) -> str:
    many = count(told.learned_from)
    if told.by == "model":
        return tr(
            "Told by a model that was learned from {n} customers: on their latest orders it was"
            " nearer than simpler ways.",
            n=many,
        )
    if told.by == "means":
        return tr(
            "Told by means of pool and grade, learned from {n} customers: on their latest orders"
            " the model was no better.",
            n=many,
        )
    return tr("Taken to be what they paid in the last 12 months: there are too few to learn from.")
