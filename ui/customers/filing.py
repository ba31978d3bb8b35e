"""Where an exported file goes. Knows no Qt."""

from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

from lumi_desk.exports.rules import Format
from ui.words import tr


def where_to(
    ask_path: Callable[[str], str], format_: Format, day: date, what: str = ""
) -> Path | None:
    """Ask for a path, with the ending of its format whatever was written; None for nowhere.

    The name that is proposed says `what` is in it, if not customers.
    """
    told = ask_path(f"{what or tr('Customers')} {day:%Y-%m-%d}.{format_}")
    if not told:
        return None
    path = Path(told)
    if path.suffix.lower() == f".{format_}":
        return path
    return _unused(path.with_name(f"{path.name}.{format_}"))


def _unused(path: Path) -> Path:
    """A name nobody has yet: whoever left the ending out was not asked about an older file."""
    stem = path.stem
    for number in count(2):
        if not path.exists():
            break
        path = path.with_stem(f"{stem} ({number})")
    return path
