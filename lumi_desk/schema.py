"""The list of all tables, and the migrations that make them."""

from collections.abc import Callable, Collection, Iterable
from copy import copy
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    inspect,
    text,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.schema import SchemaItem

from lumi_desk.assigning import tables as assigning
from lumi_desk.calls import tables as calls
from lumi_desk.cards import tables as cards
from lumi_desk.catalog import tables as catalog
from lumi_desk.complaints import tables as complaints
from lumi_desk.consents import tables as consents
from lumi_desk.customers import tables as customers
from lumi_desk.errors import N_, LumiError
from lumi_desk.exports import tables as exports
from lumi_desk.identity import tables as identity
from lumi_desk.imports import tables as imports
from lumi_desk.looks import tables as looks
from lumi_desk.orders import tables as orders
from lumi_desk.parked import tables as parked
from lumi_desk.paths import shipped
from lumi_desk.people import tables as people
from lumi_desk.reports import tables as reports
from lumi_desk.scripts import tables as scripts
from lumi_desk.storage.base import Home, Table
from lumi_desk.sync import tables as sync
from lumi_desk.targets import tables as targets

TABLES: tuple[type[Table], ...] = (
    people.Team,
    people.Person,
    people.Credential,
    people.Token,
    catalog.Product,
    catalog.Bundle,
    catalog.CardPlan,
    catalog.DispositionRow,
    catalog.Setting,
    catalog.SettledTitle,
    catalog.TitleDecision,
    catalog.DecidedTitle,
    catalog.LeftTitle,
    scripts.ScriptRow,
    customers.Customer,
    customers.Outlook,
    customers.Identity,
    customers.Tag,
    customers.Tagging,
    customers.TaggingStep,
    customers.SavedView,
    orders.Order,
    orders.OrderLine,
    orders.Sale,
    cards.CardEntry,
    calls.Contact,
    calls.Note,
    calls.Callback,
    calls.Refusal,
    calls.Skip,
    calls.UnfinishedCall,
    consents.Consent,
    complaints.Complaint,
    exports.ExportLog,
    looks.Look,
    targets.Target,
    reports.Fact,
    parked.Parked,
    parked.EarlyDecision,
    assigning.RepPlan,
    assigning.HandOver,
    assigning.HandOverMove,
    assigning.Leave,
    identity.IdentityLink,
    identity.IdentityApart,
    identity.ProposedPair,
    identity.IdentityMark,
    identity.SharedNumber,
    identity.ToCompare,
    imports.ImportRun,
    imports.OrderTrace,
    imports.LineTrace,
    imports.CardTrace,
    imports.ImportJob,
    imports.ImportFile,
    imports.ImportPiece,
    sync.SyncMeta,
    sync.SyncStream,
    sync.SyncFeed,
    sync.SyncClient,
    sync.SyncOp,
    sync.Assignment,
    sync.DeskMeta,
    sync.Held,
    sync.Cursor,
    sync.Outbox,
    sync.SentLog,
    sync.DeadLetter,
)

# Compared with the stored revisions before Alembic is imported: it costs a desk's start 200 ms.
HEADS = {Home.SHARED: "shared_0005", Home.HUB: "hub_0019", Home.DESK: "desk_0006"}

DESK = (Home.SHARED, Home.DESK)
HUB = (Home.SHARED, Home.HUB)
REVISION_TABLE = "schema_revision"


class NewerSchema(LumiError):
    """The database was made by a later version of the program."""

    title = N_("The data was written by a newer version of the program")
    advice = N_("Nothing was changed. Install the newest version.")


def upgrade(engine: Engine, homes: Iterable[Home]) -> None:
    """Bring a database to the newest schema of `homes`, in one transaction.

    A new one is made from the tables at once: walking through every revision takes a desk's
    first start half a second. Raises NewerSchema when the stored revision is unknown.
    """
    homes = set(homes)
    stood = stored_revisions(engine)
    if not stood:
        with engine.begin() as connection:
            make(connection, homes)
    elif stood != {HEADS[home] for home in homes}:
        migrate(engine, homes)


def migrate(engine: Engine, homes: Iterable[Home]) -> None:
    """Walk through the revisions from where the database stands, in one transaction.

    Foreign keys are off meanwhile (rebuilding a table would delete its children) and checked
    before the commit. Raises NewerSchema.
    """
    # Shared tables first: the others refer to them.
    wanted = set(homes)
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                _run_alembic(connection, [HEADS[home] for home in Home if home in wanted])
                if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise RuntimeError("a migration broke a foreign key")
        finally:
            if sqlite:
                _foreign_keys(connection, on=True)


