"""A header nobody has seen before: what each column probably means, and how sure that is.

A column is known by its name or by a synonym, if its values agree; by what its values look like
otherwise. A guess from values alone is never sure enough to import by: it is proposed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lumi_desk.imports import headers, rules, sorts
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.headers import Amounts, Reading
from lumi_desk.imports.synonyms import SYNONYMS

# From here on a mapping is used without asking, and below this a column is left unused.
SURE = 0.9
_SOME = 0.3
_SYNONYM = 0.95
_IN_NAME = 0.6
_DOUBT = 0.6
# A few unreadable cells do not speak against a name: their rows are left out by themselves.
_AGREE = 0.98
_LOOK = 0.8
_SHOWN = 3
# Units behind the names of columns: 商品总价(元), 商品数量(件).
_UNIT = re.compile(r"\((?:元|rmb|cny|¥|件|个|盒|瓶)\)$")
# What an order is worth, where no column says so: the goods, else what was paid.
_INSTEAD_OF_TOTAL = ("goods", "paid")
# One name for one thing, whatever a file of this kind calls it inside.
_SAME = {"mobile": "phone", "receiver": "name"}
# What a list of orders has, and a list of people has not.
_ORDERLY = ("created", "total", "paid_at", "status")
_PAID = ("paid", "paid_at", "status")
_ONE_TIME = ("created", "paid_at", "confirmed_at")
_CONSENTS = re.compile("同意|授权|退订|拒收|拒绝|勿扰|免打扰")
# The most telling kind first.
_KINDS = (Kind.WHOLE, Kind.ORDERS, Kind.ITEMS, Kind.MEMBERS)

# Ids add up to more than any column of money.
_MOST_SUM = 10**13

# What keeps a proposal from being sure, besides its columns.
WHOSE = "rows of one order repeat an amount: say --amounts line or order"
REPEATED = "order numbers repeat: all rows of an order but one would be left out"
UNREAD = "a column of consents is not read: say its meaning, or - for not to be used"
UNPAID = "no column says whether an order was paid: all would count as unpaid"

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column probably means. `meaning` is empty for a column that is not used.

    `certainty` goes from 0 to 1. `samples` are masked: no phone number is in them whole.
    """

    place: int
    header: str
    meaning: str
    certainty: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a table probably is to be read, column by column; `doubts` are sentences."""

    kind: Kind
    columns: tuple[Guess, ...]
    amounts: Amounts | None
    doubts: tuple[str, ...]

    @property
    def places(self) -> dict[str, int]:
        """In which column each field stands."""
        return {field_of(self.kind, one.meaning): one.place for one in self.columns if one.meaning}

    @property
    def sure(self) -> bool:
        """Whether the table may be read so without asking."""
        used = [one for one in self.columns if one.meaning]
        return not self.doubts and all(one.certainty >= SURE for one in used)


def meanings() -> tuple[str, ...]:
    """Every word that a column can be given for its meaning, in order."""
    every = {_SAME.get(field, field) for fields in SYNONYMS.values() for field in fields}
    return tuple(sorted(every))


def meanings_of(kind: Kind) -> tuple[str, ...]:
    """The words that a column of a file of a kind can be given for its meaning, in their order."""
    return tuple(dict.fromkeys(meaning_of(field) for field in SYNONYMS[kind]))


def meaning_of(field: str) -> str:
    """The word for a field."""
    return _SAME.get(field, field)


def field_of(kind: Kind, meaning: str) -> str:
    """The field that a word stands for in files of a kind; empty if they have no such field."""
    fields = SYNONYMS[kind]
    if meaning in fields:
        return meaning
    return next((one for one in fields if _SAME.get(one) == meaning), "")


def propose(
    header: Sequence[str],
    rows: Rows,
    told: Mapping[int, str],
    *,
    amounts: Amounts | None = None,
    kinds: Sequence[Kind] = (),
) -> Proposal | None:
    """The best reading of a table whose first rows these are; None if it is no table of ours.

    `told` is what a person said: the meaning of a column by its place, empty for "not used".
    `kinds` are those the table may be of, any if empty.
    """
    columns = _columns(header, rows)
    found = []
    for kind in (one for one in _KINDS if one in (kinds or _KINDS)):
        fields = {place: field_of(kind, word) for place, word in told.items()}
        if all(fields[place] or not told[place] for place in told):
            scored = _assigned(kind, columns, fields)
            stand = {field: place for place, (field, _) in scored.items()}
            # An order's amount cannot be shared out among its lines without their prices.
            shared = kind is Kind.WHOLE and amounts is Amounts.ORDER and "price" not in stand
            if headers.is_enough(kind, stand) and not shared:
                unread = [c.name for c in columns if c.place not in {*scored, *told}]
                doubts = [UNREAD] if _speak_of_consent(kind, unread) else []
                found.append(_proposal(kind, columns, scored, amounts, doubts))
    return max(found, key=_rank, default=None)


def named_besides(
    header: Sequence[str], rows: Rows, known: Reading, told: Mapping[int, str]
) -> Mapping[str, int]:
    """Fields that a reading has not, in columns whose names surely say them, by place.

    Neither a column of `told` nor one that is read already is looked at.
    """
    taken = {place: field for field, place in known.places.items()} | dict.fromkeys(told, "")
    columns = _columns(header, rows)
    scored = _assigned(known.kind, columns, taken)
    return {
        field: place
        for place, (field, certainty) in scored.items()
        if place not in taken and field not in known.places and certainty >= SURE
    }


def leaves_words(header: Sequence[str], known: Reading, told: Mapping[int, str]) -> bool:
    """Whether a list has a column of consents, by its name, that a reading does not read.

    To leave one aside unasked might be to call people who said no.
    """
    taken = {*known.places.values(), *told}
    left = [name for place, name in enumerate(header) if place not in taken]
    return _speak_of_consent(known.kind, left)


def _speak_of_consent(kind: Kind, names: Iterable[str]) -> bool:
    return kind is Kind.MEMBERS and any(map(_CONSENTS.search, names))


def has_lines(header: Sequence[str]) -> bool:
    """Whether a header like that of an order export also tells how many of a product there are.

    Of no platform's own orders it does; there the lines have a file of their own.
    """
    reading = headers.recognise(header)
    if reading is None or reading.kind is not Kind.ORDERS:
        return False
    plain = [_UNIT.sub("", headers.plain_header(name)) for name in header]
    words = SYNONYMS[Kind.WHOLE]
    return all(any(name in words[field] for name in plain) for field in ("title", "units"))


def pictured(header: Sequence[str], rows: Rows, fields: Mapping[int, str]) -> tuple[Guess, ...]:
    """Every column with its samples, where it is known which (by place) is which field."""
    found = []
    for column in _columns(header, rows):
        field = fields.get(column.place, "")
        shown = _samples(column, field)
        known = (meaning_of(field), float(bool(field)), shown)
        found.append(Guess(column.place, column.name, *known))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Column:
    place: int
    name: str
    plain: str
    cells: tuple[str, ...]
    shares: dict[sorts.Test, float] = field(default_factory=dict, compare=False, repr=False)

    def share(self, test: sorts.Test) -> float:
        """The part of its filled cells that pass a test; 1 if there are none."""
        if test not in self.shares:
            passed = sum(map(test, self.cells))
            self.shares[test] = passed / len(self.cells) if self.cells else 1.0
        return self.shares[test]


def _columns(header: Sequence[str], rows: Rows) -> tuple[_Column, ...]:
    found = []
    called = headers.pointed_at(header)
    for place, name in enumerate(header):
        cells = (row[place] for row in rows if place < len(row))
        filled = tuple(cell.strip() for cell in cells if rules.clean(cell))
        if name.strip() or filled:
            plain = _UNIT.sub("", headers.plain_header(name))
            found.append(_Column(place, called[place], plain, filled))
    return tuple(found)


Assigned = dict[int, tuple[str, float]]


def _assigned(kind: Kind, columns: Sequence[_Column], told: Mapping[int, str]) -> Assigned:
    """Field and certainty by place: each column has one field at most, and each field one."""
    result: Assigned = {place: (field, 1.0) for place, field in told.items() if field}
    taken = {field for field, _ in result.values()}
    scores = []
    worth = _worth_of(columns)
    for column in columns:
        if column.place not in told:
            for order, field in enumerate(SYNONYMS[kind]):
                score = _score(kind, field, column)
                # Of columns that only look like money the greatest is the total.
                score -= 0.0 if score > sorts.MONEY.alone else 0.05 * (1 - worth[column.place])
                scores.append((-score, column.place, order, field))
    for score, place, _, field in sorted(scores):
        if -score >= _SOME and place not in result and field not in taken:
            rivals = [p for s, p, _, f in scores if f == field and p != place and s == score]
            alike = all(_cells(columns, place) == _cells(columns, one) for one in rivals)
            result[place] = (field, -score if alike else min(-score, _DOUBT))
            taken.add(field)
    if kind in (Kind.WHOLE, Kind.ORDERS):
        timed = _with_created(columns, _in_time(columns, result), told)
        return _with_total(timed, told)
    return result


def _worth_of(columns: Sequence[_Column]) -> dict[int, float]:
    """The sum of each column against the greatest one, 0 to 1."""
    sums = {c.place: sum(rules.fen(cell) or 0 for cell in c.cells) for c in columns}
    most = max((one for one in sums.values() if one < _MOST_SUM), default=0)
    return {place: min(1.0, one / most) if most else 0.0 for place, one in sums.items()}


def _with_total(result: Assigned, told: Mapping[int, str]) -> Assigned:
    """The order's worth in place of a total that no column's name tells."""
    places = {field: place for place, (field, _) in result.items()}
    total = places.get("total")
    if total is not None and result[total][1] > sorts.MONEY.alone:
        return result
    for other in _INSTEAD_OF_TOTAL:
        place = places.get(other)
        if place is not None and place not in told and result[place][1] >= _DOUBT:
            kept = {one: told for one, told in result.items() if one != total}
            return kept | {place: ("total", _DOUBT)}
    return result


def _score(kind: Kind, field: str, column: _Column) -> float:
    """How sure it is that a column holds a field, 0 to 1."""
    sort = sorts.OF_FIELD[field]
    named = _by_name(kind, field, column.plain)
    if not column.cells and named < _SYNONYM:
        return 0.0
    if named:
        share = column.share(sort.fits)
        return named if share >= _AGREE else named * share
    if not sort.alone:
        return 0.0
    share = column.share(sort.looks)
    return sort.alone * share if share >= _LOOK else 0.0


def _by_name(kind: Kind, field: str, plain: str) -> float:
    if plain in headers.NAMES.get(kind, {}).get(field, ()):
        return 1.0
    synonyms = SYNONYMS[kind][field]
    if plain in synonyms:
        return _SYNONYM
    # What a name is about stands at its end; short words stand in too many others' beginnings.
    words = [name for name in synonyms if len(name) > 1 and not name.isascii()]
    inside = any(plain.endswith(name) or (len(name) > 2 and name in plain) for name in words)
    return _IN_NAME if inside else 0.0


def _cells(columns: Sequence[_Column], place: int) -> tuple[str, ...]:
    return next(column.cells for column in columns if column.place == place)


def _in_time(columns: Sequence[_Column], result: Assigned) -> Assigned:
    """Times that only their values told: the fullest and earliest column is the creation."""
    guessed = [p for p, (f, c) in result.items() if f in _ONE_TIME and c <= sorts.TIME.alone]
    free = [f for f in _ONE_TIME if f not in {result[p][0] for p in result if p not in guessed}]

    def first(place: int) -> tuple[int, str]:
        moments = [found for cell in _cells(columns, place) if (found := rules.moment(cell))]
        return -len(moments), min(moments).isoformat() if moments else ""

    ordered = zip(sorted(guessed, key=first), free, strict=False)
    return result | {place: (field, result[place][1]) for place, field in ordered}


def _with_created(
    columns: Sequence[_Column], result: Assigned, told: Mapping[int, str]
) -> Assigned:
    """The time of payment in place of a creation that no column tells: buyers pay at once.

    What only looks like a time, and is later than the payment, is no creation.
    """
    places = {field: place for place, (field, _) in result.items()}
    created, paid = places.get("created"), places.get("paid_at")
    if paid is None or paid in told or result[paid][1] < SURE:
        return result
    if created is not None:
        named = created in told or result[created][1] > sorts.TIME.alone
        if named or not _is_later(_cells(columns, created), _cells(columns, paid)):
            return result
    kept = {place: one for place, one in result.items() if place != created}
    return kept | {paid: ("created", _DOUBT)}


def _is_later(cells: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the first time of one column is later than that of another."""
    firsts = [
        min((moment for cell in some if (moment := rules.moment(cell))), default=None)
        for some in (cells, others)
    ]
    return firsts[0] is not None and firsts[1] is not None and firsts[0] > firsts[1]


