"""The scripts that ship: usable, honest, the same in both languages."""

from collections.abc import Iterator

import pytest

from lumi_desk.calls.rules import Disposition
from lumi_desk.catalog import content
from lumi_desk.scripts import claims, filling, reading, rules
from lumi_desk.scripts.rules import Script, Situation

SCRIPTS = [reading.parse(kept.body) for kept in content.scripts()]
NAMED = {script.id: script for script in SCRIPTS}


def replies(script: Script) -> Iterator[str]:
    """Everything the rep says, and what stands on her screen."""
    yield script.title
    for node in script.nodes.values():
        yield node.title
        yield from node.wordings
        yield from (answer.text for answer in node.answers)
        yield from (objection.reply for objection in node.objections)
    yield from (objection.reply for objection in script.objections)


def test_every_situation_has_words_in_both_languages() -> None:
    told = {(script.situation, script.language) for script in SCRIPTS}
    assert told == {(one, tongue) for one in Situation for tongue in ("zh_CN", "en")}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_no_script_claims_an_effect(name: str) -> None:
    for text in replies(NAMED[name]):
        assert claims.check(text, content.claims()) == (), text


@pytest.mark.parametrize("name", sorted(NAMED))
def test_nobody_is_called_a_customer_by_the_wrong_word(name: str) -> None:
    assert not any("顾客" in text for text in replies(NAMED[name]))


@pytest.mark.parametrize("name", sorted(NAMED))
def test_the_three_usual_objections_are_answered(name: str) -> None:
    script = NAMED[name]
    said = {
        "zh_CN": ("太贵", "没效果", "家人不同意"),
        "en": ("too expensive", "no effect", "family against"),
    }[script.language]
    for words in said:
        (found, *_) = rules.find_objections(rules.begin(script), words)
        assert words in found.words


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_call_can_end_politely_from_the_first_node(name: str) -> None:
    script = NAMED[name]
    ends = {script.nodes[a.goes_to].ends_as for a in script.nodes[script.start].answers}
    assert {"thinking", "no_need"} <= ends


@pytest.mark.parametrize("name", sorted(NAMED))
def test_ends_suggest_results_of_answered_calls(name: str) -> None:
    for node in NAMED[name].nodes.values():
        assert not node.ends_as or Disposition(node.ends_as).answered


def shape(script: Script) -> object:
    return (
        script.version,
        script.start,
        [
            (
                node.id,
                [answer.goes_to for answer in node.answers],
                node.ends_as,
                len(node.objections),
                len(node.wordings),
            )
            for node in script.nodes.values()
        ],
        len(script.objections),
    )


@pytest.mark.parametrize("situation", list(Situation))
def test_both_languages_walk_alike(situation: Situation) -> None:
    one, other = (script for script in SCRIPTS if script.situation is situation)
    assert shape(one) == shape(other)


def test_the_sentence_of_the_picture() -> None:
    walk = rules.take(rules.take(rules.begin(NAMED["renewal-7-zh"]), 1), 1)
    known = filling.Known(
        name="周文静",
        balance_fen=46_000,
        monthly_use_fen=119_333,
        days_left=12,
        card_value_fen=1_200_000,
        gift="两盒大酵素",
    )
    runs = rules.render(walk.node.wordings, filling.values(known, "zh_CN"), "zh_CN")
    assert walk.titles == ("开场", "用量确认", "余额提醒")
    assert "".join(run.text for run in runs) == (
        "周姐，您卡里现在还有 460 元，按您每个月大约 1,190 元的用量，大概再有 12 天就用完了。"
        "这次续充 12,000 的话，会额外送您 两盒大酵素，您看要不要现在帮您续上？"
    )
    assert [run.text for run in runs if run.filled] == [
        "周姐", "460 元", "1,190 元", "12 天", "12,000", "两盒大酵素",
    ]  # fmt: skip
