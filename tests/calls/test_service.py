"""What is asked about contacts, and the unfinished call that survives."""

from datetime import time, timedelta

import pytest
from sqlalchemy.orm import Session

from lumi_desk.calls import service
from lumi_desk.calls.operations import Refuse, log_contact, refuse
from lumi_desk.calls.tables import Contact, UnfinishedCall
from lumi_desk.calls.underway.rules import Dialled, Form, Item, State, UnderWay
from lumi_desk.catalog.tables import Setting
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from tests.floor import promised
from tests.makers import NOW, TODAY, a_call, make_customer

WHOLE = UnderWay(
    customer_id="her",
    contact_id="contact",
    state=State.WRAP_UP,
    note="女儿下月结婚",
    dials=(Dialled(NOW), Dialled(NOW + timedelta(minutes=31), answered=True)),
    started_at=NOW,
    answered_at=NOW + timedelta(minutes=31),
    ended_at=NOW + timedelta(minutes=40),
    script_id="renewal",
    path=("opening", "usage"),
    offers=("card-12000",),
    chosen="card-12000",
    complaint=True,
    form=Form(
        answered=True,
        disposition="sold",
        attitude="positive",
        wechat_state="accepted",
        sale=Item("card", "card-12000", "12,000 充值卡", 1_200_000, "两盒大酵素"),
        proof="4400",
        next_words="下周三",
        next_at=NOW + timedelta(days=8),
        next_kind="arrival",
        case=True,
    ),
)


def test_an_unfinished_call_comes_back_as_it_was(desk_store: Store) -> None:
    with desk_store.write() as session:
        service.keep(session, WHOLE, NOW)
    with desk_store.read() as session:
        assert service.under_way(session, "her") == WHOLE


def test_an_empty_note_is_not_kept(desk_store: Store) -> None:
    with desk_store.write() as session:
        service.keep(session, UnderWay("her", "contact", note="hm"), NOW)
        service.keep(session, UnderWay("her", "contact", note="  "), NOW)
    with desk_store.read() as session:
        assert service.all_under_way(session) == ()


def test_calls_stand_before_notes_and_the_newest_first(desk_store: Store) -> None:
    with desk_store.write() as session:
        for minutes, call in enumerate(
            (
                UnderWay("first", "1", State.DIALLING, dials=(Dialled(NOW),)),
                UnderWay("second", "2", State.DIALLING, dials=(Dialled(NOW),)),
                UnderWay("noted", "3", note="words"),
            )
        ):
            service.keep(session, call, NOW + timedelta(minutes=minutes))
    with desk_store.read() as session:
        found = [call.customer_id for call in service.all_under_way(session)]
    assert found == ["second", "first", "noted"]


def test_a_call_saved_before_the_crash_is_not_owed_any_more(desk_store: Store) -> None:
    with desk_store.write() as session:
        service.keep(session, WHOLE, NOW)
        log_contact(session, a_call("lin", "her", id="contact"))
    with desk_store.read() as session:
        assert service.under_way(session, "her") is None
        assert service.all_under_way(session) == ()
        assert session.get(UnfinishedCall, "her") is not None


def test_dials_of_kept_and_unfinished_calls_count(desk_store: Store) -> None:
    with desk_store.write() as session:
        log_contact(session, a_call("wang", "her"))
        service.keep(session, WHOLE, NOW)
    with desk_store.read() as session:
        found = service.dials(session, NOW - timedelta(days=1))
        assert found == {
            "her": (NOW - timedelta(minutes=9), NOW, NOW + timedelta(minutes=31)),
        }
        assert service.dials(session, NOW) == {"her": (NOW, NOW + timedelta(minutes=31))}


def test_the_earliest_open_promise_counts(desk_store: Store) -> None:
    with desk_store.write() as session:
        customer = make_customer(session)
        promised(session, customer, timedelta(hours=3), "later")
        promised(session, customer, timedelta(hours=1), "sooner")
    with desk_store.read() as session:
        assert service.promises(session)[customer.id].why == "sooner"
        found = service.promise(session, customer.id)
        assert found is not None
        assert found.due_at == NOW + timedelta(hours=1)


def test_a_refusal_is_known_until_it_is_withdrawn(desk_store: Store) -> None:
    with desk_store.write() as session:
        refuse(session, Refuse(id=new_id(), customer_id="her", by="lin", at=NOW))
    with desk_store.read() as session:
        assert service.is_refused(session, "her")
        assert service.refused(session) == {"her"}
        assert not service.is_refused(session, "another")


def _budget(session: Session, **body: object) -> None:
    session.add(Setting(id=new_id(), rule_set="contact_budget", effective=TODAY, body=body))


def test_the_managers_budget_is_read_and_the_rest_keeps_its_default(desk_store: Store) -> None:
    with desk_store.write() as session:
        _budget(session, closes="20:00", per_day=2, apart_minutes=45)
    with desk_store.read() as session:
        budget = service.budget(session, NOW)
        assert (budget.opens, budget.closes, budget.per_day) == (time(9), time(20), 2)
        assert budget.apart == timedelta(minutes=45)
        # Before its day the setting does not hold.
        assert service.budget(session, NOW - timedelta(days=2)).per_day == 3


@pytest.mark.parametrize(("disposition", "answered"), [("sold", True), ("no_answer", False)])
def test_a_contact_says_whether_somebody_was_spoken_to(
    desk_store: Store, disposition: str, answered: bool
) -> None:
    with desk_store.write() as session:
        dials = [[0, answered]]
        session.add(
            Contact(
                id="c", customer_id="her", rep_id="lin", channel="call", started_at=NOW,
                ended_at=NOW, dials=dials, disposition=disposition, path=[], offers=[],
            )
        )  # fmt: skip
    with desk_store.read() as session:
        (contact,) = service.contacts_of(session, "her")
    assert contact.answered is answered
