"""What the cells of a list say of consent, word by word."""

import pytest

from lumi_desk.consents.rules import Way
from lumi_desk.imports import telling

WAYS = (Way.PHONE, Way.SMS)


def said(words: str) -> list[tuple[bool, tuple[Way, ...]]] | str:
    """What a cell of consents gives or takes, by which ways; itself where nobody can tell."""
    found, unread = telling.consent(words, "", None, "", WAYS)
    return unread or [(one.given, one.ways) for one in found]


@pytest.mark.parametrize(
    "words",
    [
        *("同意但不要打电话", "同意短信，请勿来电", "同意接收，别打电话", "愿意，除电话外都可以"),
        *(
            "同意电话，不接收短信",
            "同意接收电话，拒收短信",
            "同意微信，不加电话",
            "同意（电话禁止）",
        ),
        *("同意，停止短信", "同意电话，短信已退订", "愿意接受但工作日不方便"),
    ],
)
def test_an_agreement_with_an_exception_is_left_to_a_person(words: str) -> None:
    assert said(words) == words


@pytest.mark.parametrize(
    "words",
    [
        "不要打电话",
        "请勿来电",
        "谢绝来电",
        "电话免打扰",
        "别打电话",
        "不愿接受来电",
        "没有同意来电",
    ],
)
def test_what_she_does_not_want_is_a_withdrawal_of_that_way(words: str) -> None:
    assert said(words) == [(False, (Way.PHONE,))]


@pytest.mark.parametrize("words", ["勿扰", "请不要联系", "免打扰"])
def test_where_no_way_is_named_all_she_has_are_meant(words: str) -> None:
    assert said(words) == [(False, WAYS)]


@pytest.mark.parametrize(
    "more",
    [
        *("，如不想接收可随时退订", "，拒收请回复R", "，如果不需要可退订", "，包括但不限于新品"),
        *("，不定期", "，商家不得泄露"),
    ],
)
def test_how_to_unsubscribe_is_no_withdrawal(more: str) -> None:
    assert said(f"同意来电介绍优惠{more}") == [(True, (Way.PHONE,))]


def test_a_refusal_denied_withdraws_nothing() -> None:
    assert telling.consent("", "不拒收", None, "", WAYS) == ((), "不拒收")
