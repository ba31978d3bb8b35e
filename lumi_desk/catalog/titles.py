"""What product titles mean: first what the manager settled, then what their words say.

What was settled is kept on the hub; where words say something else, desks are told by a setting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Setting, SettledTitle
from lumi_desk.customers.rules import Line, leading, line_of

TOLD = "titles"
_KNOWN = {line.value: line for line in Line}


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

    def led(self, lines: Sequence[tuple[str, int]], title: str) -> tuple[Line, int]:
        """The line that leads an order, and how many pieces it has.

        `lines` are the lines and pieces of what was paid for: a gift leads nothing. Without any
        the order's own title says it.
        """
        if not lines:
            return Line(self.meaning(title).line), 1
        if len(lines) == 1:
            return _KNOWN.get(lines[0][0], Line.OTHER), lines[0][1]
        named = frozenset(_KNOWN.get(line, Line.OTHER) for line, _ in lines)
        return leading(named), sum(units for _, units in lines)


def titles(session: Session) -> Titles:
    """What titles mean as it is settled now."""
    table: Any = SettledTitle.__table__
    asked = select(table.c.title, table.c.line, table.c.product_id)
    rows = session.connection().execute(asked)
    return Titles({title: Meaning(line, product_id) for title, line, product_id in rows})


def differing(session: Session) -> dict[str, str]:
    """Title → line, of what is settled otherwise than the words say: what desks have to be told."""
    table: Any = SettledTitle.__table__
    rows = session.connection().execute(select(table.c.title, table.c.line).order_by(table.c.title))
    return {title: line for title, line in rows if _by_pattern(title).line != line}


def told(session: Session) -> Titles:
    """What titles mean as the hub has told its desks."""
    body = session.scalar(select(Setting.body).where(Setting.id == TOLD))
    lines = body if isinstance(body, dict) else {}
    return Titles({title: Meaning(line) for title, line in lines.items() if line in _KNOWN})


# The same titles come back for years.
@lru_cache(maxsize=20_000)
def _by_pattern(title: str) -> Meaning:
    return Meaning(line_of(title).value)
