"""The picture of a preview: groups now at the left, then at the right, and who goes where."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.rules.screen import Band, Flow
from ui.widgets import painting
from ui.words import count

_BAR, _GAP, _LEAST, _PER_GROUP, _HEAD = 10, 8, 20, 44, 22
# A band of movers is never thinner, however few they are among all.
_THINNEST = 3


@dataclass(frozen=True, slots=True)
class _Side:
    """Where the groups of one side stand: top and height of each, in px."""

    tops: tuple[float, ...]
    heights: tuple[float, ...]


class FlowPicture(QWidget):
    """Bands between two columns of bars. Movers are hatched and framed, so colour is not needed."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = Flow((), (), "", "", "")
        self._stale = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        theme.notices.changed.connect(self.updateGeometry)

    def draw(self, flow: Flow | None, *, stale: bool) -> None:
        """Show who goes where; what is `stale` is drawn paler."""
        if flow is not None:
            self._flow, self._stale = flow, stale
            self.setAccessibleName(flow.words)
            self.setToolTip(flow.words)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(300), look.px(_HEAD + _PER_GROUP * max(len(self._flow.groups), 2)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.current().px(200), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        flow, look = self._flow, theme.current()
        if not flow.groups:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(0.45 if self._stale else 1.0)
        olds, news = self._sums(0), self._sums(1)
        left, right = self._side(olds), self._side(news)
        wide = self._widest(olds, news)
        inner = QRectF(wide, 0, max(self.width() - 2 * wide, look.px(40)), self.height())
        self._bands(painter, inner, left, right, olds, news)
        self._column(painter, QRectF(0, 0, wide, 0), left, olds, right=False)
        place = QRectF(self.width() - wide, 0, wide, 0)
        self._column(painter, place, right, news, right=True)

    def _sums(self, end: int) -> list[int]:
        sums = [0] * len(self._flow.groups)
        for band in self._flow.bands:
            sums[(band.old, band.new)[end]] += band.customers
        return sums

    def _side(self, sums: Sequence[int]) -> _Side:
        """Heights go with the customers; a group with few is tall enough to be read."""
        look = theme.current()
        gaps = look.px(_GAP) * (len(sums) - 1)
        room = self.height() - look.px(_HEAD) - gaps
        least = min(look.px(_LEAST), room / max(len(sums), 1))
        rest, whole = room - least * len(sums), sum(sums) or 1
        heights = tuple(least + rest * one / whole for one in sums)
        tops, top = [], float(look.px(_HEAD))
        for height in heights:
            tops.append(top)
            top += height + look.px(_GAP)
        return _Side(tuple(tops), heights)

    def _widest(self, *sums: Sequence[int]) -> float:
        look = theme.current()
        metrics = QFontMetrics(look.font(theme.SMALL, strong=True))
        texts = [
            self._told(group, each[place])
            for each in sums
            for place, group in enumerate(self._flow.groups)
        ]
        widest = max(metrics.horizontalAdvance(text) for text in texts) + look.px(_BAR + 8)
        return min(widest, self.width() * 0.4)

    @staticmethod
    def _told(group: str, customers: int) -> str:
        return f"{group} {count(customers)}"

    def _column(
        self, painter: QPainter, place: QRectF, side: _Side, sums: Sequence[int], *, right: bool
    ) -> None:
        look = theme.current()
        bar = look.px(_BAR)
        head = QRect(int(place.left()), 0, int(place.width()), look.px(_HEAD - 4))
        font = look.font(theme.SMALL)
        painting.words(painter, head, self._flow.then if right else self._flow.now, font, "quiet",
                       right=not right)  # fmt: skip
        strong = look.font(theme.SMALL, strong=True)
        for group, customers, top, height in zip(
            self._flow.groups, sums, side.tops, side.heights, strict=True
        ):
            at = place.left() if right else place.right() - bar
            painter.fillRect(QRectF(at, top, bar, height), look.colour("ink"))
            text = QRect(
                int(place.left() + (bar + look.px(5) if right else 0)),
                int(top),
                int(place.width() - bar - look.px(5)),
                int(height),
            )
            told = self._told(group, customers)
            painting.words(painter, text, told, strong, "ink", right=not right)

    def _bands(
        self,
        painter: QPainter,
        inner: QRectF,
        left: _Side,
        right: _Side,
        olds: Sequence[int],
        news: Sequence[int],
    ) -> None:
        used_left, used_right = list(left.tops), list(right.tops)
        paths: list[tuple[Band, QPainterPath]] = []
        for band in sorted(self._flow.bands, key=lambda one: (one.old, one.new)):
            tall = self._thick(band, left.heights[band.old], olds[band.old])
            wide = self._thick(band, right.heights[band.new], news[band.new])
            start, end = used_left[band.old], used_right[band.new]
            used_left[band.old] += tall
            used_right[band.new] += wide
            paths.append((band, _path(inner, start, tall, end, wide)))
        # Who moves is drawn over who stays.
        for band, path in sorted(paths, key=lambda one: one[0].moves):
            _fill(painter, path, moves=band.moves)

    @staticmethod
    def _thick(band: Band, height: float, whole: int) -> float:
        share = height * band.customers / (whole or 1)
        return max(share, theme.current().px(_THINNEST)) if band.moves else share


def _path(inner: QRectF, start: float, tall: float, end: float, wide: float) -> QPainterPath:
    """A band that leaves and arrives level."""
    middle = inner.center().x()
    path = QPainterPath(QPointF(inner.left(), start))
    path.cubicTo(QPointF(middle, start), QPointF(middle, end), QPointF(inner.right(), end))
    path.lineTo(QPointF(inner.right(), end + wide))
    path.cubicTo(
        QPointF(middle, end + wide),
        QPointF(middle, start + tall),
        QPointF(inner.left(), start + tall),
    )
    path.closeSubpath()
    return path


def _fill(painter: QPainter, path: QPainterPath, *, moves: bool) -> None:
    look = theme.current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("brand_soft" if moves else "bar_track"))
    painter.drawPath(path)
    if moves:
        brand: QColor = look.colour("brand")
        painter.setBrush(QBrush(brand, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(brand, look.px(1)))
        painter.drawPath(path)
