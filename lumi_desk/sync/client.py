"""The HTTP side of the desk; the only import of httpx2."""

import gzip
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
_BUSY = (429, 503)

T = TypeVar("T")


class HubOutOfReach(LumiError):
    """No answer: the line is down, the address is wrong, or the hub is not running."""

    title = N_("The hub cannot be reached")
    advice = N_("You can go on working; everything is kept and sent later.")


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
    """The hub answers with an error of its own, whose sentence is shown."""

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

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, door: str, asked: Any, answer: TypeAdapter[T], access: str = "") -> T:
        body = TypeAdapter(type(asked)).dump_json(asked)
        headers = {"Content-Type": "application/json"}
        if access:
            headers["Authorization"] = f"Bearer {access}"
        if len(body) > _COMPRESS_FROM:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        try:
            response = self._http.post(f"/v1/{door}", content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise HubOutOfReach from error
        if not response.is_success:
            raise self._said(response)
        try:
            return answer.validate_json(response.content)
        except ValidationError:
            # Not chained: the library's error quotes what came, perhaps a phone number.
            raise NotAHub(address=str(self._http.base_url)) from None

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


def _error(problem: protocol.Problem, response: httpx2.Response) -> HubSaid:
    if response.status_code == _UNAUTHORISED and problem.code == "SessionOver":
        return SignInOver(problem)
    if response.status_code in _BUSY and problem.code != "TooManyTries":
        wait = response.headers.get("Retry-After", "")
        return HubBusy(problem, retry_after=int(wait) if wait.isdigit() else 0)
    return HubSaid(problem)


def connect(address: str) -> HubClient:
    """A client for the hub at an address. Raises PlainLine for http:// beyond this machine."""
    url = httpx2.URL(address)
    if url.scheme != "https" and url.host not in ("127.0.0.1", "localhost", "::1"):
        raise PlainLine(address=address)
    timeout = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    headers = {"User-Agent": f"lumi-desk/{__version__}"}
    return HubClient(httpx2.Client(base_url=address, timeout=timeout, headers=headers))
