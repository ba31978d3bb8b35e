"""What the page asks before it does something to many customers, with what it would do."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from lumi_desk.customers.listing.rules import Listed, split
from lumi_desk.customers.tags.operations import new_name
from lumi_desk.customers.tags.rules import BadTag, clean
from lumi_desk.errors import LumiError
from lumi_desk.exports.rules import Format
from lumi_desk.security.masking import mask_text
from ui.customers.state import MOST_AT_ONCE, Asking, Question, State
from ui.widgets.values import Choice
from ui.words import count, sentence, tr, trn
from ui.workspace.screen import Ask

MASKED, WHOLE = "masked", "whole"
_MOST_CHOICES = 8


def ask(asking: Asking, state: State) -> Ask:
    """The question as the page shows it."""
    return _ASKS[asking.question](asking, state)


def preview(asking: Asking) -> tuple[list[Listed], int]:
    """Whose tags would change, and for how many nothing would. Nobody's without a usable name."""
    try:
        name = tag_of(asking)
    except BadTag:
        return [], 0
    return split(asking.about, name, adding=asking.question is Question.TAG)


def tag_of(asking: Asking) -> str:
    """The tag she wrote. Raises BadTag where it cannot be one, and NumberInTag."""
    return (new_name if asking.question is Question.TAG else clean)(asking.text)


def _tag(asking: Asking, state: State) -> Ask:
    everybody = state.everybody.rows if state.everybody else ()
    return Ask(
        title=tag_title(len(asking.about), adding=True),
        choices=_tags(everybody, asking.text),
        entry=True,
        placeholder=tr("The tag, as in: gift 3/8"),
        reading=_reading(asking),
        confirm=tr("Add tag"),
    )


def _untag(asking: Asking, _: State) -> Ask:
    return Ask(
        title=tag_title(len(asking.about), adding=False),
        choices=_tags(asking.about, asking.text),
        entry=True,
        placeholder=tr("Which tag?"),
        reading=_reading(asking),
        confirm=tr("Remove tag"),
    )


def tag_title(many: int, *, adding: bool) -> str:
    """What is asked about the tags of so many."""
    if adding:
        return trn("Add a tag to {n} customer", "Add a tag to {n} customers", many)
    return trn("Remove a tag from {n} customer", "Remove a tag from {n} customers", many)


def _reading(asking: Asking) -> str:
    """37 customers get “gift 3/8”, 4 already have it."""
    if asking.problem is not None:
        return sentence(asking.problem)
    if not asking.text.strip():
        return ""
    try:
        tag_of(asking)
    except BadTag as problem:
        return sentence(problem)
    changing, same = preview(asking)
    if len(changing) > MOST_AT_ONCE:
        return too_many(len(changing))
    adding = asking.question is Question.TAG
    return tr("; ").join(counted(asking.text.strip(), len(changing), same, adding=adding))


def counted(name: str, changing: int, same: int, *, adding: bool) -> Iterator[str]:
    """How many get or lose a tag, and for how many nothing would change."""
    if adding:
        yield trn("{n} customer gets “{name}”", "{n} customers get “{name}”", changing, name=name)
        if same:
            yield trn("{n} already has it", "{n} already have it", same)
    else:
        yield trn("{n} customer loses “{name}”", "{n} customers lose “{name}”", changing, name=name)
        if same:
            yield trn("{n} does not have it", "{n} do not have it", same)


def done(question: Question, name: str, many: int) -> str:
    """What was done to so many customers."""
    if question is Question.TAG:
        return trn(
            "{n} customer has “{name}” now", "{n} customers have “{name}” now", many, name=name
        )
    return trn(
        "“{name}” was taken from {n} customer",
        "“{name}” was taken from {n} customers",
        many,
        name=name,
    )


def too_many(many: int, most: int | None = None) -> str:
    """More than can be done at once."""
    return tr(
        "{n} are too many: at most {most} at once. Mark some of them, or filter the list further.",
        n=count(many),
        most=count(MOST_AT_ONCE if most is None else most),
    )


def _tags(rows: Sequence[Listed], text: str) -> tuple[Choice, ...]:
    """The tags that are used most."""
    many = Counter(tag for one in rows for tag in one.tags)
    usual = sorted(many, key=lambda tag: (-many[tag], tag))[:_MOST_CHOICES]
    return tuple(Choice(tag, mask_text(tag), chosen=tag == text.strip()) for tag in usual)


def _view(asking: Asking, state: State) -> Ask:
    views = state.everybody.views if state.everybody else ()
    return view_ask(asking.text, [one.name for one in views], asking.problem)


def _rename(asking: Asking, state: State) -> Ask:
    return rename_ask(state.view, asking.problem)


def view_ask(text: str, names: Collection[str], problem: LumiError | None) -> Ask:
    """Under which name filter and order are kept, and whose place they would take."""
    name = text.strip()
    reading = sentence(problem) if problem else ""
    if not problem and name in names:
        reading = tr("There is a view “{name}”; this one takes its place.", name=name)
    return Ask(
        title=tr("Keep filter and order as a view"),
        entry=True,
        placeholder=tr("The view's name"),
        reading=reading,
        confirm=tr("Keep view"),
    )


def rename_ask(name: str, problem: LumiError | None) -> Ask:
    """What a view is to be called."""
    return Ask(
        title=tr("Rename the view “{name}”", name=name),
        entry=True,
        placeholder=tr("The view's name"),
        reading=sentence(problem) if problem else "",
        confirm=tr("Rename"),
    )


def _days(asking: Asking, _: State) -> Ask:
    return Ask(
        title=tr("Days since the last purchase"),
        entry=True,
        placeholder=tr("from – to, as in 60-90, 60- or -30"),
        reading=sentence(asking.problem) if asking.problem else "",
        confirm=tr("Filter"),
    )


def _export(asking: Asking, state: State) -> Ask:
    whole = asking.whole
    choices = [
        Choice(Format.XLSX, tr("Workbook (.xlsx)"), chosen=asking.format is Format.XLSX),
        Choice(Format.CSV, tr("Text (.csv)"), chosen=asking.format is Format.CSV),
    ]
    if asking.leave and state.me.role in asking.leave.settings.full:
        choices += [
            Choice(MASKED, tr("Numbers masked"), chosen=not whole),
            Choice(WHOLE, tr("Numbers whole"), chosen=whole),
        ]
    return Ask(
        title=trn("Export {n} customer", "Export {n} customers", asking.room),
        choices=tuple(choices),
        entry=True,
        placeholder=tr("What for? Needed for whole numbers") if whole else tr("What for?"),
        reading=_of_export(asking),
        confirm=tr("Export"),
    )


def _of_export(asking: Asking) -> str:
    if asking.problem is not None:
        return sentence(asking.problem)
    parts = []
    if asking.room < len(asking.about):
        parts.append(
            tr(
                "Only the first {n} of {many}: that is what may be exported now.",
                n=count(asking.room),
                many=count(len(asking.about)),
            )
        )
    parts.append(tr("It is written down who exported what, and the hub is told."))
    return " ".join(parts)


_ASKS: Mapping[Question, Callable[[Asking, State], Ask]] = {
    Question.TAG: _tag,
    Question.UNTAG: _untag,
    Question.VIEW: _view,
    Question.RENAME: _rename,
    Question.DAYS: _days,
    Question.EXPORT: _export,
}
