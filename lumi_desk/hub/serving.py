"""Serving a hub over HTTP until it is told to stop, from one process or several."""

import contextlib
import json
import os
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import logs, metrics, settings
from lumi_desk.hub.farewell import Connection
from lumi_desk.hub.settings import Doors
from lumi_desk.hub.workers import HANGS_S, EndWith, MakeApp, Supervisor

# How long requests under way may take to end once the hub is told to stop.
_GRACE_S = 10
# Longer than a proxy keeps its connections: else it would send a push into one that just closed.
_KEEP_ALIVE_S = 75
_WATCH_S = 1
# Desks that come all at once after an outage wait here, not in front of a closed door.
_BACKLOG = 2048
_FEW = 2


class PortTaken(LumiError):
    """The hub cannot listen where it should."""

    title = "The hub cannot listen on {host}:{port}: {reason}"
    advice = "Another hub may be running there. Stop it, or choose another port."


class BadCertificate(LumiError):
    """The certificate or its key cannot be used."""

    title = "The certificate and its key cannot be used: {reason}"
    advice = "Give both as PEM files that belong together."


class OneWorkerOnly(LumiError):
    """Several processes on one socket, where the system cannot do it."""

    title = "On Windows a hub has one worker"
    advice = "Leave --workers out, or run the hub on Linux."


@dataclass(frozen=True)
class Listening:
    """What whoever started the hub wants to know once it answers."""

    url: str
    pid: int
    metrics: str = ""

    def as_json(self) -> str:
        """One line of JSON."""
        told = {"listening": self.url, "pid": self.pid}
        return json.dumps(told | ({"metrics": self.metrics} if self.metrics else {}))


@dataclass(frozen=True)
class Running:
    """How a hub runs: so many processes, what they make, where metrics are, what logs look like.

    Without `metrics_port` there are no metrics; port 0 takes any free one.
    """

    make: MakeApp
    workers: int = 1
    metrics_port: int | None = None
    log_config: dict[str, Any] = field(
        default_factory=lambda: logs.config(logs.Form.TEXT, logs.Level.INFO)
    )


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


def serve(running: Running, doors: Doors, ready: Ready) -> None:
    """Answer requests until SIGTERM or Ctrl C, then end those under way and return.

    Port 0 takes any free one; `ready` is told which, once every process answers. Raises NotSafe,
    PortTaken, BadCertificate, OneWorkerOnly or WorkersFailed.
    """
    doors.require_safe()
    _require_certificate(doors)
    if running.workers > 1 and os.name == "nt":
        raise OneWorkerOnly
    if running.workers == 1:
        _alone(running, doors, ready)
    else:
        _together(running, doors, ready)


def write_ready_file(file: Path, listening: Listening) -> None:
    """Write the file a driver waits for; it is there only when it is whole."""
    partial = file.with_name(f"{file.name}.part")
    partial.write_text(listening.as_json() + "\n", "utf-8")
    partial.replace(file)


def _alone(running: Running, doors: Doors, ready: Ready) -> None:
    config = _config(running, doors)
    with _listener(doors) as listener:
        metrics_at = _offer_metrics(running)
        url = _url(config, doors, listener)
        server = _Server(config, lambda: ready(Listening(url, os.getpid(), metrics_at)))
        # The server ends gracefully on these and raises them again: by then all is done.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _calmly)
        server.run(sockets=[listener])


def _together(running: Running, doors: Doors, ready: Ready) -> None:
    config = _config(running, doors)
    wants_metrics = running.metrics_port is not None
    with _listener(doors) as listener, contextlib.ExitStack() as stack:
        folder = stack.enter_context(metrics.adding_up()) if wants_metrics else None
        metrics_at = _offer_metrics(running, folder)
        told = Listening(_url(config, doors, listener), os.getpid(), metrics_at)

        def gone(pid: int) -> None:
            if folder is not None:
                metrics.forget(folder, pid)

        Supervisor(config, listener, lambda: ready(told), gone).run()


def _config(running: Running, doors: Doors) -> uvicorn.Config:
    several = running.workers > 1
    return uvicorn.Config(
        running.make,
        factory=True,
        workers=running.workers,
        http=Connection,
        ws="none",
        log_config=running.log_config,
        access_log=False,
        server_header=False,
        proxy_headers=doors.behind_proxy,
        forwarded_allow_ips=doors.trusted,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_worker_healthcheck=HANGS_S,
        timeout_notify=_WATCH_S,
        callback_notify=EndWith(os.getpid()) if several else None,
        ssl_certfile=doors.tls_cert,
        ssl_keyfile=doors.tls_key,
    )


def _require_certificate(doors: Doors) -> None:
    """Several workers read it themselves: a bad one must be a sentence before they start."""
    if doors.tls_cert is None and doors.tls_key is None:
        return
    if doors.tls_cert is None or doors.tls_key is None:
        raise BadCertificate(reason="one of the two is missing")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(doors.tls_cert, doors.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise BadCertificate(reason=getattr(error, "reason", None) or str(error)) from error


def _offer_metrics(running: Running, folder: Path | None = None) -> str:
    """Open the metrics' own port, on loopback whatever the doors listen on."""
    if running.metrics_port is None:
        return ""
    store = settings.to_serve(running.make.database, pool=_FEW)
    try:
        return metrics.offer(running.metrics_port, metrics.Database(store, clock.now), folder)
    except (OSError, OverflowError) as error:
        raise _taken("127.0.0.1", running.metrics_port, error) from error


def _url(config: uvicorn.Config, doors: Doors, listener: socket.socket) -> str:
    host = f"[{doors.host}]" if ":" in doors.host else doors.host
    return f"{'https' if config.is_ssl else 'http'}://{host}:{listener.getsockname()[1]}"


def _listener(doors: Doors) -> socket.socket:
    family = socket.AF_INET6 if ":" in doors.host else socket.AF_INET
    try:
        return socket.create_server((doors.host, doors.port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise _taken(doors.host, doors.port, error) from error


def _taken(host: str, port: int, error: OSError | OverflowError) -> PortTaken:
    return PortTaken(host=host, port=port, reason=getattr(error, "strerror", None) or str(error))


def _calmly(_: int, __: FrameType | None) -> None:
    """Take note of a signal that has been dealt with."""
