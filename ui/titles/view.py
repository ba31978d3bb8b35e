"""The screen of product titles: draws a Screen, tells what she decided.

Signals of TitlesView: opened(list) · picked(id) · searched(words) · decided(name) · agreed ·
stayed · undid · asked_again · notice_closed · sync_wanted · account_wanted
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ui import theme
from ui.titles.screen import Detail, Fact, Screen, Share, Tab
from ui.widgets.choices import ChoiceButton
from ui.widgets.deciding_page import DecidingPage, DecisionCard
from ui.widgets.layouts import FlowLayout, clear, column, show_if
from ui.widgets.search_field import SearchField
from ui.widgets.share_bar import ShareBar
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Entry, Row

_KEYS: dict[str, str] = {Tab.OPEN: "Alt N", Tab.SAID: "Alt H"}


class DetailCard(DecisionCard):
    def __init__(self) -> None:
        super().__init__()
        self._detail: Detail | None = None
        self._facts = QGridLayout()
        theme.space(self._facts, gap=9)
        self._facts.setColumnStretch(1, 1)
        layout = column(self, 18, 14, 18, 14, gap=12)
        for part in (self._title, self._words):
            layout.addWidget(part)
        for inside in (self._actions, self._facts):
            layout.addLayout(inside)
        layout.addStretch(1)

    def draw(self, detail: Detail | None) -> None:
        """Show it; without one there is nothing."""
        show_if(self, detail is not None)
        if detail is None or detail == self._detail:
            return
        before, self._detail = self._detail, detail
        self._title.say(detail.title)
        self._words.say(detail.words)
        show_if(self._words, bool(detail.words))
        if before is None or (before.id, before.actions) != (detail.id, detail.actions):
            self._actions.draw(detail.actions)
        if before is None or before.facts != detail.facts:
            self._draw_facts(detail.facts)

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        self._detail = None

    def _draw_facts(self, facts: tuple[Fact, ...]) -> None:
        clear(self._facts)
        for line, fact in enumerate(facts):
            text = SpanLabel("detail", fact.text, wrap=True)
            text.setAccessibleName(", ".join(part for part in (fact.label, fact.text) if part))
            for place, part in enumerate((SpanLabel("label", fact.label), text)):
                self._facts.addWidget(part, line, place, Qt.AlignmentFlag.AlignTop)
                part.show()


class ShareLine(QWidget):
    """What part of all sales is not settled yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._bar, self._words = ShareBar(), SpanLabel("label", wrap=True, natural=True)
        line = FlowLayout(10)
        line.addWidget(self._bar)
        line.addWidget(self._words)
        column(self).addLayout(line)

    def draw(self, share: Share | None) -> None:
        """Show it, or nothing while it is not known."""
        show_if(self, share is not None)
        if share is not None:
            self._bar.draw(share.part, share.words)
            self._words.say(share.words)


class TitlesView(DecidingPage[Screen]):
    list_width = 360
    digits = 5
    tab_keys = _KEYS
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        detail = DetailCard()
        super().__init__(detail, parent)
        self.detail = detail
        self.share, self._field = ShareLine(), SearchField("Ctrl K")
        self.search = self._field.line
        self._build()
        self.search.textEdited.connect(self.searched)
        self.search.down.connect(self.choices.rest)
        self.search.entered.connect(self.choices.rest)
        self._key("Ctrl+K", self._seek)

    def _draw_parts(self, screen: Screen) -> None:
        self.share.draw(screen.share)
        self._draw_search(screen.search)
        self._draw_rows(screen.rows, _choice)
        self.detail.draw(screen.detail)

    def _build(self) -> None:
        left, top = column(gap=10), FlowLayout(20, right_from=1)
        left.addWidget(self._field)
        left.addWidget(self._area, 1)
        top.addWidget(self.tabs)
        top.addWidget(self.share)
        self._put_together(top, left)

    def _draw_search(self, search: Entry) -> None:
        """What is being written is left alone."""
        self.search.setPlaceholderText(search.placeholder)
        self.search.setAccessibleName(search.label)
        if not self.search.hasFocus() and self.search.text().strip() != search.text:
            self.search.setText(search.text)

    def _share(self) -> None:
        super()._share()
        # As wide as the cards.
        self._field.setFixedWidth(self._area.width() - theme.current().px(4))

    def _seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _back(self) -> None:
        """A question is answered with no, else what is looked for is forgotten."""
        asks = self._screen is not None and self._screen.confirm is not None
        if not asks and self.search.text():
            self.search.clear()
            self.searched.emit("")
        super()._back()

    def _stops(self) -> list[QWidget]:
        *before, retry = super()._stops()
        return [*before, self.search, retry]


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.line, one.badge, badge_right=True)
