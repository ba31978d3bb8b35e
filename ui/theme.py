"""How everything looks: a palette and a zoom filled into one style sheet, kept for painters."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from lumi_desk.paths import shipped

SMALLEST, LARGEST = 80, 200
BODY, SMALL, SCRIPT = 15, 13, 19

_FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "sans-serif",
)


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class Theme:
    """What is in force now. `zoom` is in percent; lengths in the program are at 100 %."""

    scheme: Scheme
    zoom: int
    colours: Mapping[str, str]

    def colour(self, token: str) -> QColor:
        return QColor(self.colours[token])

    def px(self, length: float) -> int:
        """Pixels of a length at 100 %; a type size never falls below 13 px through `font`."""
        return round(length * self.zoom / 100)

    def font(self, size: float = BODY, *, strong: bool = False) -> QFont:
        font = QFont(families())
        font.setPixelSize(max(SMALL, self.px(size)))
        font.setBold(strong)
        return font


class _Notices(QObject):
    """Tells painted widgets and rich texts that colours or sizes are new."""

    changed = Signal()


notices = _Notices()


@cache
def palettes() -> Mapping[str, Mapping[str, str]]:
    """Return the tokens of each scheme, as shipped in resources/styles/palettes.toml."""
    return tomllib.loads((shipped("resources") / "styles" / "palettes.toml").read_text("utf-8"))


_now = Theme(Scheme.LIGHT, 100, palettes()[Scheme.LIGHT])


def current() -> Theme:
    return _now


@cache
def families() -> list[str]:
    """Return font families, the shipped one first; needs a QGuiApplication."""
    shipped_ones: list[str] = []
    for file in sorted((shipped("resources") / "fonts").glob("*.[ot]tf")):
        known = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
        shipped_ones += [family for family in known if family not in shipped_ones]
    return [*shipped_ones, *_FALLBACKS]


def apply(app: QApplication, scheme: Scheme | str, zoom: int = 100) -> None:
    """Dress the whole program; `zoom` in percent is held between 80 and 200."""
    global _now  # noqa: PLW0603  # One program has one look, as it has one QApplication.
    chosen = Scheme(scheme)
    _now = Theme(chosen, min(LARGEST, max(SMALLEST, zoom)), palettes()[chosen])
    icon.cache_clear()
    # Asking app.style() instead has crashed: its wrapper outlives the style it wraps.
    if not app.property("fusion"):
        app.setStyle("Fusion")
        app.setProperty("fusion", True)  # noqa: FBT003
    app.setFont(_now.font())
    app.setPalette(_palette(_now))
    app.setStyleSheet(style_sheet(_now))
    for window in app.topLevelWidgets():
        rescale(window)
    notices.changed.emit()


def style_sheet(theme: Theme) -> str:
    """Fill `@token` and `12dp` in lumi.qss for this palette and zoom."""
    text = (shipped("resources") / "styles" / "lumi.qss").read_text("utf-8")
    text = re.sub(r"@(\w+)", lambda found: theme.colours[found[1]], text)
    text = re.sub(
        r"font-size:\s*([\d.]+)dp",
        lambda found: f"font-size: {max(SMALL, theme.px(float(found[1])))}px",
        text,
    )
    return re.sub(r"([\d.]+)dp", lambda found: f"{theme.px(float(found[1]))}px", text)


def _palette(theme: Theme) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "page",
        QPalette.ColorRole.WindowText: "ink",
        QPalette.ColorRole.Base: "card",
        QPalette.ColorRole.AlternateBase: "field",
        QPalette.ColorRole.Text: "ink",
        QPalette.ColorRole.Button: "card",
        QPalette.ColorRole.ButtonText: "ink",
        QPalette.ColorRole.ToolTipBase: "card",
        QPalette.ColorRole.ToolTipText: "ink",
        QPalette.ColorRole.Highlight: "brand",
        QPalette.ColorRole.HighlightedText: "on_brand",
        QPalette.ColorRole.PlaceholderText: "quiet",
        QPalette.ColorRole.Link: "brand",
    }
    palette = QPalette()
    for role, token in roles.items():
        palette.setColor(role, theme.colour(token))
    return palette


def space(layout: QLayout, *margins: float, gap: float = 0) -> None:
    """Set margins (left, top, right, bottom, at 100 %) and gap, now and after each zoom."""
    layout.setProperty("dp", [*(margins or (0, 0, 0, 0)), gap])
    _scale(layout)


def _scale(layout: QLayout) -> None:
    lengths = layout.property("dp")
    if lengths:
        left, top, right, bottom, gap = (_now.px(length) for length in lengths)
        layout.setContentsMargins(left, top, right, bottom)
        layout.setSpacing(gap)


def rescale(root: QWidget) -> None:
    """Give every layout below `root` its lengths at the present zoom."""
    for layout in root.findChildren(QLayout):
        _scale(layout)
    for widget in (root, *root.findChildren(QWidget)):
        widget.updateGeometry()


@cache
def icon(name: str, colour: str = "ink", size: float = 16) -> QPixmap:
    """Return the shipped drawing in a palette colour, sharp on screens of up to two times."""
    pixels = _now.px(size)
    file = shipped("resources") / "icons" / f"{name}.svg"
    drawing = file.read_text("utf-8").replace("currentColor", _now.colours[colour])
    picture = QPixmap(QSize(pixels, pixels) * 2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    picture.setDevicePixelRatio(2)
    return picture


def button_icon(name: str, colour: str = "ink") -> QIcon:
    return QIcon(icon(name, colour))


def icon_names() -> list[str]:
    return sorted(file.stem for file in Path(shipped("resources") / "icons").glob("*.svg"))
