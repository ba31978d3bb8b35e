"""Assignment in words: loads, previews, plans, leaves and the history. Knows no Qt."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from lumi_desk.clock import local_day
from lumi_desk.managing import assigning as protocol
from lumi_desk.managing.assigning import (
    HandedOver,
    HandOverDone,
    HandOverPreviewed,
    HandOverUndone,
    RepLoad,
    RepSet,
    RepsListed,
)
from ui.assigning import drafts
from ui.assigning.drafts import HandOverDraft, LeaveDraft, PlanDraft
from ui.assigning.screen import (
    Goes,
    HandOver,
    History,
    Leave,
    Past,
    Pick,
    Plan,
    Preview,
    Row,
    Waiting,
)
from ui.days import any_day_of
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Button, Choice, Entry, Line, Span, Tone
from ui.words import N_, Language, count, day, language, tr, trn, when

_POOLS = ("V", "1", "0")
_GRADES = ("A", "B", "C")
_LINES: Mapping[str, str] = {
    "collagen": N_("Collagen"),
    "enzyme": N_("Enzyme"),
    "other": N_("Other lines"),
}
_SIDES: Mapping[str, str] = {
    "new": N_("Newcomers"),
    "old": N_("Old customers"),
    "both": N_("Newcomers and old customers"),
}
_KINDS: Mapping[str, str] = {
    "leave": N_("Leave begins"),
    "return": N_("Back from leave"),
    "undo": N_("Taken back"),
    "hub": N_("By the plans"),
}


def row(rep: RepLoad, *, of_all: bool) -> Row:
    """A rep in the list."""
    held = tr("{holds} of {most}", holds=count(rep.holds), most=count(rep.most))
    grades = " · ".join(
        f"{one} {count(rep.by_grade[one])}" for one in _GRADES if rep.by_grade.get(one)
    )
    team = rep.team if of_all else ""
    return Row(
        rep.id,
        rep.name,
        " · ".join(part for part in (team, held, grades) if part),
        _badge(rep),
        rep.holds / rep.most if rep.most else 1.0,
        tr("Load {held}", held=held),
    )


def _badge(rep: RepLoad) -> Badge | None:
    if not rep.active:
        return Badge(tr("Has left"), Tone.BAD)
    if rep.is_away:
        return Badge(tr("On leave"), Tone.INFO)
    if rep.holds > rep.most:
        return Badge(tr("Over her cap"), Tone.BAD)
    if rep.holds == rep.most:
        return Badge(tr("Full"), Tone.WARN)
    return None if rep.takes else Badge(tr("No plan"), Tone.QUIET)


def waiting_row(listed: RepsListed) -> Row:
    """Who waits for a rep, as the first of the list."""
    many = sum(listed.waiting.values())
    badge = Badge(count(many), Tone.WARN) if many else None
    line = tr("customers without a rep") if many else tr("nobody waits")
    return Row(drafts.WAITING, tr("Waiting for a rep"), line, badge)


def chosen_row(many: int) -> Row:
    """Customers chosen on another page, as the first of the list."""
    line = trn("{n} from the list of customers", "{n} from the list of customers", many)
    return Row(drafts.CHOSEN, tr("Chosen customers"), line)


def waiting(listed: RepsListed) -> Waiting:
    """Why nobody took them, and the best of them."""
    reasons = tuple(
        f"{count(many)} · {_why(why)}"
        for why, many in sorted(listed.waiting.items(), key=lambda one: (-one[1], one[0]))
    )
    names = tuple(
        (
            one.name,
            " · ".join(
                part
                for part in (
                    tr("pool {pool}", pool=one.pool),
                    one.grade,
                    tr(_LINES.get(one.line, "")),
                    _why(one.why),
                )
                if part
            ),
        )
        for one in listed.first
    )
    return Waiting(tr("Who waits, and why"), reasons or (tr("Nobody waits for a rep."),), names)


def _why(why: str) -> str:
    """Why nobody takes them, a value of Stays or one of the hub's own."""
    return {
        "": tr("handed out at the next import or tonight"),
        "no_plans": tr("no rep has a plan"),
        "nobody": tr("no plan takes such as her"),
        "away": tr("whoever takes such as her is on leave"),
        "full": tr("whoever takes such as her has no room"),
    }.get(why, why)


