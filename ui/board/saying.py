"""The board in words: measures, the table of reps, the sum below it, what to do next."""

from datetime import date, datetime
from fractions import Fraction

from lumi_desk.targets import rules
from lumi_desk.targets.rules import Measure as Counted
from lumi_desk.targets.rules import WorkTime
from lumi_desk.targets.service import Activity, Month, RepMonth, Standing
from ui.board.loading import Board
from ui.board.screen import Advice, Bar, Cell, Heading, Measure, RepLine
from ui.widgets.values import Badge, Line, Span, Tone, marked
from ui.words import N_, clock_time, count, hours, money, month, tr, trn

# More overdue callbacks than this call for a talk.
_LATE = 5
TITLES = {
    Counted.CASH: N_("Cash sales"),
    Counted.DELIVERED: N_("Delivered sales"),
    Counted.CARDS: N_("Cards opened"),
    Counted.DREAM: N_("Dream Collagen"),
    Counted.ENZYME: N_("Big Enzyme"),
    Counted.ORDERS: N_("Orders sold"),
}
_MEANINGS = {
    Counted.CASH: N_("money received: orders paid in cash and cards opened"),
    Counted.DELIVERED: N_("goods delivered, those paid by card included; never added to cash"),
    Counted.CARDS: N_("recharge cards opened"),
    Counted.DREAM: N_("units of Dream Collagen delivered, gifts aside"),
    Counted.ENZYME: N_("units of Big Enzyme delivered, gifts aside"),
    Counted.ORDERS: N_("orders, cards aside"),
}


def title(board: Board) -> str:
    """一组 · 十一月目标."""
    return tr("{team} · targets of {month}", team=board.team, month=month(board.month.first))


def days(time: WorkTime) -> str:
    """How many working days are over."""
    return tr("working day {elapsed} of {total}", elapsed=time.elapsed, total=time.total)


def as_of(board: Board, synced: datetime | None) -> Line:
    """How old the figures are, and what of the cash is only claimed."""
    at = tr("Data of {time}", time=clock_time(synced)) if synced else tr("Not synced yet")
    claimed = board.month.standings[Counted.CASH].claimed
    words = tr("claimed **{money}**", money=money(claimed))
    return (Span(f"{at} · "), *marked(words)) if claimed else (Span(at),)


def parked(board: Board) -> str:
    """How much work waits for the leader's word."""
    if not board.parked:
        return ""
    return trn("{n} waits for your word", "{n} wait for your word", board.parked)


def measures(found: Month) -> tuple[Measure, ...]:
    """The six cards."""
    return tuple(_measure(one, found.standings[one], found) for one in Counted)


def headings() -> tuple[Heading, ...]:
    """The columns, each with its formula."""
    return (
        Heading(tr("Rep")),
        Heading(tr("Cash sales"), tr(_MEANINGS[Counted.CASH])),
        Heading(tr("Done / time"), _formula()),
        Heading(tr("Cards"), tr("cards opened / target")),
        Heading(tr("High margin"), tr("high-margin share = high-margin ÷ delivered sales")),
        Heading(tr("Orders"), tr(_MEANINGS[Counted.ORDERS])),
        Heading(tr("Dials / answered"), tr("connect rate = answered ÷ dials")),
        Heading(tr("Talk time"), tr("hours and minutes on answered calls")),
        Heading(tr("Overdue"), tr("promised callbacks whose time is over; – where not known here")),
        Heading(
            tr("This week"),
            tr("weekly order rate = reps with an order this week ÷ all reps"),
        ),
    )


def lines(found: Month, today: date) -> tuple[RepLine, ...]:
    """A line for each rep, and the whole team's below: its figures are their sums."""
    if not found.reps:
        return ()
    reps = tuple(_line(one, found, today) for one in found.reps)
    return (*reps, _total(found))


def advice(board: Board) -> Advice | None:
    """The next thing to do, only where it follows from the figures."""
    words = _next_step(board)
    if not words:
        return None
    return Advice(tr("What to do next"), marked(words), why_button=tr("How is it reckoned?"))


def why(board: Board) -> str:
    """How the advice was reckoned."""
    if board.ending:
        return tr("Card balance ÷ monthly use is below one month, and nobody dialled this week.")
    if board.month.activity.overdue:
        return tr("Callbacks that were promised for a day that is over, and are still open.")
    return tr("Required per working day = (target − actual) ÷ working days left.")


def _next_step(board: Board) -> str:
    if board.ending:
        return trn(
            "**{n} customer** whose card ends was not called this week.",
            "**{n} customers** whose cards end were not called this week.",
            board.ending,
        )
    overdue = [one for one in board.month.reps if one.activity.overdue]
    if overdue:
        worst = max(overdue, key=lambda one: one.activity.overdue)
        return tr(
            "Promised callbacks are overdue: **{n}** in all, most with **{name}** ({most}).",
            n=board.month.activity.overdue,
            name=worst.name,
            most=worst.activity.overdue,
        )
    return _required(board.month)


