"""A tag given to many at once, or taken: whose it is to change, what desks see, and taking back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.customers import person
from lumi_desk.customers.tables import Customer, Tag, Tagging, TaggingStep
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.customers.tags.service import Tagged
from lumi_desk.desk import Desk
from lumi_desk.hub import centre_tags, keeping, linking
from lumi_desk.ids import new_id
from lumi_desk.managing.centre_tags import MOST
from lumi_desk.security.roles import Role
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed, outbox
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.hub.test_centre import asked
from tests.hubs import Hub
from tests.makers import NOW

pytestmark = pytest.mark.slow

GIFT = "礼品 3/8"
Stands = tuple[str, str, str | None, bool]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Team one: leader Wu, rep Lin (shan, zeng); team two: leader Mo, rep Xu (qiu); Gu manages."""
    one, two = "一组", "二组"
    for login, role, team in (
        ("wu", Role.LEADER, one), ("lin", Role.REP, one), ("mo", Role.LEADER, two),
        ("xu", Role.REP, two), ("gu", Role.MANAGER, one), ("ma", Role.MANAGER, two),
    ):  # fmt: skip
        makers.hub_with_rep(hub_store, login, team, role)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for pk, login in (("shan", "lin"), ("zeng", "lin"), ("qiu", "xu"), ("ou", "")):
            rep = keeping.person_named(session, login).id if login else None
            makers.make_customer(session, rep, id=pk, name=pk)
        feed.publish(session)
    return Hub(hub_store, tmp_path)


def who(hub: Hub, login: str) -> str:
    with hub.store.read() as session:
        return keeping.person_named(session, login).id


def has(hub: Hub, pk: str, **told: Any) -> None:
    """A tag she has already."""
    usual = {"id": new_id(), "name": GIFT, "source": "hand", "at": NOW - timedelta(days=1)}
    with hub.store.write() as session:
        feed.watch(session)
        session.add(Tag(customer_id=pk, **{**usual, **told}))
        feed.publish(session)


def stands(store: Store) -> dict[str, list[Stands]]:
    """Everybody's tags, by customer."""
    found: dict[str, list[Stands]] = {}
    with store.read() as session:
        for one in session.scalars(select(Tag).order_by(Tag.customer_id, Tag.id)):
            told = (one.name, one.source, one.rep_id, one.removed_at is None)
            found.setdefault(one.customer_id, []).append(told)
    return found


def wanted(*ids: str, adding: bool = True, name: str = GIFT, **told: Any) -> dict[str, Any]:
    return {"name": name, "adding": adding, "ids": list(ids), **told}


def does(hub: Hub, login: str, told: dict[str, Any], pk: str = "") -> tuple[int, Any]:
    """Preview it, then do it."""
    seen = asked(hub, login, "centre/tags/preview", **told)[1]
    doing = {"id": pk or new_id(), "asked": told, "base": seen.get("mark", "")}
    return asked(hub, login, "centre/tags/do", **doing)


def tags_of(desk: Desk) -> dict[str, set[str]]:
    """Who has which tags on a desk."""
    desk.sync_round()
    found: dict[str, set[str]] = {}
    with desk.store.read() as session:
        for one in session.scalars(select(Tag).where(Tag.removed_at.is_(None))):
            found.setdefault(one.customer_id, set()).add(one.name)
    return found


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.KEEPER])
def test_who_leads_nobody_opens_none_of_these_doors(hub: Hub, role: Role) -> None:
    makers.hub_with_rep(hub.store, "other", "一组", role)
    doing = {"id": new_id(), "asked": wanted("shan"), "base": ""}
    for door, told in (
        ("", {}), ("/preview", wanted("shan")), ("/do", doing), ("/undo", {"id": "x"}),
    ):  # fmt: skip
        status, problem = asked(hub, "other", f"centre/tags{door}", **told)
        assert (status, problem["code"]) == (403, "NotYours"), door


