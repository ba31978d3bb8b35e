"""Shows a rep's morning, and what leader and manager see, by real clicks and keys, in pictures.

Run by the demonstration as a process of its own. Each step is told in a line of JSON on standard
output; a line {"want": …} asks the demonstration to cut or mend the line, or to kill this desk.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ui import app
from ui.app import Program
from ui.board.screen import Cell
from ui.board.screen import Screen as Board
from ui.board.view import BoardView
from ui.rules.screen import Screen as Rules
from ui.rules.view import RulesView
from ui.sign_in.view import SignInView
from ui.widgets.values import SyncState, plain
from ui.workspace.screen import Screen, Stage, WrapUp
from ui.workspace.view import WorkspaceView

T = TypeVar("T", bound=QWidget)

_PATIENCE_MS = 30_000
NOTE = "女儿下月结婚，想皮肤状态好一点"
_PROOF = "20261120001"
_CARD = "12,000"
_GRADES, _A_FROM = "grade", "1200"
_KEPT = "tour.json"


class StepFailed(Exception):
    """Something did not happen in time, or came out otherwise than it should."""


@dataclass
class Hand:
    """What a person has: the window, its keys, and eyes to wait for what should appear.

    `place` is hers among the people who can sign in; `notes` a file to remember figures in,
    `dials` how many calls the morning had.
    """

    program: Program
    place: int
    notes: Path
    dials: int

    @property
    def window(self) -> QWidget:
        """The program's window."""
        return self.program.window

    def desk(self) -> WorkspaceView:
        """The rep's screen. Raises StepFailed when it is not there."""
        return self._the(WorkspaceView)

    def seen(self) -> Screen:
        """What the rep's screen shows."""
        screen = self.desk().shown()
        if screen is None:
            raise StepFailed("the desk is still empty")
        return screen

    def board(self) -> Board:
        """What the leader's board shows."""
        screen = self._the(BoardView).shown()
        if screen is None:
            raise StepFailed("the board is still empty")
        return screen

    def rules(self) -> Rules:
        """What the manager's screen of rules shows."""
        screen = self._the(RulesView).shown()
        if screen is None:
            raise StepFailed("the rules are still empty")
        return screen

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self._focus(), key, modifier)
        _let_pass(30)

    def write(self, words: str) -> None:
        """Type words where the focus is; what is on no key comes through the input method."""
        for letter in words:
            if letter.isascii():
                QTest.keyClicks(self._focus(), letter)
            else:
                committed = QInputMethodEvent()
                committed.setCommitString(letter)
                QApplication.sendEvent(self._focus(), committed)
        _let_pass(30)

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Wait until something is so. Raises StepFailed with `what` was expected."""

        def so() -> bool:
            try:
                return until()
            except StepFailed:
                return False

        until_when = time.monotonic() + _PATIENCE_MS / 1000
        while not so():
            if time.monotonic() > until_when:
                raise StepFailed(f"waited in vain for: {what}")
            _let_pass(20)

    def stage(self, stage: Stage) -> None:
        """Wait until the contact stands there."""
        self.wait(f"the stage {stage.value}", lambda: self.seen().stage is stage)

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def _the(self, kind: type[T]) -> T:
        found = self.window.findChild(kind)
        if found is None:
            raise StepFailed(f"there is no {kind.__name__}")
        return found


Step = Callable[[Hand], None]


def see_the_door(hand: Hand) -> None:
    """The people of the company stand at the door."""
    door = hand.window.findChild(SignInView)
    if door is None:
        raise StepFailed("there is no door")
    hand.wait("the people of the company", lambda: hand.place < len(door.invitations()))


def sign_in(hand: Hand) -> None:
    """Sign in by one press, and wait for the first sync."""
    door = hand.window.findChild(SignInView)
    if door is not None:
        see_the_door(hand)
        QTest.mouseClick(door.invitations()[hand.place], Qt.MouseButton.LeftButton)
    hand.wait("the desk", lambda: hand.window.findChild(SignInView) is None)


def todays_list(hand: Hand) -> None:
    """The list is there, and the first customer on it with script and offers."""
    hand.wait("the list", lambda: bool(hand.seen().queue.rows))
    hand.wait("everything fetched", lambda: hand.seen().top.sync.state is SyncState.SYNCED)
    hand.key(Qt.Key.Key_F2)
    hand.stage(Stage.READY)
    hand.wait("her script", lambda: hand.seen().script is not None)


def go_offline(hand: Hand) -> None:
    """The line is cut."""
    _want("offline")
    hand.wait("the chip to say offline", lambda: _synced_anew(hand) is SyncState.OFFLINE)


def talk(hand: Hand) -> None:
    """The first call: the script is walked, and what she says is written down."""
    _call(hand)
    hand.key(Qt.Key.Key_1)
    hand.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    hand.write(NOTE)


def write_up(hand: Hand) -> None:
    """She has bought a card: outcome, card and proof of payment."""
    _end(hand)
    hand.key(Qt.Key.Key_1)
    _choose_card(hand)
    hand.write(_PROOF)
    hand.wait("a form that can be saved", lambda: _wrap_up(hand).can_save)


def sell_a_card(hand: Hand) -> None:
    """The sale is saved."""
    _save(hand)


def promise_a_callback(hand: Hand) -> None:
    """The second call: she thinks it over and is called again tomorrow evening."""
    _call(hand)
    _end(hand)
    hand.key(Qt.Key.Key_3)
    hand.key(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    hand.write("明天19:30")
    hand.wait("the time understood", lambda: bool(_wrap_up(hand).next_reading))
    _save(hand)


def be_refused(hand: Hand) -> None:
    """The third call: she does not want to be called again."""
    _call(hand)
    refused = hand.seen().queue.chosen
    hand.key(Qt.Key.Key_F9)
    hand.wait("the question", lambda: hand.seen().ask is not None)
    hand.key(Qt.Key.Key_Return)
    hand.wait(
        "her leaving the list",
        lambda: refused not in {row.customer_id for row in hand.seen().queue.rows},
    )
    _end(hand)
    hand.key(Qt.Key.Key_4)
    _save(hand)


def be_killed(hand: Hand) -> None:
    """In the middle of the fourth call the power goes."""
    _call(hand)
    hand.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    hand.write(NOTE)
    _let_pass(600)


def come_back(hand: Hand) -> None:
    """The unfinished call stands first, with its note."""
    hand.wait("the unfinished call", lambda: hand.seen().stage in (Stage.TALKING, Stage.WRAP_UP))
    note = hand.seen().note
    if note is None or note.text != NOTE:
        raise StepFailed(f"the note is {note.text if note else None!r}")


def finish_it(hand: Hand) -> None:
    """The call is wrapped up; what was done offline waits."""
    if hand.seen().stage is Stage.TALKING:
        _end(hand)
    hand.key(Qt.Key.Key_2)
    _save(hand)
    hand.wait("work that waits", lambda: hand.seen().top.sync.state is SyncState.OFFLINE)


def go_online(hand: Hand) -> None:
    """The line is mended, and what waits leaves by itself."""
    _want("online")
    hand.wait("everything sent", lambda: _synced_anew(hand) is SyncState.SYNCED)


def look_at_the_board(hand: Hand) -> None:
    """The leader's board, and what it says of the rep before her morning."""
    hand.wait("the board", lambda: bool(hand.board().reps))
    hand.wait("everything fetched", lambda: hand.board().sync.state is SyncState.SYNCED)
    hand.notes.write_text(json.dumps(_figures(hand.board()), ensure_ascii=False), "utf-8")