def hand_over(
    chosen: RepLoad | None,
    reps: Sequence[RepLoad],
    draft: HandOverDraft,
    preview: Preview,
    do: Button,
    *,
    waiting: bool,
) -> HandOver:
    """Whose customers go where: of a rep, those who are `waiting`, or else the chosen ones."""
    title = tr("Give to a rep") if waiting else tr("Hand over the chosen customers")
    if chosen is not None:
        title = tr("Hand over {name}'s customers", name=chosen.name)
    every = tr("every")
    picks = [
        Pick("pool", tr("Pool"), _choices(draft.pool, [("", every), *((o, o) for o in _POOLS)])),
        Pick(
            "grade", tr("Grade"), _choices(draft.grade, [("", every), *((o, o) for o in _GRADES)])
        ),
        Pick("line", tr("Line"), _choices(draft.line, [("", every), *_lines()])),
        Pick("way", tr("To"), _choices(draft.way, _ways(waiting=waiting))),
    ]
    ticked: tuple[Choice, ...] = ()
    if draft.way == drafts.REPS:
        ticked = tuple(
            Choice(one.id, one.name, chosen=one.id in draft.reps)
            for one in reps
            if one.active and one is not chosen
        )
    why = Entry(tr("Why"), draft.why, tr("a few words for the history"))
    return HandOver(title, tuple(picks), ticked, why, preview, do)


def _ways(*, waiting: bool) -> list[tuple[str, str]]:
    found = [
        (drafts.PLANS, tr("whoever takes such as her, by plan")),
        (drafts.REPS, tr("chosen reps")),
    ]
    return found if waiting else [*found, (drafts.NOBODY, tr("back into the pool"))]


def _lines() -> list[tuple[str, str]]:
    return [(name, tr(text)) for name, text in _LINES.items()]


def _choices(now: str, names: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(name, text, chosen=name == now) for name, text in names)


def preview(seen: HandOverPreviewed, *, stale: bool = False) -> Preview:
    """Who would go where, and what goes along."""
    summary: Line = (
        Span(trn("{n} customer moves", "{n} customers move", seen.moving), strong=True),
    )
    stays = tuple(
        (Span(_stays(why, many), tone=Tone.WARN),) for why, many in sorted(seen.stays.items())
    )
    return Preview(
        summary,
        tuple(_goes(one) for one in seen.goes),
        (*stays, *_along(seen)),
        stale=stale,
    )


def _stays(why: str, many: int) -> str:
    if why == "beyond":
        return trn(
            "{n} is gone, or not in your hands any more",
            "{n} are gone, or not in your hands any more",
            many,
        )
    return trn("{n} stays: {why}", "{n} stay: {why}", many, why=_why(why))


def _goes(one: protocol.Goes) -> Goes:
    grades = " · ".join(f"{g} {count(one.by_grade[g])}" for g in _GRADES if one.by_grade.get(g))
    if not one.rep_id:
        return Goes(tr("Back into the pool"), count(one.customers), grades, "")
    badge = None
    if one.is_away:
        badge = Badge(tr("On leave"), Tone.INFO)
    elif one.over:
        badge = Badge(trn("{n} over her cap", "{n} over her cap", one.over), Tone.BAD)
    then = tr("then {holds} of {most}", holds=count(one.then), most=count(one.most))
    load = one.then / one.most if one.most else 1.0
    return Goes(one.name, count(one.customers), grades, then, load, badge)


def _along(seen: HandOverPreviewed) -> tuple[Line, ...]:
    told = []
    if seen.callbacks:
        told.append(
            trn(
                "{n} promised callback goes along",
                "{n} promised callbacks go along",
                seen.callbacks,
            )
        )
    if seen.complaints:
        told.append(
            trn("{n} open complaint goes along", "{n} open complaints go along", seen.complaints)
        )
    if seen.parked:
        told.append(
            trn(
                "{n} piece of work still waits for a leader's word",
                "{n} pieces of work still wait for a leader's word",
                seen.parked,
            )
        )
    if any(not one.rep_id for one in seen.goes):
        told.append(
            tr("Pools V and 1 are handed out again by the plans, at the next import or tonight.")
        )
    return tuple((Span(text),) for text in told)