def _required(found: Month) -> str:
    """What the measure furthest behind needs on each working day that is left."""
    behind = [one for one in Counted if found.on_track(one) is False]
    if not behind:
        return ""
    worst = min(behind, key=lambda one: found.standings[one].completion or Fraction(0))
    standing = found.standings[worst]
    rate = rules.required_rate(standing.actual, standing.target, found.time.left)
    if rate is None:
        return ""
    # Rounded up: what is needed, not a little less.
    needed = -(-rate.numerator // rate.denominator)
    return tr(
        "**{measure}** needs **{amount}** on each of the {days} working days left.",
        measure=tr(TITLES[worst]),
        amount=_amount(worst, -(-needed // 100) * 100 if worst.is_money else needed),
        days=found.time.left,
    )


def _measure(one: Counted, standing: Standing, found: Month) -> Measure:
    done, gone = standing.completion, rules.elapsed(found.time)
    formula = f"{tr(_MEANINGS[one])}\n{_formula()}"
    if standing.claimed:
        claimed = tr(
            "of it claimed, not yet confirmed: {amount}", amount=_amount(one, standing.claimed)
        )
        formula = f"{formula}\n{claimed}"
    return Measure(
        one.value,
        tr(TITLES[one]),
        _amount(one, standing.actual),
        _target(one, standing.target),
        _part(done),
        _part(gone),
        _progress(done, gone),
        formula,
    )


def _progress(done: Fraction | None, gone: Fraction | None) -> Line:
    """完成 65% · 时间 75%: two figures, never one."""
    time = tr("time {percent}", percent=_percent(gone))
    if done is None:
        return (Span(tr("no target set"), tone=Tone.QUIET), Span(f" · {time}", tone=Tone.QUIET))
    good = gone is None or done >= gone
    words = tr("done **{percent}**", percent=_percent(done))
    tone = Tone.GOOD if good else Tone.WARN
    return (*marked(words, tone), Span(f" · {time}", tone=Tone.QUIET))


def _line(rep: RepMonth, found: Month, today: date) -> RepLine:
    cash, cards = rep.standings[Counted.CASH], rep.standings[Counted.CARDS]
    return RepLine(
        rep.rep_id,
        rep.name or tr("somebody who left"),
        (
            _cash(cash),
            _bar(cash, found.time),
            Cell(_of(cards)),
            Cell(_percent(rep.activity.high_margin_share)),
            Cell(count(rep.standings[Counted.ORDERS].actual)),
            *_work(rep.activity),
            _sold(rep),
        ),
        _badge(rep, today),
    )


def _sold(rep: RepMonth) -> Cell:
    if rep.sold_this_week:
        return Cell("✔", tip=tr("has sold this week"))
    return Cell("✘", Tone.BAD, tip=tr("has not sold this week"))


def _total(found: Month) -> RepLine:
    cards = found.standings[Counted.CARDS]
    orders = found.standings[Counted.ORDERS].actual
    return RepLine(
        "",
        tr("Whole team"),
        (
            _cash(found.standings[Counted.CASH], strong=True),
            Cell(tr("tick: time"), Tone.QUIET),
            Cell(_of(cards), strong=True),
            Cell(_percent(found.activity.high_margin_share), strong=True),
            Cell(count(orders), strong=True),
            *_work(found.activity),
            Cell(_percent(found.weekly_order_rate)),
        ),
        total=True,
    )


def _work(done: Activity) -> tuple[Cell, Cell, Cell]:
    overdue = done.overdue
    bad = overdue > _LATE
    late = Cell(count(overdue), Tone.BAD if bad else Tone.PLAIN, strong=bad)
    dials = Cell(f"{count(done.dials)} / {count(done.answered)}", tip=_rate(done))
    return dials, Cell(hours(done.talk_seconds)), late


def _rate(done: Activity) -> str:
    return tr("connect rate {percent}", percent=_percent(done.connect_rate))


def _cash(cash: Standing, *, strong: bool = False) -> Cell:
    tip = tr("of it claimed, not yet confirmed: {amount}", amount=money(cash.claimed))
    return Cell(money(cash.actual), strong=strong, tip=tip if cash.claimed else "")


def _bar(cash: Standing, time: WorkTime) -> Bar | Cell:
    done, gone = cash.completion, rules.elapsed(time)
    if done is None:
        return Cell(tr("no target set"), Tone.QUIET)
    words = tr("done {done}, time {time}", done=_percent(done), time=_percent(gone))
    return Bar(_part(done), _part(gone), words)


def _badge(rep: RepMonth, today: date) -> Badge | None:
    since = rep.trainee_since
    if since is None:
        return None
    months = (today.year - since.year) * 12 + today.month - since.month + (today.day >= since.day)
    return Badge(tr("Trainee, month {n}", n=max(months, 1)), Tone.INFO)


def _formula() -> str:
    return tr("done = actual ÷ target; time = working days over ÷ all working days")


def _amount(one: Counted, amount: int) -> str:
    return money(amount) if one.is_money else count(amount)


def _target(one: Counted, target: int) -> str:
    if not target:
        return "–"
    if one.is_money:
        return money(target, sign=False)
    unit = {Counted.CARDS: tr("cards"), Counted.ORDERS: tr("orders")}.get(one, tr("boxes"))
    return f"{count(target)} {unit}"


def _of(standing: Standing) -> str:
    target = count(standing.target) if standing.target else "–"
    return f"{count(standing.actual)} / {target}"


def _part(ratio: Fraction | None) -> float:
    """From 0 to 1, for bars."""
    return 0.0 if ratio is None else min(float(ratio), 1.0)


def _percent(ratio: Fraction | None) -> str:
    return "–" if ratio is None else f"{rules.percent(ratio)}%"
