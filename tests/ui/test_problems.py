"""Problems are said once, in words; crashes get a number; the log names nobody."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lumi_desk.storage.engines import DiskFull
from lumi_desk.storage.store import Store
from ui import words
from ui.problems import Problems, told
from ui.words import Language


@pytest.fixture
def problems(qtbot: QtBot, tmp_path: Path) -> Iterator[Problems]:
    before = words.language()
    words.switch(Language.ENGLISH)
    hook = sys.excepthook
    shown = Problems(tmp_path / "logs")
    yield shown
    for box in _boxes():
        box.close()
    shown.close()
    sys.excepthook = hook
    words.switch(before)


def test_a_problem_of_the_world_is_said_where_the_window_says_such_things(
    problems: Problems,
) -> None:
    said: list[str] = []

    def say(words: str) -> bool:
        said.append(words)
        return True

    problems.say = say
    problems.show(DiskFull())

    assert said == ["The disk is full. This was not saved. Make room on the disk, then save again."]
    assert _boxes() == []


def test_before_there_is_a_window_it_is_said_in_a_box(problems: Problems) -> None:
    problems.say = lambda _: False

    problems.show(DiskFull())

    [box] = _boxes()
    assert box.text() == "The disk is full"


def test_a_crash_gets_a_number_in_the_log_and_one_dialog(
    problems: Problems, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but digits, as it may happen: it must not be taken for a telephone's.
    monkeypatch.setattr("ui.problems.new_id", lambda: "01a226bb-1e0c-71f7-bb6d-305134190524")
    for _ in range(3):
        _crash(problems, AttributeError("no attribute “x”"))

    [box] = _boxes()
    log = (tmp_path / "logs" / "desk.log").read_text("utf-8")
    number = box.informativeText().split(" as ")[1].split(".")[0]
    assert f"crash {number}" in log
    assert log.count("crash ") == 3
    assert "AttributeError: no attribute" in log


@pytest.mark.parametrize(
    "problem",
    [
        KeyError("周文静"),
        KeyError("13812345678"),
        ValueError("wenjing_z 13812345678"),
        AttributeError("周文静 has no 13812345678"),
    ],
)
def test_the_log_names_nobody(problems: Problems, tmp_path: Path, problem: Exception) -> None:
    _crash(problems, problem)

    log = (tmp_path / "logs" / "desk.log").read_text("utf-8")
    assert type(problem).__name__ in log
    for personal in ("周文静", "13812345678", "wenjing_z"):
        assert personal not in log


def test_a_failing_query_leaves_no_values_in_the_log(
    problems: Problems, tmp_path: Path, desk_store: Store
) -> None:
    with pytest.raises(DatabaseError) as caught, desk_store.read() as session:
        session.execute(text("SELECT wrong FROM customer WHERE phone = :p"), {"p": "13812345678"})
    problems.crashed(caught.type, caught.value, caught.value.__traceback__)

    log = (tmp_path / "logs" / "desk.log").read_text("utf-8")
    assert "OperationalError" in log
    assert "13812345678" not in log


def test_what_caused_a_crash_is_told_first() -> None:
    try:
        try:
            raise KeyError("周文静")
        except KeyError as cause:
            raise RuntimeError("later") from cause
    except RuntimeError as problem:
        whole = told(problem, problem.__traceback__)

    assert whole.index("builtins.KeyError") < whole.index("builtins.RuntimeError")


def test_it_is_the_one_excepthook_until_it_is_closed(problems: Problems) -> None:
    problems.install()
    installed = sys.excepthook
    problems.close()

    assert installed == problems.crashed
    assert sys.excepthook is sys.__excepthook__


def _crash(problems: Problems, problem: Exception) -> None:
    try:
        raise problem
    except type(problem) as caught:
        problems.crashed(type(caught), caught, caught.__traceback__)


def _boxes() -> list[QMessageBox]:
    found = (each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox))
    return [box for box in found if box.isVisible()]
