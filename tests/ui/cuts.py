"""Finds text that is cut off and parts that lie on each other in a window as it stands."""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QTableView,
    QWidget,
)

# A rounding to whole pixels on either side of a text is not a cut.
_SLACK = 1


def problems(window: QWidget) -> list[str]:
    """Return a sentence for each cut or overlapping part; none means the window is sound."""
    seen = [widget for widget in window.findChildren(QWidget) if _counts(widget, window)]
    found = [fault for widget in seen for fault in _faults(widget, window)]
    return found + list(_overlaps([window, *seen]))


def _counts(widget: QWidget, window: QWidget) -> bool:
    return (
        widget.isVisibleTo(window)
        and not widget.isWindow()
        and not widget.objectName().startswith("qt_")
        and widget.width() > 0
    )


def _faults(widget: QWidget, window: QWidget) -> Iterator[str]:
    cut = _cut(widget)
    if cut:
        yield f"cut: {_name(widget)}: {cut}"
    hanging = _outside(widget, window)
    if hanging:
        yield f"outside: {_name(widget)}: {hanging}"


def _cut(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _label_cut(widget)
    if isinstance(widget, QLineEdit):
        return _field_cut(widget)
    if isinstance(widget, QTableView):
        return _columns_cut(widget)
    if isinstance(widget, QTabBar):
        return _size_cut(widget, widget.minimumSizeHint().width(), widget.sizeHint().height())
    if isinstance(widget, QAbstractButton):
        return _button_cut(widget)
    return ""


def _label_cut(label: QLabel) -> str:
    if not label.text() and label.pixmap().isNull():
        return ""
    if label.wordWrap():
        return _size_cut(
            label, label.minimumSizeHint().width(), label.heightForWidth(label.width())
        )
    return _size_cut(label, label.sizeHint().width(), label.sizeHint().height())


def _button_cut(button: QAbstractButton) -> str:
    if button.hasHeightForWidth():
        least = button.minimumSizeHint().width()
        return _size_cut(button, least, button.heightForWidth(button.width()))
    return _size_cut(button, button.sizeHint().width(), button.sizeHint().height())


def _field_cut(field: QLineEdit) -> str:
    shown = field.text() or field.placeholderText()
    room = field.contentsRect().width()
    return "" if field.fontMetrics().horizontalAdvance(shown) <= room else f"“{shown}” in {room} px"


def _columns_cut(table: QTableView) -> str:
    header, narrow = table.horizontalHeader(), []
    for column in range(header.count()):
        needed = max(table.sizeHintForColumn(column), header.sectionSizeHint(column))
        if needed > header.sectionSize(column) + _SLACK:
            narrow.append(f"column {column} has {header.sectionSize(column)}, needs {needed}")
    return "; ".join(narrow)


def _size_cut(widget: QWidget, width: int, height: int) -> str:
    if widget.width() + _SLACK < width or widget.height() + _SLACK < height:
        return f"has {widget.width()}×{widget.height()}, needs {width}×{height}"
    return ""


def _outside(widget: QWidget, window: QWidget) -> str:
    """Say by how much a widget hangs over the edge of what cannot be scrolled to show it."""
    parent = widget.parentWidget()
    while parent is not None and parent is not window.parentWidget():
        holder = parent.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and parent is holder.viewport():
            if isinstance(holder, QScrollArea):
                return _too_wide(widget, parent)
            return ""
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        if not parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
            return f"{place} is not inside {_name(parent)} {parent.rect()}"
        parent = holder
    return ""


def _too_wide(widget: QWidget, viewport: QWidget) -> str:
    right = widget.mapTo(viewport, QPoint(widget.width(), 0)).x()
    return f"ends at {right} of {viewport.width()}" if right > viewport.width() + _SLACK else ""


def _overlaps(widgets: list[QWidget]) -> Iterator[str]:
    for parent in widgets:
        children = [child for child in widgets if child.parentWidget() is parent]
        flat = [child for child in children if not child.property("overlay")]
        for one, other in combinations(flat, 2):
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > _SLACK and shared.height() > _SLACK:
                yield f"overlap: {_name(one)} and {_name(other)} share {shared}"


def _name(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} “{words[:40]}”"
