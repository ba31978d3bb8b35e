"""One contact at the desk: dialled, written up, undone, and back after a crash."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lumi_desk.calls.tables import Callback, Contact, Note, UnfinishedCall
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer
from lumi_desk.orders.tables import Sale
from tests.makers import NOW
from tests.reps import Rep
from tests.workspace.seen import blocked, form, person, problem, rows, script, stage
from ui.widgets.values import plain
from ui.workspace.screen import Stage

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]


# The call.


def test_each_step_of_a_call_is_marked(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    assert stage(rep) is Stage.READY
    rep.does.dialled()
    assert stage(rep) is Stage.DIALLED
    assert rep.screen.top.lamp.timer.since == NOW
    rep.clock.forward(seconds=12)
    rep.does.answered()
    assert stage(rep) is Stage.TALKING
    assert rep.screen.dial is None
    rep.clock.forward(minutes=4)
    rep.does.ended()
    assert stage(rep) is Stage.WRAP_UP
    assert rep.screen.top.lamp.timer.seconds == 240
    assert plain(rep.screen.top.today.line) == "Today 1 dials · 1 answered"


def test_nobody_answers(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.dialled()
    rep.does.unanswered()
    assert not form(rep).answered
    assert [one.name for one in form(rep).outcomes if one.chosen] == ["no_answer"]
    rep.does.saved()
    (contact,) = rows(rep, Contact)
    assert isinstance(contact, Contact)
    assert (contact.disposition, contact.talk_seconds) == ("no_answer", 0)
    assert plain(rep.screen.top.today.line) == "Today 1 dials · 0 answered"


def test_the_contact_budget_blocks_the_dial_with_a_sentence(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.dialled()
    rep.does.unanswered()
    rep.does.saved()
    rep.does.picked(wen)
    assert blocked(rep) == (
        "Between two dials there are 30 minutes; You can dial from today 10:30."
    )
    rep.does.dialled()
    assert rep.screen.stage is Stage.READY
    assert rep.screen.problem is not None
    rep.clock.forward(minutes=31)
    rep.does.tick()
    assert blocked(rep) == ""


def test_at_midday_nobody_is_dialled(rep: Rep, wen: str) -> None:
    rep.clock.moment = datetime(2026, 11, 17, 4, 10, tzinfo=UTC)
    assert rep.begins().queue.left == "from 13:30"
    rep.does.next_wanted()
    rep.does.dialled()
    assert rep.screen.stage is Stage.READY
    assert "13:30" in problem(rep)


@pytest.mark.parametrize("leave", ["picked", "next_wanted"])
def test_a_live_call_is_not_left(calling: Rep, wen: str, leave: str) -> None:
    getattr(calling.does, leave)(*(["xu"] if leave == "picked" else []))
    assert person(calling).customer_id == wen
    assert calling.screen.stage is Stage.TALKING
    assert "F8" in problem(calling)


def test_somebody_else_is_not_dialled_before_the_call_is_written_up(writing_up: Rep) -> None:
    writing_up.does.picked("xu")
    assert blocked(writing_up) == "Write up the call with 周文静 first."
    writing_up.does.dialled()
    assert writing_up.screen.stage is Stage.READY


# Writing up.


def test_a_sale_is_claimed_with_its_proof_and_the_next_is_chosen(writing_up: Rep, wen: str) -> None:
    does = writing_up.does
    does.noted("女儿下月结婚")
    does.disposition_chosen("sold")
    assert writing_up.screen.ask is not None
    does.ask_chosen("card:card-12000")
    sale = form(writing_up).sale
    assert sale is not None
    assert (sale.title, sale.price) == ("12,000 充值卡", "¥12,000")
    assert "counts in no target" in sale.gift
    does.saved()
    assert form(writing_up).sale.proof_problem  # type: ignore[union-attr]
    does.proof_written("4400 1234 5678")
    does.attitude_chosen("positive")
    does.wechat_chosen("accepted")
    does.next_written("+9d 19:30")
    assert form(writing_up).next_reading == "= 11-26 Thu 19:30"
    does.next_kind_chosen("arrival")
    does.case_marked(True)
    writing_up.clock.forward(seconds=50)
    does.saved()
    assert writing_up.waiting() == ["contact.log", "sale.claim", "callback.promise"]
    (contact,), (sale_row,), (callback,) = (rows(writing_up, t) for t in (Contact, Sale, Callback))
    assert isinstance(contact, Contact)
    assert isinstance(sale_row, Sale)
    assert isinstance(callback, Callback)
    assert (contact.note, contact.talk_seconds, contact.wrap_up_seconds) == (
        "女儿下月结婚",
        240,
        50,
    )
    assert (contact.attitude, contact.case, contact.dials[0][1]) == ("positive", True, True)
    assert contact.offers[0] == "card-12000"
    assert (sale_row.fen, sale_row.gift, sale_row.contact_id) == (
        1_200_000,
        "两盒大酵素",
        contact.id,
    )
    assert (callback.why, callback.contact_id) == ("arrival", contact.id)
    with writing_up.store.read() as session:
        assert session.get_one(Customer, wen).wechat_state == "accepted"
    assert rows(writing_up, UnfinishedCall) == []
    assert person(writing_up).name == "徐玉兰"
    assert writing_up.screen.toast is not None
    assert writing_up.screen.toast.text == "Saved: 周文静 · callback 11-26 Thu 19:30"


def test_the_offer_she_talked_about_is_what_was_sold(calling: Rep) -> None:
    calling.does.offer_chosen(1)
    calling.does.ended()
    calling.does.disposition_chosen("sold")
    assert calling.screen.ask is None
    sale = form(calling).sale
    assert sale is not None
    assert sale.title == calling.screen.offers[1].title


def test_a_save_says_what_is_missing(writing_up: Rep) -> None:
    does = writing_up.does
    does.saved()
    assert "digit" in problem(writing_up)
    does.disposition_chosen("thinking")
    does.next_written("下周九")
    assert "下周九" in form(writing_up).next_problem
    does.saved()
    assert form(writing_up).next_problem
    assert writing_up.waiting() == []
    does.next_written("")
    does.saved()
    assert writing_up.waiting() == ["contact.log"]


def test_a_callback_that_is_over_meanwhile_is_not_saved(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.next_written("+10min")
    writing_up.clock.forward(minutes=11)
    writing_up.does.saved()
    assert writing_up.waiting() == []
    assert "over" in form(writing_up).next_problem


def test_tomorrow_stays_that_day_over_midnight(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.next_written("明天19:30")
    writing_up.clock.forward(hours=16)
    writing_up.does.saved()
    (callback,) = rows(writing_up, Callback)
    assert isinstance(callback, Callback)
    assert callback.due_at == datetime(2026, 11, 18, 11, 30, tzinfo=UTC)


def test_tab_switches_the_outcomes(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.side_switched()
    assert not form(writing_up).answered
    assert not any(one.chosen for one in form(writing_up).outcomes)
    assert form(writing_up).attitudes == ()


def test_a_complaint_as_outcome_opens_one_with_the_note(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("complaint")
    writing_up.does.saved()
    assert "note" in problem(writing_up)
    writing_up.does.noted("包装破损")
    writing_up.does.saved()
    (complaint,) = rows(writing_up, Complaint)
    assert isinstance(complaint, Complaint)
    assert complaint.words == "包装破损"


def test_f2_does_not_leave_a_wrap_up(writing_up: Rep, wen: str) -> None:
    writing_up.does.next_wanted()
    assert person(writing_up).customer_id == wen
    assert "Ctrl Enter" in problem(writing_up)


# Undo.


def test_a_save_is_undone_within_ten_seconds(writing_up: Rep, wen: str) -> None:
    does = writing_up.does
    does.noted("words")
    does.disposition_chosen("thinking")
    does.next_written("+1d 19:30")
    does.saved()
    assert writing_up.leaves_now() == []
    writing_up.clock.forward(seconds=9)
    does.undone()
    assert writing_up.waiting() == []
    assert rows(writing_up, Contact) == []
    assert rows(writing_up, Callback) == []
    assert person(writing_up).customer_id == wen
    assert writing_up.screen.stage is Stage.WRAP_UP
    assert writing_up.screen.note is not None
    assert writing_up.screen.note.text == "words"
    assert form(writing_up).next_words == "+1d 19:30"
    assert writing_up.screen.toast is None


def test_after_ten_seconds_the_toast_and_the_undo_are_gone(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.saved()
    writing_up.clock.forward(seconds=11)
    writing_up.does.tick()
    assert writing_up.screen.toast is None
    writing_up.does.undone()
    assert writing_up.waiting() == ["contact.log"]


def test_what_has_left_is_not_undone(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.saved()
    writing_up.clock.forward(seconds=10)
    with writing_up.store.write() as session:
        from_outbox = list(session.scalars(select(Callback)))
        assert from_outbox == []
    writing_up.desk.store.subscribe(lambda _: None)
    send(writing_up)
    writing_up.does.undone()
    assert "already been sent" in problem(writing_up)
    assert writing_up.waiting() == ["contact.log"]


def send(rep: Rep) -> None:
    """A round takes what is due; the answer is still out."""
    from lumi_desk.sync import outbox

    with rep.store.write() as session:
        assert outbox.due(session, rep.clock(), 50)


# Crashes.


def test_a_killed_call_comes_back_where_it_was(calling: Rep, wen: str) -> None:
    calling.does.answer_chosen(0)
    calling.does.noted("女儿下月结婚，想皮肤状态好一点")
    calling.clock.forward(minutes=3)
    screen = calling.comes_back()
    assert screen.stage is Stage.TALKING
    assert person(calling).customer_id == wen
    assert screen.note is not None
    assert screen.note.text == "女儿下月结婚，想皮肤状态好一点"
    assert screen.top.lamp.timer.since == NOW + timedelta(seconds=12)
    assert len(script(calling).path) == 2
    first = screen.queue.rows[0]
    assert (first.customer_id, first.reason) == (wen, "The card lasts about 12 days")
    assert first.flag is not None
    assert first.flag.text == "On call"
    assert plain(screen.top.today.line) == "Today 1 dials · 1 answered"


def test_a_half_filled_form_comes_back(writing_up: Rep) -> None:
    writing_up.does.disposition_chosen("thinking")
    writing_up.does.next_written("下周三")
    writing_up.comes_back()
    assert [one.name for one in form(writing_up).outcomes if one.chosen] == ["thinking"]
    assert form(writing_up).next_words == "下周三"
    assert form(writing_up).next_reading == "= 11-25 Wed 10:00"


def test_every_letter_of_a_note_is_on_disk_at_once(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    for end in range(1, 5):
        rep.does.noted("问了价格"[:end])
        (kept,) = rows(rep, UnfinishedCall)
        assert isinstance(kept, UnfinishedCall)
        assert kept.note == "问了价格"[:end]
    rep.comes_back()
    assert rep.screen.note is not None
    assert rep.screen.note.text == "问了价格"


# Notes outside a call.


def test_a_note_outside_a_call_becomes_a_note_when_she_is_left(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.noted("微信上问了价格")
    rep.does.picked("xu")
    assert rep.waiting() == ["note.write"]
    assert rows(rep, UnfinishedCall) == []
    (note,) = rows(rep, Note)
    assert isinstance(note, Note)
    assert (note.customer_id, note.words) == (wen, "微信上问了价格")
    rep.does.picked(wen)
    assert rep.screen.note is not None
    assert rep.screen.note.text == ""
    assert plain(rep.screen.timeline[0].words) == "微信上问了价格"


def test_a_note_is_committed_after_a_pause(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.noted("微信上问了价格")
    rep.clock.forward(seconds=90)
    rep.does.tick()
    assert rep.waiting() == []
    rep.clock.forward(seconds=40)
    rep.does.tick()
    assert rep.waiting() == ["note.write"]


def test_a_note_begun_before_the_call_belongs_to_it(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.noted("先看了订单")
    rep.does.dialled()
    rep.does.unanswered()
    rep.does.saved()
    assert rep.waiting() == ["contact.log"]
    (contact,) = rows(rep, Contact)
    assert isinstance(contact, Contact)
    assert contact.note == "先看了订单"
