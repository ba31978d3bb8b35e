"""The desk: its store, the person signed in, the way to the hub. Made once, handed down."""

import contextlib
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lumi_desk import __version__, clock, schema
from lumi_desk.clock import Clock
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.security.vault import KeyIsMissing, Vault
from lumi_desk.storage import engines, salvage
from lumi_desk.storage.store import Store
from lumi_desk.sync import cache, outbox, protocol
from lumi_desk.sync.client import (
    Hints,
    HubClient,
    HubSaid,
    HubTooSlow,
    NoHints,
    OtherVersion,
    SignInOver,
)
from lumi_desk.sync.round import Doors, Report, Watch, is_whole, run
from lumi_desk.sync.tables import DeskMeta

KEY = "key"
REFRESH = "refresh"
# What the hub says to the desk of a person who does not work there any more.
HAS_LEFT = "HasLeft"
# How many operations leave at once: fewer after each answer that did not come in time.
_PUSHES = (protocol.MOST_OPS, 10, 1)
_CHECK_AFTER = timedelta(days=1)
_NOWHERE = cache.Place("")

T = TypeVar("T")


class NothingHere(LumiError):
    """Work without the hub was asked for where nobody has signed in yet."""

    title = N_("Nobody has signed in on this machine yet")
    advice = N_("Sign in once with a line to the hub.")


@dataclass(frozen=True)
class Me:
    """Who is signed in."""

    person_id: str
    name: str
    role: str
    team_id: str


@dataclass(frozen=True)
class Account:
    """A name at a hub. Each has a folder of its own."""

    address: str
    login: str

    def folder(self, root: Path) -> Path:
        """Where its data lies: named by a hash, so that a file list shows nobody's name."""
        told = f"{self.address.rstrip('/')}\0{self.login}".encode()
        return root / hashlib.sha256(told).hexdigest()[:16]

    def data(self, root: Path) -> Path:
        """Its database."""
        return self.folder(root) / "desk.db"


class Desk:
    """What the screens work with. Every change a person makes goes through do()."""

    def __init__(
        self,
        store: Store,
        me: Me,
        client_id: str,
        hub: HubClient,
        vault: Vault,
        now: Clock = clock.now,
        path: Path | None = None,
        notice: LumiError | None = None,
    ) -> None:
        self.store = store
        self.me = me
        self.now = now
        # What happened to the data when they were opened, to be said once.
        self.notice = notice
        self._client_id = client_id
        self._hub = hub
        self._vault = vault
        self._path = path
        self._access = ""
        self._greeted = False
        self._checked: datetime | None = None
        self._narrow = 0
        self._doors = Doors(
            push=self._push,
            pull=lambda asked: self._through(lambda access: self._hub.pull(access, asked)),
            snapshot=lambda asked: self._through(lambda access: self._hub.snapshot(access, asked)),
        )

    def do(self, session: Session, *ops: Operation, hold: bool = False) -> None:
        """Carry out operations and queue them for the hub, in the session's transaction.

        With `hold` they can be undone for ten seconds.
        """
        outbox.do(session, ops, self.now(), hold=hold)

    def undo(self, session: Session, *op_ids: str) -> None:
        """Take back operations that were done with `hold`. Raises AlreadySent."""
        outbox.undo(session, op_ids)

    def sync_round(self, watch: Watch | None = None) -> Report:
        """One round of sync. Raises HubOutOfReach, SignInOver and the hub's own errors.

        When the hub says that the person has left, the data here are wiped.
        """
        if not self._greeted:
            self._greet()
        # Everything held is counted anew once after each start, and daily where nobody starts.
        check = self._checked is None or abs(self.now() - self._checked) > _CHECK_AFTER
        report = run(
            self.store,
            self._doors,
            self._client_id,
            self.now,
            watch,
            check=check,
            most=_PUSHES[self._narrow],
        )
        if check:
            self._checked = self.now()
        return report

    def hints(self) -> Hints:
        """Listen for the heads of streams; ahead() says which of them are news.

        Raises NoHints where there are none, and what the hub says. Tokens are renewed by rounds.
        """
        if not self._access:
            raise NoHints
        return self._hub.hints(self._access)

    def ask(
        self, door: str, body: bytes, shape: TypeAdapter[T], silence_s: float | None = None
    ) -> T:
        """Ask a door that is no part of a round, at once; may block. Tokens are renewed likewise.

        `silence_s` is after how many seconds without a word, if not after the usual ones. Raises
        HubOutOfReach, SignInOver and the hub's own errors.
        """
        return self._through(lambda access: self._hub.ask(door, body, shape, access, silence_s))

    def ahead(self, heads: Mapping[str, int]) -> tuple[str, ...]:
        """Those of these streams that go on beyond what was read here."""
        if not heads:
            return ()
        with self.store.read() as session:
            here = cache.places(session)
        return tuple(one for one, head in heads.items() if head > here.get(one, _NOWHERE).seq)

    def is_whole(self) -> bool:
        """Whether the first sync has come to its end."""
        return is_whole(self.store)

    def admit(self, tokens: protocol.Tokens) -> None:
        """Take the tokens of a fresh sign-in."""
        self._access = tokens.access
        self._vault.keep(REFRESH, tokens.refresh)

    def wipe(self, why: LumiError) -> None:
        """Delete what this desk holds: the person has left. Whoever asks it is told `why`."""
        self.store.shut(why)
        _wipe(self._path, self._vault)

    def close(self) -> None:
        """Close the database and the line."""
        self.store.close()
        self._hub.close()

    def _push(self, asked: protocol.Push) -> protocol.Pushed:
        """Push; after an answer that did not come in time fewer operations at once."""
        try:
            pushed = self._through(lambda access: self._hub.push(access, asked))
        except HubTooSlow:
            self._narrow = min(self._narrow + 1, len(_PUSHES) - 1)
            raise
        self._narrow = max(self._narrow - 1, 0)
        return pushed

    def _greet(self) -> None:
        hello = protocol.Hello(self._client_id, __version__, protocol.PROTO)
        welcome = self._through(lambda access: self._hub.hello(access, hello))
        # A hub that only speaks an earlier protocol leaves aside what it does not know.
        if welcome.proto_min > protocol.PROTO or welcome.proto_max < protocol.PROTO_MIN:
            raise OtherVersion
        self._greeted = True

    def _through(self, ask: Callable[[str], T]) -> T:
        """Ask with the access token at hand, and with a new one when the hub knows it no more.

        The hub alone says when it is over: this machine's clock may be wrong.
        """
        try:
            if self._access:
                with contextlib.suppress(SignInOver):
                    return ask(self._access)
            return ask(self._renewed())
        except HubSaid as problem:
            if problem.code == HAS_LEFT:
                self.wipe(problem)
            raise

    def _renewed(self) -> str:
        refresh = self._vault.fetch(REFRESH) or ""
        self.admit(self._hub.refresh(protocol.Refresh(refresh, self._client_id)))
        return self._access


