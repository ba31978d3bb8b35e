"""What may answer at an address instead of our hub: some web page, or a hub of another version."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lumi_desk import clock
from lumi_desk.storage.base import to_millis
from lumi_desk.sync.protocol import PROTO, TOKENS, WELCOME, Tokens, Welcome


class WebPage(BaseHTTPRequestHandler):
    """Answers everything with a page, as a router or a shop would."""

    def do_POST(self) -> None:
        self._answer(b"<html><body>It works!</body></html>", "text/html")

    def _answer(self, body: bytes, kind: str) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its signature)
        """Nobody wants to read it."""


class LaterHub(WebPage):
    """A hub of years to come: it lets people in and speaks nothing that is spoken today."""

    def do_POST(self) -> None:
        if self.path == "/v1/hello":
            body = WELCOME.dump_json(self._welcome())
        else:
            body = TOKENS.dump_json(self._tokens())
        self._answer(body, "application/json")

    def _tokens(self) -> Tokens:
        until = to_millis(clock.now()) + 3_600_000
        return Tokens("access", "refresh", until, "lin", "林晓燕", "rep", "one")

    def _welcome(self) -> Welcome:
        return Welcome("epoch", PROTO + 7, PROTO + 9, to_millis(clock.now()), ("rep:lin",))


@contextmanager
def answering(who: type[WebPage], at: str = "") -> Iterator[str]:
    """Answer on loopback, at a hub's address or at any free one; yields the address."""
    port = int(at.rpartition(":")[2] or 0)
    server = ThreadingHTTPServer(("127.0.0.1", port), who)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
