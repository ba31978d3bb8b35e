"""Two teams at a hub, and the leader of the first of them."""

from pathlib import Path

import pytest

from lumi_desk.storage.store import Store
from tests.hub.assigning.teams import Ask, asking, two_teams
from tests.hubs import Hub


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    return two_teams(hub_store, tmp_path)


@pytest.fixture
def wu(hub: Hub) -> Ask:
    return asking(hub, "wu")
