"""Asks where a file is to lie: first in her documents, then where the last one went."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


@dataclass
class _Last:
    """The folder of the last file of this run."""

    folder: str = ""


_last = _Last()


def ask_path(parent: QWidget, title: str, name: str) -> str:
    """Ask where a file of that name is to lie; empty when nowhere."""
    folder = _last.folder or _documents()
    kinds = f"*.{name.rpartition('.')[2]}"
    told = QFileDialog.getSaveFileName(parent, title, str(Path(folder) / name), kinds)[0]
    if told:
        _last.folder = str(Path(told).parent)
    return told


def _documents() -> str:
    """Her documents, or her home where she has none: never the folder the program lies in."""
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    found = QStandardPaths.writableLocation(documents)
    return found if Path(found).is_dir() else str(Path.home())
