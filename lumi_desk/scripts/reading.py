"""Reading a script from the document it is kept as, with words for whatever is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from lumi_desk.errors import N_, LumiError
from lumi_desk.scripts.rules import (
    Answer,
    Fault,
    Node,
    Objection,
    Problem,
    Script,
    Situation,
    problems,
)


class NoScript(LumiError):
    """The text is not a script document at all."""

    title = N_("This is not a script")
    advice = N_("Expected a JSON document of a script; found: {found}.")


class ScriptLacks(LumiError):
    """A part is missing or of the wrong kind."""

    title = N_("The script lacks a part")
    advice = N_("At {where}: “{part}” is missing or not of the right kind. Add it and try again.")


class TwoNodesAlike(LumiError):
    """Two nodes share an id."""

    title = N_("Two nodes of the script have the same id")
    advice = N_("The id “{node}” is used twice. Rename one of the nodes.")


class ScriptBroken(LumiError):
    """The graph has a fault; the first is named, `count` says how many there are."""

    title = N_("The script cannot be used yet")
    advice = N_("{count} to mend; the first: {fault} at “{node}” {name}")

    def __init__(self, found: tuple[Problem, ...]) -> None:
        self.problems = found
        first = found[0]
        super().__init__(
            count=len(found), fault=FAULTS[first.fault], node=first.node, name=first.name
        )


FAULTS: Mapping[Fault, str] = {
    Fault.NO_START: N_("the first node does not exist"),
    Fault.DEAD_END: N_("no answer and no mark that the call ends here"),
    Fault.END_WITH_ANSWERS: N_("marked as an end but has answers"),
    Fault.NOWHERE: N_("an answer leads to a node that does not exist"),
    Fault.UNREACHABLE: N_("no answer leads to this node"),
    Fault.TOO_MANY_ANSWERS: N_("more than nine answers"),
    Fault.UNKNOWN_FIELD: N_("an unknown merge field"),
    Fault.NO_SURE_WORDING: N_("no wording that can be said when nothing is known"),
    Fault.NO_WAY_OUT: N_("no way from here to an end"),
}


def loads(text: str) -> Script:
    """The script a JSON text holds. Raises the errors of `parse`, and NoScript for other text."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise NoScript(found=f"{error.msg} ({error.lineno}:{error.colno})") from error
    return parse(document)


def parse(document: object) -> Script:
    """The script of a decoded document.

    Raises NoScript, ScriptLacks, TwoNodesAlike, and ScriptBroken for a graph with faults.
    """
    script = read(document)
    found = problems(script)
    if found:
        raise ScriptBroken(found)
    return script


def read(document: object) -> Script:
    """The script of a document whose graph may still have faults: what an editor opens."""
    if not isinstance(document, dict):
        raise NoScript(found=type(document).__name__)
    return Script(
        id=_text(document, "id", "script"),
        situation=_situation(document),
        version=_number(document, "version", "script"),
        language=_text(document, "language", "script"),
        title=_text(document, "title", "script"),
        start=_text(document, "start", "script"),
        nodes=_nodes(document),
        objections=_objections(document, "script"),
    )


def _situation(document: Mapping[str, Any]) -> Situation:
    named = _text(document, "situation", "script")
    if named not in {situation.value for situation in Situation}:
        raise ScriptLacks(where="script", part="situation")
    return Situation(named)


def _nodes(document: Mapping[str, Any]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for place, entry in enumerate(_list(document, "nodes", "script"), start=1):
        node = _node(entry, f"node {place}")
        if node.id in nodes:
            raise TwoNodesAlike(node=node.id)
        nodes[node.id] = node
    return nodes


def _node(entry: object, where: str) -> Node:
    if not isinstance(entry, dict):
        raise ScriptLacks(where=where, part="id")
    where = name = _text(entry, "id", where)
    return Node(
        id=name,
        title=_text(entry, "title", where),
        wordings=(_text(entry, "text", where), *_texts(entry, "otherwise", where)),
        answers=tuple(_answer(a, where) for a in _list(entry, "answers", where, needed=False)),
        objections=_objections(entry, where),
        ends_as=_text(entry, "ends_as", where) if "ends_as" in entry else "",
    )


def _answer(entry: object, where: str) -> Answer:
    if not isinstance(entry, dict):
        raise ScriptLacks(where=where, part="answers")
    return Answer(text=_text(entry, "text", where), goes_to=_text(entry, "goes_to", where))


def _objections(entry: Mapping[str, Any], where: str) -> tuple[Objection, ...]:
    found: list[Objection] = []
    for one in _list(entry, "objections", where, needed=False):
        if not isinstance(one, dict):
            raise ScriptLacks(where=where, part="objections")
        words = _texts(one, "words", where)
        if not words:
            raise ScriptLacks(where=where, part="words")
        found.append(Objection(words, _text(one, "reply", where)))
    return tuple(found)


def _text(entry: Mapping[str, Any], part: str, where: str) -> str:
    value = entry.get(part)
    if not isinstance(value, str) or not value.strip():
        raise ScriptLacks(where=where, part=part)
    return value


def _texts(entry: Mapping[str, Any], part: str, where: str) -> tuple[str, ...]:
    values = _list(entry, part, where, needed=False)
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise ScriptLacks(where=where, part=part)
    return tuple(values)


def _number(entry: Mapping[str, Any], part: str, where: str) -> int:
    value = entry.get(part)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ScriptLacks(where=where, part=part)
    return value


def _list(entry: Mapping[str, Any], part: str, where: str, *, needed: bool = True) -> list[Any]:
    value = entry.get(part, None if needed else [])
    if not isinstance(value, list):
        raise ScriptLacks(where=where, part=part)
    return value
