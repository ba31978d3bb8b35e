"""The many customers: how each kind of them has bought, was called and was promised things."""

import random
from datetime import date, datetime, timedelta

from lumi_desk.demo.baskets import Shelf
from lumi_desk.demo.lives import (
    MONTHLY,
    Bought,
    Calendar,
    Called,
    Complained,
    Life,
    Promised,
    Role,
)
from lumi_desk.demo.names import CITIES, Name, invent_name, nick, phone

# Who stands first in a rep's book, so that her list shows many reasons from the first day.
_FEW = (
    Role.CALLBACK,
    Role.STEADY,
    Role.BALANCE,
    Role.NEWCOMER,
    Role.STEADY,
    Role.CHURN,
    Role.RUN_OUT,
    Role.COMPLAINT,
    Role.LAPSED,
    Role.REFUSED,
)
_MANY = (
    (Role.CALLBACK, 5),
    (Role.BALANCE, 6),
    (Role.NEWCOMER, 3),
    (Role.CHURN, 5),
    (Role.RUN_OUT, 4),
    (Role.COMPLAINT, 2),
    (Role.REFUSED, 3),
)
_REST = (Role.CARD, Role.STEADY, Role.NEW, Role.COOLING, Role.LAPSED)
_REST_WEIGHTS = (11, 30, 12, 15, 32)
_FEW_UNTIL = 60
_WINDOW = 729

_SAID = {
    "sold": ("照上次的", "加了一盒送人", "问了到货时间", "说老客人信得过"),
    "interested": ("让发配料表", "问有没有活动", "想和姐妹拼着买", "等发工资"),
    "thinking": ("要跟家里商量", "家里还有", "在上班，晚点看", "想等过节"),
    "no_need": ("最近不想买", "出远门了", "先停一停"),
    "not_her": ("女儿接的，让晚上打",),
    "complaint": ("说快递放驿站没通知", "包装有压痕"),
}
_ANSWERED = ("sold", "interested", "thinking", "no_need", "not_her", "complaint")
_ANSWERED_WEIGHTS = (8, 22, 38, 26, 4, 2)
_MISSED = ("no_answer", "declined", "busy", "off", "stopped", "wrong_number")
_MISSED_WEIGHTS = (60, 18, 10, 9, 2, 1)
_WHY = (
    "到货回访",
    "问家里商量得怎样",
    "她说发工资后再打",
    "两个人一起吃，要算用量",
    "等她看配料表",
)
_ALLERGIES = ("海鲜过敏", "芒果过敏", "虾类过敏", "花生过敏")


def roles(dice: random.Random, count: int) -> list[Role]:
    """The kinds of a rep's customers."""
    if count <= 2 * len(_FEW):
        return [_FEW[place % len(_FEW)] for place in range(count)]
    many = [role for role, times in _MANY for _ in range(times)]
    chosen = many if count > _FEW_UNTIL else [*_FEW, *_FEW]
    return chosen + dice.choices(_REST, _REST_WEIGHTS, k=count - len(chosen))


