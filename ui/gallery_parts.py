"""The pieces of the rep's desk with fixed words, for the gallery and the tests of the views."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from lumi_desk.customers.again.rules import Habits
from lumi_desk.customers.rules import History, Line, Purchase, Relationship, see
from lumi_desk.customers.run_out.rules import Taken
from lumi_desk.customers.touch_plan.rules import Event, clock
from lumi_desk.customers.value.rules import Brought, ValueModel, ValueSettings, why_value
from lumi_desk.customers.why.rules import why_pool, why_relationship, why_run_out
from ui import steps
from ui.widgets.values import (
    Badge,
    Choice,
    SyncChip,
    SyncState,
    Tone,
    marked,
)
from ui.words import tr
from ui.workspace.saying.person import few_tags
from ui.workspace.saying.whys import relationship_badges, said
from ui.workspace.screen import (
    Channel,
    Figure,
    Figures,
    Happening,
    Lamp,
    Offer,
    Person,
    Queue,
    QueueRow,
    Script,
    TopBar,
)

NOW = datetime(2026, 11, 22, 6, 2, tzinfo=UTC)
Words = Callable[[str, str], str]


def words(language: str) -> Words:
    """Return the chooser between a Chinese and an English text."""
    return lambda chinese, english: chinese if language.startswith("zh") else english


def synced(w: Words) -> SyncChip:
    return SyncChip(SyncState.SYNCED, w("已同步 · 14:02", "Synced · 14:02"), "14:02")


def top_bar(w: Words, lamp: Lamp, sync: SyncChip) -> TopBar:
    return TopBar(
        lamp=lamp,
        number="138 •••• 4127",
        today=Figures(
            marked(w("今日 **31** 通 · 接通 **18**", "Today **31** dials · **18** answered")),
            marked(w("拨 **31** · 通 **18**", "**31** · **18** ans.")),
            tip=w("今日 31 通，接通 18，接通率 58%", "31 dials today, 18 answered, 58 % connected"),
        ),
        month=Figures(
            marked(
                w(
                    "本月 **¥68,420** · 完成 **68%** · 时间 75%",
                    "Month **¥68,420** · done **68%** · time 75%",
                ),
                Tone.WARN,
            ),
            marked(w("完成 **68%** · 时间 75%", "**68%** done · 75% time"), Tone.WARN),
            Tone.WARN,
            w(
                "完成 = 实际 ÷ 目标；时间 = 已过工作日 ÷ 总工作日",
                "done = actual ÷ target; time = working days gone ÷ all",
            ),
        ),
        sync=sync,
        rep=w("林晓燕", "Lin Xiaoyan"),
    )


def _row(name: str, badge: Badge, reason: str, mark: Badge | None = None) -> QueueRow:
    return QueueRow(name, name, (badge,), reason, mark)


def _pressing(w: Words, flag: Badge) -> tuple[QueueRow, ...]:
    return (
        _row(
            "周文静",
            Badge(w("V 充值", "V card"), Tone.BRAND, solid=True),
            w("卡余额约 12 天用完；上次 10:00 未接", "Card lasts 12 days; no answer at 10:00"),
            flag,
        ),
        _row(
            "欧阳敏",
            Badge(w("新 A", "New A"), Tone.GOOD),
            w("已约今天 14:15 回访", "Callback promised today 14:15"),
            Badge("14:15", Tone.QUIET, boxed=False),
        ),
        _row(
            "陈桂芳",
            Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("客诉已回复，今天到期须处理完", "Complaint answered, closes today"),
            Badge(w("客诉", "Complaint"), Tone.BAD),
        ),
        _row(
            "曾雅琴",
            Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("83 天未购，往常 45 天一次", "83 days without buying, usually 45"),
            Badge(w("预警", "At risk"), Tone.QUIET, boxed=False),
        ),
    )


def _later(w: Words) -> tuple[QueueRow, ...]:
    return (
        _row(
            "阿依古丽·买买提",
            Badge(w("新 B", "New B"), Tone.WARN),
            w("首单酵素 ¥498，收货已 2 天", "First order ¥498, delivered 2 days ago"),
        ),
        _row(
            "单晓梅",
            Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("胶原 30 日装预计本周吃完", "30 days of collagen run out this week"),
        ),
        _row(
            "徐玉兰",
            Badge(w("0 库", "Pool 0"), Tone.QUIET),
            w("中秋礼已签收，未回访", "Mid-autumn gift received, not called"),
        ),
        _row(
            "何丽",
            Badge(w("新 C", "New C"), Tone.QUIET),
            w("首单胶原 ¥129，48 小时内首访", "First order ¥129, first call within 48 h"),
        ),
        _row(
            "梁倩",
            Badge(w("1 库", "Pool 1"), Tone.INFO),
            w(
                "近一年 ¥1,280，88 天未联系；经验：关系亲近",
                "¥1,280 in a year, 88 days without contact; by experience: is near to us",
            ),
        ),
    )


def queue(w: Words, flag: Badge) -> Queue:
    rows = (*_pressing(w, flag), *_later(w))
    return Queue(w("今日名单", "Today"), w("还有 42 位", "42 left"), rows, "周文静")


_CLOCK = clock(26, [9], {Event.DELIVERED.value: 3, Event.RUN_OUT.value: 25})
_TAKEN = Taken(date(2026, 10, 29), Line.COLLAGEN, 3, 1, 10)
_SEEN = see(
    History(
        tuple(Purchase(NOW - timedelta(days=26 + 45 * n), 159_000) for n in range(9)),
        card_opened_at=NOW - timedelta(days=300),
        last_answered_at=NOW - timedelta(days=12),
    ),
    NOW,
)
_BROUGHT = Brought(date(2023, 9, 2), date(2026, 10, 22), 29, 31, 4_106_000, 1_432_000)
_MODEL = ValueModel(Habits(0.5, 6.2, 0.9, 1.6), 60_000, 2.0)
_WHYS = (
    why_pool(_SEEN),
    why_relationship(_SEEN),
    why_value(_BROUGHT, "V", None, 45, date(2026, 11, 17), ValueSettings(_MODEL)),
    why_run_out(_TAKEN),
)


def person(w: Words) -> Person:
    tags = w("爱问成分 大客户 群里活跃 推荐过朋友", "asks-why big-spender recommends quick").split()
    return Person(
        "周文静",
        "周文静",
        (
            Badge(w("V 充值卡", "V card"), Tone.BRAND, solid=True),
            *relationship_badges(Relationship.CLOSE),
            Badge(w("胶原", "Collagen"), Tone.VIOLET),
        ),
        w("杭州 · 旺旺 wenjing_z · 会员 3 年", "Hangzhou · Wangwang wenjing_z · member 3 years"),
        (Badge(w("虾类过敏", "Shrimp allergy"), Tone.WARN, icon="warning"),),
        (
            Figure(w("卡余额", "Card"), "¥460"),
            Figure(w("近一年", "Year"), "¥14,320", w("9 单", "9 orders")),
            Figure(tr("So far"), "¥41,060", tr("next 12 months {money}", money="¥9,855")),
            Figure(
                w("上次购买", "Last"),
                w("梦胶原 ×6", "Dream Collagen ×6"),
                tr("day {day} of {days}", day=26, days=180),
            ),
            Figure(w("今日可拨", "Dials left today"), "2 / 3"),
        ),
        tuple(map(said, _WHYS)),
        few_tags(tags),
        tr("Tags: {tags}", tags=tr(", ").join(tags)),
        steps.clock_line(_CLOCK),
        steps.badges(_CLOCK),
    )


def script(w: Words) -> Script:
    return Script(
        w("话术 · 充值卡续充 v7", "Script · card renewal v7"),
        (w("开场", "Opening"), w("用量确认", "Use"), w("余额提醒", "Balance")),
        marked(
            w(
                "周姐，您卡里现在还有 **460 元**，按您每个月大约 **1,190 元**的用量，"
                "大概**再有 12 天**就用完了。这次续充 12,000 的话，"
                "会额外送您 **两盒大酵素**，您看要不要现在帮您续上？",
                "Ms Zhou, your card holds **460 yuan**. At about **1,190 yuan** a month it lasts "
                "**another 12 days**. A renewal of 12,000 comes with **two boxes of Big Enzyme**. "
                "Shall I renew it for you now?",
            ),
            strong_tone=Tone.BRAND,
        ),
        (
            Choice("pay", w("愿意，问怎么付款", "Yes, asks how to pay"), chosen=True),
            Choice("think", w("再考虑一下", "Will think about it")),
            Choice("much", w("觉得金额太大", "Finds it too much")),
            Choice("unused", w("最近没怎么吃", "Has hardly taken it lately")),
        ),
        can_back=True,
    )


def offers(w: Words) -> tuple[Offer, ...]:
    return (
        Offer(
            w("推荐 1", "Offer 1"),
            w("12,000 充值卡", "Card 12,000"),
            "¥12,000",
            facts=(
                marked(
                    w(
                        "按近一年用量 **10.1 个月**用完，赠品值 **¥1,196**",
                        "Lasts **10.1 months** at last year's use, gifts worth **¥1,196**",
                    )
                ),
            ),
            because=w(
                "因为：余额将尽 · 连续 3 年购买 · 胶原持续复购",
                "Because: balance ends · 3 years a buyer · collagen again and again",
            ),
            against=Badge(w("不推荐 25,000", "Not 25,000"), Tone.BAD),
            against_text=w("要 21 个月才用完", "would last 21 months"),
            best=True,
        ),
        Offer(
            w("推荐 2", "Offer 2"),
            w("胶原 + 酵素 组合装", "Collagen + enzyme bundle"),
            "¥1,380",
            was="1,596",
            badges=(Badge(w("高毛利", "High margin"), Tone.GOOD),),
            because=w(
                "因为：同类客户 41% 搭了酵素；她没买过",
                "Because: 41 % of similar customers added enzyme; she has not",
            ),
        ),
    )


def timeline(w: Words) -> tuple[Happening, ...]:
    return (
        Happening(
            w("今天", "today"),
            Channel.CALL,
            marked(w("10:02 未接（第 1 次）", "10:02 no answer (1st)")),
        ),
        Happening(
            "11-12",
            Channel.WECHAT,
            marked(w("微信：问能不能和钙片一起吃", "WeChat: asks about calcium tablets")),
        ),
        Happening(
            "10-26",
            Channel.ORDER,
            marked(w("梦胶原 ×6 **¥2,148** 卡付", "Dream Collagen ×6 **¥2,148** by card")),
        ),
        Happening(
            "10-26",
            Channel.CALL,
            marked(w("8 分 12 秒 · 成交 · 想送妈妈", "8:12 · sold · for her mother")),
        ),
        Happening(
            "09-23",
            Channel.GIFT,
            marked(w("中秋礼 已签收，33 天后复购", "Gift received, bought 33 days later")),
        ),
        Happening(
            "08-30",
            Channel.COMPLAINT,
            marked(w("客诉：包装破损，3 天已处理", "Complaint: box damaged, done in 3 days")),
            Tone.BAD,
        ),
    )
