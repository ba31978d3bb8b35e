"""What she said about being reached, and what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.consents.rules import (
    CONSENTS,
    Purpose,
    Shut,
    Way,
    Word,
    binding_from,
    by_default,
    may,
    said,
    shut,
)

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFERS, SERVICE, HEALTH = Purpose.MARKETING, Purpose.SERVICE, Purpose.HEALTH

moments = st.none() | st.integers(0, 9).map(lambda hours: NOW + hours * HOUR)
words = st.builds(
    Word, st.sampled_from(list(Way)), st.sampled_from(list(Purpose)), moments, moments
)


def gave(way: Way, purpose: Purpose, hours: int = 0) -> Word:
    return Word(way, purpose, NOW + hours * HOUR, None)


def withdrew(way: Way, purpose: Purpose, hours: int = 0) -> Word:
    return Word(way, purpose, None, NOW + hours * HOUR)


def test_where_nothing_is_recorded_the_setting_holds() -> None:
    assert said((), Way.PHONE, OFFERS) is None
    assert may((), Way.PHONE, OFFERS)
    strict = replace(CONSENTS, sms=0, service=0)
    assert not may((), Way.SMS, OFFERS, strict)
    assert may((), Way.PHONE, OFFERS, strict)
    assert not may((), Way.PHONE, SERVICE, strict)
    assert may([gave(Way.SMS, OFFERS)], Way.SMS, OFFERS, strict)


@pytest.mark.parametrize("way", list(Way))
def test_notes_on_health_need_a_consent_whatever_the_settings_say(way: Way) -> None:
    assert not may((), way, HEALTH)
    assert may([gave(Way.SMS, HEALTH)], way, HEALTH)
    assert not may([gave(Way.SMS, HEALTH), withdrew(Way.PHONE, HEALTH, 1)], way, HEALTH)
    assert not may([gave(Way.SMS, OFFERS), gave(Way.SMS, SERVICE)], way, HEALTH)


def test_no_offers_by_a_way_leaves_service_and_the_other_ways() -> None:
    told = [withdrew(Way.PHONE, OFFERS)]
    assert not may(told, Way.PHONE, OFFERS)
    assert may(told, Way.PHONE, SERVICE)
    assert may(told, Way.WECHAT, OFFERS)
    assert shut(told) == (Shut(Way.PHONE, wholly=False),)


def test_not_by_a_way_at_all_takes_the_offers_along() -> None:
    told = [gave(Way.PHONE, OFFERS), withdrew(Way.PHONE, SERVICE, 1)]
    assert not may(told, Way.PHONE, OFFERS)
    assert not may(told, Way.PHONE, SERVICE)
    assert shut(told) == (Shut(Way.PHONE, wholly=True),)


def test_a_later_consent_to_offers_opens_the_way_again() -> None:
    told = [withdrew(Way.PHONE, SERVICE), gave(Way.PHONE, OFFERS, 1)]
    assert may(told, Way.PHONE, OFFERS)
    assert may(told, Way.PHONE, SERVICE)
    assert shut(told) == ()


def test_a_later_consent_to_service_brings_no_offers() -> None:
    told = [withdrew(Way.PHONE, SERVICE), gave(Way.PHONE, SERVICE, 1)]
    assert may(told, Way.PHONE, SERVICE)
    assert not may(told, Way.PHONE, OFFERS)


def test_of_two_words_at_one_moment_the_withdrawal_counts() -> None:
    told = [gave(Way.PHONE, OFFERS), withdrew(Way.PHONE, OFFERS)]
    assert said(told, Way.PHONE, OFFERS) is False


@given(st.lists(words, max_size=8), st.sampled_from(list(Way)), st.sampled_from(list(Purpose)))
def test_the_order_in_which_words_arrive_makes_no_difference(
    told: list[Word], way: Way, purpose: Purpose
) -> None:
    assert said(told, way, purpose) == said(told[::-1], way, purpose)
    assert said([*told, *told], way, purpose) == said(told, way, purpose)


@given(st.lists(words, max_size=8), st.sampled_from(list(Way)), st.sampled_from([OFFERS, SERVICE]))
def test_a_withdrawal_after_everything_closes_the_way(
    told: list[Word], way: Way, purpose: Purpose
) -> None:
    told = [*told, withdrew(way, purpose, 20)]
    assert not may(told, way, OFFERS)
    assert may(told, way, purpose) is False
    assert way in {one.way for one in shut(told)}


@given(st.lists(words, max_size=8), st.sampled_from(list(Way)), st.sampled_from([OFFERS, SERVICE]))
def test_no_clock_that_was_ahead_outlives_a_withdrawal(
    told: list[Word], way: Way, purpose: Purpose
) -> None:
    last = Word(way, purpose, None, binding_from(told, NOW))
    assert not may([*told, last], way, OFFERS)


@given(st.lists(words, max_size=8), st.sampled_from(list(Way)))
def test_whoever_may_be_sent_offers_may_be_served(told: list[Word], way: Way) -> None:
    if said(told, way, OFFERS):
        assert may(told, way, SERVICE)


def test_by_default_nobody_who_buys_is_out_of_reach() -> None:
    assert all(by_default(way, purpose) for way in Way for purpose in (OFFERS, SERVICE))
