"""Work the hub refuses, wherever it stands in the queue: the rest goes on, and she sees why."""

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import PromiseCallback, WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.desk import Desk
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync.status import status
from lumi_desk.sync.tables import Outbox, SyncOp
from tests.faults.kit import a_note
from tests.hubs import Hub
from tests.makers import NOW, a_call, hub_with_rep
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give

MANY = 60


def not_hers(rep: str, customer: str) -> WriteNote:
    return a_note("somebody else", customer)


def of_a_kind_to_come(rep: str, customer: str) -> WriteNote:
    return a_note(rep, customer, "kind")


def torn(rep: str, customer: str) -> WriteNote:
    return a_note(rep, customer, "torn")


def invisible(rep: str, customer: str) -> WriteNote:
    return a_note(rep, customer, "unseen")


POISONS = (not_hers, of_a_kind_to_come, torn, invisible)


def spoil(desk: Desk) -> None:
    """What no desk writes: a kind nobody knows, half a payload, a character nobody can keep."""
    with desk.store.write() as session:
        for row in session.scalars(select(Outbox)):
            if '"kind"' in row.payload:
                row.kind = "telepathy.send"
            elif '"torn"' in row.payload:
                row.payload = row.payload[: len(row.payload) // 2]
            elif '"unseen"' in row.payload:
                # It can be read, and fails only when it is carried out.
                row.payload = row.payload.replace("unseen", "un\\u0000seen")


@pytest.mark.parametrize("place", [0, MANY // 2, MANY], ids=["first", "middle", "last"])
def test_poison_anywhere_lets_the_others_through(
    hub_store: Store, tmp_path_factory: pytest.TempPathFactory, place: int
) -> None:
    hub = Hub(hub_store, tmp_path_factory.mktemp("hub"))
    lin = hub_with_rep(hub_store, "lin")
    customers = give(hub, lin, many=3)
    desk = hub.desk("lin")
    desk.sync_round()
    good = [a_note(lin, customers[n % 3], f"好{n}") for n in range(MANY)]
    bad = [poison(lin, customers[0]) for poison in POISONS]
    do(desk, *good[:place], *bad, *good[place:])
    spoil(desk)
    report = desk.sync_round()
    assert (report.sent, report.refused) == (MANY + len(POISONS), len(POISONS))
    with hub_store.read() as session:
        assert set(session.scalars(select(Note.id))) == {one.id for one in good}
    with desk.store.read() as session:
        refused = {one.op_id: one.reason for one in status(session, lin, NOW).refused}
    assert refused.keys() == {one.id for one in bad}
    assert all(refused.values())
    assert count(desk.store, Outbox) == 0
    audit(hub_store)
    assert_same_as_hub(hub, desk)


def test_what_builds_on_it_waits_for_nobody_and_is_shown_too(
    hub_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hub = Hub(hub_store, tmp_path_factory.mktemp("hub"))
    lin = hub_with_rep(hub_store, "lin")
    one, other = give(hub, lin, many=2)
    desk = hub.desk("lin")
    desk.sync_round()
    call = a_call("somebody else", one)
    told = {"customer_id": one, "by": lin, "at": NOW, "due_at": NOW, "contact_id": call.id}
    promises = [PromiseCallback(id=new_id(), **told) for _ in range(2)]  # type: ignore[arg-type]
    kept = a_note(lin, other)
    do(desk, call, promises[0], kept)
    desk.sync_round()
    # Later work that builds on what was refused knows it even after that.
    do(desk, promises[1])
    desk.sync_round()
    with desk.store.read() as session:
        fates = {each.op_id: each.status for each in status(session, lin, NOW).refused}
    assert fates == {call.id: "rejected", promises[0].id: "blocked", promises[1].id: "blocked"}
    with hub_store.read() as session:
        applied = select(SyncOp.op_id).where(SyncOp.status == "applied")
        assert session.scalars(applied).all() == [kept.id]
    assert_same_as_hub(hub, desk)
