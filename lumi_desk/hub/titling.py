"""The doors of product titles: those nobody knows, what they mean, and who said so."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import DecidedTitle, Product, SettledTitle, TitleDecision
from lumi_desk.clock import Clock
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import leaving, titles, untold
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.leaving import Left
from lumi_desk.hub.linking import Signed
from lumi_desk.hub.problems import parsed
from lumi_desk.hub.reviewing import NoSuchDecision, UndoneBefore
from lumi_desk.hub.rulebook import IdTaken
from lumi_desk.hub.titles import NothingSold, Settled, Settling
from lumi_desk.hub.untold import Example, Untold
from lumi_desk.managing import titles as shapes
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Right, require
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

_KEEPER = N_("The hub's keeper")
_LINES = {
    "collagen": N_("Collagen"),
    "enzyme": N_("Enzyme"),
    "other": N_("Other goods"),
}


class TitleDecided(LumiError):
    """Somebody else was first."""

    title = N_("{who} has settled this title already: {line}")
    advice = N_("Nothing was changed now. The history shows it, and can undo it.")


class TitlesChanged(LumiError):
    """The titles are not the ones she looked at."""

    title = N_("The titles that hold “{words}” are others than those you saw")
    advice = N_("Nothing was changed. Look at them again, then decide.")


@dataclass(frozen=True)
class TitleDoors:
    """The doors on one database. Each raises NotYours for who may not manage, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """A page of titles that nobody knows, the most sold first."""
        self._manager(access)
        asked = parsed(shapes.LIST, body)
        now = self.now()
        with self.store.read() as session:
            found = untold.unclassified(session)
            later = leaving.left(session, found, now)
            fitting = leaving.behind(untold.holding(found, asked.words), later)
            page = fitting[asked.before : asked.before + asked.limit]
            last = untold.examples(session, [one.title for one in page])
            told = shapes.TitlesListed(
                tuple(_open(one, last.get(one.title), later.get(one.title)) for one in page),
                len(fitting),
                sum(one.fen for one in fitting),
                _mark(fitting),
                len(found),
                sum(one.fen for one in found),
                untold.sold_fen(session),
            )
        return shapes.LISTED.dump_json(told)

    def settled(self, access: str, body: bytes) -> bytes:
        """Say what a title means. Raises TitleDecided, NothingSold, IdTaken and UndoneBefore."""
        manager, asked = self._manager(access), parsed(shapes.ONE, body)
        told = Settling(asked.title, asked.line, high_margin=asked.high_margin)
        with self.store.write() as session:
            feed.watch(session, alone=True)
            made = session.get(TitleDecision, asked.id)
            if made is not None:
                return _again(session, made, manager, told)
            _require_open(session, asked.title)
            return self._settled(session, manager, asked.id, [told])

    def settled_all(self, access: str, body: bytes) -> bytes:
        """Say what all titles that hold words mean. Raises TitlesChanged, IdTaken, UndoneBefore."""
        manager, asked = self._manager(access), parsed(shapes.MANY, body)
        told = Settling("", asked.line, high_margin=asked.high_margin)
        with self.store.write() as session:
            feed.watch(session, alone=True)
            made = session.get(TitleDecision, asked.id)
            if made is not None:
                return _again(session, made, manager, told)
            fitting = untold.holding(untold.unclassified(session), asked.words)
            if not fitting or _mark(fitting) != asked.base:
                raise TitlesChanged(words=asked.words)
            each = [
                Settling(one.title, asked.line, high_margin=asked.high_margin) for one in fitting
            ]
            return self._settled(session, manager, asked.id, each)

    def left(self, access: str, body: bytes) -> bytes:
        """Leave a title for later, or no longer. Raises TitleDecided and NothingSold."""
        manager, asked, now = self._manager(access), parsed(shapes.LEAVE, body), self.now()
        with self.store.write() as session:
            _require_open(session, asked.title)
            found = [one for one in untold.unclassified(session) if one.title == asked.title]
            if not found:
                raise NothingSold(title=asked.title)
            if asked.back:
                leaving.forget(session, [asked.title])
            else:
                leaving.leave(session, found[0], manager.id, now)
            session.flush()
            one = leaving.left(session, found, now).get(asked.title)
        at, by = (None, "") if one is None else (to_millis(one.at), one.by)
        return shapes.LEFT.dump_json(shapes.TitleLeft(asked.title, at, by))

    def undone(self, access: str, body: bytes) -> bytes:
        """Take a decision back. Raises NoSuchDecision and UndoneBefore."""
        manager, asked = self._manager(access), parsed(shapes.UNDO, body)
        with self.store.write() as session:
            feed.watch(session, alone=True)
            made = session.get(TitleDecision, asked.id)
            if made is None:
                raise NoSuchDecision
            many = _many(session, made)
            if made.undone_at is None:
                done = titles.undo(session, made, self.now(), manager.id)
                return _done(made.id, many, done)
            if made.undone_by != manager.id:
                raise UndoneBefore(who=_name_of(session, made.undone_by))
        return _done(made.id, many)

    def history(self, access: str, body: bytes) -> bytes:
        """A page of decisions, the newest first."""
        self._manager(access)
        asked = parsed(shapes.LIST_SAID, body)
        with self.store.read() as session:
            rows = _decided(session, asked)
            page = rows[: asked.limit]
            more = page[-1].id if len(rows) > len(page) else ""
            told = shapes.DecisionsListed(_told(session, page), more)
        return shapes.SAID_LISTED.dump_json(told)

    def _manager(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.MANAGE)
        return caller

    def _settled(
        self, session: Session, manager: Caller, made: str, told: Sequence[Settling]
    ) -> bytes:
        done = titles.settle(session, told, self.now(), Signed(manager.id, made))
        leaving.forget(session, [one.title for one in told])
        return _done(made, len(told), done)


