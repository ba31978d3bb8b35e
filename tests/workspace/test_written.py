"""Contacts without a call: on WeChat and Wangwang."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from lumi_desk.calls.tables import Contact
from lumi_desk.storage.store import Store
from tests import floor
from tests.floor import her
from tests.hubs import HandClock
from tests.makers import NOW
from tests.reps import Rep
from ui.gallery_screens import workspace
from ui.widgets.values import Choice
from ui.workspace.screen import Dial, Stage
from ui.workspace.view import WorkspaceView

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def rep(desk_store: Store) -> Rep:
    """A rep with a customer who has no number, only a nickname and a WeChat name."""
    floor.stock(desk_store)
    with desk_store.write() as session:
        her(session, "徐玉兰", id="xu", phone="", wangwang="yulan", wechat="xu_wx")
    rep = Rep(desk_store, HandClock())
    rep.begins()
    rep.does.picked("xu")
    return rep


def ways(rep: Rep) -> list[str]:
    return [choice.name for choice in rep.screen.dial.ways] if rep.screen.dial else []


def test_without_a_number_enter_begins_in_writing(rep: Rep) -> None:
    dial = rep.screen.dial
    assert dial is not None
    assert (dial.number, dial.instead, dial.blocked) == ("Wangwang yulan", True, "")


def test_wechat_is_a_way_once_she_has_accepted(rep: Rep, desk_store: Store) -> None:
    assert ways(rep) == ["wangwang"]
    with desk_store.write() as session:
        her(session, "何丽", id="he", wechat="he_wx", wechat_state="accepted", wangwang="heli")
    rep.does.picked("he")
    assert ways(rep) == ["wechat", "wangwang"]


def test_a_friend_of_a_contact_list_goes_by_her_name(rep: Rep, desk_store: Store) -> None:
    """WeCom tells no account, only that she is somebody's friend."""
    with desk_store.write() as session:
        her(session, "何丽", id="he", wechat="", wechat_state="accepted", wangwang="")
    rep.does.picked("he")
    assert rep.screen.dial is not None
    assert rep.screen.dial.ways == (Choice("wechat", "WeChat 何丽"),)
    assert rep.screen.dial is not None
    assert not rep.screen.dial.instead, "there is a number to dial"


def test_a_written_contact_is_logged_without_dials_or_talk_time(rep: Rep) -> None:
    rep.does.written_to("wangwang")
    assert rep.screen.stage is Stage.TALKING
    assert rep.screen.top.lamp.text == "On Wangwang"
    rep.clock.forward(minutes=4)
    rep.does.noted("asks for a sample")
    rep.does.ended()
    rep.does.disposition_chosen("interested")
    rep.does.saved()
    with rep.store.read() as session:
        contact = session.scalars(select(Contact)).one()
    assert (contact.channel, contact.dials, contact.talk_seconds) == ("wangwang", [], 0)
    assert contact.note == "asks for a sample"
    assert rep.waiting() == ["contact.log"]


def test_a_written_contact_survives_the_programs_end(rep: Rep) -> None:
    rep.does.written_to("wangwang")
    rep.does.noted("half a sentence")
    screen = rep.comes_back()
    assert screen.stage is Stage.TALKING
    assert screen.top.lamp.text == "On Wangwang"
    assert screen.note is not None
    assert screen.note.text == "half a sentence"


def test_a_refusal_holds_in_writing_too(rep: Rep) -> None:
    rep.does.refusal_wanted()
    rep.does.ask_confirmed()
    rep.does.picked("xu")
    rep.does.written_to("wangwang")
    assert rep.screen.stage is not Stage.TALKING
    assert rep.screen.problem is not None


def test_keys_and_enter_begin_in_writing(qtbot: QtBot) -> None:
    view = WorkspaceView(now=lambda: NOW)
    qtbot.addWidget(view)
    ready = workspace("en")["ready"]
    way = Choice("wangwang", "Wangwang yulan")
    view.draw(replace(ready, dial=Dial("Wangwang yulan", "", ways=(way,), instead=True)))
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    told: list[str] = []
    view.written_to.connect(told.append)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(view, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    assert told == ["wangwang", "wangwang"], "she is not on WeChat"


def test_the_keys_stay_with_the_page_when_their_place_goes(qtbot: QtBot) -> None:
    view = WorkspaceView(now=lambda: NOW)
    qtbot.addWidget(view)
    screens = workspace("en")
    view.draw(screens["wrap-up"])
    view.resize(1366, 768)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.wrap_up.next.setFocus()
    view.draw(screens["ready"])
    assert view.hasFocus()
