"""Selects that the driver runs alone: what they give."""

import pytest
from sqlalchemy import LargeBinary, cast, literal, select

from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import Store

_ALL = bytes(range(256))


@pytest.mark.parametrize("in_bytes", [True, False])
def test_bytes_come_as_they_are(hub_store: Store, in_bytes: bool) -> None:
    kept = cast(literal(_ALL, LargeBinary), LargeBinary)
    asked = Direct(select(literal("她").label("who"), kept, literal(2**40)), in_bytes=in_bytes)
    with hub_store.snapshot() as connection:
        assert asked.rows(connection, {}) == [("她", _ALL, 2**40)]
