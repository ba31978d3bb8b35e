"""What the sync chip says and its panel lists, from a real round against a real hub."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Envelope
from lumi_desk.sync.status import MOST, Status, status
from lumi_desk.sync.tables import DeadLetter, Outbox
from tests.hubs import Hub, Line
from tests.lane import LaneNow
from tests.makers import NOW, hub_with_rep, make_customer
from ui import words
from ui.lane import SyncNews
from ui.sync.presenter import Found, SyncPresenter, chip, screen
from ui.sync.screen import Action, Screen, Tab
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
        self.copied: list[str] = []
        me = desk.me.person_id
        self.presenter = SyncPresenter(
            self.lane, self.shown.append, hub.clock, me, self.copied.append
        )

    def hub_says(self, **values: str) -> None:
        with self.hub.store.write() as session:
            feed.watch(session)
            her = session.scalars(select(Customer)).one()
            for name, value in values.items():
                setattr(her, name, value)
            feed.publish(session)

    def moves_to(self, rep_id: str) -> None:
        with self.hub.store.write() as session:
            feed.watch(session)
            her = session.scalars(select(Customer.id)).one()
            feed.publish(session, keeping.assign(session, [her], rep_id, self.hub.clock()))

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
    assert chosen(corner.screen) == "Waiting 1"
    items = corner.screen.items
    assert [(item.title, item.at) for item in items] == [("Note · 周文静", "today 10:05")]


def test_work_that_can_be_undone_says_that_it_is_held_back(corner: Corner) -> None:
    corner.presenter.sync_now()
    corner.write_note(hold=True)

    assert corner.screen.items[0].reason.startswith("Leaves when")

    corner.hub.clock.forward(seconds=11)
    corner.presenter.sync_now()
    assert chosen(corner.screen) == "Sent today 1"
    assert [item.title for item in corner.screen.items] == ["Note · 周文静"]
    assert corner.says(SyncState.SYNCED)


def test_a_refusal_colours_the_chip_until_it_was_read_and_keeps_its_reason(
    corner: Corner,
) -> None:
    corner.presenter.sync_now()
    with corner.lane._at_home().write() as session:
        session.add(_refused("NotYours"))
    assert corner.says(SyncState.REFUSED)
    assert corner.screen.chip.text == "1 refused"

    corner.presenter.opened()

    assert corner.says(SyncState.SYNCED)
    [item] = corner.screen.items
    assert item.title == "Sale"
    assert item.reason == "Your role does not allow this. Ask your team leader."
    assert item.tone is Tone.BAD


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

    assert corner.screen.items[0].reason.startswith(said)


def test_a_long_list_says_how_many_more_there_are(corner: Corner) -> None:
    with corner.lane._at_home().write() as session:
        for number in range(MOST + 3):
            session.add(_waiting(number))

    assert len(corner.screen.items) == MOST
    assert corner.screen.more == "and 3 more"
    assert corner.screen.chip.text == "103 waiting"


def test_the_chip_changes_its_language(corner: Corner) -> None:
    corner.presenter.sync_now()

    words.switch(Language.CHINESE)

    assert corner.screen.chip.text == "已同步"


def test_the_status_of_an_empty_desk_is_empty(desk: Desk) -> None:
    with desk.store.read() as session:
        assert status(session, desk.me.person_id, NOW) == Status()


def test_nothing_waits_and_nothing_known_is_not_called_synced() -> None:
    assert chip(Status(), SyncNews()).state is SyncState.WORKING
    assert screen(Found(), SyncNews(at=NOW), NOW).chip.state is SyncState.SYNCED


def test_every_list_says_when_it_is_empty(corner: Corner) -> None:
    for tab in Tab:
        corner.presenter.tab_chosen(tab)
        assert corner.screen.items == ()
        assert corner.screen.empty


def test_a_refusal_goes_again_and_leaves_the_list(corner: Corner) -> None:
    note = _refused_note(corner)
    assert [choice.text for choice in corner.screen.items[0].actions] == [
        "Try again",
        "Copy",
        "Ask my leader",
        "Let it be",
    ]
    assert corner.screen.items[0].words == "想要发票"

    corner.presenter.acted(note, Action.RETRY)

    assert corner.screen.said == "Sent again. It leaves by itself."
    assert chosen(corner.screen) == "Sent today 1"
    with corner.hub.store.read() as session:
        assert session.scalars(select(Note.words)).one() == "想要发票"


def test_words_are_copied(corner: Corner) -> None:
    note = _refused_note(corner)

    corner.presenter.acted(note, Action.COPY)

    assert corner.copied == ["想要发票"]
    assert corner.screen.said == "Copied."


def test_what_is_let_be_leaves_the_list(corner: Corner) -> None:
    note = _refused_note(corner)
    corner.presenter.tab_chosen(Tab.REFUSED)

    corner.presenter.acted(note, Action.DROP)

    assert corner.screen.items == ()
    assert corner.screen.empty == "Nothing was refused."


def test_a_problem_of_trying_again_is_said(corner: Corner) -> None:
    note = _refused_note(corner)
    corner.presenter.acted(note, Action.DROP)

    corner.presenter.acted(note, Action.RETRY)

    assert corner.screen.said.startswith("This is not refused any more.")
    assert corner.screen.said_tone is Tone.BAD


def test_she_asks_her_leader_in_one_line(corner: Corner) -> None:
    note = _refused_note(corner)
    corner.presenter.opened()

    corner.presenter.acted(note, Action.ASK)
    assert _asking(corner)
    assert corner.screen.items[0].actions == ()
    corner.presenter.ask_closed()
    assert not _asking(corner)
    corner.presenter.acted(note, Action.ASK)
    corner.presenter.asked("  ")
    assert _asking(corner)
    corner.presenter.asked("她要开专票")

    assert _count(corner) == 0
    corner.presenter.tab_chosen(Tab.LEADER)
    [item] = corner.screen.items
    assert item.reason == "Your question is on its way."
    assert item.badge is not None
    assert item.badge.text == "Asked"


def test_a_clash_shows_both_values_and_ends_as_marked(corner: Corner) -> None:
    corner.presenter.sync_now()
    edit = _edit(corner, Patch(Field.CITY, "", "宁波"), Patch(Field.ALLERGY, "", "虾"))
    corner.hub_says(city="苏州", allergy="花生")
    corner.lane.do(edit)
    corner.presenter.sync_now()
    corner.presenter.opened()

    [item] = corner.screen.items
    assert item.clash is not None
    assert [(one.name, one.hers, one.hubs, one.mine) for one in item.clash.rows] == [
        ("City", "宁波", "苏州", True),
        ("Allergy", "虾", "花生", True),
    ]
    assert item.reason.startswith("Somebody else has changed this customer meanwhile: City, Al")
    corner.presenter.side_chosen(edit.id, "city", mine=False)
    clash = corner.screen.items[0].clash
    assert clash is not None
    assert [one.mine for one in clash.rows] == [False, True]
    corner.presenter.settled(edit.id)

    assert corner.screen.items == ()
    with corner.hub.store.read() as session:
        her = session.scalars(select(Customer)).one()
        assert (her.city, her.allergy) == ("苏州", "虾")


def test_what_lies_with_the_leader_colours_the_chip_until_it_was_read(corner: Corner) -> None:
    corner.presenter.sync_now()
    corner.moves_to(hub_with_rep(corner.hub.store, "wang"))
    corner.hub.clock.forward(minutes=1)
    corner.write_note()
    corner.presenter.sync_now()
    assert corner.screen.chip.text == "1 from the leader"

    corner.presenter.opened()

    assert corner.says(SyncState.SYNCED)
    [item] = corner.screen.items
    assert item.title == "Note · 周文静"
    assert item.reason.startswith("She is no longer yours.")
    assert [choice.text for choice in item.actions] == ["Copy"]


def chosen(screen: Screen) -> str:
    return next(tab.text for tab in screen.tabs if tab.chosen)


def _count(corner: Corner) -> int:
    return len(corner.screen.items)


def _asking(corner: Corner) -> bool:
    return corner.screen.items[0].question is not None


def _refused_note(corner: Corner) -> str:
    """A note the hub has refused: somebody else has sent something under its id."""
    corner.presenter.sync_now()
    note = corner.write_note()
    other = hub_with_rep(corner.hub.store, "zhao")
    accept(corner.hub.store, other, "elsewhere", (Envelope(note, 1, "note.write", 1, "{}"),), NOW)
    corner.presenter.sync_now()
    return note


def _edit(corner: Corner, *patches: Patch) -> EditCustomer:
    with corner.desk.store.read() as session:
        her = session.scalars(select(Customer)).one()
    return EditCustomer(
        id=new_id(),
        customer_id=her.id,
        by=corner.desk.me.person_id,
        at=NOW,
        base_ver=her.ver,
        changes=patches,
    )


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
