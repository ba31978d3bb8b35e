"""A question that has more to say than there is room for."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.pages import focus, on_screen
from ui.widgets.confirm_card import Confirm, ConfirmCard

LONG = Confirm(
    "Import?", tuple(f"Table {n} has 1,200 rows" for n in range(40)), "Import", "Not yet"
)


class Page(QWidget):
    """A page with room for a question at its foot."""

    def __init__(self) -> None:
        super().__init__()
        self.card = ConfirmCard()
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.card)

    @property
    def area(self) -> QScrollArea:
        found = self.card.findChild(QScrollArea)
        assert found is not None
        return found


def _asked(qtbot: QtBot, confirm: Confirm) -> Page:
    page = on_screen(qtbot, Page(), 600, 400)
    page.card.draw(confirm)
    qtbot.waitUntil(page.card.yes.hasFocus)
    return page


def test_the_answers_stay_in_sight_and_the_lines_scroll_by_the_page(qtbot: QtBot) -> None:
    page = _asked(qtbot, LONG)
    bar, yes = page.area.verticalScrollBar(), page.card.yes
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert page.rect().contains(yes.mapTo(page, yes.rect().center()))

    QTest.keyClick(focus(), Qt.Key.Key_PageDown)
    assert bar.value() > 0
    for _ in LONG.lines:
        QTest.keyClick(focus(), Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()
    QTest.keyClick(focus(), Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum()
    assert yes.hasFocus()


def test_a_short_question_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    page = _asked(qtbot, Confirm("Import?", ("One table", "Two rows"), "Import", "No"))
    area = page.area
    qtbot.waitUntil(lambda: area.height() == area.sizeHint().height())
    assert area.verticalScrollBar().maximum() == 0


def test_another_question_begins_at_its_top(qtbot: QtBot) -> None:
    page = _asked(qtbot, LONG)
    bar = page.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    page.card.draw(Confirm("Leave it out?", LONG.lines[::-1], "Leave out", "No"))
    assert bar.value() == 0
