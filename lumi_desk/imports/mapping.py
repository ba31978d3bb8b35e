"""How a table is read: by its platform's header, by a saved profile, by a guess, or as told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import guessing, headers, sorts, units
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.guessing import Proposal
from lumi_desk.imports.headers import Amounts, Platform, Reading
from lumi_desk.imports.problems import NotAnExport, RefundsApart
from lumi_desk.imports.sampled import Rows
from lumi_desk.imports.units import Unit, Units

# What a column that is to be left alone is told to mean.
UNUSED = "-"


class Unsure(LumiError):
    """A guess at a table that nobody has confirmed."""

    title = N_("{file} has a header nobody has seen before, and not every column is certain")
    advice = N_(
        "Nothing was imported. If the proposal is right add --save-profile NAME, or --confirm for "
        "this once; correct it with --map COLUMN=MEANING."
    )

    def __init__(self, proposal: Proposal, stand: "Stand", **params: str | int) -> None:
        super().__init__(**params)
        self.proposal = proposal
        self.doubts = proposal.sentences(stand.rows, stand.line)


class NoSuchColumn(LumiError):
    """A column was told to mean something, and is not there."""

    title = N_("{file} has no column “{column}”")
    advice = N_("Nothing was imported. Its columns are: {found}")


class NoSuchMeaning(LumiError):
    """A column was told to mean something we do not know."""

    title = N_("“{told}” says no meaning of a column")
    advice = N_(
        "Write --map COLUMN=MEANING, with - for a column not to be used, or one of: {known}"
    )


class ToldTwice(LumiError):
    """Two columns were told to mean the same."""

    title = N_("{file} has one “{told}” at most, and two columns were told to be it: {columns}")
    advice = N_("Nothing was imported. Tell one of them, and - for the other.")


class ProfileUnlike(LumiError):
    """A file has not the columns of the profile it is to be read by."""

    title = N_("{file} does not fit the profile “{profile}”: there is no column {missing}")
    advice = N_("Nothing was imported. Choose another profile, or none to see a proposal.")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column means what, by header name; (name, field) in order.

    `units` are what columns of amounts are counted in, in order, yuan aside.
    """

    kind: Kind
    columns: tuple[tuple[str, str], ...]
    amounts: Amounts = Amounts.LINE
    platform: Platform = Platform.UNTOLD
    units: tuple[tuple[str, Unit], ...] = field(default=(), repr=False)

    @property
    def told(self) -> str:
        """All of it as one text; without units it is what it was before there were any."""
        return f"{self}" + "".join(f" {name}={unit.value}" for name, unit in self.units)

    def as_json(self) -> dict[str, Any]:
        """The layout as it is kept."""
        body = {
            "kind": self.kind.value,
            "columns": [list(pair) for pair in self.columns],
            "amounts": self.amounts.value,
            "platform": self.platform.value,
        }
        return body | ({"units": [list(pair) for pair in self.units]} if self.units else {})

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> "Layout":
        """A layout as it was kept."""
        return cls(
            Kind(body["kind"]),
            tuple((name, meant) for name, meant in body["columns"]),
            Amounts(body["amounts"]),
            Platform(body["platform"]),
            tuple((name, Unit(unit)) for name, unit in body.get("units", ())),
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What the keeper said about the files: a profile, single columns, a confirmation.

    `told` is meaning by column name, `UNUSED` for none; `units` what columns of amounts are counted
    in; `sheets` the only ones to read of a workbook, all if empty; `without` are tables that are
    left out, named as readers name them; `kinds` what the files are expected to be, anything if
    empty.
    """

    profile: str = ""
    layout: Layout | None = None
    kinds: tuple[Kind, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    amounts: Amounts | None = None
    confirmed: bool = False
    sheets: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    units: Mapping[str, Unit] = field(default_factory=dict)

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that something was said of."""
        return (*self.told, *self.units)


NONE = Wish()


@dataclass(frozen=True, slots=True)
class Stand:
    """How a table stands in its file: its rows, and whether its header surely is in that line."""

    rows: int = 0
    line: int = 1
    certain: bool = True


def told_of(words: Sequence[str]) -> dict[str, str]:
    """Meaning by column of words like `COLUMN=MEANING`. Raises NoSuchMeaning."""
    pairs = {}
    for one in words:
        column, separator, meaning = one.rpartition("=")
        if not separator or meaning not in (UNUSED, *guessing.meanings()):
            raise NoSuchMeaning(told=one, known=", ".join(guessing.meanings()))
        pairs[column] = meaning
    return pairs


def decide(
    file: str, header: Sequence[str], rows: Rows, wish: Wish, stand: Stand
) -> tuple[Reading, Layout | None]:
    """How to read a table with this header, whose first rows these are.

    The layout is None where the platform's own header says everything. Raises NotAnExport,
    RefundsApart, Unsure, NoSuchColumn, NoSuchMeaning, ToldTwice, ProfileUnlike.
    """
    told, counted = _places_told(file, header, wish), _counted(header, wish)
    platforms = None if guessing.has_lines(header) else headers.recognise(header)
    known = platforms and _completed(platforms, header, rows, told, counted)
    if known is not None and _is_doubtful(header, rows, known, told, counted):
        known = None
    if wish.layout is not None and (fitting := _by_layout(header, wish.layout)):
        known, counted = fitting, _counted(header, wish, wish.layout)
    elif known is None and wish.layout is not None:
        raise _unlike(file, header, wish, wish.layout)
    elif known is not None and not (told or counted.told):
        return known, None if known == platforms else _layout(header, known)
    if known is not None:
        reading = _corrected(known, told, wish)
    else:
        reading = _guessed(file, header, rows, told, wish, stand, counted)
    reading = replace(reading, units=_in_use(reading, counted))
    return reading, _layout(header, reading)


def _places_told(file: str, header: Sequence[str], wish: Wish) -> dict[int, str]:
    """The meanings told, by place, of the columns that stand in this header."""
    plain = _plain(header)
    found = {}
    for name, meaning in wish.told.items():
        if (wanted := headers.plain_header(name)) in plain:
            found[plain.index(wanted)] = "" if meaning == UNUSED else meaning
    names = headers.pointed_at(header)
    for meaning in found.values():
        alike = [names[place] for place, other in sorted(found.items()) if other == meaning != ""]
        if len(alike) > 1:
            raise ToldTwice(file=file, told=meaning, columns="、".join(alike))
    return found


def _counted(header: Sequence[str], wish: Wish, kept: Layout | None = None) -> Units:
    """What the columns of this header are counted in; where a profile tells it, names do not."""
    plain = _plain(header)
    every = (*(kept.units if kept else ()), *wish.units.items())
    told = {headers.plain_header(name): unit for name, unit in every}
    said = {n: units.said(name) for n, name in enumerate(plain)} if kept is None else {}
    return Units(
        {n: told[name] for n, name in enumerate(plain) if name in told},
        {n: unit for n, unit in said.items() if unit},
    )


def _in_use(reading: Reading, counted: Units) -> dict[int, Unit]:
    """What the columns of amounts are counted in that a reading has, yuan aside."""
    amounts = {place for field, place in reading.places.items() if sorts.is_money(field)}
    found = {place: counted.of(place) for place in sorted(amounts)}
    return {place: unit for place, unit in found.items() if unit is not Unit.YUAN}


def has_column(header: Sequence[str], name: str) -> bool:
    """Whether a header has a column of this name."""
    return headers.plain_header(name) in _plain(header)


def _plain(header: Sequence[str]) -> list[str]:
    return [headers.plain_header(name) for name in headers.pointed_at(header)]


def _by_layout(header: Sequence[str], layout: Layout) -> Reading | None:
    plain = _plain(header)
    wanted = [(headers.plain_header(name), meant) for name, meant in layout.columns]
    if any(name not in plain for name, _ in wanted):
        return None
    places = {meant: plain.index(name) for name, meant in wanted}
    return Reading(layout.kind, places, layout.platform, layout.amounts)


def _unlike(file: str, header: Sequence[str], wish: Wish, layout: Layout) -> ProfileUnlike:
    missing = [name for name, _ in layout.columns if not has_column(header, name)]
    return ProfileUnlike(file=file, profile=wish.profile, missing="、".join(missing))


def _completed(
    known: Reading,
    header: Sequence[str],
    rows: Rows,
    told: Mapping[int, str],
    counted: Units,
) -> Reading:
    """A reading with the columns whose names are other words for what it does not have yet."""
    if known.platform is not Platform.UNTOLD:
        return known
    more = guessing.named_besides(header, rows, known, told, counted)
    return replace(known, places={**known.places, **more}) if more else known


def _is_doubtful(
    header: Sequence[str], rows: Rows, known: Reading, told: Mapping[int, str], counted: Units
) -> bool:
    """Whether a person is to be asked, though every column that is needed has its name."""
    untold = known.platform is Platform.UNTOLD
    return untold and guessing.is_doubtful(header, rows, known, told, counted)


def _corrected(known: Reading, told: Mapping[int, str], wish: Wish) -> Reading:
    """A reading with some columns told otherwise."""
    places = {meant: place for meant, place in known.places.items() if place not in told}
    for place, meaning in told.items():
        if meaning:
            if not (meant := guessing.field_of(known.kind, meaning)):
                known_here = ", ".join(sorted(places))
                raise NoSuchMeaning(told=meaning, known=known_here)
            places[meant] = place
    return replace(known, places=places, amounts=wish.amounts or known.amounts)


def _guessed(
    file: str,
    header: Sequence[str],
    rows: Rows,
    told: Mapping[int, str],
    wish: Wish,
    stand: Stand,
    counted: Units,
) -> Reading:
    ask = partial(guessing.propose, header, rows, told, amounts=wish.amounts, counted=counted)
    proposal = ask(kinds=wish.kinds) or ask()
    if proposal is not None and not stand.certain:
        proposal = replace(proposal, doubts=(*proposal.doubts, Doubt.HEADING))
    strange = [name for name in wish.named if not has_column(header, name)]
    taken = proposal is not None and (proposal.sure or wish.confirmed)
    if strange and not taken:
        raise NoSuchColumn(file=file, column=strange[0], found=shown(header))
    if proposal is None:
        if refund := guessing.refund_of_an_order(header):
            raise RefundsApart(file=file, column=refund)
        raise NotAnExport(file=file, expected=_expected(header, wish), found=shown(header))
    if not (proposal.sure or wish.confirmed):
        raise Unsure(proposal, stand, file=file)
    return Reading(proposal.kind, proposal.places, amounts=proposal.amounts or Amounts.LINE)


def _expected(header: Sequence[str], wish: Wish) -> str:
    """The columns that are missing, of what the file was said to be."""
    people = wish.kinds == (Kind.MEMBERS,)
    return headers.LIST_NEEDS if people else headers.missing(header)


def _layout(header: Sequence[str], reading: Reading) -> Layout:
    names = headers.pointed_at(header)
    named = [(names[place], meant) for meant, place in reading.places.items()]
    ordered = sorted(named, key=lambda pair: reading.places[pair[1]])
    kept = tuple((names[place], unit) for place, unit in sorted(reading.units.items()))
    return Layout(reading.kind, tuple(ordered), reading.amounts, reading.platform, kept)


def shown(header: Sequence[str]) -> str:
    """The first columns of a header, for a sentence."""
    words = ", ".join(cell.strip()[:20] for cell in header[:6])
    if len(header) > 6:
        words += f" … ({len(header)})"
    return words[:120] or "—"
