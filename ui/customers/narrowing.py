"""What a filter says after a value behind a button was picked, or a chip was removed. No Qt."""

from dataclasses import replace

from lumi_desk.customers.listing.rules import Field, Filter, Refused
from lumi_desk.managing.centre import NOBODY, SOMEBODY

# The ways to remove what a filter says, beside `field:value`.
WORDS, QUIET, REFUSED = "words", "quiet", "refused"


def picked(filter_: Filter, menu: str, name: str) -> Filter:
    """The filter with that value, or without it if it had it; of days "from-to".

    Reps, and whether anybody holds her, are behind one button: one takes the other's place.
    """
    if menu == Field.REP and name in (NOBODY, SOMEBODY):
        return filter_.choosing(Field.REP, ()).toggled(Field.HELD, name)
    if menu == Field.REP:
        return filter_.choosing(Field.HELD, ()).toggled(Field.REP, name)
    if menu in set(Field):
        return filter_.toggled(Field(menu), name)
    if menu == REFUSED:
        wanted = Refused(name)
        return replace(filter_, refused=Refused.ALL if filter_.refused is wanted else wanted)
    since, until = (int(part) if part else None for part in name.split("-"))
    if (since, until) == (filter_.quiet_from, filter_.quiet_to):
        since = until = None
    return replace(filter_, quiet_from=since, quiet_to=until)


def removed(filter_: Filter, chip: str) -> Filter:
    """The filter with one thing less."""
    if chip == WORDS:
        return replace(filter_, words="")
    if chip == QUIET:
        return replace(filter_, quiet_from=None, quiet_to=None)
    if chip == REFUSED:
        return replace(filter_, refused=Refused.ALL)
    field, _, value = chip.partition(":")
    return filter_.toggled(Field(field), value)
