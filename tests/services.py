"""Real services that tests can borrow: a PostgreSQL cluster of their own and a Secret Service.

With pytest-xdist every worker has its own. Where the programs are missing the tests that ask for
them are skipped, except where `CI=true` promises that everything is there.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
import secretstorage
from psycopg import sql
from secretstorage.util import DBusAddressWrapper, format_secret, open_session

_PATIENCE_S = 20.0
_KEYRING_PASSWORD = "only for tests"
_GNOME_INSIDE = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"


@dataclass(frozen=True)
class Cluster:
    """A throwaway PostgreSQL server on loopback, trusted by everyone on this machine."""

    programs: Path
    data: Path
    port: int

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, name: str, template: str = "template1") -> None:
        """Run a statement about databases, its `{name}` and `{template}` quoted."""
        address = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        filled = sql.SQL(statement).format(
            name=sql.Identifier(name), template=sql.Identifier(template)
        )
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(filled)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `immediate` leaves it as a power cut would."""
        self._pg_ctl("stop", "-m", mode)

    def start(self, *settings: str) -> None:
        """Start the server with more settings, each as `name=value`."""
        told = [f"-c {setting}" for setting in (*_SETTINGS, f"port={self.port}", *settings)]
        self._pg_ctl("start", "-l", str(self.data.parent / "log"), "-o", " ".join(told))

    def _pg_ctl(self, *arguments: str) -> None:
        # pg_ctl leaves the server holding its output, so a pipe here would never end.
        command = [str(self.programs / "pg_ctl"), "-D", str(self.data), "-w", *arguments]
        subprocess.run(
            _as_postgres(command),
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data.parent,
            timeout=_PATIENCE_S,
        )


# A test's database need not survive a power cut; crash tests start with fsync=on.
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=32MB",
)


@dataclass(frozen=True)
class SecretService:
    """A message bus of its own with an unlocked GNOME keyring on it."""

    address: str
    folder: Path
    keyring: "subprocess.Popen[str]"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to find this bus and no other keyring."""
        return _bus_environment(self.address, self.folder)

    def lock(self) -> None:
        """Lock the keyring, as the system does when its owner leaves."""
        with secretstorage.dbus_init() as bus:
            secretstorage.get_default_collection(bus).lock()

    def unlock(self) -> None:
        """Unlock it, as its owner does with the password."""
        with secretstorage.dbus_init() as bus:
            collection = secretstorage.get_default_collection(bus)
            password = _KEYRING_PASSWORD.encode()
            secret = format_secret(open_session(bus), password, "text/plain")
            inside = DBusAddressWrapper("/org/freedesktop/secrets", _GNOME_INSIDE, bus)
            told = (collection.collection_path, secret)
            inside.call("UnlockWithMasterPassword", "o(oayays)", *told)

    def kill_keyring(self) -> None:
        """Take the keyring away, as a crash would."""
        self.keyring.kill()
        self.keyring.wait(_PATIENCE_S)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real orders and names, which stays outside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LUMI_SHARED_DATA", beside))
    if not folder.is_dir():
        missing("The shared data", "LUMI_SHARED_DATA=<folder>")
    return folder


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for this worker."""
    programs = postgres_programs()
    if programs is None:
        missing("PostgreSQL", "sudo apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="lumi-pg-", ignore_cleanup_errors=True) as folder:
        cluster = make_cluster(programs, Path(folder))
        try:
            yield cluster
        finally:
            cluster.stop("immediate")


@pytest.fixture(scope="session")
def postgres_template(
    postgres_cluster: Cluster,
) -> Callable[[str, Callable[[str], None]], str]:
    """Return a function that makes a named template database once, filled by `fill(url)`.

    `fill` must close its connections: PostgreSQL clones only what nobody is using.
    """
    made: set[str] = set()

    def template(name: str, fill: Callable[[str], None]) -> str:
        if name not in made:
            postgres_cluster.run("CREATE DATABASE {name}", name)
            fill(postgres_cluster.url(name))
            made.add(name)
        return name

    return template


@pytest.fixture
def postgres_database(postgres_cluster: Cluster) -> Iterator[Callable[..., str]]:
    """Return a function that clones a template into a database of this test's own: its URL."""
    mine: list[str] = []

    def database(template: str = "template1") -> str:
        name = f"test_{os.getpid()}_{time.monotonic_ns()}"
        postgres_cluster.run("CREATE DATABASE {name} TEMPLATE {template}", name, template)
        mine.append(name)
        return postgres_cluster.url(name)

    yield database
    for name in mine:
        postgres_cluster.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name)