def stored_revisions(engine: Engine) -> set[str]:
    """The revisions this database stands at; empty for a new one."""
    with engine.connect().execution_options(lumi_reading=True) as connection:
        return revisions_in(connection)


def revisions_in(connection: Connection) -> set[str]:
    """The same, seen through a connection that is open already."""
    if not inspect(connection).has_table(REVISION_TABLE):
        return set()
    rows = connection.execute(text(f"SELECT version_num FROM {REVISION_TABLE}"))  # noqa: S608
    return {row[0] for row in rows}


def draft(message: str, home: Home, engine: Engine) -> Path:
    """Write the next revision of one branch from the difference between tables and `engine`.

    `engine` is an empty database; it is migrated first. Read what comes out before using it.
    """
    from alembic import command  # a deferred door

    migrate(engine, Home)
    with engine.connect() as connection, connection.begin():
        script: Any = command.revision(
            _config(connection, [home]), message, autogenerate=True, head=f"{home.value}@head"
        )
        connection.rollback()
    return Path(script.path)


def make(connection: Connection, homes: Collection[Home]) -> None:
    """Make the newest schema of `homes` in an empty database, in the transaction that is open."""
    key = PrimaryKeyConstraint("version_num", name=f"{REVISION_TABLE}_pkc")
    stamps = SqlTable(REVISION_TABLE, MetaData(), Column("version_num", String(32)), key)
    tables = tables_of(homes)
    if Home.HUB in homes:
        Table.metadata.create_all(connection, tables)
    else:
        for table in tables:
            _as_on_a_desk(table).create(connection)
    stamps.create(connection)
    heads = [{"version_num": HEADS[home]} for home in homes]
    connection.execute(stamps.insert(), heads)


def unmake(connection: Connection, homes: Collection[Home]) -> None:
    """Remove what make() made, with all that is in it."""
    Table.metadata.drop_all(connection, tables_of(homes))
    connection.execute(text(f"DROP TABLE IF EXISTS {REVISION_TABLE}"))


def tables_of(homes: Collection[Home]) -> list[SqlTable]:
    """The tables of `homes`, those that others refer to before them."""
    names = {one.__tablename__ for one in TABLES if one.home in homes}
    return [one for one in Table.metadata.sorted_tables if one.name in names]


def _as_on_a_desk(table: SqlTable) -> SqlTable:
    """The table without the keys and indexes that only a hub needs.

    Its columns stay the same objects: to copy them takes a first start nearly as long as to make
    the tables.
    """
    bare = copy(table)
    bare.indexes = {one for one in table.indexes if not _is_spare(one)}
    bare.constraints = {one for one in table.constraints if not _is_spare(one)}
    return bare


def _is_spare(item: SchemaItem) -> bool:
    return bool(item.info.get("hub_only"))


def ours(homes: Iterable[Home]) -> Callable[..., bool]:
    """Of what a comparison of schemas meets, what belongs to `homes`: for Alembic."""
    homes = set(homes)

    def belonging(item: SchemaItem, name: str | None, kind: str, *_: object) -> bool:
        if kind == "table":
            return belongs(name, homes)
        return kind == "column" or Home.HUB in homes or not _is_spare(item)

    return belonging


def belongs(name: str | None, homes: Iterable[Home]) -> bool:
    """Whether the table of that name lives in one of `homes`."""
    wanted = set(homes)
    return any(table.__tablename__ == name and table.home in wanted for table in TABLES)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    # The pragma is a no-op inside a transaction, and SQLAlchemy would begin one.
    raw: Any = connection.connection.driver_connection
    raw.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _run_alembic(connection: Connection, wanted: list[str]) -> None:
    from alembic import command  # a deferred door
    from alembic.util import CommandError

    try:
        for revision in wanted:
            command.upgrade(_config(connection, tuple(Home)), revision)
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise NewerSchema from error
        raise


def _config(connection: Connection, homes: Iterable[Home]) -> Any:
    from alembic.config import Config  # a deferred door

    config = Config()
    folder = str(shipped("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("version_locations", (folder + "/versions").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(
        connection=connection,
        metadata=Table.metadata,
        include_object=ours(homes),
        render_item=_render,
    )
    return config


def _render(kind: str, item: Any, _: Any) -> str | bool:
    """Write our column types as the plain types they keep: migrations import nothing of ours."""
    if kind == "type" and type(item).__module__ == "lumi_desk.storage.base":
        return f"sa.{type(item.impl_instance).__name__}()"
    return False
