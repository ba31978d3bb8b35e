"""What every test can borrow."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher, profiles

from lumi_desk.security import passwords
from lumi_desk.storage.base import Table
from ui import words

# Windows open on no screen unless told otherwise; without any, Qt would abort the tests.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest_plugins = ["tests.scratch", "tests.services", "tests.stores", "tests.tiers"]

# A password that costs whoever guesses a fifth of a second costs a thousand tests minutes.
passwords.HASHER = PasswordHasher.from_parameters(profiles.CHEAPEST)

# A shared machine may be slow for a second; a test must not fail for that.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What was imported stays: looked at by no collection, it lets garbage be found sooner."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep every test out of the folders of the person who runs it."""
    monkeypatch.setenv("LUMI_DESK_FOLDER", str(tmp_path / "lumi-desk"))
    monkeypatch.setenv("LUMI_HUB_FOLDER", str(tmp_path / "lumi-hub"))


@pytest.fixture(autouse=True)
def closed_windows_go() -> Iterator[None]:
    """Without a running loop Qt keeps what was asked to be deleted, and restyling takes time."""
    yield
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def closed_engines_go() -> Iterator[None]:
    """A mapper keeps what it compiled for every engine there was, and each test has its own."""
    yield
    for mapper in Table.registry.mappers:
        mapper.__dict__.pop("_compiled_cache", None)


@pytest.fixture
def in_english() -> Iterator[None]:
    words.switch(words.Language.ENGLISH)
    yield
    words.switch(words.Language.CHINESE)


@pytest.fixture(autouse=True)
def usual_look() -> Iterator[None]:
    """Leave no test's colours, zoom or language to the next one."""
    yield
    theme = sys.modules.get("ui.theme")
    if words.language() is not words.Language.CHINESE:
        words.switch(words.Language.CHINESE)
    app = theme.QApplication.instance() if theme is not None else None
    if theme is not None and app is not None:
        look = theme.current()
        if (look.scheme, look.zoom) != (theme.Scheme.LIGHT, 100):
            theme.apply(app, theme.Scheme.LIGHT)
