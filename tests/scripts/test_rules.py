"""Walking a script, filling in its words, finding its faults."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.scripts import rules
from lumi_desk.scripts.rules import (
    Answer,
    Fault,
    Node,
    Objection,
    Problem,
    Run,
    Script,
    Situation,
    Standing,
)


def make_script(nodes: Iterable[Node], start: str = "a", **values: Any) -> Script:
    told = {node.id: node for node in nodes}
    plain = {"id": "s", "version": 1, "language": "zh_CN", "title": "试"}
    return Script(**{**plain, "situation": Situation.CARE, "start": start, "nodes": told, **values})


def make_node(name: str, *goes_to: str, text: str = "您好", **values: object) -> Node:
    answers = tuple(Answer(f"去{target}", target) for target in goes_to)
    return Node(name, name.upper(), (text,), answers, **values)  # type: ignore[arg-type]


def good() -> Script:
    return make_script(
        [make_node("a", "b", "c"), make_node("b", "c"), make_node("c", ends_as="sold")]
    )


def test_a_walk_follows_answers_and_comes_back() -> None:
    walk = rules.take(rules.take(rules.begin(good()), 1), 1)
    assert walk.path == ("a", "b", "c")
    assert walk.titles == ("A", "B", "C")
    assert walk.node.ends_as == "sold"
    assert rules.back(rules.back(walk)).path == ("a",)


@pytest.mark.parametrize("digit", [-1, 0, 3, 9])
def test_a_digit_without_answer_changes_nothing(digit: int) -> None:
    assert rules.take(rules.begin(good()), digit).path == ("a",)


def test_the_first_node_has_nothing_before_it() -> None:
    assert rules.back(rules.begin(good())).path == ("a",)


def test_a_kept_path_is_resumed_as_far_as_the_script_still_has_it() -> None:
    assert rules.resume(good(), ("a", "b", "c")).path == ("a", "b", "c")
    assert rules.resume(good(), ("a", "gone", "c")).path == ("a",)
    assert rules.resume(good(), ()).path == ("a",)


@given(st.lists(st.one_of(st.integers(-2, 11), st.just("back")), max_size=40))
def test_a_walk_stays_on_edges_of_the_graph(steps: list[int | str]) -> None:
    script = good()
    walk = rules.begin(script)
    for step in steps:
        walk = rules.back(walk) if isinstance(step, str) else rules.take(walk, step)
    assert walk.path[0] == script.start
    for here, there in pairwise(walk.path):
        assert there in {answer.goes_to for answer in script.nodes[here].answers}
    assert rules.resume(script, walk.path) == walk


def test_what_is_known_is_filled_and_marked() -> None:
    runs = rules.render(
        ("{称呼}，卡里还有 {balance}。",), {"salutation": "周姐", "balance": "460 元"}, "zh_CN"
    )
    assert runs == (
        Run("周姐", filled=True),
        Run("，卡里还有 ", filled=False),
        Run("460 元", filled=True),
        Run("。", filled=False),
    )


def test_the_next_wording_is_said_when_something_is_not_known() -> None:
    wordings = ("还有 {余额}，{剩余天数}。", "还有 {余额}。", "余额不多了。")
    assert rules.render(wordings, {"balance": "460 元"}, "zh_CN")[1].text == "460 元"
    assert rules.render(wordings, {}, "zh_CN") == (Run("余额不多了。", filled=False),)


def test_neutral_words_are_said_but_not_marked() -> None:
    assert rules.render(("{称呼}您好",), {}, "zh_CN") == (Run("姐您好", filled=False),)
    assert rules.render(("Hello {salutation}",), {}, "en") == (Run("Hello madam", filled=False),)


VALUES = st.dictionaries(
    st.sampled_from([field.name for field in rules.FIELDS]),
    st.one_of(st.just(""), st.just("  "), st.text(max_size=8)),
)


@given(VALUES, st.sampled_from(["zh_CN", "en"]))
def test_nothing_unfilled_is_ever_shown(values: dict[str, str], language: str) -> None:
    wordings = tuple(f"x{{{field.name}}}y" for field in rules.FIELDS)
    shown = "".join(run.text for run in rules.render((*wordings, "sure"), values, language))
    assert shown
    assert "None" not in shown or any("None" in value for value in values.values())
    assert not any(f"{{{field.name}}}" in shown for field in rules.FIELDS)


def test_an_objection_is_found_by_what_she_said() -> None:
    dear = Objection(("太贵", "没钱"), "单买就行")
    useless = Objection(("没效果",), "不是药")
    own = Objection(("不好喝",), "兑牛奶")
    script = make_script(
        [make_node("a", "b", objections=(own,)), make_node("b", ends_as="sold")],
        objections=(dear, useless),
    )
    walk = rules.begin(script)
    assert rules.find_objections(walk, "太贵") == (dear,)
    assert rules.find_objections(walk, "我觉得太贵了吧") == (dear,)
    assert rules.find_objections(walk, " 没 效果!") == (useless,)
    assert rules.find_objections(walk, "好喝") == (own,)
    assert rules.find_objections(walk, "飞机票") == ()
    assert rules.find_objections(walk, "") == (own, dear, useless)


def faults(script: Script) -> set[Fault]:
    return {problem.fault for problem in rules.problems(script)}


def test_a_good_script_has_no_problems() -> None:
    assert rules.problems(good()) == ()


BAD = {
    Fault.NO_START: make_script([make_node("b", ends_as="sold")]),
    Fault.DEAD_END: make_script(
        [make_node("a", "b", "c"), make_node("b"), make_node("c", ends_as="x")]
    ),
    Fault.END_WITH_ANSWERS: make_script([make_node("a", "a", ends_as="sold")]),
    Fault.NOWHERE: make_script([make_node("a", "b", "gone"), make_node("b", ends_as="sold")]),
    Fault.UNREACHABLE: make_script(
        [make_node("a", ends_as="sold"), make_node("b", ends_as="sold")]
    ),
    Fault.TOO_MANY_ANSWERS: make_script([make_node("a", *["b"] * 10), make_node("b", ends_as="x")]),
    Fault.UNKNOWN_FIELD: make_script([make_node("a", text="{年龄}", ends_as="sold")]),
    Fault.NO_SURE_WORDING: make_script([make_node("a", text="{余额}", ends_as="sold")]),
    Fault.NO_WAY_OUT: make_script(
        [make_node("a", "b", "c"), make_node("b", "b"), make_node("c", ends_as="sold")]
    ),
}


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_found_alone(fault: Fault) -> None:
    assert faults(BAD[fault]) == {fault}


def test_an_unknown_field_is_named_with_its_node() -> None:
    found = rules.problems(BAD[Fault.UNKNOWN_FIELD])
    assert found == (Problem(Fault.UNKNOWN_FIELD, "a", "年龄"),)


def test_nine_answers_are_allowed() -> None:
    assert faults(make_script([make_node("a", *["b"] * 9), make_node("b", ends_as="x")])) == set()


@pytest.mark.parametrize(
    ("standing", "situation"),
    [
        (Standing(complaint_open=True, callback_due=True, renewal_due=True), Situation.CARE),
        (Standing(callback_due=True, renewal_due=True), Situation.CALLBACK),
        (Standing(renewal_due=True, churn_warning=True), Situation.RENEWAL),
        (Standing(is_newcomer=True, days_since_delivery=2), Situation.NEWCOMER),
        (Standing(renewal_due=True, planned=Situation.RECALL), Situation.RENEWAL),
        (Standing(is_newcomer=True, days_since_delivery=2, planned=Situation.CARE), Situation.CARE),
        (Standing(planned=Situation.NEWCOMER), Situation.NEWCOMER),
        (Standing(is_newcomer=True, days_since_delivery=15), Situation.CARE),
        (Standing(days_since_delivery=2), Situation.CARE),
        (Standing(churn_warning=True, days_since_purchase=83), Situation.RECALL),
        (Standing(days_since_purchase=180), Situation.RECALL),
        (Standing(days_since_purchase=179), Situation.CARE),
        (Standing(), Situation.CARE),
    ],
)
def test_the_situation_follows_the_list(standing: Standing, situation: Situation) -> None:
    assert rules.situation_of(standing) is situation


def test_the_newest_script_of_the_language_is_chosen() -> None:
    def one(name: str, **values: Any) -> Script:
        return make_script([make_node("a", ends_as="x")], id=name, **values)

    known = [
        one("care"),
        one("old", situation=Situation.RENEWAL, version=6),
        one("new", situation=Situation.RENEWAL, version=7),
        one("english", situation=Situation.RENEWAL, version=7, language="en"),
    ]

    def chosen(situation: Situation, language: str) -> str:
        script = rules.choose(known, situation, language)
        assert script is not None
        return script.id

    assert chosen(Situation.RENEWAL, "zh_CN") == "new"
    assert chosen(Situation.RENEWAL, "en") == "english"
    assert chosen(Situation.RECALL, "en") == "care"
    assert rules.choose(known[1:], Situation.RECALL, "en") is None
