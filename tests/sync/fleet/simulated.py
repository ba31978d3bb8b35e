"""The simulated world: databases in memory, the hub's doors called as functions."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from lumi_desk import schema
from lumi_desk.desk import Desk, Me
from lumi_desk.hub import keeping
from lumi_desk.hub.snapshot import Size
from lumi_desk.ids import made_by, new_id
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync.client import HubClient
from lumi_desk.sync.protocol import Tokens
from lumi_desk.sync.tables import DeskMeta, SyncMeta
from tests.hubs import HandClock, NullVault
from tests.makers import NOW
from tests.sync.fleet import memory, plans
from tests.sync.fleet.doors import OpenDoors, admit
from tests.sync.fleet.fuses import Fuse, FusedStore
from tests.sync.fleet.memory import Picture
from tests.sync.fleet.seats import PLACES, Place, Seat
from tests.sync.fleet.wires import Reply, Wire
from tests.sync.fleet.worlds import fill, people_of


@dataclass(frozen=True)
class Start:
    """How a history begins: made once for each process, copied for each history."""

    people: dict[str, str]
    founded: Picture
    hub: Picture
    fresh: dict[Place, Picture]
    synced: dict[Place, Picture]
    me: dict[Place, tuple[Me, str]]


class _Application:
    """One application for all histories; which database it works on changes with them."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.store = FusedStore(memory.empty(), Fuse())
        self.doors = OpenDoors(self.store, self.clock)


@cache
def _application() -> _Application:
    return _Application()


class Simulated:
    """A world in memory. Only one can be used at a time."""

    def __init__(
        self, start: Start, folder: Path = Path(), *, synced: bool = True, sheet: int = 500
    ) -> None:
        application = _application()
        application.doors.size = Size(roots=sheet)
        self._doors, self.clock, self.hub = application.doors, application.clock, application.store
        self.clock.moment = NOW
        self.hub_fuse = self.hub.fuse
        self.hub_fuse.mend()
        self.people, self.folder = start.people, folder
        self._start = start
        self._pictures = start.synced if synced else start.fresh
        self._engines: dict[Place, Engine] = {}
        self.hub.engine = start.hub.opened()

    def carry(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What the hub answers."""
        return self._doors.carry(method, path, headers, body)

    def start(self, seat: Seat) -> None:
        """Start the program on what is there."""
        seat.fuse.mend()
        engine = self._engines.get(seat.place)
        if engine is None:
            engine = self._engines[seat.place] = self._pictures[seat.place].opened()
        me, client_id = self._start.me[seat.place.removesuffix("+")]
        store = FusedStore(engine, seat.fuse)
        seat.desk = Desk(store, me, client_id, HubClient(seat.wire), seat.vault, seat.clock)
        seat.desk.admit(_tokens(me))

    def stop(self, seat: Seat) -> None:
        """End the program; what was committed stays."""

    def copy(self, seat: Seat, onto: Seat) -> None:
        """Another machine gets all that is on this one."""
        self._engines[onto.place] = Picture(self._engines[seat.place]).opened()

    def sign_in_again(self, seat: Seat) -> None:
        """In memory nobody is ever signed out."""

    def back_up(self) -> Callable[[], None]:
        """Keep the hub as it is; calling the result puts it back, in a new life."""
        saved = Picture(self.hub.engine)
        return lambda: self._put_back(saved)

    def blank(self) -> Callable[[], None]:
        """An empty hub answers at the address; calling the result brings the old one back."""
        engine = self.hub.engine
        self._put_back(self._start.founded)

        def back() -> None:
            self.hub.engine = engine

        return back

    def engines(self) -> dict[str, Engine]:
        """Every database there is."""
        return {"hub": self.hub.engine, **self._engines}

    def close(self) -> None:
        """Nothing stays."""
        for engine in self.engines().values():
            engine.dispose()

    def _put_back(self, saved: Picture) -> None:
        self.hub.engine = saved.opened()
        with self.hub.write() as session:
            session.get_one(SyncMeta, 1).epoch = new_id()


@cache
def start() -> Start:
    """People, customers, and desks as they are before and after their first sync."""
    with made_by(plans.maker(0)(0)):
        founded, hub, people = _hub()
        empty = _desk()
        me = {place: _me(people[place.partition("/")[0]], hub) for place in PLACES}
        fresh = {place: _signed_in(empty, *me[place]) for place in PLACES}
        begun = Start(people, founded, hub, fresh, {}, me)
        world = Simulated(begun, synced=False)
        synced = {place: _synced(world, place) for place in PLACES}
        # The hub as it was when they had synced: it knows that they came by.
        return Start(people, founded, Picture(world.hub.engine), fresh, synced, me)


def _hub() -> tuple[Picture, Picture, dict[str, str]]:
    store = keeping.found(memory.empty())
    people = people_of(store)
    with store.write() as session:
        for person_id in people.values():
            admit(session, person_id)
    founded = Picture(store.engine)
    fill(store, people, HandClock())
    return founded, Picture(store.engine), people


def _desk() -> Picture:
    engine = memory.empty()
    schema.upgrade(engine, schema.DESK)
    return Picture(engine)


def _me(person_id: str, hub: Picture) -> tuple[Me, str]:
    with Store(hub.opened()).read() as session:
        person = session.get_one(Person, person_id)
        return Me(person.id, person.name, person.role, person.team_id or ""), new_id()


def _signed_in(empty: Picture, me: Me, client_id: str) -> Picture:
    engine = empty.opened()
    with Store(engine).write() as session:
        for name, value in {**asdict(me), "client_id": client_id}.items():
            session.merge(DeskMeta(name=name, value=value))
    return Picture(engine)


def _synced(world: Simulated, place: Place) -> Picture:
    wire = Wire(world.carry, old="old" in place)
    seat = Seat(place, HandClock(), wire, Path(), NullVault())
    world.start(seat)
    seat.at_work.sync_round()
    return Picture(world.engines()[place])


def _tokens(me: Me) -> Tokens:
    return Tokens(me.person_id, "", 0, me.person_id, me.name, me.role, me.team_id)
