"""What is known, in the words of a call."""

from datetime import datetime

import pytest

from lumi_desk.clock import SHANGHAI
from lumi_desk.scripts import filling
from lumi_desk.scripts.filling import Known


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("周文静", "周"),
        ("欧阳敏", "欧阳"),
        ("欧阳", "欧"),
        ("单晓梅", "单"),
        ("阿依古丽·买买提", "阿依古丽"),
        ("阿依古丽•买买提", "阿依古丽"),
        ("Anna Li", "Anna"),
        ("", ""),
    ],
)
def test_the_surname_is_what_one_calls_her_by(name: str, surname: str) -> None:
    assert filling.surname_of(name) == surname


def test_the_words_of_the_picture() -> None:
    known = Known(
        name="周文静",
        balance_fen=46_000,
        monthly_use_fen=119_333,
        days_left=12,
        card_value_fen=1_200_000,
        card_months=10.1,
        callback_at=datetime(2026, 11, 26, 19, 30, tzinfo=SHANGHAI),
    )
    assert filling.values(known, "zh_CN") == {
        "salutation": "周姐",
        "surname": "周",
        "name": "周文静",
        "balance": "460 元",
        "monthly_use": "1,190 元",
        "days_left": "12 天",
        "card_value": "12,000",
        "card_months": "10.1 个月",
        "callback_time": "11 月 26 日 19:30",
    }
    english = filling.values(known, "en")
    assert english["salutation"] == "Ms 周"
    assert english["monthly_use"] == "1,190 yuan"
    assert english["days_left"] == "12 days"
    assert english["callback_time"] == "19:30 on 26 November"


def test_fen_are_said_when_there_are_some_and_nothing_is_said_of_the_unknown() -> None:
    assert filling.values(Known(balance_fen=1_250), "zh_CN") == {"balance": "12.50 元"}
    assert filling.values(Known(balance_fen=0, days_left=0), "zh_CN") == {
        "balance": "0 元",
        "days_left": "0 天",
    }
    assert filling.values(Known(), "en") == {}
