"""A hub begins with lists to work by: without outcomes no call could be written up."""

from sqlalchemy import func, select

from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.hub import keeping
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests.makers import make_disposition


def started(store: Store) -> int:
    with store.write() as session:
        feed.watch(session)
        written = keeping.start_lists(session)
        feed.publish(session)
    return written


def test_a_new_hub_gets_the_lists_that_ship_and_tells_the_desks(hub_store: Store) -> None:
    written = started(hub_store)
    with hub_store.read() as session:
        assert session.get_one(DispositionRow, "sold").answered
        assert set(session.scalars(select(ScriptRow.language))) == {"zh_CN", "en"}
        told = select(func.count()).select_from(SyncFeed).where(SyncFeed.stream == "catalog")
        assert session.scalar(told) == written


def test_lists_somebody_keeps_are_left_alone(hub_store: Store) -> None:
    with hub_store.write() as session:
        session.add(make_disposition("our own", answered=True))
    assert started(hub_store) == 0
    with hub_store.read() as session:
        assert session.scalars(select(DispositionRow.id)).all() == ["our own"]
