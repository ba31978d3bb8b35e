"""The doors of assignment, for leaders (their own team) and managers (everybody)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.assigning.tables import Leave
from lumi_desk.clock import Clock
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import handing, leaves, loads, placing
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.handing import Reach
from lumi_desk.hub.problems import parsed
from lumi_desk.managing import assigning as protocol
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import NotYours, Right, may, require
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed


class RepChanged(LumiError):
    """Somebody else changed what a rep takes, or her leave, after it was seen."""

    title = N_("What {name} takes, or her leave, was changed meanwhile by somebody else")
    advice = N_("Nothing was changed now. Look at what is new, then decide again.")


@dataclass(frozen=True)
class AssignDoors:
    """The doors on one database. Each raises NotYours for who leads nobody, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """The reps with their loads, who waits for one, and the history."""
        reach = self._reach(access)[1]
        parsed(protocol.LIST, body)
        with self.store.read() as session:
            return protocol.LISTED.dump_json(loads.listed(session, reach, self.now()))

    def previewed(self, access: str, body: bytes) -> bytes:
        """Who would go where. Raises what handing.lay_out raises."""
        reach = self._reach(access)[1]
        asked, now = parsed(protocol.PREVIEW, body), self.now()
        with self.store.read() as session:
            laid = handing.lay_out(session, reach, asked, now)
            return protocol.PREVIEWED.dump_json(loads.previewed(session, laid, now))

    def done(self, access: str, body: bytes) -> bytes:
        """Do it. Raises what handing.carry_out raises; then nothing has moved."""
        caller, reach = self._reach(access)
        asked = parsed(protocol.DO, body)
        wanted = asked.id, asked.base, asked.why
        with self.store.write() as session:
            moved, again = handing.carry_out(
                session, reach, caller.id, asked.asked, wanted, self.now()
            )
        return protocol.DONE.dump_json(protocol.HandOverDone(asked.id, moved, again))

    def undone(self, access: str, body: bytes) -> bytes:
        """Take a hand-over back. Raises what handing.undo raises."""
        caller, reach = self._reach(access)
        asked = parsed(protocol.UNDO, body)
        with self.store.write() as session:
            done = handing.undo(session, reach, caller.id, asked.id, asked.hand_over_id, self.now())
        told = protocol.HandOverUndone(done.back, dict(done.stays), done.again)
        return protocol.UNDONE.dump_json(told)

    def planned(self, access: str, body: bytes) -> bytes:
        """Set whom a rep takes; whoever waits and falls to her by it comes at once.

        Raises RepChanged.
        """
        reach = self._reach(access)[1]
        asked, now = parsed(protocol.SET_PLAN, body), self.now()
        with self.store.write() as session:
            feed.watch(session, alone=True)
            _require_seen(session, reach, asked.rep_id, asked.base, now)
            if asked.takes:
                given = placing.take(
                    session,
                    asked.rep_id,
                    now,
                    side=asked.side,
                    lines=",".join(sorted(set(asked.lines))),
                    grades=",".join(sorted(set(asked.grades))),
                    most=asked.most,
                )
            else:
                placing.drop_plan(session, asked.rep_id)
                given = placing.NOTHING
            session.flush()
            feed.publish(session, given.pairs)
            rep = _rep(session, reach, asked.rep_id, now)
        told = protocol.RepSet(rep, 0, 0, len(given.moved))
        return protocol.REP_SET.dump_json(told)

    def left(self, access: str, body: bytes) -> bytes:
        """Set or end a leave. Raises RepChanged and what leaves.put raises."""
        caller, reach = self._reach(access)
        asked, now = parsed(protocol.SET_LEAVE, body), self.now()
        with self.store.write() as session:
            feed.watch(session, alone=True)
            if session.get(Leave, asked.id) is not None:
                # The answer was lost on the way.
                rep = _rep(session, reach, asked.rep_id, now)
                return protocol.REP_SET.dump_json(protocol.RepSet(rep, 0, 0))
            _require_seen(session, reach, asked.rep_id, asked.base, now)
            if asked.first is None or asked.last is None:
                turned = leaves.end(session, asked.rep_id, now)
            else:
                if asked.stand_in:
                    _require_covered(session, reach, asked.stand_in)
                wanted = leaves.Wanted(
                    asked.id,
                    asked.rep_id,
                    asked.first,
                    asked.last,
                    asked.stand_in,
                    caller.id,
                    asked.why,
                )
                turned = leaves.put(session, wanted, now)
            feed.publish(session, set(turned.pairs))
            rep = _rep(session, reach, asked.rep_id, now)
        return protocol.REP_SET.dump_json(protocol.RepSet(rep, turned.went, turned.came))

    def _reach(self, access: str) -> tuple[Caller, Reach]:
        caller = self.caller(access)
        require(caller.role, Right.LEAD)
        if may(caller.role, Right.MANAGE):
            return caller, Reach()
        if not caller.team_id:
            raise NotYours
        return caller, Reach(caller.team_id)


def _require_seen(session: Session, reach: Reach, rep_id: str, base: str, now: datetime) -> None:
    _require_covered(session, reach, rep_id)
    rep = _rep(session, reach, rep_id, now)
    if rep.mark != base:
        raise RepChanged(name=rep.name)


def _require_covered(session: Session, reach: Reach, rep_id: str) -> None:
    person = session.get(Person, rep_id)
    if not reach.covers(person) or person is None or not may(person.role, Right.CONTACT):
        raise NotYours


def _rep(session: Session, reach: Reach, rep_id: str, now: datetime) -> protocol.RepLoad:
    found = {one.id: one for one in loads.reps(session, reach, now)}
    if rep_id not in found:
        raise NotYours
    return found[rep_id]
