"""The list of likely pairs is what comparing everybody would find, whatever has happened."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.fields.rules import Field, Patch, text_of
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub import intake, keeping, likely, linking, nightly, proposing, rechecking
from lumi_desk.hub.accept import accept
from lumi_desk.identity import rules
from lumi_desk.identity.tables import IdentityLink, IdentityMark, ProposedPair, SharedNumber
from lumi_desk.ids import new_id
from lumi_desk.imports.mapping import Wish
from lumi_desk.operations import encode, kind_of
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Envelope
from tests import makers
from tests.imports import files
from tests.makers import NOW
from tests.stores import sqlite_hub

NAMES = ("王芳", "王女士", "李娜", "周文静")
PHONES = ("13800138001", "13800138002", "0571-87654321", "17012345678", "")
WECHATS = ("", "wj_zhou", "lina88")
BORN = ("", "1990-05-01", "1991-06-02")
CITIES = ("杭州", "宁波市")
NICKS = ("小鱼儿", "静静不加糖", "大白兔奶糖")

Step = tuple[Any, ...]
Pairs = list[tuple[str, str, int, tuple[tuple[str, int], ...], bool]]
Numbers = list[tuple[str, str, int]]


@dataclass
class World:
    """A hub to which this and that happens."""

    store: Store
    folder: Path
    rep: str
    done: int = field(default=0)

    def does(self, steps: Sequence[Step]) -> None:
        """One after the other; what cannot be done is left out."""
        for what, *told in steps:
            self.done += 1
            with suppress(LumiError):
                getattr(self, what)(*told)

    def people(self, *told: tuple[int, int, int, int, int]) -> None:
        """A list of people comes in."""
        rows = [
            {
                "会员号": f"M{member}" if member else "",
                "姓名": NAMES[name % 4],
                "手机号": PHONES[phone % 5],
                "微信号": WECHATS[wechat % 3],
                "生日": BORN[born % 3],
                "城市": CITIES[name % 2],
            }
            for name, phone, wechat, born, member in told
        ]
        self._take_in(files.members(self.folder / f"people{self.done}.csv", *rows))

    def orders(self, *told: tuple[int, int, int, int]) -> None:
        """An export of orders comes in, of one shop or another."""
        rows = [
            files.ORDER
            | {
                "订单编号": f"21402600386365532{number:02d}",
                "买家会员名": NICKS[nick % 3],
                "收货人姓名": NAMES[name % 4],
                "联系手机": f"'{PHONES[phone % 5]}",
                "店铺名称": f"{number % 2}号店",
            }
            for nick, name, phone, number in told
        ]
        self._take_in(files.orders(self.folder / f"orders{self.done}.csv", *rows))

    def edits(self, who: int, what: int, value: int) -> None:
        """A rep changes a field of hers."""
        her_id = self._customer(who)
        if not her_id:
            return
        with self.store.write() as session:
            feed.watch(session)
            feed.publish(session, keeping.assign(session, [her_id], self.rep, NOW))
        with self.store.read() as session:
            her = session.get_one(Customer, her_id)
        name, values = (
            (Field.NAME, NAMES),
            (Field.WECHAT, WECHATS),
            (Field.BIRTHDAY, BORN),
            (Field.CITY, CITIES),
        )[what % 4]
        patch = Patch(name, text_of(getattr(her, name)), values[value % len(values)])
        op = EditCustomer(
            id=new_id(),
            customer_id=her.id,
            by=self.rep,
            at=NOW + timedelta(seconds=1),
            base_ver=her.ver,
            changes=(patch,),
        )
        kind = kind_of(op)
        envelope = Envelope(op.id, self.done, kind.name, kind.version, encode(op), None)
        [answer] = accept(self.store, self.rep, "desk", (envelope,), NOW + timedelta(minutes=1))
        assert answer.status == "applied", answer

    def links(self, one: int, other: int) -> None:
        """Two are one."""
        with self.store.write() as session:
            feed.watch(session, alone=True)
            both = self._customer(one), self._customer(other)
            linking.link(session, *both, NOW, force=True)

    def unlinks(self, which: int) -> None:
        """A link is undone."""
        with self.store.write() as session:
            feed.watch(session, alone=True)
            made = session.scalars(select(IdentityLink).order_by(IdentityLink.id)).all()
            if made:
                linking.unlink(session, made[which % len(made)].id, NOW)

    def apart(self, one: int, other: int) -> None:
        """Two are two."""
        with self.store.write() as session:
            linking.set_apart(session, self._customer(one), self._customer(other), NOW)

    def back(self, one: int, other: int) -> None:
        """Nobody has said so."""
        with self.store.write() as session:
            linking.take_back(session, self._customer(one), self._customer(other), NOW)

    def looks(self) -> None:
        """Somebody opens the list."""
        proposing.catch_up(self.store, NOW)

    def _take_in(self, path: Path) -> None:
        now = NOW + timedelta(minutes=self.done)
        intake.take_in(self.store, [path], (), now=now, shop="旗舰店", wish=Wish(confirmed=True))

    def _customer(self, number: int) -> str:
        with self.store.read() as session:
            ids = session.scalars(select(Customer.id).order_by(Customer.id)).all()
        return ids[number % len(ids)] if ids else ""


def kept(store: Store) -> tuple[Pairs, Numbers]:
    """The lists as they are kept."""
    with store.read() as session:
        rows = session.scalars(select(ProposedPair).order_by(*likely.IN_ORDER)).all()
        pairs = [
            (
                row.one_id,
                row.other_id,
                -row.rank,
                tuple((kind, points) for kind, points in row.evidence),
                row.again,
            )
            for row in rows
        ]
        shared = session.scalars(select(SharedNumber))
        numbers = [(one.kind, one.number, one.people) for one in shared]
    return pairs, sorted(numbers)


def computed(store: Store) -> tuple[Pairs, Numbers]:
    """The lists as comparing everybody with everybody finds them."""
    with store.read() as session:
        everybody, apart = likely.profiles(session), likely.apart(session)
        pairs: Pairs = [
            (
                one.one,
                one.other,
                one.score,
                tuple((each.kind.value, each.points) for each in one.evidence),
                frozenset((one.one, one.other)) in apart,
            )
            for one in likely.pairs(session, everybody, NOW)
        ]
        found = rules.shared(everybody, apart)
    return pairs, sorted((one.kind.value, one.number, len(one.ids)) for one in found)


def world(store: Store, folder: Path) -> World:
    return World(store, folder, makers.hub_with_rep(store, "lin"))


def settled(store: Store) -> tuple[Pairs, Numbers]:
    """The lists as they are kept, once everybody who was noted is compared."""
    assert proposing.catch_up(store, NOW) == 0
    return kept(store)


SMALL = st.integers(0, 11)
STEPS = st.one_of(
    st.lists(st.tuples(SMALL, SMALL, SMALL, SMALL, st.integers(0, 20)), min_size=1, max_size=9).map(
        lambda rows: ("people", *rows)
    ),
    st.lists(st.tuples(SMALL, SMALL, SMALL, st.integers(0, 99)), min_size=1, max_size=9).map(
        lambda rows: ("orders", *rows)
    ),
    st.tuples(st.just("edits"), SMALL, SMALL, SMALL),
    st.tuples(st.just("links"), SMALL, SMALL),
    st.tuples(st.just("unlinks"), SMALL),
    st.tuples(st.just("apart"), SMALL, SMALL),
    st.tuples(st.just("back"), SMALL, SMALL),
    st.tuples(st.just("looks")),
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
def test_the_list_is_what_comparing_everybody_finds(hub_file: Path, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = sqlite_hub(hub_file, Path(name))
        try:
            world(store, Path(name)).does(steps)
            assert settled(store) == computed(store)
        finally:
            store.close()


def walk(dice: Random, many: int) -> list[Step]:
    """So many steps by chance: half of them imports, so that there is somebody."""

    def some() -> int:
        return dice.randrange(12)

    steps: list[Step] = []
    for _ in range(many):
        people = [(some(), some(), some(), some(), dice.randrange(40)) for _ in range(6)]
        orders = [(some(), some(), some(), dice.randrange(100)) for _ in range(6)]
        others: list[Step] = [
            ("edits", some(), some(), some()),
            ("links", some(), some()),
            ("unlinks", some()),
            ("apart", some(), some()),
            ("back", some(), some()),
            ("looks",),
        ]
        steps.append(dice.choice([("people", *people), ("orders", *orders), *others]))
    return steps


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_so_it_is_after_a_long_walk(hub_store: Store, tmp_path: Path, seed: int) -> None:
    one = world(hub_store, tmp_path)
    for steps in (walk(Random(seed), 40), walk(Random(seed + 99), 20)):
        one.does(steps)
        pairs, numbers = settled(hub_store)
        assert (pairs, numbers) == computed(hub_store)
        assert pairs
        assert numbers
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(IdentityLink))
        # Nobody who is gone has left anything behind.
        marked = set(session.scalars(select(IdentityMark.customer_id)))
        assert marked <= set(session.scalars(select(Customer.id)))


def test_whoever_is_noted_while_others_are_compared_is_compared_again(hub_store: Store) -> None:
    with hub_store.write() as session:
        for pk in "ab":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
        proposing.note(session, "ab")
    with hub_store.write() as session:
        proposing._catch_up_some(session, NOW)
        proposing.note(session, ["a"])
    with hub_store.read() as session:
        assert proposing.waiting(session) == 1
    assert proposing.catch_up(hub_store, NOW) == 0


def test_what_is_noted_twice_is_compared_once_and_never_more_than_asked(
    hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "_AT_ONCE", 2)
    with hub_store.write() as session:
        for pk in "abcdef":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
        proposing.note(session, "abcdef")
    assert proposing.catch_up(hub_store, NOW, most=2) == 4
    told: list[tuple[str, int, int]] = []
    assert proposing.catch_up(hub_store, NOW, tell=lambda *one: told.append(one)) == 0
    assert told == [("comparing", 0, 4), ("comparing", 2, 4), ("comparing", 4, 4)]
    assert len(kept(hub_store)[0]) == 15


def test_a_seventh_with_the_same_number_takes_the_others_from_the_list(hub_store: Store) -> None:
    with hub_store.write() as session:
        for pk in "abcdef":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
        proposing.note(session, "abcdef")
    assert len(settled(hub_store)[0]) == 15
    assert settled(hub_store)[1] == []
    with hub_store.write() as session:
        makers.make_customer(session, id="g", name="王芳", phone="13800138001")
        proposing.note(session, "g")
    assert settled(hub_store) == computed(hub_store) == ([], [("phone", "13800138001", 7)])
    with hub_store.write() as session:
        session.delete(session.get_one(Customer, "g"))
        proposing.note(session, "g")
    assert len(settled(hub_store)[0]) == 15


def test_a_number_of_many_stays_one_when_one_of_them_gives_it_up(hub_store: Store) -> None:
    with hub_store.write() as session:
        for pk in "abcdefghi":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
        proposing.note(session, "abcdefghi")
    assert settled(hub_store)[1] == [("phone", "13800138001", 9)]
    with hub_store.write() as session:
        session.get_one(Customer, "a").phone = ""
        proposing.note(session, "a")
    assert settled(hub_store) == computed(hub_store) == ([], [("phone", "13800138001", 8)])


def test_the_night_finds_what_nobody_has_noted_and_goes_by_the_numbers_of_the_day(
    hub_store: Store,
) -> None:
    with hub_store.write() as session:
        for pk in "ab":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
    assert settled(hub_store) == ([], [])
    nightly.run(hub_store, NOW)
    assert [one[:3] for one in kept(hub_store)[0]] == [("a", "b", 80)]
    with hub_store.write() as session:
        told = {"rule_set": likely.RULE_SET, "effective": date(2000, 1, 1), "body": {"likely": 90}}
        session.add(Setting(id=new_id(), **told))
        session.delete(session.get_one(Customer, "a"))
        makers.make_customer(session, id="c", name="王芳", phone="13800138001")
    nightly.run(hub_store, NOW)
    assert kept(hub_store) == computed(hub_store) == ([], [])


def tampered(session: Session, dice: Random) -> None:
    """Something of the lists or of a customer is changed, and nobody is noted."""
    what = dice.choice([ProposedPair, IdentityMark, SharedNumber, Customer])
    rows = session.scalars(select(what)).all()
    ids = sorted(session.scalars(select(Customer.id)))
    if what is ProposedPair and dice.random() < 0.5:
        pair = sorted(dice.sample(ids, 2))
        told = {"rank": -1, "evidence": [["name", 20]], "again": True}
        session.merge(ProposedPair(one_id=pair[0], other_id=pair[1], **told))
    elif rows:
        one = dice.choice(rows)
        if isinstance(one, Customer):
            one.phone, one.wechat = dice.choice(PHONES), dice.choice(WECHATS)
            one.birthday = dice.choice([None, date(1990, 5, 1)])
        elif isinstance(one, IdentityMark) and dice.random() < 0.5:
            session.merge(IdentityMark(customer_id=one.customer_id, mark="somebody else's"))
        elif isinstance(one, ProposedPair) and dice.random() < 0.5:
            one.rank -= 5
        elif isinstance(one, SharedNumber) and dice.random() < 0.5:
            one.people += 1
        else:
            session.delete(one)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_night_puts_right_whatever_stands_wrong(
    hub_store: Store, tmp_path: Path, seed: int
) -> None:
    dice = Random(seed)
    here = world(hub_store, tmp_path)
    here.does(walk(dice, 12))
    settled(hub_store)
    for _ in range(15):
        with hub_store.write() as session:
            for _ in range(dice.randrange(1, 4)):
                tampered(session, dice)
        rechecking.recheck(hub_store, NOW)
        assert kept(hub_store) == computed(hub_store)
        with hub_store.read() as session:
            assert rechecking.differing(session, NOW) == set()


def test_a_night_after_which_nothing_is_other_compares_nobody(hub_store: Store) -> None:
    with hub_store.write() as session:
        for pk in "abcdefgh":
            makers.make_customer(session, id=pk, name="王芳", phone="13800138001")
        for pk in "xy":
            makers.make_customer(session, id=pk, name="李娜", phone="13800138002")
    assert rechecking.recheck(hub_store, NOW) == 10
    stood = kept(hub_store)
    assert [one[:2] for one in stood[0]] == [("x", "y")]
    assert rechecking.recheck(hub_store, NOW) == 0
    assert kept(hub_store) == stood == computed(hub_store)


def test_comparing_some_looks_at_nobody_who_shares_nothing(hub_store: Store) -> None:
    with hub_store.write() as session:
        for number in range(50):
            phone = f"138001{number:05d}"
            makers.make_customer(session, id=f"c{number}", name=f"王芳{number}", phone=phone)
        makers.make_customer(session, id="a", name="李娜", phone="13800138001")
        makers.make_customer(session, id="b", name="李娜", phone="13800138001")
        proposing.note_everybody(session)
    proposing.catch_up(hub_store, NOW)
    looked: list[set[str]] = []

    def profiles(session: Any, ids: Any) -> Any:
        looked.append(set(ids))
        return whole(session, ids)

    whole = likely.profiles
    with pytest.MonkeyPatch.context() as patch, hub_store.write() as session:
        patch.setattr(likely, "profiles", profiles)
        proposing.compare(session, ["a"], NOW)
    assert looked == [{"a"}, {"b"}]
