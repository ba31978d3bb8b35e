"""Where the question for a file's place begins."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from ui.widgets import save_as


def test_it_begins_in_her_documents_then_where_the_last_file_went(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    answers = [str(tmp_path / "mine.csv"), "", str(tmp_path / "again.csv")]

    def answer(_parent: QWidget, _title: str, path: str, kinds: str) -> tuple[str, str]:
        offered.append(path)
        return answers[len(offered) - 1], kinds

    # The system's own dialog cannot be driven from here.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    monkeypatch.setattr(save_as, "_last", save_as._Last())
    (tmp_path / "Documents").mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Documents"))
    parent = QWidget()
    told = [save_as.ask_path(parent, "Export", "list.csv") for _ in answers]
    assert told == answers
    documents = tmp_path / "Documents"
    assert [Path(one) for one in offered] == [
        documents / "list.csv", tmp_path / "list.csv", tmp_path / "list.csv",
    ]  # fmt: skip


def test_it_begins_at_home_where_there_are_no_documents(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def declined(_parent: QWidget, _title: str, path: str, kinds: str) -> tuple[str, str]:
        offered.append(path)
        return "", kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", declined)
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path / "nowhere"))
    monkeypatch.setattr(save_as, "_last", save_as._Last())
    assert save_as.ask_path(QWidget(), "Export", "list.csv") == ""
    assert offered == [str(Path.home() / "list.csv")]
