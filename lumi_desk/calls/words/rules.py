"""Read the words of a promised contact: `+1d`, `明天19:30`, `下周三 下午3点半`, `next wed`.

Own code on purpose: the general date parsers looked at either do not know 下周三 or bring
hundreds of languages along, and none can say what it had to assume.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from lumi_desk.because import Because, because
from lumi_desk.calls.rules import BUDGET, ContactBudget, closed
from lumi_desk.clock import SHANGHAI

PROBLEMS = frozenset({"when_empty", "when_unclear", "when_past"})
NOTES = frozenset(
    {
        "when_afternoon",
        "when_tomorrow",
        "when_next_week",
        "when_next_month",
        "when_next_year",
        "when_far",
        "when_outside_hours",
        "when_in_pause",
    }
)
BECAUSE_CODES = PROBLEMS | NOTES


@dataclass(frozen=True, slots=True)
class WordsSettings:
    """Our choice of hours for words that name none; beyond `far_days` the rep is asked twice."""

    default: time = time(10)
    morning: time = time(10)
    noon: time = time(13, 30)
    afternoon: time = time(15)
    evening: time = time(19, 30)
    far_days: int = 180
    room: timedelta = timedelta(hours=1)


WORDS = WordsSettings()


@dataclass(frozen=True, slots=True)
class When:
    """The promised moment in UTC with what had to be assumed, or None with the problem.

    `notes` are to be shown before saving; without a moment the first one is the problem.
    """

    at: datetime | None
    notes: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class _Days:
    """Days in question, the first with a moment ahead wins; `note` for one from `since` on."""

    days: tuple[date, ...]
    note: str | None = None
    since: date = date.max
    not_today: bool = False


@dataclass(frozen=True, slots=True)
class _Clock:
    """The time of day that was said: a period, an hour and a minute, each perhaps not."""

    period: str | None = None
    hour: int | None = None
    minute: int = 0
    padded: bool = False


_WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WEEKDAY_CHARS = "一二三四五六日"
_DAY_NAME = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur|r)?(?:day)?\b\.?"
_MONTH_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

# Each English form becomes the Chinese one, so that there is one grammar below.
_ENGLISH: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\b(?:the )?day after tomorrow\b", "后天"),
    (r"\b(?:tomorrow|tmrw|tmr)\b", "明天"),
    (r"\btonight\b", "今晚"),
    (r"\btoday\b", "今天"),
    (r"\bin (?:a|an|one) (?=day|week|month|hour)", "in 1 "),
    (r"\bin half an hour\b", "30分后"),
    (r"\bin (\d+) ?(?:minutes?|mins?|m)\b", r"\1分后"),
    (r"\bin (\d+) ?(?:hours?|h)\b", r"\1小时后"),
    (r"\bin (\d+) ?(?:days?|d)\b", r"\1天后"),
    (r"\bin (\d+) ?(?:weeks?|w)\b", r"\1周后"),
    (r"\bin (\d+) ?months?\b", r"\1月后"),
    (r"\bnext week\b", "下周"),
    (r"\bnext month\b", "下月"),
    (rf"\bnext {_DAY_NAME}", lambda found: f"下周{_WEEKDAYS[found[1]]} "),
    (rf"\bthis {_DAY_NAME}", lambda found: f"本周{_WEEKDAYS[found[1]]} "),
    (rf"\b(?:on )?{_DAY_NAME}", lambda found: f"周{_WEEKDAYS[found[1]]} "),
    (rf"\b{_MONTH_NAME} (\d{{1,2}})\b", lambda m: f"{_MONTHS.index(m[1]) + 1}月{m[2]}日"),
    (rf"\b(\d{{1,2}}) {_MONTH_NAME}", lambda m: f"{_MONTHS.index(m[2]) + 1}月{m[1]}日"),
    (r"\b12(?::00)? ?am\b", "0:00"),
    (r"\b(\d{1,2}(?::\d{2})?) ?am\b", r"上午\1"),
    (r"\b(\d{1,2}(?::\d{2})?) ?pm\b", r"下午\1"),
    (r"\bmorning\b", "上午"),
    (r"\bnoon\b", "中午"),
    (r"\bafternoon\b", "下午"),
    (r"\bevening\b", "晚上"),
    (r"\b(?:at|in the)\b", " "),
)
_CHINESE: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"星期|礼拜", "周"),
    (r"周天", "周日"),
    (r"周末", "周六"),
    (rf"周([{_WEEKDAY_CHARS}])", lambda m: f"周{_WEEKDAY_CHARS.index(m[1]) + 1} "),
    (r"[零〇一二两三四五六七八九十]+", lambda found: _number(found[0])),
    (r"(?:之|以)后", "后"),
    (r"分钟|分(?=后)", "分"),
    (r"钟头", "小时"),
    (r"个(?=半?小时|周|月)", ""),
    (r"半个", "半"),
    (r"这(?=周|月)", "本"),
    (r"(上午|中午|下午|晚上?) ?(?:上午|下午)(?=\d)", r"\1"),
    (r"(?:左右|回访|联系|再打|打电话)$", ""),
)


def _number(chars: str) -> str:
    """Chinese digits as Arabic ones: 三 3, 十五 15, 二十 20, 二〇二六 2026."""
    if "十" not in chars:
        return "".join(str(_DIGITS[char]) for char in chars)
    tens, _, ones = chars.partition("十")
    if not {*tens, *ones} <= _DIGITS.keys():
        return chars
    high = int(_number(tens)) if tens else 1
    return str(high * 10 + (int(_number(ones)) if ones else 0))


def _plain(words: str) -> str:
    """One spelling for everything: half width, Arabic digits, Chinese words, few blanks."""
    text = " ".join(unicodedata.normalize("NFKC", words).lower().replace(",", " ").split())
    for pattern, spelling in (*_ENGLISH, *_CHINESE):
        text = re.sub(pattern, spelling, text)
    return re.sub(r" ?([^\x00-\x7f]) ?", r"\1", " ".join(text.split())).strip()


def _month_day(year: int, month: int, day: int, months: int = 0) -> date | None:
    """The day some months later, or None if that month has no such day."""
    over, index = divmod(month - 1 + months, 12)
    try:
        return date(year + over, index + 1, day)
    except ValueError:
        return None


def _real(days: Iterable[date | None]) -> tuple[date, ...]:
    return tuple(day for day in days if day is not None)


def _last_day(day: date, months: int) -> date:
    """The last day of a month some months later."""
    last = _month_day(day.year, day.month, 1, months + 1)
    return day if last is None else last - timedelta(days=1)


def _weekday(found: re.Match[str], today: date) -> _Days:
    """本周3, 下周3, 下下周3, 周3; weeks begin on Monday; 下周 alone is its Monday."""
    which, number = found["which"] or "", int(found["number"] or 1)
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=number - 1)
    if which:
        return _Days((day + timedelta(weeks=which.count("下")),))
    if day < today:
        return _Days((day + timedelta(weeks=1),))
    later = day + timedelta(weeks=1)
    return _Days((day, later), "when_next_week", since=later, not_today=True)


def _in_months(today: date, months: int) -> _Days:
    """The same day some months later, or that month's last."""
    last = _last_day(today, months)
    return _Days((last.replace(day=min(today.day, last.day)),))


