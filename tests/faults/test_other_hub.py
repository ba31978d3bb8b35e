"""A blank hub, one put back from a backup, a copied desk: no work is lost or counts twice."""

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Executable, insert, select

from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, Desk, resume
from lumi_desk.errors import LumiError
from lumi_desk.hub.app import create_app
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Token
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import Outbox, SentLog, SyncMeta, SyncOp
from tests.faults.kit import a_note, notes, waiting
from tests.hubs import Hub, Line, NullVault
from tests.lines import through
from tests.makers import hub_with_rep
from tests.stores import sqlite_hub
from tests.sync.test_rounds import assert_same_as_hub, audit, do, give


@pytest.fixture
def hub(hub_file: Path, tmp_path: Path) -> Hub:
    return Hub(sqlite_hub(hub_file, tmp_path), tmp_path)


def another_life(store: Store) -> None:
    """What `lumi-hub restore` does last: this is a new life of the database."""
    with store.write() as session:
        session.get_one(SyncMeta, 1).epoch = new_id()


def served_from(hub: Hub, store: Store, line: Line) -> None:
    """From now on this database answers at the hub's address."""
    hub.store = store
    hub.client = TestClient(create_app(store, hub.clock))
    line.lead_to(hub.client)


def eventually(desk: Desk) -> None:
    """Rounds until the desk has said all it has to say."""
    for _ in range(3):
        desk.sync_round()


@pytest.mark.parametrize("told", [True, False], ids=["a new life", "the old life"])
def test_yesterdays_backup_gets_todays_acknowledged_work_again(
    hub: Hub, tmp_path: Path, told: bool
) -> None:
    lin = hub_with_rep(hub.store, "lin")
    customers = give(hub, lin, many=3)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    before = [a_note(lin, one, "昨天") for one in customers]
    do(desk, *before)
    desk.sync_round()
    hub.store.engine.dispose()
    backup = shutil.copy(tmp_path / "hub.db", tmp_path / "backup.db")
    today = [a_note(lin, one, "今天") for one in customers for _ in range(3)]
    do(desk, *today)
    desk.sync_round()
    unsent = a_note(lin, customers[0], "还没发")
    with desk.store.write() as session:
        desk.do(session, unsent, hold=True)
    hub.store.close()

    restored = Store(engines.plain(Path(backup)))
    if told:
        another_life(restored)
    served_from(hub, restored, line)
    eventually(desk)
    hub.clock.forward(minutes=1)
    eventually(desk)

    expected = {one.id for one in (*before, *today, unsent)}
    assert notes(restored) == expected
    with restored.read() as session:
        assert set(session.scalars(select(SyncOp.op_id))) == expected
        assert set(session.scalars(select(Note.ver))) == {1}
    assert notes(desk.store) == expected
    assert_same_as_hub(hub, desk)
    audit(restored)
    restored.close()


def test_a_blank_hub_deletes_no_work(hub: Hub, hub_file: Path, tmp_path: Path) -> None:
    """Founded anew, with her name and her customers put in again: the work comes along."""
    lin = hub_with_rep(hub.store, "lin")
    (customer,) = give(hub, lin)
    line, vault = hub.line(), NullVault()
    desk = hub.desk("lin", line, vault)
    desk.sync_round()
    sent, unsent = a_note(lin, customer, "sent"), a_note(lin, customer, "unsent")
    do(desk, sent)
    desk.sync_round()
    do(desk, unsent)
    (tmp_path / "blank").mkdir()
    blank = sqlite_hub(hub_file, tmp_path / "blank")
    another_life(blank)
    served_from(hub, blank, line)
    # It knows neither her nor her tokens: nothing here is touched for that.
    with pytest.raises(LumiError):
        desk.sync_round()
    with desk.store.read() as session:
        assert session.scalars(select(SentLog.op_id)).all() == [sent.id]
        assert session.scalars(select(Outbox.op_id)).all() == [unsent.id]
    assert notes(desk.store) == {sent.id, unsent.id}
    blank.close()


def test_a_hub_without_her_customers_deletes_no_work(
    hub: Hub, hub_file: Path, tmp_path: Path
) -> None:
    lin = hub_with_rep(hub.store, "lin")
    hub.store.engine.dispose()
    early = shutil.copy(tmp_path / "hub.db", tmp_path / "early.db")
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    sent, unsent = a_note(lin, customer, "sent"), a_note(lin, customer, "unsent")
    do(desk, sent)
    desk.sync_round()
    with desk.store.write() as session:
        desk.do(session, unsent, hold=True)
    emptied = Store(engines.plain(Path(early)))
    another_life(emptied)
    with emptied.write() as session:
        # Her sign-in of today is in no backup of this morning.
        for row in _tokens(hub.store):
            session.execute(row)
    served_from(hub, emptied, line)
    eventually(desk)
    with emptied.read() as session:
        fates = dict(session.execute(select(SyncOp.op_id, SyncOp.status)).all())
    assert fates == {sent.id: "parked"}
    assert waiting(desk.store) == {unsent.id}
    with desk.store.read() as session:
        assert session.scalars(select(Customer.id)).all() == []
        assert sent.id in set(session.scalars(select(SentLog.op_id)))
    emptied.close()


def _tokens(store: Store) -> list[Executable]:
    table = Token.__table__
    with store.read() as session:
        rows = session.connection().execute(select(table)).mappings().all()
    return [insert(Token).values(dict(row)) for row in rows]


def test_a_copied_desk_keeps_the_order_and_counts_nothing_twice(hub: Hub, tmp_path: Path) -> None:
    """An image of a laptop was put on another: two desks with one client id and one key."""
    lin = hub_with_rep(hub.store, "lin")
    customers = give(hub, lin, many=4)
    vault = NullVault()
    desk = hub.desk("lin", vault=vault)
    desk.sync_round()
    shared = a_note(lin, customers[0], "both have it")
    do(desk, shared)
    desk.store.close()
    shutil.copytree(tmp_path / "seat", tmp_path / "copy")
    account = Account("http://127.0.0.1", "lin")
    line = through(hub.line(), account.address)
    twin = resume(account, tmp_path / "copy", NullVault(dict(vault.secrets)), line, hub.clock)
    mine, theirs = [], []
    for turn in range(6):
        mine.append(a_note(lin, customers[turn % 4], f"here {turn}"))
        theirs.append(a_note(lin, customers[turn % 4], f"there {turn}"))
        do(desk, mine[-1])
        do(twin, theirs[-1])
        (desk if turn % 2 else twin).sync_round()
    for each in (desk, twin, desk):
        each.sync_round()
    expected = {one.id for one in (shared, *mine, *theirs)}
    assert notes(hub.store) == expected
    with hub.store.read() as session:
        rows = session.execute(select(SyncOp.op_id, SyncOp.at, SyncOp.client_seq)).all()
    place = {op_id: (at, seq) for op_id, at, seq in rows}
    for done in (mine, theirs):
        ours = [place[one.id] for one in done]
        assert ours == sorted(ours), "each desk's own order"
    for each in (desk, twin):
        assert notes(each.store) == expected
        assert waiting(each.store) == set()
        assert_same_as_hub(hub, each)
    audit(hub.store)
