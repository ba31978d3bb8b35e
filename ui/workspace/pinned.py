"""Who she is and her red flags, over the middle of the desk while her card is out of sight."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from ui import theme
from ui.widgets.buttons import LayoutButton
from ui.widgets.layouts import FlowLayout, clear, row
from ui.widgets.texts import BadgeLabel, FlagLabel, KeyCap, SpanLabel, mute
from ui.widgets.values import Badge
from ui.words import tr
from ui.workspace.person import PersonCard
from ui.workspace.screen import Person

# At 100 %: beside the cards, and between the line and what is brought into sight below it.
RIM, _GAP = 4, 4
_MOVES = {
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
}


class PinnedLine(LayoutButton):
    """A line that lies on the area, so that nothing moves when it comes. Pressed, her card is
    wanted. Signals: `left`, when it goes while it has the keys.
    """

    left = Signal()

    def __init__(self, area: QScrollArea, inside: QWidget, card: PersonCard) -> None:
        super().__init__("pinned")
        self.setParent(area)
        self.setProperty("overlay", True)  # noqa: FBT003
        self._area, self._inside, self._card = area, inside, card
        self._shown: tuple[object, ...] = ()
        self._who = FlowLayout(8, row_gap=4)
        self._line = row(self, 14, 4, 10, 4, gap=8)
        self._line.addLayout(self._who, 1)
        key = KeyCap("Home")
        mute(key)
        self._line.addWidget(key, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        area.verticalScrollBar().valueChanged.connect(self.lay)
        for one in (self, area.viewport(), inside, card):
            one.installEventFilter(self)

    def draw(self, person: Person) -> None:
        """Say what her card says first, in the same words."""
        self.setAccessibleDescription(tr("Back to her record"))
        badges = person.badges[:1]
        shown = (person.name, badges, person.flags)
        if shown != self._shown:
            self._shown = shown
            self._fill(person.name, badges, person.flags)
        self.lay()

    def room(self) -> int:
        """How much of the area's top is not to be counted on, in pixels."""
        return self._height() + theme.current().px(_GAP)

    def lay(self) -> None:
        """Come when her flags begin to go, or her name where she has none; then go again."""
        edge = self._card.mapTo(self._inside, QPoint(0, self._card.edge())).y()
        gone = self._area.verticalScrollBar().value() > edge
        there = gone and self._card.isVisibleTo(self._inside)
        if not there and self.hasFocus():
            self.left.emit()
        self.setGeometry(0, 0, self._width(), self._height())
        self.setVisible(there)

    def _fill(self, name: str, badges: tuple[Badge, ...], flags: tuple[Badge, ...]) -> None:
        clear(self._who)
        parts = (
            SpanLabel("heading", name, wrap=True, natural=True),
            *(BadgeLabel(badge) for badge in badges),
            *(FlagLabel(flag) for flag in flags),
        )
        for part in parts:
            mute(part)
            self._who.addWidget(part)
            part.show()
        self.setAccessibleName(" · ".join((name, *(one.text for one in (*badges, *flags)))))

    def _width(self) -> int:
        return self._area.viewport().width() - theme.current().px(RIM)

    def _height(self) -> int:
        return self._line.totalHeightForWidth(self._width())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self.lay()
        return super().eventFilter(watched, event)
