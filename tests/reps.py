"""A rep at her desk: the real store, the real presenter, a clock moved by hand."""

from sqlalchemy import select

from lumi_desk.storage.store import Store
from lumi_desk.sync.outbox import due
from lumi_desk.sync.tables import Outbox
from tests import floor
from tests.hubs import HandClock
from tests.lane import LaneNow
from ui.workspace.presenter import WorkspacePresenter
from ui.workspace.screen import Screen


class Rep:
    """What she sees is `screen`; what she does goes through `does`."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.screens: list[Screen] = []
        self.copied: list[str] = []
        self.desk = floor.offline_desk(store, clock)
        self.does = self._sits_down()

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def _sits_down(self) -> WorkspacePresenter:
        lane = LaneNow(desk=self.desk)
        return WorkspacePresenter(
            lane, self.screens.append, self.desk.me, self.clock, self.copied.append
        )

    def begins(self) -> Screen:
        self.does.begin()
        return self.screen

    def comes_back(self) -> Screen:
        """The program was killed and is started again on the same file."""
        self.does = self._sits_down()
        return self.begins()

    def names(self) -> list[str]:
        return [row.name for row in self.screen.queue.rows]

    def waiting(self) -> list[str]:
        """The kinds of the operations that wait for the hub, in order."""
        with self.store.read() as session:
            return list(session.scalars(select(Outbox.kind).order_by(Outbox.client_seq)))

    def leaves_now(self) -> list[str]:
        """The kinds of the operations that would leave with a round at this moment."""
        with self.store.write() as session:
            found = [one.kind for one in due(session, self.clock(), 50)]
            session.rollback()
        return found
