"""Screens with fixed words for the gallery and the tests of the views, in both languages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ui.widgets.values import (
    Badge,
    Choice,
    Notice,
    Progress,
    SyncChip,
    SyncState,
    Timer,
    Tone,
    marked,
)
from ui.workspace.screen import (
    Ask,
    Channel,
    Dial,
    Figure,
    Figures,
    Happening,
    Hit,
    Lamp,
    Note,
    Offer,
    Person,
    Queue,
    QueueRow,
    Sale,
    Screen,
    Script,
    Stage,
    TopBar,
    WrapUp,
)

NOW = datetime(2026, 11, 22, 6, 2, tzinfo=UTC)
Words = Callable[[str, str], str]


def words(language: str) -> Words:
    """Return the chooser between a Chinese and an English text."""
    return lambda chinese, english: chinese if language.startswith("zh") else english


def workspace(language: str) -> dict[str, Screen]:
    """Return every state of the rep's desk by name."""
    w = words(language)
    talking = _talking(w)
    ready = replace(
        talking,
        stage=Stage.READY,
        top=_top(w, Lamp(w("空闲", "Ready"), Tone.QUIET, Timer()), _synced(w)),
        queue=_queue(w, Badge(w("下一位", "Next"), Tone.BRAND, boxed=False)),
        dial=Dial(
            "138 •••• 4127",
            w(
                "没有接入电话：请用手机拨出，然后在这里记下每一步。",
                "No phone is connected: dial by hand, then mark each step here.",
            ),
        ),
        toast=Notice(
            w("已保存：欧阳敏 · 预约 11-26 周四 19:30", "Saved: 欧阳敏 · callback Thu 11-26 19:30"),
            Tone.GOOD,
            w("撤销", "Undo"),
            NOW + timedelta(seconds=8),
        ),
    )
    wrap_up = _wrapping_up(w, talking)
    return {
        "ready": ready,
        "dialled": _dialled(w, ready),
        "blocked": _blocked(w, ready),
        "in-call": talking,
        "objection": _objecting(w, talking),
        "callback": _asking(w, talking),
        "wrap-up": wrap_up,
        "wrap-up-missed": _missed(w, wrap_up),
        "nobody": _nobody(w, talking),
        "empty": _empty(w, talking),
        "first-sync": _first_sync(w, talking),
        "problem": _problem(w, talking),
    }


def _synced(w: Words) -> SyncChip:
    return SyncChip(SyncState.SYNCED, w("已同步 · 14:02", "Synced · 14:02"), "14:02")


def _top(w: Words, lamp: Lamp, sync: SyncChip) -> TopBar:
    return TopBar(
        lamp=lamp,
        number="138 •••• 4127",
        today=Figures(
            marked(w("今日 **31** 通 · 接通 **18**", "Today **31** dials · **18** answered")),
            marked("**31** · **18**"),
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
            w("完成 = 实际 ÷ 目标；时间 = 已过工作日 ÷ 总工作日", "done = actual ÷ target; time = working days gone ÷ all"),
        ),
        sync=sync,
        rep=w("林晓燕", "Lin Xiaoyan"),
    )  # fmt: skip


def _queue(w: Words, flag: Badge) -> Queue:
    def row(name: str, badge: Badge, reason: str, mark: Badge | None = None) -> QueueRow:
        return QueueRow(name, name, (badge,), reason, mark)

    quiet = {"boxed": False}
    rows = (
        row("周文静", Badge(w("V 充值", "V card"), Tone.BRAND, solid=True),
            w("卡余额约 12 天用完；上次 10:00 未接", "Card lasts 12 days; no answer at 10:00"), flag),
        row("欧阳敏", Badge(w("新 A", "New A"), Tone.GOOD),
            w("已约今天 14:15 回访", "Callback promised today 14:15"),
            Badge("14:15", Tone.QUIET, **quiet)),
        row("陈桂芳", Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("客诉已回复，今天到期须处理完", "Complaint answered, closes today"),
            Badge(w("客诉", "Complaint"), Tone.BAD)),
        row("曾雅琴", Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("83 天未购，往常 45 天一次", "83 days without buying, usually 45"),
            Badge(w("预警", "At risk"), Tone.QUIET, **quiet)),
        row("阿依古丽·买买提", Badge(w("新 B", "New B"), Tone.WARN),
            w("首单酵素 ¥498，收货已 2 天", "First order ¥498, delivered 2 days ago")),
        row("单晓梅", Badge(w("1 库", "Pool 1"), Tone.INFO),
            w("胶原 30 日装预计本周吃完", "30 days of collagen run out this week")),
        row("徐玉兰", Badge(w("0 库", "Pool 0"), Tone.QUIET),
            w("中秋礼已签收，未回访", "Mid-autumn gift received, not called")),
        row("何丽", Badge(w("新 C", "New C"), Tone.QUIET),
            w("首单胶原 ¥129，48 小时内首访", "First order ¥129, first call within 48 h")),
    )  # fmt: skip
    return Queue(w("今日名单", "Today"), w("还有 42 位", "42 left"), rows, "周文静")


