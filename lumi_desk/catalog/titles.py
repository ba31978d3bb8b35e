"""What product titles mean: first what the manager settled, then what their words say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import SettledTitle
from lumi_desk.customers.rules import line_of


@dataclass(frozen=True, slots=True)
class Meaning:
    """The line a title belongs to (a value of customers.rules.Line), and the product it names."""

    line: str
    product_id: str | None = None


class Titles:
    """Titles by what was settled about them, else by the patterns."""

    def __init__(self, settled: Mapping[str, Meaning]) -> None:
        self.settled = settled
        self._by_pattern: dict[str, Meaning] = {}

    def meaning(self, title: str) -> Meaning:
        """What a title means; one that nobody knows belongs to the line `other`."""
        known = self.settled.get(title) or self._by_pattern.get(title)
        if known is None:
            known = self._by_pattern[title] = Meaning(line_of(title).value)
        return known


def titles(session: Session) -> Titles:
    """What titles mean as it is settled now."""
    table: Any = SettledTitle.__table__
    asked = select(table.c.title, table.c.line, table.c.product_id)
    rows = session.connection().execute(asked)
    return Titles({title: Meaning(line, product_id) for title, line, product_id in rows})
