"""Seats: one machine of one person, with its own line and its own, perhaps wrong, clock."""

from dataclasses import dataclass, field
from pathlib import Path

from lumi_desk.desk import Desk
from tests.hubs import HandClock, NullVault
from tests.sync.fleet.fuses import Fuse
from tests.sync.fleet.wires import Wire

Place = str
# Person and machine. The first three are in every history. Wu leads Lin and Wang; Zhao is of
# another team; the old machine speaks the first protocol.
PLACES: tuple[Place, ...] = (
    "lin/home",
    "wang/office",
    "wu/office",
    "lin/office",
    "zhao/office",
    "wang/old",
)
LOGINS = ("lin", "wang", "wu", "zhao")
LEADER = "wu"
TEAMS = {"lin": "一组", "wang": "一组", "wu": "一组", "zhao": "二组"}


@dataclass
class Seat:
    """One machine. `saved` is every operation that was saved on it and not undone."""

    place: Place
    clock: HandClock
    wire: Wire
    folder: Path
    vault: NullVault = field(default_factory=NullVault)
    fuse: Fuse = field(default_factory=Fuse)
    desk: Desk | None = None
    saved: list[str] = field(default_factory=list)
    poisoned: set[str] = field(default_factory=set)
    """What the hub may refuse."""
    forbidden: set[str] = field(default_factory=set)
    """What it must refuse."""

    @property
    def login(self) -> str:
        """Whose it is."""
        return self.place.partition("/")[0]

    @property
    def is_old(self) -> bool:
        """Whether it speaks the first protocol."""
        return "old" in self.place

    @property
    def at_work(self) -> Desk:
        """The desk that runs on it."""
        assert self.desk is not None
        return self.desk
