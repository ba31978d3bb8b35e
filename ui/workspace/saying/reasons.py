"""Every reason a rule can give, in words. A code without words here fails a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lumi_desk.because import Because
from lumi_desk.calls.rules import Blocked
from lumi_desk.consents.rules import Way
from lumi_desk.customers.rules import Line, Pool, Relationship
from lumi_desk.worklist.rules import Reason
from ui import steps
from ui.ways import WAYS
from ui.words import N_, day, money, tr, when

LINES: Mapping[str, str] = {
    Line.COLLAGEN: N_("Collagen"),
    Line.ENZYME: N_("Enzyme"),
    Line.OTHER: N_("Other goods"),
}
REASONS: Mapping[Reason, str] = {
    Reason.WRAP_UP: N_("Wrap-up open"),
    Reason.CALLBACK: N_("Callback promised"),
    Reason.COMPLAINT: N_("Complaint due"),
    Reason.BALANCE: N_("Card balance ends"),
    Reason.RUN_OUT: N_("Runs out this week"),
    Reason.NEWCOMER: N_("First visit"),
    Reason.CHURN: N_("May be lost"),
    Reason.TOUCH: N_("A visit is missing"),
    Reason.CAMPAIGN: N_("Campaign"),
    Reason.REST: N_("By value and time"),
}


POOLS: Mapping[str, str] = {
    Pool.V: N_("holds a recharge card"),
    Pool.ONE: N_("bought within a year"),
    Pool.ZERO: N_("has not bought for a year"),
}
RELATIONSHIPS: Mapping[str, str] = {
    Relationship.CLOSE: N_("is near to us"),
    Relationship.STEADY: N_("buys steadily"),
    Relationship.COOLING: N_("is cooling off"),
    Relationship.AT_RISK: N_("is near to leaving"),
}
RESULTS: Mapping[str, str] = {
    "sold": N_("bought when last reached"),
    "interested": N_("was interested when last reached"),
    "thinking": N_("was thinking it over when last reached"),
    "none": N_("no result so far"),
    "no": N_("had no need when last reached"),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What reasons speak of besides their own values: the time, and products by id."""

    now: datetime
    names: Mapping[str, str]

    def name(self, product: Any) -> str:
        """The name of a product."""
        return self.names.get(str(product), str(product))


Fields = Mapping[str, Any]
Wording = Callable[[Fields, Context], str]


def said(because: Because, context: Context) -> str:
    """A reason in the language in use."""
    return _WORDINGS[because.code](because.fields, context)


def codes() -> frozenset[str]:
    """Every code there are words for."""
    return frozenset(_WORDINGS)


def blocked(why: Blocked, context: Context) -> str:
    """Why she may not be dialled, and from when on she may."""
    words = said(why.because, context)
    if why.until is None:
        return words
    until = tr("You can dial from {when}.", when=when(why.until, context.now))
    return f"{words}{tr('; ')}{until}"


def _at(value: Any) -> datetime:
    return datetime.fromisoformat(str(value))


def _run_out(fields: Fields, context: Context) -> str:
    on = date.fromisoformat(str(fields["run_out_day"]))
    if fields["days"] < 0:
        return tr("Used up since {day}", day=day(on, context.now))
    return tr("Runs out {day}", day=day(on, context.now))


def _touch(fields: Fields, _: Context) -> str:
    name = steps.window(fields["first"], fields["last"])
    if fields["purpose"]:
        return tr("“{purpose}” is missing, {step}", purpose=fields["purpose"], step=name)
    if fields["way"] != Way.PHONE:
        way = tr(WAYS[Way(fields["way"])])
        return tr("The contact of {step} by {way} is missing", step=name, way=way)
    return tr("The visit for “{step}” is missing", step=name)


def _rest(fields: Fields, _: Context) -> str:
    spent, days = fields["value_fen"], fields["days"]
    if not spent:
        return tr("{days} days without a contact", days=days)
    return tr("{money} in a year, {days} days without a contact", money=money(spent), days=days)


def _tries(fields: Fields, _: Context) -> str:
    if not fields["tries"]:
        return tr("no calls in vain lately")
    return tr("only {tries} calls in vain lately", tries=fields["tries"])


def _contact(fields: Fields, _: Context) -> str:
    if fields["days"] is None:
        return tr("never contacted yet")
    return tr("{days} days since the last contact", days=fields["days"])


def _purchase(fields: Fields, _: Context) -> str:
    days, usual = fields["days"], fields["usual"]
    if days is None:
        return tr("has not bought yet")
    if usual is None:
        return tr("{days} days since her purchase", days=days)
    return tr("{days} days since her purchase, usually {usual}", days=days, usual=usual)


def _grade(fields: Fields, _: Context) -> str:
    if fields["grade"] is None:
        return tr("no longer new")
    return tr("new, grade {grade}", grade=fields["grade"])


def _card_months(fields: Fields, _: Context) -> str:
    months = fields["months"]
    if fields["source"] == "own":
        return tr("lasts {months} months at last year's use", months=months)
    return tr("lasts {months} months at the use she told", months=months)


