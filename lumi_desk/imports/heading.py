"""Where the names of the columns stand: under titles, over units, in one row or in two.

A spreadsheet's cell that is merged over several columns names a group of them, one merged over two
rows stands in the upper one. Both are read as names only where the names of our fields come out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lumi_desk.imports import rules, wording
from lumi_desk.imports.lines import Line

# So many filled rows at the top of a table are looked at.
LOOK = 8
_MOST_TITLES = 5
_LEAST_NAMES = 2
_UNITS = re.compile(
    r"[(（]?(?:单位[:：])?(?:元|万元|角|分|rmb|cny|¥|件|个|盒|瓶|支|袋|份|次|天|%|人|必填|选填|可选|非必填"
    r"|文本|数字|数值|日期|时间|字符|(?:yyyy|YYYY)\S*)[)）]?"
)
# Units that amounts are not counted in here: what stands in them must be asked about.
_OTHER_UNITS = re.compile(
    r"[(（]?(?:单位[:：])?([百千万]元|十万元|百万元|角|分|美元|港元|港币)[)）]?"
)
_TOLD_UNIT = re.compile(
    r"单位\s*[:：为]?\s*(?:人民币)?\s*([百千万]元|十万元|百万元|角|分|美元|港元|港币)"
)
_AMOUNTS = re.compile(
    r"(?:金额|款项?|价格?|总额|费用?|[实应]?[付收]|余额|本金|赠金|合计|总计|小计|额)$"
)
# Groups of columns that are not about the customer.
_OTHERS = re.compile(
    "(?:推荐人?|介绍人?|邀请人?|员工|客服|销售员?|业务员?|导购员?|顾问|跟进人|负责人|经手人|紧急联系人)"
    "(?:信息|资料)?$"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of the columns of a table.

    `rows` filled rows stand before the first one under it. `line` is where the names stand, and
    `certain` whether that is beyond doubt.
    """

    names: tuple[str, ...] = ()
    rows: int = 0
    line: int = 1
    certain: bool = True


def find(head: Sequence[Line]) -> Heading:
    """Where the names stand; `head` are the first filled rows of a table, up to LOOK."""
    if not head:
        return Heading()
    rows = [row.cells for row in head]
    place, plain = _place(rows)
    names, rest = rows[place], place + 1
    titles = [cell for row in rows[:place] for cell in row]
    if place + 1 < len(rows) and (both := _of_two(rows[place], rows[place + 1])):
        names, rest = both, place + 2
    elif place and (both := _of_two(rows[place - 1], rows[place])):
        names = both
    while rest < len(rows) and rest < place + 3 and _says_nothing(rows[rest]):
        names = _with_units(names, rows[rest])
        rest += 1
    names = _with_told_unit(names, titles)
    sure = plain or 2 * _known(names) >= len(_filled(names))
    return Heading(names, rest, head[place].number, certain=sure)


def _place(rows: Sequence[Sequence[str]]) -> tuple[int, bool]:
    """Which row has the names, and whether that is the first one with more than one cell."""
    first = next((n for n, row in enumerate(rows[:_MOST_TITLES]) if len(_filled(row)) > 1), 0)
    known = [_known(row) if _are_names(row) else 0 for row in rows[: _MOST_TITLES + 1]]
    best = known.index(max(known))
    width = len(_filled(rows[best]))
    enough = known[best] >= _LEAST_NAMES and known[best] > known[first]
    if not enough or any(2 * len(_filled(row)) > width and _is_data(row) for row in rows[:best]):
        return first, True
    return best, best == first


def _of_two(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """The names that two rows make together; nothing if they are no such pair."""
    if not (_are_names(upper) and _are_names(lower)):
        return ()
    groups, names, group = [], [], ""
    for place in range(max(len(upper), len(lower))):
        over, under = (row[place].strip() if place < len(row) else "" for row in (upper, lower))
        group = over or (group if under else "")
        groups.append(group if under else "")
        names.append(under or over)
    whole = [f"{group}{name}" for group, name in zip(groups, names, strict=True)]
    often = Counter(names)
    told = tuple(
        long
        if often[name] > 1 or _OTHERS.search(group) or wording.known(long) > wording.known(name)
        else name
        for name, group, long in zip(names, groups, whole, strict=True)
    )
    better = _known(told) > max(_known(upper), _known(lower))
    of_others = any(map(_OTHERS.search, groups)) and _known(lower) >= _LEAST_NAMES
    return told if (better or of_others) and any(groups) else ()


def _with_units(names: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    """The names, each with the unit under it where amounts are not in yuan."""
    found = list(names)
    for place, cell in enumerate(row[: len(found)]):
        if unit := _OTHER_UNITS.fullmatch(cell.strip()):
            found[place] = f"{found[place]}({unit[1]})"
    return tuple(found)


def _with_told_unit(names: Sequence[str], titles: Sequence[str]) -> tuple[str, ...]:
    """The names, those of amounts with the unit that a title above tells, if it is not yuan."""
    told = next((found[1] for one in titles if (found := _TOLD_UNIT.search(one))), "")
    return tuple(
        f"{name.strip()}({told})" if told and _AMOUNTS.search(name.strip()) else name
        for name in names
    )


def _says_nothing(row: Sequence[str]) -> bool:
    """Whether a row under the names holds units, or the names once more, as programs have them."""
    cells = _filled(row)
    if all(_UNITS.fullmatch(cell) for cell in cells):
        return True
    return _are_names(row) and _known(row) >= _LEAST_NAMES and 2 * _known(row) >= len(cells)


def _filled(row: Sequence[str]) -> list[str]:
    return [text for cell in row if (text := cell.strip())]


def _known(row: Sequence[str]) -> int:
    """How many cells are names of fields of ours."""
    return sum(wording.known(cell) > 0 for cell in _filled(row))


def _are_names(row: Sequence[str]) -> bool:
    return not any(map(_is_value, _filled(row)))


def _is_data(row: Sequence[str]) -> bool:
    return sum(map(_is_value, _filled(row))) > 1


def _is_value(cell: str) -> bool:
    """Whether a cell holds what no column is called: an amount, a time, a number."""
    return rules.fen(cell) is not None or rules.moment(cell) is not None or cell.isdigit()
