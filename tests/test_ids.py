"""Ids sort by time, and a moment is found among them."""

from datetime import UTC, datetime, timedelta

from lumi_desk.ids import least_id, new_id


def test_the_least_id_of_a_moment_divides_those_before_from_those_after() -> None:
    before = datetime.now(UTC)
    made = new_id()
    after = datetime.now(UTC) + timedelta(milliseconds=1)
    assert least_id(before) < made < least_id(after)
