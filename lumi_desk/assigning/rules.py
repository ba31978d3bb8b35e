"""Which rep a customer is given to: by side, line, grade, team, leave and load."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from heapq import heapify, heappop, heapreplace

from lumi_desk.customers.rules import Grade, Line, Pool


class Side(StrEnum):
    """新客 or 老客: whom a rep looks after (design part 4, Grade: newcomers are handed over)."""

    NEW = "new"
    OLD = "old"
    BOTH = "both"


class Stays(StrEnum):
    """Why a customer is given to nobody."""

    NOBODY = "nobody"
    AWAY = "away"
    FULL = "full"


class Move(StrEnum):
    """Why customers came to another rep; what the hub does by the plans alone has no such row."""

    CHOSEN = "chosen"
    LEAVE = "leave"
    RETURN = "return"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class AssignSettings:
    """Our choice: so many customers a rep looks after where her plan says no number."""

    usual: int = 400


ASSIGN = AssignSettings()


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a rep takes. Empty `lines` or `grades` are all of them.

    `most` is how many customers she looks after; `away` her leave, first and last day.
    """

    rep_id: str
    team_id: str = ""
    side: Side = Side.BOTH
    lines: frozenset[Line] = frozenset()
    grades: frozenset[Grade] = frozenset()
    most: int | None = None
    away: tuple[date, date] | None = None

    def is_away(self, today: date) -> bool:
        """Whether she is on leave."""
        return self.away is not None and self.away[0] <= today <= self.away[1]

    def takes(self, one: "Waiting") -> bool:
        """Whether the customer is one of hers, were there room."""
        side = Side.NEW if one.is_new else Side.OLD
        return (
            self.side in (Side.BOTH, side)
            and (not self.lines or one.line in self.lines)
            # A grade is a newcomer's; it says nothing against anybody else.
            and (not self.grades or not one.is_new or one.grade in self.grades)
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer to be given to a rep. `is_new` until her second purchase or day 180.

    `team_id` is the team she comes from, where she had a rep before.
    """

    customer_id: str
    is_new: bool = False
    pool: Pool = Pool.ZERO
    grade: Grade | None = None
    line: Line | None = None
    value_fen: int = 0
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """Who is given to whom (customer → rep), and who stays and why.

    `gave_way` are those who leave a place to somebody whom nobody else with room takes, each with
    the rep who would have been nearest to her.
    """

    given: Mapping[str, str]
    stays: Mapping[str, Stays]
    gave_way: Mapping[str, str] = field(default_factory=dict)


def place(
    waiting: Iterable[Waiting],
    plans: Sequence[Plan],
    loads: Mapping[str, int],
    today: date,
    settings: AssignSettings = ASSIGN,
) -> Placing:
    """Give each customer to a rep who takes such as her and has room, the best customers first.

    Among several reps: of her own team, then who names her line, then who is least full. Nobody
    waits where another could leave her a place: whoever a narrower plan takes too goes there.
    `loads` is how many customers each rep looks after now. The same input gives the same answer,
    in whatever order it comes.
    """
    by_id = {plan.rep_id: plan for plan in plans}
    full = dict(loads)
    shares = {plan.rep_id: _share(plan, full, settings) for plan in plans}
    queues: dict[_Like, _Queue] = {}
    given: dict[str, str] = {}
    stays: dict[str, Stays] = {}
    likes: dict[str, _Like] = {}
    for one in sorted(waiting, key=_best_first):
        like = one.is_new, one.grade if one.is_new else None, one.line, one.team_id
        likes[one.customer_id] = like
        if like not in queues:
            queues[like] = _queue(one, plans, shares, today)
        rep_id = queues[like].first(shares)
        if rep_id is None:
            stays[one.customer_id] = queues[like].without
            continue
        given[one.customer_id] = rep_id
        full[rep_id] = full.get(rep_id, 0) + 1
        shares[rep_id] = _share(by_id[rep_id], full, settings)
    takers = {like: queue.reps for like, queue in queues.items()}
    free = {plan.rep_id: _most(plan, settings) - full.get(plan.rep_id, 0) for plan in plans}
    rooms = _Rooms(takers, likes, free, given)
    left = {one: why for one, why in stays.items() if why is not Stays.FULL or not rooms.make(one)}
    gave_way = {one: rep_id for one, rep_id in given.items() if rooms.given[one] != rep_id}
    return Placing(rooms.given, left, gave_way)


# Customers alike in all that a plan looks at.
_Like = tuple[bool, Grade | None, Line | None, str]
_Turn = tuple[bool, bool, Fraction, str]


@dataclass(frozen=True, slots=True)
class _Queue:
    """The reps whom customers of one sort may go to, nearest first; `without` is why to none."""

    turns: list[_Turn]
    without: Stays
    reps: Sequence[str]

    def first(self, shares: Mapping[str, Fraction]) -> str | None:
        """The rep whose turn it is; None when none has room.

        Desks only fill up: a turn that is out of date stands too far in front, never too far back.
        """
        while self.turns:
            of_another_team, misses_line, share, rep_id = self.turns[0]
            if shares[rep_id] >= 1:
                heappop(self.turns)
            elif shares[rep_id] > share:
                heapreplace(self.turns, (of_another_team, misses_line, shares[rep_id], rep_id))
            else:
                return rep_id
        return None


def _queue(
    one: Waiting, plans: Sequence[Plan], shares: Mapping[str, Fraction], today: date
) -> _Queue:
    taking = [plan for plan in plans if plan.takes(one)]
    here = [plan for plan in taking if not plan.is_away(today)]
    turns = [
        (
            bool(one.team_id) and plan.team_id != one.team_id,
            one.line is None or one.line not in plan.lines,
            shares[plan.rep_id],
            plan.rep_id,
        )
        for plan in here
    ]
    heapify(turns)
    reps = [rep_id for *_, rep_id in sorted(turns)]
    return _Queue(turns, Stays.FULL if here else Stays.AWAY if taking else Stays.NOBODY, reps)


def _share(plan: Plan, full: Mapping[str, int], settings: AssignSettings) -> Fraction:
    """How full she is, 1 being full; nobody fits into no room."""
    most = _most(plan, settings)
    return Fraction(full.get(plan.rep_id, 0), most) if most > 0 else Fraction(1)


def _most(plan: Plan, settings: AssignSettings) -> int:
    return settings.usual if plan.most is None else plan.most


class _Rooms:
    """Places that can be made by giving some of the given to others who take them too.

    `takers` are the reps for customers of one sort, nearest first; `free` how many more each has
    room for; `given` is changed.
    """

    def __init__(
        self,
        takers: Mapping[_Like, Sequence[str]],
        likes: Mapping[str, _Like],
        free: Mapping[str, int],
        given: Mapping[str, str],
    ) -> None:
        self.given = dict(given)
        self._takers, self._likes, self._free = takers, likes, dict(free)
        self._held: dict[str, dict[_Like, list[str]]] = {}
        for one, rep_id in given.items():
            self._hold(one, rep_id)
        self._hopeless: set[_Like] = set()

    def make(self, one: str) -> bool:
        """Give her a place if one can be made, by as few moves as can be."""
        like = self._likes[one]
        # What cannot be made for one cannot be made later for another who is alike.
        way = None if like in self._hopeless else self._way(like)
        if way is None:
            self._hopeless.add(like)
            return False
        for rep_id, next_id, moving in way:
            other = self._held[rep_id][moving].pop()
            self._hold(other, next_id)
            self.given[other] = next_id
        first = way[-1][0]
        self._hold(one, first)
        self.given[one] = first
        self._free[way[0][1]] -= 1
        return True

    def _way(self, like: _Like) -> Sequence[tuple[str, str, _Like]] | None:
        """The moves that free a place, the last one first: from whom, to whom, and what sort."""
        came: dict[str, tuple[str, _Like] | None] = dict.fromkeys(self._takers[like])
        queue = list(came)
        for rep_id in queue:
            if self._free[rep_id] > 0:
                return list(_back(came, rep_id))
            for moving, some in self._held.get(rep_id, {}).items():
                for other in self._takers[moving] if some else ():
                    if other not in came:
                        came[other] = rep_id, moving
                        queue.append(other)
        return None

    def _hold(self, one: str, rep_id: str) -> None:
        self._held.setdefault(rep_id, {}).setdefault(self._likes[one], []).append(one)


def _back(
    came: Mapping[str, tuple[str, _Like] | None], rep_id: str
) -> Iterator[tuple[str, str, _Like]]:
    while (step := came[rep_id]) is not None:
        yield step[0], rep_id, step[1]
        rep_id = step[0]


def _best_first(one: Waiting) -> tuple[int, int, int, str]:
    pools, grades = list(Pool), list(Grade)
    grade = grades.index(one.grade) if one.grade else len(grades)
    return pools.index(one.pool), grade, -one.value_fen, one.customer_id
