"""What the page of the centre's customers asks before something is done. Knows no Qt."""

from collections.abc import Callable, Mapping
from datetime import datetime

from lumi_desk.managing.centre_tags import TagsOnce, TagsUndone
from ui.customers import asking as asks
from ui.customers import record_saying
from ui.customers.centre_state import Asking, Centre
from ui.customers.state import Question
from ui.widgets.values import Choice
from ui.words import sentence, tr, trn, when
from ui.workspace.screen import Ask

_MOST_TAGS = 8


def ask(asking: Asking, state: Centre, now: datetime) -> Ask:
    """The question as the page shows it."""
    return _ASKS[asking.question](asking, state, now)


def _tag(asking: Asking, state: Centre, _: datetime) -> Ask:
    adding = asking.question is Question.TAG
    title = asks.tag_title(asking.many, adding=adding)
    return Ask(
        title=title,
        choices=_tags(state, asking.text),
        entry=True,
        placeholder=tr("The tag, as in: gift 3/8") if adding else tr("Which tag?"),
        reading=_reading(asking),
        confirm=tr("Add tag") if adding else tr("Remove tag"),
    )


def _tags(state: Centre, text: str) -> tuple[Choice, ...]:
    """The tags that are used most."""
    many = state.counts.get("tag", {})
    usual = sorted((one for one in many if one), key=lambda tag: (-many[tag], tag))[:_MOST_TAGS]
    return tuple(Choice(tag, tag, chosen=tag == text.strip()) for tag in usual)


def _reading(asking: Asking) -> str:
    """37 customers get “gift 3/8”, 4 already have it, 2 are out of reach."""
    if not asking.text.strip() or asking.told is None:
        waits = tr("Counting …") if asking.text.strip() else ""
        return sentence(asking.problem) if asking.problem else waits
    told, adding = asking.told, asking.question is Question.TAG
    parts = list(asks.counted(asking.text.strip(), told.changing, told.same, adding=adding))
    if told.beyond:
        parts.append(_beyond(told.beyond))
    if told.by_rule:
        parts.append(
            trn(
                "{n} has it by a rule, which will not give it again",
                "{n} have it by a rule, which will not give it again",
                told.by_rule,
            )
        )
    reading = tr("; ").join(parts)
    return f"{sentence(asking.problem)} {reading}" if asking.problem else reading


def _view(asking: Asking, state: Centre, _: datetime) -> Ask:
    return asks.view_ask(asking.text, [one.name for one in state.views], asking.problem)


def _rename(asking: Asking, state: Centre, _: datetime) -> Ask:
    return asks.rename_ask(state.view, asking.problem)


def _done(asking: Asking, _: Centre, now: datetime) -> Ask:
    """The latest that was done, or whether one of it is to be taken back."""
    if asking.back is not None:
        return Ask(
            title=tr("Take this back? {what}", what=_once(asking.back, now)),
            reading=sentence(asking.problem)
            if asking.problem
            else tr("Whose tag somebody has changed since then stays as she is."),
            confirm=tr("Take back"),
        )
    choices = tuple(
        Choice(one.id, _once(one, now), enabled=one.undone_at is None) for one in asking.done
    )
    reading = "" if choices else tr("Nothing was done to many at once yet.")
    return Ask(title=tr("Done to many at once, the latest first"), choices=choices, reading=reading)


def _once(one: TagsOnce, now: datetime) -> str:
    """Today 14:02 · Gu · tag “gift 3/8” added · 37 customers."""
    at = when(record_saying.at(one.at), now)
    what = tr("tag “{name}” added", name=one.name)
    if not one.adding:
        what = tr("tag “{name}” removed", name=one.name)
    parts = [at, one.by, what, trn("{n} customer", "{n} customers", one.customers)]
    if one.undone_at is not None:
        parts.append(tr("taken back by {who}", who=one.undone_by))
    return " · ".join(part for part in parts if part)


def undone(told: TagsUndone) -> str:
    """So many are as before, and why others are not."""
    parts = [trn("{n} customer is as before", "{n} customers are as before", told.back)]
    if told.changed:
        parts.append(
            trn(
                "{n} stays: somebody has changed this tag since",
                "{n} stay: somebody has changed this tag since",
                told.changed,
            )
        )
    if told.beyond:
        parts.append(_beyond(told.beyond))
    return tr("; ").join(parts)


def _beyond(many: int) -> str:
    return trn(
        "{n} is gone, or not in your hands any more",
        "{n} are gone, or not in your hands any more",
        many,
    )


_ASKS: Mapping[Question, Callable[[Asking, Centre, datetime], Ask]] = {
    Question.TAG: _tag,
    Question.UNTAG: _tag,
    Question.VIEW: _view,
    Question.RENAME: _rename,
    Question.DONE: _done,
}
