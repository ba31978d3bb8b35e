"""The doors of a hub as a desk uses them, and what it makes of their answers."""

import contextlib
import gzip
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from lumi_desk.errors import N_, LumiError
from lumi_desk.sync import protocol
from lumi_desk.sync.line import Answer, HttpLine, Line

_COMPRESS_FROM = 2000
_UNAUTHORISED = 401
_NO_SUCH_DOOR = (404, 405)
_BUSY = (429, 503)
# A hub that is silent for longer than this has forgotten that somebody listens.
_SILENCE_SECONDS = 60.0
# Made once: making one costs more than a whole request.
_ASKING = {
    shape: TypeAdapter[Any](shape)
    for shape in (
        protocol.SignIn,
        protocol.Refresh,
        protocol.Hello,
        protocol.Push,
        protocol.Pull,
        protocol.Snapshot,
    )
}
_HEADS = TypeAdapter(dict[str, dict[str, int]])

T = TypeVar("T")


class HubOutOfReach(LumiError):
    """No answer: the line is down, the address is wrong, or the hub is not running."""

    title = N_("The hub cannot be reached")
    advice = N_("You can go on working; everything is kept and sent later.")


class HubTooSlow(HubOutOfReach):
    """The hub was reached, and its answer did not come in time: the line is bad."""


class NotAHub(LumiError):
    """Something answers at that address, but it is no hub, or one that speaks quite otherwise."""

    title = N_("What answers at {address} is not a hub this program understands")
    advice = N_("Check the address, or install the newest version. Your work is kept.")


class OtherVersion(LumiError):
    """The hub says that it speaks other versions of the protocol than this program."""

    title = N_("The hub and this program are of different versions")
    advice = N_(
        "Install the newest version here, or ask the hub's keeper to install it there. "
        "Your work is kept."
    )


class PlainLine(LumiError):
    """Customer data would cross a network unencrypted."""

    title = N_("The address {address} is not safe")
    advice = N_("Use one that begins with https://.")


class HubSaid(LumiError):
    """The hub answers with an error of its own, whose sentence is shown.

    `wait` is for how many seconds it asks not to be asked again.
    """

    wait = 0

    def __init__(self, problem: protocol.Problem, **params: str | int) -> None:
        self._code = problem.code
        if type(self) is HubSaid:
            self.title, self.advice = problem.title, problem.advice
        super().__init__(**{**problem.params, **params})

    @property
    def code(self) -> str:
        """The code of the hub's own error."""
        return self._code


class SignInOver(HubSaid):
    """The hub does not know these tokens any more."""

    title = N_("Your sign-in has run out")
    advice = N_("Sign in again. Your work is kept.")


class HubBusy(HubSaid):
    """The hub asks to come back later, after `retry_after` seconds."""

    title = N_("The hub is busy")
    advice = N_("It is tried again by itself. You can go on working.")


class SnapshotOver(HubSaid):
    """A snapshot cannot be gone on with: it has to be begun anew."""


class NoHints(LumiError):
    """The hub gives no hints, or nobody is signed in who could hear them."""

    # Not translated: nobody is told, since nothing has to be done.
    title = "The hub does not say when there is news"
    advice = "It is asked once a minute."


