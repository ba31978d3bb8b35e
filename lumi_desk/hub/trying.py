"""Where an import is tried: beside a hub's file, as whoever writes it would have desks wait."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from lumi_desk.hub import saving
from lumi_desk.hub.import_jobs import remove_trial, trial_of
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store

_PAGES = 2000


@contextmanager
def beside(store: Store) -> Iterator[Store]:
    """A place to write to of which nothing is kept: a copy of a file, the database of a server.

    A server lets others write meanwhile, but for what is written here as well.
    """
    if store.on_postgres:
        yield store
        return
    # Only one import is tried at a time: what lies there was left by one that was killed.
    remove_trial(store)
    file = trial_of(store)
    try:
        saving.make_private(file)
        _copy(store, file)
        with closing(Store(engines.plain(file))) as copy:
            yield copy
    finally:
        remove_trial(store)


def _copy(store: Store, file: Path) -> None:
    """The pages of a file as they stand, without holding up whoever writes meanwhile."""
    with store.read() as session, closing(Store(engines.plain(file))) as copy:
        raw: Any = session.connection().connection.driver_connection
        with copy.engine.connect() as into:
            raw.backup(into.connection.driver_connection, pages=_PAGES)
