"""The eight customers of the pictures: what they did, so that their figures follow from it."""

from datetime import date, timedelta

from lumi_desk.demo.festivals import last_festival
from lumi_desk.demo.lives import Bought, Calendar, Called, Complained, Life, Promised, Role
from lumi_desk.demo.names import reading_of

_DREAM_6 = (("dream-collagen", 6),)
_DREAM_4_TREMELLA = (("dream-collagen", 4), ("peach-gum", 2))


def tell(days: Calendar, rep_id: str) -> list[Life]:
    """The eight, in the order of the picture's list."""
    makers = (_wenjing, _min, _guifang, _yaqin, _ayiguli, _xiaomei, _yulan, _heli)
    return [make(days, rep_id) for make in makers]


def _wenjing(days: Calendar, rep_id: str) -> Life:
    """Card holder with 460 left: 14,320 in nine orders this year, the last one 26 days ago."""
    her = Life(
        name=reading_of("周zhou 文wen 静jing"),
        role=Role.STORY,
        rep_id=rep_id,
        city="杭州",
        phone="10026384127",
        wangwang="wenjing_z",
        wechat="wenjing_1976",
        wechat_state="accepted",
        allergy="虾类过敏",
        birthday=date(1976, 5, 18),
    )
    her.orders = _wenjings_orders(days)
    her.openings = [(days.at(700, 19, 20), "card-12000"), (days.at(262, 19, 25), "card-12000")]
    her.calls = _wenjings_calls(days)
    her.notes = [(days.at(59, 16, 30), f"{last_festival(days.today)}礼 已签收")]
    her.complaints = [
        Complained(
            days.at(83, 19, 14),
            "包装破损",
            replied_at=days.at(83, 20, 5),
            closed_at=days.at(80, 15, 20),
            remedy="补发一盒，已签收，客户满意",
        )
    ]
    return her


def _wenjings_orders(days: Calendar) -> list[Bought]:
    dream, tremella = "dream-collagen", "peach-gum"
    # The first card, opened 700 days ago, is spent to the fen by the order 301 days ago; the
    # second has 12,000 less 11,540.
    return [
        Bought(days.at(1120, 20, 41), ((dream, 3),)),
        Bought(days.at(1002, 21, 6), ((dream, 4),)),
        Bought(days.at(851, 20, 15), _DREAM_6),
        Bought(days.at(698, 20, 32), _DREAM_6),
        Bought(days.at(612, 21, 47), (("collagen-30", 1), (tremella, 2))),
        Bought(days.at(540, 19, 58), _DREAM_6),
        Bought(days.at(466, 20, 20), (("collagen-30", 1), (tremella, 3)), discount_fen=1_000),
        Bought(days.at(402, 22, 3), _DREAM_6),
        Bought(days.at(340, 20, 11), _DREAM_6),
        Bought(days.at(301, 20, 36), ((tremella, 4),)),
        Bought(days.at(258, 21, 19), _DREAM_4_TREMELLA),
        Bought(days.at(215, 20, 2), _DREAM_6),
        Bought(days.at(172, 19, 49), (("collagen-30", 1), (tremella, 2)), discount_fen=3_000),
        Bought(days.at(134, 20, 27), _DREAM_4_TREMELLA),
        Bought(days.at(97, 21, 33), _DREAM_6),
        Bought(days.at(61, 20, 8), ((tremella, 2),)),
        Bought(days.at(26, 19, 31), _DREAM_6),
    ]


def _wenjings_calls(days: Calendar) -> list[Called]:
    calls = [
        Called(
            days.at(262, 19, 8), "sold", 655, "续了 12,000，说老客人就图个省心", attitude="positive"
        ),
        Called(days.at(172, 19, 22), "thinking", 203, "正做饭，说晚点自己下单"),
        Called(days.at(135, 19, 5), "interested", 318, "问桃胶怎么炖", attitude="positive"),
        Called(days.at(99, 15, 40), "no_answer"),
        Called(days.at(83, 19, 12), "complaint", 276, "收到的箱子压坏了一角"),
        Called(days.at(61, 19, 44), "no_answer"),
        Called(
            days.at(26, 19, 12), "sold", 492, "想送妈妈", attitude="positive", script="renewal-7-zh"
        ),
        Called(days.at(9, 10, 24), "interested", 0, "问能不能和钙片一起吃", channel="wechat"),
    ]
    if days.now > days.at(0, 10, 4):
        calls.append(Called(days.at(0, 10, 2), "no_answer"))
    return calls


def _min(days: Calendar, rep_id: str) -> Life:
    """A newcomer of grade A who was promised a call today."""
    her = Life(
        name=reading_of("欧阳ou'yang 敏min"),
        role=Role.STORY,
        rep_id=rep_id,
        city="苏州",
        phone="10025170693",
        wangwang="ouyang_min88",
        wechat="oymin88",
        wechat_state="accepted",
        household=2,
    )
    her.orders = [Bought(days.at(23, 21, 12), (("collagen-30", 1), ("red-date", 1)))]
    her.calls = [
        Called(
            days.at(19, 14, 36),
            "interested",
            341,
            "先生也想一起吃，让我周末后再打",
            script="newcomer-4-zh",
        ),
        Called(
            days.at(2, 14, 20), "thinking", 188, "在开会，约了下午两点一刻", attitude="positive"
        ),
    ]
    her.promises = [Promised(days.at(0, 14, 15), "先生也想一起吃，两个人要多少")]
    return her


