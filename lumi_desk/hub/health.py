"""How a hub says whether it can work: for load balancers and whoever is woken at night."""

from dataclasses import dataclass

from lumi_desk import __version__, schema
from lumi_desk.errors import LumiError
from lumi_desk.hub.deliver import epoch
from lumi_desk.storage.store import Store

WELL, AWAY = 200, 503


@dataclass(frozen=True)
class Health:
    """`status` is ok, away (no database) or old (its schema is not this program's)."""

    status: str
    version: str
    epoch: str = ""

    @property
    def code(self) -> int:
        """The status of the answer: a proxy sends desks elsewhere on 503."""
        return WELL if self.status == "ok" else AWAY


def health(store: Store) -> Health:
    """Ask the database whether it is there and of this version. Raises nothing."""
    try:
        with store.read() as session:
            stood = schema.revisions_in(session.connection())
            if stood != {schema.HEADS[home] for home in schema.HUB}:
                return Health("old", __version__)
            return Health("ok", __version__, epoch(session))
    except LumiError:
        return Health("away", __version__)
