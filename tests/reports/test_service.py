"""Sums of facts: what a call counts is one row, and rows of earlier versions still count."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lumi_desk.reports import operations, service
from lumi_desk.reports.rules import Count, FactKind, Source, of_contact
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from tests.makers import hub_with_rep

DAY = date(2026, 11, 22)


def keep(store: Store, rep_id: str, source: str, counts: tuple[Count, ...]) -> None:
    with store.write() as session:
        operations.count(session, Source(source, rep_id, DAY, f"customer of {source}"), counts)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9999))
def test_a_contact_counts_once_or_not_at_all(dials: int, answered: int, seconds: int) -> None:
    found = of_contact(dials, answered, seconds)
    assert [(one.units, one.answered, one.seconds) for one in found] == (
        [(dials, answered, seconds)] if dials or answered or seconds else []
    )


def test_a_call_is_one_row_and_earlier_rows_count_along(hub_store: Store) -> None:
    lin = hub_with_rep(hub_store, "lin")
    keep(hub_store, lin, "one", of_contact(3, 1, 480))
    keep(hub_store, lin, "two", of_contact(1, 1, 20))
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Fact)) == 2
    before = (
        Count(FactKind.DIALS, units=2),
        Count(FactKind.ANSWERED, units=1),
        Count(FactKind.TALK_SECONDS, units=100),
    )
    keep(hub_store, lin, "of the last version", before)
    with hub_store.read() as session:
        sums = service.of_rep(session, lin, DAY, DAY)
    assert sums.count(FactKind.DIALS) == 6
    assert sums.count(FactKind.ANSWERED) == 3
    assert sums.count(FactKind.TALK_SECONDS) == 600


@pytest.mark.parametrize(("dials", "is_contacted"), [(1, True), (0, False)])
def test_who_called_us_was_not_dialled(hub_store: Store, dials: int, is_contacted: bool) -> None:
    lin = hub_with_rep(hub_store, "lin")
    keep(hub_store, lin, "one", of_contact(dials, 1, 60))
    with hub_store.read() as session:
        found = service.contacted(session, DAY, DAY)
    assert ("customer of one" in found) is is_contacted