def _guifang(days: Calendar, rep_id: str) -> Life:
    """An open complaint, answered, whose seven days end today."""
    her = Life(
        name=reading_of("陈chen 桂gui 芳fang"),
        role=Role.STORY,
        rep_id=rep_id,
        city="济南",
        taste="enzyme",
        phone="10029063358",
        wangwang="chenguifang_62",
        wechat="",
        birthday=date(1962, 9, 3),
    )
    her.orders = [
        Bought(days.at(412, 20, 30), (("enzyme-30", 1),)),
        Bought(days.at(301, 19, 12), (("enzyme-30", 2),)),
        Bought(days.at(188, 21, 2), (("big-enzyme", 1),)),
        Bought(days.at(97, 20, 44), (("enzyme-30", 2),)),
        Bought(days.at(14, 20, 51), (("enzyme-30", 2), ("red-date", 1))),
    ]
    her.calls = [
        Called(days.at(95, 10, 12), "interested", 232, "说孙女也爱喝", attitude="positive"),
        Called(
            days.at(7, 16, 18), "complaint", 415, "两瓶漏了，箱子底都湿了", attitude="resistant"
        ),
        Called(days.at(6, 10, 30), "thinking", 164, "已说明补发或退款，她要问女儿"),
    ]
    her.complaints = [
        Complained(days.at(7, 18, 0), "两瓶漏液，箱底湿", replied_at=days.at(6, 10, 30))
    ]
    return her


def _yaqin(days: Calendar, rep_id: str) -> Life:
    """Quiet for 83 days where 45 are usual."""
    her = Life(
        name=reading_of("曾zeng 雅ya 琴qin"),
        role=Role.STORY,
        rep_id=rep_id,
        city="长沙",
        phone="10021458802",
        wangwang="zyq_csha",
        wechat="yaqin0731",
        wechat_state="accepted",
    )
    gaps = (83, 128, 174, 218, 263, 309, 354)
    kinds = ((("dream-collagen", 2),), (("dream-collagen", 3),), (("collagen-30", 1),))
    her.orders = [
        Bought(days.at(ago, 20 + place % 2, 10 + 5 * place), kinds[place % 3])
        for place, ago in enumerate(reversed(gaps))
    ]
    her.calls = [
        Called(days.at(128, 15, 10), "sold", 388, "照上次的，再加一盒送姐姐", attitude="positive"),
        Called(days.at(40, 10, 50), "no_answer"),
        Called(days.at(38, 16, 5), "thinking", 142, "说家里还有一盒没拆"),
    ]
    return her


def _ayiguli(days: Calendar, rep_id: str) -> Life:
    """A newcomer of grade B: enzyme for 498, delivered two days ago."""
    her = Life(
        name=reading_of("阿依古丽·买买提a'yi'gu'li·mai'mai'ti"),
        role=Role.STORY,
        rep_id=rep_id,
        city="乌鲁木齐",
        taste="enzyme",
        phone="10027746019",
        wangwang="ayiguli_mm",
        household=4,
    )
    her.orders = [
        Bought(
            days.past(8, 22, 17),
            (("enzyme-30", 1),),
            delivered_at=days.now - timedelta(hours=45, minutes=20),
        )
    ]
    return her


def _xiaomei(days: Calendar, rep_id: str) -> Life:
    """Her 30 days of collagen end this week."""
    her = Life(
        name=reading_of("单shan 晓xiao 梅mei"),
        role=Role.STORY,
        rep_id=rep_id,
        city="青岛",
        phone="10023391175",
        wangwang="shanxiaomei",
        wechat="sxm_qd",
        wechat_state="requested",
    )
    her.orders = [
        Bought(days.at(ago, 20, 3 + place * 7), (("collagen-30", 1),))
        for place, ago in enumerate((318, 274, 231, 190, 149, 108, 67, 29))
    ]
    her.calls = [
        Called(days.at(66, 11, 20), "sold", 246, "每天早上一瓶，不想断", attitude="positive"),
        Called(days.at(25, 15, 33), "interested", 121, "收到了，都好"),
    ]
    return her


def _yulan(days: Calendar, rep_id: str) -> Life:
    """In pool 0; the festival gift was delivered and nobody has called since."""
    her = Life(
        name=reading_of("徐xu 玉yu 兰lan"),
        role=Role.STORY,
        rep_id=rep_id,
        city="南京",
        taste="other",
        phone="10028820946",
        wangwang="xuyulan_1958",
        birthday=date(1958, 3, 21),
    )
    her.orders = [
        Bought(days.at(ago, 19, 22 + place * 6), lines)
        for place, (ago, lines) in enumerate(
            (
                (655, (("peach-gum", 2),)),
                (560, (("collagen-taste", 1), ("red-date", 1))),
                (471, (("peach-gum", 3),)),
                (398, (("red-date", 2),)),
            )
        )
    ]
    her.calls = [Called(days.at(380, 10, 15), "no_need", 96, "说女儿给买了别的，先不要")]
    her.notes = [(days.at(61, 17, 5), f"{last_festival(days.today)}礼已签收，未回访")]
    return her


def _heli(days: Calendar, rep_id: str) -> Life:
    """A newcomer of grade C: collagen for 129, delivered yesterday."""
    her = Life(
        name=reading_of("何he 丽li"),
        role=Role.STORY,
        rep_id=rep_id,
        city="佛山",
        phone="10024607731",
        wangwang="heli_fs2020",
    )
    her.orders = [
        Bought(
            days.past(4, 23, 5),
            (("collagen-taste", 1),),
            delivered_at=days.now - timedelta(hours=20, minutes=12),
        )
    ]
    return her
