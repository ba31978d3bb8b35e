"""What a rep does beside her calls, and what the top bar and the clock say."""

from datetime import timedelta

import pytest

from lumi_desk.calls.tables import Contact, Refusal
from lumi_desk.complaints.tables import Complaint
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer
from lumi_desk.orders.tables import Sale
from lumi_desk.targets.tables import Target
from tests.floor import her, promised
from tests.reps import Rep
from tests.workspace.seen import blocked, form, person, problem, rows
from ui.widgets.values import Tone, plain
from ui.words import Language, switch
from ui.workspace.presenter import SIGNALS
from ui.workspace.screen import Offer, Stage

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]


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


def says(rep: Rep, way: str, what: str) -> None:
    rep.does.consent_wanted()
    rep.does.ask_chosen(way)
    rep.does.ask_chosen(what)


def test_no_offers_by_phone_is_written_at_once_and_leaves_first(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    says(rep, "phone", "no_offers")
    (word,) = rows(rep, Consent)
    assert isinstance(word, Consent)
    assert (word.way, word.purpose, word.withdrawn_source) == (
        "phone",
        "marketing",
        rep.desk.me.name,
    )
    assert rep.leaves_now() == ["consent.withdraw"]
    assert rep.names() == ["徐玉兰"]
    assert rep.screen.toast is not None
    assert rep.screen.toast.button == ""
    assert person(rep).flags[0].text == "No offers: phone"
    assert blocked(rep) == "She is not to be called with offers"
    rep.does.dialled()
    assert rep.screen.stage is Stage.READY


def test_a_complaint_may_still_be_called_about_unless_she_closed_the_way(
    rep: Rep, wen: str
) -> None:
    rep.begins()
    rep.does.picked(wen)
    says(rep, "phone", "no_offers")
    rep.does.complaint_wanted()
    rep.does.ask_written("瓶盖松了")
    rep.does.ask_confirmed()
    assert blocked(rep) == ""
    says(rep, "phone", "not_at_all")
    assert person(rep).flags[0].text == "No contact: phone"
    assert blocked(rep) == "She is not to be called with offers"


def offered(rep: Rep) -> int:
    return len(rep.screen.offers)


def test_offers_are_not_shown_to_who_withdrew_them_though_a_callback_is_owed(
    rep: Rep, wen: str
) -> None:
    with rep.store.write() as session:
        promised(session, session.get_one(Customer, wen), timedelta())
    rep.begins()
    rep.does.picked(wen)
    assert offered(rep) == 2
    says(rep, "phone", "no_offers")
    assert blocked(rep) == ""
    assert offered(rep) == 0
    rep.does.dialled()
    rep.does.answered()
    rep.does.offer_chosen(0)
    assert offered(rep) == 0
    rep.does.ended()
    rep.does.disposition_chosen("no_need")
    rep.does.saved()
    (contact,) = rows(rep, Contact)
    assert isinstance(contact, Contact)
    # What was in sight, for whoever learns from it later.
    assert contact.offers == []


def test_who_only_closed_the_phone_is_offered_what_she_may_be_written(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    says(rep, "phone", "no_offers")
    assert offered(rep) == 2
    rep.does.written_to("wechat")
    assert offered(rep) == 2


def test_nothing_is_offered_to_who_is_not_to_be_contacted(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.refusal_wanted()
    rep.does.ask_confirmed()
    rep.does.picked(wen)
    assert rep.screen.offers == ()


def test_offers_are_welcome_again_and_that_can_be_undone(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    says(rep, "phone", "not_at_all")
    rep.clock.forward(seconds=1)
    says(rep, "phone", "offers")
    assert [flag.text for flag in person(rep).flags] == ["虾类过敏"]
    assert blocked(rep) == ""
    assert rep.leaves_now() == ["consent.withdraw"]
    rep.does.undone()
    assert person(rep).flags[0].text == "No contact: phone"


def test_a_withdrawal_holds_though_the_clock_was_ahead_when_she_agreed(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.clock.forward(hours=2)
    says(rep, "phone", "offers")
    rep.clock.forward(hours=-2)
    says(rep, "phone", "no_offers")
    assert person(rep).flags[0].text == "No offers: phone"


def test_a_closed_way_is_not_written_to(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    assert rep.screen.dial is not None
    assert "wangwang" in {one.name for one in rep.screen.dial.ways}
    says(rep, "wangwang", "no_offers")
    assert rep.screen.dial is not None
    assert "wangwang" not in {one.name for one in rep.screen.dial.ways}
    rep.does.written_to("wangwang")
    assert rep.screen.stage is Stage.READY
    assert problem(rep) == "She is not to be written offers there."


def test_notes_about_her_health_are_agreed_to_and_taken_back(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    for what, stands in (("health", "agreed"), ("no_health", "not agreed")):
        says(rep, "health", what)
        rep.does.consent_wanted()
        assert rep.screen.ask is not None
        assert rep.screen.ask.choices[-1].text == f"notes about her health: {stands}"
        rep.clock.forward(seconds=1)
    assert [flag.text for flag in person(rep).flags] == ["虾类过敏"]


def test_a_withdrawal_in_the_call_leaves_the_call_to_be_written_up(calling: Rep, wen: str) -> None:
    says(calling, "phone", "not_at_all")
    assert calling.screen.stage is Stage.TALKING
    calling.does.ended()
    calling.does.disposition_chosen("no_need")
    calling.does.saved()
    assert sorted(calling.waiting()) == ["consent.withdraw", "contact.log"]


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
