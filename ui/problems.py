"""Errors shown to people, and crashes written down and shown once. The log names nobody."""

import logging
import re
import sys
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from ui.words import said, sentence, tr

log = logging.getLogger("lumi_desk.ui")

_LOG_BYTES = 1_000_000
_LOG_FILES = 3
# The messages of these come from the program's own text; any other may quote a person.
_TELLING = (AttributeError, TypeError, NameError, ImportError, NotImplementedError)
_PERSONAL = re.compile(r"\d{7,}|[\u3400-\u9fff\uf900-\ufaff]+")


class Problems(QObject):
    """Shows LumiErrors in words and catches everything else, with one dialog at a time."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.host: QWidget | None = None
        self.say: Callable[[str], bool] | None = None
        self._dialog: QMessageBox | None = None
        self._log_to(folder)

    def install(self) -> None:
        """Become the one excepthook."""
        sys.excepthook = self.crashed

    def show(self, problem: LumiError) -> None:
        """Say what happened and what to do, where the window says such things, else in a box."""
        log.warning("shown: %s", problem.code)
        if self.say is None or not self.say(sentence(problem)):
            self.tell(*said(problem))

    def tell(self, title: str, advice: str, then: Callable[[], object] | None = None) -> None:
        """Say something in a box, and go on when it is closed."""
        self._box(QMessageBox.Icon.Warning, title, advice, then)

    def crashed(
        self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        """Write a bug down under a number, and show the number once."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(problem, LumiError):
            self.show(problem)
            return
        # Six: the log masks what may be a telephone number.
        number = new_id()[-6:]
        log.error("crash %s\n%s", number, told(problem, trace))
        self._box(
            QMessageBox.Icon.Critical,
            tr("The program made a mistake"),
            tr(
                "It was written down as {number}. What was saved is safe. If this comes again, "
                "tell your hub keeper the number.",
                number=number,
            ),
        )

    def _box(
        self,
        icon: QMessageBox.Icon,
        title: str,
        advice: str,
        then: Callable[[], object] | None = None,
    ) -> None:
        if self._dialog is not None or QApplication.instance() is None:
            return
        dialog = QMessageBox(icon, "Lumi Desk", title, parent=self.host)
        dialog.setInformativeText(advice)
        dialog.finished.connect(self._closed)
        if then is not None:
            dialog.finished.connect(lambda _: then())
        self._dialog = dialog
        # Not exec(): a second event loop inside a failing slot invites a second failure.
        dialog.open()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _log_to(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        root = logging.getLogger("lumi_desk")
        self._handler = RotatingFileHandler(
            folder / "desk.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
        )
        self._handler.setFormatter(Nameless("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)

    def close(self) -> None:
        """Let go of the log and of the excepthook."""
        logging.getLogger("lumi_desk").removeHandler(self._handler)
        self._handler.close()
        if sys.excepthook == self.crashed:
            sys.excepthook = sys.__excepthook__


class Nameless(logging.Formatter):
    """Writes records without what could be a person: Chinese words and long runs of digits."""

    def format(self, record: logging.LogRecord) -> str:
        # exc_info would be formatted with messages; `told` is the only way a trace gets here.
        record.exc_info = record.exc_text = None
        return _PERSONAL.sub("…", super().format(record))


def told(problem: BaseException, trace: TracebackType | None) -> str:
    """The trace of a crash and of what caused it; messages only where they are the program's."""
    lines = traceback.format_tb(trace)
    message = f": {problem}" if isinstance(problem, _TELLING) else ""
    own = f"{''.join(lines)}{type(problem).__module__}.{type(problem).__qualname__}{message}"
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return f"{told(cause, cause.__traceback__)}\nand then\n{own}" if cause is not None else own
