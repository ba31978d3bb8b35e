"""A hub that outgrew its file moves to PostgreSQL: desks notice nothing, or nothing happens."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from lumi_desk import schema
from lumi_desk.calls.tables import Contact
from lumi_desk.hub import settings
from lumi_desk.hub.app import create_app
from lumi_desk.hub.cli import app
from lumi_desk.storage import engines
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import Store
from tests.hubs import Hub
from tests.makers import a_call, hub_with_rep
from tests.services import Cluster
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give

pytestmark = pytest.mark.slow


@pytest.fixture
def file(hub_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(hub_file, tmp_path / "hub.db"))


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = Store(engines.plain(file))
    yield store
    store.close()


def typed(file: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words, env={settings.DATABASE: str(file)})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.output


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in schema.tables_of(schema.HUB)
        }


def test_desks_notice_nothing(store: Store, file: Path, postgres_url: str, tmp_path: Path) -> None:
    lin = hub_with_rep(store, "lin")
    hub = Hub(store, tmp_path)
    customers = give(hub, lin, many=20)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    do(desk, a_call(lin, customers[0]))
    desk.sync_round()
    line.cut = True
    do(desk, a_call(lin, customers[1]))
    before = everything(store)
    store.close()

    code, said = typed(file, "move", "--into", postgres_url)

    assert code == 0, said
    assert not file.exists()
    assert len(list(tmp_path.glob("hub.db_before_*"))) == 1
    moved = settings.opened(postgres_url)
    try:
        assert everything(moved) == before
        line.lead_to(TestClient(create_app(moved, hub.clock)))
        line.cut = False
        line.requests.clear()
        report = desk.sync_round()
        assert (report.sent, report.refused) == (1, 0)
        assert "/v1/snapshot" not in line.requests
        assert "/v1/sign-in" not in line.requests
        assert count(moved, Contact) == 2
        hub.store = moved
        assert_same_as_hub(hub, desk)
        audit(moved)
    finally:
        moved.close()


def test_a_database_that_is_not_there_is_made(
    store: Store, file: Path, postgres_cluster: Cluster, postgres_url: str
) -> None:
    postgres_cluster.run("DROP DATABASE {name}", postgres_url.rpartition("/")[2])
    store.close()
    assert typed(file, "move", "--into", postgres_url)[0] == 0
    settings.opened(postgres_url).close()


def test_nothing_is_moved_over_another_hub(store: Store, file: Path, postgres_url: str) -> None:
    settings.founded(postgres_url).close()
    before = everything(store)
    store.close()
    code, said = typed(file, "move", "--into", postgres_url)
    assert code == 1
    assert "There is something in" in said
    again = Store(engines.plain(file))
    assert everything(again) == before
    again.close()


def test_a_hub_that_is_served_stays(store: Store, file: Path, postgres_url: str) -> None:
    with store.read() as session:
        session.execute(select(func.now()))
        code, said = typed(file, "move", "--into", postgres_url)
    assert code == 1
    assert "Somebody is using" in said
    assert file.exists()


@pytest.mark.parametrize("there", [True, False])
def test_a_move_that_breaks_off_is_taken_back(
    store: Store,
    file: Path,
    postgres_url: str,
    postgres_cluster: Cluster,
    there: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the last row fails or the file cannot be set aside: the next try goes through."""
    hub_with_rep(store, "lin")
    before = everything(store)
    store.close()
    if not there:
        postgres_cluster.run("DROP DATABASE {name}", postgres_url.rpartition("/")[2])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", _refuse)
        code, said = typed(file, "move", "--into", postgres_url)
        assert (code, "could not be moved" in said) == (1, True)

    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "the line broke")

    sync_op = Table.metadata.tables["sync_op"]
    event.listen(sync_op, "after_create", fail)
    try:
        assert typed(file, "move", "--into", postgres_url)[0] == 1
    finally:
        event.remove(sync_op, "after_create", fail)
    again = Store(engines.plain(file))
    assert everything(again) == before
    again.close()
    assert typed(file, "move", "--into", postgres_url)[0] == 0


def _refuse(*_: object) -> Path:
    raise PermissionError(13, "not allowed")


@pytest.mark.parametrize("into", ["hub2.db", "sqlite:///hub2.db"])
def test_a_file_is_no_place_to_move_to(file: Path, into: str) -> None:
    code, said = typed(file, "move", "--into", into)
    assert code == 1
    assert "postgresql" in said
    assert file.exists()


def test_no_table_of_the_hub_counts_its_rows_itself() -> None:
    """What PostgreSQL numbers by a sequence would have to be told where to go on."""
    for table in schema.tables_of(schema.HUB):
        assert (
            table.autoincrement_column is None or table.autoincrement_column.autoincrement is False
        )


def test_hubs_that_are_none_are_told(tmp_path: Path, postgres_url: str) -> None:
    code, said = typed(tmp_path / "none.db", "move", "--into", postgres_url)
    assert code == 1
    assert "no hub" in said.lower()
