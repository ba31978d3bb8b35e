"""The words of the interface: gettext at run time, and how money, times and days are written.

The catalogues are read from `resources/translations` at start; no compiled file is kept.
"""

import gettext
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from weakref import WeakMethod

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from lumi_desk.clock import SHANGHAI, local_day
from lumi_desk.errors import N_, LumiError
from lumi_desk.paths import shipped

__all__ = [
    "N_",
    "Language",
    "bury",
    "clock_time",
    "count",
    "day",
    "duration",
    "hours",
    "language",
    "money",
    "month",
    "on_switch",
    "percent",
    "said",
    "sentence",
    "switch",
    "tr",
    "trn",
    "weekday",
    "when",
]

_FEN = 100
_MINUTE, _HOUR = 60, 3600


class Language(Enum):
    """The languages of the interface; the value is the catalogue's folder."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class _Words:
    """The language in use and whoever must redraw when it changes."""

    def __init__(self) -> None:
        self.language = Language.CHINESE
        self.listeners: list[Callable[[], Callable[[], object] | None]] = []
        self.is_dead: Callable[[object], bool] = lambda _: False


_words = _Words()


def tr(msgid: str, **params: object) -> str:
    """The message in the language in use, its named fields filled."""
    text = _catalogue(_words.language).gettext(msgid) if msgid else ""
    return text.format(**params) if params else text


def trn(one: str, many: str, n: int, **params: object) -> str:
    """The message for a count; the field `{n}` is the count, with thousands grouped."""
    text = _catalogue(_words.language).ngettext(one, many, n)
    return text.format(n=f"{n:,}", **params)


def said(problem: LumiError) -> tuple[str, str]:
    """A LumiError in the language in use: the fact, and what to do.

    A field may itself be a message, as when the hub's own words are passed on.
    """
    fields = {
        name: tr(value) if isinstance(value, str) else value
        for name, value in problem.params.items()
    }
    return tr(problem.title, **fields), tr(problem.advice, **fields)


def sentence(problem: LumiError) -> str:
    """A LumiError in one breath."""
    title, advice = said(problem)
    stop, gap = ("。", "") if language() is Language.CHINESE else (".", " ")
    return f"{title}{stop}{gap}{advice}" if advice else f"{title}{stop}"


def language() -> Language:
    """The language in use."""
    return _words.language


def switch(to: Language) -> None:
    """Speak another language from now on, and tell who asked to know."""
    _words.language = to
    for listener in list(_words.listeners):
        callback = listener()
        if callback is None or _words.is_dead(getattr(callback, "__self__", None)):
            _words.listeners.remove(listener)
        else:
            callback()


def on_switch(callback: Callable[[], object]) -> Callable[[], None]:
    """Call back after each switch; methods are held weakly. Returns the way out.

    For widgets; a presenter asks its lane, which knows when its screen is gone.
    """
    held = WeakMethod(callback) if hasattr(callback, "__func__") else lambda: callback
    _words.listeners.append(held)

    def forget() -> None:
        if held in _words.listeners:
            _words.listeners.remove(held)

    return forget


def bury(is_dead: Callable[[object], bool]) -> None:
    """Say how to recognise an owner that is gone though Python still holds it: a widget's end."""
    _words.is_dead = is_dead


def money(fen: int, *, sign: bool = True) -> str:
    """¥12,000 or ¥498.50: whole yuan without decimals; `sign=False` leaves the ¥ out."""
    yuan, rest = divmod(abs(fen), _FEN)
    digits = f"{yuan:,}.{rest:02d}" if rest else f"{yuan:,}"
    return f"{'−' if fen < 0 else ''}{'¥' if sign else ''}{digits}"


def count(number: int) -> str:
    """A count with thousands grouped."""
    return f"{number:,}"


def percent(ratio: float | Decimal) -> str:
    """A ratio as whole per cent."""
    return f"{ratio:.0%}"


def clock_time(utc: datetime) -> str:
    """14:02, in Shanghai."""
    return f"{utc.astimezone(SHANGHAI):%H:%M}"


def day(utc: datetime | date, now: datetime | None = None) -> str:
    """11-12, or 2025-11-12 in another year than now's; with `now`, today and its neighbours."""
    local = local_day(utc) if isinstance(utc, datetime) else utc
    if now is None:
        return f"{local:%m-%d}"
    today = local_day(now)
    near = {0: tr("today"), 1: tr("tomorrow"), -1: tr("yesterday")}.get((local - today).days)
    return near or (f"{local:%m-%d}" if local.year == today.year else f"{local:%Y-%m-%d}")


def when(utc: datetime, now: datetime) -> str:
    """The day and the time: today 14:02, 11-26 Thu 19:30."""
    local = local_day(utc)
    gap = abs(local - local_day(now))
    name = "" if gap <= timedelta(days=1) else f" {weekday(local)}"
    return f"{day(utc, now)}{name} {clock_time(utc)}"


def weekday(of: date) -> str:
    """周四 or Thu."""
    return format_date(of, "ccc", locale=_words.language.value)


def month(of: date) -> str:
    """十一月 or November."""
    return format_date(of, "LLLL", locale=_words.language.value)


def duration(seconds: int) -> str:
    """03:42, or 1:03:42 from an hour on."""
    hours, rest = divmod(max(seconds, 0), _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"


def hours(seconds: int) -> str:
    """41:20 for forty-one hours and twenty minutes, as talk time is summed."""
    return f"{seconds // _HOUR}:{seconds % _HOUR // _MINUTE:02d}"


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    path = shipped("resources") / "translations" / language.value / "LC_MESSAGES" / "lumi.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.value))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
