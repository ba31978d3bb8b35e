"""How a worker that ends parts from its desks: whoever has just come is still answered."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# So long somebody who was let in and has not asked yet may take to ask.
PATIENCE_S = 1.0


class Connection(HttpToolsProtocol):
    """One desk's connection.

    The server would close it at once if nothing was asked on it yet. But what is asked may be
    under way, and a desk that gets no answer cannot know whether its work was taken.
    """

    cycle: Any
    _ends = False

    def shutdown(self) -> None:
        """The server ends: answer what is being asked, then close."""
        if self.cycle is None and not self._ends:
            self._ends = True
            self.loop.call_later(PATIENCE_S, self.shutdown)
        elif not self.transport.is_closing():
            super().shutdown()

    def on_headers_complete(self) -> None:
        """Somebody asks: the last time, if the server ends."""
        super().on_headers_complete()
        if self._ends and self.cycle is not None:
            self.cycle.keep_alive = False
