"""The power goes in mid-call, in mid-word: at the next start the call is there, with its note."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select

from lumi_desk.calls.tables import Contact
from lumi_desk.hub import settings
from tests.hub_process import HubProcess, SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown
from tests.journeys.typist import TEXT
from tests.services import SecretService
from ui.sign_in.entrance import system_vault
from ui.widgets.values import SyncState
from ui.workspace.screen import Stage

# A note may lose the last half second of typing and no more.
MAY_BE_LOST_S = 0.5
LETTERS = 120

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]


@dataclass
class Killed:
    """What the desk was told until it was killed: whose call, and when each letter was typed."""

    customer: str
    typed_at: list[float]
    killed_at: float

    @property
    def kept_at_least(self) -> int:
        """How many letters must be on the disk."""
        return sum(at <= self.killed_at - MAY_BE_LOST_S for at in self.typed_at)


def test_what_was_typed_half_a_second_before_the_power_went_is_there(
    secret_service: SecretService,
    hub: HubProcess,
    sit_down: SitDown,
    fair_hour: SetClock,
    tmp_path: Path,
) -> None:
    killed = _type_and_be_killed(hub, tmp_path, fair_hour)

    rep = sit_down(folder="desk", keyring=system_vault)
    rep.until_inside()
    rep.until_stage(Stage.TALKING)

    note = rep.note
    assert rep.screen.queue.rows[0].customer_id == killed.customer == rep.screen.queue.chosen
    assert TEXT.startswith(note)
    assert LETTERS // 4 < killed.kept_at_least <= len(note)

    rep.end()
    rep.choose("thinking")
    rep.save()
    fair_hour.forward(seconds=11)
    hub.start()
    rep.sync_now()
    rep.until_sync(SyncState.SYNCED)
    store = settings.opened(str(tmp_path / "hub.db"))
    with store.read() as session:
        of_the_call = select(Contact.note).where(Contact.customer_id == killed.customer)
        last = session.scalars(of_the_call.order_by(Contact.started_at.desc())).first()
    store.close()
    assert last == note.strip()


def _type_and_be_killed(hub: HubProcess, folder: Path, times: SetClock) -> Killed:
    """Kill a desk while somebody types on it; the line is cut before that."""
    invitation = folder / "nobody.json"
    told = {"hub": hub.address, "ahead_seconds": times.ahead_seconds, "people": []}
    invitation.write_text(json.dumps(told), "utf-8")
    who = places.rep()
    command = [sys.executable, "-m", "tests.journeys.typist"]
    command += ["--folder", str(folder / "desk"), "--demo", str(invitation)]
    command += ["--", who.login, who.password]
    desk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert desk.stdout is not None
    with desk.stdout as out:
        try:
            lines = _lines(out)
            customer = str(next(lines)["customer"])
            hub.stop()
            typed_at = [float(next(lines)["at"]) for _ in range(LETTERS)]
        finally:
            killed_at = time.monotonic()
            desk.kill()
            desk.wait()
    return Killed(customer, typed_at, killed_at)


def _lines(out: IO[str]) -> Iterator[dict[str, str | float]]:
    for line in out:
        if line.startswith("{"):
            yield json.loads(line)
    raise AssertionError("the desk ended by itself")
