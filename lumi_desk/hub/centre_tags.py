"""A tag given to many customers at once, or taken: laid out, done in one step, and taken back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer, Tag, Tagging, TaggingStep
from lumi_desk.customers.tags import operations
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.customers.tags.rules import Source, clean
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import finding
from lumi_desk.hub.reviewing import NoSuchDecision, UndoneBefore
from lumi_desk.hub.rulebook import IdTaken
from lumi_desk.ids import new_id
from lumi_desk.managing.centre_tags import MOST, PreviewTags
from lumi_desk.people.tables import Person
from lumi_desk.storage import bulk, known
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import from_millis, to_millis
from lumi_desk.sync import feed

_TAG: Any = Tag.__table__
_STEP: Any = TaggingStep.__table__
_CUSTOMER: Any = Customer.__table__
_MOMENTS = ("at", "removed_at")
# How a tag stands, and what of it comes back.
_STANDS = ("source", "rep_id", "at", "removed_at", "removed_by")
_MILLISECOND = timedelta(milliseconds=1)

# Whose customers somebody may change: these reps', or everybody's.
Reach = frozenset[str] | None
Stands = Mapping[str, Any]


class TooManyAtOnce(LumiError):
    """More customers than are changed in one step."""

    title = N_("These are too many customers: at most {most} at once")
    advice = N_("Nothing was changed. Filter the list further.")


class TagsChanged(LumiError):
    """Others would change than those of the preview."""

    title = N_("Meanwhile other customers have the tag “{name}”, or are in the list")
    advice = N_("Nothing was changed. Look at the numbers again, then decide.")


class NobodyChanges(LumiError):
    """Everybody has the tag already, or nobody has it."""

    title = N_("Nobody's tags would change")
    advice = N_("Nothing was changed. Choose other customers, or another tag.")


class NothingGoesBack(LumiError):
    """All of it was changed by somebody since."""

    title = N_("This can be taken back no more: since then all these tags were changed again")
    advice = N_("Nothing was changed now. Add or remove the tag anew.")


@dataclass(frozen=True, slots=True)
class Laid:
    """Whose tags would change: customer → the tags of that name she has or had."""

    name: str
    adding: bool
    changing: Mapping[str, Sequence[Stands]]
    same: int
    beyond: int

    @property
    def by_rule(self) -> int:
        """How many would lose what a rule gave them."""
        told = (one for hers in self.changing.values() for one in hers)
        lost = {o["customer_id"] for o in told if _is_live(o) and o["source"] == Source.RULE}
        return 0 if self.adding else len(lost)

    @property
    def mark(self) -> str:
        """Another one as soon as others would change."""
        told = "\0".join((self.name, str(self.adding), *sorted(self.changing)))
        return blake2b(told.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Undone:
    """So many customers have their tags as before; the rest changed since, or is out of reach."""

    back: int
    changed: int = 0
    beyond: int = 0
    again: bool = False


def lay_out(session: Session, reach: Reach, asked: PreviewTags, now: datetime) -> Laid:
    """Say whose tags would change. Raises BadTag, NumberInTag and TooManyAtOnce."""
    name, beyond = (operations.new_name if asked.adding else clean)(asked.name), 0
    if asked.found is not None:
        ids = set(finding.matching(session, reach, asked.found, now, MOST + 1))
        if len(ids) > MOST:
            raise TooManyAtOnce(most=MOST)
    else:
        wanted = set(asked.ids)
        ids = _within(session, reach, wanted)
        beyond = len(wanted) - len(ids)
    hers = _named(session, name, ids)
    having = {one for one, tags in hers.items() if any(map(_is_live, tags))}
    others = ids - having if asked.adding else having
    changing = {one: hers.get(one, ()) for one in sorted(others)}
    return Laid(name, asked.adding, changing, len(ids) - len(changing), beyond)


def carry_out(
    session: Session,
    reach: Reach,
    by: str,
    asked: PreviewTags,
    wanted: tuple[str, str],
    now: datetime,
) -> tuple[int, bool]:
    """Do it in one step. `wanted` is the id and the mark of the preview.

    Returns how many changed, and whether that had been done before by the same asking. Raises
    TagsChanged, NobodyChanges, IdTaken, UndoneBefore and what lay_out raises; then nothing has
    changed.
    """
    made_id, base = wanted
    feed.watch(session, alone=True)
    before = session.get(Tagging, made_id)
    if before is not None:
        return _again(session, before, by, asked), True
    laid = lay_out(session, reach, asked, now)
    if laid.mark != base:
        raise TagsChanged(name=laid.name)
    if not laid.changing:
        raise NobodyChanges
    many = len(laid.changing)
    told = {"name": laid.name, "adding": laid.adding, "customers": many}
    session.add(Tagging(id=made_id, at=now, by=by, **told))
    written, steps = _change(session, laid, by, now)
    bulk.insert(session, _STEP, [{"tagging_id": made_id, **one} for one in steps])
    feed.publish(session, written.changed, made=written.made)
    return many, False


def undo(session: Session, reach: Reach, by: str, made_id: str, now: datetime) -> Undone:
    """Take it back, for all within reach whose tag still stands as it was left.

    Whoever may change everybody's takes back anybody's doing, a leader her own. Raises
    NoSuchDecision, UndoneBefore and NothingGoesBack; then nothing has changed.
    """
    feed.watch(session, alone=True)
    made = session.get(Tagging, made_id)
    if made is None or (reach is not None and made.by != by):
        raise NoSuchDecision
    steps = session.scalars(select(TaggingStep).where(TaggingStep.tagging_id == made_id)).all()
    ids = {IDS: [one.tag_id for one in steps]}
    tags = {one.id: one for one in session.scalars(select(Tag).where(among(_TAG.c.id)), ids)}
    if made.undone_at is not None:
        if made.undone_by != by:
            raise UndoneBefore(who=_name_of(session, made.undone_by))
        return Undone(_many_back(steps, tags), again=True)
    done = _put_back(session, reach, made, steps, tags)
    if not done.back:
        raise NothingGoesBack
    made.undone_at, made.undone_by = now, by
    feed.publish(session)
    return done


def latest(session: Session, by: str | None, most: int) -> list[Tagging]:
    """What was done, the newest first: by a person, or by anybody."""
    asked = select(Tagging).order_by(Tagging.at.desc(), Tagging.id.desc()).limit(most)
    return list(session.scalars(asked if by is None else asked.where(Tagging.by == by)))


def _again(session: Session, made: Tagging, by: str, asked: PreviewTags) -> int:
    if (made.by, made.name, made.adding) != (by, clean(asked.name), asked.adding):
        raise IdTaken(id=made.id)
    if made.undone_at is not None:
        raise UndoneBefore(who=_name_of(session, made.undone_by))
    return made.customers


def _within(session: Session, reach: Reach, ids: Iterable[str]) -> set[str]:
    asked = select(_CUSTOMER.c.id).where(among(_CUSTOMER.c.id), finding.within(reach))
    return set(session.scalars(asked, {IDS: sorted(ids)}))


def _named(session: Session, name: str, ids: Iterable[str]) -> dict[str, list[Stands]]:
    """The tags of that name that these customers have or had."""
    columns = [_TAG.c[one] for one in ("id", "customer_id", *_STANDS)]
    asked = select(*columns).where(among(_TAG.c.customer_id), _TAG.c.name == name)
    found: dict[str, list[Stands]] = defaultdict(list)
    for row in session.execute(asked.order_by(_TAG.c.id), {IDS: sorted(ids)}).mappings():
        found[row["customer_id"]].append(dict(row))
    return found


def _is_live(tag: Stands) -> bool:
    return tag["removed_at"] is None


def _change(
    session: Session, laid: Laid, by: str, now: datetime
) -> tuple[known.Written, list[dict[str, Any]]]:
    """Carry out what a rep would do one by one. Returns what was written, and the steps."""
    kind = AddTag if laid.adding else RemoveTag
    ops = [
        kind(id=new_id(), customer_id=one, by=by, at=_after(tags, now), name=laid.name)
        for one, tags in laid.changing.items()
    ]
    known.begin(session, {op.id for op in ops})
    operations.prepare(session, ops)
    for op in ops:
        if isinstance(op, AddTag):
            operations.add_tag(session, op)
        else:
            operations.remove_tag(session, op)
    written = known.end(session)
    stood = {tag["id"]: tag for tags in laid.changing.values() for tag in tags}
    at = {op.customer_id: op.at for op in ops}
    return written, list(_steps(written, stood, at))


def _after(tags: Sequence[Stands], now: datetime) -> datetime:
    """Now; after whatever a desk whose clock is fast says was done to these tags."""
    told: list[datetime] = [tag[name] for tag in tags for name in _MOMENTS if tag[name]]
    return max([now, *(at + _MILLISECOND for at in told)])


def _steps(
    written: known.Written, stood: Mapping[str, Stands], at: Mapping[str, datetime]
) -> Iterator[dict[str, Any]]:
    for (_, pk), values in written.made.items():
        yield {"tag_id": pk, "at": at[values["customer_id"]], "before": None}
    for _, pk in written.changed:
        before = {name: stood[pk][name] for name in _STANDS}
        before |= {name: to_millis(before[name]) for name in _MOMENTS if before[name] is not None}
        yield {"tag_id": pk, "at": at[stood[pk]["customer_id"]], "before": before}


def _stands_as_left(tag: Tag, step: TaggingStep, made: Tagging) -> bool:
    if made.adding:
        return (tag.removed_at, tag.rep_id, tag.at) == (None, made.by, step.at)
    return (tag.removed_at, tag.removed_by) == (step.at, made.by)


def _put_back(
    session: Session,
    reach: Reach,
    made: Tagging,
    steps: Sequence[TaggingStep],
    tags: Mapping[str, Tag],
) -> Undone:
    """Take the steps back that can be; the others are forgotten."""
    within = _within(session, reach, {one.customer_id for one in tags.values()})
    back: set[str] = set()
    changed: set[str] = set()
    # By customer; of a tag that is gone nobody knows whose it was.
    beyond: set[str] = set()
    for step in steps:
        tag = tags.get(step.tag_id)
        if tag is None or tag.customer_id not in within:
            beyond.add(tag.customer_id if tag else step.tag_id)
        elif not _stands_as_left(tag, step, made):
            changed.add(tag.customer_id)
        else:
            back.add(tag.customer_id)
            _restore(session, tag, step)
            continue
        session.delete(step)
    return Undone(len(back), len(changed - back), len(beyond))


def _many_back(steps: Sequence[TaggingStep], tags: Mapping[str, Tag]) -> int:
    """How many customers' tags were put back, by the steps that are left."""
    made = sum(1 for one in steps if one.before is None)
    return made + len({tags[one.tag_id].customer_id for one in steps if one.tag_id in tags})


def _restore(session: Session, tag: Tag, step: TaggingStep) -> None:
    """As it stood before; what was made by it goes, as if it had never been."""
    if step.before is None:
        session.delete(tag)
        return
    for name in _STANDS:
        told = step.before[name]
        moment = name in _MOMENTS and told is not None
        setattr(tag, name, from_millis(told) if moment else told)


def _name_of(session: Session, person_id: str | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else ""
