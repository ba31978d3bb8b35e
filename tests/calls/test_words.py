"""The words of a promised callback."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.calls.rules import closed
from lumi_desk.calls.words.rules import BECAUSE_CODES, NOTES, PROBLEMS, WordsSettings, when
from lumi_desk.clock import SHANGHAI, local_day

NOW = datetime(2026, 11, 22, 6, 2, 30, tzinfo=UTC)  # Sunday 14:02:30 in Shanghai


def said(words: str, now: datetime = NOW) -> str:
    answer = when(words, now)
    if answer.at is None:
        return answer.notes[0].code
    notes = "".join(f" {note.code}" for note in answer.notes)
    return f"{answer.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}{notes}"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # offsets
        ("+1d", "2026-11-23 10:00"),
        ("+1D", "2026-11-23 10:00"),
        ("＋1d", "2026-11-23 10:00"),
        ("+1d 19:30", "2026-11-23 19:30"),
        ("+1d下午3点", "2026-11-23 15:00"),
        ("+2w", "2026-12-06 10:00"),
        ("+1mo", "2026-12-22 10:00"),
        ("+2h", "2026-11-22 16:03"),
        ("+30m", "2026-11-22 14:33"),
        ("+1h30m", "2026-11-22 15:33"),
        ("+8h", "2026-11-22 22:03 when_outside_hours"),
        ("半小时后", "2026-11-22 14:33"),
        ("半个小时以后", "2026-11-22 14:33"),
        ("一个半小时后", "2026-11-22 15:33"),
        ("两个小时之后", "2026-11-22 16:03"),
        ("三十分钟后", "2026-11-22 14:33"),
        ("三天后", "2026-11-25 10:00"),
        ("3天之后下午3点", "2026-11-25 15:00"),
        ("过三天", "2026-11-25 10:00"),
        ("三日后", "2026-11-25 10:00"),
        ("十五天后", "2026-12-07 10:00"),
        ("一周后", "2026-11-29 10:00"),
        ("两个星期后", "2026-12-06 10:00"),
        ("半个月后", "2026-12-07 10:00"),
        ("一个月后", "2026-12-22 10:00"),
        ("半年后", "2027-05-22 10:00 when_far"),
        # named days
        ("今天下午5点", "2026-11-22 17:00"),
        ("今天", "2026-11-22 15:30"),
        ("今天10点", "when_past"),
        ("今晚8点", "2026-11-22 20:00"),
        ("今晚8点半", "2026-11-22 20:30"),
        ("今晚", "2026-11-22 19:30"),
        ("明天", "2026-11-23 10:00"),
        ("明天19:30", "2026-11-23 19:30"),
        ("明天 19：30", "2026-11-23 19:30"),
        ("明天1930", "2026-11-23 19:30"),
        ("明天19点30分", "2026-11-23 19:30"),
        ("明天19:30左右", "2026-11-23 19:30"),
        ("明天下午回访", "2026-11-23 15:00"),
        ("明早9点", "2026-11-23 09:00"),
        ("明晚", "2026-11-23 19:30"),
        ("明天上午", "2026-11-23 10:00"),
        ("明天中午", "2026-11-23 13:30"),
        ("明天中午12点", "2026-11-23 12:00 when_in_pause"),
        ("明天十点整", "2026-11-23 10:00"),
        ("明天三点三刻", "2026-11-23 15:45 when_afternoon"),
        ("明天3点", "2026-11-23 15:00 when_afternoon"),
        ("明天03:00", "2026-11-23 03:00 when_outside_hours"),
        ("明天22:00", "2026-11-23 22:00 when_outside_hours"),
        ("明天12:30", "2026-11-23 12:30 when_in_pause"),
        ("后天上午10点", "2026-11-24 10:00"),
        ("大后天", "2026-11-25 10:00"),
        # weekdays: weeks begin on Monday
        ("周五", "2026-11-27 10:00"),
        ("周日", "2026-11-29 10:00"),
        ("周日19:30", "2026-11-22 19:30"),
        ("周日9:30", "2026-11-29 09:30 when_next_week"),
        ("本周五", "when_past"),
        ("这周日", "2026-11-22 15:30"),
        ("下周", "2026-11-23 10:00"),
        ("下周三", "2026-11-25 10:00"),
        ("下个周三", "2026-11-25 10:00"),
        ("下周三 下午3点半", "2026-11-25 15:30"),
        ("下周一十点", "2026-11-23 10:00"),
        ("下下周一", "2026-11-30 10:00"),
        ("星期三晚上", "2026-11-25 19:30"),
        ("礼拜天", "2026-11-29 10:00"),
        ("周末", "2026-11-28 10:00"),
        # dates
        ("11-26", "2026-11-26 10:00"),
        ("11-26 19:30", "2026-11-26 19:30"),
        ("11/26", "2026-11-26 10:00"),
        ("11.26", "2026-11-26 10:00"),
        ("11月26日", "2026-11-26 10:00"),
        ("十一月二十六号晚上七点半", "2026-11-26 19:30"),
        ("2026-12-24 10:00", "2026-12-24 10:00"),
        ("二〇二六年十二月一日", "2026-12-01 10:00"),
        ("1月2日", "2027-01-02 10:00 when_next_year"),
        ("11-20", "2027-11-20 10:00 when_next_year when_far"),
        ("2-29", "2028-02-29 10:00 when_next_year when_far"),
        ("11-22", "2026-11-22 15:30"),
        ("28号", "2026-11-28 10:00"),
        ("二十八日", "2026-11-28 10:00"),
        ("12号", "2026-12-12 10:00 when_next_month"),
        ("31号", "2026-12-31 10:00 when_next_month"),
        ("下个月3号", "2026-12-03 10:00"),
        ("下月初", "2026-12-01 10:00"),
        ("月底", "2026-11-30 10:00"),
        ("下月底", "2026-12-31 10:00"),
        # hours alone
        ("19:30", "2026-11-22 19:30"),
        ("１９：３０", "2026-11-22 19:30"),
        ("9:30", "2026-11-23 09:30 when_tomorrow"),
        ("14:02", "2026-11-23 14:02 when_tomorrow"),
        ("14:03", "2026-11-22 14:03"),
        ("今天14:02", "when_past"),
        ("8点", "2026-11-22 20:00 when_afternoon"),
        ("下午", "2026-11-22 15:00"),
        ("上午", "2026-11-23 10:00 when_tomorrow"),
        # English
        ("tomorrow 19:30", "2026-11-23 19:30"),
        ("tmr 3pm", "2026-11-23 15:00"),
        ("tonight 8pm", "2026-11-22 20:00"),
        ("the day after tomorrow", "2026-11-24 10:00"),
        ("next wed", "2026-11-25 10:00"),
        ("Next Wednesday at 7:30 PM", "2026-11-25 19:30"),
        ("fri", "2026-11-27 10:00"),
        ("on Thursday morning", "2026-11-26 10:00"),
        ("in 3 days", "2026-11-25 10:00"),
        ("in a week", "2026-11-29 10:00"),
        ("in 2 hours", "2026-11-22 16:03"),
        ("next week", "2026-11-23 10:00"),
        ("next month", "2026-12-01 10:00"),
        ("Nov 26 at 3pm", "2026-11-26 15:00"),
        ("26 November", "2026-11-26 10:00"),
        # problems
        ("", "when_empty"),
        ("　", "when_empty"),
        ("+0m", "when_past"),
        ("2026-11-20", "when_past"),
        ("11月31日", "when_unclear"),
        ("13-45", "when_unclear"),
        ("明天25:00", "when_unclear"),
        ("明天9:75", "when_unclear"),
        ("明天上午15点", "when_unclear"),
        ("明天晚上12点", "when_unclear"),
        ("有空再说", "when_unclear"),
        ("+1x", "when_unclear"),
        ("昨天", "when_unclear"),
        ("明天19", "when_unclear"),
    ],
)
def test_reads(words: str, expected: str) -> None:
    assert said(words) == expected


def test_next_week_begins_on_monday() -> None:
    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert said("下周三", monday) == "2026-12-02 10:00"
    assert said("周三", monday) == "2026-11-25 10:00"
    assert said("本周五", monday) == "2026-11-27 10:00"


def test_the_day_is_that_of_shanghai() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight on Monday
    assert said("今天", late) == "2026-11-23 10:00"
    assert said("明天", late) == "2026-11-24 10:00"


def test_today_is_over_when_nobody_may_be_called_any_more() -> None:
    assert said("今天", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)) == "when_past"
    assert said("今天", datetime(2026, 11, 22, 3, 10, tzinfo=UTC)) == "2026-11-22 13:30"


def test_month_ends_are_kept() -> None:
    january = datetime(2027, 1, 31, 2, 0, tzinfo=UTC)
    assert said("一个月后", january) == "2027-02-28 10:00"
    assert said("30号", january) == "2027-03-30 10:00 when_next_month"


def test_her_best_hour_stands_in_for_the_default() -> None:
    assert when("下周三", NOW, best=time(19)).at == datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
    assert when("下周三上午", NOW, best=time(19)).at == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert when("今天", NOW, best=time(19)).at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    default = WordsSettings(default=time(14))
    assert when("+1d", NOW, default).at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


PARTS = [
    "+1d", "+2h", "+30m", "明天", "后天", "大后天", "今天", "今晚", "下周", "下周三", "周五",
    "本周五", "周日", "11-26", "2-29", "11月26日", "12号", "31号", "三天后", "一周后", "下个月",
    "3号", "月底", "下", "上午", "下午", "晚上", "中午", "19:30", "9:30", "8点", "三点半", "12点",
    "一刻", " ", "tomorrow", "next", "wed", "in 3 days", "3pm", "十", "二", "半", "小时后",
    "2026-", "年", "0",
]  # fmt: skip
words_of_parts = st.lists(st.sampled_from(PARTS), max_size=4).map("".join)
anything = words_of_parts | st.text(max_size=12)
nows = st.integers(0, 3 * 366 * 24 * 60).map(lambda minute: NOW + timedelta(minutes=minute))


@given(anything, nows)
def test_never_in_the_past_and_never_out_of_hours_without_a_word(words: str, now: datetime) -> None:
    answer = when(words, now)
    codes = {note.code for note in answer.notes}
    assert codes <= BECAUSE_CODES
    if answer.at is None:
        assert len(answer.notes) == 1
        assert codes <= PROBLEMS
        return
    assert codes <= NOTES
    assert answer.at > now
    assert answer.at.utcoffset() == timedelta(0)
    warned = bool(codes & {"when_outside_hours", "when_in_pause"})
    assert warned == (closed(answer.at) is not None)
    far = (local_day(answer.at) - local_day(now)).days > WordsSettings().far_days
    assert ("when_far" in codes) == far


@given(st.integers(1, 999), nows)
def test_days_ahead_are_counted_from_today(days: int, now: datetime) -> None:
    for words in (f"+{days}d", f"{days}天后", f"in {days} days"):
        at = when(words, now).at
        assert at is not None
        assert (local_day(at) - local_day(now)).days == days


@given(nows, st.integers(0, 23), st.integers(0, 59))
def test_a_full_date_is_taken_as_written(now: datetime, hour: int, minute: int) -> None:
    day = local_day(now) + timedelta(days=1)
    clock = f"{hour:02d}:{minute:02d}"
    at = when(f"{day:%Y-%m-%d} {clock}", now).at
    assert at is not None
    assert at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == f"{day} {clock}"
