"""A header nobody has seen before: what each column probably means, and how sure that is.

A column is known by its name or by a synonym, if its values agree; by what its values look like
otherwise. A guess from values alone is never sure enough to import by: it is proposed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lumi_desk.imports import aside, asked, headers, rules, sorts, units, wording
from lumi_desk.imports.aside import Left
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.doubts import SENTENCES, Doubt
from lumi_desk.imports.headers import Amounts, Reading
from lumi_desk.imports.sampled import Column, Rows, cells_of, columns_of, has_cells
from lumi_desk.imports.synonyms import SYNONYMS
from lumi_desk.imports.units import Unit, Units

# From here on a mapping is used without asking, and below this a column is left unused.
SURE = 0.9
_SOME = 0.3
_DOUBT = 0.6
# What a name and the values both say is surer than what either says.
_BOTH = 0.05
_MOST_GUESSED = 0.85
# A few unreadable cells do not speak against a name: their rows are left out by themselves.
_AGREE = 0.98
_LOOK = 0.8
# What an order is worth, where no column says so: the goods, else what was paid.
_INSTEAD_OF_TOTAL = ("goods", "paid")
# One name for one thing, whatever a file of this kind calls it inside.
_SAME = {"mobile": "phone", "receiver": "name"}
# What a list of orders has, and a list of people has not.
_ORDERLY = ("created", "total", "paid_at", "status")
_PAID = ("paid", "paid_at", "status")
_OF_ORDERS = (Kind.WHOLE, Kind.ORDERS)
_OF_DERIVED = {"created": Doubt.UNTIMED, "total": Doubt.UNPRICED}
_ONE_TIME = ("created", "paid_at", "confirmed_at")
_PAST = ("paid_at", "confirmed_at")
# The most telling kind first.
_KINDS = (Kind.WHOLE, Kind.ORDERS, Kind.ITEMS, Kind.MEMBERS)

# Ids add up to more than any column of money.
_MOST_SUM = 10**13


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column probably means. `meaning` is empty for a column that is not used.

    `certainty` goes from 0 to 1. `samples` are masked: no phone number is in them whole. `unit` is
    what its amounts are counted in, None where it has none.
    """

    place: int
    header: str
    meaning: str
    certainty: float
    samples: tuple[str, ...]
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a table probably is to be read, column by column.

    `derived` are fields that no column has for itself, by the place of the one that stands for
    them; `about` names the columns that a doubt is about, where it is about some.
    """

    kind: Kind
    columns: tuple[Guess, ...]
    amounts: Amounts | None
    doubts: tuple[Doubt, ...]
    derived: Mapping[str, int] = field(default_factory=dict)
    about: Mapping[Doubt, Sequence[str]] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, int]:
        """In which column each field stands; several may stand in one."""
        own = {field_of(self.kind, one.meaning): one.place for one in self.columns if one.meaning}
        return {**own, **self.derived}

    def sentences(self, rows: int, line: int) -> tuple[str, ...]:
        """The doubts in English, of a table of so many rows whose header stands in that line."""
        named = {one.place: one.header for one in self.columns}
        told = {field: named[place] for field, place in self.places.items()}
        told |= {"kind": self.kind.value, "rows": f"{rows:,}", "line": str(line)}
        return tuple(
            SENTENCES[one].format_map({**told, "columns": "、".join(self.about.get(one, ()))})
            for one in self.doubts
        )

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
    counted: Units = units.NONE,
) -> Proposal | None:
    """The best reading of a table whose first rows these are; None if it is no table of ours.

    `told` is what a person said: the meaning of a column by its place, empty for "not used".
    `kinds` are those the table may be of, any if empty.
    """
    columns = columns_of(header, rows, counted)
    found = []
    for kind in (one for one in _KINDS if one in (kinds or _KINDS)):
        fields = {place: field_of(kind, word) for place, word in told.items()}
        if all(fields[place] or not told[place] for place in told):
            scored, derived = _assigned(kind, columns, fields)
            stand = {field: place for place, (field, _) in scored.items()} | derived
            # An order's amount cannot be shared out among its lines without their prices.
            shared = kind is Kind.WHOLE and amounts is Amounts.ORDER and "price" not in stand
            if headers.is_enough(kind, stand) and not shared:
                about = _of_left(kind, columns, stand, told)
                about |= asked.doubts(columns, stand, told, counted)
                found.append(_proposal(kind, columns, scored, derived, amounts, about))
    return max(found, key=_rank, default=None)


def named_besides(
    header: Sequence[str], rows: Rows, known: Reading, told: Mapping[int, str], counted: Units
) -> Mapping[str, int]:
    """Fields that a reading has not, in columns whose names surely say them, by place.

    Neither a column of `told` nor one that is read already is looked at.
    """
    besides = _besides(columns_of(header, rows, counted), known, told)
    return {field: place for field, (place, sure) in besides.items() if sure >= SURE}


def is_doubtful(
    header: Sequence[str], rows: Rows, known: Reading, told: Mapping[int, str], counted: Units
) -> bool:
    """Whether what is known of a header is not all of it, so that a person is to be asked.

    Either other columns seem to say what nobody reads, or it is a list of people by some of its
    columns and by others one of orders, or nothing in it says whether an order was paid.
    """
    columns = columns_of(header, rows, counted)
    if _of_left(known.kind, columns, known.places, told):
        return True
    if asked.doubts(columns, known.places, told, counted):
        return True
    if _stand_twice(columns, set(known.places.values()), told):
        return True
    platforms = _numbers_of_platform(columns)
    if platforms and known.places.get("number") not in {None, *platforms}:
        return True
    besides = _besides(columns, known, told)
    if any(
        field in aside.TELLING and sure >= wording.WORDED for field, (_, sure) in besides.items()
    ):
        return True
    if known.kind is Kind.MEMBERS:
        return len(_orderly(known.kind, columns)) > 1
    return known.kind in _OF_ORDERS and not _tells_of_payment(columns, known.places)


def _stand_twice(columns: Sequence[Column], read: Collection[int], told: Collection[int]) -> bool:
    """Whether a column that is not read has the name of one that is, and says something else."""
    named = {column.plain: column.cells for column in columns if column.place in read}
    others = (column for column in columns if column.place not in {*read, *told})
    return any(c.cells and named.get(c.plain, c.cells) != c.cells for c in others)


def _tells_of_payment(columns: Sequence[Column], places: Mapping[str, int]) -> bool:
    """Whether something says which orders were paid; a status does if its words are known."""
    told = [places[one] for one in ("paid", "paid_at") if one in places]
    if any(has_cells(columns, place) for place in told) or not any(c.cells for c in columns):
        return True
    states = (column for column in columns if column.place == places.get("status"))
    return any(column.share(sorts.STATUS.fits) >= _AGREE for column in states)


def _besides(
    columns: Sequence[Column], known: Reading, told: Mapping[int, str]
) -> dict[str, tuple[int, float]]:
    """Place and certainty of fields that a reading has not, in columns that it does not read."""
    taken = {place: field for field, place in known.places.items()} | dict.fromkeys(told, "")
    scored, _ = _assigned(known.kind, columns, taken)
    return {
        field: (place, certainty)
        for place, (field, certainty) in scored.items()
        if place not in taken and field not in known.places
    }


def _of_left(
    kind: Kind,
    columns: Iterable[Column],
    places: Mapping[str, int],
    told: Collection[int],
) -> dict[Doubt, list[str]]:
    """What is to be asked about the columns that a reading leaves aside.

    Of a remark no more is read than a name.
    """
    read = {place for field, place in places.items() if field not in aside.HARDLY_READ}
    left = (Left(c.name, c.plain, c.cells) for c in columns if c.place not in {*read, *told})
    return aside.doubts(kind, left, places.keys())


def has_lines(header: Sequence[str]) -> bool:
    """Whether a header like that of an order export also tells how many of a product there are.

    Of no platform's own orders it does; there the lines have a file of their own.
    """
    reading = headers.recognise(header)
    if reading is None or reading.kind is not Kind.ORDERS:
        return False
    plain = [wording.plain(name) for name in header]
    words = SYNONYMS[Kind.WHOLE]
    return all(any(name in words[field] for name in plain) for field in ("title", "units"))


def refund_of_an_order(header: Sequence[str]) -> str:
    """The column that tells refunds, where another tells the numbers of their orders."""
    names = {name: wording.plain(name) for name in header}
    said = {
        field: [
            name
            for name, plain in names.items()
            if wording.says(Kind.ORDERS, field, plain) >= wording.WORDED
        ]
        for field in ("number", "refund")
    }
    return next(iter(said["refund"]), "") if said["number"] else ""


def pictured(
    header: Sequence[str],
    rows: Rows,
    fields: Mapping[int, str],
    counted: Mapping[int, Unit],
) -> tuple[Guess, ...]:
    """Every column with its samples, where it is known which (by place) is which field."""
    columns = columns_of(header, rows, Units(counted))
    fields_of = ((column, fields.get(column.place, "")) for column in columns)
    return tuple(_guess(column, field, float(bool(field))) for column, field in fields_of)


def _guess(column: Column, field: str, certainty: float) -> Guess:
    unit = column.unit if sorts.is_money(field) else None
    told = (meaning_of(field), certainty, asked.samples(column, field), unit)
    return Guess(column.place, column.name, *told)


Assigned = dict[int, tuple[str, float]]
# Which column stands for a field that has none for itself.
Derived = dict[str, int]


def _assigned(
    kind: Kind, columns: Sequence[Column], told: Mapping[int, str]
) -> tuple[Assigned, Derived]:
    """Field and certainty by place: each column has one field at most, and each field one."""
    result: Assigned = {place: (field, 1.0) for place, field in told.items() if field}
    taken = {field for field, _ in result.values()}
    scores = []
    worth = _worth_of(columns)
    platforms = _numbers_of_platform(columns)
    for column in columns:
        if column.place not in told:
            for order, field in enumerate(SYNONYMS[kind]):
                score = _score(kind, field, column)
                if field == "number" and platforms and column.place not in platforms:
                    score = min(score, _SOME)
                # Of columns that only look like money the greatest is the total.
                score -= 0.0 if score > sorts.MONEY.alone else 0.05 * (1 - worth[column.place])
                scores.append((-score, column.place, order, field))
    for score, place, _, field in sorted(scores):
        if -score >= _SOME and place not in result and field not in taken:
            rivals = [p for s, p, _, f in scores if f == field and p != place and s == score]
            rivals = [p for p in rivals if has_cells(columns, p)]
            alike = all(cells_of(columns, place) == cells_of(columns, one) for one in rivals)
            result[place] = (field, -score if alike else min(-score, _DOUBT))
            taken.add(field)
    if kind not in _OF_ORDERS:
        return result, {}
    result, created = _with_created(columns, _in_time(columns, result))
    result, total = _with_total(result, told)
    return result, created | total


def _worth_of(columns: Sequence[Column]) -> dict[int, float]:
    """The sum of each column against the greatest one, 0 to 1."""
    sums = {c.place: sum(rules.fen(cell) or 0 for cell in c.cells) for c in columns}
    most = max((one for one in sums.values() if one < _MOST_SUM), default=0)
    return {place: min(1.0, one / most) if most else 0.0 for place, one in sums.items()}


def _with_total(result: Assigned, told: Mapping[int, str]) -> tuple[Assigned, Derived]:
    """What stands for the order's worth, where no column's name tells it.

    Programs write what is to be paid into the column of what was paid, long before it is. So where
    something else says whether it was, the column is the order's worth and no more.
    """
    places = {field: place for place, (field, _) in result.items()}
    total = places.get("total")
    if total is not None and result[total][1] > sorts.MONEY.alone:
        return result, {}
    for other in _INSTEAD_OF_TOTAL:
        place = places.get(other)
        if place is None or result[place][1] < _DOUBT:
            continue
        kept = {one: known for one, known in result.items() if one != total}
        if other == "paid" and place not in told and {"paid_at", "status"} & places.keys():
            return kept | {place: ("total", _DOUBT)}, {}
        return kept, {"total": place}
    return result, {}


def _score(kind: Kind, field: str, column: Column) -> float:
    """How sure it is that a column holds a field, 0 to 1."""
    sort = sorts.OF_FIELD[field]
    named = wording.says(kind, field, column.plain)
    if not column.cells and named < wording.SYNONYM:
        return 0.0
    share = column.share(sort.fits) if named else 0.0
    named *= share if share < _AGREE else 1.0
    if not sort.alone or named >= SURE or wording.is_otherwise(column.plain):
        return named
    if not named and field in _PAST and wording.is_a_named_time(column.plain):
        # The time of something else.
        return 0.0
    share = column.share(sort.looks)
    looks = sort.alone * share if share >= _LOOK else 0.0
    return max(named, min(looks + _BOTH, _MOST_GUESSED)) if named and looks else named or looks


def _numbers_of_platform(columns: Sequence[Column]) -> set[int]:
    """The columns of the platform's own numbers, by which alone others know an order."""
    most = max((len(column.cells) for column in columns), default=0)
    return {
        column.place
        for column in columns
        if wording.is_of_the_platform(column.plain)
        and len(column.cells) == most
        and column.share(sorts.NUMBER.fits) >= _AGREE
    }


