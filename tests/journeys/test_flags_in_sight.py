"""In large type a rep calls somebody who must not eat shrimp: she never loses sight of that."""

from PySide6.QtCore import QPoint, QRect, Qt

from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown
from tests.journeys.seat import Seat
from ui import theme
from ui.widgets.texts import FlagLabel, SpanLabel
from ui.workspace.screen import Stage

_CTRL = Qt.KeyboardModifier.ControlModifier
SHE, ALLERGY = "周文静", "虾类过敏"


def test_in_large_type_the_allergy_stays_in_sight(hub: HubProcess, sit_down: SitDown) -> None:
    seat = sit_down(hub.address)
    seat.sign_in(places.rep())
    while theme.current().zoom < 150:
        seat.key(Qt.Key.Key_Plus, _CTRL)
    seat.program.window.resize(1366, 768)
    _look_up(seat, SHE)
    seat.until(lambda: _warned(seat) == [seat.view.person])

    seat.call()
    seat.until(lambda: seat.screen.script is not None)
    seat.until(lambda: _warned(seat) == [seat.view.pinned])
    assert SHE in seat.view.pinned.accessibleName()
    seat.write("1")
    seat.until(lambda: seat.screen.script is not None and seat.screen.script.can_back)
    seat.until(lambda: _warned(seat) == [seat.view.pinned])

    seat.end()
    seat.choose("thinking")
    seat.until(lambda: _warned(seat) == [seat.view.pinned])
    seat.promise("明天19:30")
    seat.until(lambda: _warned(seat) == [seat.view.pinned])
    seat.key(Qt.Key.Key_Escape)
    seat.key(Qt.Key.Key_Home)
    seat.until(lambda: _warned(seat) == [seat.view.person])
    seat.save()
    assert ALLERGY not in seat.view.pinned.accessibleName()


def _look_up(seat: Seat, name: str) -> None:
    seat.key(Qt.Key.Key_K, _CTRL)
    seat.write(name)
    seat.until(lambda: [row.name for row in seat.screen.queue.rows] == [name])
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: seat.screen.person is not None and seat.screen.person.name == name)
    seat.until_stage(Stage.READY)


def _warned(seat: Seat) -> list[object]:
    """Where the allergy can be read whole: on her card, in the line above, or in neither."""
    view = seat.view
    room = view._area.viewport().geometry()
    line = view.pinned.geometry() if view.pinned.isVisible() else QRect()
    found: list[object] = []
    for part in (view.person, view.pinned):
        for flag in part.findChildren(FlagLabel):
            place = QRect(flag.mapTo(view._area, QPoint()), flag.size())
            covered = part is view.person and place.intersects(line)
            words = [label.words() for label in flag.findChildren(SpanLabel)]
            if words == [ALLERGY] and flag.isVisible() and room.contains(place) and not covered:
                found.append(part)
    return found
