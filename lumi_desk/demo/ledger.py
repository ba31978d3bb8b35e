"""Writing a life down: orders with lines and card entries, contacts, promises, the customer."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lumi_desk import clock
from lumi_desk.cards.rules import Balance, divide
from lumi_desk.catalog.content import Catalogue
from lumi_desk.customers import rules as who
from lumi_desk.demo import records
from lumi_desk.demo.baskets import Shelf
from lumi_desk.demo.lives import Bought, Calendar, Called, Life
from lumi_desk.demo.names import PROVINCES
from lumi_desk.storage.base import to_millis

_DUE = timedelta(days=7)
# What one shop or another calls a few of the small goods: neither catalogue nor words know it.
_UNTOLD: Mapping[str, tuple[str, ...]] = {
    "peach-gum": ("【赠饮装】雪燕皂角米羹 8碗", "玫瑰洛神养颜茶 30包"),
    "red-date": ("黑糖姜枣膏 12条", "Vita Bloom 女士复合维生素 60粒"),
    "collagen-taste": ("会员尝鲜小样 7支",),
}
_ONE_IN = 16
_ANSWERED = frozenset({"sold", "interested", "thinking", "no_need", "not_her", "complaint"})


class Ids:
    """Makes ids of the form of UUIDv7 from dice, in the order of their moments."""

    def __init__(self, dice: random.Random) -> None:
        self._bits = dice.getrandbits

    def __call__(self, at: datetime) -> str:
        text = f"{to_millis(at):012x}"
        low = f"{self._bits(76):019x}"
        variant = "89ab"[int(low[3], 16) % 4]
        return f"{text[:8]}-{text[8:]}-7{low[:3]}-{variant}{low[4:7]}-{low[7:]}"


@dataclass(slots=True)
class Books:
    """The records of all customers while they are being written."""

    customers: list[records.Customer] = field(default_factory=list)
    identities: list[records.Identity] = field(default_factory=list)
    orders: list[records.Order] = field(default_factory=list)
    lines: list[records.OrderLine] = field(default_factory=list)
    card_entries: list[records.CardEntry] = field(default_factory=list)
    contacts: list[records.Contact] = field(default_factory=list)
    notes: list[records.Note] = field(default_factory=list)
    callbacks: list[records.Callback] = field(default_factory=list)
    refusals: list[records.Refusal] = field(default_factory=list)
    complaints: list[records.Complaint] = field(default_factory=list)
    holdings: list[records.Holding] = field(default_factory=list)


class Writer:
    """Turns lives into records."""

    def __init__(
        self, dice: random.Random, days: Calendar, shelf: Shelf, catalogue: Catalogue
    ) -> None:
        self.dice, self.days, self.shelf, self.catalogue = dice, days, shelf, catalogue
        self.ids = Ids(dice)
        self.books = Books()
        self._plans = {plan.id: plan for plan in catalogue.card_plans}
        self._members = 0

    def write(self, her: Life) -> None:
        """Everything about one customer."""
        her.orders.sort(key=lambda order: order.at)
        her.openings.sort()
        her.calls.sort(key=lambda call: call.at)
        since = min([order.at for order in her.orders] + [at for at, _ in her.openings])
        customer_id = self.ids(since)
        orders = list(self._orders(her, customer_id))
        self.books.orders += orders
        self._talk(her, customer_id)
        self._promises(her, customer_id)
        self._customer(her, customer_id, since, orders)

    # --- orders and cards -----------------------------------------------------------------

    def _orders(self, her: Life, customer_id: str) -> Iterator[records.Order]:
        """Her orders in time, each paid from the card if that holds enough."""
        left, openings = Balance(), list(her.openings)
        for bought in her.orders:
            while openings and openings[0][0] <= bought.at:
                left = self._open(customer_id, *openings.pop(0), left)
            fen = self.shelf.cost(bought.lines) - bought.discount_fen
            parts = divide(left, fen) if bought.fate == "kept" and fen <= left.fen else None
            order = self.order(bought, customer_id, her, by_card=parts is not None)
            if parts is not None:
                left = Balance(
                    left.principal_fen - parts.principal_fen, left.bonus_fen - parts.bonus_fen
                )
                self._spend(customer_id, order, parts)
            yield order
        for at, plan in openings:
            left = self._open(customer_id, at, plan, left)

    def _open(self, customer_id: str, at: datetime, plan_id: str, left: Balance) -> Balance:
        plan = self._plans[plan_id]
        self.books.card_entries.append(
            records.CardEntry(
                id=self.ids(at),
                customer_id=customer_id,
                at=at,
                kind="open",
                principal_fen=plan.value_fen,
                bonus_fen=plan.bonus_fen,
                plan_id=plan.id,
                order_id=None,
            )
        )
        return Balance(left.principal_fen + plan.value_fen, left.bonus_fen + plan.bonus_fen)

    def _spend(self, customer_id: str, order: records.Order, parts: Balance) -> None:
        at = order.paid_at or order.created_at
        self.books.card_entries.append(
            records.CardEntry(
                id=self.ids(at),
                customer_id=customer_id,
                at=at,
                kind="spend",
                principal_fen=-parts.principal_fen,
                bonus_fen=-parts.bonus_fen,
                plan_id=None,
                order_id=order.id,
            )
        )

    def order(self, bought: Bought, customer_id: str, her: Life, *, by_card: bool) -> records.Order:
        """The record of an order; its lines go into the books with it."""
        order_id = self.ids(bought.at)
        number = str(10**18 + self.dice.randrange(10**18))
        goods = self.shelf.cost(bought.lines) - bought.discount_fen
        is_paid, is_refunded = bought.fate != "unpaid", bought.fate == "refunded"
        paid_at = bought.at + timedelta(seconds=48) if is_paid else None
        delivered_at = self._delivery(bought)
        status, words = _status(bought, delivered_at, self.days.now)
        names = [f"{self.shelf.products[product].name} ×{units}" for product, units in bought.lines]
        self._lines(bought, order_id, customer_id, status, words)
        return records.Order(
            id=order_id,
            key=f"{self.catalogue.channel}:{number}",
            number=number,
            shop=self.catalogue.shop,
            channel=self.catalogue.channel,
            customer_id=customer_id,
            nick=her.wangwang,
            status=status,
            status_words=words,
            created_at=bought.at,
            paid_at=paid_at,
            goods_fen=goods,
            postage_fen=0,
            total_fen=goods,
            paid_fen=goods if is_paid and not is_refunded else 0,
            refund_fen=goods if is_refunded else 0,
            by_card=by_card,
            title="，".join(names),
            province=PROVINCES[her.city],
            delivered_at=delivered_at,
            discount_fen=bought.discount_fen,
        )

    def _delivery(self, bought: Bought) -> datetime | None:
        if bought.delivered_at is not None:
            return bought.delivered_at
        if bought.fate == "unpaid":
            return None
        arrives = bought.at + timedelta(hours=self.dice.randint(38, 92))
        return arrives if arrives <= self.days.now else None

    def _lines(
        self, bought: Bought, order_id: str, customer_id: str, status: str, words: str
    ) -> None:
        for place, (product_id, units) in enumerate(bought.lines, start=1):
            product = self.shelf.products[product_id]
            title = _untold(product_id, order_id) if place > 1 else ""
            self.books.lines.append(
                records.OrderLine(
                    id=self.ids(bought.at),
                    order_id=order_id,
                    customer_id=customer_id,
                    position=place,
                    product_id=None if title else product_id,
                    title=title or product.name,
                    code="" if title else product.code,
                    units=units,
                    price_fen=product.price_fen,
                    status=status,
                    status_words=words,
                    line=product.line,
                )
            )

    # --- calls and promises ---------------------------------------------------------------

    def _talk(self, her: Life, customer_id: str) -> None:
        self.books.contacts += [self._contact(her, customer_id, call) for call in her.calls]
        for at, words in her.notes:
            self.books.notes.append(records.Note(self.ids(at), customer_id, her.rep_id, at, words))

    def _contact(self, her: Life, customer_id: str, call: Called) -> records.Contact:
        is_call = call.channel == "call"
        is_answered = call.disposition in _ANSWERED
        seconds = call.talk_seconds + (12 if is_call and not is_answered else 0)
        ends = min(call.at + timedelta(seconds=seconds), self.days.now)
        return records.Contact(
            id=self.ids(call.at),
            customer_id=customer_id,
            rep_id=her.rep_id,
            channel=call.channel,
            started_at=call.at,
            ended_at=ends,
            talk_seconds=call.talk_seconds,
            wrap_up_seconds=self.dice.randint(15, 70) if is_answered and is_call else 0,
            dials=[[to_millis(call.at), is_answered]] if is_call else [],
            disposition=call.disposition,
            attitude=call.attitude,
            note=call.note,
            script_id=call.script or None,
        )

    def _promises(self, her: Life, customer_id: str) -> None:
        books, rep = self.books, her.rep_id
        for one in her.promises:
            made = min(one.due_at, self.days.now) - timedelta(days=2)
            books.callbacks.append(
                records.Callback(
                    id=self.ids(made),
                    customer_id=customer_id,
                    rep_id=rep,
                    contact_id=None,
                    made_at=made,
                    due_at=one.due_at,
                    why=one.why,
                    done_at=one.done_at,
                )
            )
        for ticket in her.complaints:
            books.complaints.append(
                records.Complaint(
                    id=self.ids(ticket.at),
                    customer_id=customer_id,
                    rep_id=rep,
                    opened_at=ticket.at,
                    words=ticket.words,
                    replied_at=ticket.replied_at,
                    due_at=ticket.at + _DUE,
                    closed_at=ticket.closed_at,
                    remedy=ticket.remedy,
                )
            )
        if her.refused_at is not None:
            at, words = her.refused_at, her.refused_words
            books.refusals.append(records.Refusal(self.ids(at), customer_id, rep, at, words))

    # --- the customer ---------------------------------------------------------------------

    def _customer(
        self, her: Life, customer_id: str, since: datetime, orders: list[records.Order]
    ) -> None:
        made_of_it = _made_of(self._history(her, orders), self.days.now)
        self.books.customers.append(
            records.Customer(
                id=customer_id,
                name=her.name.hanzi,
                pinyin=her.name.pinyin,
                initials=her.name.initials,
                phone=her.phone,
                wangwang=her.wangwang,
                wechat=her.wechat,
                wechat_state=her.wechat_state,
                city=her.city,
                member_since=clock.local_day(since),
                birthday=her.birthday,
                allergy=her.allergy,
                household=her.household,
                rep_id=her.rep_id,
                **made_of_it,
            )
        )
        self._identify(her, customer_id, since)

    def _history(self, her: Life, orders: list[records.Order]) -> who.History:
        answered = [call.at for call in her.calls if call.disposition in _ANSWERED]
        return who.History(
            purchases=tuple(
                self._purchase(bought, order)
                for bought, order in zip(her.orders, orders, strict=True)
                if order.paid_at is not None
            ),
            card_opened_at=min((at for at, _ in her.openings), default=None),
            last_answered_at=max(answered, default=None),
        )

    def _purchase(self, bought: Bought, order: records.Order) -> who.Purchase:
        lines = frozenset(
            who.Line(self.shelf.products[product].line) for product, _ in bought.lines
        )
        return who.Purchase(
            paid_at=order.paid_at or order.created_at,
            fen=order.total_fen,
            refunded_fen=order.refund_fen,
            line=who.leading(lines),
            units=sum(units for _, units in bought.lines),
            by_card=order.by_card,
        )

    def _identify(self, her: Life, customer_id: str, since: datetime) -> None:
        self._members += 1
        member = f"M{self._members:06d}"
        for kind, value in (("member", member), ("phone", her.phone)):
            self.books.identities.append(
                records.Identity(
                    self.ids(since), customer_id, kind, "", value, "member list", since
                )
            )
        self.books.holdings.append(records.Holding(self.ids(since), customer_id, her.rep_id, since))


def _made_of(history: who.History, now: datetime) -> dict[str, Any]:
    """What the rules make of her orders, by column, as classifying does on the hub."""
    kept = who.kept(history, now)
    # Sorted and filtered once: every rule would do it again.
    seen = who.History(kept, history.card_opened_at, history.last_answered_at)
    year = who.year_purchases(seen, now)
    spent: Counter[who.Line] = Counter()
    for one in year or kept:
        spent[one.line] += one.kept_fen
    grade, relationship = who.grade(seen, now), who.relationship(seen, now)
    return {
        "pool": who.pool(seen, now).value,
        "grade": grade.value if grade else None,
        "line": max(who.Line, key=lambda line: spent[line]).value if spent else None,
        "relationship": relationship.value if relationship else None,
        "first_paid_at": who.first_paid_at(seen, now),
        "last_paid_at": kept[-1].paid_at if kept else None,
        "rhythm_days": who.own_rhythm(seen, now),
        "year_fen": sum(one.kept_fen for one in year),
        "year_orders": len(year),
    }


def _status(bought: Bought, delivered_at: datetime | None, now: datetime) -> tuple[str, str]:
    """How far an order has come, in our word and the platform's."""
    if bought.fate == "unpaid":
        return "waiting", "等待买家付款"
    if bought.fate == "refunded":
        return "closed", "交易关闭"
    if delivered_at is not None and now - delivered_at > timedelta(days=5):
        return "done", "交易成功"
    if now - bought.at > timedelta(hours=20):
        return "shipped", "卖家已发货，等待买家确认"
    return "paid", "买家已付款，等待卖家发货"


def _untold(product_id: str, order_id: str) -> str:
    """A title that nobody knows, for a few of the orders; empty for the rest."""
    names, chance = _UNTOLD.get(product_id, ()), int(order_id[-4:], 16)
    if not names or chance % _ONE_IN:
        return ""
    return names[chance // _ONE_IN % len(names)]
