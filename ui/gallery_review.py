"""The screen of likely pairs with fixed content, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta

from lumi_desk.identity.rules import Against, Kind
from lumi_desk.managing.review import (
    Agreement,
    Becomes,
    Compared,
    Decision,
    LikelyPair,
    NumberShared,
    PairDone,
    PairShown,
    Piece,
    Said,
    Sharer,
    Weighed,
)
from ui.gallery_parts import NOW, Words, synced, words
from ui.review import saying
from ui.review.presenter import away
from ui.review.screen import Detail, Screen, Tab
from ui.widgets.values import Notice, Row, SyncChip, SyncState, Tone
from ui.words import tr, trn


def review(language: str) -> dict[str, Screen]:
    """Return every state of the review by name."""
    w = words(language)
    pairs = _pairs()
    shown = _shown(w)
    first = _screen(w, Tab.PAIRS, tuple(map(saying.row, pairs)), _detail(pairs[0], shown))
    differing = (Weighed(Kind.PHONE, 60), Weighed(Kind.OTHER_NAME, -10))
    ruled_out = replace(shown, evidence=differing, against=Against.BIRTHDAY)
    decided = tuple(saying.said_row(one, NOW) for one in _said(w))
    numbers = _numbers(w)
    offline = SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02")
    told = PairDone("one", Said.ONE, {"order": 2, "contact": 1, "consent": 1}, again=False)
    return {
        "review": first,
        "review-again": replace(
            first, chosen=saying.key_of(pairs[1]), detail=_detail(pairs[1], shown)
        ),
        "review-against": replace(first, detail=_detail(pairs[0], ruled_out)),
        "review-fetching": replace(first, detail=_detail(pairs[0], None)),
        "review-confirm": replace(first, confirm=saying.confirm(pairs[0], shown.becomes[0])),
        "review-done": replace(
            first, notice=Notice(saying.done(pairs[0], told), Tone.GOOD, button=tr("Undo"))
        ),
        "review-numbers": _screen(
            w, Tab.NUMBERS, tuple(map(saying.number_row, numbers)), saying.number_detail(numbers[0])
        ),
        "review-said": _screen(w, Tab.SAID, decided, saying.said_detail(_said(w)[0], NOW)),
        "review-empty": replace(
            _screen(w, Tab.PAIRS, (), None),
            empty=tr("Nobody is likely there twice. After an import new pairs may appear here."),
        ),
        "review-offline": replace(first, sync=offline, offline=away(), retry=tr("Ask again")),
    }


def _screen(w: Words, tab: Tab, rows: tuple[Row, ...], detail: Detail | None) -> Screen:
    waiting = 12 if rows else 0
    return Screen(
        title=tr("One person or two"),
        left=trn("{n} pair waits", "{n} pairs wait", waiting) if rows else tr("nothing waits"),
        sync=synced(w),
        person=w("顾明兰", "Gu Minglan"),
        tabs=saying.tabs(tab, waiting, 3),
        rows=rows,
        chosen=rows[0].id if rows else "",
        detail=detail,
        keys=tr("↑ ↓ choose · 1 2 3 decide · Alt Z undo · Alt P N H lists · F5 anew"),
    )


def _detail(pair: LikelyPair, shown: PairShown | None) -> Detail:
    return saying.detail(pair, shown, NOW)


def _pairs() -> tuple[LikelyPair, ...]:
    phone, name = (Kind.PHONE, Kind.NAME), (Kind.LANDLINE, Kind.NAME)
    return (
        LikelyPair("a", "b", "静静不加糖", "周文静", 80, phone, 0, again=False),
        LikelyPair("c", "d", "阿依古丽·买买提", "tb20417", 55, name, 4, again=True),
        LikelyPair("e", "f", "沈玉兰", "沈玉兰", 55, name, 3, again=False),
        LikelyPair("g", "h", "欧阳敏", "tb88213", 50, (Kind.NICK,), 0, again=False),
    )


def _shown(w: Words) -> PairShown:
    def field(name: str, agreement: str, one: str, other: str, *, same: bool = False) -> Compared:
        sides = (((Piece(text, same),) if text else ()) for text in (one, other))
        return Compared(name, agreement, *sides)

    lent = (Piece("138 •••• 8001", same=True), Piece("170 •••• 5678", lent=True))
    fields = (
        Compared("name", Agreement.SAME,
                 (Piece("静静不加糖"), Piece("周文静", same=True)), (Piece("周文静", same=True),)),
        Compared("phone", Agreement.SAME, lent, (Piece("138 •••• 8001", same=True),)),
        field("wechat", Agreement.ONE_SIDE, "wj_zhou", ""),
        field("nick", Agreement.ONE_SIDE, "taobao:静静不加糖", ""),
        field("member", Agreement.ONE_SIDE, "", "M000042"),
        field("birthday", Agreement.ONE_SIDE, "", "1990-05-01"),
        field("city", Agreement.DIFFERS, w("宁波", "Ningbo"), w("杭州市", "Hangzhou")),
        field("pool", Agreement.NONE, "1", "V"),
        field("rep", Agreement.NONE, w("赵敏", "Zhao Min"), w("林晓燕", "Lin Xiaoyan")),
        field("orders", Agreement.NONE, "2", "14"),
        field("last_order", Agreement.NONE, "2026-09-14", "2026-11-02"),
        field("year_fen", Agreement.NONE, "99600", "1284000"),
        field("principal_fen", Agreement.NONE, "", "640000"),
        field("bonus_fen", Agreement.NONE, "", "46000"),
        field("contacts", Agreement.NONE, "1", "23"),
        field("consents", Agreement.NONE, "1", "2"),
        field("refused", Agreement.NONE, "1", ""),
    )  # fmt: skip
    moving = {"order": 2, "contact": 1, "consent": 1, "refusal": 1}
    reps = w("林晓燕", "Lin Xiaoyan"), w("赵敏", "Zhao Min")
    becomes = (
        Becomes("b", moving, ("wechat", "wangwang"), *reps),
        Becomes("a", {"order": 14, "card_entry": 3}, ("birthday",), *reps[::-1]),
    )
    evidence = (Weighed(Kind.PHONE, 60), Weighed(Kind.NAME, 20))
    return PairShown("a", "b", "mark", 80, evidence, "", fields, becomes)


def _said(w: Words) -> tuple[Decision, ...]:
    gu, he = w("顾明兰", "Gu Minglan"), w("贺春梅", "He Chunmei")

    def at(hours: int) -> int:
        return int((NOW - timedelta(hours=hours)).timestamp() * 1000)

    return (
        Decision("1", Said.ONE, "b", "a", "周文静", "静静不加糖", at(1), gu, None, ""),
        Decision("2", Said.TWO, "e", "f", "沈玉兰", "沈玉兰", at(26), he, None, ""),
        Decision("3", Said.ONE, "g", "h", "欧阳敏", "tb88213", at(80), "", at(2), gu),
    )


def _numbers(w: Words) -> tuple[NumberShared, ...]:
    hangzhou, lin = w("杭州", "Hangzhou"), w("林晓燕", "Lin Xiaoyan")
    sharers = tuple(
        Sharer(name, name, hangzhou, rep)
        for name, rep in (("何丽", lin), ("沈玉兰", lin), ("沈玉梅", ""))
    )
    return (
        NumberShared("1", "0571 •••• 4321", Kind.LANDLINE, 11, sharers),
        NumberShared("2", "010 •••• 9988", Kind.LANDLINE, 3, sharers),
        NumberShared("3", "139 •••• 2207", Kind.PHONE, 2, sharers[:2]),
    )