def _due(fields: Fields, context: Context) -> str:
    at = _at(fields["due_at"])
    if at < context.now:
        return tr("Callback was promised for {when}", when=when(at, context.now))
    return tr("Callback promised {when}", when=when(at, context.now))


_WORDINGS: Mapping[str, Wording] = {
    # customers
    "quiet": lambda f, _: tr(
        "{days} days without buying, usually {usual}", days=f["days"], usual=f["usual"]
    ),
    "quiet_once": lambda f, _: tr(
        "{days} days since her purchase, {left} more and the year is over",
        days=f["days"],
        left=f["left"],
    ),
    "touch_missed": _touch,
    # cards
    "card_months": _card_months,
    "card_too_long": lambda f, _: tr("would last {months} months", months=f["months"]),
    "ask_household": lambda _f, _: tr("less than a year of orders: ask how many take it, and how"),
    "balance_ending": lambda f, _: tr("The card lasts about {days} days", days=f["days"]),
    "balance_empty": lambda _f, _: tr("The card is used up"),
    # offers
    "years_buying": lambda f, _: tr("a customer for {years} years", years=f["years"]),
    "line_repeat": lambda f, _: tr(
        "{line} {orders} times in a year", line=tr(LINES[f["line"]]), orders=f["orders"]
    ),
    "co_purchase": lambda f, c: tr(
        "{percent}% of those who buy {having} also buy {product}",
        percent=f["percent"],
        having=c.name(f["having"]),
        product=c.name(f["product"]),
    ),
    "lacks": lambda f, c: tr("she has not had {product}", product=c.name(f["product"])),
    "refill": lambda f, c: tr("she has had {product} before", product=c.name(f["product"])),
    # calls
    "refused": lambda _f, _: tr("She does not want to be contacted"),
    "withdrawn": lambda _f, _: tr("She is not to be called with offers"),
    "hours": lambda f, _: tr(
        "Calls are made from {opens} to {closes}", opens=f["opens"], closes=f["closes"]
    ),
    "midday": lambda f, _: tr("No calls at midday until {until}", until=f["until"]),
    "daily_cap": lambda f, _: tr("Dialled {used} times today, as often as allowed", used=f["used"]),
    "weekly_cap": lambda f, _: tr(
        "Dialled {used} times within a week, as often as allowed", used=f["used"]
    ),
    "monthly_cap": lambda f, _: tr(
        "Dialled {used} times within a month, as often as allowed", used=f["used"]
    ),
    "spacing": lambda f, _: tr(
        "Between two dials there are {minutes} minutes", minutes=f["minutes"]
    ),
    # worklist
    "wrap_up": lambda f, c: tr(
        "The call of {when} is not written up", when=when(_at(f["since_at"]), c.now)
    ),
    "callback": _due,
    "complaint_due": lambda f, c: tr(
        "Complaint, to be closed by {when}", when=day(_at(f["due_at"]), c.now)
    ),
    "run_out": _run_out,
    "newcomer": lambda f, _: tr("Delivered {hours} hours ago, first visit", hours=f["hours"]),
    "campaign": lambda f, _: tr("Campaign {name}", name=f["name"]),
    "rest": _rest,
    # what calls have taught
    "learned_tries": _tries,
    "learned_contact": _contact,
    "learned_purchase": _purchase,
    "learned_pool": lambda f, _: tr(POOLS.get(f["pool"], POOLS[Pool.ZERO])),
    "learned_grade": _grade,
    "learned_relationship": lambda f, _: tr(RELATIONSHIPS.get(f["relationship"], POOLS[Pool.ZERO])),
    "learned_value": lambda f, _: tr("{money} in a year", money=money(f["value_fen"])),
    "learned_result": lambda f, _: tr(RESULTS.get(f["result"], RESULTS["none"])),
    # the words of a callback
    "when_empty": lambda _f, _: tr("Write when, as in +1d or tomorrow 19:30"),
    "when_unclear": lambda f, _: tr(
        "“{words}” was not understood. Write +1d, tomorrow 19:30 or next Wed", words=f["words"]
    ),
    "when_past": lambda _f, _: tr("That time is over"),
    "when_afternoon": lambda f, _: tr("{hour} is read as {read}", hour=f["hour"], read=f["read"]),
    "when_tomorrow": lambda _f, _: tr("over today, so tomorrow"),
    "when_next_week": lambda _f, _: tr("over this week, so next week"),
    "when_next_month": lambda _f, _: tr("over this month, so next month"),
    "when_next_year": lambda _f, _: tr("over this year, so next year"),
    "when_far": lambda f, _: tr("{days} days from now", days=f["days"]),
    "when_outside_hours": lambda f, _: tr(
        "outside the calling hours {opens}–{closes}", opens=f["opens"], closes=f["closes"]
    ),
    "when_in_pause": lambda f, _: tr("in the midday pause until {until}", until=f["until"]),
}
