"""`lumi-hub serve`: answer desks until stopped."""

from pathlib import Path
from typing import Annotated

import typer

from lumi_desk.hub import logs, serving, settings
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking
from lumi_desk.hub.settings import Doors
from lumi_desk.hub.workers import MakeApp

# As many as a worker's lanes have places, and two for who looks at the heads and the health.
_POOL = 12


Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")]
Certificate = Annotated[Path | None, typer.Option(help="The certificate, as PEM.")]
CertificateKey = Annotated[Path | None, typer.Option(help="Its key, as PEM.")]
BehindProxy = Annotated[
    bool, typer.Option("--behind-proxy", help="A proxy before the hub encrypts.")
]
Trust = Annotated[str, typer.Option(help="With --behind-proxy: addresses or networks of proxies.")]
Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL.")
]
Pool = Annotated[
    int, typer.Option(min=2, max=200, help="Most database connections of each worker.")
]
MetricsPort = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Answer /metrics there, to this machine only."),
]
LogFormat = Annotated[logs.Form, typer.Option(help="How log lines look.")]
LogLevel = Annotated[logs.Level, typer.Option(help="The least to log.")]
AccessLog = Annotated[
    bool, typer.Option("--access-log", help="Log every request, not only slow or failed ones.")
]
ReadyFile = Annotated[Path | None, typer.Option(help="Written as soon as the hub answers.")]
Ahead = Annotated[
    int, typer.Option(hidden=True, help="Seconds a demonstration is ahead of the clock.")
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8321,
    tls_cert: Certificate = None,
    tls_key: CertificateKey = None,
    behind_proxy: BehindProxy = False,
    trust: Trust = Doors.trusted,
    workers: Workers = 1,
    pool: Pool = _POOL,
    metrics_port: MetricsPort = None,
    log_format: LogFormat = logs.Form.TEXT,
    log_level: LogLevel = logs.Level.INFO,
    access_log: AccessLog = False,
    ready_file: ReadyFile = None,
    ahead: Ahead = 0,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Answer desks until stopped. Says “listening on …” in one line as soon as it does.

    SIGTERM ends it when the requests under way are answered; SIGHUP replaces several workers one
    after the other, so that a new certificate or program is taken without a pause.
    """

    def ready(listening: serving.Listening) -> None:
        if ready_file is not None:
            serving.write_ready_file(ready_file, listening)
        print(listening.as_json() if as_json else f"listening on {listening.url}", flush=True)

    with speaking(as_json):
        with hub(database) as store:
            settings.require_room(store, database, workers, pool)
        doors = Doors(host, port, tls_cert, tls_key, behind_proxy, trust)
        lines = logs.config(log_format, log_level, all_requests=access_log)
        running = serving.Running(MakeApp(database, pool, ahead), workers, metrics_port, lines)
        serving.serve(running, doors, ready)
