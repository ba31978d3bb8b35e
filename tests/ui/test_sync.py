"""What the sync chip says and its panel lists, from a real round against a real hub."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.ids import new_id
from lumi_desk.sync import feed
from lumi_desk.sync.status import MOST, Status, status
from lumi_desk.sync.tables import DeadLetter, Outbox
from tests.hubs import Hub, Line
from tests.lane import LaneNow
from tests.makers import NOW, make_customer
from ui import words
from ui.lane import SyncNews
from ui.sync.presenter import SyncPresenter, chip, screen
from ui.sync.screen import Screen
from ui.widgets.values import SyncState, Tone
from ui.words import Language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = words.language()
    words.switch(Language.ENGLISH)
    yield
    words.switch(before)


class Corner:
    """The chip of a desk with one customer, and what it has shown."""

    def __init__(self, hub: Hub, desk: Desk) -> None:
        with hub.store.write() as session:
            feed.watch(session)
            make_customer(session, desk.me.person_id, name="周文静")
            feed.publish(session)
        self.hub, self.desk = hub, desk
        self.lane = LaneNow(desk=desk)
        self.shown: list[Screen] = []
        self.presenter = SyncPresenter(self.lane, self.shown.append, hub.clock)

    def says(self, state: SyncState) -> bool:
        return self.screen.chip.state is state

    @property
    def screen(self) -> Screen:
        return self.shown[-1]

    def write_note(self, *, hold: bool = False) -> str:
        with self.desk.store.read() as session:
            customer = session.scalars(select(Customer.id)).one()
        op = WriteNote(
            id=new_id(),
            customer_id=customer,
            by=self.desk.me.person_id,
            at=self.hub.clock(),
            words="想要发票",
        )
        self.lane.do(op, hold=hold)
        return op.id


@pytest.fixture
def corner(hub: Hub, desk: Desk) -> Corner:
    return Corner(hub, desk)


def test_it_goes_from_unknown_to_synced(corner: Corner) -> None:
    assert corner.says(SyncState.WORKING)

    corner.presenter.sync_now()

    assert corner.says(SyncState.SYNCED)
    assert corner.screen.title == "Everything is at the hub"
    assert corner.screen.words == "Last sync today 10:00."
    busy = [each for each in corner.shown if not each.can_press]
    assert {each.button for each in busy} == {"Syncing…"}
    assert corner.screen.can_press


def test_offline_work_is_counted_and_named(corner: Corner, line: Line) -> None:
    corner.presenter.sync_now()
    line.cut = True
    corner.hub.clock.forward(minutes=5)

    corner.write_note()
    corner.presenter.sync_now()

    assert corner.says(SyncState.OFFLINE)
    assert corner.screen.chip.text == "1 waiting · 10:00"
    assert corner.screen.title == "The hub cannot be reached"
    assert "1 is kept here and leaves later by itself." in corner.screen.words
    [group] = corner.screen.groups
    assert [(item.title, item.at) for item in group.items] == [("Note · 周文静", "today 10:05")]


def test_work_that_can_be_undone_says_that_it_is_held_back(corner: Corner) -> None:
    corner.presenter.sync_now()
    corner.write_note(hold=True)

    assert corner.screen.groups[0].items[0].reason.startswith("Leaves when")

    corner.hub.clock.forward(seconds=11)
    corner.presenter.sync_now()
    assert corner.screen.groups == ()
    assert corner.says(SyncState.SYNCED)


def test_a_refusal_colours_the_chip_until_it_was_read_and_keeps_its_reason(
    corner: Corner,
) -> None:
    corner.presenter.sync_now()
    with corner.lane._at_home().write() as session:
        session.add(_refused("NotYours"))
    assert corner.says(SyncState.REFUSED)
    assert corner.screen.chip.text == "1 refused"

    corner.presenter.read()

    assert corner.says(SyncState.SYNCED)
    [group] = corner.screen.groups
    assert group.items[0].title == "Sale"
    assert group.items[0].reason == "Your role does not allow this. Ask your team leader."
    assert group.items[0].tone is Tone.BAD


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        ("parked", "NotYours", "She is no longer yours."),
        ("blocked", "", "It builds on something that was refused."),
        ("rejected", "SomethingNew", "The hub gave the reason “SomethingNew”."),
    ],
)
def test_every_end_of_an_operation_has_its_sentence(
    corner: Corner, outcome: str, code: str, said: str
) -> None:
    with corner.lane._at_home().write() as session:
        session.add(_refused(code, outcome))

    assert corner.screen.groups[0].items[0].reason.startswith(said)


def test_a_long_list_says_how_many_more_there_are(corner: Corner) -> None:
    with corner.lane._at_home().write() as session:
        for number in range(MOST + 3):
            session.add(_waiting(number))

    [group] = corner.screen.groups
    assert len(group.items) == MOST
    assert group.more == "and 3 more"
    assert corner.screen.chip.text == "103 waiting"


def test_the_chip_changes_its_language(corner: Corner) -> None:
    corner.presenter.sync_now()

    words.switch(Language.CHINESE)

    assert corner.screen.chip.text == "已同步"


def test_the_status_of_an_empty_desk_is_empty(desk: Desk) -> None:
    with desk.store.read() as session:
        assert status(session) == Status()


def test_nothing_waits_and_nothing_known_is_not_called_synced() -> None:
    assert chip(Status(), SyncNews()).state is SyncState.WORKING
    assert screen(Status(), SyncNews(at=NOW), NOW).chip.state is SyncState.SYNCED


def _refused(reason: str, outcome: str = "rejected") -> DeadLetter:
    return DeadLetter(
        op_id=new_id(),
        client_seq=1,
        kind="sale.claim",
        kind_ver=1,
        payload="{}",
        customer_id=None,
        status=outcome,
        reason=reason,
        params={},
        answered_at=NOW,
        seen_at=None,
    )


def _waiting(number: int) -> Outbox:
    return Outbox(
        op_id=new_id(),
        kind="note.write",
        kind_ver=1,
        payload="{}",
        customer_id=None,
        depends_on=None,
        not_before=NOW,
        made_at=NOW + timedelta(seconds=number),
        before=[],
    )
