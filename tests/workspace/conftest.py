"""Windows of the rep's desk are gone when their test is over."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent


@pytest.fixture(autouse=True)
def closed_windows_go() -> Iterator[None]:
    yield
    # Without a running loop Qt keeps what was asked to be deleted, and restyling it takes time.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
