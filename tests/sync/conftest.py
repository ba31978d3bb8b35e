"""A hub of one rep and one leader, on each engine."""

from pathlib import Path

import pytest

from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests.hubs import Hub
from tests.makers import hub_with_rep


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """A hub in this process."""
    return Hub(hub_store, tmp_path)


@pytest.fixture
def lin(hub: Hub) -> str:
    """A rep's id."""
    return hub_with_rep(hub.store, "lin")


@pytest.fixture
def wang(hub: Hub) -> str:
    """Another rep's id, of the same team."""
    return hub_with_rep(hub.store, "wang")


@pytest.fixture
def wu(hub: Hub) -> str:
    """Their leader's id."""
    return hub_with_rep(hub.store, "wu", role=Role.LEADER)
