"""What earlier imports did, for the commands and the doors."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports.tables import ImportRun

_LAST = "last"


class NoSuchRun(LumiError):
    """There is no import of this id, or of no other one that begins so."""

    title = N_("There is no import “{run}”")
    advice = N_("See which there are: lumi-hub import runs")


class NothingToKeep(LumiError):
    """A table needs no profile: its header says everything."""

    title = N_("There is nothing to keep as a profile")
    advice = N_("The header of this table is known. Correct a column first.")


def named(session: Session, run: str) -> ImportRun:
    """The one import of this id, or whose id begins so. Raises NoSuchRun."""
    newest = select(ImportRun).order_by(ImportRun.at.desc(), ImportRun.id.desc())
    if run == _LAST:
        found = list(session.scalars(newest.limit(1)))
    else:
        begins = ImportRun.id.startswith(run, autoescape=True)
        found = list(session.scalars(newest.where(begins).limit(2)))
    if len(found) != 1 or not run:
        raise NoSuchRun(run=run)
    return found[0]


def summary(run: ImportRun) -> dict[str, Any]:
    """An import in one line: when, which files, and how many rows of what became of them."""
    parts = [run.report[name] for name in ("orders", "lines", "members")]
    told = {name: sum(part[name] for part in parts) for name in ("added", "changed", "left_out")}
    return {
        "run": run.id,
        "at": run.at,
        "files": [f for f, _ in run.files],
        "repaired": repaired(run.report),
        **told,
    }


def repaired(report: dict[str, Any]) -> int:
    """How many cells were repaired."""
    # Reports of earlier versions tell of no single cell.
    more: dict[str, int] = report.get("repairs_more", {})
    return len(report.get("repairs", ())) + sum(more.values())
