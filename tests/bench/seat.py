"""A desk of a rep who has signed in: its encrypted file in a folder, and its line to a hub."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumi_desk import desk as desks
from lumi_desk.desk import Account, Desk
from lumi_desk.sync import protocol
from lumi_desk.sync.client import HubClient
from lumi_desk.sync.line import HttpLine, Line

# Data are kept by the hub's address; here it is the folder alone that tells desks apart.
_ACCOUNT = Account("https://hub.example", "lin")


class FileVault:
    """A vault for measuring: its secrets lie in a file beside the data."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "vault.json"

    def fetch(self, name: str) -> str | None:
        return self._secrets().get(name)

    def keep(self, name: str, secret: str) -> None:
        self._file.write_text(json.dumps(self._secrets() | {name: secret}), "utf-8")

    def drop(self, name: str) -> None:
        kept = {key: value for key, value in self._secrets().items() if key != name}
        self._file.write_text(json.dumps(kept), "utf-8")

    def _secrets(self) -> dict[str, str]:
        return json.loads(self._file.read_text("utf-8")) if self._file.exists() else {}


class SignedIn(HubClient):
    """The line of a desk whose person has just typed her password.

    Checking it costs the hub a tenth of a second by design and happens once in a desk's life.
    """

    def __init__(self, line: Line, tokens: protocol.Tokens) -> None:
        super().__init__(line)
        self._tokens = tokens

    def sign_in(self, asked: protocol.SignIn) -> protocol.Tokens:
        """The tokens she has."""
        return self._tokens if asked.login == _ACCOUNT.login else super().sign_in(asked)


@dataclass(frozen=True)
class Rep:
    """A rep of the hub and the tokens of her desk."""

    person_id: str
    name: str
    team_id: str
    client_id: str
    access: str
    refresh: str

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> "Rep":
        """Of a mapping that may say more."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__})


NOBODY = Rep("nobody", "", "", "", "", "")


def open_desk(folder: Path, address: str, rep: Rep) -> Desk:
    """The desk in a folder, made if need be, whose person has signed in at that hub."""
    said = (rep.access, rep.refresh, 0, rep.person_id, rep.name, "rep", rep.team_id)
    tokens = protocol.Tokens(*said)
    hub = SignedIn(HttpLine(address), tokens)
    vault = FileVault(folder)
    if not data_file(folder).exists():
        return desks.sign_in(_ACCOUNT, "", folder, vault, hub)
    desk = desks.resume(_ACCOUNT, folder, vault, hub)
    desk.admit(tokens)
    return desk


def data_file(folder: Path) -> Path:
    """The desk's database."""
    return _ACCOUNT.data(folder)


def key_of(folder: Path) -> bytes:
    """The key of the desk's database."""
    kept = FileVault(folder).fetch(desks.KEY)
    assert kept is not None
    return bytes.fromhex(kept)
