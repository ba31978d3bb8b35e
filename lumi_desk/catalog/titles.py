"""What product titles mean: first what the manager settled, then what their words say."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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
        self._settled = settled

    def meaning(self, title: str) -> Meaning:
        """What a title means; one that nobody knows belongs to the line `other`."""
        return self._settled.get(title) or _by_pattern(title)


def titles(session: Session) -> Titles:
    """What titles mean as it is settled now."""
    table: Any = SettledTitle.__table__
    asked = select(table.c.title, table.c.line, table.c.product_id)
    rows = session.connection().execute(asked)
    return Titles({title: Meaning(line, product_id) for title, line, product_id in rows})


# The same titles come back for years.
@lru_cache(maxsize=20_000)
def _by_pattern(title: str) -> Meaning:
    return Meaning(line_of(title).value)
