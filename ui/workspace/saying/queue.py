"""Today's list in words: badges, one reason, and what stands on the right."""

from datetime import datetime

from lumi_desk.calls.rules import Blocked
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Grade, Pool
from lumi_desk.customers.service import Found
from lumi_desk.security.masking import mask_phone
from lumi_desk.worklist.rules import Reason
from lumi_desk.worklist.service import Listed, Today
from ui.widgets.values import Badge, Tone
from ui.words import clock_time, day, money, tr, trn
from ui.workspace.saying import reasons
from ui.workspace.saying.reasons import Context
from ui.workspace.screen import Queue, QueueRow, Stage
from ui.workspace.state import Desktop

_GRADES = {Grade.A: Tone.GOOD, Grade.B: Tone.WARN, Grade.C: Tone.QUIET}
_POOLS = {Pool.ONE: Tone.INFO, Pool.ZERO: Tone.QUIET}
# What the line of the rest says anyhow.
_SAID = frozenset({"learned_value", "learned_contact"})


def queue(desktop: Desktop, now: datetime) -> Queue:
    """The list, or what a search found."""
    chosen = desktop.chosen.her.id if desktop.chosen else ""
    if desktop.searching:
        rows = tuple(_found(one) for one in desktop.found)
        left = trn("{n} found", "{n} found", len(rows))
        empty = tr("Nobody found. Try pinyin, initials or the last digits of the phone.")
        return Queue(tr("Search"), left, rows, chosen, desktop.searching, empty)
    if desktop.day is None:
        return Queue(tr("Today's list"), "", ())
    today = desktop.day.today
    context = Context(now, desktop.chosen.shown.shelf.names() if desktop.chosen else {})
    rows = tuple(_row(one, desktop, context) for one in today.rows)
    return Queue(tr("Today's list"), _left(today), rows, chosen, "", _empty(today, context))


def pool_badge(pool: str, grade: str | None) -> Badge:
    """One badge says it: card holders before newcomers before the pools."""
    if pool == Pool.V:
        return Badge(tr("V card"), Tone.BRAND, solid=True)
    if grade in set(Grade):
        return Badge(tr("New {grade}", grade=grade), _GRADES[Grade(grade)])
    return Badge(tr("Pool {pool}", pool=pool), _POOLS.get(Pool(pool), Tone.QUIET))


def reason(one: Listed, context: Context, at: int = 0) -> str:
    """Why she is on the list, as shortly as it can be said; `at` counts from her best reason."""
    because = one.entry.because[at]
    match (one.entry.reason, *one.entry.others)[at]:
        case Reason.NEWCOMER if one.last is not None:
            return tr(
                "First order {what} {money}, visit within 48 hours",
                what=_line(one),
                money=money(one.last.fen),
            )
        case Reason.COMPLAINT if one.complaint_answered:
            due = datetime.fromisoformat(str(because.fields["due_at"]))
            return tr("Complaint answered, to be closed by {when}", when=day(due, context.now))
        case Reason.RUN_OUT if one.product:
            return f"{one.product}{tr(': ')}{reasons.said(because, context)}"
        case Reason.CALLBACK if one.promise and one.promise.why:
            return f"{reasons.said(because, context)}{tr('; ')}{about(one.promise.why)}"
        case Reason.REST if at == 0 and one.entry.learned and one.entry.learned.code not in _SAID:
            learned = tr("by experience: {why}", why=reasons.said(one.entry.learned, context))
            return f"{reasons.said(because, context)}{tr('; ')}{learned}"
    return reasons.said(because, context)


def about(why: str) -> str:
    """What a callback is about: a kind of ours, or the words somebody wrote."""
    return {
        "again": tr("talk again"),
        "arrival": tr("after delivery"),
        "payment": tr("payment"),
        "renewal": tr("renewal"),
    }.get(why, why)


def _line(one: Listed) -> str:
    main = one.last.main if one.last else None
    name = (main.line if main else "") or one.customer.line or ""
    return tr(reasons.LINES[name]) if name in reasons.LINES else ""


def _row(one: Listed, desktop: Desktop, context: Context) -> QueueRow:
    customer = one.customer
    mine = desktop.chosen is not None and desktop.chosen.her.id == customer.id
    flag = (_stage_flag(desktop.stage) if mine else None) or _flag(one, context)
    badge = pool_badge(customer.pool, customer.grade)
    # That her call is under way the flag says; the line keeps why she is called.
    begun = mine and one.entry.reason is Reason.WRAP_UP and len(one.entry.because) > 1
    words = reason(one, context, int(begun))
    return QueueRow(customer.id, customer.name, (badge,), words, flag)


def _stage_flag(stage: Stage) -> Badge | None:
    words = {
        Stage.DIALLED: tr("Ringing"),
        Stage.TALKING: tr("On call"),
        Stage.WRAP_UP: tr("In wrap-up"),
    }.get(stage)
    return Badge(words, Tone.BRAND, boxed=False) if words else None


def _flag(one: Listed, context: Context) -> Badge | None:
    due = one.entry.due_at
    match one.entry.reason:
        case Reason.WRAP_UP:
            return Badge(tr("In wrap-up"), Tone.BRAND, boxed=False)
        case Reason.CALLBACK if due is not None:
            late = due < context.now
            same = local_day(due) == local_day(context.now)
            text = clock_time(due) if same else day(due, context.now)
            return Badge(text, Tone.BAD if late else Tone.QUIET, boxed=False)
        case Reason.COMPLAINT:
            return Badge(tr("Complaint"), Tone.BAD)
        case Reason.CHURN:
            return Badge(tr("At risk"), Tone.QUIET, boxed=False)
    return None


def _left(today: Today) -> str:
    if today.opens_at is not None:
        return tr("from {time}", time=clock_time(today.opens_at))
    return trn("{n} left", "{n} left", len(today.rows))


def _empty(today: Today, context: Context) -> str:
    if today.closed is not None:
        return reasons.blocked(Blocked(today.closed, today.opens_at), context)
    return tr("Today's list is done.")


def _found(one: Found) -> QueueRow:
    facts = (mask_phone(one.phone), one.wangwang, one.city)
    words = " · ".join(fact for fact in facts if fact)
    return QueueRow(one.id, one.name, (pool_badge(one.pool, one.grade),), words)
