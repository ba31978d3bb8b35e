"""Whatever goes wrong at the door or behind it has its own sentence, and the work is kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lumi_desk.calls import service as calls
from lumi_desk.calls.underway.rules import State
from lumi_desk.security.vault import KeyringMissing, Vault
from tests import disks
from tests.hub_process import HubProcess, SetClock
from tests.hubs import NullVault
from tests.journeys import places
from tests.journeys.conftest import SitDown
from tests.journeys.seat import Seat
from tests.journeys.strangers import LaterHub, WebPage, answering
from tests.services import SecretService
from ui.sign_in.entrance import system_vault
from ui.sign_in.screen import Field
from ui.widgets.values import SyncState
from ui.words import Language
from ui.workspace.screen import Stage

PIN = "284619"


def test_a_wrong_password(hub: HubProcess, sit_down: SitDown, tmp_path: Path) -> None:
    seat = sit_down(hub.address)

    seat.fill_in(places.rep().login, "not hers")

    _says(seat, "用户名或密码不对", "The name or the password is wrong")
    assert disks.contents(tmp_path / "desk") == {}
    seat.sign_in(places.rep())


def test_a_hub_out_of_reach(hub: HubProcess, sit_down: SitDown) -> None:
    seat = sit_down(hub.address)
    hub.stop()

    seat.fill_in(places.rep().login, places.rep().password)

    _says(seat, "连不上服务器", "The hub cannot be reached")
    hub.start()
    seat.sign_in(places.rep())


def test_something_that_is_no_hub(sit_down: SitDown, tmp_path: Path) -> None:
    with answering(WebPage) as address:
        seat = sit_down(address)
        seat.fill_in(places.rep().login, places.rep().password)

        chinese = f"{address} 上的服务器不是本程序能识别的"
        _says(seat, chinese, f"What answers at {address} is not a hub")
        assert disks.contents(tmp_path / "desk") == {}


def test_a_hub_of_another_version(sit_down: SitDown) -> None:
    with answering(LaterHub) as address:
        seat = sit_down(address)
        seat.fill_in(places.rep().login, places.rep().password)

        english = "The hub and this program are of different versions"
        _says(seat, "本程序与服务器的版本不一致", english)


@pytest.mark.parametrize(
    ("stranger", "words"),
    [(WebPage, "不是本程序能识别的版本"), (LaterHub, "本程序与服务器的版本不一致")],
)
def test_a_stranger_at_the_hubs_place_gets_no_work_and_stops_nobody(
    hub: HubProcess, sit_down: SitDown, stranger: type[WebPage], words: str
) -> None:
    work = _leave_work_behind(sit_down(hub.address), hub)

    with answering(stranger, hub.address):
        seat = sit_down()
        seat.until_inside()
        seat.until(lambda: words in seat.screen.top.sync.tip)
        assert seat.screen.top.sync.state is SyncState.OFFLINE
        assert seat.waiting() == work


@pytest.mark.keyring
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_locked_keyring(
    secret_service: SecretService, hub: HubProcess, sit_down: SitDown, tmp_path: Path
) -> None:
    work = _leave_work_behind(sit_down(hub.address, keyring=system_vault), hub)
    sit_down.get_up()
    before = disks.contents(tmp_path / "desk")
    secret_service.lock()

    seat = sit_down(keyring=system_vault)

    _says(seat, "这台电脑的钥匙串已锁定", "The keyring of this machine is locked")
    assert disks.contents(tmp_path / "desk") == before
    secret_service.unlock()
    seat.key(Qt.Key.Key_Return)
    seat.until_inside()
    assert seat.waiting() == work


def test_without_a_keyring_a_pin_and_a_wrong_one(
    hub: HubProcess, sit_down: SitDown, tmp_path: Path
) -> None:
    seat = sit_down(hub.address, keyring=_no_keyring)
    seat.fill_in(places.rep().login, places.rep().password)
    seat.until(seat.door.lines[Field.AGAIN].isVisible)
    assert "没有可用的系统钥匙串" in seat.explained
    seat.fill_in_pin(PIN, twice=True)
    seat.until_inside()
    work = _leave_work_behind(seat, hub, signed_in=True)
    sit_down.get_up()
    before = disks.contents(tmp_path / "desk")

    seat = sit_down(keyring=_no_keyring)
    seat.fill_in_pin("111111")

    _says(seat, "PIN 码不对", "The PIN is wrong")
    assert disks.contents(tmp_path / "desk") == before
    seat.fill_in_pin(PIN)
    seat.until_inside()
    assert seat.waiting() == work


def test_a_lost_key(
    hub: HubProcess, sit_down: SitDown, vaults: dict[str, NullVault], tmp_path: Path
) -> None:
    _leave_work_behind(sit_down(hub.address), hub)
    sit_down.get_up()
    before = disks.contents(tmp_path / "desk")
    kept = dict(vaults)
    vaults.clear()

    seat = sit_down()

    _says(seat, "系统钥匙串里没有您资料的密钥", "The key of your data is not in the keyring")
    assert disks.contents(tmp_path / "desk") == before
    vaults.update(kept)
    seat.key(Qt.Key.Key_Return)
    seat.until_inside()


def test_a_full_disk_at_the_first_sign_in(
    hub: HubProcess, sit_down: SitDown, tmp_path: Path
) -> None:
    seat = sit_down(hub.address)

    with disks.full():
        seat.fill_in(places.rep().login, places.rep().password)
        _says(seat, "磁盘没有写入要保存的内容", "The disk did not take what was to be saved")

    seat.key(Qt.Key.Key_Return)
    seat.until_inside()


@pytest.mark.parametrize("language", list(Language))
def test_a_full_disk_in_mid_call(
    hub: HubProcess, sit_down: SitDown, fair_hour: SetClock, language: Language
) -> None:
    words = {
        Language.CHINESE: "磁盘没有写入要保存的内容",
        Language.ENGLISH: "The disk did not take what was to be saved",
    }[language]
    seat = sit_down(hub.address)
    seat.speak(language)
    work = _leave_work_behind(seat, hub)
    seat.call()
    seat.view.write_note()
    seat.write("她说先等等，")
    seat.until(lambda: bool(_kept(seat)))

    with disks.full():
        seat.write("下周再说")
        seat.until(lambda: _problem(seat).startswith(words) and bool(_button(seat)))
        seat.end()
        seat.choose("thinking")
        seat.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        # What was only being kept is tried again by a button; a save is pressed again.
        seat.until(lambda: _problem(seat).startswith(words) and not _button(seat))
        assert seat.screen.stage is Stage.WRAP_UP
        assert seat.waiting() == work

    seat.save()
    assert seat.waiting() == [*work, "contact.log"]
    fair_hour.forward(seconds=11)
    hub.start()
    seat.sync_now()
    seat.until_sync(SyncState.SYNCED)


def _says(seat: Seat, chinese: str, english: str) -> None:
    """The door says this in both languages, and shows no other way in."""

    def so() -> bool:
        assert seat.trouble.startswith(chinese), seat.explained
        return True

    seat.until(so)
    seat.speak(Language.ENGLISH)
    assert seat.trouble.startswith(english)
    seat.speak(Language.CHINESE)
    assert seat.trouble.startswith(chinese)


def _leave_work_behind(seat: Seat, hub: HubProcess, *, signed_in: bool = False) -> list[str]:
    """Sign in, lose the line, and promise somebody a callback. Returns the kinds that wait."""
    if not signed_in:
        seat.sign_in(places.rep())
    seat.until_sync(SyncState.SYNCED)
    seat.take_next()
    hub.stop()
    seat.call()
    seat.end()
    seat.choose("thinking")
    seat.promise("+1d")
    seat.save()
    assert seat.waiting() == ["contact.log", "callback.promise"]
    return seat.waiting()


def _kept(seat: Seat) -> str:
    """The note of the call under way as it is on the disk."""
    with seat.desk.store.read() as session:
        found = calls.all_under_way(session)
    return next((call.note for call in found if call.state is State.TALKING), "")


def _problem(seat: Seat) -> str:
    return seat.screen.problem.text if seat.screen.problem else ""


def _button(seat: Seat) -> str:
    return seat.screen.problem.button if seat.screen.problem else ""


def _no_keyring(account: str) -> Vault:
    raise KeyringMissing
