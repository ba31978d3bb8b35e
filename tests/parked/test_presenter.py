"""What the leader sees of parked work, and what her word becomes."""

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from lumi_desk.desk import Me
from lumi_desk.ids import new_id
from lumi_desk.parked.tables import Parked
from lumi_desk.people.tables import Person, Team
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import DeadLetter, Outbox
from tests import floor
from tests.hubs import HandClock
from tests.lane import LaneNow
from tests.makers import NOW
from tests.parked.test_service import parks
from ui.parked.presenter import ParkedPresenter
from ui.parked.screen import Detail, Screen

pytestmark = pytest.mark.usefixtures("in_english")

ME = Me("wu", "吴桂芳", "leader", "one")


class Leader:
    """What she sees is `screen`."""

    def __init__(self, store: Store, me: Me = ME) -> None:
        self.store, self.clock = store, HandClock()
        self.screens: list[Screen] = []
        self.lane = LaneNow(desk=floor.offline_desk(store, self.clock, me))
        self.does = ParkedPresenter(self.lane, self.screens.append, me, self.clock)
        self.does.begin()

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    @property
    def detail(self) -> Detail:
        assert self.screen.detail is not None
        return self.screen.detail

    def sent(self) -> list[dict[str, str]]:
        with self.store.read() as session:
            return [json.loads(payload) for payload in session.scalars(select(Outbox.payload))]


@pytest.fixture
def store(desk_store: Store) -> Store:
    with desk_store.write() as session:
        session.add(Team(id="one", name="一组"))
        for person_id, name in (("lin", "林晓燕"), ("wang", "王秀珍"), ("wu", "吴桂芳")):
            session.add(Person(id=person_id, name=name, role="rep", team_id="one"))
    return desk_store


def test_she_sees_who_did_what_and_why_it_waits(store: Store) -> None:
    parks(store)
    leader = Leader(store)

    assert leader.screen.left == "1 waits"
    [row] = leader.screen.rows
    assert (row.title, row.who, row.badge.text) == (
        "Note · 周文静",
        "林晓燕 · today 10:00",
        "Waits",
    )
    assert leader.detail.words == "想要发票"
    assert {fact.label: fact.text for fact in leader.detail.facts} == {
        "Rep": "林晓燕",
        "Done": "today 10:00",
        "Why": "The customer was not hers but 王秀珍's.",
    }
    assert [choice.text for choice in leader.detail.actions] == [
        "Accept for 林晓燕",
        "Hand over to 王秀珍",
        "Decline",
    ]


def test_her_leader_sees_no_whole_number(store: Store) -> None:
    parks(store, words="打她女儿 139-1111-0001")
    with store.write() as session:
        row = session.scalars(select(Parked)).one()
        row.customer_name, row.words = "王芳13911110002", "微信 wx13911110003"
    leader = Leader(store)
    shown = repr(leader.screen)
    for number in ("139 •••• 0001", "王芳139 •••• 0002", "wx139 •••• 0003"):
        assert number in shown
    assert not re.search(r"139-?1111", shown)


def test_her_word_leaves_at_once_and_the_next_comes_up(store: Store) -> None:
    first, second = parks(store), parks(store, days=1)
    leader = Leader(store)
    leader.does.answered(" 辛苦了 ")

    leader.does.decided("hand_over")

    assert leader.screen.chosen == second
    assert leader.screen.left == "1 waits"
    [sent] = leader.sent()
    assert (sent["parked_id"], sent["verdict"], sent["words"]) == (first, "hand_over", "辛苦了")
    with store.read() as session:
        assert session.get_one(Parked, first).state == "handed_over"
    leader.does.decided("accept")
    assert "words" in leader.sent()[1]
    assert leader.sent()[1]["words"] == ""


def test_declining_takes_a_word(store: Store) -> None:
    parks(store)
    leader = Leader(store)

    leader.does.decided("decline")
    assert leader.detail.problem == "Write her a word first: why not?"
    assert leader.detail.needs_words
    assert leader.sent() == []
    leader.does.answered("王秀珍已联系")
    assert leader.detail.problem == ""
    leader.does.decided("decline")

    assert leader.screen.left == "nothing waits"
    assert leader.detail.actions == ()
    told = {fact.label: fact.text for fact in leader.detail.facts}
    assert told["Decided"] == "Declined · 吴桂芳 · today 10:00"
    assert told["Answer"] == "王秀珍已联系"


def test_what_is_decided_is_not_decided_again_by_its_key(store: Store) -> None:
    parks(store)
    leader = Leader(store)
    leader.does.decided("accept")

    leader.does.decided("accept")

    assert len(leader.sent()) == 1


def test_a_decision_that_could_not_be_carried_out_says_why(store: Store) -> None:
    note = parks(store)
    with store.write() as session:
        session.add(_refused(note))
    leader = Leader(store)

    assert leader.detail.problem.startswith(
        "It could not be carried out: Nobody holds this customer now."
    )


def test_decisions_leave_the_list_after_two_weeks(store: Store) -> None:
    parks(store)
    leader = Leader(store)
    leader.does.decided("accept")
    leader.clock.forward(days=15)

    leader.does.refresh()

    assert leader.screen.rows == ()
    assert leader.screen.empty.startswith("Nothing waits.")


def test_without_a_team_she_is_told(store: Store) -> None:
    leader = Leader(store, replace(ME, team_id=""))

    assert leader.screen.empty == "You belong to no team. Ask the hub's keeper."


def _refused(parked_id: str) -> DeadLetter:
    return DeadLetter(
        op_id=new_id(),
        client_seq=1,
        kind="parked.decide",
        kind_ver=1,
        payload="{}",
        customer_id=parked_id,
        status="rejected",
        reason="NobodyHolds",
        params={},
        answered_at=NOW,
        seen_at=None,
    )
