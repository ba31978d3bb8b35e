"""A rep at her desk; and windows that are gone when their test is over."""

import pytest

from lumi_desk.storage.store import Store
from tests import floor
from tests.floor import her, wenjing
from tests.hubs import HandClock
from tests.reps import Rep


@pytest.fixture
def rep(desk_store: Store) -> Rep:
    """A rep who sits down at ten in the morning."""
    floor.stock(desk_store)
    return Rep(desk_store, HandClock())


@pytest.fixture
def wen(rep: Rep) -> str:
    """A card holder whose balance ends, and somebody after her on the list."""
    with rep.store.write() as session:
        customer = wenjing(session)
        her(session, "徐玉兰", id="xu")
    return customer.id


@pytest.fixture
def calling(rep: Rep, wen: str) -> Rep:
    """She is on the phone with her for four minutes."""
    rep.begins()
    rep.does.picked(wen)
    rep.does.dialled()
    rep.clock.forward(seconds=12)
    rep.does.answered()
    rep.clock.forward(minutes=4)
    return rep


@pytest.fixture
def writing_up(calling: Rep) -> Rep:
    calling.does.ended()
    return calling
