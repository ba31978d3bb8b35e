"""Marking rows from one to another. Knows no Qt."""

from collections.abc import Sequence
from typing import Protocol


class Row(Protocol):
    """A row of the list."""

    @property
    def id(self) -> str:
        """Whose row it is."""


def between(rows: Sequence[Row], one: str, other: str) -> frozenset[str]:
    """Whoever stands between two, both included; if one of them is not there, only the other."""
    ids = [row.id for row in rows]
    if one not in ids or other not in ids:
        return frozenset({other}) & frozenset(ids)
    first, last = sorted((ids.index(one), ids.index(other)))
    return frozenset(ids[first : last + 1])
