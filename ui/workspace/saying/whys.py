"""Why she has her pool, grade and relationship, in words. A code without words fails a test."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lumi_desk.because import Because
from lumi_desk.customers.rules import Relationship
from ui.widgets.values import Badge, Tone
from ui.words import N_, money, tr, trn

RELATIONSHIPS: Mapping[str, str] = {
    Relationship.CLOSE: N_("Near"),
    Relationship.STEADY: N_("Steady"),
    Relationship.COOLING: N_("Cooling"),
    Relationship.AT_RISK: N_("Near to leaving"),
}
TONES = {
    Relationship.CLOSE: Tone.GOOD,
    Relationship.STEADY: Tone.QUIET,
    Relationship.COOLING: Tone.WARN,
    Relationship.AT_RISK: Tone.BAD,
}
_SILENT = (
    "grade_old",
    "grade_nothing",
    "relationship_lapsed",
    "relationship_nothing",
    "value_nothing",
    "run_out_nothing",
)

Fields = Mapping[str, Any]


def relationship_badges(relationship: str | None) -> list[Badge]:
    """How near she is; nothing where nothing is known of it."""
    if relationship not in set(Relationship):
        return []
    return [Badge(tr(RELATIONSHIPS[relationship]), TONES[Relationship(relationship)])]


def said(why: Because) -> str:
    """A reason in the language in use."""
    return _WORDINGS[why.code](why.fields)


def codes() -> frozenset[str]:
    """Every code that is said or left unsaid."""
    return frozenset(_WORDINGS) | frozenset(_SILENT)


def is_worth_saying(why: Because) -> bool:
    """Whether there is something to say: most have no grade, and need no reason for that."""
    return why.code not in _SILENT


def _card(told: Fields) -> str:
    since = date.fromisoformat(told["opened_day"])
    return tr("Pool V: a recharge card since {day}.", day=f"{since:%Y-%m-%d}")


def _bought(told: Fields) -> str:
    return tr(
        "Pool {pool}: bought {when}, within {within} days.",
        pool=told["pool"],
        when=_ago(told["days"]),
        within=told["within"],
    )


def _lapsed(told: Fields) -> str:
    return tr(
        "Pool {pool}: last bought {when}, more than {within} days.",
        pool=told["pool"],
        when=_ago(told["days"]),
        within=told["within"],
    )


def _nothing(told: Fields) -> str:
    return tr("Pool {pool}: neither a purchase nor a card.", pool=told["pool"])


def _grade(told: Fields) -> str:
    parts = [tr("first order {money}", money=money(told["order_fen"]))]
    if told["line_fen"]:
        parts.append(tr("line {money}", money=money(told["line_fen"])))
    if told["recharge_fen"]:
        parts.append(tr("recharge {money}", money=money(told["recharge_fen"])))
    return tr(
        "Grade {grade}: {parts} (A from {a}, B from {b}); new, day {day} of {within}.",
        grade=told["grade"],
        parts=" + ".join(parts),
        a=money(told["a_fen"]),
        b=money(told["b_fen"]),
        day=told["days"],
        within=told["within"],
    )


def _relationship(told: Fields) -> str:
    found = told["relationship"]
    return tr(
        "{name}, {points} points: {recency}; {often}; {answered}"
        " (near from {close}, steady from {steady}, cooling from {cooling}).",
        name=tr(RELATIONSHIPS[found]),
        points=told["points"],
        recency=_recency(told),
        often=tr(
            "{orders} in {within} days +{points}",
            orders=trn("{n} order", "{n} orders", told["orders"]),
            within=told["within"],
            points=told["often"],
        ),
        answered=_answered(told),
        close=told["close_from"],
        steady=told["steady_from"],
        cooling=told["cooling_from"],
    )


def _answered(told: Fields) -> str:
    said = N_("answered within {within} days +{points}")
    if not told["answered"]:
        said = N_("nothing answered within {within} days +{points}")
    return tr(said, within=told["answered_within"], points=told["answered"])


def _recency(told: Fields) -> str:
    said = N_("bought {when}, usually every {usual} days +{points}")
    if not told["own"]:
        said = N_("bought {when}, others every {usual} days +{points}")
    return tr(said, when=_ago(told["days"]), usual=told["usual"], points=told["recency"])


def _brought(told: Fields) -> str:
    """What she has brought so far."""
    parts = [
        trn("{n} order", "{n} orders", told["orders"]),
        trn("in {n} month", "in {n} months", told["months"]) if told["months"] else "",
        tr("{money} each", money=money(told["average_fen"])),
        tr("usually every {days} days", days=told["rhythm"]) if told["rhythm"] else "",
    ]
    listed = tr(", ").join(part for part in parts if part)
    return tr("{money} so far ({listed}).", money=money(told["brought_fen"]), listed=listed)


def _by_model(told: Fields) -> str:
    said = N_(
        "{brought} In the next 12 months {money}: {purchases} purchases of {worth};"
        " still a customer with {percent} %."
    )
    worth = money(yuan(told["worth_fen"]))
    return _expected(said, told, worth=worth, purchases=told["purchases"], percent=told["percent"])


def _by_mean(told: Fields) -> str:
    said = N_(
        "{brought} In the next 12 months {money}: the mean of group {group}; a forecast of"
        " her own was no better on the latest orders."
    )
    return _expected(said, told, group=told["group"])


def _by_last_year(told: Fields) -> str:
    said = N_(
        "{brought} In the next 12 months {money}: as in the last, there are too few customers to"
        " learn from."
    )
    return _expected(said, told)


def _expected(said: str, told: Fields, **more: Any) -> str:
    return tr(said, brought=_brought(told), money=money(yuan(told["value_fen"])), **more)


def yuan(fen: Any) -> int:
    """Whole yuan: nobody expects to the fen."""
    return int(fen) // 100 * 100


def _run_out(told: Fields) -> str:
    said = N_("Used up on {day}: {units} × {days} from {start}, for {people}. Reminded {remind}.")
    return tr(
        said,
        day=told["run_out"],
        units=told["units"],
        days=trn("{n} day", "{n} days", told["lasts"]),
        start=told["start_day"],
        people=trn("{n} person", "{n} people", told["people"]),
        remind=tr("from {day} on", day=told["remind_day"]),
    )


def _run_out_by_line(told: Fields) -> str:
    by_line = tr("The catalogue does not know the product: the days are those of its line.")
    return f"{_run_out(told)} {by_line}"


def _run_out_unknown(told: Fields) -> str:  # noqa: ARG001  (as all are called)
    return tr("When her last order is used up is not known: the catalogue does not say it.")


def _ago(days: int) -> str:
    return trn("{n} day ago", "{n} days ago", days) if days else tr("today")


_WORDINGS: Mapping[str, Callable[[Fields], str]] = {
    "pool_card": _card,
    "pool_bought": _bought,
    "pool_lapsed": _lapsed,
    "pool_nothing": _nothing,
    "grade_points": _grade,
    "relationship_points": _relationship,
    "value_model": _by_model,
    "value_mean": _by_mean,
    "value_last_year": _by_last_year,
    "run_out_catalogue": _run_out,
    "run_out_line": _run_out_by_line,
    "run_out_unknown": _run_out_unknown,
}
