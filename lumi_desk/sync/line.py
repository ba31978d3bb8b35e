"""The line to a hub: HTTP/1.1 over a connection that is kept; the only import of http.client.

The standard library connects, the hub's own parser reads the answers: of a round without news the
request is the greater part, and a client that can do more takes five times as long for it.
"""

import contextlib
import http.client
import os
import platform
import select
import socket
import ssl
import urllib.request
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httptools
import truststore

from lumi_desk import __version__

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
_PIECE = 1 << 16
# More bytes than any hub's headers have.
_MOST_HEADERS = 1 << 17
# Statuses below it are of what goes before an answer.
_CONTINUE, _FINAL = 100, 200
_GZIP = 16 + zlib.MAX_WBITS
_AGENT = f"lumi-desk/{__version__}"
# A connection that was closed while it rested: nothing of an answer has come.
_CLOSED = (
    http.client.RemoteDisconnected,
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)
# Systems with a store of certificates that is no file.
_OWN_STORE = {"Windows", "Darwin"}
# Where a Linux keeps its certificates, if not where this Python was built to look.
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Answer(Protocol):
    """What came back. Reading raises TimeoutError, and OSError when the line breaks."""

    status: int

    def header(self, name: str) -> str:
        """A header's value, or nothing."""

    def read(self) -> bytes:
        """All of it."""

    def pieces(self) -> Iterator[bytes]:
        """It, as it comes."""

    def wake(self) -> None:
        """End it, from any thread: whoever waits in it is woken."""

    def close(self) -> None:
        """Let go of it, read or not."""


class Line(Protocol):
    """A way to one hub."""

    address: str

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        silence_s: float | None = None,
    ) -> Answer:
        """Ask. Raises TimeoutError for an answer that stays out, OSError for everything else.

        `silence_s` is after how many seconds without a word, if not after the usual ones.
        """

    def close(self) -> None:
        """Close its connections."""


class HttpLine:
    """The line to the hub at an address, `https://…` or, on this machine, `http://…`.

    What a hub answers is never followed to another place. A request that met a connection which
    was closed meanwhile is sent once more: every door of the hub takes a repetition.
    """

    def __init__(self, address: str, read_s: float = READ_SECONDS) -> None:
        """Raises ValueError for what is no address."""
        self.address = address
        self._read_s = read_s
        url = urlsplit(address)
        self._safe = url.scheme == "https"
        self._host = _in_ascii(url.hostname or "")
        # Always said: of an IPv6 host without one, the library takes the end for a port.
        self._port = url.port or (http.client.HTTPS_PORT if self._safe else http.client.HTTP_PORT)
        self._path = quote(url.path.rstrip("/"), safe="/%")
        # Loading the machine's certificates takes time; a plain line has none to check.
        self._trust = _trust() if self._safe else None
        place = f"[{self._host}]" if ":" in self._host else self._host
        port = f":{url.port}" if url.port else ""
        self._head = f"Host: {place}{port}\r\nUser-Agent: {_AGENT}\r\n"
        self._resting: list[http.client.HTTPConnection] = []

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        silence_s: float | None = None,
    ) -> Answer:
        """Ask. Raises TimeoutError for an answer that stays out, OSError for everything else."""
        told = self._written(method, path, headers, body)
        patience = self._read_s if silence_s is None else silence_s
        if (kept := self._kept()) is not None:
            with contextlib.suppress(*_CLOSED):
                return self._asked(kept, told, patience)
        return self._asked(self._connected(), told, patience)

    def close(self) -> None:
        """Close the connections that rest."""
        with contextlib.suppress(IndexError):
            while True:
                self._resting.pop().close()

    def _written(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise ConnectionError("a header that cannot be sent")
        length = {"Content-Length": str(len(body))} if body else {}
        told = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **length}.items())
        first = f"{method} {self._path}{path} HTTP/1.1\r\n"
        # At once: head and body in two packets would wake the hub twice.
        return f"{first}{self._head}{told}\r\n".encode("ascii") + body

    def _kept(self) -> http.client.HTTPConnection | None:
        with contextlib.suppress(IndexError):
            while True:
                kept = self._resting.pop()
                # Nothing has been asked: what can be read is the other side's farewell.
                if kept.sock is not None and not _has_news(kept.sock):
                    return kept
                kept.close()
        return None

    def _connected(self) -> http.client.HTTPConnection:
        try:
            connection = self._dialled()
            connection.connect()
        except (http.client.HTTPException, TimeoutError, ValueError) as error:
            raise ConnectionError("no connection") from error
        return connection

    def _dialled(self) -> http.client.HTTPConnection:
        if self._trust is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_SECONDS)
        proxy = _proxy(self._host)
        host, port = self._host, self._port
        if proxy is not None:
            host, port = proxy.hostname or "", proxy.port or http.client.HTTP_PORT
        connection = http.client.HTTPSConnection(
            host, port, timeout=CONNECT_SECONDS, context=self._trust
        )
        if proxy is not None:
            connection.set_tunnel(self._host, self._port, _allowed(proxy))
        return connection

    def _asked(
        self, connection: http.client.HTTPConnection, told: bytes, patience: float
    ) -> Answer:
        line: socket.socket = connection.sock
        try:
            line.settimeout(patience)
            line.sendall(told)
            reading = _Reading(line)
            if reading.status < _FINAL:
                # The answer is still to come, and the next request must not take it for its own.
                raise ConnectionError("an answer before the answer")
        except BaseException:
            connection.close()
            raise
        return _HttpAnswer(reading, connection, self._resting)


