"""A rep's morning, her leader's look, the manager's rules: by real keys, a picture of each step.

The desk is a process of its own that plays its part by itself (`ui.tour`). It tells of each step
in a line of JSON, and says what it wants of the world: the line cut or mended, or its own end.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lumi_desk.demo import founding
from lumi_desk.demo.place import Place
from lumi_desk.demo.processes import Hub, Told, desk_process, end, lines
from lumi_desk.demo.records import Company
from lumi_desk.errors import LumiError
from lumi_desk.security.roles import Role

_TOUR = "ui.tour"
_CALLS = 4


@dataclass
class Step:
    """One step of the tour, as it is told on standard output."""

    name: str
    ok: bool
    ms: int
    picture: str = ""
    said: str = ""


@dataclass
class Tour:
    """Plays the steps in order and stops at the first that fails."""

    place: Place
    hub: Hub
    company: Company
    pictures: Path
    arguments: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    report: Told = field(default_factory=dict)

    def play(self, orders: Path | None) -> Told:
        """Play everything. Returns {"steps": […], "ok": …} and the import's report, if any."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        parts: list[Callable[[], bool]] = [
            *((lambda: self._import(orders), lambda: self._import_again(orders)) if orders else ()),
            self._hub_starts,
            lambda: self._part("before", self.leader, "leader"),
            lambda: self._part("morning", self.rep, "rep"),
            lambda: self._part("return", self.rep, "rep"),
            lambda: self._part("after", self.leader, "leader"),
            lambda: self._part("rules", self.manager, "manager"),
        ]
        ok = all(part() for part in parts)
        told: Told = {"steps": [_told(step) for step in self.steps], "ok": ok}
        return {**told, "import": self.report} if self.report else told

    @property
    def rep(self) -> str:
        """The login of the rep whose morning it is."""
        return next(one.login for one in self.company.persons if one.role == Role.REP)

    @property
    def leader(self) -> str:
        """The login of her leader."""
        team = next(one.team_id for one in self.company.persons if one.login == self.rep)
        people = (one for one in self.company.persons if one.role == Role.LEADER)
        return next(one.login for one in people if one.team_id == team)

    @property
    def manager(self) -> str:
        """The login of the manager."""
        return next(one.login for one in self.company.persons if one.role == Role.MANAGER)

    def _import(self, orders: Path) -> bool:
        def bring_in() -> None:
            self.report = founding.bring_in(self.place, self.company, orders)

        return self._timed("import orders", bring_in)

    def _import_again(self, orders: Path) -> bool:
        def again() -> None:
            added = founding.import_orders(self.place, orders)
            new = {name: added[name]["added"] for name in ("orders", "lines", "buyers")}
            if any(new.values()):
                raise AssertionError(f"a second import added {new}")

        return self._timed("import the same orders again", again)

    def _hub_starts(self) -> bool:
        def start() -> None:
            self.hub.start()
            self.place.move_to(self.hub.address)

        return self._timed("the hub starts", start)

    def _part(self, part: str, login: str, seat: str) -> bool:
        """One desk's part. It ends by itself, or is killed where it asks for that."""
        told = ["--as", login, "--part", part, "--pictures", str(self.pictures)]
        # Buyers of a masked export have no numbers: they are written to, and nothing is dialled.
        told += ["--dials", str(0 if self.report else _CALLS)]
        told += ["--from", str(len(self.steps) + 1), *self.arguments]
        desk = desk_process(self.place, seat, _TOUR, *told)
        killed = False
        for line in lines(desk):
            match line.get("want"):
                case "offline":
                    self.hub.stop()
                case "online":
                    self.hub.start()
                case "kill":
                    killed = True
                    end(desk, desk.kill)
                case _:
                    self.steps.append(Step(**line))
        end(desk)
        if desk.returncode and not killed and (not self.steps or self.steps[-1].ok):
            self.steps.append(Step(f"the desk ({part})", ok=False, ms=0, said="it ended too early"))
        return self.steps[-1].ok

    def _timed(self, name: str, work: Callable[[], Any]) -> bool:
        started = time.monotonic()
        said = ""
        try:
            work()
        except (AssertionError, RuntimeError, LumiError) as error:
            said = str(error)
        ms = round((time.monotonic() - started) * 1000)
        self.steps.append(Step(name, ok=not said, ms=ms, said=said))
        return not said


def _told(step: Step) -> Told:
    told = asdict(step)
    return told if step.said else {name: told[name] for name in ("name", "ok", "ms", "picture")}
