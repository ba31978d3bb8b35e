"""What lists say of consents, kept as words of the customers: each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.consents.rules import Basis, Purpose, Way, Word, said
from lumi_desk.consents.tables import Consent
from lumi_desk.ids import new_id
from lumi_desk.imports.columns import LeftOut, MemberRow, Reason
from lumi_desk.imports.people import called_now, insert_rows
from lumi_desk.imports.telling import ConsentTold
from lumi_desk.storage.among import chunks

Values = dict[str, Any]
_FOR = Purpose.MARKETING  # Lists ask for offers; service stands on her orders.


@dataclass
class Consents:
    """The words of one import, in the order of its rows; `write` writes those that are new."""

    session: Session
    now: datetime
    told: list[tuple[str, str, ConsentTold]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def take(self, row: MemberRow, customer_id: str, *, again: bool) -> None:
        """Remember what a row says. A list seen before says nothing new without a time."""
        unread = (("found", row.unread),) if row.unread else ()
        for one in row.consents:
            if one.at is not None and one.at > self.now:
                unread = (("found", f"{one.at:%Y-%m-%d}"),)
            elif one.at is not None or not again:
                source = " · ".join(part for part in (row.file, one.source) if part)
                self.told.append((customer_id, source, one))
        if unread:
            self.left_out.append(LeftOut(row.file, row.line, Reason.CONSENT, unread))

    def write(self, moved: Mapping[str, str]) -> list[tuple[str, str]]:
        """Write what is new; whoever became another customer meanwhile is that one.

        Returns the touched records.
        """
        told = [(called_now(moved, pk), source, one) for pk, source, one in self.told]
        words = self._stored(sorted({pk for pk, _, _ in told}))
        rows: list[Values] = []
        # An undated word is weighed last: it settles nothing that a dated one has settled.
        for pk, source, one in sorted(told, key=lambda each: each[2].at is None):
            for way in one.ways:
                word = _word(one, way, words[pk], self.now)
                if word is not None:
                    words[pk].append(word)
                    rows.append(_row(pk, word, source))
        insert_rows(self.session, Consent, rows)
        return [("consent", row["id"]) for row in rows]

    def _stored(self, customer_ids: Sequence[str]) -> dict[str, list[Word]]:
        table: Any = Consent.__table__
        found: dict[str, list[Word]] = {pk: [] for pk in customer_ids}
        columns = (table.c.way, table.c.purpose, table.c.given_at, table.c.withdrawn_at)
        for some in chunks(customer_ids):
            asked = select(table.c.customer_id, *columns).where(table.c.customer_id.in_(some))
            for pk, way, purpose, given, withdrawn in self.session.connection().execute(asked):
                found[pk].append(Word(way, purpose, given, withdrawn))
        return found


def _word(one: ConsentTold, way: Way, known: Sequence[Word], now: datetime) -> Word | None:
    """The word if it is new. Without a time, a yes counts where nothing is known, a no unless it
    stands already.
    """
    if one.at is None:
        stands = said(known, way, _FOR)
        if stands is False or (one.given and stands is not None):
            return None
    at = one.at or now
    word = Word(way, _FOR, at if one.given else None, None if one.given else at)
    return None if word in known else word


def _row(customer_id: str, word: Word, source: str) -> Values:
    given = word.given_at is not None
    return {
        "id": new_id(),
        "ver": 0,
        "customer_id": customer_id,
        "rep_id": None,
        "way": word.way,
        "purpose": word.purpose,
        "basis": Basis.CONSENT.value if given else "",
        "source": source if given else "",
        "given_at": word.given_at,
        "withdrawn_at": word.withdrawn_at,
        "withdrawn_source": "" if given else source,
    }
