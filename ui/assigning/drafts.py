"""What a leader has chosen and typed, and what is asked of the hub by it. Knows no Qt."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from lumi_desk.managing import assigning as protocol
from lumi_desk.managing.assigning import PreviewHandOver, RepLoad
from ui.days import NoDay, any_day_of, day_of

# They stand in the list where a rep's id does.
WAITING, CHOSEN = "waiting", "chosen"
REPS, PLANS, NOBODY = "reps", "plans", "nobody"


@dataclass(frozen=True, slots=True)
class HandOverDraft:
    """Whom, to whom and why; empty filters are everybody."""

    pool: str = ""
    grade: str = ""
    line: str = ""
    way: Literal["reps", "plans", "nobody"] = "plans"
    reps: frozenset[str] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """Whom she takes, as it is typed."""

    takes: bool
    side: str
    lines: frozenset[str]
    grades: frozenset[str]
    most: str


@dataclass(frozen=True, slots=True)
class LeaveDraft:
    """From when to when, who stands in and why she is away, as it is typed."""

    first: str
    last: str
    stand_in: str = ""
    why: str = ""


def asked(
    chosen: str, draft: HandOverDraft, customer_ids: tuple[str, ...] = ()
) -> PreviewHandOver | None:
    """What the hub is asked; nothing while no rep is ticked. The ids are the chosen customers."""
    if draft.way == REPS and not draft.reps:
        return None
    told: Any = {
        "pools": (draft.pool,) if draft.pool else (),
        "grades": (draft.grade,) if draft.grade else (),
        "lines": (draft.line,) if draft.line else (),
        "reps": tuple(sorted(draft.reps)) if draft.way == REPS else (),
    }
    if chosen == WAITING:
        return PreviewHandOver("waiting", draft.way, **told)
    if chosen == CHOSEN:
        return PreviewHandOver("chosen", draft.way, chosen=customer_ids, **told)
    return PreviewHandOver("rep", draft.way, chosen, **told)


def plan_of(rep: RepLoad) -> PlanDraft:
    """Whom she takes, as it stands."""
    most = str(rep.most) if rep.own_most else ""
    return PlanDraft(rep.takes, rep.side, frozenset(rep.lines), frozenset(rep.grades), most)


def leave_of(rep: RepLoad) -> LeaveDraft:
    """Her leave as it stands."""
    return LeaveDraft(rep.first or "", rep.last or "", rep.stand_in, rep.away_why)


def most_of(text: str) -> tuple[int | None, bool]:
    """How many customers at most, None for what is usual; and whether that can be."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not plain:
        return None, True
    if not (plain.isascii() and plain.isdigit()):
        return None, False
    most = int(plain)
    return most, most <= protocol.MOST_CAP


def days_of(draft: LeaveDraft, today: date) -> tuple[tuple[date, date] | None, str]:
    """The days of a leave, or where they are wrong: "first", "last", "order", "past".

    The first day may be over, the last may not. Both empty is no leave, and not wrong.
    """
    if not draft.first.strip() and not draft.last.strip():
        return None, ""
    first = any_day_of(draft.first, today) if draft.first.strip() else today
    if first is None:
        return None, "first"
    last, wrong = day_of(draft.last or draft.first, today)
    if wrong is NoDay.NONE:
        return None, "last"
    if wrong is NoDay.PAST:
        return None, "past"
    return ((first, last), "") if first <= last else (None, "order")


def goes_at_once(rep: RepLoad, draft: LeaveDraft, days: tuple[date, date], today: date) -> bool:
    """Whether customers go to another rep as soon as this leave is set."""
    if days[0] > today or not draft.stand_in:
        return False
    return rep.holds > rep.kept or (is_covered(rep) and draft.stand_in != rep.stand_in)


def is_covered(rep: RepLoad) -> bool:
    """Whether somebody stands in for her at the moment."""
    return rep.is_away and bool(rep.stand_in)


def changed(draft: HandOverDraft, name: str, value: str) -> HandOverDraft:
    """Another filter, another way, or a rep ticked or not."""
    if name == "rep":
        return replace(draft, reps=draft.reps ^ {value})
    told: Any = {name: value}
    return replace(draft, **told)


def planned(draft: PlanDraft, name: str, value: str) -> PlanDraft:
    """A plan with one thing another way: a tick changes, a text is as it is told."""
    if name == "takes":
        return replace(draft, takes=not draft.takes)
    if name == "line":
        return replace(draft, lines=draft.lines ^ {value})
    if name == "grade":
        return replace(draft, grades=draft.grades ^ {value})
    told: Any = {name: value}
    return replace(draft, **told)


def leaving(draft: LeaveDraft, name: str, value: str) -> LeaveDraft:
    """A leave with one thing another way."""
    told: Any = {name: value}
    return replace(draft, **told)
