"""Customers found by a few letters, in both engines' words."""

import pytest
from sqlalchemy.orm import Session

from lumi_desk.customers.naming import sound
from lumi_desk.customers.service import find, holders
from lumi_desk.storage.store import Store
from tests import makers

PEOPLE = (
    ("周文静", "13800004127", "jing_jing88", "1"),
    ("周晓", "13911112222", "Lily小店", "0"),
    ("周文静", "010-65554127", "", "V"),
    ("王%_小", "", "a_b", "0"),
)


@pytest.fixture
def names(hub_store: Store) -> dict[str, str]:
    """The ids of the people, and whose name they are."""
    with hub_store.write() as session:
        return {
            makers.make_customer(
                session,
                name=name,
                phone=phone,
                wangwang=wangwang,
                pool=pool,
                pinyin=sound(name)[0],
                initials=sound(name)[1],
            ).id: phone or name
            for name, phone, wangwang, pool in PEOPLE
        }


def _found(session: Session, words: str, names: dict[str, str]) -> list[str]:
    return [names[one.id] for one in find(session, words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("周文静", ["010-65554127", "13800004127"]),
        ("文静", ["010-65554127", "13800004127"]),
        ("zhouwen", ["010-65554127", "13800004127"]),
        ("ZWJ", ["010-65554127", "13800004127"]),
        ("zx", ["13911112222"]),
        ("4127", ["010-65554127", "13800004127"]),
        ("0106555", []),
        ("jing_j", ["13800004127"]),
        ("LILY", ["13911112222"]),
        ("zwj 0000", []),
        ("zwj 00004127", ["13800004127"]),
        ("%", ["王%_小"]),
        ("a_b", ["王%_小"]),
        ("axb", []),
        ("  ", []),
        ("李", []),
    ],
)
def test_what_is_typed_finds_her(
    hub_store: Store, names: dict[str, str], words: str, expected: list[str]
) -> None:
    with hub_store.read() as session:
        assert _found(session, words, names) == expected


def test_no_more_are_found_than_asked_for(hub_store: Store, names: dict[str, str]) -> None:
    with hub_store.read() as session:
        assert len(find(session, "周", limit=2)) == 2


def test_holders_are_the_reps_whose_customers_are_here(hub_store: Store) -> None:
    with hub_store.write() as session:
        makers.make_customer(session, "r1")
        makers.make_customer(session)
    with hub_store.read() as session:
        assert holders(session) == {"r1"}