def test_a_preview_counts_and_changes_nothing(hub: Hub) -> None:
    has(hub, "zeng")
    before = stands(hub.store)
    told = asked(hub, "gu", "centre/tags/preview", **wanted("shan", "zeng", "qiu", "gone"))[1]
    assert (told["changing"], told["same"], told["beyond"], told["by_rule"]) == (2, 1, 1, 0)
    has(hub, "qiu", source="rule")
    told = asked(hub, "gu", "centre/tags/preview", **wanted("shan", "zeng", "qiu", adding=False))[1]
    assert (told["changing"], told["same"], told["by_rule"]) == (2, 1, 1)
    assert stands(hub.store) == before | {"qiu": [(GIFT, "rule", None, True)]}


def test_a_leader_is_told_the_same_of_anothers_customer_as_of_none(hub: Hub) -> None:
    for told in (wanted("shan", "qiu"), wanted("shan", "gone"), wanted("shan", "ou")):
        seen = asked(hub, "wu", "centre/tags/preview", **told)[1]
        assert (seen["changing"], seen["same"], seen["beyond"]) == (1, 0, 1)
        alone = asked(hub, "wu", "centre/tags/preview", **{**told, "ids": told["ids"][1:]})
        assert (alone[0], alone[1]["changing"], alone[1]["beyond"]) == (200, 0, 1)
    status, done = does(hub, "wu", wanted("shan", "qiu"))
    assert (status, done["changed"]) == (200, 1)
    assert stands(hub.store).keys() == {"shan"}
    status, problem = does(hub, "wu", wanted("qiu"))
    assert (status, problem["code"]) == (422, "NobodyChanges")


def test_it_reaches_the_desks_of_whose_customers_they_are(hub: Hub) -> None:
    lin, xu = hub.desk("lin"), hub.desk("xu", seat="b")
    assert tags_of(lin) == tags_of(xu) == {}
    with hub.store.read() as session:
        heads = session.query(SyncFeed).count()
    status, done = does(hub, "gu", wanted("shan", "zeng", "qiu", "ou"))
    assert (status, done["changed"], done["again"]) == (200, 4, False)
    assert tags_of(lin) == {"shan": {GIFT}, "zeng": {GIFT}}
    assert tags_of(xu) == {"qiu": {GIFT}}
    with hub.store.read() as session:
        assert session.query(SyncFeed).count() == heads + 3
    gu = who(hub, "gu")
    assert stands(hub.store)["shan"] == [(GIFT, "hand", gu, True)]
    assert asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]["back"] == 4
    assert tags_of(lin) == tags_of(xu) == {}
    assert stands(hub.store) == {}
    assert lin.is_whole()


def test_only_what_changes_is_news(hub: Hub) -> None:
    has(hub, "zeng")
    with hub.store.read() as session:
        before = {(o.id, o.ver) for o in session.scalars(select(Tag))}
    does(hub, "gu", wanted("shan", "zeng"))
    with hub.store.read() as session:
        after = {(o.id, o.ver) for o in session.scalars(select(Tag))}
        steps = session.query(TaggingStep).count()
    assert before < after
    assert (len(after - before), steps) == (1, 1)


def test_everybody_found_is_changed_at_once_on_whatever_page(hub: Hub) -> None:
    told = wanted(found={"values": {"rep": [who(hub, "lin")]}, "limit": 1})
    assert does(hub, "gu", told)[1]["changed"] == 2
    assert stands(hub.store).keys() == {"shan", "zeng"}
    everybody = wanted(name="会员日", found={})
    assert does(hub, "mo", everybody)[1]["changed"] == 1
    assert {pk for pk, tags in stands(hub.store).items() if len(tags) > 1 or pk == "qiu"} == {"qiu"}


def test_more_than_can_be_done_at_once_is_refused(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre_tags, "MOST", 3)
    status, problem = asked(hub, "gu", "centre/tags/preview", **wanted(found={}))
    assert (status, problem["code"], problem["params"]) == (422, "TooManyAtOnce", {"most": 3})
    ids = [f"{place}" for place in range(MOST + 1)]
    assert asked(hub, "gu", "centre/tags/preview", **wanted(*ids))[0] == 422


