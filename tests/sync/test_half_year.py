"""One newcomer from her delivery to day 180: what her reps see, and what the hub tells of it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import Side
from lumi_desk.customers.touch_plan.rules import State
from lumi_desk.desk import Desk
from lumi_desk.hub import explaining, nightly, placing
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Assignment
from lumi_desk.worklist import service as worklist
from lumi_desk.worklist.rules import Reason
from tests.hubs import Hub
from tests.makers import NOW, a_call, make_customer, make_order
from tests.sync.test_rounds import assert_same_as_hub, do

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
NEW, TOUCH = Reason.NEWCOMER, Reason.TOUCH


@dataclass
class Days:
    """A hub with a desk of each side, on one day after the other."""

    hub: Hub
    lin: Desk
    wang: Desk
    customer: str

    def come(self, day: int) -> None:
        """The night before the day is over, and it is ten in the morning."""
        while self.hub.clock() < NOW + day * DAY:
            # Whoever comes to work keeps her sign-in.
            self.hub.clock.moment = min(self.hub.clock() + 20 * DAY, NOW + day * DAY)
            for desk in (self.lin, self.wang):
                desk.sync_round()
        nightly.run(self.hub.store, self.hub.clock())
        for desk in (self.lin, self.wang):
            desk.sync_round()

    def reasons(self, desk: Desk) -> set[Reason]:
        """Why she is on the list of the day; empty where she is not held."""
        with desk.store.read() as session:
            rows = worklist.today(session, self.hub.clock()).rows
        found = [one.entry for one in rows if one.customer.id == self.customer]
        return {reason for one in found for reason in (one.reason, *one.others)}

    def steps(self) -> dict[str, State]:
        with self.hub.store.read() as session:
            clock = explaining.explain(session, self.customer, self.hub.clock()).clock
        return {one.step.code: one.state for one in clock.steps} if clock else {}


def _history(session: Session, customer: str) -> list[str | None]:
    asked = select(Assignment.rep_id).where(Assignment.customer_id == customer)
    return list(session.scalars(asked.order_by(Assignment.since)))


@pytest.fixture
def days(hub: Hub, lin: str, wang: str) -> Days:
    """Lin takes newcomers, Wang the others; a newcomer's parcel came on the second day."""
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        placing.set_plan(session, lin, side=Side.NEW.value)
        placing.set_plan(session, wang, side=Side.OLD.value)
        customer = make_customer(session)
        told = {"delivered_at": NOW + 2 * DAY}
        make_order(session, customer, paid_at=NOW, fen=90_000, **told)
        her = customer.id
        feed.publish(session)
    return Days(hub, hub.desk("lin"), hub.desk("wang", seat="other"), her)


def test_a_newcomer_is_led_from_step_to_step_and_handed_over_on_day_180(
    days: Days, lin: str, wang: str
) -> None:
    seen = {}
    for day in (0, 2, 3, 6, 8, 9, 21, 22, 31, 32):
        days.come(day)
        seen[day] = days.reasons(days.lin) & {NEW, TOUCH}
        assert days.reasons(days.wang) == set()
    assert {day for day, found in seen.items() if NEW in found} == {2, 3}
    # A step is missed on the day after its last one, and asked for thirteen days.
    assert {day for day, found in seen.items() if TOUCH in found} == {9, 21, 32}
    steps = days.steps()
    assert (steps["day7"], steps["day30"]) == (State.OVER, State.MISSED)
    # A call does what is missed, and no more.
    now = days.hub.clock()
    told = {"at": now, "started_at": now - DAY / 100, "ended_at": now - DAY / 200, "dials": ()}
    do(days.lin, a_call(lin, days.customer, **told))
    assert TOUCH not in days.reasons(days.lin)
    days.lin.sync_round()
    assert days.steps()["day30"] is State.DONE
    for day, missed in ((33, False), (90, False), (92, True), (105, False), (152, True)):
        days.come(day)
        assert (TOUCH in days.reasons(days.lin)) is missed, day
    days.come(179)
    assert days.reasons(days.lin)
    for day in (180, 181):
        days.come(day)
        assert days.reasons(days.lin) == set()
        assert days.reasons(days.wang)
        with days.hub.store.read() as session:
            assert _history(session, days.customer) == [lin, wang]
            assert not placing.hand_out(session, days.hub.clock(), keep=False).moved
    assert TOUCH not in days.reasons(days.wang)
    for desk in (days.lin, days.wang):
        assert_same_as_hub(days.hub, desk)
