"""Every code a rule can give has words, in both languages, with the rule's own values."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import lumi_desk
from lumi_desk.because import Because, because
from lumi_desk.customers.rules import Pool, Relationship
from lumi_desk.worklist.rules import Reason
from tests.makers import NOW
from ui.words import Language, switch, tr
from ui.workspace.saying import reasons
from ui.workspace.saying.reasons import Context

# One example of each code, with the values the rules give it.
EXAMPLES = (
    because("quiet", days=83, usual=45),
    because("quiet_once", days=280, left=85),
    because("touch_missed", step="day7", days=12, first=7, last=8, way="phone", purpose=""),
    because("card_months", value_fen=1, months=10.1, monthly_fen=1, limit=12, source="own"),
    because("card_too_long", value_fen=1, months=20.9, monthly_fen=1, limit=18),
    because("ask_household", value_fen=1),
    because("balance_ending", balance_fen=46_000, days=12, monthly_fen=119_000),
    because("balance_empty"),
    because("years_buying", years=3),
    because("line_repeat", line="collagen", orders=4),
    because("co_purchase", percent=41, product="big-enzyme", having="dream-collagen"),
    because("lacks", product="big-enzyme"),
    because("refill", product="big-enzyme"),
    because("refused"),
    because("withdrawn"),
    because("hours", opens="09:00", closes="21:00"),
    because("midday", until="13:30"),
    because("daily_cap", cap=3, used=3),
    because("weekly_cap", cap=6, used=6),
    because("monthly_cap", cap=12, used=12),
    because("spacing", minutes=30),
    because("wrap_up", since_at=NOW.isoformat()),
    because("callback", due_at=NOW.isoformat()),
    because("complaint_due", due_at=NOW.isoformat()),
    because("run_out", run_out_day="2026-11-20", days=3),
    because("newcomer", hours=20),
    because("campaign", name="中秋"),
    because("rest", value_fen=1_432_000, days=26),
    because("learned_tries", tries=0),
    because("learned_tries", tries=2),
    because("learned_contact", days=None),
    because("learned_contact", days=40),
    because("learned_purchase", days=None, usual=None),
    because("learned_purchase", days=70, usual=None),
    because("learned_purchase", days=70, usual=45),
    *(because("learned_pool", pool=pool) for pool in Pool),
    *(because("learned_grade", grade=grade) for grade in (None, "A")),
    *(because("learned_relationship", relationship=one) for one in (None, *Relationship)),
    because("learned_value", value_fen=1_432_000),
    *(
        because("learned_result", result=result)
        for result in ("none", "no", "thinking", "interested", "sold")
    ),
    because("when_empty"),
    because("when_unclear", words="下周九"),
    because("when_past"),
    because("when_afternoon", hour=3, read="15:00"),
    because("when_tomorrow"),
    because("when_next_week"),
    because("when_next_month"),
    because("when_next_year"),
    because("when_far", days=200),
    because("when_outside_hours", opens="09:00", closes="21:00"),
    because("when_in_pause", until="13:30"),
)
CONTEXT = Context(NOW, {"big-enzyme": "大酵素", "dream-collagen": "梦胶原"})


@pytest.fixture(params=list(Language), ids=lambda one: one.value)
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    switch(request.param)
    yield request.param
    switch(Language.CHINESE)


def codes_of_the_rules() -> set[str]:
    found: set[str] = set()
    for module in pkgutil.walk_packages(lumi_desk.__path__, "lumi_desk."):
        if module.name.endswith(".rules"):
            found |= getattr(importlib.import_module(module.name), "BECAUSE_CODES", frozenset())
    return found


def test_every_code_of_every_rule_has_words() -> None:
    assert reasons.codes() == codes_of_the_rules()
    assert {one.code for one in EXAMPLES} == reasons.codes()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.code)
def test_a_reason_is_a_whole_sentence_in_both_languages(
    example: Because, language: Language
) -> None:
    words = reasons.said(example, CONTEXT)
    assert words
    assert "{" not in words
    has_chinese = any("\u4e00" <= char <= "\u9fff" for char in words)
    named = example.code in ("co_purchase", "lacks", "refill", "campaign", "when_unclear")
    assert has_chinese or language is Language.ENGLISH
    assert named or not has_chinese or language is Language.CHINESE


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_the_list_has_a_name(reason: Reason, language: Language) -> None:
    assert tr(reasons.REASONS[reason])