def confirm(seen: HandOverPreviewed, draft: HandOverDraft) -> Confirm:
    """The last question."""
    lines = [
        tr("{customers} to {name}", customers=count(one.customers), name=_goes(one).name)
        if one.rep_id
        else tr("{customers} back into the pool", customers=count(one.customers))
        for one in seen.goes
    ]
    over = sum(one.over for one in seen.goes)
    if over:
        lines.append(tr("{n} are over a cap.", n=count(over)))
    if not draft.why.strip():
        lines.append(tr("No reason is written for the history."))
    lines.append(tr("It can be taken back today, as far as nobody has worked on them."))
    title = trn("Hand over {n} customer?", "Hand over {n} customers?", seen.moving)
    return Confirm(title, tuple(lines), tr("Yes, hand over"), tr("No, change something"))


def confirm_leave(
    rep: RepLoad, reps: Sequence[RepLoad], draft: LeaveDraft, now: datetime
) -> Confirm:
    """The question before a leave that hands her customers over at once."""
    days, _ = drafts.days_of(draft, local_day(now))
    first, last = (day(one, now) for one in days) if days else ("", "")
    title = tr("Is {name} on leave from {first} to {last}?", name=rep.name, first=first, last=last)
    stand_in, hers = _name(reps, draft.stand_in), rep.holds - rep.kept
    lines = [
        trn(
            "{n} customer of hers goes to {name} now.",
            "{n} customers of hers go to {name} now.",
            hers,
            name=stand_in,
        )
        if hers
        else tr("Whom others look after for her goes to {name} now.", name=stand_in),
        tr("They come back by themselves after the last day."),
    ]
    return Confirm(title, tuple(lines), tr("Yes, set the leave"), tr("No, change something"))


def confirm_back(rep: RepLoad, reps: Sequence[RepLoad]) -> Confirm:
    """The question before she has her customers back."""
    line = tr("Customers whom {name} has for her come back now.", name=_name(reps, rep.stand_in))
    title = tr("Is {name} back from leave?", name=rep.name)
    return Confirm(title, (line,), tr("Yes, she is back"), tr("No, not yet"))


def _name(reps: Sequence[RepLoad], rep_id: str) -> str:
    return next((one.name for one in reps if one.id == rep_id), "")


def plan(rep: RepLoad, draft: PlanDraft, put: Button) -> Plan:
    """Whom she takes, as it is typed."""
    _, fits = drafts.most_of(draft.most)
    problem = (
        "" if fits else tr("Write a whole number up to 100,000, or nothing for the usual one.")
    )
    return Plan(
        tr("Whom {name} takes", name=rep.name),
        tr(
            "Who waits and fits comes to her when it is set, new customers at every import and"
            " every night. Where no line or grade is ticked, she takes all."
        ),
        Choice("takes", tr("Is given customers by herself"), chosen=draft.takes),
        Pick("side", tr("Side"), _choices(draft.side, [(n, tr(t)) for n, t in _SIDES.items()])),
        tuple(Choice(n, t, chosen=n in draft.lines) for n, t in _lines()),
        tuple(
            Choice(one, tr("Grade {grade}", grade=one), chosen=one in draft.grades)
            for one in _GRADES
        ),
        Entry(tr("Customers at most"), draft.most, tr("usual"), problem=problem),
        put,
    )


def leave(
    rep: RepLoad, reps: Sequence[RepLoad], draft: LeaveDraft, now: datetime, *, busy: bool
) -> Leave:
    """Her leave, as it is typed."""
    days, wrong = drafts.days_of(draft, local_day(now))
    problems = {
        "first": tr("Write a day as in {day}.", day=f"{now:%Y}-12-01"),
        "last": tr("Write a day as in {day}.", day=f"{now:%Y}-12-01"),
        "past": tr("That day is over. Write today or a later one."),
        "order": tr("The last day is before the first."),
    }
    others = [(one.id, one.name) for one in reps if one.active and one.id != rep.id]
    nobody = ("", tr("nobody, they stay hers"))
    return Leave(
        tr("Leave"),
        _of_leave(rep, reps, now),
        Entry(
            tr("First day"),
            draft.first,
            "12-01",
            _day_reading(draft.first, now),
            problems["first"] if wrong == "first" else "",
        ),
        Entry(
            tr("Last day"),
            draft.last,
            "12-07",
            _day_reading(draft.last, now),
            problems.get(wrong, "") if wrong not in ("", "first") else "",
        ),
        Pick("stand_in", tr("Stands in"), _choices(draft.stand_in, [nobody, *others])),
        Entry(tr("Why"), draft.why, tr("only who leads her sees it")),
        Button(
            tr("Set leave"), enabled=days is not None and draft != drafts.leave_of(rep) and not busy
        ),
        Button(tr("She is back") if rep.first else "", enabled=not busy),
    )


