"""A rep's day at the desk: what she sees, and what becomes of what she does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lumi_desk.calls.tables import Callback, Contact, Note, Refusal, UnfinishedCall
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer
from lumi_desk.orders.tables import Sale
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import Store
from lumi_desk.targets.tables import Target
from tests import floor
from tests.floor import complains, her, promised, wenjing
from tests.hubs import HandClock
from tests.makers import NOW
from tests.reps import Rep
from ui.widgets.values import Tone, plain
from ui.words import Language, switch
from ui.workspace.presenter import SIGNALS
from ui.workspace.screen import Channel, Offer, Person, Script, Stage, WrapUp


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    switch(Language.ENGLISH)
    yield
    switch(Language.CHINESE)


@pytest.fixture
def rep(desk_store: Store) -> Rep:
    """A rep who sits down at ten in the morning."""
    floor.stock(desk_store)
    return Rep(desk_store, HandClock())


@pytest.fixture
def wen(rep: Rep) -> str:
    """A card holder whose balance ends, and somebody after her on the list."""
    with rep.store.write() as session:
        customer = wenjing(session)
        her(session, "徐玉兰", id="xu")
    return customer.id


@pytest.fixture
def calling(rep: Rep, wen: str) -> Rep:
    """She is on the phone with her for four minutes."""
    rep.begins()
    rep.does.picked(wen)
    rep.does.dialled()
    rep.clock.forward(seconds=12)
    rep.does.answered()
    rep.clock.forward(minutes=4)
    return rep


@pytest.fixture
def writing_up(calling: Rep) -> Rep:
    calling.does.ended()
    return calling


def rows(rep: Rep, table: type[Table]) -> list[Table]:
    with rep.store.read() as session:
        return list(session.scalars(select(table)))


def form(rep: Rep) -> WrapUp:
    assert rep.screen.wrap_up is not None
    return rep.screen.wrap_up


def person(rep: Rep) -> Person:
    assert rep.screen.person is not None
    return rep.screen.person


def script(rep: Rep) -> Script:
    assert rep.screen.script is not None
    return rep.screen.script


def blocked(rep: Rep) -> str:
    assert rep.screen.dial is not None
    return rep.screen.dial.blocked


def stage(rep: Rep) -> Stage:
    return rep.screen.stage


def problem(rep: Rep) -> str:
    return rep.screen.problem.text if rep.screen.problem else ""


# The list and the header.


def test_the_day_begins_with_the_list(rep: Rep, wen: str) -> None:
    screen = rep.begins()
    assert screen.stage is Stage.NOBODY
    assert rep.names() == ["周文静", "徐玉兰"]
    assert screen.queue.rows[0].reason == "The card lasts about 12 days"
    assert screen.queue.left == "2 left"
    assert "F2" in screen.message


def test_f2_puts_the_first_of_the_list_before_her(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.next_wanted()
    assert person(rep).name == "周文静"
    assert rep.screen.queue.chosen == wen


def test_the_header_says_who_she_is(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    assert [badge.text for badge in person(rep).badges] == ["V card", "Collagen"]
    assert person(rep).facts == "杭州 · Wangwang wenjing_z · member for 3 years"
    assert [flag.text for flag in person(rep).flags] == ["虾类过敏"]
    figures = {one.label: (one.value, one.tail) for one in person(rep).figures}
    assert figures["Card balance"] == ("¥460", "")
    assert figures["Last year"] == ("¥14,320", "9 orders")
    assert figures["Last bought"] == ("梦胶原 ×6", "26 days ago")
    assert figures["Dials left today"] == ("3 / 3", "")
    assert rep.screen.top.number == "138 •••• 4127"


def test_the_script_is_filled_with_her_numbers_and_walked_by_answers(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    assert script(rep).title == "Script · Renewing the card v7"
    rep.does.answer_chosen(0)
    rep.does.answer_chosen(0)
    filled = [span.text for span in script(rep).words if span.tone is Tone.BRAND]
    assert "460 yuan" in filled
    assert "12 days" in filled
    assert len(script(rep).path) == 3
    rep.does.stepped_back()
    assert len(script(rep).path) == 2


def test_the_script_changes_its_language_where_it_stands(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.answer_chosen(0)
    rep.does.answer_chosen(0)
    switch(Language.CHINESE)
    assert script(rep).path == ("开场", "用量确认", "余额提醒")
    assert "周姐" in plain(script(rep).words)


def test_an_objection_is_found_and_its_reply_stays_alone(rep: Rep, wen: str) -> None:
    switch(Language.CHINESE)
    rep.begins()
    rep.does.picked(wen)
    rep.does.objection_searched("太贵，家人不同意")
    assert len(script(rep).hits) > 1
    rep.does.objection_chosen(1)
    assert len(script(rep).hits) == 1
    rep.does.objection_searched("")
    assert script(rep).hits == ()
    rep.does.objection_searched("zzzz")
    assert script(rep).no_hits


def test_two_offers_with_their_reasons(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    card, bundle = rep.screen.offers
    assert (card.title, card.price, card.best) == ("12,000 充值卡", "¥12,000", True)
    assert plain(card.facts[0]) == "lasts 10.1 months at last year's use, gifts worth ¥1,196"
    assert card.against is not None
    assert (card.against.text, card.against_text) == ("Not 25,000", "would last 20.9 months")
    assert "a customer for 3 years" in card.because
    assert bundle.was > ""
    rep.does.offer_chosen(1)
    assert [one.chosen for one in rep.screen.offers] == [False, True]


def test_an_open_complaint_is_red_and_sells_nothing(rep: Rep) -> None:
    with rep.store.write() as session:
        customer = her(session, "陈桂芳")
        complains(session, customer, timedelta(hours=5), replied_at=NOW)
    rep.begins()
    assert rep.screen.queue.rows[0].reason == "Complaint answered, to be closed by today"
    rep.does.next_wanted()
    assert [flag.tone for flag in person(rep).flags] == [Tone.BAD]
    assert rep.screen.offers == ()


def test_the_timeline_tells_all_channels_newest_first(calling: Rep, wen: str) -> None:
    calling.does.ended()
    calling.does.disposition_chosen("thinking")
    calling.does.saved()
    calling.clock.forward(minutes=40)
    calling.does.picked(wen)
    first, second, *_ = calling.screen.timeline
    assert (first.channel, first.day) == (Channel.CALL, "today")
    assert plain(first.words) == "4 min 0 s · Thinking it over"
    assert (second.channel, plain(second.words)) == (Channel.ORDER, "梦胶原 ×6 ¥2,148 by card")


def test_the_search_finds_and_picking_ends_it(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.searched("4127")
    assert len(rep.names()) == 2
    rep.does.searched("徐玉")
    assert rep.names() == ["徐玉兰"]
    assert rep.screen.queue.searching == "徐玉"
    rep.does.picked("xu")
    assert rep.screen.queue.searching == ""
    assert person(rep).name == "徐玉兰"


def test_nobody_found_is_said(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.searched("nobody")
    assert rep.screen.queue.rows == ()
    assert rep.screen.queue.empty
    rep.does.searched("")
    assert rep.names() == ["周文静", "徐玉兰"]


def test_her_number_is_copied_whole(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.number_copied()
    assert rep.copied == ["13800004127"]
    assert "13800004127" not in repr(rep.screen)


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


# Refusal, skipping, complaint, callback and sale from the page.


def test_a_refusal_is_written_before_it_is_shown(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.refusal_wanted()
    assert rep.screen.ask is not None
    assert rows(rep, Refusal) == []
    rep.screens.clear()
    rep.does.ask_written("以后别打了")
    rep.does.ask_confirmed()
    (refusal,) = rows(rep, Refusal)
    assert isinstance(refusal, Refusal)
    assert refusal.words == "以后别打了"
    assert rep.leaves_now() == ["customer.refuse"]
    assert rep.names() == ["徐玉兰"]
    assert rep.screen.toast is not None
    assert rep.screen.toast.button == ""
    rep.does.picked(wen)
    assert person(rep).flags[0].text == "Do not call"
    assert blocked(rep) == "She does not want to be contacted"
    rep.does.dialled()
    assert rep.screen.stage is Stage.READY


def test_a_refusal_in_the_call_leaves_the_call_to_be_written_up(calling: Rep, wen: str) -> None:
    calling.does.refusal_wanted()
    calling.does.ask_confirmed()
    assert calling.screen.stage is Stage.TALKING
    assert person(calling).flags[0].text == "Do not call"
    calling.does.ended()
    calling.does.disposition_chosen("no_need")
    calling.does.saved()
    assert sorted(calling.waiting()) == ["contact.log", "customer.refuse"]


def test_escape_takes_a_question_back(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.refusal_wanted()
    rep.does.ask_closed()
    assert rep.screen.ask is None
    assert rep.waiting() == []


def test_passing_her_over_needs_a_reason(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.next_wanted()
    rep.does.next_wanted()
    ask = rep.screen.ask
    assert ask is not None
    assert "passed over" in ask.title
    rep.does.ask_chosen(ask.choices[0].name)
    assert rep.waiting() == ["customer.skip"]
    assert rep.names() == ["徐玉兰"]
    assert person(rep).name == "徐玉兰"
    rep.does.undone()
    assert rep.names() == ["周文静", "徐玉兰"]
    assert person(rep).customer_id == wen


def test_whoever_is_not_on_the_list_is_left_without_a_reason(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.dialled()
    rep.does.unanswered()
    rep.does.saved()
    rep.does.picked(wen)
    rep.does.next_wanted()
    assert rep.screen.ask is None
    assert person(rep).name == "徐玉兰"


def test_a_complaint_is_opened_from_the_page(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.complaint_wanted()
    rep.does.ask_confirmed()
    assert rows(rep, Complaint) == []
    rep.does.ask_written("包装破损")
    rep.does.ask_confirmed()
    assert rep.waiting() == ["complaint.open"]
    assert any("Complaint" in flag.text for flag in person(rep).flags)
    assert rep.screen.offers == ()


def test_a_callback_is_read_while_it_is_written(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.callback_wanted()
    rep.does.ask_written("next blursday")
    assert rep.screen.ask is not None
    assert "not understood" in rep.screen.ask.reading
    rep.does.ask_confirmed()
    assert rep.waiting() == []
    rep.does.ask_written("tomorrow 19:30")
    assert rep.screen.ask.reading == "= tomorrow 19:30"
    rep.does.ask_confirmed()
    assert rep.waiting() == ["callback.promise"]
    rep.does.undone()
    assert rep.waiting() == []


@pytest.mark.parametrize("language", list(Language))
def test_the_usual_times_can_be_read_in_both_languages(
    rep: Rep, wen: str, language: Language
) -> None:
    switch(language)
    rep.begins()
    rep.does.picked(wen)
    rep.does.callback_wanted()
    ask = rep.screen.ask
    assert ask is not None
    assert len(ask.choices) == 3
    rep.does.ask_chosen(ask.choices[2].name)
    assert rep.waiting() == ["callback.promise"]


def test_in_a_call_a_callback_goes_into_its_form(calling: Rep) -> None:
    calling.does.callback_wanted()
    calling.does.ask_chosen("tomorrow 10:00")
    assert calling.waiting() == []
    calling.does.ended()
    assert form(calling).next_words == "tomorrow 10:00"


def test_a_sale_outside_a_call_asks_for_its_proof(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.sale_wanted()
    rep.does.ask_chosen("product:big-enzyme")
    rep.does.ask_confirmed()
    assert rep.waiting() == []
    assert "order number" in problem(rep)
    rep.does.ask_written("440012345678")
    rep.does.ask_confirmed()
    assert rep.waiting() == ["sale.claim"]
    (sale,) = rows(rep, Sale)
    assert isinstance(sale, Sale)
    assert (sale.kind, sale.item_id, sale.contact_id) == ("product", "big-enzyme", None)


# The top bar.


def test_the_month_stands_beside_the_time(rep: Rep, wen: str) -> None:
    with rep.store.write() as session:
        session.add(
            Target(
                id="t", month="2026-11", team_id="one", rep_id="lin", measure="cash",
                amount=10_000_000,
            )
        )  # fmt: skip
    rep.begins()
    assert plain(rep.screen.top.month.line) == "Month ¥0 · done 0% · time 57%"
    assert rep.screen.top.month.tone is Tone.WARN
    assert "working day 12 of 21" in rep.screen.top.month.tip


def test_without_a_target_nothing_pretends(rep: Rep, wen: str) -> None:
    rep.begins()
    assert plain(rep.screen.top.month.line) == "Month ¥0"


# A callback becomes due while she sits there.


def test_the_list_moves_on_with_the_time(rep: Rep, wen: str) -> None:
    with rep.store.write() as session:
        customer = her(session, "欧阳敏")
        promised(session, customer, timedelta(hours=1))
    rep.begins()
    assert rep.names()[0] == "周文静"
    rep.clock.forward(minutes=31)
    rep.does.tick()
    assert rep.names()[0] == "欧阳敏"
    assert rep.screen.queue.rows[0].flag is not None
    assert rep.screen.queue.rows[0].flag.text == "11:00"


def test_a_customer_who_left_this_desk_leaves_the_screen(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    with rep.store.write() as session:
        session.delete(session.get_one(Customer, wen))
    assert rep.screen.stage is Stage.NOBODY
    assert rep.names() == ["徐玉兰"]


def test_every_signal_of_the_view_has_its_method(rep: Rep) -> None:
    missing = [name for name in SIGNALS if not callable(getattr(rep.does, name, None))]
    assert missing == []


def test_an_offer_is_one_of_two(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    assert [type(one) for one in rep.screen.offers] == [Offer, Offer]
    rep.does.offer_chosen(2)
    assert not any(one.chosen for one in rep.screen.offers)
