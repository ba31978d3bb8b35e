"""Lanes keep their order and their threads; answers reach the main thread and living owners."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.sync.tables import DeskMeta
from ui import words
from ui.background import Background
from ui.lane import SyncNews


class Refused(LumiError):
    title = "Refused"


@pytest.fixture
def background(qtbot: QtBot, desk: Desk) -> Iterator[Background]:
    lanes = Background()
    lanes.attach(desk)
    yield lanes
    lanes.close()


def test_writes_keep_their_order(background: Background, qtbot: QtBot) -> None:
    done: list[int] = []

    for number in range(100):
        background.write(_numbered(number), done.append)
    qtbot.waitUntil(lambda: len(done) == 100)

    kept: list[list[str]] = []
    background.read(_remembered, kept.append)
    qtbot.waitUntil(lambda: bool(kept))
    assert done == list(range(100))
    assert kept[0] == [f"{number:03}" for number in range(100)]


def test_a_write_that_fails_keeps_nothing_and_lets_the_next_through(
    background: Background, qtbot: QtBot
) -> None:
    def fail(session: Session) -> None:
        _remember(1)(session)
        session.flush()
        raise Refused

    said: list[LumiError] = []
    kept: list[list[str]] = []
    background.write(fail, failed=said.append)
    background.write(_remember(2))
    background.write(_remembered, kept.append)
    qtbot.waitUntil(lambda: bool(kept))

    assert [type(problem) for problem in said] == [Refused]
    assert kept[0] == ["002"]


def test_work_runs_in_lanes_and_answers_on_the_main_thread(
    background: Background, qtbot: QtBot
) -> None:
    where: dict[str, tuple[str, str]] = {}

    def here(lane: str) -> Callable[[str], None]:
        def answer(worked_in: str) -> None:
            where[lane] = (worked_in, threading.current_thread().name)

        return answer

    background.read(lambda _: threading.current_thread().name, here("read"))
    background.write(lambda _: threading.current_thread().name, here("write"))
    background.outside(lambda: threading.current_thread().name, here("outside"))
    qtbot.waitUntil(lambda: len(where) == 3)

    main = threading.main_thread().name
    assert where == {lane: (lane, main) for lane in ("read", "write", "outside")}


def test_the_latest_read_wins_and_a_long_one_is_interrupted(
    background: Background, qtbot: QtBot
) -> None:
    begun = threading.Event()
    answers: list[str] = []
    endless = text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )

    def count_for_ever(session: Session) -> str:
        begun.set()
        session.execute(endless)
        return "never"

    background.read(count_for_ever, answers.append, key="list")
    begun.wait(5)
    time.sleep(0.05)
    background.read(lambda _: "skipped", answers.append, key="list")
    background.read(lambda _: "newest", answers.append, key="list")
    background.read(lambda _: "other", answers.append, key="header")
    qtbot.waitUntil(lambda: "other" in answers, timeout=5_000)

    assert answers == ["newest", "other"]


def test_reads_with_the_same_key_but_other_owners_both_arrive(
    background: Background, qtbot: QtBot
) -> None:
    left, right = QObject(background), QObject(background)
    answers: list[str] = []

    background.owned_by(left).read(lambda _: "left", answers.append, key="list")
    background.owned_by(right).read(lambda _: "right", answers.append, key="list")

    qtbot.waitUntil(lambda: answers == ["left", "right"])


def test_an_answer_for_a_dead_owner_is_dropped(background: Background, qtbot: QtBot) -> None:
    gate = threading.Event()
    answers: list[object] = []
    widget = QWidget()
    background.owned_by(widget).read(lambda _: gate.wait(5), answers.append)
    background.owned_by(widget).on_change(["desk_meta"], lambda: answers.append(False))
    widget.deleteLater()
    qtbot.waitUntil(lambda: _is_gone(widget))
    gate.set()
    background.write(_remember(1))

    kept: list[list[str]] = []
    background.write(_remembered, kept.append)
    background.read(_remembered, kept.append)
    qtbot.waitUntil(lambda: len(kept) == 2)

    assert answers == []


def test_a_failed_write_is_told_even_when_its_form_is_gone(
    background: Background, qtbot: QtBot
) -> None:
    def fail(_: Session) -> None:
        raise Refused

    widget = QWidget()
    beside: list[LumiError] = []
    told: list[LumiError] = []
    background.failed.connect(told.append)
    background.owned_by(widget).write(fail, failed=beside.append)
    widget.deleteLater()
    qtbot.waitUntil(lambda: bool(told))

    assert beside == []
    assert isinstance(told[0], Refused)


def test_an_error_of_the_world_goes_to_failed_and_a_bug_to_the_excepthook(
    background: Background, qtbot: QtBot
) -> None:
    def refuse() -> None:
        raise Refused

    def stumble(_: Session) -> None:
        raise ZeroDivisionError

    told: list[object] = []
    background.failed.connect(told.append)
    background.outside(refuse)
    with qtbot.capture_exceptions() as caught:
        background.read(stumble, told.append)
        qtbot.waitUntil(lambda: bool(caught) and bool(told))

    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    assert [type(each) for each in told] == [Refused]


def test_changes_are_announced_after_the_commit_to_whom_they_concern(
    background: Background, qtbot: QtBot
) -> None:
    told: list[str] = []
    background.on_change(["desk_meta", "person"], lambda: told.append("meta"))
    background.on_change(["customer"], lambda: told.append("customer"))
    forget = background.on_change(["desk_meta"], lambda: told.append("forgotten"))
    forget()

    background.write(_remember(1), lambda _: told.append("done"))
    qtbot.waitUntil(lambda: {"done", "meta"} <= set(told))

    # The first round may write these tables too: then it is told twice.
    assert told.count("done") == 1
    assert set(told) == {"done", "meta"}


def test_a_switched_language_is_told_to_the_living_only(
    background: Background, qtbot: QtBot
) -> None:
    told: list[str] = []
    alive, dead = QWidget(), QWidget()
    qtbot.addWidget(alive)
    background.owned_by(alive).on_words(lambda: told.append("alive"))
    background.owned_by(dead).on_words(lambda: told.append("dead"))
    dead.deleteLater()
    qtbot.waitUntil(lambda: _is_gone(dead))

    words.switch(words.language())

    assert told == ["alive"]


def test_anyone_may_post_to_the_main_thread(background: Background, qtbot: QtBot) -> None:
    heard: list[str] = []
    strange = threading.Thread(
        target=background.post,
        args=[lambda: heard.append(threading.current_thread().name)],
    )
    strange.start()
    strange.join()
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [threading.main_thread().name]


def test_a_blocked_call_outside_holds_nobody_up(background: Background, qtbot: QtBot) -> None:
    gate = threading.Event()
    answers: list[object] = []
    background.outside(lambda: gate.wait(5), answers.append)
    background.write(_remember(1), lambda _: answers.append("write"))
    background.read(_remembered, lambda _: answers.append("read"))
    qtbot.waitUntil(lambda: len(answers) == 2)
    gate.set()

    assert set(answers) == {"read", "write"}


def test_whoever_signs_in_next_neither_waits_for_a_call_outside_nor_hears_of_it(
    background: Background, qtbot: QtBot
) -> None:
    gate, over = threading.Event(), threading.Event()
    told: list[object] = []

    def refuse() -> None:
        gate.wait(5)
        over.set()
        raise Refused

    background.failed.connect(told.append)
    background.outside(refuse)
    background.detach()
    background.outside(lambda: "keyring", told.append)
    qtbot.waitUntil(lambda: told == ["keyring"])
    gate.set()
    assert over.wait(5)
    background.outside(lambda: "hub", told.append)
    qtbot.waitUntil(lambda: "hub" in told)
    qtbot.wait(50)

    assert told == ["keyring", "hub"]


def test_sync_tells_what_becomes_of_it_and_disturbs_nobody(
    background: Background, qtbot: QtBot
) -> None:
    news: list[SyncNews] = []
    told: list[object] = []
    background.failed.connect(told.append)
    background.on_sync(news.append)
    qtbot.waitUntil(lambda: not news[-1].running)
    background.sync_now()
    background.sync_now()
    background.sync_now()
    qtbot.waitUntil(lambda: [each.running for each in news].count(True) >= 2)
    qtbot.waitUntil(lambda: not news[-1].running)

    assert told == []


def test_two_hundred_screens_opened_and_closed_with_work_in_flight(
    background: Background, qtbot: QtBot
) -> None:
    wrong: list[str] = []

    class Screen(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.lane = background.owned_by(self)
            self.lane.on_change(["desk_meta"], self.refresh)
            self.refresh()

        def refresh(self) -> None:
            self.lane.read(_remembered, self.draw, key="rows")

        def draw(self, rows: list[str]) -> None:
            if threading.current_thread() is not threading.main_thread():
                wrong.append(threading.current_thread().name)
            self.setWindowTitle(" ".join(rows))

    for number in range(200):
        screen = Screen()
        background.write(_remember(number))
        screen.show()
        qtbot.wait(1)
        screen.deleteLater()
        del screen
    done: list[object] = []
    background.write(_remembered, done.append)
    background.read(_remembered, done.append)
    qtbot.waitUntil(lambda: len(done) == 2, timeout=20_000)

    assert wrong == []


def test_dropped_widgets_die_on_the_main_thread_under_a_busy_worker(
    background: Background, qtbot: QtBot
) -> None:
    graves: list[str] = []
    stop = threading.Event()

    def allocate(_: Session) -> None:
        while not stop.wait(0.0005):
            for _number in range(2_000):
                cell: list[object] = []
                cell.append([cell, {}])

    background.read(allocate, lambda _: None)
    for _ in range(200):
        _drop_a_knot_with_a_widget(graves)
        qtbot.wait(1)
    stop.set()
    qtbot.waitUntil(lambda: len(graves) > 150, timeout=10_000)

    assert set(graves) == {threading.main_thread().name}


def test_a_widget_held_only_by_its_job_dies_on_the_main_thread(
    background: Background, qtbot: QtBot
) -> None:
    graves: list[str] = []

    class Answering(QWidget):
        def take(self, _: object) -> None: ...

    for _ in range(100):
        widget = Answering()
        weakref.finalize(widget, _bury, graves)
        background.read(_remembered, widget.take)
        del widget
    qtbot.waitUntil(lambda: len(graves) == 100, timeout=10_000)

    assert set(graves) == {threading.main_thread().name}


def test_closing_gives_the_collector_back(qtbot: QtBot) -> None:
    lanes = Background()
    lanes.garbage.settle()
    frozen = gc.get_freeze_count()
    off = not gc.isenabled()
    lanes.close()

    assert off
    assert frozen > 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_closing_finishes_the_writes_first(qtbot: QtBot, desk: Desk) -> None:
    lanes = Background()
    lanes.attach(desk)
    for number in range(50):
        lanes.write(_remember(number))
    lanes.close()

    with desk.store.read() as session:
        assert len(_remembered(session)) == 50


def _drop_a_knot_with_a_widget(graves: list[str]) -> None:
    widget = QWidget()
    knot: list[object] = [widget]
    knot.append(knot)
    weakref.finalize(widget, _bury, graves)


def _bury(graves: list[str]) -> None:
    graves.append(threading.current_thread().name)


def _is_gone(widget: QWidget) -> bool:
    try:
        widget.objectName()
    except RuntimeError:
        return True
    return False


def _remember(number: int) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        session.add(DeskMeta(name=f"test {number:03}", value=f"{number:03}"))

    return work


def _numbered(number: int) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        _remember(number)(session)
        return number

    return work


def _remembered(session: Session) -> list[str]:
    found = select(DeskMeta.value).where(DeskMeta.name.like("test %")).order_by(DeskMeta.name)
    return list(session.scalars(found))