def _this_or_next_month(found: re.Match[str], today: date) -> _Days:
    """12日: this month's, or that of the next month that has one."""
    number = int(found["day"])
    days = _real(_month_day(today.year, today.month, number, ahead) for ahead in range(4))
    ahead = tuple(day for day in days if day >= today)
    return _Days(ahead, "when_next_month", since=_last_day(today, 0) + timedelta(days=1))


def _this_or_next_year(found: re.Match[str], today: date) -> _Days:
    """11-26: this year's or the next; the 29th of February may be eight years away."""
    month, day = int(found["month"]), int(found["day"])
    if not 1 <= month <= 12:
        return _Days(())
    days = _real(_month_day(today.year + later, month, day) for later in range(9))
    return _Days(days, "when_next_year", since=date(today.year + 1, 1, 1))


def _exact_date(found: re.Match[str], today: date) -> _Days:
    del today
    month = int(found["month"])
    if not 1 <= month <= 12:
        return _Days(())
    return _Days(_real([_month_day(int(found["year"]), month, int(found["day"]))]))


def _of_month(found: re.Match[str], today: date) -> _Days:
    """下月3日, 本月28日, 下月初, 月底; 下月 alone is its first day."""
    months = (found["which"] or "").count("下")
    if found["edge"] == "底":
        return _Days((_last_day(today, months),))
    return _Days(_real([_month_day(today.year, today.month, int(found["day"] or 1), months)]))


_DayReader = Callable[[re.Match[str], date], _Days]

