"""What a row of a list says about consent, cards and WeChat: words turned into facts."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from lumi_desk.calls.rules import WechatState
from lumi_desk.cards.rules import Balance, divide
from lumi_desk.consents.rules import Way
from lumi_desk.imports import rules
from lumi_desk.security.masking import mask_text

# Longer cells are the wording somebody agreed to; a source is kept up to so many letters.
_SHORT = 6
_LONGEST = 200
_YES = frozenset(
    (
        "是",
        "y",
        "yes",
        "true",
        "1",
        "√",
        "✓",
        "✔",
        "同意",
        "已同意",
        "已授权",
        "授权",
        "愿意",
        "接受",
    )
)
_NO = frozenset(
    (
        "否",
        "n",
        "no",
        "false",
        "0",
        "×",
        "✗",
        "不同意",
        "未同意",
        "未授权",
        "拒绝",
        "不愿意",
        "不接受",
    )
)
_GONE = frozenset(("退订", "已退订", "td", "撤回", "已撤回", "取消", "已取消", "拒收", "已拒收"))
_AGREES = ("同意", "愿意", "授权", "接受")
_DENIES = (
    *("不同意", "未同意", "没同意", "没有同意", "不愿", "不接受"),
    *("未授权", "没授权", "没有授权", "拒绝", "谢绝"),
)
# What she does not want. Beside what she agrees to it is left to a person: which way is meant?
_UNWANTED = re.compile(
    "(?<![如若您果不])(?:不(?:要|想|必|用|需|接|收|加|打|发|含|包|希望|方便|允)|拒收(?!请?回)|拒接)"
    "|别(?:打|发|再|联系)|勿|免打扰|禁止|停止|已(?:退订|取消|撤)|除(?:了|外)|除.{1,6}外|以外"
)
# Ways that the wording of a consent names.
_NAMED = {
    "电话": Way.PHONE,
    "来电": Way.PHONE,
    "短信": Way.SMS,
    "微信": Way.WECHAT,
    "旺旺": Way.WANGWANG,
    "邮寄": Way.POST,
}
_STATES = {
    WechatState.DELETED: ("删除", "流失", "拉黑", "deleted"),
    WechatState.REQUESTED: ("待通过", "已申请", "申请中", "待验证", "requested"),
    WechatState.ACCEPTED: ("正常", "已添加", "已通过", "好友", "互为", "accepted", "added"),
}


@dataclass(frozen=True, slots=True)
class ConsentTold:
    """One word about offers: given or withdrawn, when if it says so, by which ways, from where."""

    given: bool
    at: datetime | None
    ways: tuple[Way, ...]
    source: str


@dataclass(frozen=True, slots=True)
class CardTold:
    """A card as a ledger tells it: what was loaded and what is left, in fen.

    `number` is empty where the list tells none.
    """

    number: str
    loaded: Balance
    left: Balance
    opened_at: datetime | None


def consent(
    agreed: str, withdrawn: str, at: datetime | None, source: str, ways: tuple[Way, ...]
) -> tuple[tuple[ConsentTold, ...], str]:
    """What two cells say of consent, and the first that says nothing one could understand.

    `at` is the row's own time: that of a withdrawal only where the row gives nothing. `ways` are
    those the row has, meant where the words name none; a withdrawal in a row without any way
    closes them all.
    """
    found, unread = [], ""
    for cell, giving in ((agreed, True), (withdrawn, False)):
        if not (text := rules.clean(cell)):
            continue
        said = _said(text, giving=giving)
        if said is None:
            unread = unread or text
            continue
        given, when = said
        if not given and not giving and when is None and _plain(text) in _NO:
            continue  # "Unsubscribed: no" withdraws nothing.
        named = tuple(dict.fromkeys(way for word, way in _NAMED.items() if word in text))
        wording = mask_text(text) if len(text) > _SHORT else ""
        told = " · ".join(part for part in (source, wording) if part)[:_LONGEST]
        meant = named or ways or (() if given else tuple(Way))
        own = at if giving or not rules.clean(agreed) else None
        found.append(ConsentTold(given, when or own, meant, told))
    return tuple(found), unread


def _said(text: str, *, giving: bool) -> tuple[bool, datetime | None] | None:
    """Whether a cell of a consent (or, not `giving`, of a withdrawal) gives, and when."""
    plain = _plain(text)
    if plain in _GONE:
        return False, None
    if plain in _YES:
        return giving, None
    if plain in _NO:
        return False, None
    if when := rules.moment(text):
        return giving, when
    denies = any(word in text for word in _DENIES)
    if any(word in text for word in _AGREES) and not denies:
        return (True, None) if len(text) > _SHORT and not _UNWANTED.search(text) else None
    return (False, None) if denies or _UNWANTED.search(text) else None


def friend(cell: str) -> str:
    """How far a WeChat friendship has come; empty for words that do not say."""
    plain = _plain(cell)
    found = (state for state, words in _STATES.items() if any(word in plain for word in words))
    return str(next(found, ""))


def card(
    number: str,
    told: dict[str, int | None],
    opened_at: datetime | None,
) -> CardTold | None:
    """A card from the amounts of a row in fen, by field; None where they do not fit together.

    Principal and bonus beside a smaller balance are what was loaded, and what is gone was taken as
    the cards' rules divide it; beside the same balance, or none, they are what is left.
    """
    face, balance = told["face"], told["balance"]
    principal, bonus = told["principal"], told["bonus"]
    if told["principal_left"] is not None or told["bonus_left"] is not None:
        left = Balance(told["principal_left"] or 0, told["bonus_left"] or 0)
        if balance is not None and balance != left.fen:
            return None
    elif principal is None and bonus is None:
        whole = balance if balance is not None else face
        left = Balance(whole or 0)
    else:
        full = Balance(principal or 0, bonus or 0)
        gone = 0 if balance is None else full.fen - balance
        spent = divide(full, gone)
        if spent is None:
            return None
        left = Balance(full.principal_fen - spent.principal_fen, full.bonus_fen - spent.bonus_fen)
    first = principal if principal is not None else (face or 0)
    loaded = Balance(max(first, left.principal_fen), max(bonus or 0, left.bonus_fen))
    return CardTold(number, loaded, left, opened_at)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", rules.clean(cell)).casefold()