class _Reading:
    """An answer that is being read from a line; made once its headers are there.

    Raises TimeoutError, and OSError when the line breaks or what comes is no HTTP.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._parser = httptools.HttpResponseParser(self)
        self.status = 0
        self._has_begun = self._is_before = False
        self.headers: dict[bytes, bytes] = {}
        self._pieces: list[bytes] = []
        self._has_ended = self._is_kept = self._goes_on = False
        self._came = 0
        while not self._has_begun:
            self._feed()
            if self._came > _MOST_HEADERS:
                raise ConnectionError("headers without an end")

    def on_message_begin(self) -> None:
        """For the parser: what comes after the end of an answer was not asked for."""
        self._goes_on = self._has_ended

    def on_header(self, name: bytes, value: bytes) -> None:
        """For the parser: the first of several of a name counts."""
        if not self._has_begun:
            self.headers.setdefault(name.lower(), value)

    def on_headers_complete(self) -> None:
        """For the parser: what only says that the answer comes is none."""
        status = self._parser.get_status_code()
        self._is_before = status == _CONTINUE and not self._has_begun
        if self._is_before:
            self.headers.clear()
        elif not self._has_begun:
            self._has_begun, self.status = True, status
            # Asked now: with the end of the answer it forgets.
            self._is_kept = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        """For the parser."""
        if not self._goes_on:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """For the parser."""
        self._has_ended = not self._is_before

    @property
    def may_rest(self) -> bool:
        """Whether the line can be used again, once the answer was read to its end."""
        return self._is_kept and not self._goes_on

    def whole(self) -> bytes:
        """The body."""
        return b"".join(self.pieces())

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes."""
        while True:
            pieces, self._pieces = self._pieces, []
            yield from pieces
            if self._has_ended:
                return
            self._feed()

    def _feed(self) -> None:
        came = self._line.recv(_PIECE)
        if not came:
            self._end()
        self._came += len(came)
        try:
            self._parser.feed_data(came)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # Not chained: the library's words quote what came.
            raise ConnectionError("no answer in HTTP") from None
        if self._has_ended:
            # Each holds the other: whoever is not needed any more must not wait for the collector.
            del self._parser

    def _end(self) -> None:
        """The other side has hung up: that ends an answer of which no length was told."""
        if not self._came:
            raise http.client.RemoteDisconnected("nothing came")
        told = self.headers.keys() & {b"content-length", b"transfer-encoding"}
        if told or not self._has_begun:
            raise ConnectionError("the answer ends early")
        self._has_ended = True