def see_it_on_the_board(hand: Hand) -> None:
    """The board shows the card that was claimed, and the calls that were dialled."""
    before = json.loads(hand.notes.read_text("utf-8"))
    hand.wait("the board", lambda: bool(hand.board().reps))
    hand.program.background.sync_now()
    hand.wait("the claimed card", lambda: _CARD in _figures(hand.board())["as_of"][0])
    more = _dials(_figures(hand.board())) - _dials(before)
    if more != hand.dials:
        raise StepFailed(f"the board shows {more} dials more, not {hand.dials}")


def look_at_the_rules(hand: Hand) -> None:
    """The manager's rule sets, those that were set among them."""
    hand.wait("the rule sets", lambda: bool(hand.rules().rows))
    hand.wait("everything fetched", lambda: hand.rules().sync.state is SyncState.SYNCED)


def try_a_number(hand: Hand) -> None:
    """Another number for grade A: who would move is shown, and nothing happens."""
    hand.key(Qt.Key.Key_Down)
    hand.wait("the grades", lambda: hand.rules().chosen == _GRADES)
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hand.write(_A_FROM)
    hand.wait("who would move, or that nobody does", lambda: _is_previewed(hand.rules()))


def _is_previewed(rules: Rules) -> bool:
    return rules.preview is not None and rules.preview.table is not None


def _dials(figures: dict[str, list[str]]) -> int:
    """The team's dials: the first number of the last cell with a slash."""
    dials = [cell for cell in figures["total"] if " / " in cell][-1]
    return int(dials.partition(" / ")[0].replace(",", ""))


