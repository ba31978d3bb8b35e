"""The HTTP side of the desk; the only import of httpx2."""

import contextlib
import gzip
import socket
import ssl
from collections.abc import Iterator
from typing import Any, TypeVar

import httpx2
from pydantic import TypeAdapter, ValidationError

from lumi_desk import __version__
from lumi_desk.errors import N_, LumiError
from lumi_desk.sync import protocol

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
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

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[dict[str, int]]:
        """Raises HubOutOfReach when the line breaks; a heartbeat gives no heads."""
        told: list[str] = []
        try:
            for line in self._response.iter_lines():
                if line.startswith("data:"):
                    told.append(line[5:])
                elif not line or line.startswith(":"):
                    yield _heads(told)
                    told = []
        except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as error:
            raise HubOutOfReach from error
        finally:
            self._response.close()

    def close(self) -> None:
        """End it, from any thread: whoever waits in it is woken."""
        stream = self._response.extensions.get("network_stream")
        line = stream.get_extra_info("socket") if stream is not None else None
        if line is not None:
            # Closing alone would leave the other thread waiting.
            with contextlib.suppress(OSError, ValueError):
                line.shutdown(socket.SHUT_RDWR)


class HubClient:
    """The doors of one hub. `http` is a client whose base address is the hub's."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

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
        return self._sheets(self._send("snapshot", asked, access, stream=True))

    def hints(self, access: str) -> Hints:
        """Listen for the heads of streams. Raises NoHints where the hub has no such door."""
        headers = {"Authorization": f"Bearer {access}", "Accept": "text/event-stream"}
        timeout = httpx2.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
        request = self._http.build_request("GET", "/v1/poke", headers=headers, timeout=timeout)
        response = self._through_the_line(request, stream=True)
        if response.status_code in _NO_SUCH_DOOR:
            response.close()
            raise NoHints
        self._require_success(response)
        return Hints(response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, door: str, asked: Any, answer: TypeAdapter[T], access: str = "") -> T:
        response = self._send(door, asked, access)
        return self._understood(answer, response.content)

    def _sheets(self, response: httpx2.Response) -> Iterator[protocol.Sheet]:
        with contextlib.closing(response):
            for line in _lines(response):
                sheet = self._understood(protocol.SHEET, line)
                if not sheet.fits():
                    raise NotAHub(address=str(self._http.base_url))
                yield sheet

    def _understood(self, answer: TypeAdapter[T], told: bytes) -> T:
        try:
            return answer.validate_json(told)
        except ValidationError:
            # Not chained: the library's error quotes what came, perhaps a phone number.
            raise NotAHub(address=str(self._http.base_url)) from None

    def _send(
        self, door: str, asked: Any, access: str = "", *, stream: bool = False
    ) -> httpx2.Response:
        body = _ASKING[type(asked)].dump_json(asked)
        headers = {"Content-Type": "application/json"}
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if len(body) > _COMPRESS_FROM:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        request = self._http.build_request("POST", f"/v1/{door}", content=body, headers=headers)
        response = self._through_the_line(request, stream=stream)
        self._require_success(response)
        return response

    def _through_the_line(self, request: httpx2.Request, *, stream: bool) -> httpx2.Response:
        try:
            return self._http.send(request, stream=stream)
        except (httpx2.ReadTimeout, httpx2.WriteTimeout) as error:
            raise HubTooSlow from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise HubOutOfReach from error

    def _require_success(self, response: httpx2.Response) -> None:
        if response.is_success:
            return
        with contextlib.closing(response):
            try:
                response.read()
            except (httpx2.HTTPError, OSError) as error:
                raise HubOutOfReach from error
            raise self._said(response)

    def _said(self, response: httpx2.Response) -> LumiError:
        try:
            problem = protocol.PROBLEM.validate_json(response.content)
        except ValidationError:
            if response.status_code in (502, 503, 504):
                return HubOutOfReach()
            return NotAHub(address=str(self._http.base_url))
        try:
            return _error(problem, response)
        except (LookupError, ValueError):
            # A sentence whose fields did not come along: some other hub's.
            return NotAHub(address=str(self._http.base_url))


def _lines(response: httpx2.Response) -> Iterator[bytes]:
    """The lines of an answer, as they come; a last one that was cut off is left."""
    left: list[bytes] = []
    try:
        for chunk in response.iter_bytes():
            *whole, rest = chunk.split(b"\n")
            for piece in whole:
                yield b"".join((*left, piece))
                left = []
            left.append(rest)
    except (httpx2.HTTPError, OSError) as error:
        raise HubOutOfReach from error


def _heads(told: list[str]) -> dict[str, int]:
    """The heads in the data of one event; a hint that cannot be read is as good as lost."""
    try:
        return _HEADS.validate_json("\n".join(told)).get("streams", {}) if told else {}
    except ValidationError:
        return {}


def _error(problem: protocol.Problem, response: httpx2.Response) -> HubSaid:
    said = _said_as(problem, response)
    said.wait = _wait(response)
    return said


def _wait(response: httpx2.Response) -> int:
    told = response.headers.get("Retry-After", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _said_as(problem: protocol.Problem, response: httpx2.Response) -> HubSaid:
    if response.status_code == _UNAUTHORISED and problem.code == "SessionOver":
        return SignInOver(problem)
    if problem.code == SnapshotOver.__name__:
        return SnapshotOver(problem)
    if response.status_code in _BUSY and problem.code != "TooManyTries":
        return HubBusy(problem, retry_after=_wait(response))
    return HubSaid(problem)


def connect(address: str) -> HubClient:
    """A client for the hub at an address. Raises PlainLine for http:// beyond this machine."""
    url = httpx2.URL(address)
    if url.scheme != "https" and url.host not in ("127.0.0.1", "localhost", "::1"):
        raise PlainLine(address=address)
    timeout = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    headers = {"User-Agent": f"lumi-desk/{__version__}"}
    # Loading the machine's certificates takes time; a plain line has none to check. What trusts
    # nobody can't be turned into something less safe by a hub that sends elsewhere.
    trust = True if url.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    http = httpx2.Client(base_url=address, timeout=timeout, headers=headers, verify=trust)
    return HubClient(http)
