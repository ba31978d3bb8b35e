"""Another language, larger type and other colours while a call is under way: nothing is lost."""

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from lumi_desk.calls.tables import Callback, Contact
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown
from tests.journeys.seat import Seat
from ui import theme
from ui.account import LANGUAGES
from ui.widgets.values import Timer
from ui.words import Language
from ui.workspace.screen import Screen, Stage

NOTE = "她说先等等，下周再说"
_CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_call_goes_on_in_another_language_and_size(hub: HubProcess, sit_down: SitDown) -> None:
    seat = sit_down(hub.address)
    seat.sign_in(places.rep())
    seat.take_next()
    hub.stop()
    who = seat.call()
    seat.write("1")
    seat.until(lambda: seat.screen.script is not None and seat.screen.script.can_back)
    seat.view.write_note()
    seat.write(NOTE[:4])
    before = seat.screen

    _change_everything(seat)

    seat.until(lambda: seat.screen.top.lamp.text != before.top.lamp.text)
    assert _of_the_call(seat.screen) == _of_the_call(before)
    assert seat.note == NOTE[:4]
    assert seat.view.note.field.hasFocus()
    seat.write(NOTE[4:])
    assert seat.note == NOTE

    seat.end()
    seat.choose("thinking")
    seat.promise("tomorrow 19:30")
    filled = seat.form
    _change_everything(seat, back=True)
    seat.until(lambda: seat.form.outcomes != filled.outcomes)
    chosen = [choice.name for choice in seat.form.outcomes if choice.chosen]
    assert (chosen, seat.form.next_words) == (["thinking"], "tomorrow 19:30")
    assert seat.view.wrap_up.next.text() == "tomorrow 19:30"
    assert seat.note == NOTE
    seat.save()

    assert seat.waiting() == ["contact.log", "callback.promise"]
    with seat.desk.store.read() as session:
        latest = select(Contact).where(Contact.customer_id == who)
        contact = session.scalars(latest.order_by(Contact.started_at.desc())).first()
        promised = select(Callback).where(Callback.customer_id == who)
        callback = session.scalars(promised.where(Callback.done_at.is_(None))).one()
    assert contact is not None
    assert (contact.note, contact.disposition) == (NOTE, "thinking")
    assert len(contact.path) == 2
    assert f"{callback.due_at:%m-%d %H:%M}" == "11-18 11:30"


@pytest.mark.parametrize("zoom", [80, 200])
def test_half_a_word_survives_every_size(hub: HubProcess, sit_down: SitDown, zoom: int) -> None:
    seat = sit_down(hub.address)
    seat.sign_in(places.rep())
    seat.take_next()
    seat.call()
    seat.view.write_note()
    seat.write(NOTE[:5])

    while theme.current().zoom != zoom:
        seat.key(Qt.Key.Key_Plus if zoom > 100 else Qt.Key.Key_Minus, _CTRL)
        assert seat.note == NOTE[:5]
    seat.write(NOTE[5:])

    assert seat.note == NOTE
    assert seat.screen.stage is Stage.TALKING
    assert seat.view.note.field.isVisible()


def _change_everything(seat: Seat, *, back: bool = False) -> None:
    """Another language and other colours from the menu behind the name, and larger type."""
    seat.choose_in_menu(LANGUAGES[Language.CHINESE if back else Language.ENGLISH])
    seat.choose_in_menu("浅色" if back else "Dark")
    for _ in range(3):
        seat.key(Qt.Key.Key_Minus if back else Qt.Key.Key_Plus, _CTRL)
    assert theme.current().zoom == (100 if back else 130)


def _of_the_call(screen: Screen) -> tuple[Stage, Timer, str, str, tuple[str, ...]]:
    """What must not change with the words it is said in."""
    assert screen.note is not None
    assert screen.script is not None
    answers = tuple(choice.name for choice in screen.script.answers)
    lamp, chosen = screen.top.lamp, screen.queue.chosen
    return screen.stage, lamp.timer, screen.note.of, chosen, answers
