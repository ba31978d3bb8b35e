"""Painting words, badges and bars in lists and tables."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from ui import theme
from ui.widgets.values import Badge, Line, Tone


def words(
    painter: QPainter, rect: QRect, text: str, font: QFont, token: str, *, right: bool = False
) -> int:
    """Draw one elided line; return the width it took in px."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    painter.setPen(theme.current().colour(token))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)


def whole_clauses(text: str, between: str, font: QFont, width: int) -> str:
    """As many clauses of a text, from its first on, as fit into so many px whole."""
    clauses, metrics = text.split(between), QFontMetrics(font)
    while len(clauses) > 1 and metrics.horizontalAdvance(between.join(clauses)) > width:
        clauses.pop()
    return between.join(clauses)


def spans(painter: QPainter, rect: QRect, line: Line, size: float, plain: str = "ink") -> None:
    """Draw spans one after another in one line, the last one elided; PLAIN takes `plain`."""
    look = theme.current()
    left = rect.left()
    for span in line:
        rest = QRect(left, rect.top(), rect.right() - left + 1, rect.height())
        if rest.width() <= 0:
            break
        font = look.font(size, strong=span.strong)
        font.setStrikeOut(span.struck)
        colour = plain if span.tone is Tone.PLAIN else span.tone.value
        left += words(painter, rest, span.text, font, colour)


def badge_width(badge: Badge) -> int:
    look = theme.current()
    metrics = QFontMetrics(look.font(theme.SMALL, strong=True))
    return metrics.horizontalAdvance(badge.text) + (look.px(12) if badge.boxed else 0)


def badge(painter: QPainter, left: int, middle: int, value: Badge) -> None:
    """Draw a badge with its left edge and its middle height in px."""
    look = theme.current()
    font = look.font(theme.SMALL, strong=value.boxed or value.tone is not Tone.QUIET)
    height = QFontMetrics(font).height() + look.px(1)
    box = QRect(left, middle - height // 2, badge_width(value), height)
    token = value.tone.value
    if value.boxed:
        ground = "brand" if value.solid else f"{value.tone.value}_soft"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(box, look.px(4), look.px(4))
        token = "on_brand" if value.solid else token
    painter.setFont(font)
    painter.setPen(look.colour(token))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, value.text)


def pace(painter: QPainter, rect: QRectF, done: float, elapsed: float) -> None:
    """Draw a bar of completion with a tick where time stands; both 0 to 1, more is full."""
    look = theme.current()
    share(painter, rect, done, "bar_good" if done >= elapsed else "bar_warn")
    over = look.px(2)
    at = rect.left() + rect.width() * min(1.0, max(0.0, elapsed))
    tick = QRectF(QPointF(at - look.px(1), rect.top() - over),
                  QPointF(at + look.px(1), rect.bottom() + over))  # fmt: skip
    painter.fillRect(tick, look.colour("tick"))


def share(painter: QPainter, rect: QRectF, part: float, token: str) -> None:
    """Draw a bar filled to a part from 0 to 1, more is full."""
    look = theme.current()
    radius = rect.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("bar_track"))
    painter.drawRoundedRect(rect, radius, radius)
    full = QRectF(rect)
    full.setWidth(max(rect.height(), rect.width() * min(1.0, max(0.0, part))))
    if part > 0:
        painter.setBrush(look.colour(token))
        painter.drawRoundedRect(full, radius, radius)
