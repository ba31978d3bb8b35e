"""What speaks for one person, what never does, and what rules it out."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.identity.rules import (
    WEIGHTS,
    Against,
    Kind,
    Profile,
    Told,
    against,
    is_lent,
    likely,
    likeness,
    marks,
    name_of,
    number,
    settled,
    shared,
)

DAY = date(2026, 11, 17)


def kinds(one: Told, other: Told) -> set[Kind] | None:
    found = likeness(one.profile(), other.profile())
    return None if found is None else {each.kind for each in found.evidence}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("13800138001", "13800138001"),
        ("+86 138-0013-8001", "13800138001"),
        ("0086 13800138001", "13800138001"),
        ("8613800138001", "13800138001"),
        ("013800138001", "13800138001"),
        ("１３８００１３８００１", "13800138001"),
        ("0571-87654321", "057187654321"),
        ("(0571) 8765 4321", "057187654321"),
        ("+86 571 8765 4321", "057187654321"),
        ("+86 10 6552 9988", "01065529988"),
        ("010-65529988", "01065529988"),
        ("", ""),
        ("138****8001", ""),
        ("138••••8001", ""),
        ("13800138001-1234", ""),
        ("13800138001转1234", ""),
        ("13800138001 ext 12", ""),
        ("13800138001,1234", ""),
        ("0571-87654321-801", ""),
        ("1380013800A", ""),
        ("17012345678", ""),
        ("16512345678", ""),
        ("13800000000", ""),
        ("400-800-1234", ""),
        ("95013123456789", ""),
        ("87654321", ""),
    ],
)
def test_a_number_is_known_in_every_dress_and_what_is_lent_is_none(text: str, plain: str) -> None:
    assert number(text) == plain


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.integers(0, 9999))
def test_a_number_with_an_extension_is_never_evidence(mobile: str, extension: int) -> None:
    for between in ("-", " ", "转", "#", " x", ""):
        assert number(f"{mobile}{between}{extension:04d}") == ""


@given(st.text(max_size=24))
def test_one_form_of_a_number_stays_as_it_is(text: str) -> None:
    assert number(number(text)) == number(text)


@given(st.sampled_from(["周文静", "Anna Müller", "阿依古丽·买买提"]), st.integers(0, 12))
def test_a_name_is_one_wide_or_narrow_with_blanks_or_without(name: str, place: int) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name)
    for dress in (wide, name.upper(), f"{name[:place]} {name[place:]}", f"\t{name} "):
        assert name_of(dress) == name_of(name) != ""


@pytest.mark.parametrize("dot", "·•・‧⋅.")
def test_a_name_is_one_whatever_its_dot(dot: str) -> None:
    assert name_of(f"阿依古丽{dot}买买提") == name_of("阿依古丽·买买提") != ""


@pytest.mark.parametrize("text", ["李", "李*", "tb12345", "", "——", "**"])
def test_what_tells_nobody_from_others_is_no_name(text: str) -> None:
    assert name_of(text) == ""


def test_a_name_alone_is_never_enough_whatever_it_weighs() -> None:
    one, other = (Told(pk, names=["周文静"]).profile() for pk in "ab")
    heavy = type(WEIGHTS)(name=1000)
    assert likeness(one, other) is None
    assert likeness(one, other, heavy) is None
    assert likely([one, other], weights=heavy) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"phones": ["+86 138 0013 8001"]}, {Kind.PHONE}),
        ({"phones": ["0571-87654321"], "names": ["周文静"]}, {Kind.LANDLINE, Kind.NAME}),
        ({"wechats": ["WJ_zhou"]}, {Kind.WECHAT}),
        ({"nicks": [("", "静静不加糖")]}, {Kind.NICK}),
        ({"names": ["周文静"], "birthday": date(1990, 5, 1)}, {Kind.NAME, Kind.BIRTHDAY}),
        ({"phones": ["0571-87654321"]}, None),
        ({"phones": ["17012345678"], "names": ["周文静"]}, None),
        ({"phones": ["138****8001"], "names": ["周文静"]}, None),
        ({"birthday": date(1990, 5, 1)}, None),
        ({"names": ["周文静"], "city": "杭州市", "days": [DAY]}, None),
        ({}, None),
    ],
)
def test_what_two_share_speaks_for_one_person(
    told: dict[str, object], expected: set[Kind] | None
) -> None:
    one, other = (Told(pk, **told) for pk in "ab")  # type: ignore[arg-type]
    assert kinds(one, other) == expected


def test_the_same_city_at_the_same_time_counts_on_top_of_the_name() -> None:
    told = {"names": ["周文静"], "phones": ["0571-87654321"]}
    one = Told("a", city="杭州市", days=[DAY, DAY - timedelta(400)], **told)  # type: ignore[arg-type]
    for days, near in ((30, True), (31, False)):
        other = Told("b", city="杭州", days=[DAY + timedelta(days)], **told)  # type: ignore[arg-type]
        assert (Kind.NEAR in (kinds(one, other) or ())) == near


def test_a_nick_of_another_platform_is_another_account() -> None:
    one, other = Told("a", nicks=[("", "静静")]), Told("b", nicks=[("jd", "静静")])
    assert kinds(one, other) is None


def test_what_stands_in_place_of_a_name_is_none() -> None:
    one, other = (Told(pk, names=["静静不加糖"], handles=["静静不加糖"]) for pk in "ab")
    assert one.profile().names == frozenset()
    assert kinds(one, other) is None


def test_another_name_speaks_against_it() -> None:
    phone = ["13800138001"]
    same = likeness(Told("a", phones=phone).profile(), Told("b", phones=phone).profile())
    one, other = (
        Told(pk, phones=phone, names=[name]).profile()
        for pk, name in (("a", "周文静"), ("b", "王芳"))
    )
    differing = likeness(one, other)
    assert same is not None
    assert differing is not None
    assert differing.score == same.score - WEIGHTS.other_name


def test_other_member_ids_and_other_birthdays_rule_it_out() -> None:
    phone = ["13800138001"]
    one = Told("a", phones=phone, members=["M1"]).profile()
    assert against(one, Told("b", members=["M2"]).profile()) is Against.MEMBER
    assert likeness(one, Told("b", phones=phone, members=["M2"]).profile()) is None
    assert likeness(one, Told("b", phones=phone).profile()) is not None
    born = Told("a", phones=phone, birthday=date(1990, 5, 1)).profile()
    later = Told("b", phones=phone, birthday=date(1990, 5, 2)).profile()
    assert against(born, later) is Against.BIRTHDAY
    assert likeness(born, later) is None


def test_what_many_share_tells_nobody_apart() -> None:
    office = [Told(f"{n}", phones=["13800138001"]).profile() for n in range(7)]
    assert likely(office) == []
    assert len(likely(office[:6])) == 15


def test_who_is_apart_is_not_proposed() -> None:
    both = [Told(pk, phones=["13800138001"]).profile() for pk in "ab"]
    assert [(one.one, one.other) for one in likely(both)] == [("a", "b")]
    assert likely(both, {frozenset("ba"): None}) == []


def test_who_is_apart_is_proposed_again_for_something_new_alone() -> None:
    told = {"phones": ["13800138001"], "names": ["周文静"]}
    before = [Told(pk, **told).profile() for pk in "ab"]  # type: ignore[arg-type]
    known = {frozenset("ab"): marks(*before)}
    assert likely(before, known) == []
    near = [Told(pk, city="杭州", days=[DAY], **told).profile() for pk in "ab"]  # type: ignore[arg-type]
    assert likely(near, known) == []
    new = [Told(pk, wechats=["wj_zhou"], **told).profile() for pk in "ab"]  # type: ignore[arg-type]
    [again] = likely(new, known)
    assert {each.kind for each in again.evidence} == {Kind.PHONE, Kind.NAME, Kind.WECHAT}
    other_number = [Told(pk, phones=["13900139002"]).profile() for pk in "ab"]
    assert len(likely(other_number, known)) == 1
    assert settled(None, *new)
    assert likely(new, {frozenset("ab"): None}) == []


def test_marks_read_nothing_of_what_they_stand_for() -> None:
    told = {"phones": ["13800138001", "0571-87654321"], "names": ["周文静"], "wechats": ["wj"]}
    one, other = (
        Told(pk, birthday=DAY, nicks=[("jd", "静静")], **told).profile()  # type: ignore[arg-type]
        for pk in "ab"
    )
    found = marks(one, other)
    assert len(found) == 6
    assert found == marks(other, one)
    assert all(len(mark) == 16 and set(mark) <= set("0123456789abcdef") for mark in found)


@pytest.mark.parametrize(
    ("phone", "lent"),
    [("17012345678", True), ("17112345678", True), ("13800138001", False), ("0571-870", False)],
)
def test_a_number_of_a_virtual_operator_is_lent(phone: str, lent: bool) -> None:  # A case.
    assert is_lent(phone) == lent


def having(number: str, *names: str) -> list[Profile]:
    """Customers a, b, c … with a number, and a name each."""
    told = zip("abcdefgh", names, strict=False)
    return [Told(pk, phones=[number], names=[name]).profile() for pk, name in told]


@pytest.mark.parametrize(("number", "kind"), [("0571-87654321", Kind.LANDLINE),
                                               ("13800138001", Kind.PHONE)])  # fmt: skip
def test_a_number_of_different_people_is_a_households(number: str, kind: Kind) -> None:
    [found] = shared(having(number, "何丽", "沈玉兰", "沈玉兰"))
    assert (found.kind, found.ids) == (kind, ("a", "b", "c"))
    assert shared(having(number, "沈玉兰", "沈玉兰")) == []
    assert shared(having(number, "沈女士", "沈玉兰")) == []
    assert shared(having(number, "沈玉兰", "")) == []
    assert shared(having("170-1234-5678", "何丽", "沈玉兰")) == []
    assert shared(having("13800138001-1234", "何丽", "沈玉兰")) == []


def test_a_number_is_a_households_by_what_is_certain_or_said_or_by_many() -> None:
    same = having("0571-87654321", "沈玉兰", "沈玉兰")
    assert [one.ids for one in shared(same, {frozenset("ab")})] == [("a", "b")]
    born = [replace(one, birthday=DAY + timedelta(n)) for n, one in enumerate(same)]
    assert len(shared(born)) == 1
    assert shared(having("0571-87654321", *[""] * 6)) == []
    assert len(shared(having("0571-87654321", *[""] * 7))) == 1


def test_the_number_of_the_most_comes_first() -> None:
    many = [
        replace(one, id=f"x{one.id}") for one in having("010-65529988", "何丽", "沈玉兰", "李梅")
    ]
    found = shared([*having("0571-87654321", "何丽", "沈玉兰"), *many])
    assert [one.number for one in found] == ["01065529988", "057187654321"]


FEW = st.sets(st.sampled_from(["x", "y"]), max_size=1).map(frozenset)
PROFILES = st.builds(
    Profile,
    id=st.sampled_from("abcdef"),
    names=st.sets(st.sampled_from(["周文静", "王芳"]), max_size=1).map(frozenset),
    phones=FEW,
    landlines=FEW,
    wechats=FEW,
    members=FEW,
    nicks=st.sets(st.just(("", "静静")), max_size=1).map(frozenset),
    birthday=st.sampled_from([None, date(1990, 5, 1), date(1991, 5, 1)]),
    city=st.sampled_from(["", "杭州"]),
    days=st.lists(st.dates(DAY, DAY + timedelta(90)), max_size=3).map(tuple),
)


@given(st.lists(PROFILES, max_size=6, unique_by=lambda one: one.id))
def test_comparing_who_shares_something_finds_what_comparing_all_finds(some: list[Profile]) -> None:
    found = {(one.one, one.other): one for one in likely(some)}
    everybody = {}
    for one in some:
        for other in some:
            pair = likeness(one, other)
            assert pair == likeness(other, one)
            if pair is not None:
                everybody[pair.one, pair.other] = pair
                assert pair.score >= WEIGHTS.likely
                assert against(one, other) is None
    assert found == everybody


def test_a_prefix_is_left_aside_where_virtual_operators_are_at_home(shared_data: Path) -> None:
    with (shared_data / "phone_prefixes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["p3"], "虚拟" in row["carrier"]) for row in csv.DictReader(file)]
    with_virtual = {prefix for prefix, virtual in rows if virtual}
    with_owned = {prefix for prefix, virtual in rows if not virtual}
    lent = {prefix for prefix, _ in rows if not number(f"{prefix}12345678")}
    assert with_virtual - with_owned <= lent <= with_virtual
    # In these the table knows a few segments among many thousands that are not.
    assert with_virtual - lent == {"134", "138", "155"}


def test_every_area_code_is_known_with_and_without_its_country(shared_data: Path) -> None:
    with (shared_data / "phone_area_codes.csv").open(encoding="utf-8-sig", newline="") as file:
        areas = {row["area"] for row in csv.DictReader(file)}
    # One of the list is mistyped: no area code begins with 00.
    areas = {area for area in areas if not area.startswith("00")}
    assert len(areas) > 300
    for area in areas:
        subscriber = "65529988" if len(area) == 3 else "7552998"
        assert number(f"{area}-{subscriber}") == f"{area}{subscriber}"
        assert number(f"+86 {area[1:]} {subscriber}") == f"{area}{subscriber}"
