"""What is asked about consents: of one customer, and of all at once for the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.consents import rules
from lumi_desk.consents.rules import CONSENTS, ConsentSettings, Purpose, Way, Word
from lumi_desk.consents.tables import Consent

RULE_SET = "consents"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of many customers, with the settings that hold where nobody has said any."""

    by_customer: Mapping[str, tuple[Word, ...]]
    settings: ConsentSettings = CONSENTS

    def may(self, customer_id: str, way: Way, purpose: Purpose) -> bool:
        """Whether she may be reached by this way for this purpose."""
        words = self.by_customer.get(customer_id)
        if words is None:
            return rules.by_default(way, purpose, self.settings)
        return rules.may(words, way, purpose, self.settings)


def settings(session: Session, now: datetime) -> ConsentSettings:
    """What holds where nothing is recorded; as shipped where the manager's cannot be used."""
    return catalog.usable(session, RULE_SET, local_day(now), CONSENTS)


def everybody(session: Session, now: datetime) -> Words:
    """The words of all customers of this database."""
    found: dict[str, list[Word]] = {}
    for customer_id, way, purpose, given, withdrawn in session.execute(
        select(Consent.customer_id, *_WORD)
    ):
        found.setdefault(customer_id, []).append(Word(way, purpose, given, withdrawn))
    hers = {customer_id: tuple(words) for customer_id, words in found.items()}
    return Words(hers, settings(session, now))


def of_customer(session: Session, customer_id: str) -> tuple[Word, ...]:
    """Her own words, in no order: the rules look at their times."""
    asked = select(*_WORD).where(Consent.customer_id == customer_id)
    return tuple(Word(*told) for told in session.execute(asked))


_WORD = (Consent.way, Consent.purpose, Consent.given_at, Consent.withdrawn_at)
