"""The screen of product titles with fixed content, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta

from lumi_desk.managing.titles import OpenTitle, TitlesDecision, TitlesDone, TitlesListed
from ui.gallery_parts import NOW, Words, synced, words
from ui.titles import saying
from ui.titles.screen import Detail, Row, Screen, Tab
from ui.widgets.values import Notice, SyncChip, SyncState, Tone
from ui.words import tr

# Title, units, fen each, orders, customers, days since the last order.
_TITLES = (
    ("【双11预售】晚安软糖 γ-氨基丁酸 60粒装 买2送1 送礼盒 李老师直播间专属", 8_612, 14_900, 6_204,
     5_118, 1),
    ("白芸豆轻盈片 90片", 2_040, 12_800, 1_911, 1_702, 2),
    ("Vita Bloom 复合维生素软糖 / 女士 / 180g", 1_344, 9_900, 1_206, 988, 5),
    ("养颜茶 玫瑰洛神 30包", 902, 6_900, 811, 640, 12),
    ("补差价专用链接", 4_002, 1_000, 3_870, 0, 0),
)  # fmt: skip
_SOLD_FEN = 9_840_000_00


def titles(language: str) -> dict[str, Screen]:
    """Return every state of the screen of titles by name."""
    w = words(language)
    found = _titles()
    sums = _sums(found, len(found) + 32)
    first = _screen(w, sums, saying.rows(found, sums, "", ()), _detail(found[0]))
    gummies = [one for one in found if "软糖" in one.title]
    few = _sums(gummies, sums.waiting, fitting=7)
    many = _screen(
        w,
        few,
        saying.rows(gummies, few, "软糖", ()),
        saying.all_detail(gummies, few, "软糖", high=False),
        sought="软糖",
    )
    said = _said(w)
    settled = TitlesDone("1", 1, 8_612, 312, again=False)
    none = replace(sums, titles=(), fitting=0, waiting=0, waiting_fen=0)
    chip = SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02")
    done = saying.done(
        saying.quoted(found[0].title), saying.meaning("collagen", high=True), settled
    )
    return {
        "titles": first,
        "titles-high": replace(
            first,
            chosen=found[2].title,
            detail=saying.detail(found[2], NOW, high=True),
            rows=saying.rows(found, sums, "", {found[0].title, found[1].title}),
        ),
        "titles-found": many,
        "titles-confirm": replace(
            many,
            confirm=saying.confirm(gummies, few, "软糖", saying.meaning("other", high=False)),
        ),
        "titles-done": replace(
            _screen(w, sums, first.rows[1:], _detail(found[1])),
            notice=Notice(done, Tone.GOOD, button=tr("Undo")),
        ),
        "titles-said": _screen(
            w,
            sums,
            tuple(saying.said_row(one, NOW) for one in said),
            saying.said_detail(said[1], NOW),
            tab=Tab.SAID,
        ),
        "titles-empty": replace(_screen(w, none, (), None), empty=saying.nothing(Tab.OPEN, "")),
        "titles-not-found": replace(
            _screen(w, sums, (), None, sought="面膜"), empty=saying.nothing(Tab.OPEN, "面膜")
        ),
        "titles-offline": replace(first, sync=chip, offline=saying.away(), retry=tr("Ask again")),
    }


def _screen(
    w: Words,
    sums: TitlesListed,
    rows: tuple[Row, ...],
    detail: Detail | None,
    *,
    tab: Tab = Tab.OPEN,
    sought: str = "",
) -> Screen:
    return Screen(
        title=tr("Product titles"),
        left=saying.left(sums),
        sync=synced(w),
        person=w("顾明兰", "Gu Minglan"),
        search=saying.search(sought),
        tabs=saying.tabs(tab, sums),
        share=saying.share(sums),
        rows=rows,
        chosen=detail.id if detail else "",
        detail=detail,
        keys=saying.keys(),
    )


def _detail(one: OpenTitle) -> Detail:
    return saying.detail(one, NOW, high=False)


def _titles() -> list[OpenTitle]:
    return [
        OpenTitle(title, units * each, units, orders, customers, _at(days), "旗舰店", 2, each)
        for title, units, each, orders, customers, days in _TITLES
    ]


def _sums(found: list[OpenTitle], waiting: int, fitting: int = 0) -> TitlesListed:
    fen = sum(one.fen for one in found)
    waiting_fen = sum(one.fen for one in _titles())
    return TitlesListed((), fitting or waiting, fen, "m", waiting, waiting_fen, _SOLD_FEN)


def _said(w: Words) -> tuple[TitlesDecision, ...]:
    gu, he = w("顾明兰", "Gu Minglan"), w("贺春梅", "He Chunmei")
    many = tuple(f"晚安软糖 {place * 30}粒" for place in range(1, 6))

    def said(
        pk: str, some: tuple[str, ...], line: str, hours: int, by: str, product: str = ""
    ) -> TitlesDecision:
        at, high = _at(hours / 24), pk == "2"
        return TitlesDecision(
            pk, some, len(some) + 12 * (len(some) > 1), line, product, high, at, by, None, ""
        )

    undone = said("3", ("养颜茶 30包",), "enzyme", 80, he)
    return (
        said("1", ("大酵素 20包 体验装",), "enzyme", 1, gu),
        said("2", many, "collagen", 26, he),
        replace(undone, undone_at=_at(0), undone_by=gu),
        said("4", ("DC-30 组合",), "collagen", 900, "", w("梦胶原", "Dream Collagen")),
    )


def _at(days: float) -> int:
    return int((NOW - timedelta(days=days)).timestamp() * 1000)
