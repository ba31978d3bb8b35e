"""The doors of figures: newcomers, renewals and loss by month, the RFM grid, and value."""

from collections.abc import Callable
from dataclasses import dataclass

from lumi_desk.clock import Clock
from lumi_desk.hub import counting
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.problems import parsed
from lumi_desk.managing import figures as shapes
from lumi_desk.security.roles import Right, require
from lumi_desk.storage.store import Store


@dataclass(frozen=True)
class FigureDoors:
    """The doors on one database. Each raises NotYours for who may not manage, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def cohorts(self, access: str, body: bytes) -> bytes:
        """What became of newcomers, by month. Raises NoMonth and NoWindow."""
        self._require_manager(access)
        asked = parsed(shapes.COHORTS, body)
        with self.store.read() as session:
            told = counting.cohorts(session, asked, self.now())
        return shapes.COHORTS_COUNTED.dump_json(told)

    def renewals(self, access: str, body: bytes) -> bytes:
        """Which cards were loaded again, by month. Raises NoMonth and NoWindow."""
        self._require_manager(access)
        asked = parsed(shapes.RENEWALS, body)
        with self.store.read() as session:
            told = counting.renewals(session, asked, self.now())
        return shapes.RENEWALS_COUNTED.dump_json(told)

    def loss(self, access: str, body: bytes) -> bytes:
        """Who of pool 1 was lost, by month. Raises NoMonth and NoWindow."""
        self._require_manager(access)
        asked = parsed(shapes.LOSS, body)
        with self.store.read() as session:
            told = counting.loss(session, asked, self.now())
        return shapes.LOSS_COUNTED.dump_json(told)

    def rfm(self, access: str, body: bytes) -> bytes:
        """The RFM grid."""
        self._require_manager(access)
        parsed(shapes.GRID, body)
        with self.store.read() as session:
            told = counting.rfm(session, self.now())
        return shapes.GRID_COUNTED.dump_json(told)

    def value(self, access: str, body: bytes) -> bytes:
        """What customers have brought, and will bring."""
        self._require_manager(access)
        parsed(shapes.VALUE, body)
        with self.store.read() as session:
            told = counting.worths(session, self.now())
        return shapes.VALUE_COUNTED.dump_json(told)

    def _require_manager(self, access: str) -> None:
        require(self.caller(access).role, Right.MANAGE)
