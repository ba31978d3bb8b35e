"""How tables would be read by what was said so far, column by column, before anything is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lumi_desk.errors import LumiError
from lumi_desk.imports import guessing, mapping
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.guessing import Guess, Proposal
from lumi_desk.imports.headers import Amounts, Platform, plain_header
from lumi_desk.imports.mapping import Layout, Unsure, Wish
from lumi_desk.imports.readers import Glance
from lumi_desk.imports.units import Unit


class Way(StrEnum):
    """How it is known what a column means; nothing for one that is not used."""

    HEADER = "header"
    PROFILE = "profile"
    TOLD = "told"
    GUESS = "guess"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is taken for, how that is known, how sure (0 to 1), masked samples.

    `unit` is what its amounts are counted in, None where it has none.
    """

    name: str
    meaning: str
    way: Way
    certainty: float
    samples: tuple[str, ...]
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one table would be read. `sure` if nobody has to confirm it.

    With a `problem` it cannot be read so; what was said of its columns stands there all the same.
    `platform` is where its orders were sold, if its header says so; `about` names the columns that
    a doubt is about.
    """

    file: str
    lines: int
    kind: Kind | None
    columns: tuple[Column, ...]
    meanings: tuple[str, ...]
    amounts: Amounts | None = None
    doubts: tuple[Doubt, ...] = ()
    sure: bool = False
    problem: LumiError | None = None
    platform: Platform = Platform.UNTOLD
    about: Mapping[Doubt, Sequence[str]] = field(default_factory=dict)


def plan(table: Glance, wish: Wish) -> Plan:
    """How a table would be read by a wish. Never raises a LumiError: it is in the plan."""
    hers = replace(_of_table(table, wish), confirmed=False)
    try:
        reading, layout = mapping.decide(table.file, table.header, table.rows, hers, table.stand)
    except Unsure as unsure:
        return _proposed(table, hers, unsure.proposal)
    except LumiError as problem:
        return _unread(table, hers, problem)
    fields = {place: field for field, place in reversed([*reading.places.items()])}
    guesses = guessing.pictured(table.header, table.rows, fields, reading.units)
    way = Way.HEADER if layout is None else Way.PROFILE if wish.layout is not None else Way.GUESS
    amounts = reading.amounts if reading.kind is Kind.WHOLE else None
    return Plan(
        table.file,
        table.lines,
        reading.kind,
        tuple(_column(one, way, hers.told) for one in guesses),
        guessing.meanings_of(reading.kind),
        amounts,
        sure=True,
        platform=reading.platform,
    )


def layout_of(table: Glance, wish: Wish) -> Layout | None:
    """What a profile would keep of the way a table is read; None if its header says everything.

    Raises what mapping.decide raises, but Unsure.
    """
    wish = replace(_of_table(table, wish), confirmed=True)
    return mapping.decide(table.file, table.header, table.rows, wish, table.stand)[1]


def _proposed(table: Glance, wish: Wish, proposal: Proposal) -> Plan:
    return Plan(
        table.file,
        table.lines,
        proposal.kind,
        tuple(_column(one, Way.GUESS, wish.told) for one in proposal.columns),
        guessing.meanings_of(proposal.kind),
        proposal.amounts,
        proposal.doubts,
        about=proposal.about,
    )


def _unread(table: Glance, wish: Wish, problem: LumiError) -> Plan:
    guesses = guessing.pictured(table.header, table.rows, {}, {})
    columns = tuple(_column(one, Way.NONE, wish.told) for one in guesses)
    every = guessing.meanings()
    return Plan(table.file, table.lines, None, columns, every, problem=problem)


def _column(one: Guess, way: Way, told: Mapping[str, str]) -> Column:
    meant = next((m for name, m in told.items() if _same(name, one.header)), None)
    if meant is not None:
        meaning = "" if meant == mapping.UNUSED else meant
        return Column(one.header, meaning, Way.TOLD, 1.0, one.samples, one.unit)
    known = way if one.meaning else Way.NONE
    return Column(one.header, one.meaning, known, one.certainty, one.samples, one.unit)


def _of_table(table: Glance, wish: Wish) -> Wish:
    """What was said of the columns that a table has."""
    told = {name: meant for name, meant in wish.told.items() if _has(table, name)}
    counted = {name: unit for name, unit in wish.units.items() if _has(table, name)}
    return replace(wish, told=told, units=counted)


def _has(table: Glance, name: str) -> bool:
    return mapping.has_column(table.header, name)


def _same(name: str, other: str) -> bool:
    return plain_header(name) == plain_header(other)
