"""The palettes keep their contrast, the style sheet is whole, type never gets too small."""

import re

import pytest
from PySide6.QtWidgets import QApplication

from ui import theme

SOFT = ("good", "warn", "bad", "info", "violet", "brand", "quiet")
GROUNDS = ("card", "page", "field", "hover", "brand_soft")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_text_keeps_its_contrast(scheme: theme.Scheme) -> None:
    colours = theme.palettes()[scheme]
    least = 7.0 if scheme is theme.Scheme.CONTRAST else 4.5
    pairs = [(text, ground) for text in ("ink", "quiet", "brand") for ground in GROUNDS]
    pairs += [(tone, f"{tone}_soft") for tone in SOFT]
    pairs += [(tone, "card") for tone in SOFT] + [
        ("on_brand", "brand"),
        ("on_brand", "brand_hover"),
    ]
    pairs += [("ink", f"{tone}_soft") for tone in SOFT]
    low = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in pairs
        if contrast(colours[text], colours[ground]) < least
    }
    assert low == {}


@pytest.mark.parametrize("scheme", list(theme.Scheme))
def test_the_focus_ring_and_the_bars_stand_out(scheme: theme.Scheme) -> None:
    colours = theme.palettes()[scheme]
    for ground in ("card", "page", "field"):
        assert contrast(colours["focus"], colours[ground]) >= 3
    assert contrast(colours["tick"], colours["bar_track"]) >= 3


def test_all_schemes_have_the_same_tokens() -> None:
    names = {scheme: set(tokens) for scheme, tokens in theme.palettes().items()}
    assert set(names) == {scheme.value for scheme in theme.Scheme}
    assert names["light"] == names["dark"] == names["contrast"]


@pytest.mark.parametrize("zoom", [80, 100, 150, 200])
def test_the_style_sheet_is_filled_in_and_never_below_13_px(qapp: QApplication, zoom: int) -> None:
    theme.apply(qapp, "light", zoom)
    sheet = re.sub(r"/\*.*?\*/", "", theme.style_sheet(theme.current()), flags=re.DOTALL)
    assert "@" not in sheet
    assert not re.search(r"\ddp", sheet)
    sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", sheet)]
    assert sizes
    assert min(sizes) >= 13
    theme.apply(qapp, "light", 100)


def test_zoom_is_held_between_its_ends(qapp: QApplication) -> None:
    theme.apply(qapp, "light", 20)
    assert theme.current().zoom == 80
    theme.apply(qapp, "light", 900)
    assert theme.current().zoom == 200
    theme.apply(qapp, "light", 100)


def test_every_icon_can_be_drawn(qapp: QApplication) -> None:
    assert theme.icon_names()
    for name in theme.icon_names():
        picture = theme.icon(name).toImage()
        inked = any(
            picture.pixelColor(x, y).alpha() > 0
            for x in range(picture.width())
            for y in range(picture.height())
        )
        assert inked, name
