"""What a rep does about refused work, through real rounds: again, ask, choose."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import PromiseCallback, WriteNote
from lumi_desk.calls.tables import Callback, Contact, Note
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import State, Verdict
from lumi_desk.parked.tables import Parked
from lumi_desk.storage.base import NulInText
from lumi_desk.sync import again, feed
from lumi_desk.sync.protocol import Envelope
from lumi_desk.sync.status import Status, seen, status
from lumi_desk.sync.tables import DeadLetter
from tests.hubs import Hub, Line
from tests.makers import NOW, a_call, make_customer


@dataclass
class Two:
    """A rep and her leader at their desks, and the customer the rep has."""

    hub: Hub
    rep: Desk
    leader: Desk
    customer: str

    def rounds(self) -> None:
        for desk in (self.rep, self.leader, self.rep):
            desk.sync_round()

    def does(self, desk: Desk, *ops: Operation) -> None:
        with desk.store.write() as session:
            desk.do(session, *ops)

    def sees(self, desk: Desk | None = None) -> Status:
        desk = desk or self.rep
        with desk.store.read() as session:
            return status(session, desk.me.person_id, self.hub.clock())

    def note(self, words: str = "想要发票") -> WriteNote:
        return WriteNote(
            id=new_id(),
            customer_id=self.customer,
            by=self.rep.me.person_id,
            at=self.hub.clock(),
            words=words,
        )

    def edit(self, *patches: Patch) -> EditCustomer:
        with self.rep.store.read() as session:
            ver = session.get_one(Customer, self.customer).ver
        return EditCustomer(
            id=new_id(),
            customer_id=self.customer,
            by=self.rep.me.person_id,
            at=NOW,
            base_ver=ver,
            changes=patches,
        )

    def asks(self, op_id: str, words: str = "请帮忙") -> None:
        self.does(
            self.rep,
            AskLeader(
                id=new_id(),
                customer_id=self.customer,
                by=self.rep.me.person_id,
                at=self.hub.clock(),
                op_id=op_id,
                words=words,
            ),
        )

    def decides(self, op_id: str, verdict: Verdict, words: str = "") -> None:
        self.does(
            self.leader,
            DecideParked(
                id=new_id(),
                customer_id=self.customer,
                by=self.leader.me.person_id,
                at=self.hub.clock(),
                parked_id=op_id,
                verdict=verdict,
                words=words,
            ),
        )

    def moves_to(self, rep_id: str) -> None:
        with self.hub.store.write() as session:
            feed.watch(session)
            feed.publish(session, keeping.assign(session, [self.customer], rep_id, NOW))

    def hub_says(self, **values: object) -> None:
        with self.hub.store.write() as session:
            feed.watch(session)
            customer = session.get_one(Customer, self.customer)
            for name, value in values.items():
                setattr(customer, name, value)
            feed.publish(session)

    def at_hub(self) -> Customer:
        with self.hub.store.read() as session:
            return session.get_one(Customer, self.customer)


@pytest.fixture
def line(hub: Hub) -> Line:
    return hub.line()


@pytest.fixture
def two(hub: Hub, lin: str, wu: str, line: Line) -> Two:
    with hub.store.write() as session:
        feed.watch(session)
        customer = make_customer(session, lin, name="周文静", city="杭州").id
        feed.publish(session)
    two = Two(hub, hub.desk("lin", line), hub.desk("wu", seat="wu"), customer)
    two.rounds()
    return two


def test_refused_work_goes_again_with_what_it_blocked(two: Two, wang: str) -> None:
    call = a_call(two.rep.me.person_id, two.customer)
    callback = PromiseCallback(
        id=new_id(),
        customer_id=two.customer,
        by=two.rep.me.person_id,
        at=NOW,
        due_at=NOW,
        contact_id=call.id,
    )
    _taken_id(two, wang, call.id)
    two.does(two.rep, call, callback)
    two.rep.sync_round()
    assert {one.op_id: one.status for one in two.sees().refused} == {
        call.id: "rejected",
        callback.id: "blocked",
    }

    with two.rep.store.write() as session:
        named = again.again(session, callback.id, two.hub.clock())
    two.rep.sync_round()

    assert two.sees().refused == ()
    assert {call.id, callback.id}.isdisjoint(named)
    with two.hub.store.read() as session:
        [contact], [promise] = session.scalars(select(Contact)), session.scalars(select(Callback))
        assert promise.contact_id == contact.id == named[0]
        assert contact.started_at == call.started_at
        assert promise.made_at == NOW


def test_work_that_is_still_wrong_changes_nothing(two: Two, wang: str) -> None:
    note = two.note()
    _taken_id(two, wang, note.id)
    two.does(two.rep, note)
    two.rep.sync_round()
    with two.rep.store.write() as session:
        letter = session.get_one(DeadLetter, note.id)
        letter.payload = letter.payload.replace("想要发票", "\\u0000")

    with pytest.raises(NulInText), two.rep.store.write() as session:
        again.again(session, note.id, NOW)

    assert [one.op_id for one in two.sees().refused] == [note.id]
    assert two.sees().waiting_count == 0


def test_what_is_not_refused_cannot_go_again(two: Two) -> None:
    with pytest.raises(again.NotRefused), two.rep.store.write() as session:
        again.again(session, new_id(), NOW)


def test_lost_customer_parked_work_accepted(two: Two, wang: str) -> None:
    note = two.note()
    two.moves_to(wang)
    two.hub.clock.forward(minutes=1)
    note = replace(note, at=two.hub.clock())
    two.does(two.rep, note)
    two.rounds()
    assert two.sees().refused == ()
    [lying] = two.sees().leader
    assert (lying.state, lying.customer, lying.news) == (State.PARKED, "周文静", True)
    assert _team(two) == [State.PARKED]

    _reads(two)
    two.hub.clock.forward(minutes=1)
    two.decides(note.id, Verdict.ACCEPT, "记上了")
    assert _team(two) == [State.ACCEPTED]
    two.rounds()
    two.rep.sync_round()

    [lying] = two.sees().leader
    assert (lying.state, lying.answer, lying.leader) == (State.ACCEPTED, "记上了", "Wu")
    assert lying.news
    assert two.sees().news_count == 1
    _reads(two)
    assert two.sees().news_count == 0
    with two.hub.store.read() as session:
        assert session.get_one(Note, note.id).rep_id == two.rep.me.person_id


def test_a_question_is_seen_on_its_way_and_when_it_has_arrived(two: Two) -> None:
    edit = two.edit(Patch(Field.CITY, "杭州", "宁波"))
    two.does(two.rep, edit)
    two.hub_says(city="苏州")
    two.rounds()
    two.asks(edit.id)

    [lying] = two.sees().leader
    assert (lying.state, lying.arrived) == (State.ASKED, False)
    assert two.sees().refused == ()
    with pytest.raises(again.WithTheLeader), two.rep.store.write() as session:
        again.again(session, edit.id, NOW)

    two.rounds()
    [lying] = two.sees().leader
    assert (lying.state, lying.arrived, lying.words) == (State.ASKED, True, "请帮忙")
    with pytest.raises(again.WithTheLeader), two.rep.store.write() as session:
        again.again(session, edit.id, NOW)


def test_a_decision_that_cannot_be_carried_out_opens_again_on_the_leaders_desk(two: Two) -> None:
    edit = two.edit(Patch(Field.CITY, "杭州", "宁波"))
    two.does(two.rep, edit)
    two.hub_says(city="苏州")
    two.rounds()
    two.asks(edit.id)
    two.rounds()

    two.decides(edit.id, Verdict.ACCEPT)
    assert _team(two) == [State.ACCEPTED]
    two.leader.sync_round()

    assert _team(two) == [State.ASKED]
    [refused] = two.sees(two.leader).refused
    assert (refused.kind, refused.reason) == ("parked.decide", "Clash")
    assert refused.customer == "周文静"


def test_a_clash_is_settled_field_by_field(two: Two) -> None:
    edit = two.edit(
        Patch(Field.CITY, "杭州", "宁波"),
        Patch(Field.ALLERGY, "", "虾"),
        Patch(Field.HOUSEHOLD, "1", "3"),
    )
    two.does(two.rep, edit)
    two.hub_says(city="苏州", allergy="花生", household=3)
    two.rep.sync_round()
    [refused] = two.sees().refused
    assert [(one.field, one.mine, one.theirs) for one in refused.differs] == [
        (Field.CITY, "宁波", "苏州"),
        (Field.ALLERGY, "虾", "花生"),
    ]

    with two.rep.store.write() as session:
        again.choose(session, edit.id, {Field.ALLERGY}, two.hub.clock())
    two.rep.sync_round()

    assert two.sees().refused == ()
    her = two.at_hub()
    assert (her.city, her.allergy, her.household) == ("苏州", "虾", 3)


def test_theirs_everywhere_sends_nothing(two: Two) -> None:
    edit = two.edit(Patch(Field.CITY, "杭州", "宁波"))
    two.does(two.rep, edit)
    two.hub_says(city="苏州")
    two.rep.sync_round()

    with two.rep.store.write() as session:
        again.choose(session, edit.id, (), two.hub.clock())

    assert two.sees().waiting_count == 0
    assert two.sees().refused == ()
    with two.rep.store.read() as session:
        assert session.get_one(Customer, two.customer).city == "苏州"


def test_todays_sent_work_is_listed_with_whom_it_was_about(two: Two) -> None:
    two.does(two.rep, two.note())
    two.rep.sync_round()

    [sent] = two.sees().sent
    assert (sent.kind, sent.customer, sent.made_at) == ("note.write", "周文静", NOW)
    two.hub.clock.forward(days=1)
    assert two.sees().sent == ()


def _taken_id(two: Two, other: str, op_id: str) -> None:
    """Somebody else has sent work under this id: the hub will not take hers."""
    sent = Envelope(op_id, 1, "note.write", 1, "{}")
    accept(two.hub.store, other, "elsewhere", (sent,), NOW)


def _reads(two: Two) -> None:
    ids = [one.op_id for one in two.sees().leader]
    with two.rep.store.write() as session:
        seen(session, ids, two.hub.clock())


def _team(two: Two) -> list[State]:
    with two.leader.store.read() as session:
        return [State(state) for state in session.scalars(select(Parked.state))]
