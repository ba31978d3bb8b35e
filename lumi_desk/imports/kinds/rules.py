"""What an order is by its kind, and whether a recharge card paid it, in the words of programs."""

import re
from enum import StrEnum
from functools import lru_cache

# What is longer is a remark, and is not remembered whole.
_MOST_READ = 200


class OrderKind(StrEnum):
    """What an order is: a sale, goods that are sent and not sold, or nothing at all."""

    SALE = "sale"
    UNSOLD = "unsold"
    TEST = "test"


_TEST = re.compile(r"测试|测单|试单|演示|联调|(?<![a-z])(?:test|demo)(?![a-z])")
# She pays for these, or may: what they sound like is not what they are.
_SOLD = re.compile(r"换购|[买满]赠|补差|非测试")
_UNSOLD = re.compile(
    r"补发|重发|补寄|换货|换新|换发|保修|返修|维修|赠品|赠送|赠单|礼品单|礼品订单|样品|派样|领用|物料|免费"
    r"|(?<![a-z])(?:re-?send|re-?ship(?:ment)?|replacement|exchange|gift|sample|warranty)(?![a-z])"
)
_SALE = re.compile(
    r"普通|正常|常规|标准|一般|销售|零售|批发|网店|网络|线[上下]|门店|电商|商城|平台|自营|直营|直播|直销|经销|分销|供销"
    r"|代销|代发|协同|团购|拼[团单]|秒杀|聚划算|预售|预定|预订|现货|现款|货到付款|手工|手动|自动|会员|首[单购]|复购"
    r"|[新老]客|实物|自提|配送|快递|^订单$"
    r"|(?<![a-z])(?:normal|regular|standard|sales?|retail|online|offline|order|sop|fbp|lbp)(?![a-z])"
    r"|(?<![a-z])pre-?(?:sale|order)(?![a-z])"
)
_BLANK = frozenset(("", "无", "默认"))


def order_kind(words: str) -> OrderKind | None:
    """What an order is by the words of its kind; a blank is a sale. None for words unknown."""
    return _kind(words[:_MOST_READ])


@lru_cache(maxsize=4096)
def _kind(words: str) -> OrderKind | None:
    plain = words.strip().casefold().replace("_", " ")
    if plain in _BLANK or _SOLD.search(plain):
        return OrderKind.SALE
    for kind, known in ((OrderKind.TEST, _TEST), (OrderKind.UNSOLD, _UNSOLD)):
        if known.search(plain):
            return kind
    return OrderKind.SALE if _SALE.search(plain) else None


_CARD = re.compile(
    r"储值|充值卡|会员卡|预付卡|预存|本金|赠金|会员余额|账户余额|卡余额|卡内余额|^余额$|^余额支付$|^卡支付$"
    r"|(?:stored[ -]value|recharge|prepaid|member(?:ship)?) card|card balance"
)
# Balances elsewhere are money like any other.
_ELSEWHERE = re.compile(r"(?:支付宝|微信|淘宝|京东|抖音|银行|平台)\S{0,2}余额|余额宝|零钱")
_CASH = re.compile(
    r"支付宝|微信|现金|银行|刷卡|转账|汇款|网银|银联|云闪付|信用卡|花呗|白条|货到付款|在线|第三方|扫码|收钱吧"
    r"|(?<![a-z])(?:alipay|we-?chat|cash|bank|unionpay|transfer|online)(?![a-z])"
)
# What is no money stands beside what is.
_NO_MONEY = re.compile("优惠|红包|积分|满减|折扣")
_BETWEEN = re.compile(r"[+＋,，、;；/&|\n]")


def is_by_card(words: str) -> bool | None:
    """Whether a recharge card paid, by the words for the means; None where it paid a part."""
    return _by_card(words[:_MOST_READ])


@lru_cache(maxsize=4096)
def _by_card(words: str) -> bool | None:
    plain = _ELSEWHERE.sub("现金", words.strip().casefold().replace("_", " "))
    parts = [one for part in _BETWEEN.split(plain) if (one := part.strip())]
    found = {_is_card(one) for one in parts if not _NO_MONEY.search(one)}
    return found.pop() if len(found) == 1 else (None if found else False)


def _is_card(words: str) -> bool | None:
    if not _CARD.search(words):
        return False
    return None if _CASH.search(words) else True
