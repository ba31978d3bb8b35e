"""Parked work as it is kept: put there once, open work first."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.calls.operations import WriteNote
from lumi_desk.ids import new_id
from lumi_desk.operations import encode
from lumi_desk.parked import service
from lumi_desk.parked.operations import (
    AlreadyDecided,
    AskLeader,
    DecideParked,
    NotWaiting,
    ask_leader,
    decide,
)
from lumi_desk.parked.rules import OPEN, State, Verdict, after, is_open
from lumi_desk.parked.service import Work
from lumi_desk.storage.store import Store
from tests.makers import NOW


def parks(
    store: Store, *, team: str = "one", rep: str = "lin", days: int = 0, words: str = "想要发票"
) -> str:
    """A note of a rep that waits. Returns its id."""
    at = NOW - timedelta(days=days)
    note = WriteNote(id=new_id(), customer_id="zhou", by=rep, at=at, words=words)
    with store.write() as session:
        service.park(
            session,
            Work(note, "note.write", 1, encode(note)),
            team_id=team,
            holder_id="wang",
            customer_name="周文静",
            reason="NotHers",
        )
    return note.id


def says(store: Store, parked_id: str, verdict: Verdict = Verdict.ACCEPT, **values: Any) -> None:
    op = DecideParked(
        id=new_id(),
        customer_id="zhou",
        by="wu",
        at=NOW,
        parked_id=parked_id,
        verdict=verdict,
        **values,
    )
    with store.write() as session:
        decide(session, op)


def asks(store: Store, op_id: str, words: str) -> None:
    op = AskLeader(id=new_id(), customer_id="zhou", by="lin", at=NOW, op_id=op_id, words=words)
    with store.write() as session:
        ask_leader(session, op)


@given(st.sampled_from(Verdict))
def test_every_verdict_ends_the_waiting(verdict: Verdict) -> None:
    assert not is_open(after(verdict))
    assert {after(one) for one in Verdict} | OPEN == set(State)


def test_open_work_comes_first_and_the_newest_before_the_older(desk_store: Store) -> None:
    old, decided, new = parks(desk_store, days=2), parks(desk_store), parks(desk_store, days=1)
    says(desk_store, decided)

    with desk_store.read() as session:
        assert [one.id for one in service.of_team(session, "one")] == [new, old, decided]
        assert service.waiting(session, "one") == 2
        assert service.waiting(session, "two") == 0


def test_a_rep_sees_her_own_and_a_team_its_own(desk_store: Store) -> None:
    hers, others = parks(desk_store), parks(desk_store, team="two", rep="qian")

    with desk_store.read() as session:
        assert [one.id for one in service.of_rep(session, "lin")] == [hers]
        assert [one.id for one in service.of_team(session, "two")] == [others]


def test_a_word_makes_it_a_question_and_an_answer_ends_it(desk_store: Store) -> None:
    note = parks(desk_store)
    asks(desk_store, note, "请帮忙")
    says(desk_store, note, Verdict.DECLINE, words="不用了")

    with desk_store.read() as session:
        [one] = service.of_team(session, "one")
    assert (one.state, one.words, one.answer) == (State.DECLINED, "请帮忙", "不用了")
    assert (one.decided_by, one.decided_at) == ("wu", NOW)


def test_what_is_decided_is_not_decided_or_asked_again(desk_store: Store) -> None:
    note = parks(desk_store)
    says(desk_store, note)

    with pytest.raises(AlreadyDecided):
        says(desk_store, note, Verdict.DECLINE)
    with pytest.raises(AlreadyDecided):
        asks(desk_store, note, "再看看")
    with pytest.raises(NotWaiting):
        says(desk_store, new_id())


def test_a_question_about_what_is_not_here_yet_only_travels(desk_store: Store) -> None:
    asks(desk_store, new_id(), "请帮忙")

    with desk_store.read() as session:
        assert service.of_rep(session, "lin") == ()
