"""The leader's board on screen: draws a Screen, tells what the leader asked for.

Signals of BoardView: went(name) · rep_opened(rep_id) · measure_opened(name) ·
advice_list_wanted · advice_why_wanted · parked_wanted · sync_wanted · account_wanted ·
problem_pressed · problem_closed
"""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QToolTip,
    QWidget,
)

from ui import theme
from ui.board.screen import Advice, Measure, Screen
from ui.board.table import LINE, RepsDelegate, RepsModel
from ui.widgets.buttons import CardButton, Pill, small_button
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, scrolled, show_if
from ui.widgets.pace_bar import PaceBar
from ui.widgets.page import Page
from ui.widgets.page_head import PageHead
from ui.widgets.strip import Strip
from ui.widgets.texts import SpanLabel, mute
from ui.widgets.values import Choice, Span, Tone, plain

_NAV, _MEASURE = 168, 184


class MeasureCard(CardButton):
    """A measure; its formula is one press away."""

    def __init__(self, measure: Measure) -> None:
        super().__init__("measure")
        theme.space(self.face, 12, 10, 12, 10, gap=4)
        figures = FlowLayout(4)
        figures.addWidget(SpanLabel("measure", measure.value))
        figures.addWidget(SpanLabel("label", f"/ {measure.target}"))
        bar = PaceBar()
        bar.draw(measure.done, measure.elapsed, plain(measure.words))
        self.face.addWidget(SpanLabel("label", measure.title, wrap=True))
        self.face.addLayout(figures)
        self.face.addWidget(bar)
        self.face.addWidget(SpanLabel("detail", measure.words, wrap=True))
        self.face.addStretch(1)
        mute(*self.findChildren(QWidget))
        self.setAccessibleName(f"{measure.title} {measure.value} / {measure.target}")
        self.setAccessibleDescription(f"{plain(measure.words)}. {measure.formula}")
        self.setToolTip(measure.formula)
        self.clicked.connect(self._explain)

    def _explain(self) -> None:
        if self.toolTip():
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.toolTip(), self)


class AdviceStrip(QFrame):
    list_wanted = Signal()
    why_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._words = SpanLabel("body", wrap=True)
        self._list, self._why = small_button(self), small_button(self)
        layout = row(self, 16, 11, 14, 11, gap=8)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._list)
        layout.addWidget(self._why)
        self._list.clicked.connect(self.list_wanted)
        self._why.clicked.connect(self.why_wanted)

    def draw(self, advice: Advice | None) -> None:
        show_if(self, advice is not None)
        if advice is None:
            return
        title = Span(f"{advice.title}  ", strong=True, tone=Tone.BRAND)
        self._words.say((title, *advice.words))
        for button, text in ((self._list, advice.list_button), (self._why, advice.why_button)):
            button.setText(text)
            show_if(button, bool(text))


