"""A row against what is stored: what is newer stays, what was blank is filled."""

from datetime import datetime
from typing import Any

from lumi_desk.ids import new_id
from lumi_desk.imports import rules, shares
from lumi_desk.imports.columns import ItemRow, OrderRow
from lumi_desk.imports.matching import Known, key_of
from lumi_desk.imports.rules import Number, Progress
from lumi_desk.imports.shares import BETWEEN, LONG_AGO, WHOLE, Share, Tellings
from lumi_desk.imports.states.rules import OrderStatus

# Newer rows replace these; a blank in them never wipes what is known.
_TOLD = ("status_words", "title", "province", "goods_fen", "postage_fen")
_TRACED = ("close_words", "receiver", "phone", "city", "confirmed_at")
_TOLD_BY_LINES = ("status_words", "total_fen", "paid_fen", "goods_fen", "postage_fen")


def new_order(row: OrderRow, as_of: datetime, channel: str) -> Known:
    """An order the hub has not seen."""
    order = {
        "id": new_id(),
        "ver": 0,
        "key": key_of(row),
        "number": "" if row.number.rounded else row.number.text,
        "rounded": row.number.rounded,
        "shop": row.shop,
        "channel": row.channel or channel,
        "customer_id": None,
        "nick": row.nick,
        "status": row.status.value,
        "status_words": row.status_words,
        "created_at": row.created_at,
        "paid_at": row.paid_at,
        "goods_fen": row.goods_fen,
        "postage_fen": row.postage_fen,
        "total_fen": row.total_fen,
        "paid_fen": rules.kept_fen(row.total_fen, row.paid_fen, row.refund_fen),
        "refund_fen": row.refund_fen,
        "by_card": row.by_card,
        "title": row.title,
        "province": row.province,
        "delivered_at": row.confirmed_at,
    }
    trace = {"order_id": order["id"], "shown": row.number.text, "as_of": as_of}
    trace |= {name: getattr(row, name) for name in (*_TRACED, "unsold")}
    trace["tellings"] = shares.first(row.family, row.shares, as_of) if row.shares else None
    return Known(order, trace, row.number, fresh=True, row=row, claimed_in={row.file})


def stored_order(order: dict[str, Any], trace: dict[str, Any] | None) -> Known:
    """An order as the hub holds it; one that no import brought has no trace yet."""
    if trace is None:
        blank = dict.fromkeys(_TRACED, "") | {"confirmed_at": order["delivered_at"]}
        shown = order["number"]
        trace = {"order_id": order["id"], "shown": shown, "as_of": LONG_AGO} | blank
        trace |= {"tellings": None, "unsold": False}
    number = rules.number(trace["shown"]) or Number(order["id"], 0)
    return Known(order, trace, number, fresh=False)


def merge(one: Known, row: OrderRow, as_of: datetime, *, imported_before: bool) -> None:
    """Bring what a row says into a known order; marks it when that changes anything.

    A row of a file that was imported before is never newer than what came after it.
    """
    before, traced_before = dict(one.order), dict(one.trace)
    now_told = _progress_of_row(row, as_of)
    stood = _progress_of(one)
    known = one.trace["tellings"]
    held = bool(row.shares) and shares.holds(known, row.family, row.shares, as_of)
    newer = not held and (now_told > stood or (now_told == stood and not imported_before))
    _fill(one, row)
    if newer:
        _replace(one, row, as_of)
    one.order["refund_fen"] = max(one.order["refund_fen"], row.refund_fen)
    if not held and (row.shares or known):
        tellings = _tellings(before, traced_before)
        told = [(key, shares.of_kept(one)) for key, one in row.shares] or [("", _of_row(row))]
        more = shares.with_more(tellings, row.family, told, as_of, again=imported_before)
        _add_up(one, row, more, str(before["title"]))
    _sharpen(one, row)
    _once_told(one, row)
    one.row = row
    one.claimed_in.add(row.file)
    one.changed |= one.order != before
    one.traced |= one.trace != traced_before


def _progress_of_row(row: OrderRow, as_of: datetime) -> Progress:
    return rules.progress(row.status, row.refund_fen, row.paid_at, row.confirmed_at, as_of)


def _progress_of(one: Known) -> Progress:
    order, trace = one.order, one.trace
    return rules.progress(
        OrderStatus(order["status"]),
        order["refund_fen"],
        order["paid_at"],
        trace["confirmed_at"],
        trace["as_of"],
    )


