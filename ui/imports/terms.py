"""The words of imports: fields, kinds of tables, stages, reasons. Knows no Qt."""

import re
from collections.abc import Mapping

from ui.words import N_, tr

_MEANINGS: Mapping[str, str] = {
    "account": N_("added by"),
    "added": N_("added on"),
    "address": N_("address"),
    "balance": N_("card balance"),
    "birthday": N_("birthday"),
    "bonus": N_("bonus loaded"),
    "bonus_left": N_("bonus left"),
    "card": N_("card number"),
    "city": N_("city"),
    "close": N_("why it was closed"),
    "after_sale": N_("state of a return"),
    "code": N_("product code"),
    "confirmed_at": N_("received on"),
    "consent": N_("consent"),
    "order_kind": N_("kind of order"),
    "pay_method": N_("means of payment"),
    "created": N_("ordered on"),
    "face": N_("face value"),
    "friend": N_("state of the friendship"),
    "goods": N_("worth of the goods"),
    "landline": N_("landline"),
    "member": N_("member id"),
    "name": N_("name"),
    "new_address": N_("changed address"),
    "nick": N_("Wangwang of the buyer"),
    "nickname": N_("WeChat nickname"),
    "number": N_("order number"),
    "numbers": N_("order numbers"),
    "open_user": N_("platform's buyer id"),
    "opened": N_("card opened on"),
    "own_number": N_("number of the line"),
    "package": N_("set"),
    "paid": N_("amount paid"),
    "paid_at": N_("paid on"),
    "phone": N_("phone"),
    "postage": N_("postage"),
    "price": N_("price"),
    "principal": N_("principal loaded"),
    "principal_left": N_("principal left"),
    "province": N_("province"),
    "refund": N_("refund"),
    "remark": N_("remark name"),
    "shop": N_("shop"),
    "spec": N_("product properties"),
    "status": N_("order status"),
    "title": N_("product title"),
    "told_at": N_("told on"),
    "told_from": N_("where it comes from"),
    "total": N_("worth of the order"),
    "units": N_("quantity"),
    "wangwang": N_("Wangwang"),
    "wechat": N_("WeChat id"),
    "wecom": N_("WeCom contact id"),
    "withdrawn": N_("consent withdrawn"),
}
_OWN_MEANINGS: Mapping[str, str] = {
    "after_sale": N_("state after the sale"),
    "from_balance": N_("paid from the balance"),
    "outer": N_("product code elsewhere"),
    "payable": N_("amount to pay"),
}
_KINDS: Mapping[str, str] = {
    "orders": N_("list of orders"),
    "items": N_("list of order lines"),
    "orders with lines": N_("orders with their lines"),
    "members": N_("list of people"),
}
_PARTS: Mapping[str, str] = {
    "orders": N_("Orders"),
    "lines": N_("Order lines"),
    "buyers": N_("Buyers"),
    "members": N_("People of lists"),
}
_STAGES: Mapping[str, str] = {
    "checking": N_("Checking the files"),
    "reading": N_("Reading the rows"),
    "orders": N_("Bringing in orders"),
    "buyers": N_("Naming the buyers"),
    "lines": N_("Bringing in order lines"),
    "members": N_("Bringing in people"),
    "booking": N_("Confirming sales"),
    "classifying": N_("Classifying customers"),
    "publishing": N_("Telling the desks"),
    "settling": N_("Keeping it for good"),
}
_CHANNELS: Mapping[str, str] = {
    "tmall": N_("Tmall"),
    "taobao": N_("Taobao"),
    "jd": N_("JD"),
    "douyin": N_("Douyin"),
    "vip": N_("VIP.com"),
    "kaola": N_("Kaola"),
    "store": N_("stores"),
    "centre": N_("member centre"),
}
_WAYS: Mapping[str, str] = {
    "header": N_("known header"),
    "profile": N_("by the profile"),
    "told": N_("told by you"),
    "guess": N_("guessed, {sure} sure"),
    "": N_("not used"),
}
_DOUBTS: Mapping[str, str] = {
    "whose": N_("Rows of one order repeat an amount: choose whose the amounts are."),
    "repeated": N_("Order numbers repeat: of each order all rows but one would be left out."),
    "unpaid": N_(
        "No column says whether an order was paid: the orders of all {rows} rows would count as"
        " unpaid. If they were paid, say which column is “paid on”; the time of the order will do."
    ),
    "unread": N_(
        "What “{columns}” says of consents is not read: say what it means, or that it is not to be"
        " used."
    ),
    "orderly": N_(
        "It has columns of an order export (“{columns}”), and would be read as something else."
    ),
    "untimed": N_(
        "No column says when an order was made: “{paid_at}” is taken for it. Rows without it are"
        " left out."
    ),
    "unpriced": N_(
        "No column says what an order is worth: “{worth}” is taken for it, as before any refund."
    ),
    "given_back": N_(
        "“{columns}” seems to say which orders were cancelled or given back, and is not read: all"
        " would count as kept. Say that it is the state of a return or of the order, or not to be"
        " used."
    ),
    "currency": N_("“{columns}” names other currencies: all amounts would be taken for yuan."),
    "unfit": N_(
        "“{columns}” has the name of something that is looked for, but its values do not fit: say"
        " what it means, or that it is not to be used."
    ),
    "unit": N_(
        "“{columns}” seems to be in another unit, and would be taken for yuan: say its unit"
        " (Alt U), or change it in the file."
    ),
    "unit_said": N_(
        "“{columns}” is read in the unit that its name says: compare the values with what is read."
    ),
    "unit_looks": N_(
        "“{columns}” looks like fen, and would be taken for yuan: say its unit (Alt U)."
    ),
    "kinds": N_(
        "“{columns}” has kinds of orders that nobody knows, the first of its values: they would"
        " count as sales."
    ),
    "part_card": N_(
        "“{columns}” tells of orders that a recharge card paid in part: all of them would count as"
        " cash."
    ),
    "heading": N_(
        "The names of the columns may stand in another row: compare them with the values."
    ),
}
_REASONS: Mapping[str, str] = {
    "cells": N_("the row has {found} cells, the header has {expected}"),
    "number": N_("there is no order number: {found}"),
    "created": N_("the order has no readable creation time: {found}"),
    "time": N_("{column} is no time: {found}"),
    "money": N_("{column} is no amount in yuan and fen: {found}"),
    "units": N_("{column} is no whole number above nothing: {found}"),
    "title": N_("the line has no product title"),
    "repeated": N_("the same {what} already stands in {found}"),
    "other_buyer": N_("the same order already stands in {found}, under another buyer"),
    "future": N_("the order would be made in the future: {found}"),
    "ahead": N_("{column} lies in the future: {found}"),
    "ambiguous": N_("the rounded number {found} fits more than one order"),
    "no_order": N_("there is no order {found} for this line"),
    "no_person": N_("the row has no member id, phone, WeChat, card or order number of hers"),
    "virtual": N_("the phone is a virtual number, lent for 15 days, and nothing else is told"),
    "card": N_("the amounts of the card contradict each other: {found}"),
    "consent": N_("the words about consent are not understood, and were not kept: {found}"),
    "phone": N_("the phone cannot be read, and was not kept: {found}"),
    "wechat": N_("this is no WeChat id, and was not kept: {found}"),
    "birthday": N_("the birthday cannot be true, and was not kept: {found}"),
    "two_customers": N_("order {found} belongs to another customer who is in a rep's hands"),
    "parted": N_("{found} is another customer's: a list had made them one, and that was undone"),
    "rounded_link": N_("the order number {found} is rounded and links no order"),
    "disagree": N_("the rows of order {found} disagree about {column}"),
    "broken_order": N_("another row of order {found} cannot be read"),
    "test": N_("it is no order, but a test: {found}"),
}
_UNITS: Mapping[str, str] = {
    "yuan": N_("yuan"),
    "jiao": N_("jiao"),
    "fen": N_("fen"),
    "thousand": N_("1,000 yuan"),
    "ten_thousand": N_("10,000 yuan"),
}
_THINGS: Mapping[str, str] = {"order": N_("order"), "line": N_("order line")}
_REPAIRS: Mapping[str, str] = {
    "date": N_("a time written another way"),
    "no_separators": N_("a time without separators"),
    "unit": N_("a unit inside a number"),
    "thousands": N_("separators between thousands"),
    "wide": N_("full-width characters in a number"),
    "tail": N_("a tail of digits behind an amount"),
    "scientific": N_("a number in scientific notation"),
    "decimals": N_("decimals behind a whole number"),
    "blanks": N_("blanks or signs inside a number"),
    "passed_over": N_("words that nobody knows, passed over as if nothing stood there"),
}


