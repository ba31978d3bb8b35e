"""The page for keepers and the files beside it say nothing that is not so."""

import configparser
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from lumi_desk.calls.tables import Note
from lumi_desk.clock import now
from lumi_desk.hub import keeping, metrics
from lumi_desk.hub.metrics import Database
from lumi_desk.ids import new_id
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import services
from tests.house import tree
from tests.hub import commands
from tests.hubs import Hub
from tests.makers import NOW, hub_with_rep, make_customer, make_order

DOCS = tree.ROOT / "docs"
DEPLOY = DOCS / "deploy"
PAGE = (DOCS / "running.md").read_text("utf-8")
UNITS = sorted(one for one in DEPLOY.iterdir() if one.suffix in (".service", ".timer"))
INSTALLED = "/opt/lumi/bin/lumi-hub"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def _unit(file: Path) -> configparser.RawConfigParser:
    # systemd lets a key come twice; of those only the last is seen here.
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(file.read_text("utf-8"))
    return unit


def _compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return told


PAGE_COMMANDS = [words for block in _blocks("sh") for words in commands.typed(block)]


@pytest.mark.parametrize("words", PAGE_COMMANDS, ids=" ".join)
def test_every_command_on_the_page_is_one(words: list[str]) -> None:
    assert commands.resolve(words)


def test_the_page_tells_the_keepers_commands() -> None:
    told = {commands.resolve(words) for words in PAGE_COMMANDS}
    assert told >= {"init", "add", "serve", "status", "nightly", "backup", "restore"}


@pytest.mark.parametrize("words", [["serve", "--wrokers", "2"], ["restor", "x"], ["backup"]])
def test_a_command_that_is_none_is_noticed(words: list[str]) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|missing"):
        commands.resolve(words)


def test_every_link_on_the_page_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    # Made by the benchmark command, after this page.
    missing = [one for one in links if not (DOCS / one).exists()]
    assert missing == []
    assert {one.name for one in DEPLOY.iterdir()} >= {Path(one).name for one in links} - {
        "benchmarks.md",
        "deploy",
    }


def test_every_file_beside_the_page_is_told_on_it() -> None:
    untold = [
        one.name
        for one in DEPLOY.iterdir()
        if one.name not in PAGE and f"{one.stem}*{one.suffix}" not in PAGE
    ]
    # The timers call these two by their names.
    assert set(untold) <= {"lumi-hub-nightly.service", "lumi-hub-backup.service"}


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_every_unit_starts_what_there_is(file: Path) -> None:
    unit = _unit(file)
    if file.suffix == ".timer":
        assert file.with_suffix(".service").exists()
        assert unit["Timer"]["OnCalendar"].endswith("Asia/Shanghai")
        return
    (words,) = commands.typed(unit["Service"]["ExecStart"])
    assert commands.resolve(words) in ("serve", "nightly", "backup")
    assert unit["Service"]["ExecStart"].startswith(f"{INSTALLED} ")
    assert unit["Service"]["EnvironmentFile"] == "/etc/lumi-hub/hub.env"
    for strict in ("NoNewPrivileges", "PrivateTmp", "ProtectHome"):
        assert unit["Service"][strict] == "yes"


def test_the_backups_unit_may_write_where_it_writes() -> None:
    service = _unit(DEPLOY / "lumi-hub-backup.service")["Service"]
    (words,) = commands.typed(service["ExecStart"])
    assert words[1].removeprefix("/var/lib/") in service["StateDirectory"].split()


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        services.missing("systemd-analyze", "sudo apt install systemd")
    for file in UNITS:
        # Whether the program is installed here is not the question.
        told = file.read_text("utf-8").replace(INSTALLED, "/bin/true")
        (tmp_path / file.name).write_text(told, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / one.name) for one in UNITS)],
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "lumi-hub" in line]
    assert ours == []


def test_the_surroundings_file_names_what_the_program_reads() -> None:
    lines = (DEPLOY / "hub.env").read_text("utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    sources = "".join(
        (tree.ROOT / "lumi_desk" / one).read_text("utf-8")
        for one in ("paths.py", "hub/settings.py")
    )
    assert names
    assert all(f'"{name}"' in sources for name in names)


def test_every_service_of_the_compose_file_is_whole() -> None:
    compose = _compose()
    services = compose["services"]
    for name, service in services.items():
        assert service.get("image"), name
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (DEPLOY / source).is_file()
            else:
                assert source in compose["volumes"]
        build = service.get("build")
        if build:
            assert (DEPLOY / build["context"]).resolve() == tree.ROOT
            assert (tree.ROOT / build["dockerfile"]).is_file()


def test_every_command_of_the_compose_file_is_one() -> None:
    told = {}
    for name, service in _compose()["services"].items():
        words = service.get("command", [])
        if words[:1] == ["lumi-hub"]:
            told[name] = commands.resolve(words[1:])
    assert told == {"init": "init", "hub": "serve", "nightly": "nightly", "backup": "backup"}


