"""Finding efficacy claims, whatever is put between their characters."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.catalog import content
from lumi_desk.scripts import claims
from lumi_desk.scripts.claims import Claim, ClaimsList

RULES = content.claims()


def words(text: str) -> list[str]:
    return [finding.claim.words for finding in claims.check(text, RULES)]


@pytest.mark.parametrize(
    "text",
    [
        "这款能美白",
        "美 白",
        "美-白",
        "美。白",
        "吃了抗衰老",
        "帮您减肥",
        "提高免疫力",
        "可以治疗失眠",
        "It helps you lose weight",
        "ＷＨＩＴＥＮＩＮＧ drink",
        "a detox tea",
    ],
)
def test_claims_are_found(text: str) -> None:
    assert words(text)


@pytest.mark.parametrize(
    "text",
    [
        "您说得明白",
        "美丽的白瓷",
        "这是食品，不能代替药物。",
        "不能代替药物治疗疾病",
        "It is a food, not a medicine.",
        "It cannot replace medicine.",
        "a secure link",
        "",
    ],
)
def test_honest_words_pass(text: str) -> None:
    assert words(text) == []


def test_a_finding_says_where_it_stands_and_overlapping_ones_count_once() -> None:
    rules = ClaimsList((Claim("抗衰", "beauty"), Claim("抗衰老", "beauty")))
    (finding,) = claims.check("每天 抗 衰 老 一点", rules)
    assert "每天 抗 衰 老 一点"[finding.start : finding.end] == "抗 衰 老"
    assert finding.claim.words == "抗衰老"


@given(
    st.sampled_from([claim for claim in RULES.claims if not claim.words.isascii()]),
    st.lists(st.sampled_from(["", " ", "·", "-", "。", "　"]), min_size=12, max_size=12),
    st.sampled_from(["", "您放心，", "abc "]),
)
def test_no_dress_hides_a_claim(claim: Claim, gaps: list[str], before: str) -> None:
    dressed = "".join(a + b for a, b in zip(claim.words, gaps, strict=False))
    findings = claims.check(f"{before}{dressed}。", RULES)
    assert findings
    assert findings[0].start >= len(before)


@given(st.text(max_size=60))
def test_places_lie_inside_the_text_and_apart(text: str) -> None:
    findings = claims.check(text, RULES)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))
