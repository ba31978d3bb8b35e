"""A desk's line whose other end a test holds: what it sends is a request of httpx2's."""

from collections.abc import Callable, Iterator, Mapping

import httpx2

from lumi_desk.sync.client import HubClient
from lumi_desk.sync.line import Answer

HERE = "http://127.0.0.1"


class Through:
    """A line that asks a transport."""

    def __init__(self, transport: httpx2.BaseTransport, address: str = HERE) -> None:
        self.address = address
        self._transport = transport

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        silence_s: float | None = None,
    ) -> Answer:
        """Ask; what httpx2 raises is raised as a line raises it."""
        request = httpx2.Request(
            method,
            self.address + path,
            headers=dict(headers),
            content=body,
            extensions={"timeout": {"read": silence_s}},
        )
        try:
            return _Answer(self._transport.handle_request(request))
        except httpx2.HTTPError as error:
            raise _said(error) from error

    def close(self) -> None:
        """Let go of the transport."""
        self._transport.close()


class _Answer:
    def __init__(self, response: httpx2.Response) -> None:
        self.status = response.status_code
        self._response = response

    def header(self, name: str) -> str:
        return self._response.headers.get(name, "")

    def read(self) -> bytes:
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except httpx2.HTTPError as error:
            raise _said(error) from error

    def wake(self) -> None:
        self.close()

    def close(self) -> None:
        self._response.close()


def through(transport: httpx2.BaseTransport, address: str = HERE) -> HubClient:
    """The client of a desk whose line is that transport."""
    return HubClient(Through(transport, address))


def answering(
    answer: Callable[[httpx2.Request], httpx2.Response], address: str = HERE
) -> HubClient:
    """The client of a desk to which all is answered by one function."""
    return through(httpx2.MockTransport(answer), address)


def _said(error: httpx2.HTTPError) -> OSError:
    slow = isinstance(error, httpx2.ReadTimeout | httpx2.WriteTimeout)
    return TimeoutError(str(error)) if slow else ConnectionError(str(error))