def test_asked_again_it_has_one_effect(hub: Hub) -> None:
    pk, told = new_id(), wanted("shan", "zeng")
    seen = asked(hub, "gu", "centre/tags/preview", **told)[1]
    doing = {"id": pk, "asked": told, "base": seen["mark"]}
    first, again = (asked(hub, "gu", "centre/tags/do", **doing)[1] for _ in range(2))
    assert (first["changed"], again) == (2, {**first, "again": True})
    assert {pk: len(tags) for pk, tags in stands(hub.store).items()} == {"shan": 1, "zeng": 1}
    other = {**doing, "asked": {**told, "name": "别的"}}
    assert asked(hub, "gu", "centre/tags/do", **other)[1]["code"] == "IdTaken"
    assert asked(hub, "ma", "centre/tags/do", **doing)[1]["code"] == "IdTaken"
    back, once_more = (asked(hub, "gu", "centre/tags/undo", id=pk)[1] for _ in range(2))
    assert (back["back"], once_more) == (2, {**back, "again": True})
    status, problem = asked(hub, "gu", "centre/tags/do", **doing)
    assert (status, problem["code"], problem["params"]["who"]) == (409, "UndoneBefore", "Gu")


def test_what_was_seen_beforehand_is_what_is_done(hub: Hub) -> None:
    told = wanted("shan", "zeng")
    seen = asked(hub, "gu", "centre/tags/preview", **told)[1]
    has(hub, "zeng")
    before = stands(hub.store)
    doing = {"id": new_id(), "asked": told, "base": seen["mark"]}
    status, problem = asked(hub, "gu", "centre/tags/do", **doing)
    assert (status, problem["code"]) == (409, "TagsChanged")
    assert stands(hub.store) == before
    assert asked(hub, "gu", "centre/tags")[1]["done"] == []


@pytest.mark.parametrize("name", ["", " ", "a,b", "x" * 25])
def test_a_text_that_is_no_tag_is_refused(hub: Hub, name: str) -> None:
    status, problem = asked(hub, "gu", "centre/tags/preview", **wanted("shan", name=name))
    assert (status, problem["code"]) == (422, "NotUnderstood" if not name else "BadTag")


def test_taking_it_from_them_and_taking_that_back_leaves_all_as_it_was(hub: Hub) -> None:
    has(hub, "shan", source="rule")
    has(hub, "zeng", rep_id="lin")
    has(hub, "qiu", removed_at=NOW - timedelta(hours=1), removed_by="xu")
    with hub.store.read() as session:
        before = {o.id: plain(o) for o in session.scalars(select(Tag))}
    done = does(hub, "gu", wanted("shan", "zeng", "qiu", "ou", adding=False))[1]
    assert done["changed"] == 2
    assert not any(live for tags in stands(hub.store).values() for *_, live in tags)
    assert asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]["back"] == 2
    with hub.store.read() as session:
        assert {o.id: plain(o) for o in session.scalars(select(Tag))} == before


def test_a_tag_that_was_taken_comes_again_and_goes_back_to_that(hub: Hub) -> None:
    # A desk's clock that is fast: it was taken in an hour from now.
    has(hub, "qiu", removed_at=NOW + timedelta(hours=1), removed_by="xu")
    before = stands(hub.store)
    done = does(hub, "gu", wanted("qiu"))[1]
    assert (done["changed"], stands(hub.store)["qiu"][0][3]) == (1, True)
    asked(hub, "gu", "centre/tags/undo", id=done["id"])
    assert stands(hub.store) == before


def plain(tag: Tag) -> dict[str, Any]:
    names = ("customer_id", "name", "source", "rep_id", "at", "removed_at", "removed_by")
    return {name: getattr(tag, name) for name in names}


