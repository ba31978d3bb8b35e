"""A hub and desks in one process, without a port: the real application, the real client."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
from fastapi.testclient import TestClient

from lumi_desk.desk import Account, Desk, sign_in
from lumi_desk.hub.app import create_app
from lumi_desk.hub.import_doors import Launches
from lumi_desk.security.vault import Vault
from lumi_desk.storage.store import Store
from tests.lines import through
from tests.makers import NOW, PASSWORD


@dataclass
class NullVault:
    """A vault for machines without a keyring: it keeps secrets in memory."""

    secrets: dict[str, str] = field(default_factory=dict)

    def fetch(self, name: str) -> str | None:
        return self.secrets.get(name)

    def keep(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def drop(self, name: str) -> None:
        self.secrets.pop(name, None)


@dataclass
class HandClock:
    """A clock that a test moves by hand."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **much: float) -> None:
        self.moment += timedelta(**much)


class Line(httpx2.BaseTransport):
    """The line between desk and hub: it can be cut, and counts what goes over it."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.cut = False
        self.requests: list[str] = []
        self.lose_reply_to: str | None = None
        self.lost = False
        # Whether it leads to a hub that does not pull along with a push.
        self.pushes_alone = False

    def lead_to(self, client: TestClient) -> None:
        """From now on another hub answers at the address."""
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.cut:
            raise httpx2.ConnectError("the line is cut", request=request)
        if request.url.path == "/v1/poke":
            # Hints would never end here; what they do is seen against a hub of its own.
            return httpx2.Response(404)
        self.requests.append(request.url.path)
        headers = {k: v for k, v in request.headers.items() if k not in _OF_ITS_OWN}
        content = request.read()
        if self.pushes_alone and request.url.path == "/v1/push":
            content = json.dumps({**json.loads(content), "pull": None}).encode()
        answer = self._client.request(
            request.method, request.url.path, content=content, headers=headers
        )
        if self.lose_reply_to == request.url.path:
            self.lose_reply_to = None
            self.lost = True
            raise httpx2.ReadTimeout("the reply is lost", request=request)
        return httpx2.Response(answer.status_code, headers=_plain(answer), content=answer.content)


_OF_ITS_OWN = ("accept-encoding", "content-length")


def _plain(answer: httpx2.Response) -> dict[str, str]:
    skipped = ("content-encoding", "content-length")
    return {k: v for k, v in answer.headers.items() if k not in skipped}


class Hub:
    """The hub's application on a store, and desks that sign in to it."""

    def __init__(self, store: Store, folder: Path, launch: Launches | None = None) -> None:
        self.store = store
        self.folder = folder
        self.clock = HandClock()
        application = create_app(store, self.clock, launch=launch)
        self.client = TestClient(application, raise_server_exceptions=True)

    def line(self) -> Line:
        return Line(self.client)

    def desk(
        self, login: str, line: Line | None = None, vault: Vault | None = None, seat: str = "seat"
    ) -> Desk:
        """A desk signed in as that person, not synced yet."""
        account = Account("http://127.0.0.1", login)
        return sign_in(
            account,
            PASSWORD,
            self.folder / seat,
            vault or NullVault(),
            through(line or self.line()),
            self.clock,
        )
