"""Where a hub's database is, and where its doors are."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL, Engine, make_url, text
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
# A statement of a desk's request that takes longer is ended: something is wrong with it.
_LONGEST_S = 30
# Connections for the metrics, and for commands beside the serving hub.
_BESIDE = 5


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


class OneFileOneWorker(LumiError):
    """Several processes were asked for on an embedded database."""

    title = (
        "Several workers need PostgreSQL; {database} is a file, which one process writes at a time"
    )
    advice = "Leave --workers out, or use PostgreSQL: docs/running.md tells when it pays."


class TooFewConnections(LumiError):
    """The database server admits fewer connections than the hub would open."""

    title = (
        "{workers} workers with up to {pool} connections each, and {beside} beside them, are more"
        " than the {most} that the database admits"
    )
    advice = "Give fewer --workers, a smaller --pool, or raise max_connections in PostgreSQL."


@dataclass(frozen=True)
class Doors:
    """Where the hub listens. Without TLS only loopback, unless a proxy before it encrypts.

    `trusted` names the proxies, as addresses or networks with commas, whose word is taken for
    who is asking.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    trusted: str = "127.0.0.1,::1"

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


def to_serve(database: str, pool: int) -> Store:
    """The store a hub serves from: not looked at, since its database may be away just now.

    Statements have an end, and so has a transaction in which nothing is asked any more.
    """
    place = database or default_database()
    if not _is_address(place):
        return Store(engines.plain(Path(place)))
    return Store(engines.postgres(place, pool=pool, longest_s=_LONGEST_S))


def require_room(store: Store, database: str, workers: int, pool: int) -> None:
    """Raise OneFileOneWorker or TooFewConnections if so many processes cannot work there."""
    if not store.on_postgres:
        if workers > 1:
            raise OneFileOneWorker(database=_shown(database or default_database()))
        return
    with store.read() as session:
        most = session.execute(_MOST_CONNECTIONS).scalar_one()
    if workers * pool + _BESIDE > most:
        raise TooFewConnections(workers=workers, pool=pool, beside=_BESIDE, most=most)


# The least of what server, database and role admit; -1 means no limit.
_MOST_CONNECTIONS = text("""
    SELECT min(most)::int FROM (
        SELECT current_setting('max_connections')::int
             - current_setting('superuser_reserved_connections')::int
             - coalesce(current_setting('reserved_connections', true), '0')::int AS most
        UNION ALL SELECT datconnlimit FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user
    ) AS limits WHERE most >= 0
""")


def founded(database: str) -> Store:
    """The store of a hub that is made, or brought up to date, if need be. Raises as `opened`."""
    return keeping.found(_engine(database or default_database()))


def address_of(database: str) -> URL | None:
    """The address, if it is one of PostgreSQL; None for a file. Raises BadDatabase."""
    place = database or default_database()
    if not _is_address(place):
        return None
    try:
        url = make_url(place)
    except ArgumentError:
        raise BadDatabase(database=place.split("://", maxsplit=1)[0]) from None
    if url.drivername != _SCHEME or not url.database:
        raise BadDatabase(database=url.render_as_string(hide_password=True))
    return url


def _engine(place: str) -> Engine:
    url = address_of(place)
    if url is None:
        return engines.plain(Path(place))
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
