"""The menu behind the name: who sits here, language, look, and the way out."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from lumi_desk.desk import Me
from ui import theme
from ui.sign_in.presenter import role
from ui.theme import Scheme
from ui.words import N_, Language, language, switch, tr

STEP = 10
_SCHEMES = {
    Scheme.LIGHT: N_("Light"),
    Scheme.DARK: N_("Dark"),
    Scheme.CONTRAST: N_("High contrast"),
}
LANGUAGES = {Language.CHINESE: "中文", Language.ENGLISH: "English"}


class Look(QObject):
    """Language, colours and size of everything; `changed` when one is new."""

    changed = Signal()

    def speak(self, to: Language) -> None:
        switch(to)
        self.changed.emit()

    def dress(self, scheme: Scheme) -> None:
        self._apply(scheme, theme.current().zoom)

    def zoom(self, by: int) -> None:
        """Larger or smaller by so many percent; 0 goes back to 100."""
        now = theme.current()
        self._apply(now.scheme, now.zoom + by if by else 100)

    def _apply(self, scheme: Scheme, zoom: int) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, scheme, zoom)
            self.changed.emit()


def account_menu(parent: QWidget, me: Me, look: Look, sign_out: Callable[[], object]) -> QMenu:
    """The menu, in the language in use."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    who = menu.addAction(f"{me.name} · {role(me.role)}")
    who.setEnabled(False)
    menu.addSeparator()
    for each, name in LANGUAGES.items():
        _choice(menu, name, partial(look.speak, each), chosen=each is language())
    menu.addSeparator()
    for scheme, title in _SCHEMES.items():
        chosen = theme.current().scheme is scheme
        _choice(menu, tr(title), partial(look.dress, scheme), chosen=chosen)
    menu.addSeparator()
    menu.addAction(tr("Larger type")).triggered.connect(lambda: look.zoom(STEP))
    menu.addAction(tr("Smaller type")).triggered.connect(lambda: look.zoom(-STEP))
    menu.addSeparator()
    menu.addAction(tr("Sign out")).triggered.connect(lambda _=False: sign_out())
    return menu


def _choice(menu: QMenu, text: str, choose: Callable[[], object], *, chosen: bool) -> None:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.setChecked(chosen)
    action.triggered.connect(lambda _=False: choose())
