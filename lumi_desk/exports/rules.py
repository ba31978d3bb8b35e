"""Who may take a list out of the program, how much of it, and what makes its cells harmless."""

import re
from dataclasses import dataclass
from enum import StrEnum

from lumi_desk.errors import N_, LumiError

# A spreadsheet takes a cell that begins so for a formula; full-width ones count in some of them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LEAST_REASON = 4


class Format(StrEnum):
    """The kinds of files there are."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Our choice: reps, leaders and managers export masked lists, leaders whole numbers of the
    customers on their own desks, with a reason.

    `roles` may export at all, `full` with whole phone numbers; `most` rows in one file, and
    `per_day` rows in all files of a person's day.
    """

    roles: frozenset[str] = frozenset({"rep", "leader", "manager"})
    full: frozenset[str] = frozenset({"leader"})
    most: int = 500
    per_day: int = 1000


EXPORT = ExportSettings()


class NoExport(LumiError):
    """A role that may not export."""

    title = N_("Your role does not export lists")
    advice = N_("Ask your team leader for the list; the hub's keeper says which roles may.")


class NoWholeNumbers(LumiError):
    """A role that sees phone numbers masked."""

    title = N_("Your role exports phone numbers masked")
    advice = N_("Export the list with masked numbers, or ask your team leader.")


class NoReason(LumiError):
    """Whole phone numbers are wanted, and nobody says what for."""

    title = N_("Whole phone numbers take a reason")
    advice = N_("Write in a few words what the list is for.")


class NoPurpose(LumiError):
    """A list of customers she does not hold is wanted, and nobody says what for."""

    title = N_("An export of the centre's customers takes a purpose")
    advice = N_("Write in a few words what the list is for.")


class LessMayLeave(LumiError):
    """Less may be exported than was said before: somebody exported for her meanwhile."""

    title = N_("Only {rows} customers may be exported now, not {asked}")
    advice = N_("Nothing was exported. Ask for the export again.")


class EnoughForToday(LumiError):
    """The rows of the day are used up."""

    title = N_("No more than {per_day} customers can be exported on one day")
    advice = N_("Filter the list further, or go on tomorrow.")


class NothingToExport(LumiError):
    """An empty list."""

    title = N_("There is nobody in this list")
    advice = N_("Change the filter.")


def room(settings: ExportSettings, role: str, done_today: int, rows: int) -> int:
    """How many of so many rows may be exported now. Raises NoExport, EnoughForToday and
    NothingToExport.
    """
    if role not in settings.roles:
        raise NoExport
    if rows < 1:
        raise NothingToExport
    left = settings.per_day - done_today
    if left < 1:
        raise EnoughForToday(per_day=settings.per_day)
    return min(rows, settings.most, left)


def require_reason(settings: ExportSettings, role: str, reason: str) -> None:
    """Whole numbers only for who may, and says what for. Raises NoWholeNumbers and NoReason."""
    if role not in settings.full:
        raise NoWholeNumbers
    if len(reason.strip()) < LEAST_REASON:
        raise NoReason


def require_purpose(purpose: str) -> None:
    """Raise NoPurpose unless it is said what a list is for."""
    if len(purpose.strip()) < LEAST_REASON:
        raise NoPurpose


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet reads as a formula: with an apostrophe before it.

    Signs that nobody sees and no workbook takes are left out.
    """
    seen = _UNSEEN.sub("", text)
    return f"'{seen}" if seen.lstrip(" ").startswith(_FORMULA) else seen
