"""The real world: encrypted files, the hub's own database, the application over HTTP."""

import contextlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from lumi_desk.desk import Account, resume, sign_in
from lumi_desk.hub import keeping
from lumi_desk.hub.app import create_app
from lumi_desk.ids import new_id
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync.client import HubClient, HubOutOfReach, HubSaid
from lumi_desk.sync.tables import SyncMeta
from tests.hubs import HandClock
from tests.makers import PASSWORD
from tests.sync.fleet.fuses import Fuse, FusedStore
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.wires import Reply
from tests.sync.fleet.worlds import ADDRESS, fill, people_of

Backup = Callable[[Store], Callable[[], Store]]


class Real:
    """A hub on `store` and desks in files. `backup` copies a hub's database of that kind."""

    def __init__(self, store: Store, folder: Path, backup: Backup) -> None:
        self.clock, self.hub_fuse, self.folder = HandClock(), Fuse(), folder
        self.hub = FusedStore(store.engine, self.hub_fuse)
        self.people = people_of(self.hub)
        fill(self.hub, self.people, self.clock)
        self._client = TestClient(create_app(self.hub, self.clock), raise_server_exceptions=True)
        self._backup = backup
        self._blank = False
        self._engines = [self.hub.engine]

    def carry(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What the hub answers."""
        answer = self._client.request(method, path, content=body, headers=dict(headers))
        skipped = ("content-encoding", "content-length")
        told = {k: v for k, v in answer.headers.items() if k not in skipped}
        return Reply(answer.status_code, told, iter(answer.content.splitlines(keepends=True)))

    def start(self, seat: Seat) -> None:
        """Start the program: on its file if there is one."""
        seat.fuse.mend()
        account = Account(ADDRESS, seat.login)
        if account.data(seat.folder).exists():
            seat.desk = resume(account, seat.folder, seat.vault, _client(seat), seat.clock)
        else:
            self._by_password(seat)
        self._fuse(seat)

    def stop(self, seat: Seat) -> None:
        """End the program; what was committed stays."""
        if seat.desk is not None:
            seat.desk.close()

    def copy(self, seat: Seat, onto: Seat) -> None:
        """Another machine gets all that is on this one."""
        self.stop(seat)
        shutil.copytree(seat.folder, onto.folder)
        onto.vault.secrets.update(seat.vault.secrets)
        self.start(seat)

    def sign_in_again(self, seat: Seat) -> None:
        """The hub does not know her tokens: she types her password."""
        self.stop(seat)
        wrong = seat.wire
        cut, troubles = wrong.cut, wrong.troubles
        wrong.cut, wrong.troubles = False, {}
        try:
            self._type_it(seat)
        except HubOutOfReach:
            # The hub died while she typed. It has been started again: so she types it again.
            self._type_it(seat)
        wrong.cut, wrong.troubles = cut, troubles

    def back_up(self) -> Callable[[], None]:
        """Keep the hub as it is; calling the result puts it back, in a new life."""
        saved = self._backup(self.hub)

        def put_back() -> None:
            self.hub.close()
            self._put(saved().engine)
            with self.hub.write() as session:
                session.get_one(SyncMeta, 1).epoch = new_id()

        return put_back

    def blank(self) -> Callable[[], None]:
        """A hub where nobody works answers at the address; the result brings the old one back."""
        engine = self.hub.engine
        path = self.folder / f"blank-{new_id()}.db"
        self._put(keeping.found(engines.plain(path)).engine)
        self._blank = True

        def back() -> None:
            self.hub.close()
            self.hub.engine, self._blank = engine, False

        return back

    def close(self) -> None:
        """Close all databases there were of the hub."""
        for engine in self._engines:
            engine.dispose()

    def _put(self, engine: Engine) -> None:
        """Have the hub work on another database."""
        self.hub.engine = engine
        self._engines.append(engine)

    def _type_it(self, seat: Seat) -> None:
        if self._blank:
            with contextlib.suppress(HubSaid):
                self._by_password(seat)
            self.start(seat)
        else:
            self._by_password(seat)
            self._fuse(seat)

    def _by_password(self, seat: Seat) -> None:
        account = Account(ADDRESS, seat.login)
        client = _client(seat)
        seat.desk = sign_in(account, PASSWORD, seat.folder, seat.vault, client, seat.clock)

    @staticmethod
    def _fuse(seat: Seat) -> None:
        seat.at_work.store = FusedStore(seat.at_work.store.engine, seat.fuse)


def copied(store: Store, place: Path) -> Callable[[], Store]:
    """A copy of an SQLite hub's file as it is now; calling the result opens a hub on it."""
    saved = place / f"saved{len(list(place.glob('saved*.db')))}.db"
    raw = store.engine.raw_connection()
    raw.driver_connection.execute("VACUUM INTO ?", (str(saved),))  # type: ignore[union-attr]
    raw.close()
    return lambda: Store(engines.plain(saved))


def _client(seat: Seat) -> HubClient:
    return HubClient(seat.wire)
