"""The doors to tags of many customers, for leaders (their team's) and managers (everybody's)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.customers.tables import Tagging
from lumi_desk.hub import centre, centre_tags
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.problems import parsed
from lumi_desk.managing import centre_tags as protocol
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_text
from lumi_desk.security.roles import Right, may, require
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store


@dataclass(frozen=True)
class TagDoors:
    """The doors on one database. Each raises NotYours for who leads nobody, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """What was done, the newest first: a leader is told of her own."""
        caller, asked = self._leading(access), parsed(protocol.LIST, body)
        by = None if may(caller.role, Right.MANAGE) else caller.id
        with self.store.read() as session:
            rows = centre_tags.latest(session, by, asked.limit)
            names = _names(session, rows)
            told = tuple(_once(one, names) for one in rows)
        return protocol.LISTED.dump_json(protocol.TagsListed(told))

    def previewed(self, access: str, body: bytes) -> bytes:
        """Whose tags would change. Raises what centre_tags.lay_out raises."""
        caller, asked = self._leading(access), parsed(protocol.PREVIEW, body)
        with self.store.read() as session:
            reach = centre.reach(session, caller)
            laid = centre_tags.lay_out(session, reach, asked, self.now())
        told = protocol.TagsPreviewed(
            len(laid.changing), laid.same, laid.beyond, laid.by_rule, laid.mark
        )
        return protocol.PREVIEWED.dump_json(told)

    def done(self, access: str, body: bytes) -> bytes:
        """Change them. Raises what centre_tags.carry_out raises; then nothing has changed."""
        caller, asked = self._leading(access), parsed(protocol.DO, body)
        wanted = asked.id, asked.base
        with self.store.write() as session:
            reach = centre.reach(session, caller)
            many, again = centre_tags.carry_out(
                session, reach, caller.id, asked.asked, wanted, self.now()
            )
        return protocol.DONE.dump_json(protocol.TagsDone(asked.id, many, again))

    def undone(self, access: str, body: bytes) -> bytes:
        """Take it back. Raises what centre_tags.undo raises; then nothing has changed."""
        caller, asked = self._leading(access), parsed(protocol.UNDO, body)
        with self.store.write() as session:
            reach = centre.reach(session, caller)
            done = centre_tags.undo(session, reach, caller.id, asked.id, self.now())
        told = protocol.TagsUndone(done.back, done.changed, done.beyond, done.again)
        return protocol.UNDONE.dump_json(told)

    def _leading(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.LEAD)
        return caller


def _names(session: Session, rows: list[Tagging]) -> dict[str, str]:
    who = {pk for one in rows for pk in (one.by, one.undone_by) if pk}
    asked = select(Person.id, Person.name).where(Person.id.in_(who))
    return dict(session.execute(asked).all())


def _once(one: Tagging, names: dict[str, str]) -> protocol.TagsOnce:
    return protocol.TagsOnce(
        one.id,
        to_millis(one.at),
        names.get(one.by, ""),
        mask_text(one.name),
        one.adding,
        one.customers,
        None if one.undone_at is None else to_millis(one.undone_at),
        names.get(one.undone_by or "", ""),
    )
