"""Every state of the rep's desk with fixed words, for the gallery and the tests of the views."""

from dataclasses import replace
from datetime import timedelta

from ui import gallery_parts as parts
from ui.gallery_parts import Words, words
from ui.gallery_work import editing
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
    Hit,
    Lamp,
    Note,
    Queue,
    Sale,
    Screen,
    Stage,
    WrapUp,
)


def workspace(language: str) -> dict[str, Screen]:
    """Return every state of the rep's desk by name."""
    w = words(language)
    talking = _talking(w)
    ready = replace(
        talking,
        stage=Stage.READY,
        top=parts.top_bar(w, Lamp(w("空闲", "Ready"), Tone.QUIET, Timer()), parts.synced(w)),
        queue=parts.queue(w, Badge(w("下一位", "Next"), Tone.BRAND, boxed=False)),
        dial=Dial(
            "138 •••• 4127",
            w(
                "没有接入电话：请用手机拨出，然后在这里记下每一步。",
                "No phone is connected: dial by hand, then mark each step here.",
            ),
            ways=(Choice(Channel.WECHAT, "wenjing"), Choice(Channel.WANGWANG, "wenjing_z")),
        ),
        toast=Notice(
            w("已保存：欧阳敏 · 预约 11-26 周四 19:30", "Saved: 欧阳敏 · callback Thu 11-26 19:30"),
            Tone.GOOD,
            w("撤销", "Undo"),
            parts.NOW + timedelta(seconds=8),
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
        "consent": _consenting(w, talking),
        "why": talking,
        "flagged": _flagged(w, wrap_up),
        "details": replace(talking, edit=editing(language)),
        "wrap-up": wrap_up,
        "wrap-up-missed": _missed(w, wrap_up),
        "nobody": _nobody(w, talking),
        "empty": _empty(w, talking),
        "first-sync": _first_sync(w, talking),
        "problem": _problem(w, talking),
    }


def _talking(w: Words) -> Screen:
    since = parts.NOW - timedelta(minutes=3, seconds=42)
    waiting = SyncChip(
        SyncState.WAITING,
        w("7 条待上传 · 14:02", "7 waiting · 14:02"),
        w("7 条", "7"),
        w("7 条记录等待上传", "7 records wait to be sent"),
    )
    return Screen(
        stage=Stage.TALKING,
        top=parts.top_bar(w, Lamp(w("通话中", "On call"), Tone.GOOD, Timer(since)), waiting),
        queue=parts.queue(w, Badge(w("通话中", "On call"), Tone.BRAND, boxed=False)),
        person=parts.person(w),
        script=parts.script(w),
        offers=parts.offers(w),
        timeline=parts.timeline(w),
        note=Note(
            "call-1",
            w(
                "女儿下月结婚，想皮肤状态好一点；",
                "Daughter marries next month, wants to look her best;",
            ),
            w("自动保存", "saved as you type"),
        ),
    )


def _answered(w: Words) -> tuple[Choice, ...]:
    return (
        Choice("sold", w("成交", "Sold"), chosen=True),
        Choice("interested", w("有意向", "Interested")),
        Choice("thinking", w("再考虑", "Thinking")),
        Choice("no_need", w("暂不需要", "No need")),
        Choice("not_her", w("非本人", "Not her")),
        Choice("complaint", w("客诉", "Complaint")),
    )


def _form(w: Words) -> WrapUp:
    return WrapUp(
        timer=Timer(parts.NOW - timedelta(seconds=24)),
        answered=True,
        outcomes=_answered(w),
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


def _wrapping_up(w: Words, talking: Screen) -> Screen:
    lamp = Lamp(w("话后处理", "Wrap-up"), Tone.GOOD, Timer(seconds=222))
    return replace(
        talking,
        stage=Stage.WRAP_UP,
        top=parts.top_bar(w, lamp, talking.top.sync),
        queue=parts.queue(w, Badge(w("处理中", "Wrap-up"), Tone.BRAND, boxed=False)),
        wrap_up=_form(w),
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
            next_problem=w(
                "没看懂。可写「+1d」「明天19:30」「下周三」。",
                "Not understood. Write +1d, tomorrow 19:30 or next Wed.",
            ),
            can_save=False,
        ),
    )


def _dialled(w: Words, ready: Screen) -> Screen:
    lamp = Lamp(w("呼叫中", "Ringing"), Tone.INFO, Timer(parts.NOW - timedelta(seconds=9)))
    return replace(
        ready,
        stage=Stage.DIALLED,
        top=parts.top_bar(w, lamp, parts.synced(w)),
        dial=Dial(
            "138 •••• 4127",
            w(
                "接通后按 Enter；未接通也请记下。",
                "Press Enter when she answers; mark it when she does not.",
            ),
        ),
        toast=None,
    )


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
            marked(
                w(
                    "平均到每天是 **13 元**，卡里的钱随时可用，也可以按剩余本金退。",
                    "It comes to **13 yuan** a day; the balance can be used any time or paid back.",
                ),
                strong_tone=Tone.BRAND,
            ),
        ),
        Hit(
            w("一次付太多", "Too much at once"),
            marked(
                w(
                    "可以先按单购买，用得稳定再充值。",
                    "Order by order first; a card when the use is steady.",
                )
            ),
        ),
    )
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


