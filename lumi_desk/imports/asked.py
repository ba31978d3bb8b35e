"""What is shown of the columns that a reading uses, and asked: about their units, their words."""

from collections.abc import Callable, Collection, Iterable, Mapping

from lumi_desk.imports import rules, sorts, units
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.kinds import rules as kinds
from lumi_desk.imports.sampled import Column
from lumi_desk.imports.units import Unit, Units

_SHOWN = 3
# Amounts of orders that can be told to be fen by how large they are; a card may be worth anything.
_OF_ORDERS = frozenset(("total", "paid", "goods", "price"))
# How the words of some fields are read, and what is asked where they are not known.
_READ: Mapping[str, Callable[[str], object]] = {
    "order_kind": kinds.order_kind,
    "pay_method": kinds.is_by_card,
}
_OF_UNKNOWN = {"order_kind": Doubt.KINDS, "pay_method": Doubt.PART_CARD}


def doubts(
    columns: Iterable[Column],
    places: Mapping[str, int],
    told: Collection[int],
    counted: Units,
) -> dict[Doubt, list[str]]:
    """What is to be asked, with the columns that it is about; places are by field.

    `told` are the places whose meaning a person has said.
    """
    fields = {place: field for field, place in places.items()}
    found: dict[Doubt, list[str]] = {}
    for column in columns:
        field = fields.get(column.place, "")
        about = _of_amounts(field, column, counted) if sorts.is_money(field) else ()
        for doubt in about or (() if column.place in told else _of_words(field, column)):
            found.setdefault(doubt, []).append(column.name)
    return found


def _of_amounts(field: str, column: Column, counted: Units) -> tuple[Doubt, ...]:
    if column.place in counted.told:
        return ()
    if column.place in counted.said:
        return (Doubt.UNIT_SAID,)
    if units.other(column.name):
        return (Doubt.UNIT,)
    looks = field in _OF_ORDERS and units.look_like_fen(column.cells)
    return (Doubt.UNIT_LOOKS,) if looks else ()


def _of_words(field: str, column: Column) -> tuple[Doubt, ...]:
    unknown = any(_is_unknown(field, cell) for cell in column.cells)
    return (_OF_UNKNOWN[field],) if unknown else ()


def samples(column: Column, field: str) -> tuple[str, ...]:
    """The first values of a column, masked; what is asked about comes first."""
    sort = sorts.OF_FIELD.get(field, sorts.TEXT)
    if column.unit is not Unit.YUAN and sorts.is_money(field):
        read = dict(zip(column.written, column.cells, strict=True))
        return tuple(
            units.shown(cell, column.unit) if sort.fits(read[cell]) else sorts.masked(cell)
            for cell in [*read][:_SHOWN]
        )
    written = dict.fromkeys(column.written or column.cells)
    some = sorted(written, key=lambda cell: not _is_unknown(field, cell))
    return tuple(
        sort.shown(cell) if sort.fits(cell) else sorts.masked(cell) for cell in some[:_SHOWN]
    )


def _is_unknown(field: str, cell: str) -> bool:
    read = _READ.get(field)
    return read is not None and read(rules.clean(cell)) is None