def _of_leave(rep: RepLoad, reps: Sequence[RepLoad], now: datetime) -> str:
    """Her leave as it stands, or what one would be."""
    if not (rep.first and rep.last):
        return tr("Who stands in has her customers from the first day on; after the last they"
                  " come back by themselves.")  # fmt: skip
    return tr(
        "On leave from {first} to {last}; {name} stands in.",
        first=day(date.fromisoformat(rep.first), now),
        last=day(date.fromisoformat(rep.last), now),
        name=_name(reps, rep.stand_in) or tr("nobody"),
    )


def _day_reading(text: str, now: datetime) -> str:
    """Which day a text is taken for, its year among it where that is another."""
    found = any_day_of(text, local_day(now)) if text.strip() else None
    return f"= {day(found, now)}" if found is not None else ""


def history(listed: RepsListed, now: datetime) -> History:
    """What moved lately."""
    lines = tuple(_past(one, now) for one in listed.history)
    empty = "" if lines else tr("Nobody was moved in the last thirty days.")
    return History(tr("Lately moved"), lines, empty)


def _past(one: HandedOver, now: datetime) -> Past:
    at = datetime.fromtimestamp(one.at / 1000, UTC)
    told = [_moved(each.old, each.new, each.customers, one.kind) for each in one.moves[:3]]
    more = len(one.moves) - len(told)
    if more > 0:
        told.append(tr("and {n} more", n=more))
    kind = tr(_KINDS.get(one.kind, ""))
    who = " · ".join(part for part in (kind, one.by, when(at, now)) if part)
    undo = trn("Take {n} back", "Take {n} back", one.back) if one.back else ""
    badge = Badge(tr("Taken back"), Tone.QUIET) if one.undone else None
    return Past(one.id, "; ".join(told), who, one.why, undo, badge)


def _moved(old: str, new: str, customers: int, kind: str) -> str:
    if kind == "hub":
        return tr("{n} to {new}", n=count(customers), new=new)
    return tr(
        "{n} from {old} to {new}",
        n=count(customers),
        old=old or tr("the pool"),
        new=new or tr("the pool"),
    )


def keys(listed: RepsListed | None) -> str:
    """Which keys do what; the one that takes back only where something can be."""
    if listed is not None and any(one.back for one in listed.history):
        return tr("↑ ↓ choose · Tab onward · Ctrl Enter hands over · Alt Z takes the last back")
    return tr("↑ ↓ choose · Tab onward · Ctrl Enter hands over")


def done(told: HandOverDone) -> str:
    """It is done."""
    return trn("{n} customer was handed over.", "{n} customers were handed over.", told.moved)


def undone(told: HandOverUndone) -> str:
    """So many are back, and why others are not."""
    words = trn("{n} customer is back.", "{n} customers are back.", told.back)
    reasons = {
        "worked": tr("worked on since"),
        "moved": tr("moved again since"),
        "left": tr("whose rep has left"),
    }
    stays = ", ".join(
        f"{count(many)} {reasons.get(why, why)}" for why, many in sorted(told.stays.items())
    )
    return f"{words} {tr('Stay: {stays}.', stays=stays)}" if stays else words


def kept(told: RepSet) -> str:
    """A plan or a leave is set."""
    parts = [tr("It is set.")]
    if told.given:
        parts.append(
            trn(
                "{n} customer who waited came to her.",
                "{n} customers who waited came to her.",
                told.given,
            )
        )
    if told.went:
        parts.append(
            trn(
                "{n} customer went to who stands in.",
                "{n} customers went to who stands in.",
                told.went,
            )
        )
    if told.came:
        parts.append(
            trn("{n} customer came back to her.", "{n} customers came back to her.", told.came)
        )
    gap = "" if language() is Language.CHINESE else " "
    return gap.join(parts)
