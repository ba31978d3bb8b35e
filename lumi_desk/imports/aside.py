"""Columns that a reading leaves aside, and that would change what it says: they are asked about."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from lumi_desk.imports import rules, wording
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.synonyms import SYNONYMS

_OF_ORDERS = (Kind.WHOLE, Kind.ORDERS)
# What a file says in vain if nobody reads it.
TELLING = frozenset(
    (
        *("name", "phone", "wechat", "remark", "member", "birthday", "balance", "principal_left"),
        *("bonus_left", "paid", "paid_at", "status", "refund", "receiver", "mobile", "title"),
        *("units", "after_sale"),
    )
)
# Fields that take little of what a cell says.
HARDLY_READ = frozenset(("remark", "friend", "told_from", "close"))
_CONSENTS = re.compile(
    "同意|授权|退订|拒收|拒绝|拒访|拒接|勿扰|免打扰|黑名单|[禁免]呼|禁拨|禁止|请勿|勿打|屏蔽|不再联系"
)
# What reps note of people who are not to be called, wherever they note it.
_NOT_TO_CALL = re.compile(
    "勿再?(?:打|扰|拨|联系)|别再?(?:打(?!算|折)|联系|来电)"
    "|(?:不要|不再|不可|不能|不得|不想被|禁止|拒绝)再?(?:被?打(?!算|折)|拨|联系|来电|致电|接听|骚扰|推销|营销)"
    "|免打扰|禁呼|禁拨|黑名单|拒接|拒访|退订|已故|去世|过世"
)
_BACK = re.compile(
    r"(?:退款|售后|维权|退货)\S{0,2}(?:状态|情况)$|^是否\S{0,3}(?:退|取消|作废|关闭|删除|有效)"
    r"|(?:取消|作废|退款|退货)(?:标[志记识])$"
)
_BACK_SUM = re.compile(
    r"退费|返还|返款|售后(?:金额|款)|^(?!.*申请)\S*退\S{0,4}(?:金额|额|款)$|refund"
)
_CAME_BACK = re.compile(
    "已?(?:取消|作废)$|^作废|^取消$|退款(?:成功|完成)|已退[款货]?$|已关闭|交易关闭"
)
# When, why or by which number: what has such a thing came back.
_OF_BACK = re.compile(
    r"(?:退款|退货|关闭|取消|作废|售后|撤单)\S{0,2}(?:时间|日期|单号|编号|原因|理由|数量|件数|人)$"
)
_LONGEST_STATE = 12
_NOTHING = frozenset(
    ("", "否", "0", "n", "no", "false", "无", "正常", "有效", "未退款", "没有退款")
)
_CURRENCY = re.compile("币种|币别|货币|currency")
_OURS = frozenset(("cny", "rmb", "人民币", "元", "¥", "cn¥", "人民币(cny)"))


class Left(NamedTuple):
    """A column that is not read: its name, as it is compared, and its filled cells."""

    name: str
    plain: str
    cells: Sequence[str]


def doubts(kind: Kind, left: Iterable[Left], read: Collection[str]) -> dict[Doubt, list[str]]:
    """What is to be asked about what a reading of these fields leaves aside, with its columns."""
    found: dict[Doubt, list[str]] = {}
    for column in left:
        for doubt in _of_column(kind, column, read):
            found.setdefault(doubt, []).append(column.name)
    return found


def speaks_of_consent(name: str) -> bool:
    """Whether a column is about consents, by its name."""
    return _CONSENTS.search(name) is not None


def speaks_of_calls(text: str) -> bool:
    """Whether a remark says that somebody is not to be called."""
    return _NOT_TO_CALL.search(text) is not None


def _of_column(kind: Kind, column: Left, read: Collection[str]) -> Iterator[Doubt]:
    if kind is Kind.MEMBERS:
        if speaks_of_consent(column.plain) or any(map(speaks_of_calls, column.cells)):
            yield Doubt.UNREAD
    elif kind in _OF_ORDERS:
        if _tells_what_came_back(column, read):
            yield Doubt.GIVEN_BACK
        if _CURRENCY.search(column.plain) and not _are_all(column.cells, _OURS):
            yield Doubt.CURRENCY
    if column.cells and _is_named_in_vain(kind, column.plain, read):
        yield Doubt.UNFIT


def _tells_what_came_back(column: Left, read: Collection[str]) -> bool:
    """Whether a column seems to say which orders came back, in a file that does not say it else."""
    if "refund" in read or "after_sale" in read or _are_all(column.cells, _NOTHING):
        return False
    if _BACK.search(column.plain):
        return True
    if _BACK_SUM.search(column.plain) and any(map(rules.fen, column.cells)):
        return True
    if "status" in read:
        return False
    if _OF_BACK.search(column.plain):
        return True
    return any(_CAME_BACK.search(cell) for cell in column.cells if len(cell) <= _LONGEST_STATE)


def _is_named_in_vain(kind: Kind, name: str, read: Collection[str]) -> bool:
    """Whether a name says one of our fields, and its values kept it from being read."""
    fields = (field for field in SYNONYMS[kind] if field in TELLING and field not in read)
    return any(wording.says(kind, field, name) >= wording.SYNONYM for field in fields)


def _are_all(cells: Iterable[str], words: Collection[str]) -> bool:
    return all(rules.clean(cell).casefold() in words for cell in cells)
