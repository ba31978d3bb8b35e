"""What an order counts, and which order confirms which claim."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.orders.rules import (
    Booked,
    Claim,
    Paid,
    Piece,
    confirmations,
    counts,
    high_margin_fen,
    is_overdue,
)
from lumi_desk.reports.rules import FactKind
from tests.makers import NOW

DAY = date(2026, 11, 17)
PIECES = st.lists(
    st.builds(
        Piece,
        st.integers(0, 10**7),
        st.integers(0, 9),
        st.sampled_from(["", "dream", "enzyme"]),
        st.booleans(),
    ),
    max_size=6,
).map(tuple)
CLAIMS = st.lists(
    st.builds(
        Claim,
        st.uuids().map(str),
        st.sampled_from("ab"),
        st.integers(0, 20).map(lambda day: NOW + timedelta(days=day)),
        st.sampled_from([100, 200]),
        st.sampled_from(["", "n1", "n2"]),
    ),
    max_size=6,
)
ORDERS = st.lists(
    st.builds(
        Paid,
        st.uuids().map(str),
        st.sampled_from(["", "n1", "n2"]),
        st.sampled_from("ab"),
        st.integers(0, 20).map(lambda day: NOW + timedelta(days=day)),
        st.sampled_from([frozenset({100}), frozenset({200}), frozenset({100, 200})]),
    ),
    max_size=6,
)


@given(st.integers(-100, 10**9), PIECES, st.booleans(), st.booleans())
def test_ledgers_never_exceed_what_was_kept(
    kept: int, pieces: tuple[Piece, ...], by_card: bool, delivered: bool
) -> None:
    order = Booked(kept, DAY, DAY if delivered else None, by_card=by_card, pieces=pieces)
    found = {one.kind: one for _, one in counts(order)}
    cash = found[FactKind.CASH].fen if FactKind.CASH in found else 0
    assert cash == (0 if by_card else max(kept, 0))
    if kept > 0:
        assert found[FactKind.ORDERS].units == 1
    assert (FactKind.DELIVERED in found) == (delivered and kept > 0)
    if FactKind.HIGH_MARGIN in found:
        assert 0 < found[FactKind.HIGH_MARGIN].fen <= found[FactKind.DELIVERED].fen
    assert all(one.fen or one.units for one in found.values())


@given(st.integers(1, 10**9), PIECES)
def test_high_margin_and_the_rest_sum_to_what_was_kept(
    kept: int, pieces: tuple[Piece, ...]
) -> None:
    starred = high_margin_fen(Booked(kept, DAY, pieces=pieces))
    turned = tuple(Piece(p.fen, p.units, p.measure, not p.high_margin) for p in pieces)
    rest = high_margin_fen(Booked(kept, DAY, pieces=turned))
    assert starred + rest == (kept if any(p.fen for p in pieces) else 0)


@given(CLAIMS, ORDERS)
def test_an_order_confirms_one_claim_of_its_own_customer(
    claims: list[Claim], orders: list[Paid]
) -> None:
    found = confirmations(claims, orders)
    assert len(set(found.values())) == len(found)
    by_claim, by_order = {c.id: c for c in claims}, {o.id: o for o in orders}
    for claim_id, order_id in found.items():
        claim, order = by_claim[claim_id], by_order[order_id]
        assert claim.customer_id == order.customer_id
        named = bool(order.number) and claim.proof == order.number
        near = abs(order.at - claim.at) <= timedelta(days=7) and claim.fen in order.amounts
        assert named or near


@given(CLAIMS, ORDERS)
def test_the_order_of_what_is_given_does_not_matter(
    claims: list[Claim], orders: list[Paid]
) -> None:
    assert confirmations(claims, orders) == confirmations(claims[::-1], orders[::-1])


@given(CLAIMS, ORDERS)
def test_no_claim_stays_open_beside_a_free_order_that_fits(
    claims: list[Claim], orders: list[Paid]
) -> None:
    found = confirmations(claims, orders)
    for claim in claims:
        for order in orders:
            if claim.id not in found and order.id not in found.values():
                assert confirmations([claim], [order]) == {}


def test_a_named_order_goes_before_a_nearer_one() -> None:
    claim = Claim("c", "a", NOW, 100, "n1")
    near = Paid("near", "n2", "a", NOW, frozenset({100}))
    named = Paid("named", "n1", "a", NOW + timedelta(days=30), frozenset({90}))
    assert confirmations([claim], [near, named]) == {"c": "named"}


def test_a_claim_is_overdue_after_seven_days() -> None:
    week = timedelta(days=7)
    assert not is_overdue(NOW, NOW + week)
    assert is_overdue(NOW, NOW + week + timedelta(seconds=1))
