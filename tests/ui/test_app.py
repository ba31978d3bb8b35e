"""The program as it starts: the door, the window behind it, and the way back out."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import delete

from lumi_desk import settings
from lumi_desk.people.tables import Token
from lumi_desk.security.roles import Role
from lumi_desk.settings import Settings
from lumi_desk.sync.client import HubClient
from tests.hubs import Hub, Line, NullVault
from tests.lines import through
from tests.makers import PASSWORD, hub_with_rep
from ui import theme, words
from ui.app import Program
from ui.board.view import BoardView
from ui.problems import Problems
from ui.screens import SCREENS, open_to
from ui.sign_in.entrance import Entrance
from ui.sign_in.invited import Invitation
from ui.sign_in.screen import Field
from ui.sign_in.view import SignInView
from ui.theme import Scheme
from ui.widgets.sync_pill import SyncPill
from ui.window import Inside
from ui.words import Language

ADDRESS = "http://127.0.0.1"
Start = Callable[..., Program]


@pytest.fixture
def vaults() -> dict[str, NullVault]:
    return {}


@pytest.fixture
def start(
    qapp: QApplication, hub: Hub, line: Line, vaults: dict[str, NullVault]
) -> Iterator[Start]:
    running: list[Program] = []

    def connect(address: str) -> HubClient:
        return through(line, address)

    def begin(wanted: Settings | None = None) -> Program:
        entrance = Entrance(
            hub.folder, hub.clock, connect, lambda name: vaults.setdefault(name, NullVault())
        )
        problems = Problems(hub.folder / "logs")
        told = wanted or Settings(hub=ADDRESS)
        program = Program(qapp, entrance, told, Invitation(), problems)
        running.append(program)
        program.start()
        return program

    before = words.language()
    theme.apply(qapp, Scheme.LIGHT)
    yield begin
    for program in running:
        program.window.close()
        program.close()
        program.window.deleteLater()
    words.switch(before)
    gc.collect()


def test_a_rep_signs_in_by_keyboard_and_has_all_the_width(start: Start, qtbot: QtBot) -> None:
    program = start()

    _sign_in(program, qtbot, "lin")

    inside = program.window.inside()
    assert inside is not None
    # At once: a key that is pressed now is not lost.
    assert inside.isVisible()
    assert inside.nav.isHidden()


def test_what_waits_has_a_key_on_every_screen(start: Start, qtbot: QtBot) -> None:
    program = start()
    _sign_in(program, qtbot, "lin")
    inside = program.window.inside()
    assert inside is not None
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)

    def opened() -> bool:
        # A window of an earlier test may still be giving the activation away.
        program.window.activateWindow()
        QTest.keyClick(inside, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
        return inside.panel.isVisible()

    qtbot.waitUntil(opened)
    # A round may be under way: then as soon as it has ended.
    qtbot.waitUntil(inside.panel.button.hasFocus)
    inside.panel.close()


def test_a_sign_in_that_has_run_out_is_said_and_leads_to_the_door(
    start: Start, hub: Hub, qtbot: QtBot
) -> None:
    program = start()
    _sign_in(program, qtbot, "lin")
    inside = program.window.inside()
    assert inside is not None
    with hub.store.write() as session:
        session.execute(delete(Token))

    program.background.sync_now()

    qtbot.waitUntil(inside.strip.isVisible)
    said = " ".join(label.text() for label in inside.strip.findChildren(QLabel))
    assert words.tr("Your sign-in has run out") in said
    inside.strip.pressed.emit()
    assert isinstance(program.window.centralWidget(), SignInView)


def test_a_leader_finds_her_way_around(start: Start, hub: Hub, qtbot: QtBot) -> None:
    hub_with_rep(hub.store, "wu", role=Role.LEADER)
    program = start()

    _sign_in(program, qtbot, "wu")

    inside = program.window.inside()
    assert inside is not None
    qtbot.waitUntil(inside.nav.isVisible)
    assert inside.current() == "board"
    QTest.mouseClick(inside.ways["workspace"], Qt.MouseButton.LeftButton)
    assert inside.current() == "workspace"


def test_every_screen_is_a_key_away(start: Start, hub: Hub, qtbot: QtBot) -> None:
    inside = _leader(start, hub, qtbot)
    names = [entry.name for entry in open_to(Role.LEADER)]
    first = names.index(inside.current())

    for step in range(1, len(names) + 1):
        QTest.keyClick(_keys(), Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert inside.current() == names[(first + step) % len(names)]
    QTest.keyClick(_keys(), Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert inside.current() == names[first - 1]


def test_every_screen_has_its_head_above_the_way_around(
    start: Start, hub: Hub, qtbot: QtBot
) -> None:
    inside = _leader(start, hub, qtbot)

    for entry in open_to(Role.LEADER):
        inside.go(entry.name)
        QApplication.processEvents()
        seen = [pill for pill in inside.findChildren(SyncPill) if pill.isVisible()]
        assert len(seen) == 1
        place = seen[0].mapTo(inside, seen[0].rect().bottomLeft())
        assert place.y() < inside.nav.y()


@pytest.mark.parametrize("language", list(Language))
def test_every_screen_can_be_read_in_the_way_around(
    start: Start, hub: Hub, qtbot: QtBot, language: Language
) -> None:
    inside = _leader(start, hub, qtbot)
    words.switch(language)
    for button in inside.ways.values():
        assert button.sizeHint().width() <= button.width()


def test_f6_goes_to_the_way_around_and_esc_comes_back(start: Start, hub: Hub, qtbot: QtBot) -> None:
    inside = _leader(start, hub, qtbot)
    before = _keys()

    QTest.keyClick(before, Qt.Key.Key_F6)
    assert inside.ways["board"].hasFocus()
    QTest.keyClick(_keys(), Qt.Key.Key_Down)
    QTest.keyClick(_keys(), Qt.Key.Key_Escape)
    assert not inside.nav.isAncestorOf(_keys())
    QTest.keyClick(_keys(), Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert inside.ways["board"].hasFocus()


def test_keys_that_a_button_loses_stay_on_its_page(start: Start, hub: Hub, qtbot: QtBot) -> None:
    """Qt would give them to whatever comes next, which at the end of a page is the way around."""
    inside = _leader(start, hub, qtbot)
    board = inside.findChild(BoardView)
    assert board is not None
    last = QPushButton(board)
    last.show()
    last.setFocus()
    assert last.hasFocus()

    last.setEnabled(False)

    qtbot.waitUntil(lambda: board is _keys() or board.isAncestorOf(_keys()))


@pytest.mark.parametrize(("height", "fills"), [(768, True), (1040, False)])
def test_a_window_no_screen_can_hold_fills_it(start: Start, height: int, fills: bool) -> None:
    window = start().window
    window.fit(QSize(1920 if not fills else 1366, height))
    assert window.isMaximized() is fills


def _leader(start: Start, hub: Hub, qtbot: QtBot) -> Inside:
    """A leader before her board, whose window has the keys."""
    hub_with_rep(hub.store, "wu", role=Role.LEADER)
    program = start()
    _sign_in(program, qtbot, "wu")
    inside = program.window.inside()
    assert inside is not None
    qtbot.waitUntil(inside.nav.isVisible)

    def has_keys() -> bool:
        program.window.activateWindow()
        inside.take_keys()
        return program.window.isActiveWindow() and QApplication.focusWidget() is not None

    qtbot.waitUntil(has_keys)
    return inside


def _keys() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def test_who_stayed_is_let_in_and_who_signed_out_is_not(
    start: Start, hub: Hub, qtbot: QtBot
) -> None:
    first = start()
    _sign_in(first, qtbot, "lin")
    first.window.close()
    first.close()
    again = start(settings.load(hub.folder))
    qtbot.waitUntil(lambda: again.window.inside() is not None)

    again.sign_out()

    assert isinstance(again.window.centralWidget(), SignInView)
    kept = settings.load(hub.folder)
    assert (kept.login, kept.stay) == ("lin", False)


def test_work_done_offline_leaves_by_itself_when_the_line_is_back(
    start: Start, line: Line, qtbot: QtBot
) -> None:
    program = start()
    _sign_in(program, qtbot, "lin")
    line.cut = True
    program.background.sync_now()
    inside = program.window.inside()
    assert inside is not None
    away = words.tr("The hub cannot be reached")
    qtbot.waitUntil(lambda: inside.panel.headline() == away)

    line.cut = False
    program.background.sync_now()

    qtbot.waitUntil(lambda: inside.panel.headline() == words.tr("Everything is at the hub"))


def test_tokens_the_hub_forgot_lead_back_to_the_door(
    start: Start, hub: Hub, vaults: dict[str, NullVault], qtbot: QtBot
) -> None:
    program = start()
    _sign_in(program, qtbot, "lin")
    inside = program.window.inside()
    assert inside is not None
    for vault in vaults.values():
        vault.keep("refresh", "forgotten")
    hub.clock.forward(hours=1)

    program.background.sync_now()
    qtbot.waitUntil(inside.strip.isVisible)
    inside.strip.pressed.emit()

    view = program.window.centralWidget()
    assert isinstance(view, SignInView)
    assert view.lines[Field.NAME].edit.text() == "lin"


def test_language_look_and_size_are_kept(start: Start, hub: Hub, qtbot: QtBot) -> None:
    program = start()
    program.look.speak(Language.ENGLISH)
    program.look.dress(Scheme.DARK)
    program.look.zoom(10)

    kept = settings.load(hub.folder)

    assert (kept.language, kept.scheme, kept.zoom) == ("en", "dark", 110)


def test_every_screen_needs_a_right() -> None:
    assert [entry.name for entry in open_to(Role.REP)] == ["workspace", "customers"]
    assert [entry.name for entry in open_to(Role.TRAINEE)] == ["workspace", "customers"]
    leads = ["workspace", "customers", "board", "centre", "parked", "assigning", "review"]
    assert [entry.name for entry in open_to(Role.LEADER)] == leads
    managers = ["board", "centre", "assigning", "review", "rules", "figures", "titles", "imports"]
    assert [entry.name for entry in open_to(Role.MANAGER)] == managers
    assert [entry.name for entry in open_to(Role.KEEPER)] == ["imports"]
    names = {entry.name for role in Role for entry in open_to(role)}
    assert names == {each.name for each in SCREENS}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"zoom": "large", "hub": 3, "other": 1}'])
def test_damaged_settings_are_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text, "utf-8")

    assert settings.load(tmp_path) == Settings()


def _sign_in(program: Program, qtbot: QtBot, login: str) -> None:
    view = program.window.centralWidget()
    assert isinstance(view, SignInView)
    view.lines[Field.NAME].edit.clear()
    QTest.keyClicks(view.lines[Field.NAME].edit, login)
    QTest.keyClicks(view.lines[Field.PASSWORD].edit, PASSWORD)
    QTest.keyClick(view.lines[Field.PASSWORD].edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.window.inside() is not None, timeout=20_000)
