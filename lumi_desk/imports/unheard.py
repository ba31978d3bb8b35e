"""Rows far down in a file that say what none of the first ones says: they are looked at too."""

from collections.abc import Sequence

from lumi_desk.imports import aside, rules

# A column of so many words at most says the same again and again, and of so many new ones at most
# any is worth a look.
_FEW = 20
_MOST = 200
# Words about calls stand in remarks, no two alike; one of these letters is in each.
_LETTERS = frozenset("勿别不禁免黑拒退故世")
_MOST_REFUSALS = 20


class Unheard:
    """Tells of each further row whether it says something new; `first` are the first ones."""

    def __init__(self, first: Sequence[Sequence[str]]) -> None:
        self._words = {
            place: words
            for place in range(max(map(len, first), default=0))
            if len(words := {row[place].strip() for row in first if place < len(row)}) <= _FEW
        }
        self._new = dict.fromkeys(self._words, _FEW)
        self._least = min((_filled(row) for row in first), default=0)
        self._left, self._refusals = _MOST, _MOST_REFUSALS

    def is_said(self, cells: Sequence[str]) -> bool:
        """Whether a row says something new. Sums under a table do not."""
        return self._refuses(cells) or (self._left > 0 and self._is_new(cells))

    def _is_new(self, cells: Sequence[str]) -> bool:
        found = [
            (place, cell)
            for place, words in self._words.items()
            if place < len(cells) and (cell := cells[place].strip()) not in words and cell
        ]
        if not found or _filled(cells) < self._least or any(map(rules.is_sum, cells)):
            return False
        for place, cell in found:
            self._words[place].add(cell)
            self._new[place] -= 1
            if not self._new[place]:
                del self._words[place]
        self._left -= 1
        return True

    def _refuses(self, cells: Sequence[str]) -> bool:
        if not self._refusals:
            return False
        text = "\t".join(cells)
        if text.isascii() or _LETTERS.isdisjoint(text) or not aside.speaks_of_calls(text):
            return False
        self._refusals -= 1
        return True


def _filled(cells: Sequence[str]) -> int:
    return sum(map(bool, map(str.strip, cells)))