_DAYS: tuple[tuple[str, _DayReader], ...] = (
    (r"大后天", lambda _, today: _Days((today + timedelta(days=3),))),
    (r"后天", lambda _, today: _Days((today + timedelta(days=2),))),
    (r"明[天日儿]?", lambda _, today: _Days((today + timedelta(days=1),))),
    (r"今[天日儿]?", lambda _, today: _Days((today,))),
    (
        r"\+(\d{1,3}) ?(?:days?|d)|过?(\d{1,3})(?:天后?|日后)",
        lambda found, today: _Days((today + timedelta(days=int(found[1] or found[2])),)),
    ),
    (
        r"\+(\d{1,2}) ?(?:weeks?|w)|过?(\d{1,2})周后?",
        lambda found, today: _Days((today + timedelta(weeks=int(found[1] or found[2])),)),
    ),
    (r"过?半月后?", lambda _, today: _Days((today + timedelta(days=15),))),
    (r"过?半年后?", lambda _, today: _in_months(today, 6)),
    (
        r"\+(\d{1,2}) ?mo(?:nths?)?|过(\d{1,2})月|(\d{1,2})月后",
        lambda found, today: _in_months(today, int(found[1] or found[2] or found[3])),
    ),
    (r"(?P<which>本|下+)周(?P<number>[1-7])?", _weekday),
    (r"(?P<which>)周(?P<number>[1-7])", _weekday),
    (
        r"(?P<year>20\d\d)[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?",
        _exact_date,
    ),
    (r"(?P<which>本|下+)?月(?P<edge>底)(?P<day>\d)?", _of_month),
    (r"(?P<which>下+)月(?P<edge>初)?(?:(?P<day>\d{1,2})[日号]?)?", _of_month),
    (r"(?P<which>本)月(?P<edge>初)?(?P<day>\d{1,2})[日号]?", _of_month),
    (r"(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?(?!\d)", _this_or_next_year),
    (r"(?P<day>\d{1,2})[日号]", _this_or_next_month),
)

_EXACT = re.compile(
    r"\+(?:(?P<h>\d{1,3}) ?h(?:ours?)?)? ?(?:(?P<m>\d{1,4}) ?m(?:in(?:ute)?s?)?)?"
    r"|过?(?P<hours>\d{1,3})?(?P<half>半)?小时后"
    r"|过?(?P<minutes>\d{1,4})分后"
)
_TIME = re.compile(
    r"(?P<period>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚)? ?"
    r"(?:(?P<hour>\d{1,2})(?:[点时](?:半|(?P<quarter>[13])刻|(?P<minute>\d{1,2})分?)?[整钟]?"
    r"|:(?P<colon>\d{2}))|(?P<four>\d{4})|(?P<bare>\d{1,2}))?"
)
_LATE = ("下午", "傍晚", "晚上", "晚")


def _exactly(text: str) -> timedelta | None:
    """`+2h`, `+1h30m`, 半小时后, 1个半小时后, 30分钟后."""
    found = _EXACT.fullmatch(text)
    if found is None or not any(found.groupdict().values()):
        return None
    hours = int(found["h"] or found["hours"] or 0)
    minutes = int(found["m"] or found["minutes"] or 0) + (30 if found["half"] else 0)
    return timedelta(hours=hours, minutes=minutes)


def _clock(text: str) -> _Clock | None:
    """The time of day after the day; None if it is something else."""
    found = _TIME.fullmatch(text)
    if found is None or (found["bare"] and not found["period"]):
        return None
    said = found["hour"] or found["bare"] or (found["four"] or "")[:2]
    if not said:
        return _Clock(found["period"])
    if "半" in text:
        minute = 30
    elif found["quarter"]:
        minute = int(found["quarter"]) * 15
    else:
        minute = int(found["minute"] or found["colon"] or (found["four"] or "")[2:] or 0)
    hour = _hour_of_day(found["period"], int(said))
    if hour is None or minute > 59:
        return None
    return _Clock(found["period"], hour, minute, padded=said.startswith("0"))


def _hour_of_day(period: str | None, hour: int) -> int | None:
    """The hour on a 24-hour clock; None for contradictions like 上午15点 or 晚上12点."""
    if hour > 23:
        return None
    if period in _LATE:
        if hour == 0 or (hour == 12 and period != "下午"):
            return None
        return hour + 12 if hour < 12 else hour
    if period == "中午":
        return {11: 11, 12: 12, 1: 13, 2: 14, 13: 13, 14: 14}.get(hour)
    return hour if period is None or hour <= 12 else None


def _silent(period: str | None, settings: WordsSettings, best: time | None) -> time:
    """The hour for words that name none."""
    if period is None:
        return best or settings.default
    if period == "中午":
        return settings.noon
    if period == "下午":
        return settings.afternoon
    return settings.evening if period in _LATE else settings.morning


