"""A batch of operations: in a handful of statements, and as if each had come alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from lumi_desk.calls.operations import PromiseCallback, Refuse, SkipCustomer, WriteNote
from lumi_desk.calls.tables import Callback, Contact, Note
from lumi_desk.clock import local_day
from lumi_desk.complaints.operations import OpenComplaint
from lumi_desk.consents.operations import WithdrawConsent
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation, encode, kind_of
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import ENTITIES
from lumi_desk.sync.protocol import Answer, Envelope
from lumi_desk.sync.tables import SyncFeed, SyncOp
from tests.hub.test_together import a_claim
from tests.makers import NOW, a_call, hub_with_rep, make_customer, make_order
from tests.sync.test_rounds import audit

MANY = 50


def sealed(op: Operation, seq: int = 1) -> Envelope:
    kind = kind_of(op)
    depends_on = getattr(op, "contact_id", None)
    return Envelope(op.id, seq, kind.name, kind.version, encode(op), depends_on)


def send(store: Store, rep: str, *ops: Operation) -> tuple[Answer, ...]:
    return accept(store, rep, "desk", tuple(map(sealed, ops)), NOW)


def customers_of(store: Store, rep: str | None, many: int) -> list[str]:
    with store.write() as session:
        feed.watch(session)
        found = [make_customer(session, rep).id for _ in range(many)]
        feed.publish(session)
    return found


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(*said: Any) -> None:
        seen.append(said[2])

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def a_promise(rep: str, customer: str, **values: Any) -> PromiseCallback:
    told: dict[str, Any] = {"id": new_id(), "at": NOW, "due_at": NOW + timedelta(days=1)}
    return PromiseCallback(customer_id=customer, by=rep, **{**told, **values})


def a_withdrawal(rep: str, customer: str, **values: Any) -> WithdrawConsent:
    """She is not to be called at all: what was promised her falls away."""
    told: dict[str, Any] = {"id": new_id(), "customer_id": customer, "by": rep, "at": NOW}
    about: dict[str, Any] = {"way": Way.PHONE, "purpose": Purpose.SERVICE}
    return WithdrawConsent(**{**told, **about, **values})


def a_note(rep: str, customer: str, words: str = "她说好", **values: Any) -> WriteNote:
    told: dict[str, Any] = {"id": new_id(), "customer_id": customer, "by": rep, "at": NOW}
    return WriteNote(words=words, **{**told, **values})


def statuses(answers: Sequence[Answer]) -> list[str]:
    return [answer.status for answer in answers]


def a_tag(rep: str, customer: str, name: str = "礼品 3/8", **values: Any) -> AddTag:
    told: dict[str, Any] = {"id": new_id(), "customer_id": customer, "by": rep, "at": NOW}
    return AddTag(name=name, **{**told, **values})


@pytest.mark.parametrize("kind", ["call", "promise", "note", "claim", "tag", "withdrawal"])
def test_fifty_operations_take_as_many_statements_as_one(hub_store: Store, kind: str) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, MANY)
    makers: dict[str, Callable[[str], Operation]] = {
        "call": lambda one: a_call(rep, one, wechat_state="asked"),
        "promise": lambda one: a_promise(rep, one),
        "note": lambda one: a_note(rep, one),
        "claim": lambda one: a_claim(rep, one),
        "tag": lambda one: a_tag(rep, one),
        "withdrawal": lambda one: a_withdrawal(rep, one),
    }
    make = makers[kind]
    # A promise to everybody, so that every call has one to settle.
    send(hub_store, rep, *(a_promise(rep, one) for one in hers))
    with statements(hub_store) as alone:
        assert statuses(send(hub_store, rep, make(hers[0]))) == ["applied"]
    with statements(hub_store) as together:
        assert set(statuses(send(hub_store, rep, *map(make, hers[1:])))) == {"applied"}
    assert len(together) == len(alone)
    audit(hub_store)


def the_work(rep: str, hers: Sequence[str]) -> list[Operation]:
    """Work of every kind, some of it upon other work of the same batch."""
    call, promise = a_call(rep, hers[0]), a_promise(rep, hers[1])
    at, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    return [
        promise,
        a_promise(rep, hers[1], at=at),
        call,
        a_promise(rep, hers[0], contact_id=call.id),
        a_call(rep, hers[1], at=later, disposition="no_answer", wechat_state="passed"),
        a_call(rep, hers[1], at=later, wechat_state="asked"),
        Refuse(id=new_id(), customer_id=hers[0], by=rep, at=later, words="不要再打"),
        a_claim(rep, hers[2]),
        a_claim(rep, hers[3], kind="card", fen=1_200_000),
        a_promise(rep, hers[2]),
        a_withdrawal(rep, hers[2], at=later),
        SkipCustomer(
            id=new_id(), customer_id=hers[3], by=rep, at=NOW, day=local_day(NOW), reason="忙"
        ),
        OpenComplaint(id=new_id(), customer_id=hers[3], by=rep, at=NOW, words="破损"),
        a_tag(rep, hers[1]),
        a_tag(rep, hers[1]),
        RemoveTag(id=new_id(), customer_id=hers[1], by=rep, at=later, name="礼品 3/8"),
        a_tag(rep, hers[2], "生日"),
        a_note(rep, hers[3], 'a "quoted"\n\\note\\, {with} NULL'),
        promise,
    ]


def kept(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    """All that travels but versions, and what it was answered."""
    found: dict[str, set[tuple[Any, ...]]] = {}
    with store.read() as session:
        for entity in ENTITIES:
            names = [name for name in entity.columns if name != "ver"]
            found[entity.name] = set(map(tuple, session.execute(entity.raw(*names))))
        asked = select(SyncOp.op_id, SyncOp.status, SyncOp.reason)
        found["answers"] = set(map(tuple, session.execute(asked)))
    return found


def test_together_and_one_by_one_and_beside_a_poison_have_the_same_effect(
    hub_store: Store,
) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, 4)
    with hub_store.write() as session:
        feed.watch(session)
        make_order(session, session.get_one(Customer, hers[2]), paid_at=NOW)
        feed.publish(session)
    work = the_work(rep, hers)
    before = kept(hub_store)
    outcomes = []
    ways = ("together", "one by one", "with a poison")
    for way in ways:
        with hub_store.write() as session:
            session.execute(delete(SyncOp))
            for entity in ENTITIES:
                if entity.name in _WRITTEN:
                    session.execute(delete(entity.table))
            session.get_one(Customer, hers[1]).wechat_state = "none"
            session.execute(delete(SyncFeed).where(SyncFeed.entity.in_(_WRITTEN)))
        if way == "together":
            send(hub_store, rep, *work)
        elif way == "one by one":
            for op in work:
                send(hub_store, rep, op)
        else:
            poison = a_note(rep, hers[0], "\0")
            told = statuses(send(hub_store, rep, *work[:5], poison, *work[5:]))
            assert [status for status in told if status != "applied"] == ["rejected"]
        outcome = kept(hub_store)
        outcome["answers"] = {row for row in outcome["answers"] if row[1] == "applied"}
        # The entry of a card sold gets an id of its own.
        assert len(outcome["sale"]) == 2
        outcomes.append(outcome)
    for outcome, way in zip(outcomes[1:], ways[1:], strict=True):
        assert outcome == outcomes[0], way
    assert outcomes[0] != before


_WRITTEN = (
    "contact",
    "note",
    "callback",
    "refusal",
    "skip",
    "tag",
    "sale",
    "complaint",
    "fact",
    "consent",
)


@pytest.mark.parametrize("place", [0, 30, MANY - 1])
def test_one_bad_operation_in_fifty_leaves_the_others_applied(hub_store: Store, place: int) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, MANY)
    ops: list[Operation] = [a_call(rep, one) for one in hers]
    # Only the database notices: half a character can't be stored.
    ops[place] = a_note(rep, hers[place], "\0")
    answers = send(hub_store, rep, *ops)
    assert statuses(answers).count("applied") == MANY - 1
    bad = answers[place]
    assert (bad.status, bad.reason) == ("rejected", "NulInText")
    assert [change.pk for change in bad.now] == [hers[place]]
    with hub_store.read() as session:
        assert len(session.scalars(select(Contact.id)).all()) == MANY - 1
        assert len(session.scalars(select(SyncOp.op_id)).all()) == MANY
    audit(hub_store)


def test_a_number_no_engine_can_keep_poisons_nobody_else(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, 3)
    text = sealed(a_note(rep, hers[0]))
    far = a_promise(rep, hers[1])
    day = Envelope(
        far.id, 2, "callback.promise", 1, sealed(far).payload.replace("2026-11-18", "999999-01-01")
    )
    answers = accept(hub_store, rep, "desk", (text, day, sealed(a_note(rep, hers[2]))), NOW)
    assert statuses(answers) == ["applied", "rejected", "applied"]
    audit(hub_store)


def test_a_refusal_at_the_door_costs_the_others_no_savepoint(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, 3)
    ops = [a_note(rep, hers[0]), a_note("somebody else", hers[1]), a_note(rep, hers[2])]
    with statements(hub_store) as seen:
        assert statuses(send(hub_store, rep, *ops)) == ["applied", "rejected", "applied"]
    assert not [one for one in seen if "SAVEPOINT" in one.upper()]


def test_what_is_there_already_is_done_again_without_a_second_effect(hub_store: Store) -> None:
    """A hub that was put back has forgotten its answers, not its records."""
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, 4)
    work = the_work(rep, hers)
    send(hub_store, rep, *work)
    with hub_store.write() as session:
        session.execute(delete(SyncOp))
    before = kept(hub_store)
    fresh = a_note(rep, hers[0])
    assert set(statuses(send(hub_store, rep, fresh, *work))) == {"applied"}
    after = kept(hub_store)
    assert after["note"] > before["note"]
    for name in ("contact", "callback", "refusal", "sale", "fact", "complaint", "consent"):
        assert after[name] == before[name], name
    audit(hub_store)


def test_a_stream_that_told_of_a_new_record_before_is_told_again(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    (hers,) = customers_of(hub_store, rep, 1)
    note, other = a_note(rep, hers), a_note(rep, hers)
    at = {"stream": f"rep:{rep}", "entity": "note", "pk": note.id, "root": hers}
    with hub_store.write() as session:
        # A removal that outlived its record.
        session.add(SyncFeed(**at, seq=-1, entered=-1, op="remove", ver=1))
    assert statuses(send(hub_store, rep, note, other)) == ["applied", "applied"]
    with hub_store.read() as session:
        told = select(SyncFeed.op).where(SyncFeed.pk.in_((note.id, other.id)))
        assert list(session.scalars(told)) == ["put", "put"]
    audit(hub_store)


def test_what_builds_on_refused_work_of_the_batch_is_blocked(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    (customer,) = customers_of(hub_store, rep, 1)
    call = a_call("somebody else", customer)
    promise = a_promise(rep, customer, contact_id=call.id)
    answers = send(hub_store, rep, call, promise, a_note(rep, customer))
    assert statuses(answers) == ["rejected", "blocked", "applied"]
    assert statuses(send(hub_store, rep, promise)) == ["blocked"]
    audit(hub_store)


def test_a_promise_and_the_call_that_keeps_it_come_together(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    (customer,) = customers_of(hub_store, rep, 1)
    promise = a_promise(rep, customer)
    call = a_call(rep, customer, at=NOW + timedelta(minutes=5))
    send(hub_store, rep, promise, call)
    with hub_store.read() as session:
        assert session.get_one(Callback, promise.id).done_at == call.ended_at
        assert session.get_one(Fact, f"{promise.id}:promised").units == 0
    audit(hub_store)


def test_the_same_operation_twice_in_a_batch_has_one_effect(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    (customer,) = customers_of(hub_store, rep, 1)
    note = a_note(rep, customer)
    answers = send(hub_store, rep, note, note)
    assert answers[0] == answers[1]
    with hub_store.read() as session:
        assert session.scalars(select(Note.id)).all() == [note.id]


def test_nobody_answers_for_anothers_operation(hub_store: Store) -> None:
    lin, wang = hub_with_rep(hub_store), hub_with_rep(hub_store, "wang")
    (hers,), (others,) = customers_of(hub_store, lin, 1), customers_of(hub_store, wang, 1)
    note = a_note(lin, hers)
    send(hub_store, lin, note)
    stolen = a_note(wang, others, id=note.id)
    (answer,) = send(hub_store, wang, stolen)
    assert (answer.status, answer.reason, answer.now) == ("rejected", "NotYours", ())
    with hub_store.read() as session:
        assert session.get_one(Note, note.id).rep_id == lin
