"""Customers and calls invented for measuring: the same for the product and for its floors."""

import random
from typing import Any

from lumi_desk.demo.names import CITIES, invent_name, nick, phone

Document = dict[str, Any]

_SEED = 20_261_122
_OUTCOMES = ("接通有意向", "接通无意向", "无人接听", "约下次", "成交")
_ITEMS = ("胶原蛋白饮", "大酵素", "益生菌", "蛋白粉", "叶黄素软糖", "羊奶粉")
_SAID = ("晚上联系", "周末再打", "要跟家里商量", "家里还有", "等发工资再买", "送人用")
_FIRST_DAY = 1_700_000_000
_LAST_DAY = 1_760_000_000


def customers(many: int) -> list[Document]:
    """The first `many` customers, each with three orders."""
    dice = random.Random(_SEED)
    return [_customer(dice, number) for number in range(1, many + 1)]


def calls(many: int, numbers: list[int], begin: int) -> list[Document]:
    """So many calls to these customers in turn, the first being the call number `begin`."""
    dice = random.Random(_SEED + begin)
    calls = []
    for number in range(begin, begin + many):
        at = _LAST_DAY + number * 60 % 30_000_000
        calls.append(
            {
                "id": _id(at, number, dice),
                "customer": numbers[number % len(numbers)],
                "at": at,
                "seconds": dice.randrange(5, 900),
                "outcome": dice.choice(_OUTCOMES),
                "note": _note(dice),
            }
        )
    return calls


def _note(dice: random.Random) -> str:
    return f"她说{dice.choice(_SAID)}，推荐{dice.choice(_ITEMS)}；{dice.choice(_SAID)}"


def _id(at: int, number: int, dice: random.Random) -> str:
    """An id as a desk makes it (UUID version 7): the millisecond first, the rest by chance."""
    time, chance = f"{at * 1000:012x}", dice.getrandbits(24)
    return f"{time[:8]}-{time[8:]}-7{chance >> 12:03x}-8{chance % 4096:03x}-{number:012x}"


def _customer(dice: random.Random, number: int) -> Document:
    name = invent_name(dice)
    orders = [_order(dice, number, place) for place in range(3)]
    return {
        "id": number,
        "name": name.hanzi,
        "pinyin": name.pinyin,
        "initials": name.initials,
        "phone": phone(number * 7_368_787),
        "wangwang": f"{nick(name, dice)}{number}",
        "pool": dice.choice("V10"),
        "grade": dice.choice("ABC"),
        "city": dice.choice(CITIES),
        "last_order_at": max(order["at"] for order in orders),
        "note": f"{dice.choice(_SAID)}，上次买{dice.choice(_ITEMS)}",
        "orders": orders,
    }


def _order(dice: random.Random, number: int, place: int) -> Document:
    return {
        "no": str(10**17 + number * 1000 + place),
        "at": dice.randrange(_FIRST_DAY, _LAST_DAY),
        "item": dice.choice(_ITEMS),
        "qty": dice.randrange(1, 9),
        "amount": dice.randrange(50, 3000) * 100,
    }