def _open(one: Untold, last: Example | None, left: Left | None) -> shapes.OpenTitle:
    told = (one.title, one.fen, one.units, one.orders, one.customers)
    later = (None, "") if left is None else (to_millis(left.at), left.by)
    if last is None:
        return shapes.OpenTitle(*told, None, "", 0, 0, *later)
    return shapes.OpenTitle(*told, to_millis(last.at), last.shop, last.units, last.fen, *later)


def _mark(found: Iterable[Untold]) -> str:
    """Another one as soon as the titles are others."""
    # No title holds a NUL.
    told = "\0".join(sorted(one.title for one in found))
    return blake2b(told.encode(), digest_size=8).hexdigest()


def _require_open(session: Session, title: str) -> None:
    """Raise TitleDecided where something holds that was said of a title."""
    settled = session.get(SettledTitle, title)
    if settled is None:
        return
    asked = (
        select(TitleDecision.by_id)
        .join(DecidedTitle, DecidedTitle.decision_id == TitleDecision.id)
        .where(DecidedTitle.title == title, TitleDecision.undone_at.is_(None))
        .order_by(TitleDecision.at.desc(), TitleDecision.id.desc())
    )
    who = _name_of(session, session.scalars(asked).first())
    raise TitleDecided(who=who, line=_LINES.get(settled.line, settled.line))


def _again(session: Session, made: TitleDecision, manager: Caller, told: Settling) -> bytes:
    """What came of the same asking before: its answer was lost on the way.

    Raises IdTaken, and UndoneBefore where it does not hold any more.
    """
    said = made.by_id, made.line, made.high_margin, made.product_id
    if said != (manager.id, told.line, told.high_margin, None):
        raise IdTaken(id=made.id)
    many = _many(session, made)
    if told.title and session.get(DecidedTitle, (made.id, told.title)) is None:
        raise IdTaken(id=made.id)
    if made.undone_at is not None:
        raise UndoneBefore(who=_name_of(session, made.undone_by))
    return _done(made.id, many)


def _done(made: str, many: int, done: Settled | None = None) -> bytes:
    lines, customers = (done.lines, done.changes.changed) if done else (0, 0)
    told = shapes.TitlesDone(made, many, lines, customers, again=done is None)
    return shapes.DONE.dump_json(told)


def _many(session: Session, made: TitleDecision) -> int:
    asked = select(func.count()).where(DecidedTitle.decision_id == made.id)
    return session.scalar(asked) or 0


def _decided(session: Session, asked: shapes.ListDecisions) -> Sequence[TitleDecision]:
    """The decisions of a page, and one more where there are more."""
    rows = select(TitleDecision)
    last = session.get(TitleDecision, asked.after) if asked.after else None
    if last is not None:
        earlier = TitleDecision.at < last.at
        same = and_(TitleDecision.at == last.at, TitleDecision.id < last.id)
        rows = rows.where(or_(earlier, same))
    if words := asked.words.strip():
        held: Any = func.lower(DecidedTitle.title)
        rows = rows.where(
            exists().where(
                DecidedTitle.decision_id == TitleDecision.id,
                held.contains(words.lower(), autoescape=True),
            )
        )
    newest = rows.order_by(TitleDecision.at.desc(), TitleDecision.id.desc())
    return session.scalars(newest.limit(asked.limit + 1)).all()


def _told(session: Session, page: Sequence[TitleDecision]) -> tuple[shapes.TitlesDecision, ...]:
    about: dict[str, list[str]] = defaultdict(list)
    asked = select(DecidedTitle.decision_id, DecidedTitle.title).order_by(DecidedTitle.title)
    for made, title in session.execute(
        asked.where(DecidedTitle.decision_id.in_([one.id for one in page]))
    ):
        about[made].append(title)
    who = {pk for one in page for pk in (one.by_id, one.undone_by) if pk}
    people = select(Person.id, Person.name).where(Person.id.in_(who))
    names = dict(session.execute(people).all())
    named = {one.product_id for one in page if one.product_id}
    sold = select(Product.id, Product.name).where(Product.id.in_(named))
    products = dict(session.execute(sold).all())
    return tuple(
        shapes.TitlesDecision(
            one.id,
            tuple(about[one.id][: shapes.MOST_TOLD]),
            len(about[one.id]),
            one.line,
            products.get(one.product_id or "", ""),
            one.high_margin,
            to_millis(one.at),
            names.get(one.by_id or "", ""),
            to_millis(one.undone_at) if one.undone_at else None,
            names.get(one.undone_by or "", ""),
        )
        for one in page
    )


def _name_of(session: Session, person_id: str | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else _KEEPER
