"""Every screen in every state as pictures: python -m ui.gallery --out FOLDER."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui import theme, words
from ui.assigning.view import AssigningView
from ui.board.view import BoardView
from ui.customers.centre_view import CentreView
from ui.customers.view import CustomersView
from ui.figures.view import FiguresView
from ui.gallery_assigning import assigning
from ui.gallery_board import board
from ui.gallery_centre import centre
from ui.gallery_customers import customers
from ui.gallery_figures import figures
from ui.gallery_imports import imports
from ui.gallery_parts import NOW
from ui.gallery_review import review
from ui.gallery_rules import rules
from ui.gallery_screens import workspace
from ui.gallery_titles import titles
from ui.gallery_work import panel, panels, parked
from ui.imports.view import ImportsView
from ui.parked.view import ParkedView
from ui.review.view import ReviewView
from ui.rules.view import RulesView
from ui.titles.view import TitlesView
from ui.workspace.view import WorkspaceView

FLOOR = (1366, 768)
LANGUAGES = ("zh_CN", "en")
ZOOMS = (100, 150)


@dataclass(frozen=True)
class Picture:
    """One screen in one state, to be made when it is asked for."""

    name: str
    make: Callable[[], QWidget]


def pictures(language: str) -> Iterator[Picture]:
    """Yield every screen that this gallery knows, in a language."""
    for name, screen in workspace(language).items():

        def desk(screen: object = screen, *, asks_why: bool = name == "why") -> QWidget:
            view = WorkspaceView(now=lambda: NOW)
            view.draw(screen)  # type: ignore[arg-type]  # Bound early; the loop goes on.
            if asks_why:
                view.person.toggle_whys()
            return view

        yield Picture(name, desk)
    yield from _drawn(board(language), BoardView)
    yield from _drawn(parked(language), ParkedView)
    yield from _drawn(customers(language), lambda: CustomersView(now=lambda: NOW))
    yield from _drawn(centre(language), lambda: CentreView(now=lambda: NOW))
    yield from _drawn(rules(language), RulesView)
    yield from _drawn(review(language), ReviewView)
    yield from _drawn(assigning(language), AssigningView)
    yield from _drawn(titles(language), TitlesView)
    yield from _drawn(figures(language), FiguresView)
    yield from _drawn(imports(language), ImportsView)
    for name, behind in panels(language).items():

        def hanging(behind: object = behind) -> QWidget:
            return panel(behind)  # type: ignore[arg-type]  # Bound early; the loop goes on.

        yield Picture(name, hanging)


def _drawn(screens: Mapping[str, object], make: Callable[[], Any]) -> Iterator[Picture]:
    """One kind of view in every state."""
    for name, screen in screens.items():

        def drawn(screen: object = screen) -> QWidget:
            view: QWidget = make()
            view.draw(screen)  # type: ignore[attr-defined]  # Every view draws its screen.
            return view

        yield Picture(name, drawn)


def main(arguments: list[str] | None = None) -> int:
    """Render what the options choose; by default everything. Returns 0."""
    options = _options().parse_args(arguments)
    if not os.environ.get("DISPLAY") and sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for language in options.lang or LANGUAGES:
        words.switch(words.Language(language))
        for scheme in options.scheme or ("light", "dark"):
            for zoom in options.zoom or ZOOMS:
                theme.apply(app, scheme, zoom)
                _render(app, options.out, language, f"{scheme}-{zoom}", options.only)
    return 0


def _render(app: QApplication, out: Path, language: str, look: str, only: list[str] | None) -> None:
    for picture in pictures(language):
        if only and picture.name not in only:
            continue
        view = picture.make()
        view.resize(*FLOOR)
        view.show()
        view.setFocus()
        settle(app)
        view.grab().save(str(out / f"{picture.name}-{language}-{look}.png"))
        view.close()
        view.deleteLater()
        settle(app)


def settle(app: QApplication) -> None:
    """Let layouts come to rest, wrapping texts need a second round; then drop closed windows."""
    for _ in range(4):
        app.processEvents()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ui.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    parser.add_argument("--lang", action="append", choices=LANGUAGES)
    parser.add_argument("--scheme", action="append", choices=[one.value for one in theme.Scheme])
    parser.add_argument("--zoom", action="append", type=int, metavar="PERCENT")
    parser.add_argument("--only", action="append", metavar="NAME", help="a screen, such as in-call")
    return parser


if __name__ == "__main__":
    sys.exit(main())