@pytest.fixture
def postgres_url(postgres_database: Callable[..., str]) -> str:
    """The URL of an empty database of this test's own."""
    return postgres_database()


@pytest.fixture
def secret_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A real, empty, unlocked Secret Service, which this process and its children will find."""
    if shutil.which("dbus-daemon") is None or shutil.which("gnome-keyring-daemon") is None:
        missing("A Secret Service", "sudo apt install dbus gnome-keyring")
    # A socket's path is short by decree, so pytest's deep folders will not do.
    with tempfile.TemporaryDirectory(prefix="lumi-ss-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        address, bus = _start_bus(folder)
        keyring = _unlocked_keyring(address, folder)
        service = SecretService(address, folder, keyring)
        for key, value in service.environment.items():
            monkeypatch.setenv(key, value)
        try:
            _wait_for_secrets(service.environment)
            yield service
        finally:
            for process in (keyring, bus):
                process.terminate()
                process.wait(_PATIENCE_S)


def make_cluster(programs: Path, folder: Path, *settings: str) -> Cluster:
    """Make and start a cluster in a folder that is this test's own."""
    if _is_root():
        shutil.chown(folder, "postgres")
    data = folder / "data"
    made = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    made += ["--locale=C.UTF-8", "--encoding=UTF8", "--no-sync", "--no-instructions"]
    subprocess.run(_as_postgres(made), check=True, capture_output=True, cwd=folder)
    cluster = Cluster(programs, data, _free_port())
    cluster.start(*settings)
    return cluster


def missing(what: str, command: str) -> NoReturn:
    """Skip the test, or fail it where everything should be there."""
    sentence = f"{what} is not installed here: {command}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL programs, or None."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if found:
        return found[0].parent
    return Path(on_path).resolve().parent if on_path else None


def _as_postgres(command: Sequence[str]) -> list[str]:
    """Return the command, handed to the user postgres when we are root, whom it refuses."""
    return ["runuser", "-u", "postgres", "--", *command] if _is_root() else list(command)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def _bus_environment(address: str, folder: Path) -> dict[str, str]:
    home = str(folder)
    return {
        "DBUS_SESSION_BUS_ADDRESS": address,
        "XDG_RUNTIME_DIR": home,
        "XDG_DATA_HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_CACHE_HOME": home,
        "GNOME_KEYRING_CONTROL": f"{home}/keyring",
    }


# Without service folders: a killed keyring must stay dead, not be started again on demand.
_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def _start_bus(folder: Path) -> tuple[str, subprocess.Popen[str]]:
    told = folder / "bus.conf"
    told.write_text(_BUS.format(folder=folder), encoding="utf-8")
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={told}", "--nofork", "--print-address=1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    with bus.stdout as answer:
        address = answer.readline().strip()
    if not address:
        pytest.fail("dbus-daemon did not start")
    return address, bus


def _unlocked_keyring(address: str, folder: Path) -> subprocess.Popen[str]:
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **_bus_environment(address, folder)},
    )
    assert daemon.stdin is not None
    with daemon.stdin as words:
        words.write(_KEYRING_PASSWORD)
    return daemon


def _wait_for_secrets(environment: Mapping[str, str]) -> None:
    """Wait until the keyring owns its name on the bus."""
    ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    ask += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        answer = subprocess.run(
            ask, env={**os.environ, **environment}, capture_output=True, text=True
        )
        if "boolean true" in answer.stdout:
            return
        time.sleep(0.02)
    pytest.fail("gnome-keyring-daemon did not offer its secrets")
