"""Scripts as documents: good ones, and what is said of bad ones."""

import json
from typing import Any

import pytest

from lumi_desk.scripts import reading, rules
from lumi_desk.scripts.reading import NoScript, ScriptBroken, ScriptLacks, TwoNodesAlike

GOOD: dict[str, Any] = {
    "id": "s",
    "situation": "care",
    "version": 2,
    "language": "zh_CN",
    "title": "问候",
    "start": "a",
    "nodes": [
        {
            "id": "a",
            "title": "开场",
            "text": "{称呼}您卡里有 {余额}",
            "otherwise": ["{称呼}您好"],
            "answers": [{"text": "好", "goes_to": "b"}],
            "objections": [{"words": ["忙"], "reply": "那改天"}],
        },
        {"id": "b", "title": "再见", "text": "再见", "ends_as": "no_need"},
    ],
    "objections": [{"words": ["太贵"], "reply": "您说得是"}],
}


def changed(*path: str | int, to: object) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(GOOD))
    part: Any = copy
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return copy


def test_a_document_becomes_a_script() -> None:
    script = reading.loads(json.dumps(GOOD))
    assert script.situation is rules.Situation.CARE
    assert script.nodes["a"].wordings == ("{称呼}您卡里有 {余额}", "{称呼}您好")
    assert script.nodes["a"].objections[0].reply == "那改天"
    assert script.nodes["b"].ends_as == "no_need"
    assert script.objections[0].words == ("太贵",)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"hello"', "null"])
def test_other_text_is_no_script(text: str) -> None:
    with pytest.raises(NoScript) as raised:
        reading.loads(text)
    assert "found" in raised.value.params


@pytest.mark.parametrize(
    ("document", "where", "part"),
    [
        (changed("title", to=""), "script", "title"),
        (changed("version", to="2"), "script", "version"),
        (changed("version", to=True), "script", "version"),
        (changed("situation", to="party"), "script", "situation"),
        (changed("nodes", to={}), "script", "nodes"),
        (changed("nodes", 0, to="a"), "node 1", "id"),
        (changed("nodes", 0, "text", to=None), "a", "text"),
        (changed("nodes", 0, "otherwise", to=[""]), "a", "otherwise"),
        (changed("nodes", 0, "answers", to=["b"]), "a", "answers"),
        (changed("nodes", 0, "answers", 0, "goes_to", to=3), "a", "goes_to"),
        (changed("nodes", 0, "objections", 0, "words", to=[]), "a", "words"),
        (changed("objections", to=["太贵"]), "script", "objections"),
    ],
)
def test_what_is_missing_is_named(document: object, where: str, part: str) -> None:
    with pytest.raises(ScriptLacks) as raised:
        reading.parse(document)
    assert raised.value.params == {"where": where, "part": part}


def test_two_nodes_with_one_id_are_refused() -> None:
    with pytest.raises(TwoNodesAlike) as raised:
        reading.parse(changed("nodes", 1, "id", to="a"))
    assert raised.value.params == {"node": "a"}


def test_a_graph_with_faults_can_be_opened_but_not_used() -> None:
    broken = changed("nodes", 0, "text", to="{年龄}")
    assert reading.read(broken).nodes["a"].wordings[0] == "{年龄}"
    with pytest.raises(ScriptBroken) as raised:
        reading.parse(broken)
    assert raised.value.params["name"] == "年龄"
    assert "年龄" in raised.value.in_english()


def test_every_fault_has_words() -> None:
    assert set(reading.FAULTS) == set(rules.Fault)
