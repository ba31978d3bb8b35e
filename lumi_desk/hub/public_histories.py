"""Public purchase histories, read to judge a ranking: the CDNOW sample and Online Retail.

Which of the two a file is shows in its first line, whatever it is called. Retail lines are
cleaned as an order import would: what was cancelled, given away, charged for carriage, doubled or
bought by nobody known is no purchase.
"""

import csv
import gzip
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, NamedTuple, cast

from lumi_desk.customers.again.rules import Diary
from lumi_desk.errors import LumiError

_PACKED = b"\x1f\x8b"
_LONGEST_LINE = 2**16
_MOST_BYTES = 2**28
_MOST = 10**9
_RETAIL = ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
# What the shop books under a stock code and nobody buys: carriage, fees, corrections, samples.
_SERVICES = frozenset(
    {"POST", "DOT", "C2", "M", "D", "S", "B", "CRUK", "BANK CHARGES", "AMAZONFEE"}
)
_LIKE = "00004 0001 19970101 2 29.33"
_CDNOW_SPLIT = date(1997, 10, 1)
_RETAIL_SPLIT = date(2011, 9, 9)


class NoFile(LumiError):
    """There is no such file, or it may not be read."""

    title = "The file {file} cannot be read: {why}"
    advice = "Nothing was judged. Check the name and who may read it."


class NoHistories(LumiError):
    """A file that holds no purchase histories in a form that is known."""

    title = "{file} holds no purchase histories: expected {expected}, found {found}"
    advice = "Give the CDNOW sample or the Online Retail table, as text or packed with gzip."


class BadPurchase(LumiError):
    """A line that says no purchase."""

    title = "Line {line} of {file} cannot be read: expected {expected}, found {found}"
    advice = "Nothing was judged. Fetch the file again."


class DamagedHistories(LumiError):
    """A file that cannot be read to its end."""

    title = "{file} cannot be read to its end: {why}"
    advice = "Nothing was judged. Fetch the file again."


@dataclass(frozen=True, slots=True)
class Histories:
    """Everybody's diary by customer, and where such files are usually split.

    `format` is "CDNOW" or "Online Retail"; `last` the last day of the file, `split` the first
    that is judged; `rows` were read and `left_out` of them say no purchase, with why.
    """

    format: str
    diaries: dict[str, Diary]
    last: date
    split: date
    rows: int
    left_out: Counter[str]


_Bought = tuple[str, date, int]


class _Line(NamedTuple):
    """The cells of a retail line that are needed, in the order of _RETAIL."""

    invoice: str
    code: str
    pieces: str
    day: str
    price: str
    customer: str


@dataclass(slots=True)
class _Read:
    """What a reader found, filled while it reads."""

    format: str
    split: date
    bought: list[_Bought]
    rows: int
    left_out: Counter[str]


