"""The screen of product titles with fixed content, for the gallery and the tests of the view."""

from dataclasses import replace
from datetime import timedelta

from lumi_desk.managing.titles import OpenTitle, TitlesDecision, TitlesDone, TitlesListed
from ui.gallery_parts import NOW, Words, synced, words
from ui.titles import saying
from ui.titles.screen import Detail, Screen, Tab
from ui.widgets.values import Notice, Row, SyncChip, SyncState, Tone
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
_SOLD_FEN = 984_000_000
_SOUGHT = "软糖"


def titles(language: str) -> dict[str, Screen]:
    """Return every state of the screen of titles by name."""
    w = words(language)
    found = _titles()
    sums = _sums(found, len(found) + 32)
    first = _screen(w, sums, saying.rows(found, sums, ""), _detail(found[0]))
    said = _said(w)
    chip = SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02")
    none = replace(sums, titles=(), fitting=0, waiting=0, waiting_fen=0)
    return {
        "titles": first,
        "titles-high": replace(
            first,
            chosen=found[2].title,
            detail=saying.detail(found[2], NOW, high=True),
            rows=saying.rows(_two_left(found, w), sums, ""),
        ),
        **_many(w, [one for one in found if _SOUGHT in one.title], sums),
        "titles-done": replace(
            _screen(w, sums, first.rows[1:], _detail(found[1])), notice=_done(found[0])
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


def _many(w: Words, found: list[OpenTitle], whole: TitlesListed) -> dict[str, Screen]:
    """All titles that hold the words, before they are settled."""
    sums = replace(_sums(found, whole.waiting), fitting=7)
    rows = saying.rows(found, sums, _SOUGHT)
    detail = saying.all_detail(found, sums, _SOUGHT, high=False)
    shown = _screen(w, sums, rows, detail, sought=_SOUGHT)
    said = saying.meaning("other", high=False)
    asked = replace(shown, confirm=saying.confirm(found, sums, _SOUGHT, said))
    return {"titles-found": shown, "titles-confirm": asked}


def _two_left(found: list[OpenTitle], w: Words) -> list[OpenTitle]:
    """The first two were left for later: they stand at the end."""
    at = round((NOW - timedelta(days=3)).timestamp() * 1000)
    left = [replace(one, left_at=at, left_by=w("古春梅", "Gu Chunmei")) for one in found[:2]]
    return [*found[2:], *left]


def _done(one: OpenTitle) -> Notice:
    told = TitlesDone("1", 1, 8_612, 312, again=False)
    said = saying.done(saying.quoted(one.title), saying.meaning("collagen", high=True), told)
    return Notice(said, Tone.GOOD, button=tr("Undo"))


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


def _sums(found: list[OpenTitle], waiting: int) -> TitlesListed:
    fen = sum(one.fen for one in found)
    waiting_fen = sum(one.fen for one in _titles())
    return TitlesListed((), waiting, fen, "m", waiting, waiting_fen, _SOLD_FEN)


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
