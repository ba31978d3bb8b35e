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
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = _last.folder or QStandardPaths.writableLocation(documents)
    kinds = f"*.{name.rpartition('.')[2]}"
    told = QFileDialog.getSaveFileName(parent, title, str(Path(folder) / name), kinds)[0]
    if told:
        _last.folder = str(Path(told).parent)
    return told
