"""How far an order has come, by the words that platforms and programs have for it."""

import re
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

# Longer words are a remark.
_LONGEST = 200


class OrderStatus(StrEnum):
    """How far an order or a line has come."""

    WAITING = "waiting"
    PAID = "paid"
    SHIPPED = "shipped"
    DONE = "done"
    CLOSED = "closed"


# Read from top to bottom: the first word found decides. 退款成功 must stand before 成功.
_STATUS_WORDS = (
    ("WAIT_BUYER_PAY", OrderStatus.WAITING),
    ("WAIT_SELLER_SEND", OrderStatus.PAID),
    ("WAIT_BUYER_CONFIRM", OrderStatus.SHIPPED),
    ("TRADE_FINISHED", OrderStatus.DONE),
    ("TRADE_CLOSED", OrderStatus.CLOSED),
    ("关闭", OrderStatus.CLOSED),
    ("取消", OrderStatus.CLOSED),
    ("作废", OrderStatus.CLOSED),
    ("(删除)", OrderStatus.CLOSED),
    ("（删除）", OrderStatus.CLOSED),
    ("退款成功", OrderStatus.CLOSED),
    ("支付成功", OrderStatus.PAID),
    ("支付完成", OrderStatus.PAID),
    ("付款成功", OrderStatus.PAID),
    ("付款完成", OrderStatus.PAID),
    ("拼单成功", OrderStatus.PAID),
    ("拼团成功", OrderStatus.PAID),
    ("发货成功", OrderStatus.SHIPPED),
    ("发货完成", OrderStatus.SHIPPED),
    ("出库完成", OrderStatus.SHIPPED),
    ("支付失败", OrderStatus.WAITING),
    ("付款失败", OrderStatus.WAITING),
    ("成功", OrderStatus.DONE),
    ("完成", OrderStatus.DONE),
    ("尾款", OrderStatus.WAITING),
    ("部分发货", OrderStatus.PAID),
    ("卖家已发货", OrderStatus.SHIPPED),
    ("等待买家确认", OrderStatus.SHIPPED),
    ("待收货", OrderStatus.SHIPPED),
    ("买家已付款", OrderStatus.PAID),
    ("等待卖家发货", OrderStatus.PAID),
    ("等待确认收货", OrderStatus.SHIPPED),
    ("等待出库", OrderStatus.PAID),
    ("备货中", OrderStatus.PAID),
    ("待发货", OrderStatus.PAID),
    ("已发货", OrderStatus.SHIPPED),
    ("等待买家付款", OrderStatus.WAITING),
    ("等待付款", OrderStatus.WAITING),
    ("待付款", OrderStatus.WAITING),
    ("待支付", OrderStatus.WAITING),
    ("未付款", OrderStatus.WAITING),
    ("没有创建", OrderStatus.WAITING),
    ("未支付", OrderStatus.WAITING),
    ("已退款", OrderStatus.CLOSED),
    ("全额退款", OrderStatus.CLOSED),
    ("已签收", OrderStatus.DONE),
    ("已收货", OrderStatus.DONE),
    ("已付款", OrderStatus.PAID),
    ("已支付", OrderStatus.PAID),
)


def status(words: str) -> OrderStatus | None:
    """The status that the platform's words stand for; None for words we do not know.

    A part paid back is not the whole: what is left of it no word says. What is denied, asked for
    or only a step on the way is no end.
    """
    return _known(words) if len(words) <= _LONGEST else None


_GIVEN_BACK = re.compile(
    "(?:退款|退货|退款退货|退货退款)(?:成功|完成|完毕)|完成退[款货]|已(?:全额|全部)?退(?:款|货|回)|全额退款"
    "|^(?:refund_?)?success$|refunded",
    re.IGNORECASE,
)
_NOT_YET = re.compile("[未没待]")
# Words that hold one of those of an end, and say none.
_NO_END = re.compile(
    "(?:未|不|没有?|尚未)(?:能)?(?:完成|成功|关闭|取消|作废)|(?:申请|拒绝|等待)(?:取消|关闭|作废)|(?:取消|关闭|作废)(?:中|失败)"
    "|(?:下单|创建|提交|审核|接单|预约|拣货|配货|打单|打印|备货|锁定|拆分|合并|同步|推送)(?:成功|完成)"
)


@lru_cache(maxsize=4096)
def _known(words: str) -> OrderStatus | None:
    if "部分" in words and "退" in words:
        return None
    if _GIVEN_BACK.search(words) and not _NOT_YET.search(words):
        return OrderStatus.CLOSED
    words = _NO_END.sub("", words)
    return next((known for word, known in _STATUS_WORDS if word in words), None)


def status_from_money(*, paid_at: datetime | None, total_fen: int, refund_fen: int) -> OrderStatus:
    """The status of an order whose export has no such column."""
    if paid_at is None:
        return OrderStatus.WAITING
    wholly = refund_fen >= total_fen > 0
    return OrderStatus.CLOSED if wholly else OrderStatus.PAID


_UNDER_WAY = re.compile(
    "[无没未不否中待]|关闭|取消|拒绝|撤[销回]|申请|正常|处理|^0$|no_?refund|closed|wait",
    re.IGNORECASE,
)


def given_back(words: str) -> bool | None:
    """Whether words about what came after a sale say that all of it was given back.

    None for words that do not say: a part, or a case that ended in a way they do not tell.
    """
    if "部分" in words or "partial" in words.casefold():
        return None
    if _GIVEN_BACK.search(words) and not _NOT_YET.search(words):
        return True
    return False if _UNDER_WAY.search(words) else None
