"""Start-up: everything is made here, in reading order, and put away at the end."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QLockFile, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from lumi_desk import clock, paths, settings
from lumi_desk.desk import Account, Desk
from lumi_desk.settings import Settings
from ui import smoke, theme, words
from ui.account import Look
from ui.background import Background
from ui.problems import Problems
from ui.sign_in import invited
from ui.sign_in.entrance import Entrance
from ui.sign_in.invited import Invitation
from ui.sign_in.presenter import SignInPresenter
from ui.sign_in.view import SignInView
from ui.theme import Scheme
from ui.window import Window
from ui.words import N_, Language, said, tr

Drive = Callable[["Program"], object]

_LOCK = "desk.lock"


def main(arguments: Sequence[str] | None = None, drive: Drive | None = None) -> int:
    """Run the desk until its window is closed. Returns the exit code.

    `drive` is called once the window is open: a tour works the desk from there.
    """
    told = _arguments(arguments)
    app = QApplication(sys.argv[:1])
    root = told.folder or paths.data_folder()
    root.mkdir(parents=True, exist_ok=True)
    wanted = _settings(root, told)
    words.switch(Language(wanted.language))
    theme.apply(app, wanted.scheme, wanted.zoom)
    problems = Problems(root / "logs")
    problems.install()
    lock = QLockFile(str(root / _LOCK))
    if not lock.tryLock(0):
        problems.tell(tr(_TAKEN), tr(_TAKEN_ADVICE), then=app.quit)
        return app.exec()
    invitation = invited.load(told.demo) if told.demo else Invitation()
    now = clock.ahead(timedelta(seconds=invitation.ahead_seconds))
    program = Program(app, Entrance(root, now), wanted, invitation, problems)
    program.start()
    if drive is None:
        program.window.fit(app.primaryScreen().availableSize())
    if told.smoke is not None:
        smoke.watch(program.window, told.smoke, invited=bool(invitation.people))
    if drive is not None:
        QTimer.singleShot(0, lambda: drive(program))
    code = app.exec()
    program.close()
    lock.unlock()
    return code


_TAKEN = N_("Lumi Desk is already open")
_TAKEN_ADVICE = N_("Its data can be used by one window at a time. Look for it on your task bar.")


class Program(QObject):
    """Goes from the door to the desk and back, and keeps what this machine was told."""

    def __init__(
        self,
        app: QApplication,
        entrance: Entrance,
        wanted: Settings,
        invitation: Invitation,
        problems: Problems,
    ) -> None:
        super().__init__(app)
        self._app, self._entrance, self._settings = app, entrance, wanted
        self._invitation, self._problems = invitation, problems
        self._desk: Desk | None = None
        self._door: SignInPresenter | None = None
        self._qt_words = QtWords(app)
        self.background = Background(self)
        self.background.failed.connect(problems.show)
        self.look = Look(self)
        self.look.changed.connect(self._keep_look)
        self.window = Window(self.background, entrance.now, self.look)
        self.window.sign_out_wanted.connect(self.sign_out)
        self.window.sign_in_wanted.connect(self.sign_out)
        problems.host, problems.say = self.window, self.window.say

    def start(self) -> None:
        """Show the window with the door in it, or the desk of who stayed."""
        self._sign_in()
        self.window.show()
        self.background.garbage.settle()

    def sign_out(self) -> None:
        """Leave the desk; what waits stays here and leaves after the next sign-in."""
        self._keep(replace(self._settings, stay=False))
        self._leave()
        self._sign_in()

    def close(self) -> None:
        """Finish the writes, end the threads, close the data."""
        self.background.close()
        if self._desk is not None:
            self._desk.close()
        self._problems.close()

    def _sign_in(self) -> None:
        view = SignInView()
        presenter = SignInPresenter(
            self.background.owned_by(view),
            view.draw,
            self._entrance,
            self._opened,
            self._settings,
            self._invitation,
        )
        view.submitted.connect(presenter.submit)
        view.other_wanted.connect(presenter.other)
        view.invited.connect(presenter.invite)
        self._door = presenter
        self.window.show_sign_in(view)
        presenter.begin()

    def _opened(self, desk: Desk, account: Account) -> None:
        self._desk, self._door = desk, None
        here = replace(self._settings, hub=account.address, login=account.login, stay=True)
        self._keep(here)
        self.background.attach(desk)
        self.window.show_desk(desk)
        if desk.notice is not None:
            self._problems.tell(*said(desk.notice))

    def _leave(self) -> None:
        self.background.detach()
        if self._desk is not None:
            self._desk.close()
        self._desk = None

    def _keep_look(self) -> None:
        look = theme.current()
        language = words.language().value
        self._keep(
            replace(self._settings, language=language, zoom=look.zoom, scheme=look.scheme.value)
        )

    def _keep(self, wanted: Settings) -> None:
        self._settings = wanted
        settings.save(self._entrance.root, wanted)


class QtWords(QObject):
    """Qt's own texts (menus of text fields, dialog buttons) in the language in use."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._translator: QTranslator | None = None
        words.on_switch(self._load)
        self._load()

    def _load(self) -> None:
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
        locale = QLocale(words.language().value)
        QLocale.setDefault(locale)
        translator = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(locale, "qtbase", "_", folder):
            self._app.installTranslator(translator)
        self._translator = translator


@dataclass(frozen=True)
class _Told:
    """The command line."""

    folder: Path | None
    hub: str
    demo: Path | None
    lang: str
    zoom: int
    scheme: str
    smoke: Path | None


def _arguments(arguments: Sequence[str] | None) -> _Told:
    parser = argparse.ArgumentParser(prog="python -m ui", description="The desk of a rep.")
    parser.add_argument("--folder", type=Path, help="where data and settings lie")
    parser.add_argument("--hub", default="", help="the hub's address, shown at sign-in")
    parser.add_argument("--demo", type=Path, help="a file with the people of an invented company")
    parser.add_argument("--lang", default="", choices=[each.value for each in Language])
    parser.add_argument("--zoom", type=int, default=0, help="80 to 200 percent")
    parser.add_argument("--scheme", default="", choices=[each.value for each in Scheme])
    parser.add_argument("--smoke", type=Path, help=argparse.SUPPRESS)
    return _Told(**vars(parser.parse_args(arguments)))


def _settings(root: Path, told: _Told) -> Settings:
    """What this machine was told before, and now by the command line."""
    known = settings.load(root)
    if known.language not in {each.value for each in Language}:
        known = replace(known, language=Settings.language)
    if known.scheme not in set(Scheme):
        known = replace(known, scheme=Settings.scheme)
    return replace(
        known,
        hub=told.hub or known.hub,
        language=told.lang or known.language,
        zoom=told.zoom or known.zoom,
        scheme=told.scheme or known.scheme,
    )
