"""The doors of the review: likely pairs, one of them side by side, and what is said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import linked, linking, pairs, proposed, proposing
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.linking import Signed
from lumi_desk.hub.problems import parsed
from lumi_desk.hub.rulebook import IdTaken
from lumi_desk.identity.tables import IdentityApart, IdentityLink, ProposedPair
from lumi_desk.managing import review
from lumi_desk.managing.review import PairDone, Said
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_text
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

# So many of those who share a number are told by name.
_SHARERS = 8
# So many customers at most are compared before the list is shown.
_COMPARED = 5000
_KEEPER = N_("The hub's keeper")
_WORDS = {Said.ONE: N_("they are one person"), Said.TWO: N_("they are two people")}


class PairDecided(LumiError):
    """Somebody else was first."""

    title = N_("{who} has decided about these two already: {what}")
    advice = N_("Nothing was changed now. The history shows the decision, and can undo it.")


class UndoneBefore(LumiError):
    """Somebody else took the decision back first."""

    title = N_("{who} has undone this decision already")
    advice = N_("Nothing was changed now.")


class NoSuchDecision(LumiError):
    """A decision that was never made."""

    title = N_("There is no such decision")
    advice = N_("Nothing was changed. The history lists those that were made.")


@dataclass(frozen=True)
class ReviewDoors:
    """The doors on one database, for who may say who is who, within what she may see.

    Each raises NotYours for who may not, and SessionOver.
    """

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """A page of likely pairs, those with the most evidence first. Raises BadSetting."""
        caller, asked = self.caller(access), parsed(review.LIST, body)
        with self.store.read() as session:
            seen = pairs.sight(session, caller)
        left = proposing.catch_up(self.store, self.now(), most=_COMPARED)
        with self.store.read() as session:
            page = proposed.pairs(session, seen, _place_of(asked.after), asked.limit + 1)
            told = review.PairsListed(
                proposed.count(session, seen),
                _rows(session, page[: asked.limit]),
                _place(page[asked.limit - 1]) if len(page) > asked.limit else "",
                proposed.count_numbers(session, seen),
                left,
            )
        return review.LISTED.dump_json(told)

    def shown(self, access: str, body: bytes) -> bytes:
        """Both customers of a pair. Raises PairDecided, PairChanged and BadSetting."""
        caller, asked = self.caller(access), parsed(review.SHOW, body)
        with self.store.read() as session:
            seen = pairs.sight(session, caller)
            _require_undecided(session, asked.one, asked.other)
            found = pairs.shown(session, asked.one, asked.other, seen, self.now)
        return review.SHOWN.dump_json(found)

    def said_one(self, access: str, body: bytes) -> bytes:
        """They are one person. Raises PairDecided, PairChanged, CannotBeOne and IdTaken."""
        caller, asked = self.caller(access), parsed(review.ONE, body)
        both = asked.keep, asked.other
        with self.store.write() as session:
            feed.watch(session, alone=True)
            seen = pairs.sight(session, caller)
            made = session.get(IdentityLink, asked.id)
            if made is not None:
                same = (made.kept_id, made.other_id, made.by_id) == (*both, caller.id)
                return _again(asked.id, Said.ONE, same=same)
            self._require_as_seen(session, *both, asked.mark, seen)
            signed = Signed(caller.id, asked.id)
            # Who would hold her was shown with the pair, and is as it was.
            done = linking.link(session, *both, self.now(), force=True, signed=signed)
        return review.DONE.dump_json(PairDone(asked.id, Said.ONE, dict(done.moved), again=False))

    def said_two(self, access: str, body: bytes) -> bytes:
        """They are two people. Raises PairDecided, PairChanged and IdTaken."""
        caller, asked = self.caller(access), parsed(review.TWO, body)
        both = sorted((asked.one, asked.other))
        with self.store.write() as session:
            feed.watch(session, alone=True)
            seen = pairs.sight(session, caller)
            made = session.get(IdentityApart, asked.id)
            if made is not None:
                same = [made.one_id, made.other_id, made.by_id] == [*both, caller.id]
                return _again(asked.id, Said.TWO, same=same)
            self._require_as_seen(session, asked.one, asked.other, asked.mark, seen)
            signed = Signed(caller.id, asked.id)
            linking.set_apart(session, asked.one, asked.other, self.now(), signed=signed)
        return review.DONE.dump_json(PairDone(asked.id, Said.TWO, {}, again=False))

    def undone(self, access: str, body: bytes) -> bytes:
        """Take a decision back. Raises NoSuchDecision, UndoneBefore and KeptIsGone."""
        caller, asked = self.caller(access), parsed(review.UNDO, body)
        with self.store.write() as session:
            feed.watch(session, alone=True)
            seen = pairs.sight(session, caller)
            made = session.get(IdentityLink, asked.id) or session.get(IdentityApart, asked.id)
            if made is None:
                raise NoSuchDecision
            seen.require(*_holders_of(made, pairs.holders(session, _both(made))))
            said = Said.ONE if isinstance(made, IdentityLink) else Said.TWO
            if made.undone_at is not None:
                if made.undone_by != caller.id:
                    raise UndoneBefore(who=_name_of(session, made.undone_by))
                return _again(asked.id, said, same=True)
            moved: dict[str, int] = {}
            if isinstance(made, IdentityLink):
                moved = dict(linking.unlink(session, made.id, self.now(), caller.id).moved)
            else:
                linking.undo_apart(session, made, self.now(), caller.id)
        return review.DONE.dump_json(PairDone(asked.id, said, moved, again=False))

    def history(self, access: str, body: bytes) -> bytes:
        """A page of decisions, the newest first."""
        caller, asked = self.caller(access), parsed(review.LIST_SAID, body)
        with self.store.read() as session:
            seen = pairs.sight(session, caller)
            made = [*linked.by_people(session), *session.scalars(select(IdentityApart))]
            held = pairs.holders(session, {pk for one in made for pk in _both(one)})
            mine = [one for one in made if seen.sees(*_holders_of(one, held))]
            mine.sort(key=lambda one: (one.at, one.id), reverse=True)
            ids = [one.id for one in mine]
            start = ids.index(asked.after) + 1 if asked.after in ids else 0
            page = mine[start : start + asked.limit]
            more = page[-1].id if len(mine) > start + asked.limit else ""
            told = review.SaidListed(_decisions(session, page, made), more)
        return review.SAID_LISTED.dump_json(told)

    def numbers(self, access: str, body: bytes) -> bytes:
        """The numbers of households and companies."""
        caller = self.caller(access)
        parsed(review.LIST_NUMBERS, body)
        with self.store.read() as session:
            seen = pairs.sight(session, caller)
        proposing.catch_up(self.store, self.now(), most=_COMPARED)
        with self.store.read() as session:
            told = proposed.numbers(session, seen, _SHARERS)
        return review.NUMBERS_LISTED.dump_json(review.NumbersListed(told))

    def _require_as_seen(
        self, session: Session, one: str, other: str, mark: str, seen: pairs.Sight
    ) -> None:
        _require_undecided(session, one, other)
        if pairs.shown(session, one, other, seen, self.now).mark != mark:
            raise pairs.PairChanged


_Made = IdentityLink | IdentityApart


def _again(decision_id: str, said: Said, *, same: bool) -> bytes:
    """What came of the same asking before: its answer was lost on the way."""
    if not same:
        raise IdTaken(id=decision_id)
    return review.DONE.dump_json(PairDone(decision_id, said, {}, again=True))


def _require_undecided(session: Session, one: str, other: str) -> None:
    """Raise PairDecided where a decision about the two holds, and all they share was known."""
    both = {one, other}
    links = select(IdentityLink).where(
        IdentityLink.other_id.in_(both),
        IdentityLink.kept_id.in_(both),
        IdentityLink.undone_at.is_(None),
    )
    link = session.scalars(links).first()
    if link is not None and link.import_id is None:
        raise PairDecided(who=_name_of(session, link.by_id), what=_WORDS[Said.ONE])
    if len(pairs.holders(session, both)) != len(both):
        raise pairs.PairChanged
    apart = linking.standing_apart(session, one, other)
    if apart is not None:
        raise PairDecided(who=_name_of(session, apart.by_id), what=_WORDS[Said.TWO])


def _place_of(text: str) -> proposed.Place | None:
    """A place in the order of pairs; None is before all."""
    score, _, ids = text.partition(":")
    if not score.isdigit():
        return None
    one, _, other = ids.partition(":")
    return -int(score), one, other


def _place(one: ProposedPair) -> str:
    return f"{-one.rank}:{one.one_id}:{one.other_id}"


def _rows(session: Session, page: Sequence[ProposedPair]) -> tuple[review.LikelyPair, ...]:
    names = _names(session, {pk for row in page for pk in (row.one_id, row.other_id)})
    sharing = proposed.sharing(session, page)
    return tuple(
        review.LikelyPair(
            row.one_id,
            row.other_id,
            names.get(row.one_id, ""),
            names.get(row.other_id, ""),
            -row.rank,
            tuple(kind for kind, _ in row.evidence),
            sharing.get((row.one_id, row.other_id), 0),
            row.again,
        )
        for row in page
    )


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    asked = select(Customer.id, Customer.name).where(Customer.id.in_(ids))
    return {pk: mask_text(name) for pk, name in session.execute(asked)}


def _both(made: _Made) -> tuple[str, str]:
    return (made.kept_id if isinstance(made, IdentityLink) else made.one_id), made.other_id


def _holders_of(made: _Made, held: dict[str, str | None]) -> tuple[str | None, str | None]:
    """Whose the two are; who has gone was the rep's who held her then."""
    one, other = _both(made)
    gone = made.other.get("rep_id") if isinstance(made, IdentityLink) else None
    return held.get(one), held.get(other, gone)


def _decisions(
    session: Session, page: Sequence[_Made], made: Sequence[_Made]
) -> tuple[review.Decision, ...]:
    # Who has gone into another is named as she was.
    names = {
        one.other_id: mask_text(one.other["name"]) for one in made if isinstance(one, IdentityLink)
    }
    names |= _names(session, {pk for one in page for pk in _both(one)})
    who = {pk for one in page for pk in (one.by_id, one.undone_by) if pk}
    people = {one.id: one.name for one in session.scalars(select(Person).where(Person.id.in_(who)))}
    return tuple(_decision(one, names, people) for one in page)


def _decision(one: _Made, names: dict[str, str], people: dict[str, str]) -> review.Decision:
    first, second = _both(one)
    return review.Decision(
        one.id,
        Said.ONE if isinstance(one, IdentityLink) else Said.TWO,
        first,
        second,
        names.get(first, ""),
        names.get(second, ""),
        to_millis(one.at),
        people.get(one.by_id or "", ""),
        to_millis(one.undone_at) if one.undone_at else None,
        people.get(one.undone_by or "", ""),
    )


def _name_of(session: Session, person_id: str | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.name if person else _KEEPER
