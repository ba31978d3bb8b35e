"""Nobody goes through a wall, and every wall stands."""

from pathlib import Path

import pytest

from tests.house import walls

ROOT = Path(__file__).resolve().parents[2]
# A file, an import planted in it, and what the complaint must name.
PLANTED = (
    ("lumi_desk/calls/service.py", "from PySide6.QtCore import QObject", "PySide6.QtCore"),
    ("lumi_desk/calls/service.py", "import ui.words", "ui.words"),
    ("lumi_desk/calls/service.py", "from ui import words", "ui.words"),
    ("lumi_desk/cards/rules.py", "import sqlalchemy", "sqlalchemy"),
    ("lumi_desk/cards/rules.py", "from lumi_desk.calls.service import all_open", "calls"),
    ("lumi_desk/cards/rules.py", "from lumi_desk.clock import now", "lumi_desk.clock.now"),
    ("lumi_desk/calls/words/rules.py", "from lumi_desk import desk", "lumi_desk.desk"),
    ("lumi_desk/errors.py", "from lumi_desk.desk import Desk", "lumi_desk.desk"),
    ("lumi_desk/launcher/start.py", "import platformdirs", "platformdirs"),
    ("lumi_desk/sync/round.py", "from lumi_desk.hub import app", "lumi_desk.hub.app"),
    ("ui/app.py", "import lumi_desk.hub.app", "lumi_desk.hub.app"),
    ("ui/app.py", "from lumi_desk.demo import names", "lumi_desk.demo"),
    ("ui/sync/presenter.py", "from PySide6 import QtCore", "PySide6.QtCore"),
    ("ui/sync/screen.py", "from PySide6.QtGui import QColor", "PySide6.QtGui"),
    ("ui/sync/presenter.py", "from ui.sync.view import SyncView", "ui.sync.view"),
    ("ui/sync/view.py", "from lumi_desk.calls.tables import Contact", "calls.tables"),
    ("ui/sync/view.py", "from sqlalchemy import select", "sqlalchemy.select"),
    ("migrations/versions/one.py", "from lumi_desk.schema import TABLES", "lumi_desk.schema"),
    ("ui/window.py", "import threading", "threading"),
    ("ui/window.py", "from PySide6.QtCore import Qt, QThreadPool", "QThreadPool"),
    ("lumi_desk/hub/app.py", "import asyncio", "asyncio"),
    ("lumi_desk/imports/service.py", "import pandas as pd", "pandas"),
    ("lumi_desk/desk.py", "import keyring.errors", "keyring"),
    ("lumi_desk/desk.py", "import httpx2", "httpx2"),
    ("lumi_desk/sync/client.py", "import http.client", "http.client"),
    ("lumi_desk/sync/protocol.py", "from fastapi import Body", "fastapi"),
    ("lumi_desk/desk.py", "import sqlite3", "sqlite3"),
    ("ui/app.py", "def start():\n    import json", "json"),
    ("ui/app.py", "def start():\n    from ui import words", "ui.words"),
    ("lumi_desk/orders/service.py", "from lumi_desk.cards.tables import Card", "cards.tables"),
    ("lumi_desk/demo/lives.py", "from openpyxl import Workbook", "openpyxl"),
    ("lumi_desk/hub/accounts.py", "from argon2 import PasswordHasher", "argon2"),
    ("lumi_desk/hub/keeping.py", "from alembic import command", "alembic"),
    ("ui/theme.py", "import platformdirs", "platformdirs"),
    ("lumi_desk/sync/outbox.py", "from uuid6 import uuid7", "uuid6"),
)


def _planted(folder: Path, file: str, text: str) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_nobody_goes_through_a_wall() -> None:
    assert walls.broken_walls(ROOT) == []


def test_only_those_who_may_write_do() -> None:
    assert walls.strange_writers(ROOT) == []


def test_the_walls_are_about_something() -> None:
    files = [file.relative_to(ROOT).as_posix() for file in walls.source_files(ROOT)]
    assert "lumi_desk/paths.py" in files
    assert any(file.startswith("ui/") for file in files)
    assert any(file.startswith("migrations/") for file in files)


@pytest.mark.parametrize(("file", "text", "named"), PLANTED)
def test_a_planted_import_is_named(tmp_path: Path, file: str, text: str, named: str) -> None:
    found = walls.broken_walls(_planted(tmp_path, file, text))
    assert found
    assert all(one.startswith(f"{file}:") for one in found)
    assert any(named in one for one in found)


@pytest.mark.parametrize("wall", walls.WALLS, ids=lambda wall: wall.why)
def test_every_wall_stops_something_planted(tmp_path: Path, wall: walls.Wall) -> None:
    stopped = 0
    for number, (file, text, _) in enumerate(PLANTED):
        root = _planted(tmp_path / str(number), file, text)
        stopped += any(walls.breaks(one, wall) for one in walls.imports(root, root / file))
    assert stopped


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("lumi_desk/cards/rules.py", "from lumi_desk.customers.rules import Pool"),
        ("lumi_desk/cards/rules.py", "from lumi_desk.clock import local_day"),
        ("lumi_desk/imports/readers.py", "def read():\n    import pandas as pd"),
        ("lumi_desk/hub/app.py", "from lumi_desk.hub.accept import accept"),
        ("ui/lane.py", "from sqlalchemy.orm import Session"),
        ("ui/background.py", "from threading import Thread"),
        ("ui/sync/view.py", "from PySide6.QtWidgets import QWidget"),
        ("lumi_desk/cards/service.py", "from lumi_desk.cards.tables import Card"),
        ("lumi_desk/uids.py", "from uuid import UUID"),
    ],
)
def test_a_door_is_open(tmp_path: Path, file: str, text: str) -> None:
    assert walls.broken_walls(_planted(tmp_path, file, text)) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("ui/notes.py", "def save(session, note):\n    session.add(note)"),
        ("ui/notes.py", "def save(self, note):\n    self.session.merge(note)"),
        ("lumi_desk/worklist/finding.py", "from sqlalchemy import select, update"),
        ("lumi_desk/worklist/finding.py", "from sqlalchemy.dialects.sqlite import insert"),
        ("lumi_desk/calls/service.py", "def file(session):\n    session.commit()"),
        ("lumi_desk/calls/service.py", "from datetime import datetime\nAT = datetime.now()"),
        ("lumi_desk/calls/rules.py", "import datetime\nAT = datetime.datetime.utcnow()"),
    ],
)
def test_a_planted_doing_is_named(tmp_path: Path, file: str, text: str) -> None:
    found = walls.strange_writers(_planted(tmp_path, file, text))
    assert len(found) == 1
    assert found[0].startswith(f"{file}:")


def test_an_operation_may_write(tmp_path: Path) -> None:
    text = "from sqlalchemy import insert\n\ndef apply(session, op):\n    session.add(op)"
    assert walls.strange_writers(_planted(tmp_path, "lumi_desk/calls/operations.py", text)) == []
