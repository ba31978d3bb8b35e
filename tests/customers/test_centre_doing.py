"""A leader and a manager change tags of many, take that back, and keep views of the list."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Page
from lumi_desk.customers.tables import SavedView, Tag
from lumi_desk.hub import keeping
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.customers.lead import Lead
from tests.hubs import Hub
from tests.lane import LateLane
from ui.customers.state import Question
from ui.widgets.values import Choice

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

GIFT = "gift 3/8"


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Team one: leader Wu, Lin holds 110; team two: Xu holds 20; two are nobody's; Gu manages."""
    makers.hub_with_rep(hub_store, "wu", "一组", Role.LEADER)
    lin = makers.hub_with_rep(hub_store, "lin", "一组", Role.REP)
    xu = makers.hub_with_rep(hub_store, "xu", "二组", Role.REP)
    makers.hub_with_rep(hub_store, "gu", "二组", Role.MANAGER)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for place in range(132):
            rep = lin if place < 110 else xu if place < 130 else None
            makers.make_customer(session, rep, id=f"{place:04}", name=f"客户{place:03}")
        feed.publish(session)
    return Hub(hub_store, tmp_path)


def tagged(hub: Hub, name: str = GIFT) -> set[str]:
    with hub.store.read() as session:
        asked = select(Tag.customer_id).where(Tag.name == name, Tag.removed_at.is_(None))
        return set(session.scalars(asked))


def tags(who: Lead, name: str = GIFT, question: Question = Question.TAG) -> None:
    who.does.acted(question)
    who.does.ask_written(name)
    who.does.ask_confirmed()