@dataclass(frozen=True, slots=True)
class _Asked:
    """Everything needed to turn a day into a moment."""

    clock: _Clock
    now: datetime
    settings: WordsSettings
    best: time | None
    budget: ContactBudget

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def assumed(self) -> bool:
        """Whether an hour like 3点 is read as 15:00, since nobody may be called at 3."""
        hour, budget = self.clock.hour, self.budget
        if hour is None or self.clock.period or self.clock.padded or not 1 <= hour < 12:
            return False
        later = time(hour + 12, self.clock.minute)
        return time(hour, self.clock.minute) < budget.opens and later < budget.closes

    def on(self, day: date) -> datetime | None:
        """The moment on that day, in UTC; None if it is over."""
        hour = self.clock.hour
        if hour is None:
            at = _silent(self.clock.period, self.settings, self.best)
        else:
            at = time(hour + 12 if self.assumed else hour, self.clock.minute)
        moment = datetime.combine(day, at, SHANGHAI).astimezone(UTC)
        if moment > self.now:
            return moment
        return self._later() if day == self.today and self.clock == _Clock() else None

    def _later(self) -> datetime | None:
        """Some time later today, on the half hour, if people may still be called then."""
        half = timedelta(minutes=30)
        local = self.now.astimezone(SHANGHAI) + self.settings.room
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = (midnight - (midnight - local) // half * half).astimezone(UTC)
        shut = closed(moment, self.budget)
        if shut is not None and shut.until is not None:
            moment = shut.until
        return moment if moment.astimezone(SHANGHAI).date() == self.today else None


def _day_and_rest(text: str, today: date) -> Iterable[tuple[_Days, _Clock]]:
    """Every reading of the text as a day followed by a time of day."""
    for pattern, read in _DAYS:
        found = re.match(pattern, text)
        if found is not None:
            days, clock = read(found, today), _clock(text[found.end() :].strip())
            if days.days and clock is not None:
                yield days, clock
    clock = _clock(text)
    if clock is not None:
        tomorrow = today + timedelta(days=1)
        yield _Days((today, tomorrow), "when_tomorrow", since=tomorrow), clock


def _checked(at: datetime, notes: list[Because], asked: _Asked) -> When:
    """The answer, with a word on what is unusual about its time."""
    days = (at.astimezone(SHANGHAI).date() - asked.today).days
    if days > asked.settings.far_days:
        notes.append(because("when_far", days=days))
    shut = closed(at, asked.budget)
    if shut is not None:
        code = "when_in_pause" if shut.because.code == "midday" else "when_outside_hours"
        notes.append(Because(code, shut.because.params))
    return When(at, tuple(notes))


def when(
    words: str,
    now: datetime,
    settings: WordsSettings = WORDS,
    best: time | None = None,
    budget: ContactBudget = BUDGET,
) -> When:
    """The moment a rep's words mean, seen from `now`; `best` is the customer's best hour.

    Never a moment that is over. One outside calling hours, read as the afternoon, moved to the
    next day, week, month or year, or far away says so in its notes.
    """
    text = _plain(words)
    if not text:
        return When(None, (because("when_empty"),))
    wait = _exactly(text)
    if wait is not None:
        asked = _Asked(_Clock(), now, settings, best, budget)
        at = (now + wait + timedelta(seconds=59)).replace(second=0, microsecond=0)
        return _checked(at, [], asked) if wait else When(None, (because("when_past"),))
    problem = because("when_unclear", words=words.strip()[:40])
    for days, clock in _day_and_rest(text, now.astimezone(SHANGHAI).date()):
        found = _first_ahead(days, _Asked(clock, now, settings, best, budget))
        if found is not None:
            return found
        problem = because("when_past")
    return When(None, (problem,))


def day_in_words(words: str, today: date) -> date | None:
    """The next day some words mean that say no time of day; None for none."""
    text = _plain(words)
    for pattern, read in _DAYS:
        found = re.fullmatch(pattern, text)
        ahead = [day for day in read(found, today).days if day >= today] if found else []
        if ahead:
            return ahead[0]
    return None


def _first_ahead(days: _Days, asked: _Asked) -> When | None:
    """The first of the days that still has the moment ahead; None when all is over."""
    silent = asked.clock == _Clock()
    for day in days.days:
        if days.not_today and silent and day == asked.today:
            continue
        moment = asked.on(day)
        if moment is not None:
            notes = []
            if asked.assumed:
                read = f"{moment.astimezone(SHANGHAI):%H:%M}"
                notes.append(because("when_afternoon", hour=asked.clock.hour, read=read))
            if days.note is not None and day >= days.since and not (days.not_today and silent):
                notes.append(because(days.note))
            return _checked(moment, notes, asked)
    return None
