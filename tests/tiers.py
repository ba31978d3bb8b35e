"""Which tests the quick tier leaves out, beside those that are marked slow by hand.

The quick tier is for daily work: every rule, screen and door once, on the engine that is a file.
What needs a server, a keyring, a second process or a real shop's files waits for the full run, and
so does what takes the longest.
"""

from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
_FOLDERS = ("journeys", "faults")
_FILES = (
    "house/test_lock.py",
    "hub/test_fetching.py",
    "hub/test_learning_again.py",
    "hub/test_learning_value.py",
    "hub/test_linking.py",
    "hub/test_serving.py",
    "hub/test_stranger.py",
    "imports/test_lists_in_any_order.py",
    "imports/test_parted.py",
    "sync/test_fleet.py",
    "ui/test_app.py",
    "ui/test_gallery.py",
)
_BORROWED = frozenset(
    {"secret_service", "shared_data", "postgres_cluster", "postgres_database", "postgres_url"}
)
_SERVER = "postgres"


@pytest.hookimpl(tryfirst=True)  # before marks choose what is run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, and what needs a PostgreSQL server."""
    for item in items:
        server = _asks_for_a_server(item)
        if server:
            item.add_marker(pytest.mark.postgres)
        if server or _takes_long(item):
            item.add_marker(pytest.mark.slow)


def _asks_for_a_server(item: pytest.Item) -> bool:
    chosen = getattr(item, "callspec", None)
    return chosen is not None and _SERVER in chosen.params.values()


def _takes_long(item: pytest.Item) -> bool:
    path = item.path.relative_to(_HERE).as_posix()
    borrowed = _BORROWED.intersection(getattr(item, "fixturenames", ()))
    return path.startswith(_FOLDERS) or path in _FILES or bool(borrowed)
