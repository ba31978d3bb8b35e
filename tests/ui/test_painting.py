"""Painted texts that leave out what does not fit."""

import pytest
from PySide6.QtGui import QFont, QFontMetrics

from ui.widgets.painting import whole_clauses


@pytest.mark.usefixtures("qapp")
def test_a_clause_is_shown_whole_or_not_at_all() -> None:
    font, text = QFont(), "卡余额约 12 天用完；上次 10:00 接通；已预约"
    metrics = QFontMetrics(font)
    shown = [
        whole_clauses(text, "；", font, metrics.horizontalAdvance(text[:end]))
        for end in (len(text), len(text) - 1, 13, 2)
    ]
    two, one = "卡余额约 12 天用完；上次 10:00 接通", "卡余额约 12 天用完"
    assert shown == [text, two, one, one]
