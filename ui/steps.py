"""The steps of the touch plan in words, for every screen. Knows no Qt."""

from collections.abc import Mapping

from lumi_desk.customers.touch_plan.rules import Clock, Event, Standing, State, TouchStep
from ui.ways import WAYS
from ui.widgets.values import Badge, Tone
from ui.words import N_, tr, trn

# As they are written in a plan; words.rules takes them back in either language.
EVENTS: Mapping[str, str] = {
    Event.SENT: N_("sent"),
    Event.DELIVERED: N_("delivered"),
    Event.RUN_OUT: N_("used up"),
}
# The situations of scripts.rules that a step can name; nothing is what fits her.
SCRIPTS: Mapping[str, str] = {
    "": N_("the usual words"),
    "care": N_("words of care"),
    "newcomer": N_("words for newcomers"),
    "recall": N_("words to win back"),
    "renewal": N_("words of renewal"),
}
_MARKS: Mapping[State, tuple[str, Tone]] = {
    State.DONE: ("✓", Tone.GOOD),
    State.DUE: ("●", Tone.BRAND),
    State.MISSED: ("!", Tone.BAD),
    State.OVER: ("–", Tone.QUIET),
    State.NEXT: ("○", Tone.INFO),
    State.LATER: ("○", Tone.QUIET),
    State.WAITING: ("○", Tone.QUIET),
}


def window(first: object, last: object) -> str:
    """The days of a step: day 7, or day 7 to 8."""
    if first == last:
        return tr("day {day}", day=first)
    return tr("day {first} to {last}", first=first, last=last)


def name(step: TouchStep) -> str:
    """Its event, or its first day."""
    if step.after is None:
        return tr(EVENTS.get(step.code, step.code))
    return window(step.after, step.after if step.until is None else step.until)


def told(step: TouchStep) -> str:
    """Everything a step says: its days, its way, its words and its purpose."""
    parts = [name(step), tr(WAYS[step.way])]
    if step.script:
        parts.append(tr(SCRIPTS.get(step.script, step.script)))
    return " · ".join([*parts, *filter(None, (step.purpose,))])


def clock_line(clock: Clock) -> str:
    """Where in her half year she is, and what is next."""
    head = tr("Half-year clock: day {day} of {days}.", day=clock.day, days=clock.days)
    now = [one for one in clock.steps if one.state in (State.DUE, State.MISSED)]
    ahead = [one for one in clock.steps if one.state is State.NEXT]
    if not now and not ahead:
        return head
    return tr("{first} {second}", first=head, second=_sentence((now or ahead[:1])[-1]))


def badges(clock: Clock) -> tuple[Badge, ...]:
    """Every step with how it stands."""
    return tuple(_badge(one, clock.day) for one in clock.steps)


def _sentence(one: Standing) -> str:
    """What there is to do, by which way and what for."""
    texts = {
        State.DUE: N_("Due until day {last}: {step}."),
        State.MISSED: N_("Missed: {step}."),
        State.NEXT: N_("Next: {step}."),
    }
    return tr(texts[one.state], last=one.last, step=told(one.step))


def _badge(one: Standing, day: int) -> Badge:
    mark, tone = _MARKS[one.state]
    return Badge(f"{mark} {name(one.step)} · {_state(one, day)}", tone)


def _state(one: Standing, day: int) -> str:
    if one.state is State.DONE:
        late = one.done is not None and one.last is not None and one.done > one.last
        text = N_("done late, on day {day}") if late else N_("done on day {day}")
        return tr(text, day=one.done)
    if one.state is State.DUE:
        return tr("due until day {day}", day=one.last)
    if one.first is not None and one.first > day:
        ahead = trn("in {n} day", "in {n} days", one.first - day)
        return tr("next, {when}", when=ahead) if one.state is State.NEXT else ahead
    plain = {
        State.MISSED: N_("missed, to be made up for"),
        State.OVER: N_("missed"),
        State.WAITING: N_("not known yet"),
    }
    return tr(plain[one.state])
