"""How the reps of the invented company are doing this month, and what they should reach."""

from dataclasses import dataclass

# The month is planned as it stands when three quarters of its working days are over.
PLANNED_PART = 0.75


@dataclass(frozen=True, slots=True)
class RepPlan:
    """A rep and her month. Money in yuan; `cash` leaves cards out; `margin` is the high-margin
    share; `trainee_month` counts from 1 and is 0 for whoever is no trainee.
    """

    name: str
    login: str
    cash: int
    delivered: int
    orders: int
    cards: int
    margin: float
    dials: int
    answered: int
    talk_minutes: int
    overdue: int
    target_cash: int
    target_cards: int
    dials_today: int
    answered_today: int
    sells_this_week: bool = True
    trainee_month: int = 0


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team with its leader and what it should reach; money in yuan."""

    name: str
    leader: str
    leader_login: str
    delivered: int
    dream: int
    enzyme: int
    orders: int
    reps: tuple[RepPlan, ...]


TEAMS = (
    TeamPlan(
        "一组", "吴桂芳", "wuguifang", 320_000, 240, 90, 250,
        (
            RepPlan("林晓燕", "linxiaoyan", 32_420, 57_500, 46, 3, 0.44, 412, 231, 2480, 0,
                 100_600, 4, 31, 18),
            RepPlan("王秀珍", "wangxiuzhen", 31_300, 72_400, 58, 5, 0.39, 388, 240, 2645, 1,
                 100_500, 4, 27, 17),
            RepPlan("赵慧", "zhaohui", 28_150, 38_800, 31, 1, 0.28, 402, 158, 1608, 6,
                 96_900, 4, 29, 11),
            RepPlan("沈佳怡", "shenjiayi", 10_800, 30_100, 24, 1, 0.35, 356, 149, 1692, 0,
                 30_000, 1, 25, 10, trainee_month=3),
            RepPlan("钱美玲", "qianmeiling", 34_900, 47_500, 38, 2, 0.47, 290, 171, 1831, 2,
                 102_000, 4, 20, 12, sells_this_week=False),
        ),
    ),
    TeamPlan(
        "二组", "郑玉霞", "zhengyuxia", 300_000, 225, 84, 235,
        (
            RepPlan("孙丽华", "sunlihua", 36_700, 66_300, 52, 4, 0.42, 405, 236, 2560, 0,
                 104_000, 4, 30, 18),
            RepPlan("高雅琴", "gaoyaqin", 29_800, 55_900, 45, 3, 0.37, 377, 214, 2320, 3,
                 98_000, 4, 26, 15),
            RepPlan("罗春梅", "luochunmei", 33_500, 60_200, 49, 2, 0.45, 391, 205, 2275, 1,
                 100_000, 4, 28, 14),
            RepPlan("叶婷", "yeting", 25_600, 47_700, 37, 3, 0.33, 349, 188, 1990, 2,
                 92_000, 4, 24, 13),
        ),
    ),
    TeamPlan(
        "三组", "方素云", "fangsuyun", 290_000, 215, 80, 225,
        (
            RepPlan("姜凤英", "jiangfengying", 38_200, 69_400, 55, 4, 0.43, 398, 243, 2610, 0,
                 106_000, 4, 29, 18),
            RepPlan("崔红梅", "cuihongmei", 24_900, 46_200, 36, 2, 0.36, 362, 180, 1880, 4,
                 94_000, 4, 25, 12),
            RepPlan("董月玲", "dongyueling", 30_400, 54_800, 43, 3, 0.40, 380, 209, 2215, 1,
                 98_000, 4, 27, 15),
            RepPlan("孙春梅", "sunchunmei", 27_300, 49_900, 39, 2, 0.38, 366, 196, 2040, 2,
                 95_000, 4, 25, 13),
        ),
    ),
)  # fmt: skip

MANAGER = ("顾明兰", "guminglan")
KEEPER = ("汪建萍", "wangjianping")