def sign_in(
    account: Account,
    password: str,
    root: Path,
    vault: Vault,
    hub: HubClient,
    now: Clock = clock.now,
) -> Desk:
    """Sign in at the hub, make or open the account's data, and return the desk.

    Raises what the hub says (HubOutOfReach, HubSaid), what the vault says (KeyringIsLocked,
    NotKept), DiskFull or DiskRefuses, and KeyIsMissing or WrongKey for data whose key is lost;
    none of them changes it.
    """
    path = account.data(root)
    salvage.finish(path, now())
    known = path.exists()
    key = _key(vault, known=known)
    # Opened once: every page is looked through, and a large file has many.
    store, notice = _store(path, key, now) if known else (None, None)
    try:
        client_id = _client_id(store) if store else new_id()
        tokens = hub.sign_in(protocol.SignIn(account.login, password, client_id))
    except BaseException as problem:
        if store is not None:
            store.close()
        if isinstance(problem, HubSaid) and problem.code == HAS_LEFT:
            _wipe(path, vault)
        raise
    if store is None:
        store, _ = _store(path, key, now)
    me = Me(tokens.person_id, tokens.name, tokens.role, tokens.team_id)
    _remember(store, me, client_id)
    desk = Desk(store, me, client_id, hub, vault, now, path, notice)
    desk.admit(tokens)
    return desk


def resume(
    account: Account, root: Path, vault: Vault, hub: HubClient, now: Clock = clock.now
) -> Desk:
    """Open the account's data as they are, without asking the hub: for a start offline.

    Raises NothingHere, KeyIsMissing, WrongKey and what the vault says; Mended when the file was
    damaged so badly that nobody knows whose it is: a sign-in goes on with what was carried over.
    """
    path = account.data(root)
    salvage.finish(path, now())
    if not path.exists():
        raise NothingHere
    store, notice = _store(path, _key(vault, known=True), now)
    try:
        me, client_id = _remembered(store)
    except NothingHere:
        store.close()
        raise notice or NothingHere from None
    return Desk(store, me, client_id, hub, vault, now, path, notice)


def _key(vault: Vault, *, known: bool) -> bytes:
    kept = vault.fetch(KEY)
    if kept is None and known:
        raise KeyIsMissing
    if kept is None:
        kept = secrets.token_hex(engines.KEY_BYTES)
        vault.keep(KEY, kept)
    return bytes.fromhex(kept)


def _store(path: Path, key: bytes, now: Clock) -> tuple[Store, LumiError | None]:
    """The data, and what to say when they were damaged."""
    engine, notice = salvage.opened(path, key, _upgrade, now())
    return Store(engine), notice


def _upgrade(engine: Engine) -> None:
    schema.upgrade(engine, schema.DESK)


def _client_id(store: Store) -> str:
    """The id of this desk, or a new one where a damaged file has lost it."""
    try:
        return _remembered(store)[1]
    except NothingHere:
        return new_id()


def _wipe(path: Path | None, vault: Vault) -> None:
    """Delete the data and, first, the key: without it no copy of them can be read."""
    for name in (KEY, REFRESH):
        vault.drop(name)
    for file in salvage.files_of(path) if path else ():
        # Another thread may hold it open a moment longer; without the key it is noise.
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def _remember(store: Store, me: Me, client_id: str) -> None:
    with store.write() as session:
        for name, value in {**asdict(me), "client_id": client_id}.items():
            session.merge(DeskMeta(name=name, value=value))


def _remembered(store: Store) -> tuple[Me, str]:
    with store.read() as session:
        told = {
            name: row.value
            for name in ("person_id", "name", "role", "team_id", "client_id")
            if (row := session.get(DeskMeta, name)) is not None
        }
    if "client_id" not in told:
        raise NothingHere
    client_id = told.pop("client_id")
    return Me(**told), client_id