PARTS: dict[str, tuple[tuple[str, Step], ...]] = {
    "before": (
        ("the door", see_the_door),
        ("the leader signs in", sign_in),
        ("the board before", look_at_the_board),
    ),
    "morning": (
        ("the rep signs in", sign_in),
        ("today's list", todays_list),
        ("the line is cut", go_offline),
        ("a call offline", talk),
        ("the call is written up", write_up),
        ("a card is sold offline", sell_a_card),
        ("a callback is promised offline", promise_a_callback),
        ("a refusal is kept offline", be_refused),
        ("killed in mid-call", be_killed),
    ),
    "return": (
        ("back with the note", come_back),
        ("the call is finished", finish_it),
        ("online again, everything sent", go_online),
    ),
    "after": (("the board shows the morning", see_it_on_the_board),),
    "rules": (
        ("the manager signs in", sign_in),
        ("the rules", look_at_the_rules),
        ("who would move", try_a_number),
    ),
}
_ENDS_KILLED = ("morning",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play one part. Returns 0 when every step came out as it should."""
    told, rest = _arguments(arguments)
    result: list[int] = []

    def drive(program: Program) -> None:
        result.append(_play(program, told))
        QApplication.exit(result[-1])

    app.main([*rest, "--folder", str(told.folder), "--demo", str(told.demo)], drive)
    return result[-1] if result else 1


def _play(program: Program, told: argparse.Namespace) -> int:
    people = json.loads(told.demo.read_text("utf-8"))["people"]
    place = next(at for at, person in enumerate(people) if person["login"] == told.login)
    hand = Hand(program, place, told.folder / _KEPT, told.dials)
    steps = PARTS[told.part]
    for number, (name, step) in enumerate(steps, told.number):
        if not _played(hand, name, step, told.pictures / f"{number:02}-{_slug(name)}.png"):
            return 1
    if told.part in _ENDS_KILLED:
        _want("kill")
        _let_pass(_PATIENCE_MS)
    return 0


def _played(hand: Hand, name: str, step: Step, picture: Path) -> bool:
    started = time.monotonic()
    said = ""
    try:
        step(hand)
    except StepFailed as error:
        said = str(error)
    ms = round((time.monotonic() - started) * 1000)
    _let_pass(150)
    hand.window.grab().save(str(picture))
    _tell({"name": name, "ok": not said, "ms": ms, "picture": str(picture), "said": said})
    return not said


def _call(hand: Hand) -> None:
    """Reach the customer at hand: dialled, then answered; written to where no number is known."""
    hand.stage(Stage.READY)
    hand.key(Qt.Key.Key_Return)
    hand.wait("a contact under way", lambda: hand.seen().stage is not Stage.READY)
    if hand.seen().stage is Stage.DIALLED:
        hand.key(Qt.Key.Key_Return)
    hand.stage(Stage.TALKING)


def _end(hand: Hand) -> None:
    hand.key(Qt.Key.Key_F8)
    hand.stage(Stage.WRAP_UP)


def _save(hand: Hand) -> None:
    """Save and go to the next customer."""
    before = hand.seen().person
    hand.wait("a form that can be saved", lambda: _wrap_up(hand).can_save)
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hand.stage(Stage.READY)
    hand.wait("the next customer", lambda: hand.seen().person != before)


def _wrap_up(hand: Hand) -> WrapUp:
    form = hand.seen().wrap_up
    if form is None:
        raise StepFailed("there is no wrap-up form")
    return form


def _choose_card(hand: Hand) -> None:
    """Answer what she bought by the digit of the smaller recharge card."""
    hand.key(Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    hand.wait("what there is to sell", lambda: bool(_sellable(hand)))
    digit = next(at for at, what in enumerate(_sellable(hand), 1) if _CARD in what)
    hand.write(str(digit))
    hand.wait("the sale", lambda: _wrap_up(hand).sale is not None)


def _sellable(hand: Hand) -> list[str]:
    ask = hand.seen().ask
    return [choice.text for choice in ask.choices] if ask else []


def _synced_anew(hand: Hand) -> SyncState:
    """The chip's state after asking for another round."""
    hand.program.background.sync_now()
    _let_pass(200)
    return hand.seen().top.sync.state


def _figures(board: Board) -> dict[str, list[str]]:
    """What the board says in its cards, its table and of claimed sales."""
    return {
        "cards": [card.value for card in board.measures],
        "as_of": [plain(board.as_of)],
        "total": [
            cell.text if isinstance(cell, Cell) else cell.words
            for line in board.reps
            if line.total
            for cell in line.cells
        ],
    }


def _let_pass(ms: int) -> None:
    """Let the program run for so many milliseconds. (QTest.qWait starves the other threads.)"""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def _want(what: str) -> None:
    _tell({"want": what})


def _tell(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def _arguments(arguments: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m ui.tour")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--demo", type=Path, required=True)
    parser.add_argument("--as", dest="login", required=True)
    parser.add_argument("--part", choices=sorted(PARTS), required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--dials", type=int, default=0)
    parser.add_argument("--from", dest="number", type=int, default=1)
    return parser.parse_known_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
