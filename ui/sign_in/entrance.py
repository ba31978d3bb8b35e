"""The way in: where a person's data and secrets lie on this machine. Blocking; knows no Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lumi_desk import desk as desks
from lumi_desk.clock import Clock
from lumi_desk.desk import Account, Desk
from lumi_desk.errors import N_, LumiError
from lumi_desk.security.vault import (
    KeyIsMissing,
    KeyringMissing,
    KeyringVault,
    PinVault,
    Vault,
    has_pin,
    system_keyring,
)
from lumi_desk.sync.client import HubClient, connect

_SEALED = "secrets.json"
_HERE = ("localhost", "127.0.0.1", "[::1]")


class PinWanted(LumiError):
    """The secrets of this account are sealed with a PIN."""

    title = N_("Enter your PIN")


def system_vault(account: str) -> Vault:
    """The keyring of this system, for one account. Raises KeyringMissing."""
    return KeyringVault(account, system_keyring())


@dataclass(frozen=True)
class Entrance:
    """Everything outside that signing in touches. `root` holds a folder for each account."""

    root: Path
    now: Clock
    connect: Callable[[str], HubClient] = connect
    keyring: Callable[[str], Vault] = system_vault

    def is_known(self, account: Account) -> bool:
        """Whether this machine holds the account's data."""
        return account.data(self.root).exists()

    def has_pin(self, account: Account) -> bool:
        """Whether the account's secrets are sealed with a PIN."""
        return has_pin(self._sealed(account))

    def sign_in(self, account: Account, password: str, pin: str | None) -> Desk:
        """Sign in at the hub.

        Raises KeyringMissing when a PIN must be chosen, PinWanted when there is one, and what
        `lumi_desk.desk.sign_in` raises.
        """
        vault = self._vault(account, pin)
        hub = self.connect(account.address)
        try:
            return desks.sign_in(account, password, self.root, vault, hub, self.now)
        except BaseException:
            hub.close()
            raise

    def resume(self, account: Account, pin: str | None) -> Desk:
        """Open what is here, without the hub. Raises as `sign_in` does."""
        vault = self._vault(account, pin)
        hub = self.connect(account.address)
        try:
            return desks.resume(account, self.root, vault, hub, self.now)
        except BaseException:
            hub.close()
            raise

    def _vault(self, account: Account, pin: str | None) -> Vault:
        sealed = self._sealed(account)
        if pin is not None:
            return PinVault(sealed, pin)
        if has_pin(sealed):
            raise PinWanted
        try:
            return self.keyring(account.folder(self.root).name)
        except KeyringMissing:
            # A new PIN would not open what the lost keyring has locked.
            if self.is_known(account):
                raise KeyIsMissing from None
            raise

    def _sealed(self, account: Account) -> Path:
        return account.folder(self.root) / _SEALED


def full_address(typed: str) -> str:
    """The hub's address with its scheme: https, and plain http on this machine alone."""
    address = typed.strip().rstrip("/")
    if not address or "://" in address:
        return address
    host = address.partition(":")[0] if not address.startswith("[") else address.split("]")[0] + "]"
    return f"http://{address}" if host in _HERE else f"https://{address}"
