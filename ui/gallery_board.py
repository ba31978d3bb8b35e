"""The leader's board with fixed words for the gallery and the tests of the view."""

from dataclasses import replace
from typing import TypeAlias

from ui.board.screen import Advice, Bar, Cell, Heading, Measure, RepLine, Screen
from ui.gallery_parts import Words, words
from ui.widgets.values import (
    Badge,
    Choice,
    Line,
    Notice,
    Span,
    SyncChip,
    SyncState,
    Tone,
    marked,
)

_ELAPSED = 0.75
# Name, cash, done; cards, margin, orders, dials, talk time; overdue.
Figures: TypeAlias = tuple[str, str, float, str, str, str, str, str, str]


def board(language: str) -> dict[str, Screen]:
    """Return every state of the board by name."""
    w = words(language)
    full = _full(w)
    return {
        "board": full,
        "board-empty": replace(
            full,
            measures=(),
            reps=(),
            advice=None,
            empty=w(
                "这个月还没有目标。请主管先设置。",
                "No targets for this month yet. Ask the manager to set them.",
            ),
            problem=Notice(
                w(
                    "连不上服务器，显示的是 14:02 的数据。",
                    "The hub is out of reach; figures are of 14:02.",
                ),
                Tone.WARN,
            ),
        ),
    }


def _full(w: Words) -> Screen:
    return Screen(
        title=w("一组 · 十一月目标", "Team 1 · November targets"),
        days=w("工作日 15 / 20", "Working day 15 / 20"),
        as_of=marked(w("数据至 14:02 · 待核 ¥12,000", "As of 14:02 · claimed ¥12,000")),
        sync=SyncChip(SyncState.SYNCED, w("已同步", "Synced")),
        person=w("组长 吴", "Leader Wu"),
        measures=_measures(w),
        headings=_headings(w),
        reps=_reps(w),
        advice=Advice(
            w("达标建议", "What helps now"),
            marked(
                w(
                    "16:00 前给 **6 位 V 库余额将尽** 的客户打续充电话，"
                    "开卡达成概率由 41% 升至 **62%**（50%–73%）",
                    "Before 16:00, call the **6 pool V customers whose balance ends**: "
                    "the chance to reach the card target rises from 41% to **62%** (50%–73%)",
                )
            ),
            w("看名单", "Show the list"),
            w("怎么算的", "How it is computed"),
        ),
        nav=_nav(w),
        parked=w("2 条待您处理", "2 wait for your word"),
    )


def _nav(w: Words) -> tuple[Choice, ...]:
    names = (
        ("today", w("今日名单", "Today's list")),
        ("customers", w("客户", "Customers")),
        ("targets", w("小组目标", "Team targets")),
        ("quality", w("通话质检", "Call quality")),
        ("training", w("新人培养", "Training")),
        ("care", w("关怀活动", "Care")),
        ("complaints", w("客诉", "Complaints")),
        ("cases", w("经典案例", "Classic cases")),
        ("reports", w("报表", "Reports")),
    )
    return tuple(Choice(name, text, chosen=name == "targets") for name, text in names)


def _measures(w: Words) -> tuple[Measure, ...]:
    figures = (
        ("cash", w("收款业绩", "Cash sales"), "¥281,570", "430,000", 0.65),
        ("delivered", w("出货业绩", "Delivered sales"), "¥246,300", "320,000", 0.77),
        ("cards", w("开卡", "Cards opened"), "12", w("17 张", "17"), 0.71),
        ("collagen", w("梦胶原", "Dream Collagen"), "190", w("240 盒", "240 boxes"), 0.79),
        ("enzyme", w("大酵素", "Big Enzyme"), "55", w("90 盒", "90 boxes"), 0.61),
        ("orders", w("订单", "Orders"), "197", w("250 单", "250"), 0.79),
    )
    formula = w(
        "完成 = 实际 ÷ 目标；时间 = 已过工作日 ÷ 总工作日",
        "done = actual ÷ target; time = working days gone ÷ all",
    )
    return tuple(
        Measure(name, title, value, target, done, _ELAPSED, _done(w, done), formula)
        for name, title, value, target, done in figures
    )


