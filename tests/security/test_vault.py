"""Secrets: in a real keyring, locked or dead; and in a file sealed with a PIN."""

import gc
import json
import os
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import secretstorage
from keyring.backends import SecretService as Backend
from keyring.backends.fail import Keyring as FailKeyring

from lumi_desk.security import vault
from lumi_desk.security.vault import KeyringVault, PinVault
from tests.services import SecretService

PIN = "284619"

# The keyring library leaves its connections to the bus for the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Have forgotten connections closed here, not in some later test."""
    yield
    gc.collect()


@contextmanager
def _deaf_bus(then: str = "") -> Iterator[str]:
    """A bus that takes a connection and says nothing; with `then` it is another one afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="lumi-deaf-") as folder,
        socket.socket(socket.AF_UNIX) as door,
    ):
        path = Path(folder) / "bus"
        door.bind(str(path))
        door.listen()
        threading.Thread(target=_hear, args=(door, path, then), daemon=True).start()
        yield f"unix:path={path}"


def _hear(door: socket.socket, path: Path, then: str) -> None:
    with suppress(OSError):
        first, _ = door.accept()
        if then:
            path.unlink()
            path.symlink_to(then.removeprefix("unix:path=").partition(",")[0])
        with first:
            while first.recv(1024):
                pass


def test_a_secret_stays_in_the_real_keyring(secret_service: SecretService) -> None:
    KeyringVault("lin", vault.system_keyring()).keep("key", "secret")
    other = KeyringVault("wang", vault.system_keyring())
    again = KeyringVault("lin", vault.system_keyring())
    assert again.fetch("key") == "secret"
    assert other.fetch("key") is None
    again.drop("key")
    again.drop("key")
    assert again.fetch("key") is None


def test_a_dead_keyring_is_said_and_not_taken_for_an_empty_one(
    secret_service: SecretService,
) -> None:
    mine = KeyringVault("lin", vault.system_keyring())
    mine.keep("key", "secret")
    secret_service.kill_keyring()
    with pytest.raises(vault.KeyringIsLocked):
        mine.fetch("key")
    with pytest.raises(vault.KeyringIsLocked):
        mine.keep("key", "another")


def test_a_locked_keyring_is_said(secret_service: SecretService) -> None:
    mine = KeyringVault("lin", vault.system_keyring())
    mine.keep("key", "secret")
    with secretstorage.dbus_init() as bus:
        secretstorage.get_default_collection(bus).lock()
        with pytest.raises(vault.KeyringIsLocked):
            mine.fetch("key")


def test_without_a_bus_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(vault.KeyringMissing):
        vault.system_keyring()


def test_a_bus_that_does_not_answer_is_no_missing_keyring(
    monkeypatch: pytest.MonkeyPatch, secret_service: SecretService
) -> None:
    mine = KeyringVault("lin", vault.system_keyring())
    with _deaf_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with pytest.raises(vault.KeyringIsLocked):
            vault.system_keyring()
        with pytest.raises(vault.KeyringIsLocked):
            mine.fetch("key")


def test_a_bus_that_is_slow_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, secret_service: SecretService
) -> None:
    with _deaf_bus(then=secret_service.address) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert isinstance(vault.system_keyring(), Backend.Keyring)


def test_no_setting_can_choose_another_keyring(
    secret_service: SecretService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    (tmp_path / "python_keyring").mkdir()
    told = "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n"
    (tmp_path / "python_keyring" / "keyringrc.cfg").write_text(told)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert isinstance(vault.system_keyring(), Backend.Keyring)


def test_a_keyring_that_forgets_is_found_out() -> None:
    class Forgetful(FailKeyring):
        def get_password(self, *_: object) -> None:
            return None

        def set_password(self, *_: object) -> None:
            return None

    with pytest.raises(vault.NotKept):
        KeyringVault("lin", Forgetful()).keep("key", "secret")  # type: ignore[no-untyped-call]


def test_a_pin_opens_what_it_sealed(tmp_path: Path) -> None:
    path = tmp_path / "sealed.json"
    PinVault(path, PIN).keep("key", "secret")
    assert PinVault(path, PIN).fetch("key") == "secret"
    assert b"secret" not in path.read_bytes().replace(b'"secrets"', b"")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_a_wrong_pin_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sealed.json"
    PinVault(path, PIN).keep("key", "secret")
    before = path.read_bytes()
    with pytest.raises(vault.WrongPin):
        PinVault(path, "284610")
    assert path.read_bytes() == before


def test_a_tampered_file_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "sealed.json"
    PinVault(path, PIN).keep("key", "secret")
    told = json.loads(path.read_text())
    told["secrets"] = told["secrets"][:-8] + "AAAAAAA="
    path.write_text(json.dumps(told))
    with pytest.raises(vault.WrongPin):
        PinVault(path, PIN)


def test_a_pin_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(vault.ShortPin):
        PinVault(tmp_path / "sealed.json", "1234")