def read(path: Path) -> Histories:
    """Read a file of histories. Raises NoFile, NoHistories, BadPurchase or DamagedHistories."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise NoFile(file=path.name, why=error.strerror or "it does not open") from None
    with raw:
        packed = raw.read(2) == _PACKED
        raw.seek(0)
        try:
            return _read(path.name, cast(IO[bytes], gzip.open(raw)) if packed else raw)
        except EOFError:
            raise DamagedHistories(file=path.name, why="the end is missing") from None
        except (OSError, zlib.error):
            raise DamagedHistories(file=path.name, why="it is damaged") from None


def _read(file: str, raw: IO[bytes]) -> Histories:
    lines = _lines(file, raw)
    first = next(lines, "")
    header = _header(first)
    if set(_RETAIL) <= set(header):
        read = _retail(file, header, lines)
    elif _looks_like_cdnow(first):
        read = _cdnow(file, first, lines)
    else:
        expected = f"lines like “{_LIKE}”, or a header with {', '.join(_RETAIL)}"
        shown = "".join(one if one.isprintable() else "·" for one in first.strip()[:60])
        raise NoHistories(file=file, expected=expected, found=f"“{shown}”" if shown else "nothing")
    if not read.bought:
        raise NoHistories(file=file, expected="purchases", found="none")
    days: dict[str, Counter[date]] = defaultdict(Counter)
    for customer, day, cents in read.bought:
        days[customer][day] += cents
    # Several rows of one day are one purchase.
    diaries: dict[str, Diary] = {one: sorted(bought.items()) for one, bought in days.items()}
    last = max(day for _, day, _ in read.bought)
    return Histories(read.format, diaries, last, read.split, read.rows, read.left_out)


def _lines(file: str, raw: IO[bytes]) -> Iterator[str]:
    """The lines as text; whatever is too long for one, too large or no text is refused."""
    size = number = 0
    while line := raw.readline(_LONGEST_LINE):
        number += 1
        size += len(line)
        if len(line) == _LONGEST_LINE or size > _MOST_BYTES or b"\0" in line:
            found = "more than 256 MiB" if size > _MOST_BYTES else "no text"
            raise NoHistories(file=file, expected="a text file", found=found)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            found = f"other bytes in line {number}"
            raise NoHistories(file=file, expected="text in UTF-8", found=found) from None


def _header(line: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")]), [])
    except csv.Error:
        return []


def _looks_like_cdnow(line: str) -> bool:
    try:
        _one_cdnow("", 1, line)
    except BadPurchase:
        return False
    return True


def _cdnow(file: str, first: str, lines: Iterator[str]) -> _Read:
    bought = [_one_cdnow(file, 1, first)]
    bought += [
        _one_cdnow(file, number, line) for number, line in enumerate(lines, start=2) if line.strip()
    ]
    return _Read("CDNOW", _CDNOW_SPLIT, bought, len(bought), Counter())


def _one_cdnow(file: str, number: int, line: str) -> _Bought:
    """`master id, sample id, day, pieces, dollars`; the whole table has no sample id."""
    cells = line.split()
    try:
        *ids, day, _, money = cells
        if not 1 <= len(ids) <= 2 or len(day) != 8:
            raise ValueError
        return ids[-1], date.fromisoformat(day), _cents(money)
    except (ValueError, InvalidOperation):
        expected = "customer, yyyymmdd, pieces, dollars"
        raise BadPurchase(
            file=file, line=number, expected=expected, found=line.strip()[:60]
        ) from None


def _retail(file: str, header: Sequence[str], lines: Iterator[str]) -> _Read:
    reader = csv.reader(lines, strict=True)
    read = _Read("Online Retail", _RETAIL_SPLIT, [], 0, Counter())
    places = [header.index(name) for name in _RETAIL]
    seen: set[tuple[str, ...]] = set()
    try:
        for row in map(tuple, filter(None, reader)):
            if len(row) != len(header):
                raise ValueError
            line = _Line(*(row[place] for place in places))
            why = "doubled" if row in seen else _why_not(line)
            seen.add(row)
            read.rows += 1
            if why:
                read.left_out[why] += 1
            else:
                read.bought.append(_one_retail(line))
    except (ValueError, InvalidOperation, csv.Error):
        expected = f"{len(header)} cells with whole pieces, a date like 2010-12-01 and a price"
        raise BadPurchase(
            file=file, line=reader.line_num + 1, expected=expected, found="others"
        ) from None
    return read


def _why_not(line: _Line) -> str | None:
    """Why a line is no purchase; None if it is one."""
    if not line.customer.strip():
        return "without customer"
    if line.invoice[:1] in ("C", "c") or int(line.pieces) <= 0:
        return "cancelled"
    if _cents(line.price) <= 0:
        return "without price"
    return "no goods" if line.code.strip().upper() in _SERVICES else None


def _one_retail(line: _Line) -> _Bought:
    day = datetime.fromisoformat(line.day).date()
    pieces = int(line.pieces)
    if pieces > _MOST:
        raise ValueError
    return line.customer.strip(), day, pieces * _cents(line.price)


def _cents(cell: str) -> int:
    """Money in hundredths. InvalidOperation or ValueError if it is none."""
    amount = Decimal(cell)
    if not amount.is_finite() or abs(amount) > _MOST:
        raise ValueError
    return int((amount * 100).to_integral_value())
