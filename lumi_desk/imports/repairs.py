"""What a cell was taken for, where that is not what stands in it: told cell by cell.

The dress a spreadsheet puts on cells (`="…"`, apostrophes, outer blanks) changes no meaning and is
only counted; see readers.dirt_of.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from enum import StrEnum

from lumi_desk.imports import rules, sorts
from lumi_desk.imports.kinds import rules as kinds
from lumi_desk.imports.sorts import Sort
from lumi_desk.imports.states import rules as states
from lumi_desk.security import masking

# So many repairs of an import are kept one by one; the rest is counted.
MOST_KEPT = 1000
_SHANGHAI = timezone(timedelta(hours=8))
_PLAIN_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_PLAIN_MONEY = re.compile(r"[+-]?\d*\.?\d{0,2}0*", re.ASCII)


class Repair(StrEnum):
    """What was odd about a cell; a code for machines, `WORDS` has the words."""

    DATE = "date"
    NO_SEPARATORS = "no_separators"
    UNIT = "unit"
    THOUSANDS = "thousands"
    WIDE = "wide"
    TAIL = "tail"
    SCIENTIFIC = "scientific"
    DECIMALS = "decimals"
    BLANKS = "blanks"
    PASSED_OVER = "passed_over"


WORDS = {
    Repair.DATE: "a time written another way",
    Repair.NO_SEPARATORS: "a time without separators",
    Repair.UNIT: "a unit inside a number",
    Repair.THOUSANDS: "separators between thousands",
    Repair.WIDE: "full-width characters in a number",
    Repair.TAIL: "a tail of digits behind an amount",
    Repair.SCIENTIFIC: "a number in scientific notation",
    Repair.DECIMALS: "decimals behind a whole number",
    Repair.BLANKS: "blanks or signs inside a number",
    Repair.PASSED_OVER: "words that nobody knows, passed over as if nothing stood there",
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """One repaired cell: where, what stood there, what it was taken for.

    Both are masked as samples of such columns are: no phone, name or order number is whole.
    """

    file: str
    line: int
    column: str
    repair: Repair
    stood: str
    taken: str

    @property
    def words(self) -> str:
        """What was odd, in English."""
        return WORDS[self.repair]


@dataclass
class Repairs:
    """The repairs of an import: the first ones, and how many there are of each kind."""

    kept: list[Repaired] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def take(
        self, file: str, line: int, cells: Mapping[str, str], title_of: Callable[[str], str]
    ) -> None:
        """Note what was repaired in a row that was taken."""
        for name, cell in cells.items():
            unread = name == "after_sale" and "refund" in cells
            look = _LOOKS.get(name) if cell and not unread else None
            if look is None or not (text := rules.clean(cell)) or (found := look(text)) is None:
                continue
            repair, value = found
            self.counted[repair.value] += 1
            # Of words that change what is counted a million dates crowd out none.
            telling = repair is Repair.PASSED_OVER and self.counted[repair.value] <= MOST_KEPT
            if telling or len(self.kept) < MOST_KEPT:
                column = title_of(name)
                told = (_shown(name, text), _shown(name, value))
                self.kept.append(Repaired(file, line, column, repair, *told))


def _shown(name: str, text: str) -> str:
    sort = sorts.OF_FIELD[name]
    # A time is never a phone number; any other number that could be dialled is masked.
    return sort.shown(text) if sort is sorts.TIME else masking.mask_text(sort.shown(text))


def _time(text: str) -> tuple[Repair, str] | None:
    if _PLAIN_TIME.fullmatch(text) or (when := rules.time_told(text)) is None:
        return None
    return _kind_of_time(text), f"{when.astimezone(_SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _day(text: str) -> tuple[Repair, str] | None:
    if _PLAIN_TIME.fullmatch(text) or (day := rules.day(text)) is None:
        return None
    return _kind_of_time(text), day.isoformat()


def _kind_of_time(text: str) -> Repair:
    run_together = text[:6].isdigit() and not rules.is_serial(text)
    return Repair.NO_SEPARATORS if run_together else Repair.DATE


def _money(text: str) -> tuple[Repair, str] | None:
    if _PLAIN_MONEY.fullmatch(text) or (fen := rules.fen(text)) is None:
        return None
    return _kind_of_number(text), f"{fen // 100}.{fen % 100:02d}"


def _units(text: str) -> tuple[Repair, str] | None:
    if (text.isascii() and text.isdigit()) or (units := rules.pieces(text)) is None:
        return None
    return _kind_of_number(text), str(units)


def _kind_of_number(text: str) -> Repair:
    narrow = unicodedata.normalize("NFKC", text)
    if any(not one.isdigit() and one not in ".,+- " for one in narrow):
        return Repair.UNIT
    if narrow != text:
        return Repair.WIDE
    if "," in text or " " in text:
        return Repair.THOUSANDS
    whole, _, rest = text.partition(".")
    return Repair.DECIMALS if whole and not rest.strip("0") else Repair.TAIL


def _number(text: str) -> tuple[Repair, str] | None:
    if text.isascii() and text.isdigit():
        return None
    found = rules.number(text)
    if found is None or text.removeprefix("No:") == found.text:
        return None
    scientific = "e" in text.casefold()
    return Repair.SCIENTIFIC if scientific else Repair.DECIMALS, found.text


def _phone(text: str) -> tuple[Repair, str] | None:
    found = rules.first_phone(text)
    return (Repair.BLANKS, found) if found and found != text else None


def _passed_over(read: Callable[[str], object]) -> "_Look":
    """A look at words by how they are read; what nobody knows counts as if it were blank."""
    return lambda text: (Repair.PASSED_OVER, "") if read(text) is None else None


def _state(words: str) -> object:
    """How far an order has come; what is under way with one that was sold changes nothing."""
    return states.status(words) or states.given_back(words)


_Look = Callable[[str], tuple[Repair, str] | None]
_OF_SORT: tuple[tuple[Sort, _Look], ...] = (
    (sorts.TIME, _time),
    (sorts.DAY, _day),
    (sorts.MONEY, _money),
    (sorts.OTHER_MONEY, _money),
    (sorts.UNITS, _units),
    (sorts.NUMBER, _number),
    (sorts.PHONE, _phone),
)
_LOOKS: Mapping[str, _Look] = {
    name: look for name, sort in sorts.OF_FIELD.items() for one, look in _OF_SORT if one is sort
} | {
    "order_kind": _passed_over(kinds.order_kind),
    "pay_method": _passed_over(kinds.is_by_card),
    "status": _passed_over(_state),
    "after_sale": _passed_over(states.given_back),
}
