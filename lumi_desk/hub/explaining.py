"""Why a customer is where she is, by the numbers in force, in English words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk import money
from lumi_desk.because import Because, Plain
from lumi_desk.catalog import shelf
from lumi_desk.clock import local_day
from lumi_desk.customers import person
from lumi_desk.customers.rules import see
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import RUN_OUT
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.touch_plan import service as touch_plan
from lumi_desk.customers.touch_plan.rules import Clock, Standing, State
from lumi_desk.customers.touch_plan.words.rules import when_of
from lumi_desk.customers.value import service as value
from lumi_desk.customers.why.rules import why_grade, why_pool, why_relationship, why_run_out
from lumi_desk.hub import histories, keeping
from lumi_desk.hub.classifying import numbers_on


@dataclass(frozen=True, slots=True)
class Explained:
    """A customer and what decided. `stale`: what her row still says otherwise.

    `clock` is her half-year clock, None where it does not run.
    """

    id: str
    whys: tuple[Because, ...]
    stale: tuple[str, ...]
    clock: Clock | None = None


def explain(session: Session, mark: str, now: datetime) -> Explained:
    """Why she is where she is: by id, phone, member id or order number.

    Raises UnknownCustomers and BadSetting.
    """
    (one,) = keeping.known_by(session, [mark])
    numbers = numbers_on(session, now)
    seen = see(histories.of(session, [one])[one], now)
    whys = {
        "pool": why_pool(seen, numbers.pool),
        "grade": why_grade(seen, numbers.grade),
        "relationship": why_relationship(seen, numbers.relationship),
    }
    row = session.get_one(Customer, one)
    stale = tuple(name for name, why in whys.items() if getattr(row, name) != why.fields[name])
    settings = shelf.numbers(session, "run_out", local_day(now), RUN_OUT)
    runs_out = why_run_out(run_outs.of_customer(session, one, row.household, now), settings)
    her = person.about(session, one)
    if her is None:
        raise LookupError(f"customer {one} is gone")
    whys["worth"] = value.why(session, her, now)
    clock = touch_plan.of_person(session, her, now)
    return Explained(one, (*whys.values(), runs_out), stale, clock)


def clock_said(clock: Clock) -> list[str]:
    """The half-year clock in lines: the day, and how each step stands."""
    head = f"Half-year clock: day {clock.day} of {clock.days} since her last purchase."
    return [head, *(f"  {_step_said(one)}" for one in clock.steps)]


def _step_said(one: Standing) -> str:
    step, days = one.step, f"day {one.first} to {one.last}"
    name = when_of(step) if step.after is None else f"day {when_of(step)}"
    told = ", ".join(part for part in (name, step.way.value, step.script, step.purpose) if part)
    words = {
        State.DONE: f"done on day {one.done}",
        State.DUE: f"due, {days}",
        State.MISSED: f"missed, {days}; it is on the day's list",
        State.OVER: f"missed, {days}; it is asked for no longer",
        State.NEXT: f"next, {days}",
        State.LATER: f"later, {days}",
        State.WAITING: "its day is not known",
    }
    if step.after is None and one.state is State.MISSED:
        words[State.MISSED] = f"missed, {days}"
    return f"{told}: {words[one.state]}."


def said(why: Because) -> str:
    """A reason as one sentence."""
    told = why.fields
    values = {
        name: money.shown(value) if name.endswith("_fen") and isinstance(value, int) else value
        for name, value in told.items()
    }
    return _WORDS[why.code].format(**values, **_parts(why.code, told))


def codes() -> frozenset[str]:
    """The codes that have words."""
    return frozenset(_WORDS)


def _parts(code: str, told: Mapping[str, Plain]) -> dict[str, str]:
    """The parts of a sentence that depend on what there is."""
    if code == "grade_points":
        return {"of_line": f" of {told['line']}" if told["line"] else ""}
    if code.startswith("value_"):
        return {"every": f", usually every {told['rhythm']} days" if told.get("rhythm") else ""}
    if code == "relationship_points":
        ago = told["answered_ago"]
        return {
            "whose": "her own rhythm" if told["own"] else "the usual rhythm",
            "when": "never answered" if ago is None else f"answered {ago} days ago",
        }
    return {}


_BROUGHT = (
    "Value: {brought_fen} so far, in {orders} orders and {months} months,"
    " {average_fen} each{every}."
)
_WORDS = {
    "pool_card": "Pool {pool}: she has had a recharge card since {opened_day}.",
    "pool_bought": "Pool {pool}: she bought {days} days ago, within {within} days.",
    "pool_lapsed": "Pool {pool}: she last bought {days} days ago, longer than {within} days.",
    "pool_nothing": "Pool {pool}: she has neither a purchase nor a card.",
    "grade_points": (
        "Grade {grade}: {points_fen} (A from {a_fen}, B from {b_fen}): {order_fen} for the first"
        " order{of_line}, {line_fen} for its line, {recharge_fen} for a recharge. She is new:"
        " day {days} of {within}."
    ),
    "grade_old": "No grade: she became a customer {days} days ago, longer than {within} days.",
    "grade_nothing": "No grade: she has neither a purchase nor a card.",
    "relationship_points": (
        "Relationship {relationship}: {points} points (close from {close_from}, steady from"
        " {steady_from}, cooling from {cooling_from}): {recency} for {days} days without buying at"
        " {whose} of {usual} days, {often} for {orders} orders in {within} days (1 from"
        " {often_from} on), {answered} for having {when} (1 within {answered_within} days)."
    ),
    "relationship_lapsed": (
        "No relationship: she last bought {days} days ago, longer than {within} days."
    ),
    "relationship_nothing": "No relationship: she has bought nothing.",
    "value_model": (
        _BROUGHT
        + " In the next 12 months {value_fen}: {purchases} purchases of {worth_fen}; she is"
        " still a customer with {percent} %."
    ),
    "value_mean": (
        _BROUGHT
        + " In the next 12 months {value_fen}: the mean of group {group}, because a forecast"
        " of her own was no better on the latest orders."
    ),
    "value_last_year": (
        _BROUGHT + " In the next 12 months {value_fen}, as in the last: there are too few customers"
        " to learn from."
    ),
    "value_nothing": "She has brought nothing yet.",
    "run_out_catalogue": (
        "Used up on {run_out}: {units} of what she bought last, {lasts} days each by the"
        " catalogue, for {people} in the household, from {start_day} on. She is reminded from"
        " {remind_day} on."
    ),
    "run_out_line": (
        "Used up on {run_out}: {units} of what she bought last, {lasts} days each by the number"
        " of {line}, for {people} in the household, from {start_day} on. She is reminded from"
        " {remind_day} on."
    ),
    "run_out_unknown": (
        "Nobody knows when her last order ({line}) is used up: the catalogue does not know the"
        " product, and its line has no number."
    ),
    "run_out_nothing": "Nothing runs out: she has bought nothing lately.",
}
