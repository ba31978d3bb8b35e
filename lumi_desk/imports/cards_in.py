"""The ledger of recharge cards that an ERP keeps: only what differs comes into ours."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lumi_desk.cards.rules import Balance, EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.customers.tables import Identity
from lumi_desk.ids import new_id
from lumi_desk.imports.people import called_now, insert_rows
from lumi_desk.imports.tables import CardTrace
from lumi_desk.imports.telling import CardTold

Values = dict[str, Any]


@dataclass
class Cards:
    """The cards of one import by customer; `write` brings our ledger to what they say.

    The ERP's word counts for all cards of a customer together: what ours has otherwise, since a
    sale was booked or an older list told a balance, is made up for by the difference.
    """

    session: Session
    now: datetime
    told: list[tuple[str, CardTold, datetime]] = field(default_factory=list)

    def take(self, card: CardTold, customer_id: str, as_of: datetime) -> None:
        """Remember a card of hers as a ledger of `as_of` tells it."""
        self.told.append((customer_id, card, as_of))

    def write(self, moved: Mapping[str, str]) -> list[tuple[str, str]]:
        """Write the differences; whoever became another customer meanwhile is that one.

        Returns the touched records. The customers' keys must be written already.
        """
        hers: dict[str, list[CardTold]] = defaultdict(list)
        for customer_id, card, as_of in sorted(self.told, key=lambda one: one[2]):
            hers[called_now(moved, customer_id)].append(card)
            if card.number:
                self._trace(card, as_of)
        rows = [row for pk in sorted(hers) for row in self._entries(pk, hers[pk])]
        insert_rows(self.session, CardEntry, rows)
        return [("card_entry", row["id"]) for row in rows]

    def _trace(self, card: CardTold, as_of: datetime) -> None:
        """Keep what is left on a card, unless a newer ledger said otherwise."""
        table: Any = CardTrace.__table__
        connection = self.session.connection()
        mine = table.c.number == card.number
        stood = connection.scalar(select(table.c.as_of).where(mine))
        if stood is not None and stood > as_of:
            return
        connection.execute(delete(table).where(mine))
        left = {"principal_fen": card.left.principal_fen, "bonus_fen": card.left.bonus_fen}
        insert_rows(self.session, CardTrace, [{"number": card.number, "as_of": as_of, **left}])

    def _entries(self, customer_id: str, cards: Sequence[CardTold]) -> Iterator[Values]:
        """What brings her ledger to what her cards say; a first one opens them and then spends."""
        count, stands = self._stands(customer_id)
        if not count:
            for place, card in enumerate(cards):
                at = min(card.opened_at or self.now, self.now)
                kind = EntryKind.TOP_UP if place else EntryKind.OPEN
                yield self._entry(customer_id, at, kind, card.loaded)
                stands = _sum(stands, card.loaded)
        target = self._target(customer_id, cards)
        missing = _sum(target, Balance(-stands.principal_fen, -stands.bonus_fen))
        if missing.principal_fen or missing.bonus_fen:
            yield self._entry(customer_id, self.now, _kind(missing), missing)

    def _target(self, customer_id: str, cards: Sequence[CardTold]) -> Balance:
        """What is left on all her cards; a list without numbers tells of one."""
        traces: Any = CardTrace.__table__
        keys: Any = Identity.__table__
        asked = (
            select(traces.c.principal_fen, traces.c.bonus_fen)
            .join(keys, keys.c.value == traces.c.number)
            .where(keys.c.kind == "card", keys.c.customer_id == customer_id)
        )
        found = Balance()
        for principal, bonus in self.session.connection().execute(asked):
            found = _sum(found, Balance(principal, bonus))
        unnumbered = [card.left for card in cards if not card.number]
        return _sum(found, unnumbered[-1]) if unnumbered else found

    def _stands(self, customer_id: str) -> tuple[int, Balance]:
        """How many entries our ledger has of her, and what is left by it."""
        table: Any = CardEntry.__table__
        sums = (func.count(), func.sum(table.c.principal_fen), func.sum(table.c.bonus_fen))
        asked = select(*sums).where(table.c.customer_id == customer_id)
        count, principal, bonus = self.session.connection().execute(asked).one()
        return count, Balance(int(principal or 0), int(bonus or 0))

    def _entry(self, customer_id: str, at: datetime, kind: EntryKind, what: Balance) -> Values:
        return {
            "id": new_id(),
            "ver": 0,
            "customer_id": customer_id,
            "at": at,
            "kind": kind.value,
            "principal_fen": what.principal_fen,
            "bonus_fen": what.bonus_fen,
        }


def _sum(one: Balance, other: Balance) -> Balance:
    """Both parts, each with its own."""
    return Balance(one.principal_fen + other.principal_fen, one.bonus_fen + other.bonus_fen)


def _kind(difference: Balance) -> EntryKind:
    """What moved a card so: what only goes from one part to the other was told wrong before."""
    if difference.fen == 0:
        return EntryKind.RESTORE
    return EntryKind.TOP_UP if difference.fen > 0 else EntryKind.SPEND
