"""The wire between a desk and the hub: requests get lost on it, are repeated, come late or torn."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

import httpx2
from pydantic import TypeAdapter

from lumi_desk.sync import protocol
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
class Wire(httpx2.BaseTransport):
    """One desk's line. `carry` brings a request to whatever hub answers at the address now."""

    carry: Carry
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

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request, or not."""
        path, door = request.url.path, request.url.path.rpartition("/")[2]
        trouble, where = self.troubles.pop(door, (None, 0))
        if self.cut or trouble is Trouble.CUT:
            self.troubled = True
            raise httpx2.ConnectError("the line is cut", request=request)
        if trouble is Trouble.BUSY or (self.old and door == "snapshot"):
            self.troubled = True
            return _refusal(request, _BUSY if trouble else _NOT_FOUND)
        body = self._as_sent(door, _plain(request))
        headers = _headers(request)
        if door != "snapshot" and door in self.between:
            self.between.pop(door)()
        if door == "push":
            self.letters.append(Letter(headers, body))
        reply = self._answered(request, headers, body)
        if trouble is Trouble.TWICE:
            reply.whole()
            reply = self._answered(request, headers, body)
        if trouble is Trouble.LOST or (trouble is Trouble.TORN and door != "snapshot"):
            self._overheard(path, body, reply)
            self.troubled = True
            raise httpx2.ReadTimeout("the reply is lost", request=request)
        if door == "snapshot":
            lines = _Lines(self, request, path, reply, where if trouble else None)
            return httpx2.Response(reply.status, headers=dict(reply.headers), stream=lines)
        told = self._overheard(path, body, reply)
        return httpx2.Response(
            reply.status, headers=dict(reply.headers), content=told, request=request
        )

    def deliver(self, letter: Letter) -> None:
        """A push of earlier comes once more; nobody waits for the answer."""
        try:
            self._overheard(
                "/v1/push",
                letter.body,
                self.carry("POST", "/v1/push", letter.headers, letter.body),
            )
        except Crash:
            self.hub_died()

    def _answered(self, request: httpx2.Request, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            return self.carry(request.method, request.url.path, headers, body)
        except Crash:
            self.troubled = True
            self.hub_died()
            raise httpx2.RemoteProtocolError("the hub is gone", request=request) from None

    def _as_sent(self, door: str, body: bytes) -> bytes:
        if door != "pull":
            return body
        asked = json.loads(body)
        asked["limit"] = min(asked.get("limit", protocol.PAGE), self.most)
        if self.old:
            asked.pop("proto", None)
        return json.dumps(asked).encode()

    def _overheard(self, path: str, body: bytes, reply: Reply) -> bytes:
        told = reply.whole()
        self.hear(path, body)
        self.hear(f"{reply.status}", told)
        if path.endswith("/push") and reply.status == _ACCEPTED:
            pushed = protocol.PUSHED.validate_json(told)
            self.pushed(_PUSH.validate_json(body), pushed)
        return told


class _Lines(httpx2.SyncByteStream):
    """The sheets of a snapshot, one by one; writes happen between them, and it may break off."""

    def __init__(
        self, wire: Wire, request: httpx2.Request, path: str, reply: Reply, torn: int | None
    ) -> None:
        self._wire, self._request, self._path = wire, request, path
        self._reply, self._torn = reply, torn

    def __iter__(self) -> Iterator[bytes]:
        try:
            for number, chunk in enumerate(self._reply.chunks):
                if self._torn is not None and number >= self._torn:
                    self._wire.troubled = True
                    # Half a line comes still; then nothing.
                    yield chunk[: len(chunk) // 2]
                    raise httpx2.ReadError("the line broke", request=self._request)
                self._wire.hear(self._path, chunk)
                yield chunk
                if "snapshot" in self._wire.between:
                    self._wire.between.pop("snapshot")()
        except Crash:
            self._wire.troubled = True
            self._wire.hub_died()
            raise httpx2.RemoteProtocolError("the hub is gone", request=self._request) from None

    def close(self) -> None:
        closing = getattr(self._reply.chunks, "close", None)
        if closing is not None:
            closing()


_PUSH = TypeAdapter(protocol.Push)


def _plain(request: httpx2.Request) -> bytes:
    body = request.read()
    return gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body


def _headers(request: httpx2.Request) -> dict[str, str]:
    skipped = ("accept-encoding", "content-encoding", "content-length", "host", "user-agent")
    return {k: v for k, v in request.headers.items() if k not in skipped}


def _refusal(request: httpx2.Request, status: int) -> httpx2.Response:
    problem = protocol.Problem("Busy", {}, "Busy", "Wait.", "Busy.")
    headers = {"Retry-After": "1", "content-type": "application/json"}
    content = protocol.PROBLEM.dump_json(problem)
    return httpx2.Response(status, headers=headers, content=content, request=request)
