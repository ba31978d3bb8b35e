"""Where a hub's database is, and where its doors are."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from lumi_desk import paths, schema
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from lumi_desk.storage.base import Home
from lumi_desk.storage.store import Store

DATABASE = "LUMI_HUB_DATABASE"
FILE = "hub.db"
_SCHEME = "postgresql+psycopg"


class NoHubThere(LumiError):
    """There is no hub's database where one was said to be."""

    title = "There is no hub in {database}"
    advice = "Make one: lumi-hub init. Or say where it is with --database."


class OlderSchema(LumiError):
    """The database was made by an earlier version."""

    title = "The hub in {database} is of an earlier version"
    advice = "Back it up, then bring it up to date: lumi-hub init."


class DatabaseOutOfReach(LumiError):
    """The database server does not answer, or lets us not in."""

    title = "The database server {server} cannot be reached"
    advice = "Check the address, the name and the password, and whether it runs."


class BadDatabase(LumiError):
    """A text that is neither a file nor the address of a PostgreSQL database."""

    title = "{database} is no database that a hub can use"
    advice = "Give a file, or postgresql+psycopg://name:password@server/database."


class NotSafe(LumiError):
    """Doors open to the network without encryption."""

    title = "Without encryption the hub opens its doors to this machine only, not to {host}"
    advice = "Give --tls-cert and --tls-key, or --behind-proxy if a proxy encrypts."


@dataclass(frozen=True)
class Doors:
    """Where the hub listens. Without TLS only loopback, unless a proxy before it encrypts."""

    host: str = "127.0.0.1"
    port: int = 8321
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False

    def require_safe(self) -> None:
        """Raise NotSafe if passwords could be read on the way."""
        has_tls = self.tls_cert is not None and self.tls_key is not None
        if not (has_tls or self.behind_proxy or _is_loopback(self.host)):
            raise NotSafe(host=self.host)


def default_database() -> str:
    """The embedded database in the platform's data folder."""
    return str(paths.hub_folder() / FILE)


def opened(database: str) -> Store:
    """The store of a founded, current hub; an empty text means the default database.

    Raises NoHubThere, OlderSchema, NewerSchema, BadDatabase or DatabaseOutOfReach; none of them
    makes a file.
    """
    place = database or default_database()
    if not _is_address(place) and not Path(place).is_file():
        raise NoHubThere(database=_shown(place))
    engine = _engine(place)
    stood = schema.stored_revisions(engine)
    if not stood:
        engine.dispose()
        raise NoHubThere(database=_shown(place))
    if stood != {schema.HEADS[home] for home in schema.HUB}:
        engine.dispose()
        raise schema.NewerSchema if _is_newer(stood) else OlderSchema(database=_shown(place))
    return Store(engine)


def founded(database: str) -> Store:
    """The store of a hub that is made, or brought up to date, if need be. Raises as `opened`."""
    return keeping.found(_engine(database or default_database()))


def _engine(place: str) -> Engine:
    if not _is_address(place):
        return engines.plain(Path(place))
    try:
        url = make_url(place)
    except ArgumentError:
        raise BadDatabase(database=place.split("://", maxsplit=1)[0]) from None
    if url.drivername != _SCHEME or not url.database:
        raise BadDatabase(database=url.render_as_string(hide_password=True))
    engine = engines.postgres(place)
    try:
        engine.connect().close()
    except OperationalError:
        raise DatabaseOutOfReach(server=f"{url.host or 'localhost'}/{url.database}") from None
    return engine


def _is_address(place: str) -> bool:
    return "://" in place


def _shown(place: str) -> str:
    return make_url(place).render_as_string(hide_password=True) if _is_address(place) else place


def _is_newer(stood: set[str]) -> bool:
    # Revisions are numbered within their branch: shared_0001, hub_0002.
    return any(one > schema.HEADS[home] for home in schema.HUB for one in stood if _of(one, home))


def _of(revision: str, home: Home) -> bool:
    return revision.startswith(f"{home.value}_")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