def test_what_a_rep_changed_since_stays_and_the_rest_goes_back(hub: Hub) -> None:
    lin = hub.desk("lin")
    lin.sync_round()
    done = does(hub, "gu", wanted("shan", "zeng"))[1]
    lin.sync_round()
    later = NOW + timedelta(minutes=1)
    rep = lin.me.person_id
    work = (
        RemoveTag(id=new_id(), customer_id="shan", by=rep, at=later, name=GIFT),
        AddTag(id=new_id(), customer_id="shan", by=rep, at=later + timedelta(1), name=GIFT),
    )
    with lin.store.write() as session:
        outbox.do(session, work, NOW)
    lin.sync_round()
    told = asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]
    assert (told["back"], told["changed"], told["beyond"]) == (1, 1, 0)
    assert tags_of(lin) == {"shan": {GIFT}}
    assert stands(hub.store)["shan"] == [(GIFT, "hand", rep, True)]


def test_where_all_were_changed_since_it_says_so_and_undoes_nothing(hub: Hub) -> None:
    done = does(hub, "gu", wanted("shan"))[1]
    does(hub, "wu", wanted("shan", adding=False))
    before = stands(hub.store)
    status, problem = asked(hub, "gu", "centre/tags/undo", id=done["id"])
    assert (status, problem["code"]) == (409, "NothingGoesBack")
    assert stands(hub.store) == before
    assert [one["undone_at"] for one in asked(hub, "gu", "centre/tags")[1]["done"]] == [None, None]


def test_the_history_says_who_and_when_and_a_leader_sees_her_own(hub: Hub) -> None:
    first = does(hub, "gu", wanted("shan", "qiu"))[1]["id"]
    second = does(hub, "wu", wanted("zeng"))[1]["id"]
    asked(hub, "ma", "centre/tags/undo", id=first)
    every = asked(hub, "ma", "centre/tags")[1]["done"]
    told = {one["id"]: (one["by"], one["customers"], one["undone_by"]) for one in every}
    assert told == {first: ("Gu", 2, "Ma"), second: ("Wu", 1, "")}
    assert {(one["at"], one["name"], one["adding"]) for one in every} == {
        (to_millis(NOW), GIFT, True)
    }
    assert [one["id"] for one in asked(hub, "wu", "centre/tags")[1]["done"]] == [second]
    assert asked(hub, "mo", "centre/tags")[1]["done"] == []
    assert len(asked(hub, "gu", "centre/tags", limit=1)[1]["done"]) == 1


def test_a_leader_takes_back_her_own_doing_within_her_team(hub: Hub) -> None:
    managers = does(hub, "gu", wanted("shan", "qiu"))[1]["id"]
    for pk in (managers, "never"):
        status, problem = asked(hub, "wu", "centre/tags/undo", id=pk)
        assert (status, problem["code"]) == (422, "NoSuchDecision")
    hers = does(hub, "wu", wanted("shan", "zeng", name="会员日"))[1]["id"]
    moved(hub, "shan", "xu")
    told = asked(hub, "wu", "centre/tags/undo", id=hers)[1]
    assert (told["back"], told["changed"], told["beyond"]) == (1, 0, 1)
    assert [one[0] for one in stands(hub.store)["shan"]] == [GIFT, "会员日"]
    status, problem = asked(hub, "gu", "centre/tags/undo", id=hers)
    assert (status, problem["code"], problem["params"]["who"]) == (409, "UndoneBefore", "Wu")


def moved(hub: Hub, pk: str, login: str) -> None:
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        rep = keeping.person_named(session, login).id
        feed.publish(session, keeping.assign(session, [pk], rep, NOW))


def test_it_goes_back_also_after_two_were_made_one(hub: Hub) -> None:
    done = does(hub, "gu", wanted("zeng"))[1]
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, "shan", "zeng", NOW)
    assert [one[0] for one in stands(hub.store)["shan"]] == [GIFT]
    assert asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]["back"] == 1
    assert "shan" not in stands(hub.store)


def test_of_two_made_one_none_is_said_to_have_been_changed(hub: Hub) -> None:
    done = does(hub, "gu", wanted("shan", "zeng", "qiu"))[1]
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, "shan", "zeng", NOW)
    told = asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]
    assert (told["back"], told["changed"], told["beyond"]) == (2, 0, 0)
    assert stands(hub.store) == {}