def test_the_marked_get_a_tag_after_a_preview_and_lose_it_by_undo(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    for pk in ("0003", "0004"):
        gu.does.marked(pk)
    gu.does.acted(Question.TAG)
    assert gu.ask.title == "Add a tag to 2 customers"
    gu.does.ask_written(GIFT)
    assert gu.ask.reading == f"2 customers get “{GIFT}”"
    assert tagged(hub) == set()
    gu.does.ask_confirmed()
    assert (gu.toast(), tagged(hub)) == (f"2 customers have “{GIFT}” now", {"0003", "0004"})
    assert gu.screen.ask is None
    assert gu.screen.marked == frozenset()
    # The list shows it.
    gu.does.picked_in_menu("tag", GIFT)
    assert gu.screen.count == "2 of 132"
    gu.does.undone()
    assert (gu.toast(), tagged(hub)) == ("2 customers are as before", set())


def test_a_preview_says_who_has_it_already_and_by_a_rule(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.marked("0000")
    tags(gu)
    with hub.store.write() as session:
        feed.watch(session)
        session.add(Tag(id="r", customer_id="0001", name=GIFT, source="rule", at=makers.NOW))
        feed.publish(session)
    for pk in ("0000", "0001", "0002"):
        gu.does.marked(pk)
    gu.does.acted(Question.TAG)
    gu.does.ask_chosen(GIFT)
    assert gu.ask.reading == f"1 customer gets “{GIFT}”; 2 already have it"
    gu.does.ask_closed()
    gu.does.acted(Question.UNTAG)
    gu.does.ask_written(GIFT)
    assert gu.ask.reading == (
        f"2 customers lose “{GIFT}”; 1 does not have it;"
        " 1 has it by a rule, which will not give it again"
    )


def test_a_range_is_marked_and_all_found_on_whatever_page(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.ordered("name")
    gu.does.marked("0010")
    gu.does.marked_to("0013")
    assert gu.screen.whom == "4 marked"
    assert gu.screen.marked == {"0010", "0011", "0012", "0013"}
    gu.does.marked_to("0009")
    assert gu.screen.whom == "5 marked"
    gu.does.all_marked()
    assert gu.screen.whom == "100 marked · Ctrl A marks all 132"
    gu.does.all_marked()
    assert gu.screen.whom == "all 132 found are marked"
    tags(gu)
    assert (gu.toast(), len(tagged(hub))) == (f"132 customers have “{GIFT}” now", 132)
    gu.does.all_marked()
    gu.does.all_marked()
    gu.does.all_marked()
    assert gu.screen.marked == frozenset()


def test_one_mark_less_is_no_longer_everybody(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.all_marked()
    gu.does.all_marked()
    gu.does.marked("0000")
    assert gu.screen.whom == "99 marked"
    gu.does.all_marked()
    gu.does.all_marked()
    gu.does.searched("客户")
    assert gu.screen.whom == "100 marked · Ctrl A marks all 132"
    gu.does.left()
    assert (gu.screen.marked, gu.screen.searching) == (frozenset(), "客户")
    gu.does.left()
    assert gu.screen.searching == ""


def test_more_than_go_at_once_cannot_all_be_marked(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("centre_doing", "centre_saying"):
        monkeypatch.setattr(f"ui.customers.{module}.MOST", 131)
    gu = Lead(hub, "gu")
    gu.does.all_marked()
    assert gu.screen.whom == "100 marked"
    gu.does.all_marked()
    assert gu.screen.marked == frozenset()
    monkeypatch.setattr("ui.customers.centre_doing.MOST", 99)
    gu.does.all_marked()
    gu.does.acted(Question.TAG)
    assert gu.screen.ask is None
    assert gu.told().startswith("100 are too many: at most 99 at once.")


def test_hand_over_of_all_found_wants_them_seen(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.all_marked()
    gu.does.all_marked()
    gu.does.acted("hand_over")
    assert gu.told().startswith("Show all of them first")
    gu.does.acted("more")
    gu.does.acted("hand_over")
    assert [len(one) for one in gu.handed] == [132]


def test_what_changed_since_the_preview_is_counted_again(hub: Hub) -> None:
    gu, wu = Lead(hub, "gu"), Lead(hub, "wu")
    for who in (gu, wu):
        who.does.marked("0000")
        who.does.marked("0001")
    gu.does.acted(Question.TAG)
    gu.does.ask_written(GIFT)
    wu.does.marked("0001")
    tags(wu)
    gu.does.ask_confirmed()
    assert gu.ask.reading.endswith(f" 1 customer gets “{GIFT}”; 1 already has it")
    assert gu.ask.reading.startswith("Meanwhile other customers have the tag")
    assert tagged(hub) == {"0000"}
    gu.does.ask_confirmed()
    assert tagged(hub) == {"0000", "0001"}


def test_a_lost_answer_is_asked_for_again_under_its_id(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.marked("0000")
    gu.does.acted(Question.TAG)
    gu.does.ask_written(GIFT)
    gu.line.lose_reply_to = "/v1/centre/tags/do"
    gu.does.ask_confirmed()
    assert gu.line.lost
    assert "The hub cannot be reached" in gu.ask.reading
    gu.does.ask_confirmed()
    assert gu.toast() == f"1 customer has “{GIFT}” now"
    with hub.store.read() as session:
        assert len(session.scalars(select(Tag)).all()) == 1


def loses_the_answer(who: Lead) -> None:
    """0000 gets the tag, and she never hears of it."""
    who.does.marked("0000")
    who.does.acted(Question.TAG)
    who.does.ask_written(GIFT)
    who.line.lose_reply_to = "/v1/centre/tags/do"
    who.does.ask_confirmed()
    assert who.line.lost


def test_what_was_taken_back_after_a_lost_answer_can_be_done_anew(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    loses_the_answer(gu)
    gu.does.ask_closed()
    gu.does.acted(Question.DONE)
    gu.does.ask_chosen(gu.ask.choices[0].name)
    gu.does.ask_confirmed()
    assert gu.screen.marked == {"0000"}
    assert tagged(hub) == set()
    tags(gu)
    assert (gu.toast(), tagged(hub)) == (f"1 customer has “{GIFT}” now", {"0000"})


def test_what_another_took_back_meanwhile_is_said_once_and_can_be_done_anew(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    loses_the_answer(gu)
    _, sent = gu.asked[-1]
    gu.hub.undo_tags(sent["id"])
    gu.does.ask_confirmed()
    assert tagged(hub) == set()
    assert f"1 customer gets “{GIFT}”" in gu.ask.reading
    gu.does.ask_confirmed()
    assert tagged(hub) == {"0000"}


@pytest.fixture
def late(hub: Hub) -> Lead:
    """Gu at a slow line, with all that came so far; 0000 is marked."""
    gu = Lead(hub, "gu", LateLane)
    all_in(gu)
    gu.does.marked("0000")
    return gu


def all_in(who: Lead) -> None:
    """What was under way has come."""
    assert isinstance(who.lane, LateLane)
    while who.lane.late:
        who.lane.let_in()


def test_what_was_done_does_not_come_over_another_question(late: Lead) -> None:
    late.does.acted(Question.DONE)
    late.does.acted(Question.TAG)
    all_in(late)
    assert late.ask.title == "Add a tag to 1 customer"


def test_whom_she_marked_while_it_was_done_stay_marked(late: Lead) -> None:
    late.does.acted(Question.TAG)
    late.does.ask_written(GIFT)
    all_in(late)
    late.does.ask_confirmed()
    late.does.ask_closed()
    late.does.marked("0001")
    late.does.acted(Question.VIEW)
    all_in(late)
    assert late.toast() == f"1 customer has “{GIFT}” now"
    assert late.screen.marked == {"0000", "0001"}
    assert late.ask.title == "Keep filter and order as a view"


def test_a_text_that_is_no_tag_is_said_so(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.marked("0000")
    tags(gu, "a,b")
    assert gu.ask.reading.startswith("“a,b” cannot be a tag")
    gu.does.ask_written("a")
    assert gu.ask.reading == "1 customer gets “a”"


def test_the_undo_goes_after_ten_seconds_and_stays_in_the_history(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.marked("0000")
    tags(gu)
    toast = gu.screen.toast
    assert toast is not None
    assert (toast.button, toast.until) == ("Undo", hub.clock() + timedelta(seconds=10))
    hub.clock.forward(seconds=11)
    gu.does.tick()
    assert gu.screen.toast is None
    gu.does.undone()
    assert tagged(hub) == {"0000"}
    gu.does.acted(Question.DONE)
    (choice,) = gu.ask.choices
    assert choice.text == f"today 10:00 · Gu · tag “{GIFT}” added · 1 customer"
    gu.does.ask_chosen(choice.name)
    assert gu.ask.title == f"Take this back? {choice.text}"
    gu.does.ask_confirmed()
    assert (gu.toast(), tagged(hub)) == ("1 customer is as before", set())
    gu.does.acted(Question.DONE)
    (choice,) = gu.ask.choices
    assert not choice.enabled
    assert choice.text.endswith("· taken back by Gu")


def test_what_a_rep_changed_since_stays_and_she_is_told(hub: Hub) -> None:
    gu, wu = Lead(hub, "gu"), Lead(hub, "wu")
    gu.does.marked("0000")
    gu.does.marked("0001")
    tags(gu)
    hub.clock.forward(seconds=2)
    wu.does.marked("0000")
    tags(wu, question=Question.UNTAG)
    gu.does.undone()
    assert gu.toast() == "1 customer is as before; 1 stays: somebody has changed this tag since"
    wu.does.undone()
    gu.does.acted(Question.DONE)
    assert [one.enabled for one in gu.ask.choices] == [False, False]


def test_where_nothing_goes_back_she_reads_why(hub: Hub) -> None:
    gu, wu = Lead(hub, "gu"), Lead(hub, "wu")
    gu.does.marked("0000")
    tags(gu)
    wu.does.marked("0000")
    tags(wu, question=Question.UNTAG)
    gu.does.acted(Question.DONE)
    gu.does.ask_chosen(gu.ask.choices[1].name)
    gu.does.ask_confirmed()
    assert gu.ask.reading.startswith("This can be taken back no more")


def test_a_leader_changes_her_own_teams_customers_only(hub: Hub) -> None:
    wu = Lead(hub, "wu")
    wu.does.all_marked()
    wu.does.all_marked()
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        xu = keeping.person_named(session, "xu").id
        feed.publish(session, keeping.assign(session, ["0000"], xu, makers.NOW))
    tags(wu)
    assert (wu.toast(), len(tagged(hub))) == (f"109 customers have “{GIFT}” now", 109)
    assert "0000" not in tagged(hub)
    wu.does.acted(Question.DONE)
    assert len(wu.ask.choices) == 1


def test_the_list_is_narrowed_by_teams_and_by_reps(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    assert gu.menu("team") == ["一组 · 110", "二组 · 20"]
    teams = {one.text[:2]: one.name for one in menu(gu, "team")}
    gu.does.picked_in_menu("team", teams["二组"])
    assert (gu.screen.count, [one.text for one in gu.screen.chips]) == (
        "20 of 132", ["Team: 二组"],
    )  # fmt: skip
    assert gu.menu("rep")[2:] == ["Xu · 二组 · 20"]
    gu.does.cleared()
    reps = {one.text[:2]: one.name for one in menu(gu, "rep")}
    gu.does.picked_in_menu("rep", reps["Li"])
    gu.does.picked_in_menu("rep", reps["Xu"])
    assert gu.screen.count == "130 of 132"
    gu.does.picked_in_menu("rep", "nobody")
    assert (gu.screen.count, [one.text for one in gu.screen.chips]) == (
        "2 of 132", ["Rep: in nobody's hands"],
    )  # fmt: skip
    gu.does.picked_in_menu("rep", reps["Xu"])
    assert [one.text for one in gu.screen.chips] == ["Rep: Xu"]


def menu(who: Lead, name: str) -> tuple[Choice, ...]:
    return next(one.choices for one in who.screen.menus if one.name == name)


def views(who: Lead) -> list[str]:
    return [one for one in who.menu("views") if "view" not in one]


def keeps(who: Lead, name: str) -> None:
    who.does.acted(Question.VIEW)
    who.does.ask_written(name)
    who.does.ask_confirmed()


def test_a_view_is_kept_picked_renamed_and_forgotten(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    reps = {one.text[:2]: one.name for one in menu(gu, "rep")}
    gu.does.picked_in_menu("rep", reps["Xu"])
    gu.does.ordered("name")
    gu.does.ordered("name")
    keeps(gu, "  of  Xu ")
    assert views(gu) == ["of Xu"]
    before = gu.names()
    gu.does.cleared()
    assert gu.screen.count == "132 customers"
    gu.does.picked_in_menu("views", "view:of Xu")
    assert (gu.screen.count, gu.names()) == ("20 of 132", before)
    assert before[0] == "客户129"
    gu.does.picked_in_menu("views", "rename")
    assert gu.ask.title == "Rename the view “of Xu”"
    gu.does.ask_written(" ")
    gu.does.ask_confirmed()
    assert gu.ask.reading.startswith("A view cannot be called so")
    gu.does.ask_written("Xu's")
    gu.does.ask_confirmed()
    assert views(gu) == ["Xu's"]
    gu.does.picked_in_menu("views", "drop")
    assert views(gu) == []
    toast = gu.screen.toast
    assert toast is not None
    assert (toast.text, toast.button) == ("The view “Xu's” is forgotten", "Undo")
    gu.does.undone()
    assert views(gu) == ["Xu's"]
    assert gu.screen.toast is None
    assert menu(gu, "views")[0].chosen


def test_no_two_views_have_one_name_after_renaming(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    keeps(gu, "one")
    keeps(gu, "two")
    gu.does.picked_in_menu("views", "rename")
    gu.does.ask_written("one")
    gu.does.ask_confirmed()
    assert gu.ask.reading.startswith("There is a view “one” already")
    assert views(gu) == ["one", "two"]


def test_her_own_lists_views_are_others_than_the_centres(hub: Hub) -> None:
    wu = Lead(hub, "wu")
    keeps(wu, "one")
    with wu.desk.store.read() as session:
        assert listing.views(session) == ()
        assert [one.name for one in listing.views(session, Page.CENTRE)] == ["one"]


def test_a_view_says_what_is_not_here_any_more(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    gu.does.marked("0000")
    tags(gu)
    reps = {one.text[:2]: one.name for one in menu(gu, "rep")}
    gu.does.picked_in_menu("rep", reps["Xu"])
    gu.does.picked_in_menu("tag", GIFT)
    keeps(gu, "of Xu")
    assert gu.told() == ""
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        theirs = [f"{place:04}" for place in range(110, 130)]
        feed.publish(session, keeping.assign(session, theirs, None, makers.NOW))
        keeping.person_named(session, "xu").active = False
        session.execute(delete(Tag))
    gu.does.cleared()
    gu.does.came()
    gu.does.picked_in_menu("views", "view:of Xu")
    assert gu.told() == (
        f"The view “of Xu” asks for what is not here any more: Tag: {GIFT}, Rep: Xu."
    )
    assert [one.text for one in gu.screen.chips] == [f"Tag: {GIFT}", "Rep: Xu"]
    assert gu.screen.count == "0 of 132"
    gu.does.problem_closed()
    assert gu.told() == ""


def test_a_view_of_another_version_says_that_part_is_missing(hub: Hub) -> None:
    gu = Lead(hub, "gu")
    keeps(gu, "one")
    with gu.desk.store.write() as session:
        row = session.get_one(SavedView, ("centre", "one"))
        row.body = {**row.body, "values": {"mood": ["good"]}}
    gu.does.picked_in_menu("views", "view:one")
    assert gu.told() == "Part of the view “one” cannot be read by this version."