class BoardView(Page[Screen]):
    went = Signal(str)
    rep_opened = Signal(str)
    measure_opened = Signal(str)
    advice_list_wanted = Signal()
    advice_why_wanted = Signal()
    parked_wanted = Signal()
    problem_pressed = Signal()
    problem_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        as_of, parked = Pill(), Pill()
        super().__init__(parent, PageHead(as_of, parked))
        self._as_of, self._parked = as_of, parked
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._measures: tuple[Measure, ...] = ()
        self._cards: list[MeasureCard] = []
        self._model = RepsModel(self)
        self._make_parts()
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        self._screen = screen
        self._head.draw(screen.title, screen.days, screen.sync, screen.person)
        self._as_of.say(screen.as_of)
        show_if(self._as_of, bool(screen.as_of))
        self._parked.say(screen.parked, Tone.WARN, "people")
        show_if(self._parked, bool(screen.parked))
        self._draw_nav(screen.nav)
        self._draw_measures(screen.measures)
        self._advice.draw(screen.advice)
        self._problem.draw(screen.problem)
        self.table.setAccessibleName(screen.title)
        self._model.show_lines(screen.headings, screen.reps)
        self._empty.say(screen.loading.text if screen.loading else screen.empty)
        show_if(self._empty, not screen.reps)
        show_if(self.table, bool(screen.reps))
        self._fit_columns()

    def _make_parts(self) -> None:
        self._nav = QFrame()
        self._nav.setProperty("kind", "side")
        self._nav_inside = QWidget()
        self._nav_inside.setProperty("kind", "clear")
        self._grid = QGridLayout()
        self._advice, self._problem = AdviceStrip(), Strip()
        self.table = QTableView()
        self._empty = SpanLabel("fact", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _build(self) -> None:
        self._items = column(self._nav_inside, 8, 12, 8, 12, gap=2)
        column(self._nav, 0, 0, 1, 0).addWidget(scrolled(self._nav_inside))
        body = row()
        body.addWidget(self._nav)
        body.addWidget(self._build_page(), 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _build_page(self) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("kind", "clear")
        page = column(inside, 20, 16, 20, 16, gap=12)
        theme.space(self._grid, gap=10)
        page.addWidget(self._problem)
        page.addLayout(self._grid)
        page.addWidget(self._advice)
        card = QFrame()
        card.setProperty("kind", "card")
        held = column(card, 7, 4, 7, 8)
        held.addWidget(self.table, 1)
        held.addWidget(self._empty, 1)
        page.addWidget(card, 1)
        self._set_up_table()
        return scrolled(inside)

    def _set_up_table(self) -> None:
        self.table.setModel(self._model)
        self.table.setItemDelegate(RepsDelegate(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(10)

    def _fit_columns(self) -> None:
        """Give each column what it needs and share out the rest."""
        header = self.table.horizontalHeader()
        self.table.verticalHeader().setDefaultSectionSize(theme.current().px(36))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.resizeColumnsToContents()
        rows = self._model.rowCount()
        needed = header.sizeHint().height() + rows * theme.current().px(36) + theme.current().px(14)
        self.table.setMinimumHeight(min(needed, theme.current().px(600)))
        columns = self._model.columnCount()
        slack = self.table.viewport().width() - header.length()
        if columns and slack > 0:
            for place in range(columns):
                share = slack // columns + (slack % columns if place == 0 else 0)
                header.resizeSection(place, header.sectionSize(place) + share)

    def _draw_nav(self, items: tuple[Choice, ...]) -> None:
        show_if(self._nav, bool(items))
        self._nav.setFixedWidth(theme.current().px(_NAV))
        clear(self._items)
        for item in items:
            button = QPushButton(item.text)
            button.setProperty("kind", "nav")
            button.setProperty("chosen", item.chosen)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoDefault(True)
            button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, name=item.name: self.went.emit(name))
            self._items.addWidget(button)
        self._items.addStretch(1)

    def _draw_measures(self, measures: tuple[Measure, ...]) -> None:
        if measures == self._measures:
            return
        self._measures = measures
        clear(self._grid)
        self._cards = [MeasureCard(measure) for measure in measures]
        for card, measure in zip(self._cards, measures, strict=True):
            card.clicked.connect(lambda _=False, name=measure.name: self.measure_opened.emit(name))
        self._lay_measures()

    def _lay_measures(self) -> None:
        """Six in a row where there is room, else three, two or one."""
        look = theme.current()
        nav = look.px(_NAV) if self._screen and self._screen.nav else 0
        room = (self.width() - nav - look.px(40)) // look.px(_MEASURE - 10)
        columns = next((count for count in (6, 3, 2) if room >= count), 1)
        for card in self._cards:
            self._grid.removeWidget(card)
        for place, card in enumerate(self._cards):
            self._grid.addWidget(card, place // columns, place % columns)
        for place in range(6):
            self._grid.setColumnStretch(place, int(place < columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_measures()
        self._fit_columns()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.table.viewport() and event.type() == QEvent.Type.Resize:
            self._fit_columns()
        return False

    def _connect(self) -> None:
        self.table.viewport().installEventFilter(self)
        self.table.activated.connect(self._open)
        self._advice.list_wanted.connect(self.advice_list_wanted)
        self._advice.why_wanted.connect(self.advice_why_wanted)
        self._parked.clicked.connect(self.parked_wanted)
        self._problem.pressed.connect(self.problem_pressed)
        self._problem.closed.connect(self.problem_closed)

    def _open(self, index: QModelIndex) -> None:
        line = index.data(LINE)
        if line is not None and not line.total:
            self.rep_opened.emit(line.rep_id)

    def _restyle(self) -> None:
        self._measures = ()
        super()._restyle()
        self._lay_measures()
