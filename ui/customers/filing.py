"""Where an exported file goes. Knows no Qt."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from lumi_desk.exports.rules import Format
from ui.words import tr


def where_to(ask_path: Callable[[str], str], format_: Format, day: date) -> Path | None:
    """Ask for a path, with the ending of its format whatever was written; None for nowhere."""
    told = ask_path(f"{tr('Customers')} {day:%Y-%m-%d}.{format_}")
    if not told:
        return None
    path = Path(told)
    return (
        path if path.suffix.lower() == f".{format_}" else path.with_name(f"{path.name}.{format_}")
    )
