"""The centre's customers in their states, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lumi_desk.because import Because, because
from lumi_desk.catalog.service import Outcome
from lumi_desk.customers.listing.rules import Column, Field, Filter, Order
from lumi_desk.customers.listing.service import View
from lumi_desk.customers.person import Kind
from lumi_desk.desk import Me
from lumi_desk.managing.centre import (
    CentreCustomer,
    CentreEvent,
    CentreHeld,
    CentreLook,
    CentreRep,
    CentreSum,
    CentreWhy,
    CustomerShown,
    ListCentre,
)
from lumi_desk.managing.centre_tags import TagsOnce, TagsPreviewed
from lumi_desk.managing.exporting import ExportPreviewed
from ui.customers import asking as asks
from ui.customers import centre_saying, exporting
from ui.customers.centre_state import Asking, Centre
from ui.customers.screen import Screen
from ui.customers.state import Question
from ui.gallery_parts import NOW, Words, synced, words
from ui.widgets.values import Notice, Tone
from ui.words import tr

# Name, pinyin, pool, grade, line, relationship, days since the last purchase, year's fen, rep.
_PEOPLE = (
    ("周文静", "V", "", "collagen", "close", 12, 1_268_000, "林晓燕"),
    ("欧阳敏", "V", "", "enzyme", "cooling", 96, 884_050, "何丽娟"),
    ("阿依古丽·买买提", "1", "A", "collagen", "steady", 31, 149_800, "林晓燕"),
    ("单晓飞", "1", "B", "other", "steady", 45, 49_800, ""),
    ("仇英", "1", "", "collagen", "at_risk", 191, 99_600, "欧玉洁"),
    ("何丽", "0", "", "enzyme", "", 512, 0, ""),
)
_REPS = (
    ("lin", "林晓燕", "1", "一组"),
    ("he", "何丽娟", "1", "一组"),
    ("ou", "欧玉洁", "2", "二组"),
)
# Days until what she bought last is used up, by her place.
_LASTS = {0: 9, 1: -3, 2: 45, 3: 4}
_ALL = 60_214
_SUMS = (
    CentreSum("V", "", 812, 1_031_842_900, 884_120_400),
    CentreSum("1", "A", 900, 148_312_600, 120_913_800),
    CentreSum("1", "B", 1_400, 91_204_300, 61_004_700),
    CentreSum("1", "C", 2_200, 40_118_700, 22_410_100),
    CentreSum("1", "", 16_800, 921_733_500, 610_207_300),
    CentreSum("0", "", 38_102, 0, 78_002_600),
)
_WHYS: tuple[Because, ...] = (
    because("pool_card", pool="V", opened_day="2026-01-26"),
    because(
        "value_mean", value_fen=1_014_400, brought_fen=3_804_000, orders=31, months=38,
        average_fen=122_709, rhythm=45, group="V", customers=6_000,
    ),
)  # fmt: skip


def centre(language: str) -> dict[str, Screen]:
    """Return every state of the page by name."""
    w = words(language)
    whole = _state(w)
    filter_ = Filter(words="zhou").toggled(Field.POOL, "V").toggled(Field.TAG, "大客户")
    filter_ = filter_.toggled(Field.HELD, "somebody").toggled(Field.RUN_OUT, "month")
    one = CentreSum("V", "", 1, 1_268_000, 1_014_400)
    few = replace(whole, filter=filter_, rows=whole.rows[:1], total=1, sums=(one,))
    by_value = replace(whole, order=Order(Column.EXPECTED))
    marked = replace(whole, marked=frozenset({"00000", "00001"}))
    everybody = replace(whole, marked=frozenset(one.id for one in whole.rows), all_found=True)
    told = TagsPreviewed(212, 18, 1, 0, "")
    asking = Asking(Question.TAG, w("礼品 3/8", "gift 3/8"), many=231, told=told)
    done = replace(whole, asking=Asking(Question.DONE, done=_done(w)))
    view = View(
        w("林晓燕的会员", "Lin's members"), _gone(), Order(), {"old": w("孙玉兰", "Sun Yulan")}
    )
    kept = replace(few, filter=view.filter, views=(view,), view=view.name, rows=(), total=0)
    may = ExportPreviewed(_ALL, 500, 500, 1_000, 120)
    leaving = exporting.Asking(ListCentre(), (), may, 180, w("中秋礼品名单", "Moon cake gifts"))
    asks = replace(
        centre_saying.screen(whole, NOW), ask=exporting.ask(leaving), asked=leaving.purpose
    )
    busy = replace(whole, problem=centre_saying.busy())
    nothing = Centre(whole.me, whole.chip, offline=True)
    return {
        "centre": centre_saying.screen(whole, NOW),
        "centre-by-value": centre_saying.screen(by_value, NOW),
        "centre-filtered": centre_saying.screen(few, NOW),
        "centre-asking": centre_saying.screen(replace(marked, asking=asking), NOW),
        "centre-done": centre_saying.screen(done, NOW),
        "centre-everybody": centre_saying.screen(replace(everybody, total=1_284), NOW),
        "centre-tagged": centre_saying.screen(replace(whole, toast=_toast(w)), NOW),
        "centre-view": centre_saying.screen(kept, NOW),
        "centre-marked": centre_saying.screen(marked, NOW),
        "centre-export": asks,
        "centre-busy": centre_saying.screen(busy, NOW),
        "centre-offline": centre_saying.screen(nothing, NOW),
        "centre-record": centre_saying.screen(replace(whole, record=_record(w)), NOW),
    }


def _toast(w: Words) -> Notice:
    words = asks.done(Question.TAG, w("礼品 3/8", "gift 3/8"), 212)
    return Notice(words, Tone.GOOD, tr("Undo"), NOW + timedelta(seconds=8))


def _gone() -> Filter:
    return Filter().toggled(Field.TAG, "双十一").toggled(Field.REP, "old").toggled(Field.POOL, "V")


def _done(w: Words) -> tuple[TagsOnce, ...]:
    at = round(NOW.timestamp() * 1000)
    gift, wu = w("礼品 3/8", "gift 3/8"), w("吴桂芳", "Wu Guifang")
    gu, bill, old = w("顾春梅", "Gu Chunmei"), w("要发票", "invoice"), w("沉睡", "asleep")
    rest: dict[str, Any] = {"undone_at": None, "undone_by": ""}
    gone: dict[str, Any] = {"undone_at": at - 80_000_000, "undone_by": gu}
    return (
        TagsOnce("c", at - 240_000, gu, gift, adding=True, customers=212, **rest),
        TagsOnce("b", at - 7_400_000, wu, bill, adding=False, customers=31, **rest),
        TagsOnce("a", at - 90_000_000, gu, old, adding=True, customers=1_804, **gone),
    )


def _state(w: Words) -> Centre:
    counts = {
        "pool": {"V": 812, "1": 21_300, "0": 38_102},
        "grade": {"A": 900, "B": 1_400, "C": 2_200, "": 55_714},
        "line": {"collagen": 31_000, "enzyme": 20_000, "other": 9_214},
        "relationship": {"close": 2_000, "steady": 9_000, "cooling": 6_112, "at_risk": 5_000},
        "expected": {"top": 1_120, "high": 4_300, "middle": 9_800, "low": 44_994},
        "run_out": {"over": 3_000, "week": 410, "month": 1_260, "later": 2_090, "": 53_454},
        "held": {"nobody": 31_214, "somebody": 29_000},
        "tag": {"大客户": 780, "要发票": 3_120},
        "rep": {"lin": 402, "he": 388, "ou": 395},
    }
    rows = tuple(_row(place) for place in range(len(_PEOPLE)))
    me = Me("gu", w("顾春梅", "Gu Chunmei"), "manager", "")
    names = (("interested", "有意向", "Interested"), ("sold", "成交", "Sold"))
    outcomes = tuple(Outcome(name, answered=True, zh=zh, en=en) for name, zh, en in names)
    return Centre(
        me, synced(w), rows, _ALL, _ALL, counts, _SUMS, current="00000", outcomes=outcomes,
        reps=tuple(CentreRep(*one) for one in _REPS),
    )  # fmt: skip


def _row(place: int) -> CentreCustomer:
    name, pool, grade, line, relationship, quiet, fen, rep = _PEOPLE[place]
    bought = round((NOW - timedelta(days=quiet)).timestamp() * 1000)
    runs_out = (NOW + timedelta(days=_LASTS[place])).date() if place in _LASTS else None
    return CentreCustomer(
        f"{place:05}", name, "", "", "138 •••• 4127", "", "杭州", pool, grade, line, relationship,
        bought, fen, int(fen > 0), ("大客户", "要发票") if place % 2 == 0 else (),
        bought if place % 3 else None, place == len(_PEOPLE) - 1, fen * 3, fen * 4 // 5,
        runs_out, rep,
    )  # fmt: skip


def _record(w: Words) -> CustomerShown:
    def at(days: int) -> int:
        return round((NOW - timedelta(days=days)).timestamp() * 1000)

    note = w("女儿下月结婚，想皮肤状态好一点", "Daughter marries next month")
    product = w("梦胶原 30 日装", "Dream Collagen, 30 days")
    damaged, new = w("包装破损", "Box damaged"), w("已补寄", "A new one was sent")
    history = (
        CentreEvent(at(3), Kind.CONTACT, "call", "interested", note, None, 492),
        CentreEvent(at(12), Kind.ORDER, "", product, "", 214_800, 0),
        CentreEvent(at(20), Kind.NOTE, "", w("爱问成分", "Asks what is in it"), "", None, 0),
        CentreEvent(at(79), Kind.COMPLAINT, "", damaged, new, None, 0),
        CentreEvent(at(400), Kind.ORDER, "", product, "", 159_000, 0),
    )
    held = (CentreHeld("林晓燕", at(60), None), CentreHeld("何丽娟", at(320), at(60)))
    whys = tuple(CentreWhy(one.code, one.fields) for one in _WHYS)
    allergy = w("虾类过敏", "Shrimp allergy")
    looks = (
        CentreLook(w("吴桂芳", "Wu Guifang"), at(0), 2),
        CentreLook(w("顾春梅", "Gu Chunmei"), at(6), 1),
    )
    return CustomerShown(_row(0), allergy, 2, 46_000, at(-2), whys, held, history, looks)
