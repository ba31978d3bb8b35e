"""The RFM grid in words: its sides, its cells, and the one that is chosen. Knows no Qt."""

from collections.abc import Sequence

from lumi_desk.customers.rfm.rules import FIFTHS
from lumi_desk.managing.figures import FigureFifth, GridCounted
from ui.figures.saying import lines, whole
from ui.figures.screen import Grid, Square
from ui.widgets.values import Line, marked
from ui.words import count, tr, trn

_FIFTHS = range(1, FIFTHS + 1)
# The best: who bought lately and often.
BEST = (0, FIFTHS - 1)


def grid(told: GridCounted, chosen: tuple[int, int]) -> Grid | None:
    """The RFM grid, the best at the top and at the right."""
    cells = {(one.recency, one.frequency): one for one in told.grid}
    if not cells:
        return None
    most = max(one.customers for one in told.grid)
    squares = tuple(
        tuple(
            Square("–", "", 0.0, _words(told, recency, frequency)[0])
            if (cell := cells.get((recency, frequency))) is None
            else Square(
                count(cell.customers),
                tr("mean {money}", money=whole(cell.lifetime_fen, cell.customers)),
                cell.customers / most,
                _words(told, recency, frequency)[0],
            )
            for frequency in _FIFTHS
        )
        for recency in reversed(_FIFTHS)
    )
    row, column = chosen
    words = _words(told, _FIFTHS[-1 - row], _FIFTHS[column])
    return Grid(
        tuple(f"F{one}\n{_bought_on(told.frequency, one)}" for one in _FIFTHS),
        tuple(f"R{one}\n{_quiet(told.recency, one)}" for one in reversed(_FIFTHS)),
        squares,
        chosen,
        marked("\n".join((f"**{words[0]}**", *words[1:]))),
    )


def formulas() -> tuple[Line, ...]:
    """What the sides and cells of the grid mean."""
    return lines(
        tr(
            "**R** = fifth of all who bought by days since the last purchase, **F** = fifth by days"
            " with a purchase; 5 is the best. Equal customers share a fifth, so that fifths differ"
            " in size, and some may be empty."
        ),
        tr(
            "In each cell: customers, and what each ever paid for goods on average, without"
            " refunds. The stronger the ground, the more customers."
        ),
    )


def _words(told: GridCounted, recency: int, frequency: int) -> tuple[str, ...]:
    """What a cell says: who is in it, how many of all, what they brought of all."""
    who = f"R{recency} · F{frequency}"
    cell = next(
        (one for one in told.grid if (one.recency, one.frequency) == (recency, frequency)), None
    )
    if cell is None:
        return (tr("{who}: nobody", who=who),)
    everybody = sum(one.customers for one in told.grid)
    fen = sum(one.lifetime_fen for one in told.grid)
    many = trn("{who}: {n} customer", "{who}: {n} customers", cell.customers, who=who)
    return (
        many,
        tr(
            "{part} of all who bought. Last bought: {quiet}; bought: {times}.",
            part=f"{cell.customers / everybody:.1%}",
            quiet=_quiet(told.recency, recency),
            times=_bought_on(told.frequency, frequency),
        ),
        tr(
            "They paid {money} in all, {part} of what everybody ever paid, {each} each.",
            money=whole(cell.lifetime_fen, 1),
            part=f"{cell.lifetime_fen / max(fen, 1):.1%}",
            each=whole(cell.lifetime_fen, cell.customers),
        ),
    )


def _quiet(fifths: Sequence[FigureFifth], fifth: int) -> str:
    found = _the(fifths, fifth)
    if found is None:
        return tr("nobody")
    if found.least == found.most:
        return trn("{n} day ago", "{n} days ago", found.least)
    return tr("{least}–{most} days ago", least=count(found.least), most=count(found.most))


def _bought_on(fifths: Sequence[FigureFifth], fifth: int) -> str:
    found = _the(fifths, fifth)
    if found is None:
        return tr("nobody")
    if found.least == found.most:
        return trn("on {n} day", "on {n} days", found.least)
    return tr("on {least}–{most} days", least=count(found.least), most=count(found.most))


def _the(fifths: Sequence[FigureFifth], fifth: int) -> FigureFifth | None:
    return next((one for one in fifths if one.fifth == fifth), None)
