"""The top bar in words: lamp, the day, the month against time."""

from datetime import datetime
from fractions import Fraction

from lumi_desk.calls.rules import Channel
from lumi_desk.clock import local_day
from lumi_desk.security.masking import mask_phone
from lumi_desk.targets import rules as targets
from lumi_desk.targets.rules import Measure
from ui.widgets.values import Line, Timer, Tone, marked
from ui.words import N_, count, money, tr
from ui.workspace.loading import Day
from ui.workspace.screen import Figures, Lamp, Stage, TopBar
from ui.workspace.state import Desktop

NOTHING = Figures((), ())
_ON = {
    Channel.CALL: N_("On call"),
    Channel.WECHAT: N_("On WeChat"),
    Channel.WANGWANG: N_("On Wangwang"),
}


def top(desktop: Desktop, now: datetime) -> TopBar:
    """The whole bar."""
    chosen = desktop.chosen
    return TopBar(
        lamp=_lamp(desktop),
        number=mask_phone(chosen.her.phone) if chosen else "",
        today=today(desktop, desktop.day, now) if desktop.day else NOTHING,
        month=month(desktop.day) if desktop.day else NOTHING,
        sync=desktop.chip,
        rep=desktop.me.name,
    )


def _lamp(desktop: Desktop) -> Lamp:
    call = desktop.call
    if call is None or desktop.stage is Stage.READY:
        return Lamp(tr("Ready"), Tone.QUIET, Timer())
    if desktop.stage is Stage.DIALLED:
        return Lamp(tr("Ringing"), Tone.INFO, Timer(call.dials[-1].at))
    if desktop.stage is Stage.TALKING:
        return Lamp(tr(_ON[call.channel]), Tone.GOOD, Timer(call.answered_at))
    return Lamp(tr("In wrap-up"), Tone.GOOD, Timer(seconds=call.talk_seconds))


def today(desktop: Desktop, day: Day, now: datetime) -> Figures:
    """Dials and answered ones of the day, those of calls not yet written up included."""
    begun = [one for call in desktop.under_way for one in call.dials]
    begun = [one for one in begun if local_day(one.at) == local_day(now)]
    dials = day.dials + len(begun)
    answered = day.answered + sum(one.answered for one in begun)
    rate = targets.connect_rate(answered, dials)
    tip = tr("connect rate = answered ÷ dials")
    if rate is not None:
        tip = f"{tip} = {_percent(rate)}"
    figures = {"dials": count(dials), "answered": count(answered)}
    words = tr("Today **{dials}** dials · **{answered}** answered", **figures)
    return Figures(marked(words), marked("**{dials}** · **{answered}**".format(**figures)), tip=tip)


def month(day: Day) -> Figures:
    """Her cash sales against target and time; without a target the sales alone."""
    cash = day.month.standings[Measure.CASH]
    done, gone = cash.completion, targets.elapsed(day.time)
    if done is None or gone is None:
        words = marked(tr("Month **{money}**", money=money(cash.actual)))
        return Figures(words, words, tip=tr("No target is set for this month."))
    good = targets.on_track(cash.actual, cash.target, day.time)
    tone = Tone.GOOD if good else Tone.WARN
    line = tr(
        "Month **{money}** · done **{done}** · time {time}",
        money=money(cash.actual),
        done=_percent(done),
        time=_percent(gone),
    )
    short = tr("done **{done}** · time {time}", done=_percent(done), time=_percent(gone))
    return Figures(_line(line, tone), _line(short, tone), tone, _formula(day))


def _formula(day: Day) -> str:
    cash = day.month.standings[Measure.CASH]
    formula = tr("done = cash sales ÷ target; time = working days over ÷ all working days")
    figures = tr(
        "{actual} of {target}, working day {elapsed} of {total}",
        actual=money(cash.actual),
        target=money(cash.target),
        elapsed=day.time.elapsed,
        total=day.time.total,
    )
    if not cash.claimed:
        return f"{formula}\n{figures}"
    claimed = tr("of it claimed, not yet confirmed: {money}", money=money(cash.claimed))
    return f"{formula}\n{figures}\n{claimed}"


def _line(text: str, tone: Tone) -> Line:
    return marked(text, tone)


def _percent(ratio: Fraction) -> str:
    return f"{targets.percent(ratio)}%"