# How imports call a column that has no name.
_NAMELESS = re.compile(r"\(column (\d+)\)")


def known(what: str) -> frozenset[str]:
    """The codes that have words: of "meaning", "kind", "stage", "channel", "doubt" and so on."""
    tables = {
        "meaning": {**_MEANINGS, **_OWN_MEANINGS},
        "kind": _KINDS,
        "stage": _STAGES,
        "channel": _CHANNELS,
        "way": _WAYS,
        "doubt": _DOUBTS,
        "reason": _REASONS,
        "repair": _REPAIRS,
        "unit": _UNITS,
    }
    return frozenset(tables[what])


def column(name: str) -> str:
    """What a column is called: its own name, or its place where it has none."""
    found = _NAMELESS.fullmatch(name)
    return tr("(column {place})", place=found[1]) if found else name


def meaning(code: str) -> str:
    """A field; a column that is not used is a dash."""
    return tr(_MEANINGS.get(code) or _OWN_MEANINGS.get(code, code)) if code else "–"


def kind(code: str) -> str:
    """What a table holds."""
    return tr(_KINDS.get(code, code))


def channel(code: str) -> str:
    """Where orders are sold."""
    return tr(_CHANNELS.get(code, code))


def part(code: str) -> str:
    """What is counted."""
    return tr(_PARTS.get(code, code))


def stage(code: str) -> str:
    """What is being done."""
    return tr(_STAGES.get(code, "")) if code in _STAGES else tr("Beginning")


def unit(code: str) -> str:
    """What amounts are counted in."""
    return tr(_UNITS.get(code, code))


def way(code: str, certainty: str) -> str:
    """How it is known what a column means."""
    return tr(_WAYS.get(code, code)).format(sure=certainty)


def doubt(code: str, params: Mapping[str, str]) -> str:
    """What keeps a reading from being sure, and what would come of it."""
    return tr(_DOUBTS.get(code, code)).format_map(params)


def reason(code: str, params: Mapping[str, str]) -> str:
    """Why a row was left out; without what it is about where that is not told."""
    fields = {"found": "…", "column": "…", "what": "…", "expected": "…", **params}
    fields["what"] = tr(_THINGS.get(fields["what"], fields["what"]))
    return tr(_REASONS.get(code, code)).format(**fields)


def repair(code: str) -> str:
    """What was odd about a cell."""
    return tr(_REPAIRS.get(code, code))