def _proposal(
    kind: Kind,
    columns: Sequence[_Column],
    scored: Assigned,
    amounts: Amounts | None,
    doubts: list[str],
) -> Proposal:
    places = {field: place for place, (field, _) in scored.items()}
    if kind is Kind.WHOLE:
        amounts = amounts or _amounts(columns, places)
        if amounts is None:
            doubts.append(WHOSE)
    if kind is Kind.ORDERS and _repeats(_cells(columns, places["number"])):
        doubts.append(REPEATED)
    if kind in (Kind.WHOLE, Kind.ORDERS) and not any(one in places for one in _PAID):
        doubts.append(UNPAID)
    if orderly := _orderly(kind, columns):
        doubts.append(f"{kind.value}, with columns of an order export: {orderly}")
    guesses = []
    for column in columns:
        field, certainty = scored.get(column.place, ("", 0.0))
        shown = _samples(column, field)
        guesses.append(Guess(column.place, column.name, meaning_of(field), certainty, shown))
    return Proposal(kind, tuple(guesses), amounts, tuple(doubts))


def _samples(column: _Column, field: str) -> tuple[str, ...]:
    sort = sorts.OF_FIELD.get(field, sorts.TEXT)
    some = list(dict.fromkeys(column.cells))[:_SHOWN]
    return tuple(sort.shown(cell) if sort.fits(cell) else sorts.masked(cell) for cell in some)


