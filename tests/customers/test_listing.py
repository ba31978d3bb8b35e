"""Who fits a filter, how a list is ordered, and the views that are kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.calls.tables import Refusal
from lumi_desk.customers.listing import service
from lumi_desk.customers.listing.rules import (
    COLUMNS,
    FIELDS,
    Column,
    Field,
    Filter,
    Listed,
    Order,
    Page,
    Refused,
    as_body,
    chosen,
    counted,
    from_body,
    split,
)
from lumi_desk.customers.naming import sound
from lumi_desk.customers.tables import SavedView, Tag
from lumi_desk.storage.store import Store
from tests.makers import NOW, TODAY, make_customer


def listed(name: str, **values: Any) -> Listed:
    pinyin, initials = sound(name)
    told: dict[str, Any] = {
        "id": name, "phone": "", "wangwang": "", "city": "", "pool": "1", "grade": None,
        "line": None, "relationship": None, "last_paid_at": None, "year_fen": 0, "year_orders": 0,
    }  # fmt: skip
    return Listed(name=name, pinyin=pinyin, initials=initials, **{**told, **values})


def bought(days: int) -> dict[str, Any]:
    return {"last_paid_at": NOW - timedelta(days=days)}


PEOPLE = (
    listed("单晓飞", phone="13800004127", tags=("礼品 3/8", "生日"), pool="V", **bought(10)),
    listed("曾敏", wangwang="Lily小店", grade="A", line="collagen", **bought(95)),
    listed("仇英", phone="0571-65554127", relationship="at_risk", refused=True, **bought(300)),
    listed("欧阳敏", pool="0", city="杭州", tags=("生日",)),
)


def names(filter_: Filter, order: Order = Order(Column.NAME)) -> list[str]:
    return [one.name for one in chosen(PEOPLE, filter_, order, TODAY)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["欧阳敏", "仇英", "单晓飞", "曾敏"]),
        ("敏", ["欧阳敏", "曾敏"]),
        # The surnames' own readings: shàn, zēng, qiú.
        ("shanxiao", ["单晓飞"]),
        ("dan", []),
        ("zm", ["曾敏"]),
        ("cm", []),
        ("qiuying", ["仇英"]),
        ("oym", ["欧阳敏"]),
        ("4127", ["仇英", "单晓飞"]),
        ("65554127", ["仇英"]),
        ("1380", []),
        ("lily", ["曾敏"]),
        ("礼品", ["单晓飞"]),
        ("生日 oy", ["欧阳敏"]),
        ("生日 zm", []),
    ],
)
def test_words_find_by_name_sound_digits_wangwang_and_tag(words: str, expected: list[str]) -> None:
    assert names(Filter(words=words)) == expected


def test_filters_narrow_the_list_and_several_values_widen_it() -> None:
    v = Filter().toggled(Field.POOL, "V")
    assert names(v) == ["单晓飞"]
    assert names(v.toggled(Field.POOL, "0")) == ["欧阳敏", "单晓飞"]
    assert names(v.toggled(Field.POOL, "0").toggled(Field.TAG, "礼品 3/8")) == ["单晓飞"]
    assert names(Filter().toggled(Field.TAG, "")) == ["仇英", "曾敏"]
    assert names(Filter().toggled(Field.GRADE, "A")) == ["曾敏"]
    assert names(Filter().toggled(Field.LINE, "collagen")) == ["曾敏"]
    assert names(Filter().toggled(Field.RELATIONSHIP, "at_risk")) == ["仇英"]
    assert names(Filter(quiet_from=95)) == ["仇英", "曾敏"]
    assert names(Filter(quiet_from=10, quiet_to=95)) == ["单晓飞", "曾敏"]
    assert names(Filter(refused=Refused.ONLY)) == ["仇英"]
    assert names(Filter(refused=Refused.NO)) == ["欧阳敏", "单晓飞", "曾敏"]
    assert v.toggled(Field.POOL, "V").is_empty


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column.POOL, ["单晓飞", "曾敏", "仇英", "欧阳敏"]),
        (Column.LAST_PAID, ["单晓飞", "曾敏", "仇英", "欧阳敏"]),
        (Column.DAY, ["单晓飞", "曾敏", "仇英", "欧阳敏"]),
        (Column.TAGS, ["欧阳敏", "单晓飞", "曾敏", "仇英"]),
    ],
)
def test_the_list_is_ordered_by_a_column(column: Column, expected: list[str]) -> None:
    assert names(Filter(), Order(column)) == expected


def test_who_has_no_value_comes_last_either_way() -> None:
    assert names(Filter(), Order(Column.DAY, backwards=True)) == [
        "仇英",
        "曾敏",
        "单晓飞",
        "欧阳敏",
    ]


@given(st.permutations(PEOPLE), st.sampled_from(COLUMNS), st.booleans())
def test_an_order_does_not_depend_on_how_they_came(
    people: list[Listed], column: Column, backwards: bool
) -> None:
    order = Order(column, backwards)
    found = chosen(people, Filter(), order, TODAY)
    assert found == chosen(PEOPLE, Filter(), order, TODAY)
    assert set(found) == set(PEOPLE)


FILTERS = st.builds(
    Filter,
    words=st.text(max_size=8),
    quiet_from=st.none() | st.integers(0, 400),
    quiet_to=st.none() | st.integers(0, 400),
    refused=st.sampled_from(Refused),
)
CHOICES = st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=4)), max_size=6)


CENTRE_CHOICES = st.lists(st.tuples(st.sampled_from(Field), st.text(max_size=4)), max_size=6)


@given(
    FILTERS,
    st.one_of(
        st.tuples(st.just(Page.OWN), CHOICES, st.sampled_from(COLUMNS)),
        st.tuples(st.just(Page.CENTRE), CENTRE_CHOICES, st.sampled_from(Column)),
    ),
    st.booleans(),
)
def test_a_view_is_read_as_it_was_kept(
    filter_: Filter, kept: tuple[Page, list[tuple[Field, str]], Column], backwards: bool
) -> None:
    page, choices, column = kept
    for field, value in choices:
        filter_ = filter_.toggled(field, value)
    order = Order(column, backwards)
    assert from_body(as_body(filter_, order), page) == (filter_, order)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"words": 3, "values": {"shoe": ["42"], "pool": "V"}, "quiet": [1], "order": ["x", 1]},
        {"quiet": ["a", True], "refused": "maybe"},
    ],
)
def test_what_another_version_kept_is_left_out(body: Any) -> None:
    assert from_body(body) == (Filter(), Order())


def test_values_are_counted_and_a_tag_divides_the_list() -> None:
    assert counted(PEOPLE, Field.TAG) == {"礼品 3/8": 1, "生日": 2, "": 2}
    changing, same = split(PEOPLE, "生日", adding=True)
    assert ([one.name for one in changing], same) == (["曾敏", "仇英"], 2)
    changing, same = split(PEOPLE, "生日", adding=False)
    assert ([one.name for one in changing], same) == (["单晓飞", "欧阳敏"], 2)


def test_everybody_is_read_with_tags_contacts_and_refusals(desk_store: Store) -> None:
    with desk_store.write() as session:
        zhou, xu = (make_customer(session, "lin", id=name, name=name) for name in ("zhou", "xu"))
        told = {"source": "hand", "rep_id": "lin", "at": NOW}
        for number, (who, name, gone) in enumerate(
            [(zhou, "b", None), (zhou, "a", None), (zhou, "a", None), (xu, "c", NOW)]
        ):
            values = {"customer_id": who.id, "name": name, "removed_at": gone}
            session.add(Tag(id=str(number), **values, **told))
        session.add(Refusal(id="r", customer_id="xu", rep_id="lin", at=NOW))
    with desk_store.read() as session:
        found = {one.id: one for one in service.everybody(session, NOW)}
    assert found["zhou"].tags == ("a", "b")
    assert (found["xu"].tags, found["xu"].refused, found["zhou"].refused) == ((), True, False)


def test_views_are_kept_replaced_and_dropped(desk_store: Store) -> None:
    v, order = Filter().toggled(Field.POOL, "V"), Order(Column.YEAR, backwards=True)
    with desk_store.write() as session:
        assert service.keep_view(session, "  my  V ", v, order, NOW) == "my V"
        service.keep_view(session, "all", Filter(), Order(), NOW)
        service.keep_view(session, "my V", replace(v, words="zhou"), order, NOW)
        with pytest.raises(service.NoViewName):
            service.keep_view(session, " ", v, order, NOW)
    with desk_store.write() as session:
        service.drop_view(session, "all")
    with desk_store.read() as session:
        assert service.views(session) == (service.View("my V", replace(v, words="zhou"), order),)


def test_a_dropped_view_comes_back_whole_unless_its_name_is_taken(desk_store: Store) -> None:
    of_later = {"words": "zhou", "values": {"shoe": ["42"]}}
    with desk_store.write() as session:
        session.add(SavedView(page=Page.CENTRE, name="one", body=of_later, at=NOW))
    with desk_store.write() as session:
        dropped = service.drop_view(session, "one", Page.CENTRE)
    with desk_store.write() as session:
        assert service.drop_view(session, "one", Page.CENTRE) is None
    assert dropped is not None
    with desk_store.write() as session:
        assert service.bring_back_view(session, dropped) == "one"
    with desk_store.read() as session:
        row = session.scalars(select(SavedView)).one()
        assert (row.page, row.name, row.body, row.at) == (Page.CENTRE, "one", of_later, NOW)
    with desk_store.write() as session, pytest.raises(service.ViewNameTaken):
        service.bring_back_view(session, dropped)


def test_views_of_two_lists_know_nothing_of_each_other(desk_store: Store) -> None:
    v, order = Filter().toggled(Field.REP, "lin"), Order(Column.RUN_OUT)
    with desk_store.write() as session:
        service.keep_view(session, "one", Filter(), Order(), NOW)
        service.keep_view(session, "one", v, order, NOW, Page.CENTRE, {"lin": "Lin"})
        service.keep_view(session, "two", v, order, NOW, Page.CENTRE)
        with pytest.raises(service.ViewNameTaken):
            service.rename_view(session, "two", "one", Page.CENTRE)
        assert service.rename_view(session, "one", " three ") == "three"
        service.drop_view(session, "two")
    with desk_store.read() as session:
        assert service.views(session) == (service.View("three", Filter(), Order()),)
        assert service.views(session, Page.CENTRE) == (
            service.View("one", v, order, {"lin": "Lin"}), service.View("two", v, order),
        )  # fmt: skip


def test_a_view_that_cannot_be_read_whole_says_so(desk_store: Store) -> None:
    with desk_store.write() as session:
        service.keep_view(session, "one", Filter(), Order(), NOW)
        row = session.get_one(SavedView, ("own", "one"))
        row.body = {**row.body, "values": {"rep": ["lin"]}}
    with desk_store.read() as session:
        (view,) = service.views(session)
    assert (view.filter, view.partial) == (Filter(), True)