def _consenting(w: Words, talking: Screen) -> Screen:
    """She closed two ways, and speaks of a third."""
    flag = Badge(w("不推销：电话、短信", "No offers: phone, SMS"), Tone.BAD, icon="warning")
    ask = Ask(
        w("周文静说的是哪种联系方式？", "Of which way does 周文静 speak?"),
        (
            Choice("phone", w("电话：不推销", "phone: no offers")),
            Choice("sms", w("短信：不推销", "SMS: no offers")),
            Choice("wechat", w("微信", "WeChat")),
            Choice("wangwang", w("旺旺", "Wangwang")),
            Choice("post", w("邮寄", "post")),
            Choice("health", w("健康记录：已同意", "notes about her health: agreed")),
        ),
    )
    her = talking.person
    person = replace(her, flags=(flag, *her.flags)) if her else None
    return replace(talking, person=person, ask=ask)


def _flagged(w: Words, wrap_up: Screen) -> Screen:
    """More red flags than one line holds in large type."""
    words = (
        w("勿扰", "Do not call"),
        w("不推销：电话、短信、旺旺", "No offers: phone, SMS, Wangwang"),
        w("客诉，11-25 前处理完", "Complaint, due 11-25"),
    )
    flags = [Badge(told, Tone.BAD, icon="warning") for told in words]
    allergy = w(
        "对虾、蟹、贝类过敏；怀孕 5 个月；在吃降压药，任何产品都要先问过医生再推荐，家里女儿也过敏",
        "Allergic to shrimp, crab and shellfish; five months pregnant; takes pills for her blood "
        "pressure: her doctor is asked first, whatever it is; her daughter is allergic too",
    )
    flags.append(Badge(allergy, Tone.WARN, icon="warning"))
    her = wrap_up.person
    return replace(wrap_up, person=replace(her, flags=tuple(flags)) if her else None)


def _nobody(w: Words, talking: Screen) -> Screen:
    offline = SyncChip(
        SyncState.OFFLINE,
        w("离线 · 3 条待上传", "Offline · 3 waiting"),
        w("离线 3", "3"),
        w("连不上服务器，可以继续工作", "The hub is out of reach; work goes on"),
    )
    return Screen(
        stage=Stage.NOBODY,
        top=replace(
            parts.top_bar(w, Lamp(w("空闲", "Ready"), Tone.QUIET, Timer()), offline), number=""
        ),
        queue=replace(talking.queue, chosen=""),
        message=w(
            "还没有选人。按 F2 接着打下一位。", "Nobody is chosen. Press F2 for the next customer."
        ),
    )


def _empty(w: Words, talking: Screen) -> Screen:
    nobody = _nobody(w, talking)
    return replace(
        nobody,
        top=replace(nobody.top, sync=parts.synced(w)),
        queue=Queue(
            w("今日名单", "Today"),
            w("还有 0 位", "0 left"),
            (),
            empty=w("今天的名单打完了。", "Today's list is done."),
        ),
        message=w(
            "今天的名单打完了。新的预约到点会出现在这里。",
            "Today's list is done. A callback appears here when it is due.",
        ),
    )


def _first_sync(w: Words, talking: Screen) -> Screen:
    working = SyncChip(SyncState.WORKING, w("首次同步 41%", "First sync 41%"), "41%")
    empty = _empty(w, talking)
    return replace(
        empty,
        top=replace(empty.top, sync=working),
        queue=replace(
            empty.queue, left="", empty=w("客户正在到来。", "Customers are on their way.")
        ),
        message="",
        loading=Progress(
            w("正在取回您的客户", "Fetching your customers"),
            w(
                "1,240 / 3,000 位。到齐前也可以先开始。",
                "1,240 of 3,000. You can begin before all are here.",
            ),
            1240,
            3000,
        ),
    )


def _problem(w: Words, talking: Screen) -> Screen:
    problem = Notice(
        w(
            "磁盘已满。请腾出空间，再试一次；已保存的记录都在。",
            "The disk is full. Make room and try again; what was saved is safe.",
        ),
        Tone.BAD,
        w("再试一次", "Try again"),
    )
    return replace(talking, problem=problem)
