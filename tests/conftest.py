"""What every test can borrow."""

import os
from pathlib import Path

import hypothesis
import pytest

# Windows open on no screen unless told otherwise; without any, Qt would abort the tests.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest_plugins = ["tests.services", "tests.stores", "tests.tiers"]

# A shared machine may be slow for a second; a test must not fail for that.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep every test out of the folders of the person who runs it."""
    monkeypatch.setenv("LUMI_DESK_FOLDER", str(tmp_path / "lumi-desk"))
    monkeypatch.setenv("LUMI_HUB_FOLDER", str(tmp_path / "lumi-hub"))
