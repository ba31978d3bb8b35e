"""Why she is where she is: every code has words in both languages, or is left unsaid on purpose."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from lumi_desk.because import Because, because
from lumi_desk.customers.rules import Relationship
from lumi_desk.customers.touch_plan.rules import clock
from lumi_desk.customers.why.rules import WHY_CODES
from ui import steps
from ui.gallery_parts import NOW
from ui.gallery_screens import workspace
from ui.widgets.texts import BadgeLabel, SpanLabel
from ui.words import Language, switch
from ui.workspace.saying import whys
from ui.workspace.view import WorkspaceView

POINTS = because(
    "relationship_points", relationship="steady", days=1, usual=45, own=False, recency=2, orders=1,
    within=365, often=0, often_from=4, answered=1, answered_ago=3, answered_within=60, points=3,
    close_from=4, steady_from=3, cooling_from=2,
)  # fmt: skip
GRADE = because(
    "grade_points", grade="A", days=12, within=180, order_fen=49_800, line="enzyme",
    line_fen=10_000, recharge_fen=0, points_fen=59_800, a_fen=80_000, b_fen=30_000,
)  # fmt: skip
RUN_OUT: dict[str, Any] = {
    "run_out": "2026-11-20", "units": 2, "lasts": 10, "people": 1, "line": "enzyme",
    "start_day": "2026-11-01", "remind_day": "2026-11-14",
}  # fmt: skip
VALUE: dict[str, Any] = {
    "value_fen": 90_012, "brought_fen": 240_050, "orders": 5, "months": 13, "average_fen": 48_010,
    "rhythm": 60,
}  # fmt: skip
BY_MODEL = because("value_model", **VALUE, percent=88, purchases=1.7, worth_fen=53_333)
EXAMPLES = (
    BY_MODEL,
    because("value_mean", **VALUE, group="1A", customers=400),
    because("value_last_year", **{**VALUE, "rhythm": None, "months": 0, "orders": 1}),
    because("run_out_catalogue", **RUN_OUT),
    because("run_out_line", **RUN_OUT),
    because("run_out_unknown", run_out=None, line="other"),
    because("pool_card", pool="V", opened_day="2026-01-26"),
    because("pool_bought", pool="1", days=0, within=365),
    because("pool_lapsed", pool="0", days=400, within=365),
    because("pool_nothing", pool="0"),
    GRADE,
    POINTS,
)


def test_every_code_is_said_or_left_unsaid() -> None:
    assert whys.codes() == WHY_CODES
    assert {one.code for one in EXAMPLES} == {
        code for code in WHY_CODES if whys.is_worth_saying(because(code))
    }
    assert set(whys.RELATIONSHIPS) == set(Relationship)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("why", EXAMPLES, ids=lambda why: why.code)
def test_each_has_words(language: Language, why: Because) -> None:
    switch(language)
    words = whys.said(why)
    assert words
    assert "{" not in words
    assert words.endswith((".", "。"))


def test_they_say_what_decided() -> None:
    switch(Language.ENGLISH)
    assert whys.said(GRADE) == (
        "Grade A: first order ¥498 + line ¥100 (A from ¥800, B from ¥300); new, day 12 of 180."
    )
    assert whys.said(POINTS) == (
        "Steady, 3 points: bought 1 day ago, others every 45 days +2; 1 order in 365 days +0;"
        " answered within 60 days +1 (near from 4, steady from 3, cooling from 2)."
    )


def test_a_point_she_has_not_is_not_said_as_if_she_had_it() -> None:
    switch(Language.ENGLISH)
    none = because("relationship_points", **{**dict(POINTS.params), "answered": 0, "points": 2})
    assert "nothing answered within 60 days +0" in whys.said(none)


def test_the_value_says_what_it_is_made_of() -> None:
    switch(Language.ENGLISH)
    assert whys.said(BY_MODEL) == (
        "¥2,400.50 so far (5 orders, in 13 months, ¥480.10 each, usually every 60 days)."
        " In the next 12 months ¥900: 1.7 purchases of ¥533; still a customer with 88 %."
    )


def test_the_run_out_says_what_it_is_reckoned_from() -> None:
    switch(Language.ENGLISH)
    told = "Used up on 2026-11-20: 2 × 10 days from 2026-11-01, for 1 person."
    assert whys.said(because("run_out_catalogue", **RUN_OUT)).startswith(told)
    assert whys.said(because("run_out_line", **RUN_OUT)).endswith("are those of its line.")


def test_a_key_shows_them_and_hides_them_again(qtbot: QtBot) -> None:
    switch(Language.ENGLISH)
    view = WorkspaceView(now=lambda: NOW)
    qtbot.addWidget(view)
    view.draw(workspace("en")["in-call"])
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    for shown in (True, False):
        QTest.keyClick(view, Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
        labels = view.person.findChildren(SpanLabel)
        (pool,) = (label for label in labels if label.words().startswith("Pool V"))
        assert pool.isVisible() is shown


def _running(day: int, *contacts: int) -> tuple[str, list[str]]:
    """What is said of a clock: the sentence, and each step."""
    told = clock(day, contacts, {"delivered": 3, "run_out": 60})
    return steps.clock_line(told), [badge.text for badge in steps.badges(told)]


def test_the_half_year_clock_says_in_words_how_each_step_stands() -> None:
    switch(Language.ENGLISH)
    line, said = _running(32, 4, 10)
    assert line == "Half-year clock: day 32 of 180. Missed: day 30 · phone."
    assert said == [
        "○ sent · not known yet",
        "✓ delivered · done on day 4",
        "✓ day 7 · done late, on day 10",
        "! day 30 · missed, to be made up for",
        "○ used up · next, in 28 days",
        "○ day 90 · in 58 days",
        "○ day 150 · in 118 days",
    ]
    line, said = _running(7)
    assert line.endswith("Due until day 8: day 7 · phone.")
    assert "– delivered · missed" not in said
    assert "● day 7 · due until day 8" in said
    line, said = _running(100, 95)
    assert line.endswith("Next: day 150 · phone.")
    switch(Language.CHINESE)
    assert _running(7)[0] == "半年周期：第 7 天，共 180 天。该做，到第 8 天为止：第 7 天 · 电话。"


def test_the_clock_is_shown_with_the_reasons_and_only_then(qtbot: QtBot) -> None:
    view = WorkspaceView(now=lambda: NOW)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    with qtbot.waitExposed(view):
        view.show()
    view.draw(workspace("zh_CN")["why"])

    def shown() -> list[str]:
        return [label.text() for label in view.person.findChildren(BadgeLabel) if label.isVisible()]

    assert not any("第 30 天" in text for text in shown())
    view.person.toggle_whys()
    assert any("第 30 天 · 下一步" in text for text in shown())