def test_the_proxy_of_the_compose_file_is_trusted_where_it_is() -> None:
    compose = _compose()
    (inside,) = compose["networks"]["inside"]["ipam"]["config"]
    assert f"--trust={inside['subnet']}" in compose["services"]["hub"]["command"]


def test_the_container_starts_what_there_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    (started,) = [json.loads(line.removeprefix("CMD ")) for line in lines if line[:4] == "CMD "]
    assert started[0] == "lumi-hub"
    assert commands.resolve(started[1:]) == "serve"
    copied = [line.split()[1] for line in lines if line.startswith("COPY requirements")]
    assert copied
    assert all((tree.ROOT / one).is_file() for one in copied)


def _metrics(store: Store) -> set[str]:
    """The names a Prometheus sees."""
    told = [*metrics.REGISTRY.collect(), *Database(store, now).collect()]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {
        family.name + ending for family in told for ending in ("", *endings.get(family.type, ("",)))
    }


@pytest.mark.parametrize("source", ["page", "alerts"])
def test_every_metric_that_is_told_exists(hub_file: Path, source: str) -> None:
    store = Store(engines.plain(hub_file))
    words = PAGE if source == "page" else (DEPLOY / "alerts.yml").read_text("utf-8")
    named = set(re.findall(r"\blumi_hub_\w+", words))
    assert len(named) > 5
    assert named <= _metrics(store)
    store.close()


def test_alerts_and_scraping_are_well_formed() -> None:
    told = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    assert [DEPLOY / one for one in told["rule_files"]] == [DEPLOY / "alerts.yml"]
    (job,) = told["scrape_configs"]
    port = job["static_configs"][0]["targets"][0].rpartition(":")[2]
    started = _unit(DEPLOY / "lumi-hub.service")["Service"]["ExecStart"]
    assert f"--metrics-port {port} " in started
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]:
        assert set(rule) >= {"alert", "expr", "annotations"}
        assert rule["expr"].count("(") == rule["expr"].count(")")


@pytest.mark.parametrize("proxy", ["nginx.conf", "Caddyfile"])
def test_a_proxys_braces_close_and_hints_are_not_held_back(proxy: str) -> None:
    told = (DEPLOY / proxy).read_text("utf-8")
    assert told.count("{") == told.count("}")
    assert "8321" in told
    assert ("location = /v1/poke" in told and "proxy_buffering off" in told) or (
        "flush_interval -1" in told
    )


@pytest.mark.postgres
def test_a_hub_whose_feed_was_split_as_told_goes_on(
    postgres_template: Callable[..., str], postgres_database: Callable[..., str], tmp_path: Path
) -> None:
    store = Store(engines.postgres(postgres_database(postgres_template("lumi_hub", _found))))
    lin = hub_with_rep(store)
    hub = Hub(store, tmp_path)
    first = _customers_for(store, lin, 20)
    desk = hub.desk("lin")
    desk.sync_round()
    shape = _indexes(store)
    (split,) = _blocks("sql")
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.cursor().execute(split)
    assert _indexes(store) == shape
    with store.read() as session:
        # Two streams may well lie in one part.
        parts = session.execute(text("SELECT DISTINCT tableoid::regclass::text FROM sync_feed"))
        assert {*parts.scalars()} <= {f"sync_feed_{part}" for part in range(16)}
        assert session.scalar(text("SELECT count(*) FROM sync_feed"))
    second = _customers_for(store, lin, 5)
    with store.write() as session:
        feed.watch(session)
        note = {"customer_id": first[0], "rep_id": lin, "at": NOW, "words": "nach dem Teilen"}
        session.add(Note(id=new_id(), **note))
        keeping.assign(session, first[:3], None, NOW)
        feed.publish(session)
    desk.sync_round()
    with desk.store.read() as session:
        held = set(session.execute(text("SELECT id FROM customer")).scalars())
    assert held == {*first[3:], *second}
    desk.close()
    store.close()


def _found(url: str) -> None:
    keeping.found(engines.postgres(url)).close()


def _customers_for(store: Store, rep_id: str, many: int) -> list[str]:
    with store.write() as session:
        feed.watch(session)
        customers = [make_customer(session) for _ in range(many)]
        for one in customers:
            make_order(session, one)
        ids = [one.id for one in customers]
        keeping.assign(session, ids, rep_id, NOW)
        feed.publish(session)
        return ids


def _indexes(store: Store) -> dict[str, str]:
    """The feed's indexes, each with its columns, and its columns with their defaults."""
    shape = text("""
        SELECT indexname, regexp_replace(indexdef, '.*USING ', '')
        FROM pg_indexes WHERE tablename = 'sync_feed'
        UNION ALL
        SELECT column_name, concat(data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_name = 'sync_feed'
    """)
    with store.read() as session:
        return dict(tuple(row) for row in session.execute(shape))
