"""A customer document of three orders, and a call, as the rows and operations of the product.

A document carries some things no desk keeps (a street address, free tags); they are left out, and
so are the figures an import would derive from the orders.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lumi_desk.calls.operations import Dial, LogContact
from lumi_desk.calls.tables import Contact
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.base import Table

Document = Mapping[str, Any]
Rows = dict[type[Table], list[dict[str, Any]]]

SHOP = "旗舰店"
WRAP_UP_S = 30
_OUTCOMES = {
    "接通有意向": "interested",
    "接通无意向": "no_need",
    "无人接听": "no_answer",
    "关机": "off",
    "约下次": "thinking",
    "成交": "sold",
    "空号": "wrong_number",
}
_ANSWERED = frozenset({"interested", "no_need", "thinking", "sold"})


def customer_id(number: int | str) -> str:
    """The id of the customer with that number; what is no number stays as it is."""
    return number if isinstance(number, str) else f"01990000-0000-7000-8000-{number:012x}"


def rows(documents: Iterable[Document], rep_id: str) -> Rows:
    """Her row, what identifies her, her orders and their lines, for each document."""
    found: Rows = {Customer: [], Identity: [], Order: [], OrderLine: []}
    marks: set[tuple[str, str]] = set()
    for document in documents:
        found[Customer].append(_customer(document, rep_id))
        found[Identity] += _identities(document, marks)
        for place, order in enumerate(document.get("orders", ())):
            found[Order].append(_order(document, order))
            found[OrderLine].append(_line(document, order, place))
    return found


def contact(call: Document, rep_id: str) -> LogContact:
    """The call as the rep writes it up."""
    began = _moment(call["at"])
    over = began + timedelta(seconds=call["seconds"])
    outcome = _OUTCOMES[call["outcome"]]
    return LogContact(
        id=call["id"],
        customer_id=customer_id(call["customer"]),
        by=rep_id,
        at=over,
        channel="call",
        started_at=began,
        ended_at=over,
        talk_seconds=call["seconds"],
        wrap_up_seconds=WRAP_UP_S,
        dials=(Dial(began, answered=outcome in _ANSWERED),),
        disposition=outcome,
        note=call["note"],
    )


def contact_rows(calls: Sequence[Document], rep_id: str) -> Rows:
    """Calls of the past as rows, for a file that is filled at once."""
    return {
        Contact: [
            {
                "id": op.id,
                "customer_id": op.customer_id,
                "rep_id": op.by,
                "channel": op.channel,
                "started_at": op.started_at,
                "ended_at": op.ended_at,
                "talk_seconds": op.talk_seconds,
                "wrap_up_seconds": op.wrap_up_seconds,
                "dials": [[int(d.at.timestamp() * 1000), d.answered] for d in op.dials],
                "disposition": op.disposition,
                "script_id": None,
                "path": [],
                "offers": [],
                "note": op.note,
            }
            for op in (contact(call, rep_id) for call in calls)
        ]
    }


def _customer(document: Document, rep_id: str) -> dict[str, Any]:
    orders = document.get("orders", ())
    paid = [_moment(order["at"]) for order in orders]
    return {
        "id": customer_id(document["id"]),
        "name": document["name"],
        "pinyin": document["pinyin"],
        "initials": document["initials"],
        "phone": document["phone"],
        "wangwang": document["wangwang"],
        "city": document.get("city", ""),
        "rep_id": rep_id,
        "pool": document.get("pool", "0"),
        "grade": document.get("grade"),
        "member_since": None,
        "birthday": None,
        "line": None,
        "relationship": None,
        "first_paid_at": min(paid, default=None),
        "last_paid_at": max(paid, default=None),
        "rhythm_days": None,
        "year_fen": sum(order["amount"] for order in orders),
        "year_orders": len(orders),
    }


def _identities(document: Document, marks: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Her number and nick; one that somebody else has already identifies nobody."""
    found = []
    for kind, scope, value in (("phone", "", "phone"), ("nick", SHOP, "wangwang")):
        mark = (kind, document[value])
        if mark not in marks:
            marks.add(mark)
            her = customer_id(document["id"])
            since = _moment(document.get("last_order_at", 1_700_000_000))
            told = {"kind": kind, "scope": scope, "value": mark[1], "since": since}
            found.append({"id": f"{her}:{kind}", "customer_id": her, **told})
    return found


def _order(document: Document, order: Document) -> dict[str, Any]:
    at = _moment(order["at"])
    return {
        "id": f"order-{order['no']}",
        "key": order["no"],
        "number": order["no"],
        "shop": SHOP,
        "customer_id": customer_id(document["id"]),
        "nick": document["wangwang"],
        "status": "done",
        "created_at": at,
        "paid_at": at,
        "goods_fen": order["amount"],
        "total_fen": order["amount"],
        "paid_fen": order["amount"],
        "title": order["item"],
        "delivered_at": at,
    }


def _line(document: Document, order: Document, place: int) -> dict[str, Any]:
    return {
        "id": f"line-{order['no']}",
        "order_id": f"order-{order['no']}",
        "customer_id": customer_id(document["id"]),
        "position": place,
        "product_id": None,
        "title": order["item"],
        "units": order["qty"],
        "price_fen": order["amount"] // order["qty"],
    }


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
