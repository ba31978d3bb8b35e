"""Why she is where she is: the reason names what the rule says, and its numbers prove it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from lumi_desk.because import Because
from lumi_desk.customers.again.rules import AGAIN
from lumi_desk.customers.rules import (
    GRADE,
    RELATIONSHIP,
    GradeSettings,
    History,
    Line,
    PoolSettings,
    Purchase,
    RelationshipSettings,
    grade,
    pool,
    relationship,
    see,
)
from lumi_desk.customers.run_out.rules import RUN_OUT, Taken
from lumi_desk.customers.value.rules import (
    VALUE,
    Brought,
    ValueModel,
    ValueSettings,
    why_value,
)
from lumi_desk.customers.why.rules import (
    WHY_CODES,
    why_grade,
    why_pool,
    why_relationship,
    why_run_out,
)
from lumi_desk.hub import explaining
from tests.customers.drawn import grades, histories, pools, relationships
from tests.makers import NOW, TODAY


def whys(
    her: History,
    pool_settings: PoolSettings,
    grade_settings: GradeSettings,
    relationship_settings: RelationshipSettings,
) -> tuple[Because, Because, Because]:
    seen = see(her, NOW)
    return (
        why_pool(seen, pool_settings),
        why_grade(seen, grade_settings),
        why_relationship(seen, relationship_settings),
    )


@given(histories, pools, grades, relationships)
def test_a_reason_names_what_the_rule_says(
    her: History, p: PoolSettings, g: GradeSettings, r: RelationshipSettings
) -> None:
    for_pool, for_grade, for_relationship = whys(her, p, g, r)
    assert for_pool.fields["pool"] == pool(her, NOW, p)
    assert for_grade.fields["grade"] == grade(her, NOW, g)
    assert for_relationship.fields["relationship"] == relationship(her, NOW, r)


@given(histories, pools, grades, relationships)
def test_the_numbers_of_a_reason_prove_it(
    her: History, p: PoolSettings, g: GradeSettings, r: RelationshipSettings
) -> None:
    for_pool, for_grade, for_relationship = (one.fields for one in whys(her, p, g, r))
    is_bought = "days" in for_pool and int(for_pool["days"] or 0) <= int(for_pool["within"] or 0)
    proved = "V" if "opened_day" in for_pool else "1" if is_bought else "0"
    assert for_pool["pool"] == proved
    if "points_fen" in for_grade:
        points, a, b = (int(for_grade[name] or 0) for name in ("points_fen", "a_fen", "b_fen"))
        parts = [int(for_grade[f"{name}_fen"] or 0) for name in ("order", "line", "recharge")]
        assert points == sum(parts)
        assert for_grade["grade"] == ("A" if points >= a else "B" if points >= b else "C")
    if "points" in for_relationship:
        of = {name: int(value or 0) for name, value in for_relationship.items() if value != proved
              and not isinstance(value, str)}  # fmt: skip
        assert of["points"] == of["recency"] + of["often"] + of["answered"]
        assert of["often"] == (of["orders"] >= of["often_from"])
        steps = ("close", "steady", "cooling")
        reached = [one for one in steps if of["points"] >= of[f"{one}_from"]]
        assert for_relationship["relationship"] == (reached or ["at_risk"])[0]


@given(histories, pools, grades, relationships)
def test_every_reason_is_a_whole_sentence(
    her: History, p: PoolSettings, g: GradeSettings, r: RelationshipSettings
) -> None:
    for one in whys(her, p, g, r):
        words = explaining.said(one)
        assert words.endswith(".")
        assert "None" not in words
        assert "{" not in words


def test_every_code_has_words_and_happens() -> None:
    day = timedelta(days=1)
    bought = History((Purchase(NOW - 20 * day, 50_000, line=Line.ENZYME),))
    old = History((Purchase(NOW - 500 * day, 50_000),))
    card = History(card_opened_at=NOW - 3 * day)
    found = {
        one.code
        for her in (bought, old, card, History())
        for one in whys(her, PoolSettings(), GRADE, RELATIONSHIP)
    }
    known = Taken(TODAY, Line.ENZYME, 2, days_per_unit=10)
    by_line = replace(RUN_OUT, days_per_unit={Line.ENZYME: 20})
    unknown = replace(known, days_per_unit=None)
    for taken, settings in ((known, RUN_OUT), (unknown, by_line), (unknown, RUN_OUT)):
        told = why_run_out(taken, settings)
        found.add(told.code)
        assert explaining.said(told).endswith(".")
    found.add(why_run_out(None).code)
    her = Brought(TODAY - 90 * day, TODAY - 20 * day, 2, 2, 50_000, 50_000)
    model = ValueModel(AGAIN.habits, 20_000, 1.0)
    for learned in (VALUE, ValueSettings(means={"1": 20_000}), ValueSettings(model)):
        told = why_value(her, "1", None, 70, TODAY, learned)
        found.add(told.code)
        assert explaining.said(told).endswith(".")
    found.add(why_value(None, "0", None, None, TODAY).code)
    assert found == WHY_CODES == explaining.codes()


def test_a_reason_in_words() -> None:
    bought = Purchase(NOW - timedelta(days=20), 50_000, line=Line.ENZYME)
    settings = replace(GRADE, line_points={Line.ENZYME: 40_000})
    seen = see(History((bought,), last_answered_at=NOW - timedelta(days=3)), NOW)
    assert explaining.said(why_grade(seen, settings)) == (
        "Grade A: ¥900 (A from ¥800, B from ¥300): ¥500 for the first order of enzyme, ¥400 for"
        " its line, ¥0 for a recharge. She is new: day 20 of 180."
    )
    assert explaining.said(why_relationship(seen)) == (
        "Relationship close: 4 points (close from 4, steady from 3, cooling from 2): 3 for 20 days"
        " without buying at the usual rhythm of 60 days, 0 for 1 orders in 365 days (1 from 4 on),"
        " 1 for having answered 3 days ago (1 within 60 days)."
    )
    assert explaining.said(why_pool(seen)) == "Pool 1: she bought 20 days ago, within 365 days."
