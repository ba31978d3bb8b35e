"""Two customers made one and two again: nothing is lost, and the feed tells of all of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, select

from lumi_desk.calls.operations import Refuse, WriteNote
from lumi_desk.calls.tables import Note, Refusal
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import keeping, likely, linking
from lumi_desk.hub.classifying import classify
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.parked.rules import Verdict
from lumi_desk.people.tables import Person
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.base import Day, Fen, Json, Table, UtcTime
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import CHILDREN, ENTITIES, Entity
from lumi_desk.sync.tables import Assignment
from tests.hub.conftest import Floor
from tests.makers import NOW, TODAY, hub_with_rep, make_customer, make_order
from tests.sync.fleet.checks import check_hub

LATER = NOW + timedelta(days=3)
# What the rules read; everything else may hold anything.
SPECIAL: dict[str, dict[str, Any]] = {
    "order": {"status": "done", "paid_at": NOW - timedelta(days=40)},
    "order_line": {"line": "collagen"},
    "card_entry": {"kind": "open"},
    "sale": {"kind": "product"},
}
Rows = dict[tuple[str, str], dict[str, Any]]


def any_row(entity: Entity, customer_id: str) -> Table:
    """A child of a customer with plausible values for what has no default."""
    values: dict[str, Any] = {"id": new_id(), "customer_id": customer_id}
    for column in entity.kept.columns:
        if column.name in values or column.nullable or column.default or column.server_default:
            continue
        kinds = {UtcTime: NOW, Day: TODAY, Json: [], Boolean: False}
        told = kinds.get(type(column.type))
        is_number = isinstance(column.type, BigInteger | Fen)
        values[column.name] = told if told is not None else 1 if is_number else new_id()
    return entity.table(**{**values, **SPECIAL.get(entity.name, {})})


def contents(store: Store) -> Rows:
    """Everything that travels, by table and id, without versions."""
    with store.read() as session:
        return {
            (entity.name, row["id"]): {name: row[name] for name in row if name != "ver"}
            for entity in ENTITIES
            for row in session.execute(entity.raw()).mappings()
        }


def versions(store: Store) -> dict[tuple[str, str], int]:
    with store.read() as session:
        return {
            (entity.name, pk): ver
            for entity in ENTITIES
            for pk, ver in session.execute(entity.raw("id", "ver"))
        }


def join(store: Store, kept: str, other: str, *, force: bool = False) -> str:
    with store.write() as session:
        feed.watch(session, alone=True)
        return linking.link(session, kept, other, NOW, force=force).id


def part(store: Store, link_id: str) -> None:
    with store.write() as session:
        feed.watch(session, alone=True)
        linking.unlink(session, link_id, NOW)


def pair(store: Store, rep: str | None = None, other_rep: str | None = None) -> tuple[str, str]:
    """Two customers of reps, with an order each, seen by the rules."""
    with store.write() as session:
        feed.watch(session)
        both = [make_customer(session, name="周文静") for _ in range(2)]
        for one in both:
            make_order(session, one)
        ids = both[0].id, both[1].id
        for pk, holder in zip(ids, (rep, other_rep), strict=True):
            keeping.assign(session, [pk], holder, NOW - timedelta(days=9))
        session.flush()
        feed.publish(session, classify(session, ids, NOW).pairs)
    return ids


TEXTS = st.sampled_from(["", "一", "二"])
PEOPLE = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", "13800138001", "13900139002"]),
        "wechat": TEXTS,
        "wechat_state": st.sampled_from(["none", "friend"]),
        "wangwang": TEXTS,
        "city": TEXTS,
        "allergy": TEXTS,
        "birthday": st.sampled_from([None, date(1990, 5, 1)]),
        "member_since": st.sampled_from([None, date(2020, 5, 1), date(2021, 5, 1)]),
    }
)
CHILDREN_OF = st.lists(st.sampled_from(CHILDREN), max_size=12)


@st.composite
def twos(draw: st.DrawFn) -> tuple[Any, ...]:
    return tuple((draw(PEOPLE), draw(CHILDREN_OF), draw(st.integers(0, 2))) for _ in range(2))


def two_reps(store: Store) -> list[str]:
    """The same two reps for every example."""
    with store.read() as session:
        there = list(session.scalars(select(Person.id).order_by(Person.name)))
    return there or [hub_with_rep(store, login) for login in ("lin", "wang")]


@given(twos(), st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_link_that_is_undone_gives_back_every_row(
    hub_store: Store, two: Any, something_came: bool
) -> None:
    reps = [None, *two_reps(hub_store)]
    with hub_store.write() as session:
        feed.watch(session)
        ids = []
        for told, children, rep in two:
            one = make_customer(session, **told)
            session.add_all(any_row(entity, one.id) for entity in children)
            told_fact = {"id": new_id(), "rep_id": "r", "team_id": "t", "day": TODAY}
            session.add(Fact(kind="dials", customer_key=one.id, source="s", **told_fact))
            keeping.assign(session, [one.id], reps[rep], NOW)
            ids.append(one.id)
        session.flush()
        feed.publish(session, classify(session, ids, NOW).pairs)
    kept, other = ids
    before, stood = contents(hub_store), versions(hub_store)
    link_id = join(hub_store, kept, other, force=True)
    check_hub(hub_store)
    joined = contents(hub_store)
    assert not [row for row in joined.values() if other in (row.get("customer_id"), row["id"])]
    assert {key for key in joined if key[0] != "customer"} == {
        key for key in before if key[0] != "customer"
    }
    later = new_id()
    if something_came:
        with hub_store.write() as session:
            feed.watch(session)
            session.add(Note(id=later, customer_id=kept, rep_id="r", at=NOW, words="想要发票"))
            feed.publish(session)
    part(hub_store, link_id)
    check_hub(hub_store)
    after = contents(hub_store)
    came = after.pop(("note", later), {}).get("customer_id")
    assert came == (kept if something_came else None)
    assert after == before
    now = versions(hub_store)
    assert all(now[key] >= ver for key, ver in stood.items())


def test_a_link_fills_blanks_and_what_was_changed_since_stays(hub_store: Store) -> None:
    kept, other = pair(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        her = session.get_one(Customer, other)
        her.phone, her.wechat, her.wechat_state, her.city = "13800138001", "wx", "friend", "杭州"
        feed.publish(session)
    link_id = join(hub_store, kept, other)
    with hub_store.write() as session:
        feed.watch(session)
        her = session.get_one(Customer, kept)
        assert (her.phone, her.wechat, her.wechat_state) == ("13800138001", "wx", "friend")
        her.city = "上海"
        feed.publish(session)
    part(hub_store, link_id)
    with hub_store.read() as session:
        her = session.get_one(Customer, kept)
        assert (her.phone, her.wechat, her.wechat_state, her.city) == ("", "", "none", "上海")
        assert session.get_one(Customer, other).city == "杭州"


def test_both_orders_count_for_her_while_the_link_holds(hub_store: Store) -> None:
    kept, other = pair(hub_store)
    assert years(hub_store, kept, other) == [1, 1]
    link_id = join(hub_store, kept, other)
    assert years(hub_store, kept) == [2]
    part(hub_store, link_id)
    assert years(hub_store, kept, other) == [1, 1]


def years(store: Store, *ids: str) -> list[int]:
    with store.read() as session:
        return [session.get_one(Customer, pk).year_orders for pk in ids]


def test_customers_of_two_reps_are_linked_only_with_force(hub_store: Store) -> None:
    lin, wang = hub_with_rep(hub_store, "lin"), hub_with_rep(hub_store, "wang")
    kept, other = pair(hub_store, lin, wang)
    before = contents(hub_store)
    with pytest.raises(linking.TwoHolders) as told:
        join(hub_store, kept, other)
    assert told.value.params == {"rep": "Lin", "other": "Wang"}
    assert contents(hub_store) == before
    link_id = join(hub_store, kept, other, force=True)
    assert holders(hub_store, kept, other) == [lin]
    part(hub_store, link_id)
    assert holders(hub_store, kept, other) == [lin, wang]
    with hub_store.read() as session:
        stays = select(Assignment.until).where(Assignment.customer_id == other)
        untils = list(session.scalars(stays.order_by(Assignment.since)))
    assert untils == [NOW, None]


def test_who_was_in_nobodys_hands_goes_to_the_rep_of_the_other(hub_store: Store) -> None:
    lin = hub_with_rep(hub_store, "lin")
    kept, other = pair(hub_store, None, lin)
    link_id = join(hub_store, kept, other)
    assert holders(hub_store, kept) == [lin]
    part(hub_store, link_id)
    assert holders(hub_store, kept, other) == [None, lin]


def holders(store: Store, *ids: str) -> list[str | None]:
    with store.read() as session:
        found = {one.id: one.rep_id for one in session.scalars(select(Customer))}
    return [found[pk] for pk in ids if pk in found]


@pytest.mark.parametrize("what", ["member", "birthday"])
def test_who_contradicts_cannot_be_linked_even_with_force(hub_store: Store, what: str) -> None:
    kept, other = pair(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        for place, pk in enumerate((kept, other), start=1):
            if what == "birthday":
                session.get_one(Customer, pk).birthday = date(1990, 1, place)
            else:
                told = {"kind": "member", "value": f"M{place}", "since": NOW}
                session.add(Identity(id=new_id(), customer_id=pk, **told))
        feed.publish(session)
    with pytest.raises(linking.CannotBeOne):
        join(hub_store, kept, other, force=True)
    assert len(holders(hub_store, kept, other)) == 2


def test_links_are_undone_in_turn(hub_store: Store) -> None:
    (first, second), (third, _) = pair(hub_store), pair(hub_store)
    before = contents(hub_store)
    inner, outer = join(hub_store, first, second), join(hub_store, third, first)
    with pytest.raises(linking.KeptIsGone):
        part(hub_store, inner)
    with hub_store.read() as session:
        assert likely.kept_of(session, [second, third]) == {second: third}
    part(hub_store, outer)
    part(hub_store, inner)
    assert contents(hub_store) == before
    with pytest.raises(linking.UndoneAlready):
        part(hub_store, inner)
    with pytest.raises(linking.NoSuchLink):
        part(hub_store, "none")


def test_who_is_apart_is_not_linked_nor_who_was_joined_with_her(hub_store: Store) -> None:
    (first, second), (third, _) = pair(hub_store), pair(hub_store)
    with hub_store.write() as session:
        linking.set_apart(session, second, first, NOW)
        linking.set_apart(session, first, second, NOW)
    join(hub_store, third, first)
    with pytest.raises(linking.SaidApart):
        join(hub_store, third, second)
    with hub_store.read() as session:
        assert likely.apart(session).keys() == {frozenset((third, second))}
    with hub_store.write() as session:
        linking.take_back(session, third, second, NOW)
    with hub_store.write() as session, pytest.raises(linking.NotApart):
        linking.take_back(session, third, second, NOW)
    join(hub_store, third, second)


@pytest.mark.parametrize("both", [("her", "her"), ("her", "nobody"), ("nobody", "her")])
def test_only_two_customers_can_be_linked(hub_store: Store, both: tuple[str, str]) -> None:
    kept, _ = pair(hub_store)
    named = [kept if one == "her" else one for one in both]
    expected = linking.SamePerson if both[0] == both[1] else keeping.UnknownCustomers
    with pytest.raises(expected):
        join(hub_store, *named)
    with hub_store.read() as session:
        assert not session.scalars(select(IdentityLink)).all()


def joined_floor(floor: Floor) -> str:
    """The customer of the floor goes into another one of the rep who holds her. Returns whom."""
    with floor.store.write() as session:
        feed.watch(session)
        kept = make_customer(session, floor.wang).id
        keeping.assign(session, [kept], floor.wang, NOW)
        feed.publish(session)
    join(floor.store, kept, floor.customer)
    return kept


def test_work_about_who_is_gone_comes_to_who_was_kept(floor: Floor) -> None:
    kept = joined_floor(floor)
    told: dict[str, Any] = {"customer_id": floor.customer, "by": floor.wang, "at": NOW}
    note, no = WriteNote(id=new_id(), words="想要发票", **told), Refuse(id=new_id(), **told)
    answers = floor.sends(floor.wang, note, no)
    assert [one.status for one in answers] == ["applied", "applied"]
    with floor.store.read() as session:
        assert session.get_one(Note, note.id).customer_id == kept
        assert session.get_one(Refusal, no.id).customer_id == kept
    check_hub(floor.store)


def test_what_a_stranger_wrote_of_who_is_gone_waits_and_comes_to_who_was_kept(floor: Floor) -> None:
    kept = joined_floor(floor)
    note = replace(floor.note(), by=floor.lin)
    assert floor.send(floor.lin, note).status == "parked"
    assert floor.decides(note, Verdict.ACCEPT).status == "applied"
    with floor.store.read() as session:
        assert session.get_one(Note, note.id).customer_id == kept
    check_hub(floor.store)


def test_a_refusal_binds_the_one_who_was_kept(floor: Floor) -> None:
    no = Refuse(id=new_id(), customer_id=floor.customer, by=floor.wang, at=NOW)
    assert floor.send(floor.wang, no).status == "applied"
    kept = joined_floor(floor)
    with floor.store.read() as session:
        assert session.get_one(Refusal, no.id).customer_id == kept


def test_a_link_writes_down_what_moved(hub_store: Store) -> None:
    kept, other = pair(hub_store)
    with hub_store.read() as session:
        [order] = session.scalars(select(Order.id).where(Order.customer_id == other))
    link_id = join(hub_store, kept, other)
    with hub_store.read() as session:
        made = session.get_one(IdentityLink, link_id)
        assert {name: ids for name, ids in made.moved.items() if ids} == {"order": [order]}
        assert (made.other["id"], made.other["name"], made.undone_at) == (other, "周文静", None)
