"""The sync panel and the leader's parked work with fixed content, for gallery and tests."""

import json
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lumi_desk.catalog.service import Outcome
from lumi_desk.customers.fields.rules import Field
from lumi_desk.errors import LumiError
from lumi_desk.parked.rules import State
from lumi_desk.parked.service import Lying
from lumi_desk.sync.again import Differs
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Refused, Sent, Status, Waiting, WithLeader
from ui import theme
from ui.gallery_parts import NOW, Words, synced, words
from ui.lane import SyncNews
from ui.parked import saying as leader
from ui.parked.loading import Waiting as Team
from ui.parked.screen import Screen as ParkedScreen
from ui.sync.presenter import Doing, Found, screen
from ui.sync.screen import Screen, Tab
from ui.sync.view import HEIGHT, WIDTH, SyncCard
from ui.words import tr, trn
from ui.workspace.saying.details import edit, problem
from ui.workspace.screen import Edit
from ui.workspace.state import Editing

_OUTCOMES = (Outcome("thinking", True, "再考虑", "Thinking"),)  # noqa: FBT003  # A record.
_HOUR = timedelta(hours=1)


def editing(language: str) -> Edit:
    """The form of a customer's details, one of them not fitting."""
    w = words(language)
    was = dict.fromkeys(Field, "")
    was |= {Field.NAME: "周文静", Field.CITY: w("杭州", "Hangzhou"), Field.HOUSEHOLD: "2"}
    return edit(Editing("周文静", 3, was, {Field.BIRTHDAY: problem(Field.BIRTHDAY)}))


def panels(language: str) -> dict[str, Screen]:
    """Return every list of the sync panel by name."""
    w = words(language)
    news = SyncNews(at=NOW - timedelta(minutes=4))
    found = Found(_status(w), _OUTCOMES)
    waiting = Found(Status(waiting=_waiting(), waiting_count=104), _OUTCOMES)
    away = SyncNews(at=news.at, problem=_away())
    return {
        "sync-refused": screen(found, news, NOW, Doing(Tab.REFUSED)),
        "sync-asking": screen(found, news, NOW, Doing(Tab.REFUSED, "sale")),
        "sync-leader": screen(found, news, NOW, Doing(Tab.LEADER)),
        "sync-waiting": screen(waiting, away, NOW, Doing(Tab.WAITING)),
        "sync-sent": screen(found, news, NOW, Doing(Tab.SENT, said=tr("Copied."))),
        "sync-empty": screen(Found(), news, NOW, Doing(Tab.REFUSED)),
    }


def panel(shown: Screen) -> QWidget:
    """The panel on a page, as it hangs below its chip."""
    page = QWidget()
    page.setProperty("kind", "page")
    card = SyncCard()
    card.draw(shown)
    look = theme.current()
    card.setFixedSize(look.px(WIDTH), min(look.px(HEIGHT), look.px(700)))
    across, down = QHBoxLayout(page), QVBoxLayout()
    across.addStretch(1)
    across.addLayout(down)
    down.addWidget(card)
    down.addStretch(1)
    return page


def parked(language: str) -> dict[str, ParkedScreen]:
    """Return every state of the leader's list by name."""
    w = words(language)
    team = Team(_lying(w), _names(w), {}, _OUTCOMES)
    refused = {"call": _refused("call", "parked.decide", reason="NobodyHolds")}
    unheld = Team(_lying(w), _names(w), refused, _OUTCOMES)
    return {
        "parked": _list(w, team, "note"),
        "parked-asked": _list(w, team, "sale", needs_words=True),
        "parked-failed": _list(w, unheld, "call"),
        "parked-decided": _list(w, team, "callback"),
        "parked-empty": _list(w, Team((), {}, {}, ()), ""),
    }


def _status(w: Words) -> Status:
    differs = (
        Differs(Field.CITY, w("宁波", "Ningbo"), w("苏州", "Suzhou")),
        Differs(Field.ALLERGY, w("虾、蟹、贝类", "shrimp, crab, shellfish"), w("花生", "peanuts")),
        Differs(Field.BIRTHDAY, "1971-05-01", ""),
    )
    return Status(
        refused=(
            _refused(
                "edit", "customer.edit", reason="Clash", fields="city, allergy", differs=differs
            ),
            _refused("sale", "sale.claim", reason="NotYours", payload=_sale(w)),
            _refused("back", "callback.promise", status="blocked", payload=_callback()),
        ),
        sent=tuple(
            Sent(f"{place}", kind, name, NOW - place * _HOUR, NOW)
            for place, (kind, name) in enumerate(_DONE)
        ),
        leader=_with_leader(w),
        sent_count=len(_DONE),
        news_count=1,
    )


_DONE = (
    ("contact.log", "周文静"),
    ("note.write", "周文静"),
    ("callback.promise", "欧阳敏"),
    ("sale.claim", "阿依古丽·买买提"),
    ("customer.skip", "何丽"),
)


