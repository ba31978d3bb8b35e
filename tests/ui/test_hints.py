"""A hint of the hub brings a round at once; without hints nothing is worse than before."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, Desk, sign_in
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.client import HubClient, HubOutOfReach, HubTooSlow, NoHints, connect
from lumi_desk.sync.protocol import Push
from tests.hub_process import HubProcess
from tests.hubs import Line, NullVault
from tests.lines import answering
from tests.makers import NOW, PASSWORD, make_customer
from ui.background import Background
from ui.lane import SyncNews


@pytest.fixture
def served(peopled: Path, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub of its own, on the file of one rep."""
    path = tmp_path / "served.db"
    path.write_bytes(peopled.read_bytes())
    hub = HubProcess(str(path), tmp_path, 0)
    hub.start()
    yield hub
    hub.stop()


def give(database: Path, rep: str) -> None:
    """Another process, a command of the keeper, hands the rep a customer."""
    store = Store(engines.plain(database))
    with store.write() as session:
        feed.watch(session)
        customer = make_customer(session)
        keeping.assign(session, [customer.id], rep, NOW)
        feed.publish(session)
    store.close()


def test_what_happens_at_the_hub_is_here_without_anybody_asking(
    served: HubProcess, qtbot: QtBot, tmp_path: Path
) -> None:
    account = Account(served.address, "lin")
    desk = sign_in(account, PASSWORD, tmp_path / "seat", NullVault(), connect(served.address))
    lanes = Background()
    try:
        lanes.attach(desk)
        news: list[SyncNews] = []
        lanes.on_sync(news.append)
        qtbot.waitUntil(lambda: bool(news) and news[-1].at is not None, timeout=20_000)
        qtbot.waitUntil(_listens, timeout=20_000)
        give(tmp_path / "served.db", desk.me.person_id)
        # The next round of its own would come after half a minute at the soonest.
        qtbot.waitUntil(lambda: _customers(desk) == 1, timeout=20_000)
    finally:
        began = time.monotonic()
        lanes.close()
        assert time.monotonic() - began < 5
        _gone("hints")
        desk.close()


def test_a_hub_without_hints_is_asked_as_ever(desk: Desk, qtbot: QtBot) -> None:
    lanes = Background()
    told: list[LumiError] = []
    lanes.failed.connect(told.append)
    news: list[SyncNews] = []
    lanes.on_sync(news.append)
    lanes.attach(desk)
    qtbot.waitUntil(lambda: news[-1].at is not None)
    with pytest.raises(NoHints):
        desk.hints()
    lanes.close()
    assert told == []
    _gone("hints")


def test_a_round_that_failed_is_tried_again_by_itself(desk: Desk, line: Line, qtbot: QtBot) -> None:
    line.cut = True
    lanes = Background()
    news: list[SyncNews] = []
    lanes.on_sync(news.append)
    lanes.attach(desk)
    qtbot.waitUntil(lambda: news[-1].problem is not None and not news[-1].running)
    assert isinstance(news[-1].problem, HubOutOfReach)
    line.cut = False
    # Nobody presses anything.
    qtbot.waitUntil(lambda: news[-1].at is not None, timeout=20_000)
    lanes.close()


def _listens() -> bool:
    return any(one.name == "hints" for one in threading.enumerate())


def _gone(name: str) -> None:
    end = time.monotonic() + 5
    while any(one.name == name for one in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.02)


def _customers(desk: Desk) -> int:
    with desk.store.read() as session:
        return len(session.scalars(select(Customer.id)).all())


def told(body: bytes, status: int = 200) -> HubClient:
    return answering(lambda _: httpx2.Response(status, content=body))


def test_a_hint_that_cannot_be_read_is_as_good_as_lost() -> None:
    body = b': ping\n\ndata: {"streams": {"rep:x": 7}}\n\ndata: nonsense\n\ndata: {"a": 1}\n\n'
    assert [one for one in told(body).hints("t") if one] == [{"rep:x": 7}]


def test_a_hub_without_that_door_gives_no_hints() -> None:
    with pytest.raises(NoHints):
        told(b'{"detail": "Not Found"}', 404).hints("t")


def test_an_answer_that_does_not_come_in_time_is_told_apart() -> None:
    def slow(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("slow", request=request)

    with pytest.raises(HubTooSlow):
        answering(slow).push("t", Push("c", ()))
