"""What the screen of imports keeps on this desk: which import is on its way, with its key."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.sync.keepsakes import keep, kept

KEPT = "imports"


class FileGone(LumiError):
    """A file that was chosen cannot be read any more."""

    title = N_("The file {file} cannot be read any more")
    advice = N_("Nothing was imported. Choose the files again.")


@dataclass(frozen=True, slots=True)
class Job:
    """An import on its way: its id, the key of its files, where they lie, and its last task.

    The key is kept in this desk's encrypted file alone, so that an import goes on after a restart.
    """

    id: str
    key: str
    paths: tuple[str, ...]
    sizes: tuple[int, ...]
    begun: bool = False

    def going(self) -> "Job":
        """The same, known to the hub."""
        return replace(self, begun=True)


def held(session: Session) -> Job | None:
    """The import that was on its way when the program ended."""
    told = kept(session, KEPT)
    try:
        body = json.loads(told) if told else None
        if not body:
            return None
        paths, sizes = tuple(body["paths"]), tuple(body["sizes"])
        return Job(body["id"], body["key"], paths, sizes, body["begun"])
    except (ValueError, KeyError, TypeError):
        return None


def hold(session: Session, job: Job | None) -> None:
    """Keep it, or that there is none."""
    keep(session, KEPT, json.dumps(asdict(job)) if job else "")


def sizes(paths: Sequence[str]) -> tuple[int, ...]:
    """The bytes of files. Raises FileGone."""
    try:
        return tuple(Path(one).stat().st_size for one in paths)
    except OSError as error:
        raise FileGone(file=Path(error.filename or "?").name) from error


def piece(path: str, size: int, place: int, long: int) -> bytes:
    """So many bytes of a file, as its `place`th piece. Raises FileGone, also if it has changed."""
    file = Path(path)
    try:
        if file.stat().st_size != size:
            raise FileGone(file=file.name)
        with file.open("rb") as body:
            body.seek(place * long)
            return body.read(long)
    except OSError as error:
        raise FileGone(file=file.name) from error