class _HttpAnswer:
    """An answer of HttpLine; once it was read to its end the connection rests for the next."""

    def __init__(
        self,
        reading: _Reading,
        connection: http.client.HTTPConnection,
        resting: list[http.client.HTTPConnection],
    ) -> None:
        self.status = reading.status
        self._reading = reading
        self._connection: http.client.HTTPConnection | None = connection
        self._resting = resting
        packed = self.header("Content-Encoding") == "gzip"
        self._unpack = zlib.decompressobj(_GZIP) if packed else None

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return self._reading.headers.get(name.lower().encode("ascii"), b"").decode("latin-1")

    def read(self) -> bytes:
        """All of it."""
        with _breaking():
            whole = self._reading.whole()
            self._rest()
            if self._unpack is None:
                return whole
            whole = self._unpack.decompress(whole)
            if not self._unpack.eof:
                raise ConnectionError("the packed answer ends early")
            return whole

    def pieces(self) -> Iterator[bytes]:
        """It, as it comes."""
        pieces = self._reading.pieces()
        while True:
            with _breaking():
                piece = next(pieces, b"")
                if not piece:
                    break
                if self._unpack is not None:
                    piece = self._unpack.decompress(piece)
            yield piece
        if self._unpack is not None and not self._unpack.eof:
            self.close()
            raise ConnectionError("the packed answer ends early")
        self._rest()

    def wake(self) -> None:
        """End it, from any thread: whoever waits in it is woken."""
        # Looked up once: the other thread may let go of it meanwhile.
        connection = self._connection
        line = connection.sock if connection is not None else None
        if line is not None:
            # Closing alone would leave the other thread waiting; a TLS line would first forget
            # what the other thread is reading with.
            with contextlib.suppress(OSError, ValueError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it; a connection on which more could come is closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _rest(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._reading.may_rest:
            self._resting.append(connection)
        elif connection is not None:
            connection.close()


@contextlib.contextmanager
def _breaking() -> Iterator[None]:
    try:
        yield
    except (
        http.client.HTTPException,
        zlib.error,
        ValueError,
        # An answer that says it is longer than any memory.
        MemoryError,
        OverflowError,
    ) as error:
        # Not chained: the library's words quote what came.
        raise ConnectionError(type(error).__name__) from None


def _in_ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _has_news(line: socket.socket) -> bool:
    if not hasattr(select, "poll"):
        return bool(select.select([line], [], [], 0)[0])
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(0))


def _trust() -> ssl.SSLContext:
    """Whom this machine trusts, and what SSL_CERT_FILE and SSL_CERT_DIR name."""
    named = os.environ.keys() & {"SSL_CERT_FILE", "SSL_CERT_DIR"}
    if platform.system() in _OWN_STORE and not named:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    looked = ssl.get_default_verify_paths()
    if not (looked.cafile or looked.capath):
        for file in filter(os.path.isfile, _CERTIFICATES):
            context.load_verify_locations(file)
    return context


def _proxy(host: str) -> SplitResult | None:
    """The proxy that this machine was told to use for a hub elsewhere."""
    if urllib.request.proxy_bypass(host):
        return None
    known: dict[str, Any] = urllib.request.getproxies()
    told = known.get("https") or known.get("all")
    if not told:
        return None
    proxy = urlsplit(told if "://" in told else f"http://{told}")
    if proxy.scheme != "http":
        raise ConnectionError("a proxy of a kind that is not known")
    return proxy


def _allowed(proxy: SplitResult) -> dict[str, str]:
    """The name and password of the proxy, if it wants one."""
    if proxy.username is None:
        return {}
    told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(told.encode()).decode()}"}