class Hints:
    """The heads of streams as the hub tells them; some may be lost. Ends when the line does."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[dict[str, int]]:
        """Raises HubOutOfReach when the line breaks; a heartbeat gives no heads."""
        told: list[bytes] = []
        with contextlib.closing(self._answer):
            for line in map(bytes.rstrip, _lines(self._answer)):
                if line.startswith(b"data:"):
                    told.append(line[5:])
                elif not line or line.startswith(b":"):
                    yield _heads(told)
                    told = []

    def close(self) -> None:
        """End it, from any thread: whoever waits in it is woken."""
        self._answer.wake()


class HubClient:
    """The doors of the hub at the end of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def sign_in(self, asked: protocol.SignIn) -> protocol.Tokens:
        """Tokens for name and password."""
        return self._ask("sign-in", asked, protocol.TOKENS)

    def refresh(self, asked: protocol.Refresh) -> protocol.Tokens:
        """New tokens for a refresh token."""
        return self._ask("refresh", asked, protocol.TOKENS)

    def hello(self, access: str, asked: protocol.Hello) -> protocol.Welcome:
        """Introduce this desk."""
        return self._ask("hello", asked, protocol.WELCOME, access)

    def push(self, access: str, asked: protocol.Push) -> protocol.Pushed:
        """Send operations; each gets one answer."""
        return self._ask("push", asked, protocol.PUSHED, access)

    def pull(self, access: str, asked: protocol.Pull) -> protocol.Pulled:
        """Fetch what has not been read yet."""
        return self._ask("pull", asked, protocol.PULLED, access)

    def snapshot(self, access: str, asked: protocol.Snapshot) -> Iterator[protocol.Sheet]:
        """Fetch a whole stream, or the rest of it, sheet by sheet as they come.

        Raises what the other doors raise, and SnapshotOver when it must be begun anew.
        """
        return self._sheets(self._post("snapshot", _ASKING[type(asked)].dump_json(asked), access))

    def hints(self, access: str) -> Hints:
        """Listen for the heads of streams. Raises NoHints where the hub has no such door."""
        headers = {"Authorization": f"Bearer {access}", "Accept": "text/event-stream"}
        answer = self._through_the_line("GET", "poke", headers, silence_s=_SILENCE_SECONDS)
        if answer.status in _NO_SUCH_DOOR:
            answer.close()
            raise NoHints
        self._require_success(answer)
        return Hints(answer)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def ask(
        self,
        door: str,
        body: bytes,
        shape: TypeAdapter[T],
        access: str = "",
        silence_s: float | None = None,
    ) -> T:
        """Ask a door of any shape. `body` is JSON.

        `silence_s` is after how many seconds without a word, if not after the usual ones.
        """
        answer = self._post(door, body, access, silence_s)
        with contextlib.closing(answer), _in_words():
            told = answer.read()
        return self._understood(shape, told)

    def _ask(self, door: str, asked: Any, shape: TypeAdapter[T], access: str = "") -> T:
        return self.ask(door, _ASKING[type(asked)].dump_json(asked), shape, access)

    def _sheets(self, answer: Answer) -> Iterator[protocol.Sheet]:
        with contextlib.closing(answer):
            for line in _lines(answer):
                sheet = self._understood(protocol.SHEET, line)
                if not sheet.fits():
                    raise NotAHub(address=self._line.address)
                yield sheet

    def _understood(self, shape: TypeAdapter[T], told: bytes) -> T:
        try:
            return shape.validate_json(told)
        except ValidationError:
            # Not chained: the library's error quotes what came, perhaps a phone number.
            raise NotAHub(address=self._line.address) from None

    def _post(self, door: str, body: bytes, access: str, silence_s: float | None = None) -> Answer:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if len(body) > _COMPRESS_FROM:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        answer = self._through_the_line("POST", door, headers, body, silence_s)
        self._require_success(answer)
        return answer

    def _through_the_line(
        self,
        method: str,
        door: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        silence_s: float | None = None,
    ) -> Answer:
        with _in_words():
            return self._line.send(method, f"/v1/{door}", headers, body, silence_s)

    def _require_success(self, answer: Answer) -> None:
        if 200 <= answer.status < 300:
            return
        with contextlib.closing(answer):
            try:
                told = answer.read()
            except OSError as error:
                raise HubOutOfReach from error
            raise self._said(answer, told)

    def _said(self, answer: Answer, told: bytes) -> LumiError:
        try:
            problem = protocol.PROBLEM.validate_json(told)
        except ValidationError:
            if answer.status in (502, 503, 504):
                return HubOutOfReach()
            return NotAHub(address=self._line.address)
        try:
            return _error(problem, answer)
        except (LookupError, ValueError):
            # A sentence whose fields did not come along: some other hub's.
            return NotAHub(address=self._line.address)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise HubTooSlow from error
    except OSError as error:
        raise HubOutOfReach from error


def _lines(answer: Answer) -> Iterator[bytes]:
    """The lines of an answer, as they come; a last one that was cut off is left."""
    left: list[bytes] = []
    try:
        for piece in answer.pieces():
            *whole, rest = piece.split(b"\n")
            for line in whole:
                yield b"".join((*left, line))
                left = []
            left.append(rest)
    except OSError as error:
        raise HubOutOfReach from error


def _heads(told: list[bytes]) -> dict[str, int]:
    """The heads in the data of one event; a hint that cannot be read is as good as lost."""
    try:
        return _HEADS.validate_json(b"\n".join(told)).get("streams", {}) if told else {}
    except ValidationError:
        return {}


def _error(problem: protocol.Problem, answer: Answer) -> HubSaid:
    said = _said_as(problem, answer)
    said.wait = _wait(answer)
    return said


def _wait(answer: Answer) -> int:
    told = answer.header("Retry-After")
    return int(told) if told.isascii() and told.isdigit() else 0


def _said_as(problem: protocol.Problem, answer: Answer) -> HubSaid:
    if answer.status == _UNAUTHORISED and problem.code == "SessionOver":
        return SignInOver(problem)
    if problem.code == SnapshotOver.__name__:
        return SnapshotOver(problem)
    if answer.status in _BUSY and problem.code != "TooManyTries":
        return HubBusy(problem, retry_after=_wait(answer))
    return HubSaid(problem)


def connect(address: str) -> HubClient:
    """A client for the hub at an address.

    Raises PlainLine for http:// beyond this machine, and NotAHub for what is no address.
    """
    try:
        url = urlsplit(address)
        if url.scheme != "https" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise PlainLine(address=address)
        if not url.hostname:
            raise NotAHub(address=address)
        return HubClient(HttpLine(address))
    except ValueError:
        raise NotAHub(address=address) from None