def _fill(one: Known, row: OrderRow) -> None:
    for name in (*_TOLD, "nick", "paid_at"):
        one.order[name] = one.order[name] or getattr(row, name)
    for name in _TRACED:
        one.trace[name] = one.trace[name] or getattr(row, name)
    one.order["delivered_at"] = one.order["delivered_at"] or row.confirmed_at


def _replace(one: Known, row: OrderRow, as_of: datetime) -> None:
    order = one.order
    order["status"] = row.status.value
    order["total_fen"] = row.total_fen
    order["paid_fen"] = rules.kept_fen(row.total_fen, row.paid_fen, row.refund_fen)
    for name in _TOLD:
        order[name] = getattr(row, name) or order[name]
    for name in _TRACED:
        one.trace[name] = getattr(row, name) or one.trace[name]
    one.trace["as_of"] = as_of


def _once_told(one: Known, row: OrderRow) -> None:
    """What holds once a file has said it: most have no column that could."""
    one.order["by_card"] = one.order["by_card"] or row.by_card
    one.trace["unsold"] = one.trace["unsold"] or row.unsold
    if one.trace["unsold"]:
        one.order["paid_fen"] = 0


def _tellings(order: dict[str, Any], trace: dict[str, Any]) -> Tellings:
    """What is known of an order's lines; one that was never told by lines was told whole."""
    if trace["tellings"]:
        return shares.of_json(trace["tellings"])
    told = {name: (order if name in order else trace)[name] for name in Share._fields}
    return {WHOLE: {"": Share(**told | {"status": OrderStatus(order["status"])})}}


def _of_row(row: OrderRow) -> Share:
    told = {name: getattr(row, name) for name in Share._fields if name != "as_of"}
    kept = rules.kept_fen(row.total_fen, row.paid_fen, row.refund_fen)
    return Share(**told | {"paid_fen": kept})


def _add_up(one: Known, row: OrderRow, tellings: Tellings, titled: str) -> None:
    """Let an order be what all the files say of its lines; `titled` is how it was called before."""
    order, trace, found = one.order, one.trace, shares.standing(tellings)
    for title in (str(order["title"]), titled, found.title):
        if sorted(title.split(BETWEEN)) == sorted(found.title.split(BETWEEN)):
            order["title"] = title
            break
    order |= {name: getattr(found, name) for name in _TOLD_BY_LINES}
    order["status"] = found.status.value
    order["refund_fen"] = max(order["refund_fen"], found.refund_fen)
    trace |= {name: getattr(found, name) for name in ("close_words", "confirmed_at", "as_of")}
    trace["tellings"] = shares.as_json(tellings)
    for name in ("created_at", "paid_at"):
        told, stood = getattr(row, name), order[name]
        if told and stood and rules.minute_of(told) < rules.minute_of(stood):
            order[name] = told
    if row.confirmed_at and row.confirmed_at > order["delivered_at"]:
        order["delivered_at"] = row.confirmed_at


def _sharpen(one: Known, row: OrderRow) -> None:
    """Take over seconds and digits that a spreadsheet had dropped."""
    for name in ("created_at", "paid_at"):
        told, stood = getattr(row, name), one.order[name]
        if told and stood and rules.minute_of(told) == rules.minute_of(stood):
            one.order[name] = max(told, stood)
    if one.number.unit > row.number.unit:
        one.number = row.number
        one.trace["shown"] = row.number.text
        if not row.number.rounded:
            exact = {"number": row.number.text, "rounded": False}
            one.order |= exact | {"shop": row.shop, "key": key_of(row)}


def line_values(item: ItemRow, order: dict[str, Any]) -> dict[str, Any]:
    """What an items row says about a line, by column."""
    status = item.status or OrderStatus(order["status"])
    return {
        "title": item.title,
        "code": item.code,
        "units": item.units,
        "price_fen": item.price_fen,
        "status": status.value,
        "status_words": item.status_words,
    }


def line_is_older(told: dict[str, Any], stood: dict[str, Any]) -> bool:
    """Whether a row about a line was written before what is stored."""
    order = list(OrderStatus)
    return order.index(OrderStatus(told["status"])) < order.index(OrderStatus(stood["status"]))