def _person(w: Words) -> Person:
    return Person(
        "周文静",
        "周文静",
        (
            Badge(w("V 充值卡", "V card"), Tone.BRAND, solid=True),
            Badge(w("胶原", "Collagen"), Tone.VIOLET),
        ),
        w("杭州 · 旺旺 wenjing_z · 会员 3 年", "Hangzhou · Wangwang wenjing_z · member 3 years"),
        (Badge(w("虾类过敏", "Shrimp allergy"), Tone.WARN, icon="warning"),),
        (
            Figure(w("卡余额", "Card"), "¥460"),
            Figure(w("近一年", "Year"), "¥14,320", w("9 单", "9 orders")),
            Figure(w("上次购买", "Last"), w("梦胶原 ×6", "Dream Collagen ×6"), w("26 天前", "26 days ago")),
            Figure(w("今日可拨", "Dials today"), "2 / 3"),
        ),
    )  # fmt: skip


def _script(w: Words) -> Script:
    return Script(
        w("话术 · 充值卡续充 v7", "Script · card renewal v7"),
        (w("开场", "Opening"), w("用量确认", "Use"), w("余额提醒", "Balance")),
        marked(
            w(
                "周姐，您卡里现在还有 **460 元**，按您每个月大约 **1,190 元**的用量，大概**再有 12 天**"
                "就用完了。这次续充 12,000 的话，会额外送您 **两盒大酵素**，您看要不要现在帮您续上？",
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


def _offers(w: Words) -> tuple[Offer, ...]:
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


def _timeline(w: Words) -> tuple[Happening, ...]:
    return (
        Happening(w("今天", "today"), Channel.CALL, marked(w("10:02 未接（第 1 次）", "10:02 no answer (1st)"))),
        Happening("11-12", Channel.WECHAT, marked(w("微信：问能不能和钙片一起吃", "WeChat: asks about calcium tablets"))),
        Happening("10-26", Channel.ORDER, marked(w("梦胶原 ×6 **¥2,148** 卡付", "Dream Collagen ×6 **¥2,148** by card"))),
        Happening("10-26", Channel.CALL, marked(w("8 分 12 秒 · 成交 · 想送妈妈", "8:12 · sold · for her mother"))),
        Happening("09-23", Channel.GIFT, marked(w("中秋礼 已签收，33 天后复购", "Gift received, bought 33 days later"))),
        Happening("08-30", Channel.COMPLAINT, marked(w("客诉：包装破损，3 天已处理", "Complaint: box damaged, done in 3 days")), Tone.BAD),
    )  # fmt: skip


def _talking(w: Words) -> Screen:
    since = NOW - timedelta(minutes=3, seconds=42)
    waiting = SyncChip(
        SyncState.WAITING,
        w("7 条待上传 · 14:02", "7 waiting · 14:02"),
        w("7 条", "7"),
        w("7 条记录等待上传", "7 records wait to be sent"),
    )
    return Screen(
        stage=Stage.TALKING,
        top=_top(w, Lamp(w("通话中", "On call"), Tone.GOOD, Timer(since)), waiting),
        queue=_queue(w, Badge(w("通话中", "On call"), Tone.BRAND, boxed=False)),
        person=_person(w),
        script=_script(w),
        offers=_offers(w),
        timeline=_timeline(w),
        note=Note(
            "call-1",
            w("女儿下月结婚，想皮肤状态好一点；", "Daughter marries next month, wants to look her best;"),
            w("自动保存", "saved as you type"),
        ),
    )  # fmt: skip


def _wrapping_up(w: Words, talking: Screen) -> Screen:
    lamp = Lamp(w("话后处理", "Wrap-up"), Tone.GOOD, Timer(seconds=222))
    outcomes = (
        Choice("sold", w("成交", "Sold"), chosen=True),
        Choice("interested", w("有意向", "Interested")),
        Choice("thinking", w("再考虑", "Thinking")),
        Choice("no_need", w("暂不需要", "No need")),
        Choice("not_her", w("非本人", "Not her")),
        Choice("complaint", w("客诉", "Complaint")),
    )
    form = WrapUp(
        timer=Timer(NOW - timedelta(seconds=24)),
        answered=True,
        outcomes=outcomes,
        attitudes=(
            Choice("cold", w("抵触", "Cold")),
            Choice("neutral", w("中性", "Neutral")),
            Choice("warm", w("积极", "Warm"), chosen=True),
        ),
        wechat=(
            Choice("none", w("未加", "Not added")),
            Choice("asked", w("已申请", "Asked")),
            Choice("friend", w("已通过", "Added"), chosen=True),
            Choice("gone", w("已删除", "Removed")),
        ),
        sale=Sale(
            w("12,000 充值卡", "Card 12,000"),
            "¥12,000",
            w("赠 大酵素 ×2（不计业绩）", "Gift: Big Enzyme ×2 (not counted)"),
        ),
        next_words=w("周四19:30", "+4d 19:30"),
        next_reading=w("= 11-26 周四 19:30", "= Thu 11-26 19:30"),
        next_kinds=(
            Choice("arrival", w("到货回访", "After delivery"), chosen=True),
            Choice("again", w("再联系", "Talk again")),
        ),
        next_hint=w(
            "可写「+1d」「明天19:30」「下周三」 · 她 19 点后接通率最高（6 次中 5 次）",
            "Write +1d, tomorrow 19:30 or next Wed · she answers best after 19:00 (5 of 6)",
        ),
    )
    return replace(
        talking,
        stage=Stage.WRAP_UP,
        top=_top(w, lamp, talking.top.sync),
        queue=_queue(w, Badge(w("处理中", "Wrap-up"), Tone.BRAND, boxed=False)),
        wrap_up=form,
    )


def _missed(w: Words, wrap_up: Screen) -> Screen:
    form = wrap_up.wrap_up
    if form is None:
        return wrap_up
    outcomes = (
        Choice("no_answer", w("无人接听", "No answer")),
        Choice("declined", w("拒接", "Declined")),
        Choice("busy", w("占线", "Busy")),
        Choice("off", w("关机", "Switched off")),
        Choice("stopped", w("停机", "Out of service")),
        Choice("wrong", w("空号错号", "Wrong number")),
    )
    return replace(
        wrap_up,
        wrap_up=replace(
            form,
            answered=False,
            outcomes=outcomes,
            attitudes=(),
            wechat=(),
            sale=None,
            next_words=w("下周九", "next Foo"),
            next_reading="",
            next_problem=w("没看懂。可写「+1d」「明天19:30」「下周三」。", "Not understood. Write +1d, tomorrow 19:30 or next Wed."),
            can_save=False,
        ),
    )  # fmt: skip


def _dialled(w: Words, ready: Screen) -> Screen:
    lamp = Lamp(w("呼叫中", "Ringing"), Tone.INFO, Timer(NOW - timedelta(seconds=9)))
    return replace(
        ready,
        stage=Stage.DIALLED,
        top=_top(w, lamp, _synced(w)),
        dial=Dial("138 •••• 4127", w("接通后按 Enter；未接通也请记下。", "Press Enter when she answers; mark it when she does not.")),
        toast=None,
    )  # fmt: skip


def _blocked(w: Words, ready: Screen) -> Screen:
    refused = SyncChip(
        SyncState.REFUSED,
        w("1 条被退回 · 14:02", "1 refused · 14:02"),
        w("退回 1", "1"),
        w("1 条记录被退回，点开看原因", "1 record was refused, open to see why"),
    )
    return replace(
        ready,
        top=replace(ready.top, sync=refused),
        dial=Dial(
            "138 •••• 4127",
            "",
            w(
                "12:00–13:30 是午休，13:30 后可以拨打。",
                "12:00–13:30 is the midday pause; you can dial from 13:30.",
            ),
        ),
        toast=None,
    )


def _objecting(w: Words, talking: Screen) -> Screen:
    script = talking.script
    if script is None:
        return talking
    hits = (
        Hit(
            w("价格太贵", "Too dear"),
            marked(w(
                "平均到每天是 **13 元**，卡里的钱随时可用，也可以按剩余本金退。",
                "It comes to **13 yuan** a day; the balance can be used any time or paid back.",
            ), strong_tone=Tone.BRAND),
        ),
        Hit(
            w("一次付太多", "Too much at once"),
            marked(w("可以先按单购买，用得稳定再充值。", "Order by order first; a card when the use is steady.")),
        ),
    )  # fmt: skip
    return replace(talking, script=replace(script, searched=w("太贵", "dear"), hits=hits))


def _asking(w: Words, talking: Screen) -> Screen:
    ask = Ask(
        w("预约什么时候回访？", "When should the callback be?"),
        (
            Choice("tonight", w("今天 19:30", "Today 19:30")),
            Choice("tomorrow", w("明天 10:00", "Tomorrow 10:00")),
            Choice("week", w("下周三 10:00", "Next Wed 10:00")),
        ),
        entry=True,
        placeholder=w("+1d、明天19:30、下周三", "+1d, tomorrow 19:30, next Wed"),
        confirm=w("预约", "Book"),
    )
    return replace(talking, ask=ask)


def _nobody(w: Words, talking: Screen) -> Screen:
    offline = SyncChip(
        SyncState.OFFLINE,
        w("离线 · 3 条待上传", "Offline · 3 waiting"),
        w("离线 3", "3"),
        w("连不上服务器，可以继续工作", "The hub is out of reach; work goes on"),
    )
    return Screen(
        stage=Stage.NOBODY,
        top=replace(_top(w, Lamp(w("空闲", "Ready"), Tone.QUIET, Timer()), offline), number=""),
        queue=replace(talking.queue, chosen=""),
        message=w("还没有选人。按 F2 接着打下一位。", "Nobody is chosen. Press F2 for the next customer."),
    )  # fmt: skip


def _empty(w: Words, talking: Screen) -> Screen:
    nobody = _nobody(w, talking)
    return replace(
        nobody,
        top=replace(nobody.top, sync=_synced(w)),
        queue=Queue(
            w("今日名单", "Today"),
            w("还有 0 位", "0 left"),
            (),
            empty=w("今天的名单打完了。", "Today's list is done."),
        ),
        message=w("今天的名单打完了。新的预约到点会出现在这里。", "Today's list is done. A callback appears here when it is due."),
    )  # fmt: skip


def _first_sync(w: Words, talking: Screen) -> Screen:
    working = SyncChip(SyncState.WORKING, w("首次同步 41%", "First sync 41%"), "41%")
    empty = _empty(w, talking)
    return replace(
        empty,
        top=replace(empty.top, sync=working),
        queue=replace(empty.queue, left="", empty=w("客户正在到来。", "Customers are on their way.")),
        message="",
        loading=Progress(
            w("正在取回您的客户", "Fetching your customers"),
            w("1,240 / 3,000 位。到齐前也可以先开始。", "1,240 of 3,000. You can begin before all are here."),
            1240,
            3000,
        ),
    )  # fmt: skip


def _problem(w: Words, talking: Screen) -> Screen:
    problem = Notice(
        w("磁盘已满。请腾出空间，再试一次；已保存的记录都在。", "The disk is full. Make room and try again; what was saved is safe."),
        Tone.BAD,
        w("再试一次", "Try again"),
    )  # fmt: skip
    return replace(talking, problem=problem)