@pytest.mark.parametrize("adding", [True, False])
def test_taking_back_once_more_tells_how_many_went_back(hub: Hub, adding: bool) -> None:
    if not adding:
        has(hub, "shan")
        has(hub, "zeng")
    done = does(hub, "gu", wanted("shan", "zeng", adding=adding))[1]
    does(hub, "wu", wanted("shan", adding=not adding))
    told, again = (asked(hub, "gu", "centre/tags/undo", id=done["id"])[1] for _ in range(2))
    assert (told["back"], told["changed"], told["again"]) == (1, 1, False)
    assert (again["back"], again["again"]) == (1, True)


def test_a_leader_is_not_told_what_was_changed_beyond_her_team(hub: Hub) -> None:
    hers = does(hub, "wu", wanted("shan", "zeng"))[1]["id"]
    moved(hub, "shan", "xu")
    does(hub, "mo", wanted("shan", adding=False))
    told = asked(hub, "wu", "centre/tags/undo", id=hers)[1]
    assert (told["back"], told["changed"], told["beyond"]) == (1, 0, 1)


def test_a_phone_number_is_no_tag_to_be_given(hub: Hub) -> None:
    status, problem = asked(
        hub, "gu", "centre/tags/preview", **wanted("shan", name="打13800004127")
    )
    assert (status, problem["code"]) == (422, "NumberInTag")
    assert "0000" not in str(problem)


def test_her_record_and_her_reps_timeline_tell_who_gave_and_took_a_tag(hub: Hub) -> None:
    has(hub, "shan", source="rule", name="贵宾")
    has(hub, "shan", name="双十一20251111", rep_id=who(hub, "lin"))
    lin = hub.desk("lin")
    does(hub, "gu", wanted("shan"))
    does(hub, "ma", wanted("shan", adding=False, name="贵宾"))
    expected = {
        ("tag", "双十一20251111", "Lin"), ("tag", GIFT, "Gu"), ("untag", "贵宾", "Ma"),
    }  # fmt: skip
    told = asked(hub, "gu", "centre/show", id="shan")[1]["history"]
    assert {(one["kind"], one["what"], one["note"]) for one in told} == expected
    lin.sync_round()
    with lin.store.read() as session:
        her = person.about(session, "shan")
    assert her is not None
    events = [(one.kind.value, one.what) for one in person.timeline(her)]
    assert {(kind, one.name, one.by) for kind, one in events if isinstance(one, Tagged)} == expected


def test_a_tag_that_is_a_phone_number_is_shown_masked_and_can_be_taken_away(hub: Hub) -> None:
    has(hub, "shan", name="打13800004127")
    whole = wanted("shan", adding=False, name="打13800004127")
    told = [asked(hub, "gu", door, **body)[1] for door, body in (
        ("centre", {}), ("centre/show", {"id": "shan"}),
    )]  # fmt: skip
    assert does(hub, "gu", whole)[1]["changed"] == 1
    told.append(asked(hub, "gu", "centre/tags")[1])
    assert "打138 •••• 4127" in str(told)
    assert "13800004127" not in str(told)


def test_thousands_are_one_step(hub: Hub, hub_store: Store) -> None:
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        lin = keeping.person_named(session, "lin").id
        session.add_all(Customer(**many(f"many{place}", lin)) for place in range(MOST - 4))
        feed.publish(session)
    done = does(hub, "gu", wanted(found={}))[1]
    assert done["changed"] == MOST
    with hub_store.read() as session:
        made = session.get_one(Tagging, done["id"])
        assert (made.customers, session.query(TaggingStep).count()) == (MOST, MOST)
    assert asked(hub, "gu", "centre/tags/undo", id=done["id"])[1]["back"] == MOST
    assert stands(hub_store) == {}


def many(pk: str, rep: str) -> dict[str, Any]:
    return {"id": pk, "name": pk, "rep_id": rep, "phone": "", "pool": "0"}
