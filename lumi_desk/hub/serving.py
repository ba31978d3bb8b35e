"""Serving a hub over HTTP until it is told to stop."""

import json
import os
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from lumi_desk.errors import LumiError
from lumi_desk.hub.settings import Doors

# How long requests under way may take to end once the hub is told to stop.
_GRACE_S = 10


class PortTaken(LumiError):
    """The hub cannot listen where it should."""

    title = "The hub cannot listen on {host}:{port}: {reason}"
    advice = "Another hub may be running there. Stop it, or choose another --port."


class BadCertificate(LumiError):
    """The certificate or its key cannot be used."""

    title = "The certificate and its key cannot be used: {reason}"
    advice = "Give both as PEM files that belong together."


@dataclass(frozen=True)
class Listening:
    """What whoever started the hub wants to know once it answers."""

    url: str
    pid: int

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps({"listening": self.url, "pid": self.pid})


Ready = Callable[[Listening], None]


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(app: FastAPI, doors: Doors, ready: Ready) -> None:
    """Answer requests until SIGTERM or Ctrl C, then end those under way and return.

    Port 0 takes any free one; `ready` is told which. Raises NotSafe, PortTaken or BadCertificate.
    """
    doors.require_safe()
    config = _config(app, doors)
    listener = _listener(doors)
    port = listener.getsockname()[1]
    host = f"[{doors.host}]" if ":" in doors.host else doors.host
    url = f"{'https' if config.is_ssl else 'http'}://{host}:{port}"
    server = _Server(config, lambda: ready(Listening(url, os.getpid())))
    # The server ends gracefully on these and raises them again: by then all is done.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _calmly)
    with listener:
        server.run(sockets=[listener])


def write_ready_file(file: Path, listening: Listening) -> None:
    """Write the file a driver waits for; it is there only when it is whole."""
    partial = file.with_name(f"{file.name}.part")
    partial.write_text(listening.as_json() + "\n", "utf-8")
    partial.replace(file)


def _config(app: FastAPI, doors: Doors) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=doors.behind_proxy,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=doors.tls_cert,
        ssl_keyfile=doors.tls_key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise BadCertificate(reason=getattr(error, "reason", None) or str(error)) from error
    return config


def _listener(doors: Doors) -> socket.socket:
    family = socket.AF_INET6 if ":" in doors.host else socket.AF_INET
    try:
        return socket.create_server((doors.host, doors.port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PortTaken(host=doors.host, port=doors.port, reason=reason) from error


def _calmly(_: int, __: FrameType | None) -> None:
    """Take note of a signal that has been dealt with."""
