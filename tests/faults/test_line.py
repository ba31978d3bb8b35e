"""A bad line between a real desk and a real hub: every operation takes effect once."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lumi_desk import clock
from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.storage.store import Store
from lumi_desk.sync.patience import Patience
from tests.faults import proxy
from tests.faults.kit import (
    Seat,
    a_note,
    assert_once,
    assert_same,
    closing,
    do,
    notes,
    settle,
    waiting,
)
from tests.faults.proxy import BLACK_HOLE, SOUND, Fault, Proxy
from tests.hub_process import HubProcess

pytestmark = pytest.mark.slow

CUTS = 24


@pytest.fixture
def line(hub: HubProcess) -> Iterator[Proxy]:
    with proxy.between(hub.address) as between:
        yield between


@pytest.fixture
def customers(hub_store: Store, hub: HubProcess) -> list[str]:
    return settle(hub_store)


@pytest.fixture
def desk(customers: list[str], seat: Seat, line: Proxy) -> Iterator[Desk]:
    """A desk behind the proxy, synced while the line was good."""
    with closing(replace(seat, via=line.address).signed_in(clock.now)) as desk:
        desk.sync_round()
        yield desk


def work(desk: Desk, customers: list[str], many: int = 3) -> set[str]:
    hers = (customers * many)[:many]
    return set(do(desk, *(a_note(desk.me.person_id, one) for one in hers)))


def fails(desk: Desk) -> None:
    with pytest.raises(LumiError):
        desk.sync_round()


def test_a_line_cut_after_any_number_of_bytes_in_either_direction(
    hub_store: Store, desk: Desk, customers: list[str], line: Proxy, tries: Callable[[int], int]
) -> None:
    dice = random.Random(5)
    done: set[str] = set()
    for turn in range(tries(CUTS)):
        done |= work(desk, customers)
        at = dice.randrange(1, 1500)
        line.turn(Fault(cut_up=at) if turn % 2 else Fault(cut_down=at))
        try:
            desk.sync_round()
        except LumiError:
            assert done <= notes(hub_store) | waiting(desk.store)
    line.turn(SOUND)
    desk.sync_round()
    assert_once(hub_store, done)
    assert_same(hub_store, desk.store)


def test_a_lost_answer_and_a_request_that_arrives_twice(
    hub_store: Store, desk: Desk, customers: list[str], line: Proxy
) -> None:
    done = work(desk, customers)
    line.turn(Fault(cut_down=1))
    fails(desk)
    assert waiting(desk.store) == done
    line.turn(Fault(twice=True))
    done |= work(desk, customers)
    with_luck(desk)
    line.turn(SOUND)
    desk.sync_round()
    assert_once(hub_store, done)


def in_the_end(desk: Desk) -> None:
    """A round on a sound line, by a desk that may be too hasty for a slow machine."""
    for _ in range(50):
        try:
            desk.sync_round()
        except LumiError:
            continue
        return
    raise AssertionError("no round came through")


def with_luck(desk: Desk) -> None:
    try:
        desk.sync_round()
    except LumiError:
        return


def test_a_request_that_arrives_long_after_later_ones(
    hub_store: Store, desk: Desk, customers: list[str], line: Proxy
) -> None:
    first = work(desk, customers)
    line.turn(Fault(swallow=True))
    fails(desk)
    late = len(line.swallowed) - 1
    line.turn(SOUND)
    second = work(desk, customers)
    desk.sync_round()
    for _ in range(2):
        line.replay(late)
    assert b"/v1/push" in line.swallowed[late]
    desk.sync_round()
    assert_once(hub_store, first | second)
    assert_same(hub_store, desk.store)


def test_altered_answers_are_not_believed(
    hub_store: Store,
    seat: Seat,
    desk: Desk,
    customers: list[str],
    line: Proxy,
    tries: Callable[[int], int],
) -> None:
    done: set[str] = set()
    # An answer whose length was altered is waited for; not for half a minute here.
    with closing(replace(seat, via=line.address, patience_s=2.0).started(clock.now)) as hasty:
        in_the_end(hasty)
        for byte in range(0, 240, max(1, 240 // tries(12))):
            done |= work(hasty, customers, many=1)
            line.turn(Fault(corrupt=byte))
            with_luck(hasty)
    line.turn(SOUND)
    desk.sync_round()
    assert notes(hub_store) == done
    assert_once(hub_store, done)


AWAY = {
    "refused": None,
    "a black hole": BLACK_HOLE,
    "a server error": proxy.answer("500 Internal Server Error"),
    "a gateway without a hub": proxy.answer("502 Bad Gateway"),
    "overload": proxy.answer("503 Service Unavailable", "Retry-After: 3"),
    "a line that breaks": Fault(cut_up=40),
}


@pytest.mark.parametrize("how", AWAY)
def test_a_failed_upload_goes_later_by_itself(
    hub_store: Store, seat: Seat, customers: list[str], line: Proxy, how: str
) -> None:
    """The hub is away for a minute on the desk's clock; she does nothing but wait."""
    moment, dice = [clock.now()], random.Random(7)
    there = replace(seat, via=line.address)
    with closing(there.signed_in(clock.now)) as desk:
        desk.sync_round()
    fault = AWAY[how]
    # Only silence has to be waited out.
    hasty = replace(there, patience_s=1.0) if fault is BLACK_HOLE else there
    with closing(hasty.started(lambda: moment[0])) as desk:
        in_the_end(desk)
        done = work(desk, customers)
        since, patience = moment[0], Patience()
        line.refuse() if fault is None else line.turn(fault)
        away = True
        while waiting(desk.store):
            if away and moment[0] - since >= timedelta(seconds=60):
                line.listen() if fault is None else line.turn(SOUND)
                away = False
            try:
                desk.sync_round()
            except LumiError as problem:
                patience = patience.failed(getattr(problem, "wait", 0))
            moment[0] += timedelta(seconds=max(patience.wait(dice.random()), 1.0))
            assert moment[0] - since < timedelta(minutes=20), "it never went"
        assert not away
        assert_once(hub_store, done)


def test_an_answer_that_trickles_is_taken_in_the_end(
    hub_store: Store, desk: Desk, customers: list[str], line: Proxy
) -> None:
    done = work(desk, customers)
    line.turn(Fault(trickle=150))
    desk.sync_round()
    assert waiting(desk.store) == set()
    assert_once(hub_store, done)
