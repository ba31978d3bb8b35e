"""The screen of assignment with fixed content, for the gallery and the tests of the view."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lumi_desk.clock import local_day
from lumi_desk.managing.assigning import (
    Goes,
    HandedOver,
    HandOverPreviewed,
    RepLoad,
    RepMoves,
    RepsListed,
    RepWaiting,
)
from lumi_desk.sync.client import HubSaid
from lumi_desk.sync.protocol import Problem
from ui.assigning import drafts, saying
from ui.assigning.drafts import WAITING, HandOverDraft, LeaveDraft, PlanDraft
from ui.assigning.presenter import away
from ui.assigning.screen import Preview, Screen
from ui.gallery_parts import NOW, Words, synced, words
from ui.widgets.values import Button, Notice, SyncChip, SyncState, Tone
from ui.words import N_, sentence, tr, trn

_TODAY = local_day(NOW)


def assigning(language: str) -> dict[str, Screen]:
    """Return every state of the assignment by name."""
    w = words(language)
    listed = _listed(w)
    why = w("林秀英下月调到培训组", "Lin moves to training next month")
    draft = HandOverDraft(way="reps", reps=frozenset({"he", "ou"}), grade="", why=why)
    seen = _seen(w)
    whole = _screen(w, listed, "lin", draft, seen)
    return {
        "assigning": whole,
        "assigning-waiting": _screen(
            w, listed, WAITING, HandOverDraft(), _waiting_seen(w)
        ),
        "assigning-confirm": replace(whole, confirm=saying.confirm(seen, draft)),
        "assigning-pool": _screen(
            w, listed, "lin", HandOverDraft(pool="0", way="nobody"), _pool_seen()
        ),
        "assigning-leave": _typed(w, listed),
        "assigning-nothing": _screen(
            w, replace(listed, waiting={}, first=(), history=()), WAITING, HandOverDraft(),
            None,
        ),
        "assigning-changed": replace(
            whole, notice=Notice(_meanwhile(w), Tone.BAD)
        ),
        "assigning-offline": replace(
            whole,
            offline=away(),
            hand_over=saying.hand_over(
                listed.reps[0], listed.reps, draft,
                Preview(tr("Who would go where only the hub can say."), retry=tr("Ask again")),
                Button(tr("Hand over"), enabled=False), waiting=False,
            ),
            sync=SyncChip(SyncState.OFFLINE, w("离线 · 14:02", "Offline · 14:02"), "14:02"),
        ),
    }  # fmt: skip


def _screen(
    w: Words, listed: RepsListed, chosen: str, draft: HandOverDraft, seen: HandOverPreviewed | None
) -> Screen:
    rep = next((one for one in listed.reps if one.id == chosen), None)
    preview, do = Preview(tr("Nobody waits for a rep.")), Button(tr("Hand over"), enabled=False)
    if seen is not None:
        preview = saying.preview(seen)
        words_ = trn("Hand over {n} customer", "Hand over {n} customers", seen.moving)
        do = Button(words_)
    screen = Screen(
        title=tr("Assignment"),
        left=trn("{n} rep", "{n} reps", len(listed.reps)),
        sync=synced(w),
        person=w("贺春梅", "He Chunmei"),
        rows=(
            saying.waiting_row(listed),
            *(saying.row(one, of_all=False) for one in listed.reps),
        ),
        chosen=chosen,
        hand_over=saying.hand_over(rep, listed.reps, draft, preview, do, waiting=chosen == WAITING),
        history=saying.history(listed, NOW),
        keys=tr("↑ ↓ choose · Tab onward · Ctrl Enter hands over · Alt Z takes the last back"),
    )
    if rep is None:
        return replace(screen, waiting=saying.waiting(listed))
    return replace(
        screen,
        plan=saying.plan(rep, drafts.plan_of(rep), Button(tr("Set plan"), enabled=False)),
        leave=saying.leave(rep, listed.reps, drafts.leave_of(rep), NOW, busy=False),
    )


def _typed(w: Words, listed: RepsListed) -> Screen:
    """A plan and a leave in the middle of being typed, with what is wrong."""
    rep = next(one for one in listed.reps if one.id == "wen")
    screen = _screen(w, listed, "wen", HandOverDraft(), _waiting_seen(w))
    plan = PlanDraft(
        takes=True,
        side="new",
        lines=frozenset({"collagen"}),
        grades=frozenset({"A"}),
        most=w("很多", "many"),
    )
    leave = LeaveDraft("12-07", "12-01", "he", w("年假", "holiday"))
    return replace(
        screen,
        plan=saying.plan(rep, plan, Button(tr("Set plan"), enabled=False)),
        leave=saying.leave(rep, listed.reps, leave, NOW, busy=False),
    )


def _rep(id_: str, name: str, holds: Mapping[str, int], most: int = 400, **told: object) -> RepLoad:
    grades = dict(holds)
    rep = RepLoad(
        id=id_, name=name, team="一组", active=True, takes=True, side="both", lines=(), grades=(),
        most=most, own_most=False, holds=sum(grades.values()), kept=0, by_grade=grades,
        by_pool={"1": sum(grades.values())}, first=None, last=None, stand_in="", is_away=False,
        mark="mark",
    )  # fmt: skip
    return replace(rep, **told)  # type: ignore[arg-type]  # Names of fields, in this file only.


def _listed(w: Words) -> RepsListed:
    first, last = str(_TODAY - timedelta(days=1)), str(_TODAY + timedelta(days=5))
    reps = (
        _rep("lin", w("林秀英", "Lin Xiuying"), {"A": 40, "B": 131, "C": 90, "": 51},
             side="old", own_most=True),
        _rep("he", w("何丽", "He Li"), {"A": 62, "B": 188, "C": 102, "": 60}),
        _rep("ou", w("欧阳敏", "Ouyang Min"), {"A": 31, "B": 60, "C": 12}, 300, side="new",
             grades=("A", "B"), own_most=True),
        _rep("wen", w("周文静", "Zhou Wenjing"), {"A": 8, "B": 5}, first=first, last=last,
             stand_in="he", is_away=True, away_why=w("年假", "holiday")),
        _rep("shen", w("沈玉兰", "Shen Yulan"), {"": 150}, 150, own_most=True),
        _rep("new", w("阿依古丽·买买提", "Ayigul Memet"), {}, takes=False),
        _rep("left", w("顾明兰", "Gu Minglan"), {"C": 17}, active=False, takes=False),
    )  # fmt: skip
    waiting = (
        RepWaiting("1", w("徐静", "Xu Jing"), "V", "", "enzyme", "full"),
        RepWaiting("2", w("宋佳", "Song Jia"), "1", "A", "collagen", "nobody"),
        RepWaiting("3", w("郑红", "Zheng Hong"), "1", "C", "", ""),
    )
    return RepsListed(reps, {"full": 21, "nobody": 9, "": 4}, waiting, _history(w))


def _history(w: Words) -> tuple[HandedOver, ...]:
    lin, he, ou = w("林秀英", "Lin Xiuying"), w("何丽", "He Li"), w("欧阳敏", "Ouyang Min")
    at = int(NOW.timestamp() * 1000)
    hour = 3_600_000
    return (
        HandedOver("1", at - hour, w("贺春梅", "He Chunmei"), "chosen",
                   w("客户要求换人", "the customers asked for it"),
                   (RepMoves(lin, he, 12), RepMoves(lin, ou, 3)), 13, undone=False),
        HandedOver("2", at - 2 * hour, w("贺春梅", "He Chunmei"), "chosen", "",
                   (RepMoves(he, "", 40),), 0, undone=True),
        HandedOver("3", at - 30 * hour, "", "leave", w("年假", "holiday"),
                   (RepMoves(w("周文静", "Zhou Wenjing"), he, 57),), 0, undone=False),
        HandedOver("4", at - 32 * hour, "", "hub", "",
                   (RepMoves("", lin, 18), RepMoves("", ou, 11), RepMoves("", he, 7),
                    RepMoves("", w("沈玉兰", "Shen Yulan"), 2)), 0, undone=False),
    )  # fmt: skip


def _goes(
    rep_id: str, name: str, customers: int, grades: dict[str, int], then: int, most: int, over: int
) -> Goes:
    return Goes(rep_id, name, customers, grades, then, most, over, is_away=False, examples=())


def _seen(w: Words) -> HandOverPreviewed:
    goes = (
        _goes("he", w("何丽", "He Li"), 130, {"A": 22, "B": 60, "C": 30, "": 18}, 542, 400, 142),
        _goes("ou", w("欧阳敏", "Ouyang Min"), 182, {"A": 18, "B": 71, "C": 60}, 285, 300, 0),
    )  # fmt: skip
    return HandOverPreviewed("m", 312, goes, {"full": 9}, 14, 2, 1)


def _waiting_seen(w: Words) -> HandOverPreviewed:
    goes = (_goes("ou", w("欧阳敏", "Ouyang Min"), 4, {"A": 1, "C": 3}, 107, 300, 0),)
    return HandOverPreviewed("m", 4, goes, {"full": 21, "nobody": 9}, 0, 0, 0)


def _pool_seen() -> HandOverPreviewed:
    return HandOverPreviewed("m", 312, (_goes("", "", 312, {}, 0, 0, 0),), {}, 3, 0, 0)


def _meanwhile(w: Words) -> str:
    who = w("顾明兰", "Gu Minglan")
    title = N_("Customers were moved meanwhile, the last time by {who}")
    advice = N_("Nothing was changed now. Look at the preview again, then decide.")
    return sentence(HubSaid(Problem("CustomersMoved", {"who": who}, title, advice, "")))
