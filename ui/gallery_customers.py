"""The list of customers in its states, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta

from lumi_desk.clock import local_day
from lumi_desk.customers.listing.rules import Field, Filter, Listed, Order, Refused, chosen
from lumi_desk.customers.listing.service import View
from lumi_desk.desk import Me
from lumi_desk.exports.rules import EXPORT
from ui.customers import asking, saying
from ui.customers.loading import Everybody, Leave, longest
from ui.customers.screen import Screen
from ui.customers.state import Asking, Question, State
from ui.gallery_parts import NOW, Words, synced, words
from ui.widgets.values import Notice, Tone
from ui.words import tr

_GIFT = "礼品 3/8"
# Name, pinyin, pool, grade, line, relationship, days since the last purchase, year's fen, city.
_PEOPLE: tuple[tuple[str, str, str, str | None, str, str | None, int, int, str], ...] = (
    ("周文静", "zhouwenjing", "V", None, "collagen", "close", 12, 1_268_000, "杭州"),
    ("欧阳敏", "ouyangmin", "V", None, "enzyme", "cooling", 96, 884_050, "宁波"),
    ("阿依古丽·买买提", "ayiguli", "1", "A", "collagen", "steady", 31, 149_800, "乌鲁木齐"),
    ("单晓飞", "shanxiaofei", "1", "B", "other", "steady", 45, 49_800, "苏州"),
    ("仇英", "qiuying", "1", None, "collagen", "at_risk", 191, 99_600, "南京"),
    ("何丽", "heli", "0", None, "enzyme", None, 512, 0, ""),
    ("徐玉兰", "xuyulan", "0", None, "", None, 0, 0, "上海"),
)
_MANY = 1204


def customers(language: str) -> dict[str, Screen]:
    """Return every state of the list by name."""
    w = words(language)
    few, many = _people(), _crowd()
    marked = frozenset(one.id for one in few[:4])
    v = Filter().toggled(Field.POOL, "V").toggled(Field.POOL, "1").toggled(Field.TAG, _GIFT)
    narrow = replace(v, words="zhou", quiet_from=31, quiet_to=180, refused=Refused.NO)
    about = tuple(one for one in few if one.id in marked)
    asked = Asking(Question.TAG, about, _GIFT)
    leave = Leave(EXPORT, 0)
    export = Asking(Question.EXPORT, many, leave=leave, room=500, whole=True, text="")
    done = asking.done(Question.TAG, _GIFT, 37)
    toast = Notice(done, Tone.GOOD, tr("Undo"), NOW + timedelta(seconds=8))
    return {
        "customers": _shown(w, few),
        "customers-reading": saying.screen(_state(w), NOW),
        "customers-none": _shown(w, ()),
        "customers-many": _shown(w, many, current=many[3].id),
        "customers-filtered": _shown(w, many, filter_=replace(narrow, words="")),
        "customers-no-match": _shown(w, few, filter_=narrow),
        "customers-preview": _shown(w, few, marked=marked, question=asked),
        "customers-done": _shown(w, few, toast=toast),
        "customers-export": _shown(w, many, question=export),
    }


def _state(w: Words) -> State:
    return State(Me("lin", w("林晓燕", "Lin Xiaoyan"), "leader", "one"), synced(w))


def _shown(
    w: Words,
    people: tuple[Listed, ...],
    *,
    filter_: Filter | None = None,
    marked: frozenset[str] = frozenset(),
    question: Asking | None = None,
    toast: Notice | None = None,
    current: str = "",
) -> Screen:
    state = _state(w)
    view = View(w("V 库 · 三八节", "Pool V, 8 March"), Filter(), Order())
    state.everybody = Everybody(people, (view,), longest(people))
    state.filter = filter_ or state.filter
    state.rows = chosen(people, state.filter, state.order, local_day(NOW))
    state.current = current or (state.rows[0].id if state.rows else "")
    state.marked, state.asking, state.toast = marked, question, toast
    return saying.screen(state, NOW)


def _people() -> tuple[Listed, ...]:
    tags = ((_GIFT, "生日 11 月"), (_GIFT,), (), ("孕期", "要发票", "爱聊天", "常送人"), (), (), ())
    return tuple(_listed(place, tags[place]) for place in range(len(_PEOPLE)))


def _crowd() -> tuple[Listed, ...]:
    few = _people()
    return tuple(
        replace(few[place % len(few)], id=f"{place:05}", tags=(_GIFT,) if place % 3 == 0 else ())
        for place in range(_MANY)
    )


def _listed(place: int, tags: tuple[str, ...]) -> Listed:
    name, pinyin, pool, grade, line, relationship, quiet, fen, city = _PEOPLE[place]
    return Listed(
        id=f"{place:05}",
        name=name,
        pinyin=pinyin,
        initials=pinyin[:1],
        phone=f"1380000{place:04}",
        wangwang="",
        city=city,
        pool=pool,
        grade=grade,
        line=line or None,
        relationship=relationship,
        last_paid_at=NOW - timedelta(days=quiet) if quiet else None,
        year_fen=fen,
        year_orders=int(fen > 0),
        tags=tags,
        last_contact=NOW - timedelta(days=place) if place % 2 == 0 else None,
        refused=place == len(_PEOPLE) - 2,
        brought_fen=fen * 3 + quiet * 1_000,
        expected_fen=fen * 4 // 5,
    )
