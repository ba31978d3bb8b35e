"""A hub as its own process: ready, stopped, and never open without encryption."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lumi_desk import clock
from tests.hub.served import serving, wait_until
from tests.stores import sqlite_hub

_PATIENCE_S = 30.0


def _command(folder: Path, *words: str) -> list[str]:
    database = str(folder / "hub.db")
    return [sys.executable, "-m", "lumi_desk.hub", "serve", "--database", database, *words]


def test_it_says_when_it_answers_and_stops_when_told(hub_file: Path, tmp_path: Path) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    ready = tmp_path / "ready.json"
    words = ("--port", "0", "--json", "--ready-file", str(ready))
    with subprocess.Popen(_command(tmp_path, *words), stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        said = json.loads(hub.stdout.readline())
        assert json.loads(ready.read_text("utf-8")) == said
        assert said["pid"] == hub.pid
        assert httpx2.get(f"{said['listening']}/health").json()["status"] == "ok"
        started = time.monotonic()
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(_PATIENCE_S) == 0
        assert time.monotonic() - started < 10


def test_whoever_came_before_it_ends_is_still_answered(hub_file: Path, tmp_path: Path) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    with (
        serving(str(tmp_path / "hub.db"), tmp_path) as hub,
        socket.create_connection(("127.0.0.1", hub.port)) as line,
        socket.create_connection(("127.0.0.1", hub.port)) as silent,
    ):
        # Whoever is answered after them came in after them.
        assert httpx2.get(f"{hub.url}/health").status_code == 200
        hub.process.send_signal(signal.SIGTERM)
        wait_until(lambda: _is_refused(hub.port), "nobody else is let in")
        line.sendall(b"GET /health HTTP/1.1\r\nHost: hub\r\n\r\n")
        with line.makefile("rb") as answer:
            told = answer.read()
        assert told.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in told
        assert silent.recv(1) == b""
        assert hub.process.wait(_PATIENCE_S) == 0


def _is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_taken_port_is_one_sentence(hub_file: Path, tmp_path: Path) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    with subprocess.Popen(
        _command(tmp_path, "--port", "0"), stdout=subprocess.PIPE, text=True
    ) as hub:
        assert hub.stdout is not None
        line = hub.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        port = line.strip().rsplit(":", 1)[1]
        other = _failed(tmp_path, "--port", port)
        hub.send_signal(signal.SIGINT)
        assert hub.wait(_PATIENCE_S) == 0
    assert f"127.0.0.1:{port}" in other


def test_with_a_certificate_it_speaks_encrypted(hub_file: Path, tmp_path: Path) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    cert, key = _certificate(tmp_path)
    words = ("--port", "0", "--json", "--tls-cert", str(cert), "--tls-key", str(key))
    with subprocess.Popen(_command(tmp_path, *words), stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        url = json.loads(hub.stdout.readline())["listening"]
        trusted = ssl.create_default_context(cafile=str(cert))
        assert url.startswith("https://127.0.0.1:")
        assert httpx2.get(f"{url}/health", verify=trusted).json()["status"] == "ok"
        hub.terminate()
        assert hub.wait(_PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "0.0.0.0"), "--tls-cert"),  # noqa: S104  (refused, that is the point)
        (("--tls-cert", "none.pem", "--tls-key", "none.key"), "PEM"),
    ],
)
def test_it_refuses_to_be_unsafe(
    hub_file: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    assert said in _failed(tmp_path, "--port", "0", *words)


def _failed(folder: Path, *words: str) -> str:
    done = subprocess.run(
        _command(folder, *words),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(loopback, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "hub.pem", folder / "hub.key"
    cert.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert, secret
