"""Reasons are plain values."""

import ast
import inspect
import json
from collections import Counter
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.because import Because, because, from_json
from lumi_desk.calls import rules as calls
from lumi_desk.calls.words import rules as words
from lumi_desk.cards import rules as cards
from lumi_desk.customers import rules as customers
from lumi_desk.offers import rules as offers
from lumi_desk.worklist import rules as worklist

values = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
names = st.text(alphabet="abcdefgh_", min_size=1).filter(lambda name: name != "code")


@given(st.text(), st.dictionaries(names, values))
def test_a_reason_survives_json(
    code: str, params: dict[str, str | int | float | bool | None]
) -> None:
    reason = because(code, **params)
    assert from_json(json.loads(json.dumps(reason.as_json()))) == reason


def test_the_order_of_values_does_not_matter() -> None:
    one, other = because("quiet", days=83, usual=45), because("quiet", usual=45, days=83)
    assert one == other
    assert hash(one) == hash(other)
    assert one.fields == {"days": 83, "usual": 45}


@pytest.mark.parametrize("data", [{}, {"code": 1}, {"code": "x", "params": [1]}])
def test_anything_else_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        from_json(data)


def test_a_reason_without_values() -> None:
    assert from_json({"code": "refused"}) == Because("refused")


def texts(module: ModuleType) -> tuple[set[str], Counter[str]]:
    """The codes written in calls of `because`, and how often each text stands in a module."""
    tree = ast.parse(inspect.getsource(module))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "because"
        and isinstance(call.args[0], ast.Constant)
    }
    every = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return named, Counter(one for one in every if isinstance(one, str))


@pytest.mark.parametrize("module", [calls, words, cards, customers, offers, worklist])
def test_each_module_lists_the_codes_it_gives_and_no_others(module: ModuleType) -> None:
    named, every = texts(module)
    assert named
    assert named <= module.BECAUSE_CODES
    # Once in the list, once where it is given.
    assert [code for code in module.BECAUSE_CODES if every[code] < 2] == []