def _in_time(columns: Sequence[Column], result: Assigned) -> Assigned:
    """Times that only their values told: the fullest and earliest column is the creation."""
    guessed = [p for p, (f, c) in result.items() if f in _ONE_TIME and c <= sorts.TIME.alone]
    free = [f for f in _ONE_TIME if f not in {result[p][0] for p in result if p not in guessed}]

    def first(place: int) -> tuple[int, str]:
        moments = [found for cell in cells_of(columns, place) if (found := rules.moment(cell))]
        return -len(moments), min(moments).isoformat() if moments else ""

    ordered = zip(sorted(guessed, key=first), free, strict=False)
    return result | {place: (field, result[place][1]) for place, field in ordered}


def _with_created(columns: Sequence[Column], result: Assigned) -> tuple[Assigned, Derived]:
    """The time of payment for a creation that no column tells: buyers pay at once.

    What only looks like a time, and is later than the payment, is no creation.
    """
    places = {field: place for place, (field, _) in result.items()}
    created, paid = places.get("created"), places.get("paid_at")
    if paid is None or result[paid][1] <= sorts.TIME.alone:
        return result, {}
    if created is not None:
        named = result[created][1] > sorts.TIME.alone
        if named or not _is_later(cells_of(columns, created), cells_of(columns, paid)):
            return result, {}
    return {place: one for place, one in result.items() if place != created}, {"created": paid}


