"""The wire between a desk and the hub: requests get lost on it, are repeated, come late or torn."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from pydantic import TypeAdapter

from lumi_desk.sync import protocol
from lumi_desk.sync.line import Answer
from tests.sync.fleet.fuses import Crash

_ACCEPTED = 200
_NOT_FOUND = 404
_BUSY = 503


class Trouble(Enum):
    """What may happen to one request."""

    CUT = "it never arrives"
    LOST = "its reply is lost"
    TWICE = "it arrives twice"
    BUSY = "the hub has no time"
    TORN = "its reply breaks off"


@dataclass
class Reply:
    """What the hub answers; `chunks` are made while they are read."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]

    def whole(self) -> bytes:
        """All of it at once."""
        return b"".join(self.chunks)


@dataclass(frozen=True)
class Letter:
    """A push as it went over the wire, and whether it still has to be delivered late."""

    headers: Mapping[str, str]
    body: bytes


# Method, path, headers and plain body of a request.
Carry = Callable[[str, str, Mapping[str, str], bytes], Reply]


@dataclass
class Wire:
    """One desk's line. `carry` brings a request to whatever hub answers at the address now."""

    carry: Carry
    address: str = "http://127.0.0.1"
    old: bool = False
    """Whether it leaves out what the first protocol did not know."""
    most: int = protocol.PAGE
    """The longest page that is asked for: short ones show more of what can go wrong."""
    cut: bool = False
    troubles: dict[str, tuple[Trouble, int]] = field(default_factory=dict)
    between: dict[str, Callable[[], object]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    troubled: bool = False
    """Whether something went wrong since this was last set to False."""
    hear: Callable[[str, bytes], None] = lambda _, __: None
    pushed: Callable[[protocol.Push, protocol.Pushed], None] = lambda _, __: None
    hub_died: Callable[[], None] = lambda: None
    """Starts the hub again."""

    def mend(self) -> None:
        """From now on it works."""
        self.cut, self.troubles = False, {}
        self.between.clear()

    def close(self) -> None:
        """There is nothing to close."""

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        silence_s: float | None = None,  # noqa: ARG002  (named by the line)
    ) -> Answer:
        """Carry one request, or not."""
        door = path.rpartition("/")[2]
        trouble, where = self.troubles.pop(door, (None, 0))
        if self.cut or trouble is Trouble.CUT:
            self.troubled = True
            raise ConnectionError("the line is cut")
        if trouble is Trouble.BUSY or (self.old and door == "snapshot"):
            self.troubled = True
            return _refusal(_BUSY if trouble else _NOT_FOUND)
        told = {name.lower(): value for name, value in headers.items()}
        body = self._as_sent(door, _plain(told, body))
        letter = Letter({name: told[name] for name in told if name not in _PACKING}, body)
        if door != "snapshot" and door in self.between:
            self.between.pop(door)()
        if door == "push":
            self.letters.append(letter)
        reply = self._answered(method, path, letter)
        if trouble is Trouble.TWICE:
            reply.whole()
            reply = self._answered(method, path, letter)
        if trouble is Trouble.LOST or (trouble is Trouble.TORN and door != "snapshot"):
            self._overheard(path, body, reply)
            self.troubled = True
            raise TimeoutError("the reply is lost")
        if door == "snapshot":
            return _Heard(reply, self._sheets(path, reply, where if trouble else None))
        return _Heard(reply, (self._overheard(path, body, reply),))

    def deliver(self, letter: Letter) -> None:
        """A push of earlier comes once more; nobody waits for the answer."""
        try:
            reply = self.carry("POST", "/v1/push", letter.headers, letter.body)
            self._overheard("/v1/push", letter.body, reply)
        except Crash:
            self.hub_died()

    def _answered(self, method: str, path: str, letter: Letter) -> Reply:
        try:
            return self.carry(method, path, letter.headers, letter.body)
        except Crash:
            raise self._hub_is_gone() from None

    def _hub_is_gone(self) -> ConnectionError:
        self.troubled = True
        self.hub_died()
        return ConnectionError("the hub is gone")

    def _as_sent(self, door: str, body: bytes) -> bytes:
        if door not in ("pull", "push"):
            return body
        asked = json.loads(body)
        pull = asked if door == "pull" else asked.get("pull")
        if pull is None:
            return body
        pull["limit"] = min(pull.get("limit", protocol.PAGE), self.most)
        if self.old:
            pull.pop("proto", None)
        # Every other push comes to a hub that does not pull along with it.
        if door == "push" and (self.old or len(self.letters) % 2):
            del asked["pull"]
        return json.dumps(asked).encode()

    def _overheard(self, path: str, body: bytes, reply: Reply) -> bytes:
        told = reply.whole()
        self.hear(path, body)
        self.hear(f"{reply.status}", told)
        if path.endswith("/push") and reply.status == _ACCEPTED:
            pushed = protocol.PUSHED.validate_json(told)
            self.pushed(_PUSH.validate_json(body), pushed)
        return told

    def _sheets(self, path: str, reply: Reply, torn: int | None) -> Iterator[bytes]:
        """A snapshot, sheet by sheet; writes happen between them, and it may break off."""
        try:
            for number, chunk in enumerate(reply.chunks):
                if torn is not None and number >= torn:
                    self.troubled = True
                    # Half a line comes still; then nothing.
                    yield chunk[: len(chunk) // 2]
                    raise ConnectionError("the line broke")
                self.hear(path, chunk)
                yield chunk
                if "snapshot" in self.between:
                    self.between.pop("snapshot")()
        except Crash:
            raise self._hub_is_gone() from None


class _Heard:
    """What arrives at the desk."""

    def __init__(self, reply: Reply, pieces: Iterable[bytes]) -> None:
        self.status = reply.status
        self._reply, self._pieces = reply, pieces

    def header(self, name: str) -> str:
        return self._reply.headers.get(name.lower(), "")

    def read(self) -> bytes:
        return b"".join(self._pieces)

    def pieces(self) -> Iterator[bytes]:
        yield from self._pieces

    def wake(self) -> None:
        self.close()

    def close(self) -> None:
        for one in (self._pieces, self._reply.chunks):
            closing = getattr(one, "close", None)
            if closing is not None:
                closing()


_PUSH = TypeAdapter(protocol.Push)
_PACKING = ("accept-encoding", "content-encoding", "content-length", "host", "user-agent")


def _plain(headers: Mapping[str, str], body: bytes) -> bytes:
    return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def _refusal(status: int) -> Answer:
    problem = protocol.Problem("Busy", {}, "Busy", "Wait.", "Busy.")
    told = protocol.PROBLEM.dump_json(problem)
    return _Heard(Reply(status, {"retry-after": "1"}, iter(())), (told,))
