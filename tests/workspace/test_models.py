"""The lists behind the rep's desk: Qt's rules kept, every line said whole."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from ui.gallery_screens import workspace
from ui.widgets.values import Badge, Tone
from ui.workspace.queue import QueueModel
from ui.workspace.screen import Channel, Happening, QueueRow
from ui.workspace.timeline import TimelineModel

SCREENS = workspace("zh_CN")


def rows(count: int) -> tuple[QueueRow, ...]:
    badge = (Badge("1 库", Tone.INFO),)
    return tuple(QueueRow(str(n), f"客户 {n}", badge, f"理由 {n}") for n in range(count))


def test_the_queue_model_keeps_qts_rules(qapp: QApplication) -> None:
    model = QueueModel()
    tester = QAbstractItemModelTester(model)
    model.show_rows(rows(20))
    model.show_rows(rows(3))
    model.show_rows(())
    assert tester.model() is model
    assert model.rowCount() == 0
    assert model.data(QModelIndex()) is None


def test_the_timeline_model_keeps_qts_rules_and_filters(qapp: QApplication) -> None:
    model = TimelineModel()
    tester = QAbstractItemModelTester(model)
    model.show_rows(SCREENS["in-call"].timeline)
    assert model.rowCount() == 6
    model.show_only(frozenset({Channel.CALL}))
    assert model.rowCount() == 2
    model.show_only(frozenset())
    assert model.rowCount() == 6
    assert tester.model() is model


def test_happenings_speak_whole_to_screen_readers(qapp: QApplication) -> None:
    model = TimelineModel()
    model.show_rows((Happening("11-12", Channel.WECHAT, SCREENS["in-call"].timeline[1].words),))
    spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "11-12 微信：问能不能和钙片一起吃"