def _is_later(cells: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the first time of one column is later than that of another."""
    firsts = [
        min((moment for cell in some if (moment := rules.moment(cell))), default=None)
        for some in (cells, others)
    ]
    return firsts[0] is not None and firsts[1] is not None and firsts[0] > firsts[1]


def _proposal(
    kind: Kind,
    columns: Sequence[Column],
    scored: Assigned,
    derived: Derived,
    amounts: Amounts | None,
    about: dict[Doubt, list[str]],
) -> Proposal:
    doubts = list(about)
    places = {field: place for place, (field, _) in scored.items()} | derived
    if kind is Kind.WHOLE:
        amounts = amounts or _amounts(columns, places)
        if amounts is None:
            doubts.append(Doubt.WHOSE)
    if kind is Kind.ORDERS and _repeats(cells_of(columns, places["number"])):
        doubts.append(Doubt.REPEATED)
    paid = (places[one] for one in _PAID if one in places)
    if kind in _OF_ORDERS and not any(has_cells(columns, place) for place in paid):
        doubts.append(Doubt.UNPAID)
    doubts += [_OF_DERIVED[field] for field in derived]
    if orderly := _orderly(kind, columns):
        about[Doubt.ORDERLY] = orderly
        doubts.append(Doubt.ORDERLY)
    guesses = tuple(_guess(one, *scored.get(one.place, ("", 0.0))) for one in columns)
    return Proposal(kind, guesses, amounts, tuple(doubts), derived, about)


def _repeats(numbers: Sequence[str]) -> bool:
    return len(set(numbers)) < _AGREE * len(numbers)


def _orderly(kind: Kind, columns: Iterable[Column]) -> list[str]:
    """The columns that only orders have, in a table that is read as something else."""
    fields = [field for field in _ORDERLY if field not in SYNONYMS[kind]]
    return [
        column.name
        for column in columns
        if any(_score(Kind.ORDERS, field, column) >= wording.WORDED for field in fields)
    ]


def _amounts(columns: Sequence[Column], places: Mapping[str, int]) -> Amounts | None:
    """Whose the amounts of a row are: the order's, or only its line's; None if rows do not tell.

    Where no order has two rows it makes no difference.
    """
    fields = [field for field in ("number", "total", "price", "units") if field in places]
    told = [cells_of(columns, places[field]) for field in fields]
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
    orders = one.kind in _OF_ORDERS
    return enough and (orders or not one.doubts), round(explained, 1), -_KINDS.index(one.kind)


def _certainty(one: Proposal, place: int) -> float:
    return next(guess.certainty for guess in one.columns if guess.place == place)
