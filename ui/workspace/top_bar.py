"""The top of the desk: call lamp, number, the day, the month against time, the sync chip."""

from datetime import datetime

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui.widgets.buttons import KeyButton, Pill, icon_only, small_button
from ui.widgets.layouts import mark, row, show_if
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span
from ui.words import duration, tr
from ui.workspace.screen import Lamp, Stage, TopBar

_LEVELS = 5


class LampLabel(QFrame):
    """A dot, a word and a running time."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "pill")
        self._lamp: Lamp | None = None
        self._dot = QLabel()
        self._dot.setProperty("role", "dot")
        self._words = SpanLabel("pill")
        layout = row(self, 11, 4, 11, 4, gap=7)
        layout.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, lamp: Lamp, now: datetime) -> None:
        self._lamp = lamp
        for part in (self, self._dot, self._words):
            mark(part, tone=lamp.tone.value)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        if self._lamp is None:
            return
        timer = self._lamp.timer
        runs = timer.since is not None or timer.seconds
        time = f"  {duration(timer.elapsed(now))}" if runs else ""
        self._words.say((Span(self._lamp.text + time, strong=True),))


class TopBarView(QFrame):
    """Signals: `copied`, `ended`, `today_wanted`, `month_wanted`, `sync_wanted`,
    `account_wanted`. Where the window is narrow it says less, never cut: the tips say the rest.
    """

    copied = Signal()
    ended = Signal()
    today_wanted = Signal()
    month_wanted = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "top")
        self._bar: TopBar | None = None
        self._stage = Stage.NOBODY
        self._level = -1
        self._fitting = False
        self._brand = SpanLabel("brand", "Lumi Desk")
        self.lamp = LampLabel()
        self._number = SpanLabel("number")
        self._copy = small_button(self)
        self._end = KeyButton("small", "", "F8", danger=True)
        self._today, self._month, self._sync = Pill(), Pill(), SyncPill()
        self._rep = Pill()
        self._build()

    def _build(self) -> None:
        layout = row(self, 16, 9, 16, 9, gap=14)
        self._line = layout
        for part in (self._brand, self.lamp, self._number, self._copy, self._end):
            layout.addWidget(part)
        layout.addStretch(1)
        for pill in (self._today, self._month, self._sync, self._rep):
            layout.addWidget(pill)
        self._copy.clicked.connect(self.copied)
        self._end.clicked.connect(self.ended)
        self._today.clicked.connect(self.today_wanted)
        self._month.clicked.connect(self.month_wanted)
        self._sync.clicked.connect(self.sync_wanted)
        self._rep.clicked.connect(self.account_wanted)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def draw(self, bar: TopBar, stage: Stage, now: datetime) -> None:
        self._bar, self._stage = bar, stage
        self.lamp.draw(bar.lamp, now)
        self._number.say(bar.number)
        self._number.setAccessibleName(tr("Phone number {number}", number=bar.number))
        self._end.say(tr("End call"))
        self._rep.say((Span(bar.rep[:1], strong=True),))
        self._rep.setToolTip(bar.rep)
        self._rep.setAccessibleName(tr("Account of {name}", name=bar.rep))
        self._level = -1
        self._fit()

    def tick(self, now: datetime) -> None:
        self.lamp.tick(now)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width: the bar adapts to the window, not the window to the bar."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._level = -1

    def _fit(self) -> None:
        """Say as much as there is room for."""
        if self._bar is None or self._fitting:
            return
        # Showing and hiding parts sends resize events while the right level is being sought.
        self._fitting = True
        for level in range(_LEVELS):
            self._show(self._bar, level)
            self._line.activate()
            if self._line.totalMinimumSize().width() <= self.width():
                break
        self._fitting = False

    def _show(self, bar: TopBar, level: int) -> None:
        if level == self._level:
            return
        self._level = level
        short = level >= 2  # 0 all, 1 no end button, 2 short, 3 no name, 4 least.
        talking = self._stage is Stage.TALKING
        show_if(self._brand, level < 3)
        show_if(self._end, talking and level < 1)
        show_if(self._number, bool(bar.number))
        self._show_copy(bar, short=short)
        self._today.say(bar.today.short if short else bar.today.line, bar.today.tone)
        self._today.setToolTip(bar.today.tip)
        self._month.say(bar.month.short if short else bar.month.line, bar.month.tone)
        self._month.setToolTip(bar.month.tip)
        self._sync.draw(bar.sync, short=short)
        show_if(self._today, level < 4)

    def _show_copy(self, bar: TopBar, *, short: bool) -> None:
        show_if(self._copy, bool(bar.number) and self._stage is not Stage.READY)
        name = tr("Copy number")
        self._copy.setAccessibleName(name)
        self._copy.setToolTip(name if short else "")
        self._copy.setText("" if short else name)
        if short:
            icon_only(self._copy, "copy")
        else:
            self._copy.setIcon(QIcon())
