"""The real services tests borrow are what they claim to be."""

import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest

from tests.services import Cluster, SecretService


def _address(url: str) -> str:
    return url.replace("+psycopg", "")


def _fill(url: str) -> None:
    with psycopg.connect(_address(url)) as connection:
        connection.execute("CREATE TABLE customer (name text)")
        connection.execute("INSERT INTO customer VALUES ('王秀英')")


@pytest.mark.postgres
def test_every_test_gets_its_own_copy_of_a_template(
    postgres_template: Callable[[str, Callable[[str], None]], str],
    postgres_database: Callable[..., str],
) -> None:
    template = postgres_template("house_customers", _fill)
    mine, other = postgres_database(template), postgres_database(template)
    with psycopg.connect(_address(mine)) as connection:
        connection.execute("DELETE FROM customer")
    with psycopg.connect(_address(other)) as connection:
        assert connection.execute("SELECT name FROM customer").fetchall() == [("王秀英",)]


@pytest.mark.postgres
def test_the_cluster_sorts_alike_everywhere(postgres_url: str) -> None:
    with psycopg.connect(_address(postgres_url)) as connection:
        row = connection.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
    assert row == ("C.UTF-8", "UTF8")


@pytest.mark.postgres
def test_a_template_is_filled_once(
    postgres_template: Callable[[str, Callable[[str], None]], str],
) -> None:
    asked: list[str] = []
    for _ in range(2):
        postgres_template("house_once", asked.append)
    assert len(asked) == 1


@pytest.mark.postgres
def test_the_cluster_is_on_loopback_only(postgres_cluster: Cluster) -> None:
    with psycopg.connect(_address(postgres_cluster.url("postgres"))) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


_KEEP = """
import sys
import keyring
from keyring.backends.SecretService import Keyring
keyring.set_keyring(Keyring())
keyring.set_password("lumi-desk-test", "key", sys.argv[1])
"""
_TELL = """
import keyring
from keyring.backends.SecretService import Keyring
keyring.set_keyring(Keyring())
print(keyring.get_password("lumi-desk-test", "key"))
"""


def _python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Another process, since the keyring library remembers its bus for good.
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.keyring
def test_a_secret_outlives_the_process_that_kept_it(secret_service: SecretService) -> None:
    assert _python(_KEEP, "十二万五千").returncode == 0
    assert _python(_TELL).stdout.strip() == "十二万五千"


@pytest.mark.keyring
def test_a_killed_keyring_is_gone(secret_service: SecretService) -> None:
    assert _python(_KEEP, "kept").returncode == 0
    secret_service.kill_keyring()
    asked = _python(_TELL)
    assert asked.returncode != 0
    assert "org.freedesktop.secrets" in asked.stderr
