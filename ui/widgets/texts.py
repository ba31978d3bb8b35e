"""Labels: words with emphasis, badges, key caps, icons; all follow palette and zoom."""

from html import escape
from math import ceil

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui import theme
from ui.widgets.layouts import mark, row, show_if
from ui.widgets.values import Badge, Line, Span, Tone, plain


def html(line: Line, leading: int = 0) -> str:
    """Return spans as rich text in the palette's colours; `leading` is a line height in %."""
    words = "".join(_span(span) for span in line)
    return f'<div style="line-height:{leading}%">{words}</div>' if leading else words


def _span(span: Span) -> str:
    style = "font-weight:bold;" if span.strong else ""
    if span.tone is not Tone.PLAIN:
        style += f"color:{theme.current().colours[span.tone.value]};"
    if span.struck:
        style += "text-decoration:line-through;"
    words = escape(span.text).replace("\n", "<br>").replace("  ", "\u00a0 ")
    return f'<span style="{style}">{words}</span>' if style else words


class SpanLabel(QLabel):
    """Words with emphasis. `role` picks type and colour in the style sheet.

    A wrapping label would like a square; with `natural` it asks for one line and wraps only
    where there is no room.
    """

    def __init__(
        self,
        role: str = "body",
        words: Line | str = "",
        *,
        wrap: bool = False,
        leading: int = 0,
        natural: bool = False,
    ) -> None:
        super().__init__()
        self._natural = natural
        self.setProperty("role", role)
        self._line: Line = ()
        self._leading = leading
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(wrap)
        self.say(words)
        theme.notices.changed.connect(self._render)

    def say(self, words: Line | str) -> None:
        self._line = (Span(words),) if isinstance(words, str) else words
        self.setAccessibleName(plain(self._line))
        self._render()

    def sizeHint(self) -> QSize:
        if not self._natural or not self.wordWrap():
            return super().sizeHint()
        self.ensurePolished()
        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setDocumentMargin(0)
        document.setHtml(self.text())
        return QSize(ceil(document.idealWidth()) + 2, ceil(document.size().height()))

    def words(self) -> str:
        return plain(self._line)

    def _render(self) -> None:
        text = html(self._line, self._leading)
        if text != self.text():
            self.setText(text)


class KeyCap(QLabel):
    """A key as it looks on the keyboard."""

    def __init__(self, key: str = "") -> None:
        super().__init__(key)
        self.setProperty("role", "cap")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(key)

    def say(self, key: str) -> None:
        self.setText(key)
        show_if(self, bool(key))


class IconLabel(QLabel):
    """A shipped drawing in a palette colour."""

    def __init__(self, name: str = "", tone: Tone = Tone.PLAIN, size: float = 16) -> None:
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._render()
        theme.notices.changed.connect(self._render)

    def show_icon(self, name: str, tone: Tone = Tone.PLAIN) -> None:
        self._name, self._tone = name, tone
        self._render()

    def _render(self) -> None:
        if self._name:
            self.setPixmap(theme.icon(self._name, self._tone.value, self._size))
        show_if(self, bool(self._name))


class BadgeLabel(QLabel):
    def __init__(self, badge: Badge) -> None:
        super().__init__(badge.text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "badge")
        self.setProperty("tone", badge.tone.value)
        self.setProperty("solid", badge.solid)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(badge.text)


class FlagLabel(QFrame):
    """A badge with an icon before it: allergy, complaint, refusal. It wraps, and is never cut."""

    def __init__(self, badge: Badge) -> None:
        super().__init__()
        self.setProperty("kind", "pill")
        layout = row(self, 8, 2, 8, 2, gap=4)
        layout.addWidget(IconLabel(badge.icon or "warning", badge.tone, 14))
        words = SpanLabel("pill", (Span(badge.text, strong=True),), wrap=True, natural=True)
        words.setProperty("tone", badge.tone.value)
        layout.addWidget(words, 1)
        mark(self, tone=badge.tone.value)


def mute(*widgets: QWidget) -> None:
    """Let clicks pass through to the button these labels lie on."""
    for widget in widgets:
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