def _waiting() -> tuple[Waiting, ...]:
    held, free = NOW + timedelta(seconds=8), NOW - _HOUR
    kinds = (("contact.log", free), ("customer.edit", free), ("callback.promise", held))
    return tuple(
        Waiting(kind, kind, "周文静", NOW - timedelta(minutes=9 - place), until)
        for place, (kind, until) in enumerate(kinds)
    )


def _with_leader(w: Words) -> tuple[WithLeader, ...]:
    note = _payload(
        words=w("女儿下月结婚，想买两套送人", "Her daughter marries: two sets as gifts")
    )
    asks = w("她要开专票，能不能先记上", "She needs an invoice, can it count already?")
    seen = w("记在王秀珍名下，她来回访", "Counted for Wang, she calls back")
    no = w("单号对不上，请再核实", "The order number does not match, check it again")
    return (
        _lies("a", "note.write", note, State.PARKED),
        _lies("b", "sale.claim", _sale(w), State.ASKED, words=asks),
        _lies("c", "callback.promise", _callback(), State.HANDED_OVER, answer=seen),
        _lies("d", "sale.claim", _sale(w), State.DECLINED, words=asks, answer=no),
    )


def _lies(
    op_id: str, kind: str, payload: str, state: State, words: str = "", answer: str = ""
) -> WithLeader:
    return WithLeader(
        op_id,
        kind,
        1,
        payload,
        "周文静",
        state,
        NOW - _HOUR,
        words=words,
        answer=answer,
        leader="吴桂芳",
        holder="王秀珍",
    )


def _refused(op_id: str, kind: str, **values: Any) -> Refused:
    fields = values.pop("fields", "")
    return Refused(
        op_id,
        kind,
        "周文静",
        values.pop("status", "rejected"),
        values.pop("reason", "DependsOnRefused"),
        {"fields": fields} if fields else {},
        NOW - timedelta(minutes=12),
        seen=True,
        **values,
    )


def _list(w: Words, team: Team, chosen: str, *, needs_words: bool = False) -> ParkedScreen:
    one = next((each for each in team.rows if each.id == chosen), None)
    waits = sum(each.decided_at is None for each in team.rows)
    return ParkedScreen(
        title=tr("Waiting for your word"),
        left=trn("{n} waits", "{n} wait", waits) if waits else tr("nothing waits"),
        sync=synced(w),
        person=w("组长 吴", "Leader Wu"),
        rows=tuple(leader.row(each, team, NOW) for each in team.rows),
        chosen=chosen,
        detail=leader.detail(one, team, NOW, needs_words=needs_words) if one else None,
        empty=""
        if team.rows
        else tr(
            "Nothing waits. Work about customers who have moved on, and what your reps ask about,"
            " appears here."
        ),
        keys=tr("↑ ↓ choose · 1 2 3 decide · Tab to the words"),
    )


def _lying(w: Words) -> tuple[Lying, ...]:
    told = w(
        "女儿下月结婚，想皮肤状态好一点，问能不能两套一起寄", "Her daughter marries next month"
    )
    call = _payload(
        channel="call",
        started_at=_time(NOW - _HOUR),
        ended_at=_time(NOW),
        talk_seconds=492,
        wrap_up_seconds=30,
        dials=[],
        disposition="thinking",
        note=told,
    )
    asks = w("她要开专票，能不能先记上？", "She needs an invoice, can it count already?")
    declined = w("已经由王秀珍联系", "Wang is in touch already")
    return (
        _lying_one("note", "note.write", _payload(words=told)),
        _lying_one("sale", "sale.claim", _sale(w), State.ASKED, reason="NotYours", words=asks),
        _lying_one("call", "contact.log", call, holder=None),
        _lying_one("callback", "callback.promise", _callback(), State.DECLINED, answer=declined),
    )


def _lying_one(
    op_id: str,
    kind: str,
    payload: str,
    state: State = State.PARKED,
    *,
    reason: str = "NotHers",
    words: str = "",
    answer: str = "",
    holder: str | None = "wang",
) -> Lying:
    decided = bool(answer)
    return Lying(
        op_id,
        "lin",
        "zhou",
        "周文静",
        holder,
        kind,
        1,
        payload,
        state,
        reason,
        words,
        answer,
        NOW - 2 * _HOUR,
        "wu" if decided else None,
        NOW - _HOUR if decided else None,
    )


def _names(w: Words) -> dict[str, str]:
    return {
        "lin": w("林晓燕", "Lin Xiaoyan"),
        "wang": w("王秀珍", "Wang Xiuzhen"),
        "wu": w("吴桂芳", "Wu Guifang"),
    }


def _payload(**values: Any) -> str:
    base = {"id": "x", "customer_id": "zhou", "by": "lin", "at": _time(NOW)}
    return json.dumps(base | values)


def _sale(w: Words) -> str:
    what = w("12,000 充值卡", "Card 12,000")
    sold = {"kind": "card", "item_id": "card-12000", "fen": 1_200_000}
    return _payload(what=what, proof="20261117001", **sold)


def _callback() -> str:
    return _payload(due_at=_time(NOW + 30 * _HOUR))


def _time(moment: datetime) -> str:
    return moment.isoformat()


def _away() -> LumiError:
    return HubOutOfReach()
