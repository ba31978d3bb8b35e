"""Somebody at a desk: the real program in its window, worked by its keys."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from sqlalchemy import select

from lumi_desk.demo.records import Person
from lumi_desk.desk import Desk
from lumi_desk.sync.tables import Outbox
from ui.app import Program
from ui.board.screen import Screen as Board
from ui.board.view import BoardView
from ui.sign_in.screen import Field
from ui.sign_in.view import SignInView
from ui.widgets.page import Page
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import SyncState, plain
from ui.window import Inside
from ui.words import Language
from ui.workspace.screen import Screen, Stage, WrapUp
from ui.workspace.view import WorkspaceView

Until = Callable[[Callable[[], bool]], None]
_T = TypeVar("_T", bound=QWidget)
_S = TypeVar("_S")
_PLAIN = Qt.KeyboardModifier.NoModifier
_ALT = Qt.KeyboardModifier.AltModifier


class Seat:
    """What she sees and what she does. Whatever is not there yet is an AssertionError."""

    def __init__(self, program: Program, until: Until) -> None:
        self.program, self._until = program, until

    # What she sees.

    @property
    def door(self) -> SignInView:
        return self.the(SignInView)

    @property
    def trouble(self) -> str:
        """What the door says is wrong, and what to do."""
        return self.door.trouble.words.words() if self.door.trouble.isVisible() else ""

    @property
    def explained(self) -> str:
        """Everything the door says at the moment."""
        labels = self.door.findChildren(SpanLabel)
        return "\n".join(label.words() for label in labels if label.isVisible())

    @property
    def view(self) -> WorkspaceView:
        return self.the(WorkspaceView)

    def the(self, kind: type[_T]) -> _T:
        """The part of the window that is of this kind."""
        found = self.program.window.findChild(kind)
        assert found is not None
        return found

    def shown(self, kind: type[Page[_S]]) -> _S:
        """What the page of this kind shows."""
        screen = self.the(kind).shown()
        assert screen is not None
        return screen

    @property
    def screen(self) -> Screen:
        screen = self.view.shown()
        assert screen is not None
        return screen

    @property
    def form(self) -> WrapUp:
        form = self.screen.wrap_up
        assert form is not None
        return form

    @property
    def note(self) -> str:
        """What stands in the field of the note."""
        return self.view.note.field.toPlainText()

    @property
    def board(self) -> Board:
        board = self.the(BoardView).shown()
        assert board is not None
        return board

    @property
    def inside(self) -> Inside:
        inside = self.program.window.inside()
        assert inside is not None
        return inside

    @property
    def desk(self) -> Desk:
        """The desk behind the window, to look into its file."""
        desk = self.program.background._desk
        assert desk is not None
        return desk

    def waiting(self) -> list[str]:
        """The kinds of the operations that wait for the hub, in their order."""
        with self.desk.store.read() as session:
            return list(session.scalars(select(Outbox.kind).order_by(Outbox.client_seq)))

    def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so; what is not there yet may come."""
        self._until(so)

    def until_stage(self, stage: Stage) -> None:
        self.until(lambda: self.screen.stage is stage)

    def until_sync(self, state: SyncState) -> None:
        self.until(lambda: self.screen.top.sync.state is state)

    # What she does.

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _PLAIN) -> None:
        """Press a key where the cursor is."""
        QTest.keyClick(self._focus(), key, modifier)

    def alt(self, key: Qt.Key) -> None:
        self.key(key, _ALT)

    def write(self, words: str) -> None:
        """Type words where the cursor is; Chinese comes through the input method."""
        for letter in words:
            if letter.isascii():
                QTest.keyClicks(self._focus(), letter)
            else:
                committed = QInputMethodEvent()
                committed.setCommitString(letter)
                QApplication.sendEvent(self._focus(), committed)

    def fill_in(self, login: str, password: str) -> None:
        """Fill in the form at the door and press Enter."""
        self.until(self.door.lines[Field.NAME].isVisible)
        self._fill(Field.NAME, login)
        self._fill(Field.PASSWORD, password)
        self.key(Qt.Key.Key_Return)

    def fill_in_pin(self, pin: str, *, twice: bool = False) -> None:
        """Fill in the PIN, or choose one, and press Enter."""
        self.until(self.door.lines[Field.PIN].isVisible)
        self._fill(Field.PIN, pin)
        if twice:
            self._fill(Field.AGAIN, pin)
        self.key(Qt.Key.Key_Return)

    def sign_in(self, who: Person) -> None:
        """Through the door to a desk that is whole."""
        self.fill_in(who.login, who.password)
        self.until_inside()

    def until_inside(self) -> None:
        self.until(lambda: self.program.window.inside() is not None)
        if self.program.window.findChild(WorkspaceView) is not None:
            self.until(lambda: bool(self.screen.queue.rows))
        else:
            self.until(lambda: bool(self.board.reps))

    def speak(self, language: Language) -> None:
        """Choose a language at the door."""
        QTest.mouseClick(self.door.languages[language], Qt.MouseButton.LeftButton)

    def take_next(self) -> None:
        """The next customer of the list, her words and offers beside her."""
        self.view.setFocus()
        self.key(Qt.Key.Key_F2)
        self.until_stage(Stage.READY)

    def call(self) -> str:
        """Dial the customer at hand, and she picks up. Returns her id."""
        self.until_stage(Stage.READY)
        self.view.setFocus()
        self.key(Qt.Key.Key_Return)
        self.until_stage(Stage.DIALLED)
        self.key(Qt.Key.Key_Return)
        self.until_stage(Stage.TALKING)
        return self.screen.queue.chosen

    def write_on_wangwang(self) -> str:
        """Begin an exchange with the customer at hand there. Returns her id."""
        self.until_stage(Stage.READY)
        self.view.setFocus()
        self.alt(Qt.Key.Key_T)
        self.until_stage(Stage.TALKING)
        return self.screen.queue.chosen

    def refuse(self) -> None:
        """She does not want to be contacted any more; it is asked once."""
        self.key(Qt.Key.Key_F9)
        self.until(lambda: self.screen.ask is not None)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: self.screen.ask is None)

    def end(self) -> None:
        self.key(Qt.Key.Key_F8)
        self.until_stage(Stage.WRAP_UP)

    def choose(self, outcome: str) -> None:
        """What happened, by the digit in front of it."""
        self._press_digit([choice.name for choice in self.form.outcomes].index(outcome))

    def save(self) -> None:
        """Save, and go on to the next customer."""
        before = self.screen.person
        self.until(lambda: self.form.can_save)
        self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.until(lambda: self.screen.stage is Stage.READY and self.screen.person != before)

    def promise(self, words: str) -> None:
        """Write into the form when to call again."""
        self.alt(Qt.Key.Key_B)
        self.write(words)
        self.until(lambda: bool(self.form.next_reading))

    def sell(self, what: str, proof: str) -> None:
        """Record a sale of something whose name holds these words, by its digit."""
        self.alt(Qt.Key.Key_O)
        self.until(lambda: self.screen.ask is not None)
        assert self.screen.ask is not None
        names = [choice.text for choice in self.screen.ask.choices]
        self._press_digit(next(at for at, name in enumerate(names) if what in name))
        self.until(lambda: self.form.sale is not None)
        self.write(proof)

    def sync_now(self) -> None:
        """Press the chip, and the button in its panel."""
        self.until(self.inside.panel.button.isEnabled)
        QTest.mouseClick(self.the(SyncPill), Qt.MouseButton.LeftButton)
        self.until(self.inside.panel.isVisible)
        QTest.mouseClick(self.inside.panel.button, Qt.MouseButton.LeftButton)
        self.inside.panel.close()
        self.until(self.inside.panel.button.isEnabled)

    def choose_in_menu(self, text: str) -> None:
        """Choose something in the menu behind the name."""
        self.inside.show_account()
        menu = self.inside.findChildren(QMenu)[-1]
        action = next(each for each in menu.actions() if each.text() == text)
        place = menu.actionGeometry(action).center()
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, _PLAIN, place)

    def claimed(self) -> str:
        """What the board says above its cards, sales that are not confirmed among it."""
        return plain(self.board.as_of)

    def _press_digit(self, place: int) -> None:
        self.key(Qt.Key(int(Qt.Key.Key_1) + place))

    def _fill(self, name: Field, words: str) -> None:
        edit = self.door.lines[name].edit
        edit.setFocus()
        # A window that has just opened has no cursor yet.
        self.until(lambda: QApplication.focusWidget() is edit)
        edit.clear()
        QTest.keyClicks(edit, words)

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.program.window