def _done(w: Words, done: float) -> Line:
    tone = Tone.GOOD if done >= _ELAPSED else Tone.WARN
    return (
        Span(w(f"完成 {done:.0%}", f"Done {done:.0%}"), tone=tone),
        Span(w(" · 时间 75%", " · time 75%"), tone=Tone.QUIET),
    )


def _headings(w: Words) -> tuple[Heading, ...]:
    return (
        Heading(w("销售", "Rep")),
        Heading(w("收款业绩", "Cash sales")),
        Heading(w("完成 / 时间", "Done / time"), w("竖线为时间进度", "The tick is elapsed time")),
        Heading(w("开卡", "Cards")),
        Heading(
            w("高毛利占比", "High margin"),
            w("高毛利 ÷ 出货业绩", "high-margin products ÷ delivered sales"),
        ),
        Heading(w("订单", "Orders")),
        Heading(w("通次 / 接通", "Dials / answered")),
        Heading(w("通时", "Talk time")),
        Heading(w("回访逾期", "Overdue")),
        Heading(w("本周开单", "This week")),
    )


def _lines(w: Words) -> tuple[Figures, ...]:
    names = (
        w("林晓燕", "Lin Xiaoyan"),
        w("王秀珍", "Wang Xiuzhen"),
        w("赵慧", "Zhao Hui"),
        w("沈佳怡", "Shen Jiayi"),
        w("钱美玲", "Qian Meiling"),
    )
    figures = (
        ("¥68,420", 0.68, "3 / 4", "44%", "46", "412 / 231", "41:20", "0"),
        ("¥91,300", 0.91, "5 / 4", "39%", "58", "388 / 240", "44:05", "1"),
        ("¥40,150", 0.45, "1 / 4", "28%", "31", "402 / 158", "26:48", "6"),
        ("¥22,800", 0.76, "1 / 1", "35%", "24", "356 / 149", "28:12", "0"),
        ("¥58,900", 0.59, "2 / 4", "47%", "38", "290 / 171", "30:31", "2"),
    )
    return tuple((name, *line) for name, line in zip(names, figures, strict=True))


def _reps(w: Words) -> tuple[RepLine, ...]:
    lines = _lines(w)
    reps = [_rep(w, place, line) for place, line in enumerate(lines)]
    total: tuple[Cell | Bar, ...] = (
        Cell("¥281,570"),
        Cell(w("竖线为时间进度", "tick: elapsed time"), Tone.QUIET),
        *(Cell(text) for text in ("12 / 17", "41%", "197", "1,848 / 949", "170:56", "9", "80%")),
    )
    return (*reps, RepLine("team", w("全组", "Team"), total, total=True))


def _rep(w: Words, place: int, line: Figures) -> RepLine:
    name, cash, done, *texts, overdue = line
    trainee, missed, many = place == 3, place == 4, 5  # As in the picture.
    late = Cell(overdue, Tone.BAD, strong=True) if int(overdue) > many else Cell(overdue)
    week = (
        Cell("✘", Tone.BAD, tip=w("本周未开单", "No order this week"))
        if missed
        else Cell("✔", tip=w("本周已开单", "Order this week"))
    )
    bar = Bar(done, _ELAPSED, w(f"完成 {done:.0%} · 时间 75%", f"{done:.0%} done · 75% time"))
    cells: tuple[Cell | Bar, ...] = (Cell(cash), bar, *(Cell(text) for text in texts), late, week)
    badge = Badge(w("新人 第 3 月", "Trainee, month 3"), Tone.INFO) if trainee else None
    return RepLine(f"rep-{place}", name, cells, badge)