class Bulk:
    """Makes lives. `dice` decides everything, so equal dice make equal lives."""

    def __init__(self, dice: random.Random, days: Calendar, shelf: Shelf) -> None:
        self.dice, self.days, self.shelf = dice, days, shelf
        self._phones = 0
        self._nicks: set[str] = set()

    def live(self, role: Role, rep_id: str, place: int) -> Life:
        """A life of that kind; `place` counts the rep's customers of any kind."""
        name = invent_name(self.dice)
        her = Life(
            name=name,
            role=role,
            rep_id=rep_id,
            city=self.dice.choice(CITIES),
            taste=self.taste(),
            phone=self._phone(),
            wangwang=self._nick(name),
            household=self.dice.choices((1, 2, 3), (70, 22, 8))[0],
        )
        self._introduce(her)
        self._buy(her)
        self._happen(her, place)
        return her

    def taste(self) -> str:
        """The line she likes best."""
        return self.dice.choices(("collagen", "enzyme", "other"), (62, 26, 12))[0]

    def _phone(self) -> str:
        # 7,368,787 and ten million have no common factor, so no number comes twice. The eight
        # of the story begin with other digits.
        self._phones += 1
        return phone(self._phones * 7_368_787 % 1_000_000)

    def _nick(self, name: Name) -> str:
        words = nick(name, self.dice)
        while words in self._nicks:
            words += str(self.dice.randint(0, 9))
        self._nicks.add(words)
        return words

    def _introduce(self, her: Life) -> None:
        dice = self.dice
        if dice.random() < 0.55:
            her.wechat = f"{her.name.pinyin[:8]}{dice.randint(100, 9999)}"
            her.wechat_state = dice.choices(("accepted", "requested", "deleted"), (80, 15, 5))[0]
        if dice.random() < 0.05:
            her.allergy = dice.choice(_ALLERGIES)
        if dice.random() < 0.5:
            born = date(dice.randint(1952, 1992), dice.randint(1, 12), dice.randint(1, 28))
            her.birthday = born

    # --- buying ---------------------------------------------------------------------------

    def _buy(self, her: Life) -> None:
        for ago in sorted(self._agos(her.role), reverse=True):
            lines, off = self.basket(her)
            her.orders.append(Bought(self.days.evening(self.dice, ago), lines, off))
        if her.role in (Role.NEW, Role.NEWCOMER):
            grade = self.dice.choices("ABC", (25, 40, 35))[0]
            her.orders[0].lines, her.orders[0].discount_fen = self.shelf.first(self.dice, grade), 0
        if her.role is Role.NEWCOMER:
            hours = self.dice.randint(3, 44)
            her.orders[0].delivered_at = self.days.now - timedelta(hours=hours, minutes=11)
        if her.role is Role.RUN_OUT:
            her.orders[-1].lines, her.orders[-1].discount_fen = (("collagen-30", 1),), 0
        self._spoil(her)

    def _agos(self, role: Role) -> list[int]:
        """How many days ago she bought."""
        dice = self.dice
        if role is Role.NEWCOMER:
            return [dice.randint(5, 7)]
        if role is Role.NEW:
            first = dice.randint(self.days.month_days + 2, 175)
            second = dice.randint(self.days.month_days + 1, first)
            return [first, second] if dice.random() < 0.3 and second < first - 7 else [first]
        last, gap, start = self._rhythm(role)
        agos = [last]
        while agos[-1] + gap * 0.7 < start:
            step = agos[-1] + max(round(gap * dice.uniform(0.8, 1.2)), 4)
            agos.append(step if role is Role.CHURN else self.days.drawn(dice, step))
        agos = sorted({min(ago, _WINDOW) for ago in agos})
        return [ago for ago in agos if role not in MONTHLY or ago > self.days.month_days]

    def _rhythm(self, role: Role) -> tuple[int, int, int]:
        """Days since the last order, days between orders, and days since the first."""
        dice = self.dice
        if role in (Role.CARD, Role.BALANCE):
            last = dice.randint(12, 24) if role is Role.BALANCE else dice.randint(1, 30)
            return last, dice.randint(26, 38), dice.randint(520, _WINDOW)
        if role is Role.CHURN:
            gap = dice.randint(36, 50)
            return round(gap * dice.uniform(1.8, 2.1)), gap, dice.randint(330, _WINDOW)
        if role is Role.RUN_OUT:
            return dice.randint(27, 32), dice.randint(38, 52), dice.randint(280, _WINDOW)
        if role is Role.COOLING:
            return dice.randint(110, 340), dice.randint(45, 85), dice.randint(345, _WINDOW)
        if role in (Role.LAPSED, Role.REFUSED):
            return dice.randint(372, 640), dice.randint(50, 110), dice.randint(641, _WINDOW)
        gap = dice.randint(44, 86)
        return dice.randint(2, gap), gap, dice.randint(230, _WINDOW)

    def basket(self, her: Life) -> tuple[tuple[tuple[str, int], ...], int]:
        """An order such as she makes: lines and discount."""
        is_card = her.role in (Role.CARD, Role.BALANCE)
        mean = 128_000 if is_card else 62_000
        wanted = int(mean * self.dice.gammavariate(4, 0.25))
        return self.shelf.fill(self.dice, her.taste, max(wanted, 9_800), 0.40)

    def _spoil(self, her: Life) -> None:
        """A few orders were never paid or sent back; never a first or last one."""
        for order in her.orders[1:-1]:
            if self.dice.random() < 0.015:
                order.fate = self.dice.choice(("unpaid", "refunded"))

    # --- what else happened ---------------------------------------------------------------

    def _happen(self, her: Life, place: int) -> None:
        if her.role is not Role.NEWCOMER:
            self._old_calls(her)
        if her.role is Role.CALLBACK:
            hour, minute = (9, 10, 11, 14, 15, 16, 18, 19)[place * 3 % 8], place % 4 * 15
            due = self.days.at(0, hour, minute)
            self._call(her, self.days.office(self.dice, 2), "thinking")
            her.promises.append(self.promise(due))
        if her.role is Role.COMPLAINT:
            self._complain(her)
        if her.role is Role.REFUSED:
            at = self.days.office(self.dice, self.dice.randint(30, 200))
            her.calls.append(Called(at, "no_need", 41, "请以后不要再打", attitude="resistant"))
            her.refused_at = at + timedelta(seconds=50)
            her.refused_words = "请以后不要再打"

    def _complain(self, her: Life) -> None:
        opened = self.days.at(self.dice.choice((6, 7)), 15, self.dice.randrange(60))
        words = self.dice.choice(_SAID["complaint"])
        her.calls.append(Called(opened - timedelta(minutes=6), "complaint", 260, words))
        her.complaints.append(Complained(opened, words, opened + timedelta(hours=3)))

    def _old_calls(self, her: Life) -> None:
        """Some of her orders were preceded by a call; nobody was called in this month's part."""
        for order in her.orders:
            ago = (self.days.now - order.at).days + 1
            if self.dice.random() < 0.3 and ago > self.days.month_days + 3:
                self._call(her, self.days.office(self.dice, ago), self.answer())

    def _call(self, her: Life, at: datetime, disposition: str) -> None:
        her.calls.append(self.called(at, disposition, self.dice.randint(60, 900)))

    def called(self, at: datetime, disposition: str, seconds: int) -> Called:
        """A call with what was said in it; `seconds` of talk only if somebody answered."""
        said = _SAID.get(disposition)
        if said is None:
            return Called(at, disposition)
        attitude = "positive" if disposition in ("sold", "interested") else "neutral"
        return Called(at, disposition, seconds, self.dice.choice(said), attitude=attitude)

    def missed(self) -> str:
        """How a call ends that nobody answers."""
        return self.dice.choices(_MISSED, _MISSED_WEIGHTS)[0]

    def promise(self, due_at: datetime) -> Promised:
        """A callback for that time."""
        return Promised(due_at, self.dice.choice(_WHY))

    def answer(self) -> str:
        """How an answered call ends."""
        return self.dice.choices(_ANSWERED, _ANSWERED_WEIGHTS)[0]
