"""Which script fits a customer now, and what is known to fill into it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.service import Promise
from lumi_desk.calls.underway.rules import NextKind
from lumi_desk.cards.rules import Verdict, days_left
from lumi_desk.clock import SHANGHAI, local_day
from lumi_desk.customers.person import Person
from lumi_desk.customers.rules import CHURN, ChurnSettings
from lumi_desk.customers.touch_plan.rules import TouchStep
from lumi_desk.errors import LumiError
from lumi_desk.offers.rules import Kind, Offer
from lumi_desk.offers.service import Shown
from lumi_desk.orders.service import Ordered
from lumi_desk.scripts import reading
from lumi_desk.scripts.filling import Known
from lumi_desk.scripts.rules import Script, Situation, Standing, choose, situation_of
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.worklist.rules import WORKLIST
from lumi_desk.worklist.service import use_of

_NEWCOMER_ORDERS = 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A script with the id of the row it is kept in, which contacts name."""

    row_id: str
    script: Script


def load(session: Session, situation: Situation, language: str) -> Loaded | None:
    """The newest active script for a situation, in the language if there is one.

    A script with a fault is passed over: a call can be made with an older one, or without.
    """
    wanted = {situation.value, Situation.CARE.value}
    chosen = select(ScriptRow).where(ScriptRow.active, ScriptRow.situation.in_(wanted))
    scripts = []
    for row in session.scalars(chosen.order_by(ScriptRow.id)):
        with suppress(LumiError):
            scripts.append(replace(reading.parse(row.body), id=row.id, version=row.version))
    best = choose(scripts, situation, language)
    return None if best is None else Loaded(best.id, best)


def situation_kept(session: Session, row_id: str) -> Situation | None:
    """The situation of the script a call was begun with; None if the script is gone."""
    row = session.get(ScriptRow, row_id)
    return None if row is None else Situation(row.situation)


def situation_for(
    her: Person,
    promise: Promise | None,
    now: datetime,
    *,
    renewal: bool,
    churn: ChurnSettings = CHURN,
    step: TouchStep | None = None,
) -> Situation:
    """Why she is called now, as far as the words go; `renewal` says whether her card ends.

    `step` is the one of the touch plan that this call would do.
    """
    last = her.last_order
    delivered = last.delivered_at if last else None
    return situation_of(
        Standing(
            complaint_open=her.complaint_open is not None,
            callback_due=promise is not None and promise.due_at - WORKLIST.callback_lead <= now,
            renewal_due=renewal,
            is_newcomer=her.grade is not None and her.year_orders <= _NEWCOMER_ORDERS,
            days_since_delivery=_days(delivered, now),
            days_since_purchase=_days(her.last_paid_at, now),
            churn_warning=her.churn(now, churn) is not None,
            planned=Situation(step.script) if step is not None and step.script else None,
        )
    )


def known(her: Person, shown: Shown, promise: Promise | None, rep: str, now: datetime) -> Known:
    """The facts behind the merge fields. What we do not know is left out, never made up."""
    use = use_of(her.first_paid_at, her.year_fen, now)
    card = next((o for o in shown.offers if o.kind is Kind.CARD), None)
    bundle = next((o for o in shown.offers if o.kind is Kind.BUNDLE), None)
    fits = card if card is not None and card.verdict is Verdict.FITS else None
    return Known(
        name=her.name,
        rep=rep,
        balance_fen=her.balance_fen,
        monthly_use_fen=use.fen if use else None,
        days_left=days_left(her.balance_fen, use) if use and her.balance_fen else None,
        last_product=_product(her.last_order, shown.shelf.names()),
        first_product=_product(her.first_order, shown.shelf.names()),
        quiet_days=_days(her.last_paid_at, now),
        bundle=shown.shelf.title(bundle) if bundle else "",
        bundle_fen=bundle.price_fen if bundle else None,
        list_fen=bundle.list_fen if bundle else None,
        callback_at=promise.due_at.astimezone(SHANGHAI) if promise else None,
        callback_about=promise.why if promise and promise.why not in set(NextKind) else "",
        **_card(fits, shown),
    )


def _card(offer: Offer | None, shown: Shown) -> dict[str, Any]:
    """What is said of a card; only of one that fits her."""
    if offer is None:
        return {}
    card = shown.shelf.cards[offer.id]
    months = offer.because[0].fields.get("months") if offer.because else None
    return {"card_value_fen": card.value_fen, "card_months": months, "gift": card.gift}


def _product(order: Ordered | None, names: dict[str, str]) -> str:
    """What most of the money of an order went into."""
    main = order.main if order else None
    if main is None:
        return order.title if order else ""
    return names.get(main.product_id or "", main.title)


def _days(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max((local_day(now) - local_day(moment)).days, 0)
