"""Where the demonstration keeps its hub and desks, and at what hour of which day it plays."""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lumi_desk import clock
from lumi_desk.calls.rules import closed
from lumi_desk.demo.records import Person

_FAIR_HOUR = timedelta(hours=10)
# So long before the end of calling hours nobody should begin a demonstration.
_LEAST = timedelta(hours=1)
# The secrets of an invented company are sealed with a PIN that anyone may know.
PIN = "lumi-desk-demo"


@dataclass(frozen=True)
class Playing:
    """What is being played: how many customers, since which day, how far ahead of the clock."""

    customers: int
    orders: str
    day: str
    ahead_seconds: int

    def now(self) -> datetime:
        """The demonstration's own time."""
        return clock.now() + timedelta(seconds=self.ahead_seconds)

    def fits(self) -> bool:
        """Whether it still plays on its own day, in calling hours."""
        now = self.now()
        same_day = clock.local_day(now).isoformat() == self.day
        return same_day and closed(now) is None and closed(now + _LEAST) is None


@dataclass(frozen=True)
class Place:
    """The folder of a demonstration."""

    folder: Path

    @property
    def database(self) -> Path:
        """The hub's."""
        return self.folder / "hub.db"

    @property
    def invitation(self) -> Path:
        """The file that tells the desk who works here."""
        return self.folder / "people.json"

    def desk(self, name: str) -> Path:
        """A desk's own folder."""
        return self.folder / "desks" / name

    def played(self) -> Playing | None:
        """What was played here last, if it can go on."""
        try:
            playing = Playing(**json.loads((self.folder / "playing.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return playing if self.database.exists() and self.invitation.exists() else None

    def clear(self) -> None:
        """Forget what was played here."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def keep(self, playing: Playing) -> None:
        """Remember what is being played; the last step of a founding."""
        told = json.dumps(asdict(playing))
        (self.folder / "playing.json").write_text(told, "utf-8")

    def invite(self, people: tuple[Person, ...], playing: Playing) -> None:
        """Write down who can sign in, for the desk."""
        told = {
            "hub": "",
            "pin": PIN,
            "ahead_seconds": playing.ahead_seconds,
            "people": [
                {
                    "name": person.name,
                    "role": person.role,
                    "login": person.login,
                    "password": person.password,
                }
                for person in people
            ],
        }
        self.invitation.write_text(json.dumps(told, ensure_ascii=False), "utf-8")

    def address(self) -> str:
        """Where the hub was the last time; empty before the first."""
        if not self.invitation.exists():
            return ""
        address: str = json.loads(self.invitation.read_text("utf-8"))["hub"]
        return address

    def move_to(self, address: str) -> None:
        """Write down where the hub is this time."""
        told = json.loads(self.invitation.read_text("utf-8"))
        self.invitation.write_text(
            json.dumps({**told, "hub": address}, ensure_ascii=False), "utf-8"
        )


def playing_now(customers: int, orders: str, *, fair: bool) -> Playing:
    """A new play. It takes place now, or at ten in the morning when now is no time to call."""
    now = clock.now()
    out_of_hours = closed(now) is not None or closed(now + _LEAST) is not None
    day = clock.local_day(now)
    ahead = clock.day_start(day) + _FAIR_HOUR - now if fair or out_of_hours else timedelta()
    return Playing(customers, orders, day.isoformat(), round(ahead.total_seconds()))
