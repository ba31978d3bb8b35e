"""Where a desk's secrets lie: the system's keyring, or a file sealed with a PIN.

The only import of keyring. Its own choice of a backend is never asked: environment variables
and settings files could point it at one that keeps secrets in the open.
"""

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, Windows, kwallet, macOS
from keyring.errors import KeyringError

from lumi_desk.errors import N_, LumiError

SERVICE = "Lumi Desk"
SHORTEST_PIN = 6
_BACKENDS: tuple[type[KeyringBackend], ...] = (
    macOS.Keyring,
    Windows.WinVaultKeyring,
    SecretService.Keyring,
    kwallet.DBusKeyring,
)
_SALT = 16
_NONCE = 12
_BYTES = 32
_TRIES = 3


class KeyringMissing(LumiError):
    """The machine has no keyring we trust."""

    title = N_("This machine has no keyring to keep the key of your data in")
    advice = N_("Choose a PIN instead: it is asked for at every start.")


class KeyringIsLocked(LumiError):
    """The keyring is there, but locked, or it does not answer."""

    title = N_("The keyring of this machine is locked")
    advice = N_("Unlock it, then try again. Nothing was changed.")


class KeyIsMissing(LumiError):
    """There is a data file, and no key to it."""

    title = N_("The key of your data is not in the keyring")
    advice = N_(
        "Nothing was changed. Unlock the keyring it was kept in, or sign in with another folder."
    )


class NotKept(LumiError):
    """The keyring took a secret and gave back something else."""

    title = N_("The keyring did not keep the key")
    advice = N_("Nothing was written. Restart the machine, then try again.")


class WrongPin(LumiError):
    """The PIN does not open the sealed file."""

    title = N_("The PIN is wrong")
    advice = N_("Try again. Nothing was changed.")


class ShortPin(LumiError):
    """A PIN that could be guessed."""

    title = N_("The PIN is too short")
    advice = N_("Take at least {least} characters.")


class Vault(Protocol):
    """Keeps named secrets for one account."""

    def fetch(self, name: str) -> str | None:
        """The secret, or None when there is none. Raises KeyringIsLocked or WrongPin."""
        ...

    def keep(self, name: str, secret: str) -> None:
        """Keep a secret and make sure that it can be read back."""
        ...

    def drop(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        ...


class KeyringVault:
    """Secrets in the system's keyring, under an account name of our own."""

    def __init__(self, account: str, backend: KeyringBackend) -> None:
        self._account = account
        self._backend = backend

    def fetch(self, name: str) -> str | None:
        """The secret, or None. Raises KeyringIsLocked."""
        kept: str | None = _asked(lambda: self._backend.get_password(SERVICE, self._user(name)))
        return kept

    def keep(self, name: str, secret: str) -> None:
        """Keep a secret. Raises KeyringIsLocked or NotKept."""
        _asked(lambda: self._backend.set_password(SERVICE, self._user(name), secret))
        if self.fetch(name) != secret:
            raise NotKept

    def drop(self, name: str) -> None:
        """Forget a secret."""
        if self.fetch(name) is not None:
            _asked(lambda: self._backend.delete_password(SERVICE, self._user(name)))

    def _user(self, name: str) -> str:
        return f"{self._account}:{name}"


class PinVault:
    """Secrets in a file sealed with AES-256-GCM; argon2id makes the key of the PIN."""

    def __init__(self, path: Path, pin: str) -> None:
        if len(pin) < SHORTEST_PIN:
            raise ShortPin(least=SHORTEST_PIN)
        self._path = path
        self._salt = _sealed(path)["salt"] if path.exists() else os.urandom(_SALT)
        self._key = _stretched(pin, self._salt)
        self._secrets = self._open()

    def fetch(self, name: str) -> str | None:
        """The secret, or None."""
        return self._secrets.get(name)

    def keep(self, name: str, secret: str) -> None:
        """Keep a secret. Raises NotKept when the file cannot be read back."""
        self._secrets[name] = secret
        self._seal()
        if self._open().get(name) != secret:
            raise NotKept

    def drop(self, name: str) -> None:
        """Forget a secret."""
        if self._secrets.pop(name, None) is not None:
            self._seal()

    def _open(self) -> dict[str, str]:
        if not self._path.exists():
            return {}
        sealed = _sealed(self._path)
        try:
            plain = AESGCM(self._key).decrypt(sealed["nonce"], sealed["secrets"], self._salt)
        except InvalidTag:
            raise WrongPin from None
        secrets: dict[str, str] = json.loads(plain)
        return secrets

    def _seal(self) -> None:
        nonce = os.urandom(_NONCE)
        plain = json.dumps(self._secrets).encode()
        sealed = AESGCM(self._key).encrypt(nonce, plain, self._salt)
        parts = {"salt": self._salt, "nonce": nonce, "secrets": sealed}
        text = json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()})
        _write_whole(self._path, text)


def system_keyring() -> KeyringBackend:
    """The keyring of this system. Raises KeyringMissing, or KeyringIsLocked when it is silent."""
    for backend in _BACKENDS:
        if _is_here(backend):
            return backend()
    raise KeyringMissing


def _is_here(backend: type[KeyringBackend]) -> bool:
    """Whether a keyring answers; one that is only slow, as at log-in, is no missing one."""
    silence: TimeoutError | None = None
    for _ in range(_TRIES):
        try:
            # A class property: to read it is to ask the system.
            return bool(backend.priority)
        except TimeoutError as error:
            silence = error
        except Exception:  # noqa: BLE001  # Each system says in its own way that it has none.
            return False
    raise KeyringIsLocked from silence


def has_pin(path: Path) -> bool:
    """Whether a sealed file was made here."""
    return path.exists()


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except (KeyringError, TimeoutError) as error:
        raise KeyringIsLocked from error
    except Exception as error:
        # The bus libraries raise their own kinds when the keyring's service has died.
        if type(error).__module__.partition(".")[0] in ("secretstorage", "jeepney", "dbus"):
            raise KeyringIsLocked from error
        raise


def _stretched(pin: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        pin.encode(),
        salt,
        time_cost=3,
        memory_cost=65_536,
        parallelism=4,
        hash_len=_BYTES,
        type=Type.ID,
    )


def _sealed(path: Path) -> dict[str, bytes]:
    told = json.loads(path.read_text())
    return {name: base64.b64decode(part) for name, part in told.items()}


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one, readable by its owner."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
