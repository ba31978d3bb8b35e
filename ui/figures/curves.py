"""The picture above a table by month: where its shares go."""

from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.figures.screen import Curve, Curves
from ui.widgets import painting

_HEIGHT, _HEAD, _FOOT, _LINE = 160, 24, 20, 2
# By form and by colour, so that colour alone is never needed.
_MARKS = ("brand", "info", "good", "warn", "violet", "quiet")
_TOPS = (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_LINES = 2


class CurvesPicture(QWidget):
    """A line for each curve; the first and last months, and what the lines stand at, in words."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Curves | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notices.changed.connect(self.updateGeometry)

    def draw(self, curves: Curves | None) -> None:
        """Show them."""
        if curves is not None and curves != self._curves:
            self._curves = curves
            self.setAccessibleName(curves.words)
            self.setToolTip(curves.words)
            self.update()

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(300), look.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.current().px(200), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        curves, look = self._curves, theme.current()
        if curves is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = _top(curves)
        metrics = QFontMetrics(look.font(theme.SMALL))
        left = metrics.horizontalAdvance("100%") + look.px(8)
        head, foot = look.px(_HEAD), max(look.px(_FOOT), metrics.height() + look.px(7))
        # The last month stands in the middle below its point, as all others do.
        right = metrics.horizontalAdvance(curves.months[-1]) / 2 + 1
        room = QRectF(left, head + look.px(12), self.width() - left - right, 0)
        room.setBottom(self.height() - foot)
        self._names(painter, curves)
        self._scale(painter, room, top)
        self._months(painter, room, curves.months)
        for place, curve in enumerate(curves.curves):
            self._curve(painter, room, curve, top, place)

    def _names(self, painter: QPainter, curves: Curves) -> None:
        """Which line is which; alone it is named by the title."""
        look = theme.current()
        font = look.font(theme.SMALL, strong=True)
        line = QRect(0, 0, self.width(), look.px(_HEAD))
        left = painting.words(painter, line, curves.title, font, "ink") + look.px(24)
        if len(curves.curves) == 1:
            return
        for place, curve in enumerate(curves.curves):
            _mark(painter, QPointF(left + look.px(5), line.center().y() + look.px(1.5)), place)
            left += look.px(15)
            rest = QRect(left, 0, max(self.width() - left, 0), line.height())
            left += painting.words(painter, rest, curve.name, look.font(theme.SMALL), "ink")
            left += look.px(18)

    @staticmethod
    def _scale(painter: QPainter, room: QRectF, top: float) -> None:
        look = theme.current()
        font = look.font(theme.SMALL)
        tall = QFontMetrics(font).height()
        for step in range(_LINES + 1):
            y = room.bottom() - room.height() * step / _LINES
            painter.setPen(QPen(look.colour("line"), 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            box = QRect(0, int(y - tall / 2), int(room.left() - look.px(6)), tall)
            told = f"{top * step / _LINES * 100:g}%"
            painting.words(painter, box, told, font, "quiet", right=True)

    def _months(self, painter: QPainter, room: QRectF, months: tuple[str, ...]) -> None:
        """As many months as fit, the first one among them."""
        look = theme.current()
        font = look.font(theme.SMALL)
        metrics = QFontMetrics(font)
        wide = metrics.horizontalAdvance(months[0])
        step = _step(room, len(months))
        every = max(ceil((wide + look.px(16)) / step), 1) if step else 1
        top = int(room.bottom() + look.px(7))
        for place in range(0, len(months), every):
            middle = room.left() + step * place
            box = QRect(int(max(middle - wide / 2, 0)), top, wide + 1, metrics.height())
            painting.words(painter, box, months[place], font, "quiet")

    @staticmethod
    def _curve(painter: QPainter, room: QRectF, curve: Curve, top: float, place: int) -> None:
        """Months without a share are left out: the line goes on at the next one."""
        look, step = theme.current(), _step(room, len(curve.parts))
        points = [
            QPointF(room.left() + step * at, room.bottom() - room.height() * part / top)
            for at, part in enumerate(curve.parts)
            if part is not None
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.colour(_token(place)), look.px(_LINE)))
        painter.drawPolyline(QPolygonF(points))
        for point in points:
            _mark(painter, point, place)


def _top(curves: Curves) -> float:
    """Where the scale ends: the next round share above the highest."""
    parts = [part for curve in curves.curves for part in curve.parts if part is not None]
    highest = max(parts, default=0.0)
    return next((one for one in _TOPS if one >= highest), 1.0)


def _step(room: QRectF, months: int) -> float:
    return room.width() / (months - 1) if months > 1 else 0.0


def _token(place: int) -> str:
    return _MARKS[place % len(_MARKS)]


def _mark(painter: QPainter, at: QPointF, place: int) -> None:
    """A dot, a square, a triangle or a rhomb."""
    look = theme.current()
    half = look.px(4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(_token(place)))
    x, y = at.x(), at.y()
    match place % 4:
        case 0:
            painter.drawEllipse(at, half, half)
        case 1:
            painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))
        case 2:
            corners = [
                QPointF(x, y - half),
                QPointF(x + half, y + half),
                QPointF(x - half, y + half),
            ]
            painter.drawPolygon(QPolygonF(corners))
        case _:
            corners = [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half),
                       QPointF(x - half, y)]  # fmt: skip
            painter.drawPolygon(QPolygonF(corners))