def _repeats(numbers: Sequence[str]) -> bool:
    return len(set(numbers)) < _AGREE * len(numbers)


def _orderly(kind: Kind, columns: Iterable[_Column]) -> str:
    """The columns that only orders have, in a table that is read as something else."""
    fields = [field for field in _ORDERLY if field not in SYNONYMS[kind]]
    named = (
        column.name
        for column in columns
        if any(_score(Kind.ORDERS, field, column) >= SURE for field in fields)
    )
    return "、".join(named)


def _amounts(columns: Sequence[_Column], places: Mapping[str, int]) -> Amounts | None:
    """Whose the amounts of a row are: the order's, or only its line's; None if rows do not tell.

    Where no order has two rows it makes no difference.
    """
    fields = [field for field in ("number", "total", "price", "units") if field in places]
    told = [_cells(columns, places[field]) for field in fields]
    if len({len(cells) for cells in told}) > 1:
        return None
    by_order: dict[str, list[dict[str, int]]] = defaultdict(list)
    for number, *rest in zip(*told, strict=True):
        amounts = (rules.fen(cell) or 0 for cell in rest)
        by_order[number].append(dict(zip(fields[1:], amounts, strict=True)))
    several = [rows for rows in by_order.values() if len(rows) > 1]
    if not several or any(len({row["total"] for row in rows}) > 1 for rows in several):
        return Amounts.LINE
    if "price" not in fields:
        return None
    dearer = [_worth(rows) > rows[0]["total"] * 1.5 for rows in several]
    unlike = [len({row["price"] for row in rows}) > 1 for rows in several]
    return Amounts.ORDER if any(unlike) and not any(dearer) else None


def _worth(rows: Iterable[Mapping[str, int]]) -> float:
    return sum(row["price"] * row["units"] / 100 for row in rows)


def _rank(one: Proposal) -> tuple[bool, float, int]:
    """Best is what is sure of all it cannot do without; then what explains more of the columns."""
    certain = {field for field, place in one.places.items() if _certainty(one, place) >= SURE}
    explained = sum(guess.certainty for guess in one.columns)
    enough = headers.is_enough(one.kind, dict.fromkeys(certain, 0))
    orders = one.kind in (Kind.WHOLE, Kind.ORDERS)
    return enough and (orders or not one.doubts), round(explained, 1), -_KINDS.index(one.kind)


def _certainty(one: Proposal, place: int) -> float:
    return next(guess.certainty for guess in one.columns if guess.place == place)
