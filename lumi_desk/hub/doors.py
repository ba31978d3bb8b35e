"""What happens behind each door under /v1, in plain functions: bytes come in, bytes go out."""

from contextlib import suppress
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import accounts, callers, deliver, metrics, watching
from lumi_desk.hub.accept import accept
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.problems import parsed
from lumi_desk.hub.snapshot import Course
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import protocol

SIGN_IN = TypeAdapter(protocol.SignIn)
REFRESH = TypeAdapter(protocol.Refresh)
HELLO = TypeAdapter(protocol.Hello)
PUSH = TypeAdapter(protocol.Push)
PULL = TypeAdapter(protocol.Pull)
SNAPSHOT = TypeAdapter(protocol.Snapshot)


@dataclass(frozen=True)
class Doors:
    """The doors of the hub on one database. Each raises a LumiError to refuse."""

    store: Store
    now: Clock

    def sign_in(self, _: str, body: bytes) -> bytes:
        """Tokens for a name and password."""
        tokens = accounts.sign_in(self.store, parsed(SIGN_IN, body), self.now())
        return protocol.TOKENS.dump_json(tokens)

    def refresh(self, _: str, body: bytes) -> bytes:
        """New tokens for a refresh token."""
        asked = parsed(REFRESH, body)
        tokens = accounts.refresh(self.store, asked.refresh, asked.client_id, self.now())
        return protocol.TOKENS.dump_json(tokens)

    def hello(self, access: str, body: bytes) -> bytes:
        """Note that a desk came by, and tell it what the hub is."""
        caller = self.caller(access)
        asked = parsed(HELLO, body)
        with self.store.write() as session:
            accounts.greet(session, asked.client_id, caller.id, asked.version, self.now())
        welcome = protocol.Welcome(
            caller.epoch,
            protocol.PROTO_MIN,
            protocol.PROTO,
            to_millis(self.now()),
            callers.streams_of(caller),
        )
        return protocol.WELCOME.dump_json(welcome)

    def push(self, access: str, body: bytes) -> bytes:
        """Carry out operations and answer each, then the pull that came along."""
        caller = self.caller(access)
        asked = parsed(PUSH, body)
        watching.note(client=asked.client_id)
        answers = accept(self.store, caller.id, asked.client_id, asked.ops, self.now())
        metrics.operations(answer.status for answer in answers)
        pushed = protocol.Pushed(caller.epoch, answers)
        told = protocol.PUSHED.dump_json(pushed, exclude={"pulled"})
        if asked.pull is None:
            return told
        # The answers are worth more than what came of them: that can be asked for again.
        with suppress(LumiError):
            return told[:-1] + b',"pulled":' + self._pulled(access, asked.pull) + b"}"
        return told

    def pull(self, access: str, body: bytes) -> bytes:
        """What has not been read yet; the usual answer, nothing, costs one statement."""
        asked = parsed(PULL, body)
        watching.note(client=asked.client_id)
        return self._pulled(access, asked)

    def _pulled(self, access: str, asked: protocol.Pull) -> bytes:
        # Beginning and ending a transaction would be as many statements again.
        with self.store.look() as connection:
            caller, noted = deliver.at_the_door(connection, access, asked, self.now())
            watching.note(person=caller.id)
            told = deliver.at_once(connection, caller, noted, asked)
        if told is not None:
            return told
        with self.store.snapshot() as connection:
            return deliver.pulled(connection, self._caller(connection, access), asked)

    def snapshot(self, access: str, body: bytes) -> Course:
        """A course through a whole stream; its sheets are read one by one."""
        self.caller(access)
        return Course(self.store, access, parsed(SNAPSHOT, body), self.now)

    def caller(self, access: str) -> Caller:
        """Who shows the token. Raises SessionOver or HasLeft."""
        with self.store.look() as connection:
            return self._caller(connection, access)

    def _caller(self, connection: Connection, access: str) -> Caller:
        found = callers.behind(connection, access, self.now())
        watching.note(person=found.id)
        return found
