"""Ids sort by time, and a moment is found among them."""

from datetime import UTC, datetime, timedelta

import pytest

from lumi_desk.ids import least_id, new_id


def test_the_least_id_of_a_moment_divides_those_before_from_those_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Ids that were made in one millisecond run ahead of the clock; here none were made before.
    monkeypatch.setattr("uuid6._last_v7_timestamp", None)
    before = datetime.now(UTC)
    made = new_id()
    after = datetime.now(UTC) + timedelta(milliseconds=1)
    assert least_id(before) < made < least_id(after)
