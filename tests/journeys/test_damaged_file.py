"""A desk whose file was damaged overnight says so once, and goes on with what was not sent."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QMessageBox

from tests.hub_process import HubProcess, SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown
from ui.widgets.values import SyncState

PAGE = 4096


def test_the_morning_after_the_damage(
    hub: HubProcess, sit_down: SitDown, fair_hour: SetClock, tmp_path: Path
) -> None:
    seat = sit_down(hub.address)
    seat.sign_in(places.rep())
    seat.until_sync(SyncState.SYNCED)
    seat.take_next()
    hub.stop()
    seat.call()
    seat.end()
    seat.choose("thinking")
    seat.promise("+1d")
    seat.save()
    sit_down.get_up()
    (file,) = (tmp_path / "desk").glob("*/desk.db")
    file.write_bytes(bytes(PAGE) + file.read_bytes()[PAGE:])
    hub.start()

    seat = sit_down()
    seat.until(lambda: bool(_boxes()))
    said = _boxes()[0]
    assert "损坏" in said.text()
    assert "2" in said.informativeText()
    assert "desk.db.damaged-" in said.informativeText()
    said.close()
    seat.until_inside()
    fair_hour.forward(seconds=11)
    seat.sync_now()
    seat.until_sync(SyncState.SYNCED)
    seat.until(lambda: not seat.waiting())
    sit_down.get_up()

    seat = sit_down()
    seat.until_inside()
    assert _boxes() == []


def _boxes() -> list[QMessageBox]:
    found = (each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox))
    return [each for each in found if each.isVisible()]
