"""Every screen in every look: no text is cut, nothing lies on anything else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.cuts import problems
from ui import gallery, theme, words


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication) -> Iterator[None]:
    before = words.language()
    yield
    gallery.settle(qapp)
    words.switch(before)
    theme.apply(qapp, "light", 100)


LOOKS = [
    pytest.param(size, zoom, id=f"{size[0]}-{zoom}")
    for size, zoom in [
        *((gallery.FLOOR, zoom) for zoom in (80, 100, 125, 150, 200)),
        ((1920, 1080), 100),
        ((1920, 1080), 200),
    ]
]


@pytest.mark.parametrize(("size", "zoom"), LOOKS)
@pytest.mark.parametrize("language", gallery.LANGUAGES)
def test_nothing_is_cut_or_overlaps(
    qapp: QApplication, language: str, size: tuple[int, int], zoom: int
) -> None:
    words.switch(words.Language(language))
    theme.apply(qapp, "light", zoom)
    found = []
    for picture in gallery.pictures(language):
        view = picture.make()
        view.resize(*size)
        view.show()
        gallery.settle(qapp)
        found += [f"{picture.name}: {fault}" for fault in problems(view)]
        view.close()
        view.deleteLater()
        gallery.settle(qapp)
    assert found == []


@pytest.mark.parametrize("scheme", ["dark", "contrast"])
def test_other_schemes_take_no_more_room(qapp: QApplication, scheme: str) -> None:
    theme.apply(qapp, scheme, 100)
    for picture in gallery.pictures("zh_CN"):
        view = picture.make()
        view.resize(*gallery.FLOOR)
        view.show()
        gallery.settle(qapp)
        assert problems(view) == [], picture.name
        view.close()
        view.deleteLater()
        gallery.settle(qapp)


def test_zoom_and_language_change_while_a_screen_is_open(qapp: QApplication) -> None:
    words.switch(words.Language.CHINESE)
    screens = {"in-call", "wrap-up", "ready", "board"}
    for picture in (one for one in gallery.pictures("zh_CN") if one.name in screens):
        theme.apply(qapp, "light", 100)
        view = picture.make()
        view.resize(*gallery.FLOOR)
        view.show()
        gallery.settle(qapp)
        for zoom in (150, 80, 200, 100):
            theme.apply(qapp, "dark", zoom)
            words.switch(words.Language.ENGLISH if zoom == 80 else words.Language.CHINESE)
            gallery.settle(qapp)
            assert problems(view) == [], (picture.name, zoom)
        view.close()
        view.deleteLater()
        gallery.settle(qapp)


def _window(qtbot: QtBot, *parts: QWidget) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QHBoxLayout(window)
    for part in parts:
        layout.addWidget(part)
    window.show()
    return window


def test_a_cut_label_is_found(qtbot: QtBot) -> None:
    label = QLabel("话后处理要在通话结束后马上写")
    label.setFixedWidth(60)
    assert any("cut" in fault for fault in problems(_window(qtbot, label)))


def test_a_cut_button_is_found(qtbot: QtBot) -> None:
    button = QPushButton("保存并下一位")
    button.setFixedWidth(30)
    assert any("cut" in fault for fault in problems(_window(qtbot, button)))


def test_a_wrapping_label_without_height_is_found(qtbot: QtBot) -> None:
    label = QLabel("周姐，您卡里现在还有四百六十元，大概再有十二天就用完了。" * 3)
    label.setWordWrap(True)
    label.setFixedSize(120, 20)
    assert any("cut" in fault for fault in problems(_window(qtbot, label)))


def test_overlapping_parts_are_found(qtbot: QtBot) -> None:
    window = _window(qtbot, QLabel("甲"))
    intruder = QLabel("乙", window)
    intruder.setGeometry(window.rect())
    intruder.show()
    assert any("overlap" in fault for fault in problems(window))


def test_a_part_over_the_edge_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("客户", window)
    label.move(90, 10)
    label.adjustSize()
    window.setFixedSize(100, 60)
    window.show()
    assert any("outside" in fault for fault in problems(window))


def test_the_command_writes_pictures(tmp_path: Path, qapp: QApplication) -> None:
    options = ["--lang", "en", "--scheme", "contrast", "--zoom", "100", "--only", "in-call"]
    assert gallery.main(["--out", str(tmp_path), *options]) == 0
    pictures = list(tmp_path.glob("*.png"))
    assert [one.name for one in pictures] == ["in-call-en-contrast-100.png"]
    assert pictures[0].stat().st_size > 20_000
