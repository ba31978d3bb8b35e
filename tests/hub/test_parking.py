"""Work the hub did not take: before the leader, decided once, carried out once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lumi_desk.calls.operations import PromiseCallback, Refuse
from lumi_desk.calls.tables import Callback, Contact, Note, Refusal
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.hub import nightly
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Sale
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import State, Verdict
from lumi_desk.parked.tables import EarlyDecision, Parked
from lumi_desk.reports.tables import Fact
from lumi_desk.security.roles import Role
from lumi_desk.sync.entities import rep_stream, team_stream
from lumi_desk.sync.tables import SyncFeed, SyncOp
from tests.hub.conftest import Floor
from tests.makers import NOW, a_call, hub_with_rep, make_customer
from tests.sync.test_rounds import audit

Work = tuple[Operation, ...]


def test_work_out_of_scope_lies_with_rep_and_leader(floor: Floor) -> None:
    note = floor.note()

    assert floor.send(floor.lin, note).status == "parked"

    row = floor.row(note)
    assert (row.state, row.reason) == (State.PARKED, "NotHers")
    assert (row.rep_id, row.holder_id) == (floor.lin, floor.wang)
    assert row.customer_name == "周文静"
    assert "想要发票" in row.payload
    with floor.store.read() as session:
        asked = select(SyncFeed.stream).where(SyncFeed.entity == "parked")
        team = team_stream(row.team_id)
        assert set(session.scalars(asked)) == {rep_stream(floor.lin), team}
    assert not floor.has(Note, note.id)


def _refusal(floor: Floor) -> Refuse:
    return Refuse(id=new_id(), customer_id=floor.customer, by=floor.lin, at=NOW, words="别打了")


def test_a_refusal_binds_at_once_whoever_holds_her_by_then(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    floor.gives_to(floor.wang)
    promise = PromiseCallback(
        id=new_id(),
        customer_id=floor.customer,
        by=floor.wang,
        at=NOW - timedelta(hours=1),
        due_at=NOW,
    )
    floor.send(floor.wang, promise)
    note, refusal = floor.note(), _refusal(floor)

    told = [answer.status for answer in floor.sends(floor.lin, note, refusal)]

    assert told == ["parked", "applied"]
    assert not floor.has(Parked, refusal.id)
    with floor.store.read() as session:
        kept = session.get_one(Refusal, refusal.id)
        assert (kept.rep_id, kept.words, kept.withdrawn_at) == (floor.lin, "别打了", None)
        assert session.get_one(Callback, promise.id).done_at == NOW
        asked = select(SyncFeed.stream).where(SyncFeed.pk == refusal.id)
        assert list(session.scalars(asked)) == [rep_stream(floor.wang)]
        op = session.get_one(SyncOp, refusal.id)
        assert (op.person_id, op.status) == (floor.lin, "applied")
    audit(floor.store)


def test_a_refusal_binds_when_nobody_holds_her(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    floor.gives_to(None)
    refusal = _refusal(floor)

    assert floor.send(floor.lin, refusal).status == "applied"

    assert floor.has(Refusal, refusal.id)


def test_nobody_silences_customers_who_never_were_hers(floor: Floor) -> None:
    refusal = _refusal(floor)

    assert floor.send(floor.lin, refusal).status == "parked"

    assert not floor.has(Refusal, refusal.id)
    assert floor.has(Parked, refusal.id)


def test_a_repeat_parks_once(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)
    floor.decides(note, Verdict.DECLINE, "不用了")

    assert floor.send(floor.lin, note).status == "parked"

    assert floor.row(note).state == State.DECLINED


def test_accepted_work_is_done_in_the_reps_name(floor: Floor) -> None:
    call = a_call(floor.lin, floor.customer)
    floor.send(floor.lin, call)

    assert floor.decides(call, Verdict.ACCEPT, "辛苦了").status == "applied"

    row = floor.row(call)
    assert (row.state, row.answer, row.decided_by) == (State.ACCEPTED, "辛苦了", floor.wu)
    with floor.store.read() as session:
        assert session.get_one(Contact, call.id).rep_id == floor.lin
        facts = session.scalars(select(Fact.rep_id).where(Fact.source == call.id))
        assert set(facts) == {floor.lin}


def test_handed_over_it_is_the_present_holders(floor: Floor) -> None:
    callback = PromiseCallback(
        id=new_id(), customer_id=floor.customer, by=floor.lin, at=NOW, due_at=NOW
    )
    floor.send(floor.lin, callback)

    assert floor.decides(callback, Verdict.HAND_OVER).status == "applied"

    with floor.store.read() as session:
        assert session.get_one(Callback, callback.id).rep_id == floor.wang
        of_it = (SyncFeed.pk == callback.id, SyncFeed.entity == "callback")
        asked = select(SyncFeed.stream).where(*of_it)
        assert list(session.scalars(asked)) == [rep_stream(floor.wang)]
    assert floor.row(callback).state == State.HANDED_OVER


def test_handing_over_goes_to_who_holds_her_at_that_moment(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)
    zhao = hub_with_rep(floor.store, "zhao")
    floor.gives_to(zhao)

    floor.decides(note, Verdict.HAND_OVER)

    assert floor.row(note).holder_id == zhao
    with floor.store.read() as session:
        assert session.get_one(Note, note.id).rep_id == zhao


def test_nobody_can_be_handed_nothing_and_it_stays_open(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)
    floor.gives_to(None)

    answer = floor.decides(note, Verdict.HAND_OVER)

    assert (answer.status, answer.reason) == ("rejected", "NobodyHolds")
    assert floor.row(note).state == State.PARKED
    assert floor.decides(note, Verdict.ACCEPT).status == "applied"


def test_declined_work_is_not_done(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)

    assert floor.decides(note, Verdict.DECLINE, "她已经说过了").status == "applied"

    assert not floor.has(Note, note.id)
    assert floor.row(note).answer == "她已经说过了"


def test_the_first_of_two_leaders_counts(floor: Floor) -> None:
    second = hub_with_rep(floor.store, "qian", role=Role.LEADER)
    note = floor.note()
    floor.send(floor.lin, note)
    floor.decides(note, Verdict.DECLINE)

    answer = floor.decides(note, Verdict.ACCEPT, by=second)

    assert (answer.status, answer.reason) == ("rejected", "AlreadyDecided")
    assert floor.row(note).decided_by == floor.wu
    assert not floor.has(Note, note.id)


@pytest.mark.parametrize(
    ("team", "role"), [("二组", Role.LEADER), ("一组", Role.REP), (None, Role.MANAGER)]
)
def test_only_a_leader_of_the_team_decides(floor: Floor, team: str | None, role: Role) -> None:
    other = hub_with_rep(floor.store, "other", team=team or "", role=role)
    note = floor.note()
    floor.send(floor.lin, note)

    answer = floor.decides(note, Verdict.ACCEPT, by=other)

    assert (answer.status, answer.reason) == ("rejected", "NotYours")
    assert floor.row(note).state == State.PARKED
    assert not floor.has(Note, note.id)


def test_a_decision_about_another_customer_is_refused(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)
    with floor.store.write() as session:
        other = make_customer(session, floor.lin, name="何丽").id

    answer = floor.decides(replace(note, customer_id=other), Verdict.ACCEPT)

    assert (answer.status, answer.reason) == ("rejected", "BadOperation")


def test_refused_work_is_brought_before_the_leader_as_the_hub_received_it(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    edit = floor.edits(Patch(Field.HOUSEHOLD, "1", "900"))
    assert floor.send(floor.lin, edit).reason == "BadValue"

    assert floor.asks(edit, "一家九口").status == "applied"

    row = floor.row(edit)
    assert (row.state, row.reason, row.words) == (State.ASKED, "BadValue", "一家九口")
    assert row.kind == "customer.edit"


def test_what_cannot_be_done_is_told_to_the_leader_and_stays_open(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    edit = floor.edits(Patch(Field.HOUSEHOLD, "1", "900"))
    floor.send(floor.lin, edit)
    floor.asks(edit)

    answer = floor.decides(edit, Verdict.ACCEPT)

    assert (answer.status, answer.reason) == ("rejected", "BadValue")
    assert floor.row(edit).state == State.ASKED
    assert floor.decides(edit, Verdict.DECLINE, "请写 1 到 20").status == "applied"


def test_work_blocked_by_a_refusal_can_be_asked_about_and_done(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    call = replace(a_call(floor.lin, floor.customer), note="\0")
    note = floor.note()
    floor.send(floor.lin, call)
    assert floor.send(floor.lin, note, depends_on=call.id).status == "blocked"

    floor.asks(note)

    assert floor.decides(note, Verdict.ACCEPT).status == "applied"
    assert floor.has(Note, note.id)


def test_nobody_asks_about_anothers_work_or_about_work_that_was_taken(floor: Floor) -> None:
    note, hers = floor.note(), replace(floor.note(), id=new_id(), by=floor.wang)
    floor.send(floor.lin, note)
    floor.send(floor.wang, hers)

    assert floor.asks(note, by=floor.wang).reason == "NotYours"
    assert floor.asks(hers, by=floor.wang).reason == "NotWaiting"
    assert floor.asks(floor.note()).reason == "NotWaiting"
    assert floor.row(note).words == ""


def test_a_question_that_came_before_its_work_counts_when_it_is_sent_again(floor: Floor) -> None:
    note = floor.note()
    asking = AskLeader(
        id=new_id(), customer_id=floor.customer, by=floor.lin, at=NOW, op_id=note.id, words="请看"
    )
    assert floor.send(floor.lin, asking).reason == "NotWaiting"
    assert floor.send(floor.lin, asking).reason == "NotWaiting"
    assert floor.send(floor.wang, asking).reason == "NotYours"
    floor.send(floor.lin, note)

    for _ in range(2):
        assert floor.send(floor.lin, asking).status == "applied"
        assert (floor.row(note).state, floor.row(note).words) == ("asked", "请看")


def test_asking_after_the_decision_is_too_late(floor: Floor) -> None:
    note = floor.note()
    floor.send(floor.lin, note)
    floor.decides(note, Verdict.DECLINE)

    assert floor.asks(note, "真的需要").reason == "AlreadyDecided"


def test_a_decision_whose_work_never_comes_is_forgotten_at_night(floor: Floor) -> None:
    note = floor.note()
    floor.decides(note, Verdict.DECLINE)
    for days, left in ((89, 1), (91, 0)):
        nightly.run(floor.store, NOW + timedelta(days=days))
        with floor.store.read() as session:
            assert len(session.scalars(select(EarlyDecision)).all()) == left


def test_old_decisions_are_forgotten_at_night_and_open_work_never(floor: Floor) -> None:
    decided, waits = floor.note(), floor.note("还在等")
    floor.send(floor.lin, decided)
    floor.send(floor.lin, waits)
    floor.decides(decided, Verdict.ACCEPT)
    assert nightly.run(floor.store, NOW + timedelta(days=89)).decided == 0
    assert nightly.run(floor.store, NOW + timedelta(days=91)).decided == 1
    with floor.store.read() as session:
        assert session.scalars(select(Parked.id)).all() == [waits.id]
        assert session.get(Note, decided.id) is not None
        told = select(SyncFeed.op).where(SyncFeed.pk == decided.id, SyncFeed.entity == "parked")
        assert set(session.scalars(told)) == {"remove"}
    audit(floor.store)


def test_a_decision_sent_twice_has_one_effect(floor: Floor) -> None:
    sale = _card(floor)
    floor.send(floor.lin, sale)
    decision = DecideParked(
        id=new_id(),
        customer_id=floor.customer,
        by=floor.wu,
        at=NOW,
        parked_id=sale.id,
        verdict=Verdict.ACCEPT,
    )
    floor.send(floor.wu, decision)
    assert floor.send(floor.wu, decision).status == "applied"

    with floor.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Sale)) == 1
        cash = select(func.sum(Fact.fen)).where(Fact.source == sale.id, Fact.kind == "cash_claimed")
        assert session.scalar(cash) == 1_200_000


def test_a_decision_sent_before_its_work_counts_when_the_work_comes(floor: Floor) -> None:
    """A hub that was put back is told both again, in whatever order the desks come by."""
    sale = _card(floor)
    assert floor.decides(sale, Verdict.ACCEPT, "辛苦了").status == "applied"
    assert not floor.has(Parked, sale.id)

    assert [floor.send(floor.lin, sale).status for _ in range(2)] == ["parked", "parked"]

    row = floor.row(sale)
    assert (row.state, row.answer, row.decided_by) == (State.ACCEPTED, "辛苦了", floor.wu)
    with floor.store.read() as session:
        assert session.get_one(Sale, sale.id).rep_id == floor.lin
        cash = select(func.sum(Fact.fen)).where(Fact.source == sale.id, Fact.kind == "cash_claimed")
        assert session.scalar(cash) == 1_200_000
        assert not session.scalars(select(EarlyDecision)).all()
    audit(floor.store)


def test_a_decision_sent_before_the_question_counts_when_the_question_comes(floor: Floor) -> None:
    floor.gives_to(floor.lin)
    edit = floor.edits(Patch(Field.HOUSEHOLD, "1", "900"))
    floor.send(floor.lin, edit)
    floor.decides(edit, Verdict.DECLINE, "请写 1 到 20")

    assert floor.asks(edit).status == "applied"

    assert (floor.row(edit).state, floor.row(edit).answer) == (State.DECLINED, "请写 1 到 20")


def test_the_first_decision_sent_before_its_work_counts(floor: Floor) -> None:
    note = floor.note()
    floor.decides(note, Verdict.DECLINE)
    floor.decides(note, Verdict.ACCEPT)
    floor.send(floor.lin, note)
    assert floor.row(note).state == State.DECLINED
    assert not floor.has(Note, note.id)


def test_a_decision_sent_before_its_work_that_cannot_be_carried_out_leaves_it_waiting(
    floor: Floor,
) -> None:
    stranger = hub_with_rep(floor.store, "zhao", team="二组", role=Role.LEADER)
    floor.gives_to(None)
    one, two, three = floor.note("1"), floor.note("2"), floor.note("3")
    floor.decides(one, Verdict.ACCEPT, by=stranger)
    floor.decides(two, Verdict.HAND_OVER)
    assert {answer.status for answer in floor.sends(floor.lin, one, two, three)} == {"parked"}
    for note in (one, two, three):
        assert floor.row(note).state == State.PARKED
        assert not floor.has(Note, note.id)


def test_work_the_database_refuses_stops_nobody_though_it_was_decided_before(floor: Floor) -> None:
    spoiled, well = floor.note("想要\0发票"), floor.note("想要发票")
    floor.decides(spoiled, Verdict.ACCEPT)
    assert [one.status for one in floor.sends(floor.lin, spoiled, well)] == ["parked", "parked"]
    assert floor.row(spoiled).state == State.PARKED
    assert not floor.has(Note, spoiled.id)


def test_a_decision_outlasts_questions_about_work_that_has_not_come(floor: Floor) -> None:
    note = floor.note()
    floor.decides(note, Verdict.DECLINE)

    assert [floor.asks(note).status for _ in range(2)] == ["rejected", "rejected"]

    floor.send(floor.lin, note)
    assert floor.row(note).state == State.DECLINED


def _card(floor: Floor) -> ClaimSale:
    return ClaimSale(
        id=new_id(),
        customer_id=floor.customer,
        by=floor.lin,
        at=NOW,
        kind="card",
        item_id="card-12000",
        what="12,000",
        fen=1_200_000,
        proof="20261117001",
    )


def test_one_bad_decision_leaves_the_others(floor: Floor) -> None:
    notes = [floor.note(str(number)) for number in range(3)]
    floor.sends(floor.lin, *notes)
    decisions = [
        DecideParked(
            id=new_id(),
            customer_id=one.customer_id if place != 1 else new_id(),
            by=floor.wu,
            at=NOW,
            parked_id=one.id,
            verdict=Verdict.ACCEPT,
        )
        for place, one in enumerate(notes)
    ]

    answers = floor.sends(floor.wu, *decisions)

    assert [one.status for one in answers] == ["applied", "rejected", "applied"]
    assert [floor.has(Note, one.id) for one in notes] == [True, False, True]
