"""A rep's day at the desk: the list, the header, script, offers and what she finds."""

import re
from datetime import timedelta

import pytest

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.ids import new_id
from lumi_desk.worklist.known.rules import FEATURES, RULE_SET, written
from lumi_desk.worklist.learned.rules import Points
from tests.floor import complains, her
from tests.makers import NOW, TODAY
from tests.reps import Rep
from tests.workspace.seen import person, script
from ui.widgets.values import Tone, plain
from ui.words import Language, switch
from ui.workspace.screen import Channel, Stage

pytestmark = pytest.mark.usefixtures("in_english")


# The list and the header.


def test_the_day_begins_with_the_list(rep: Rep, wen: str) -> None:
    screen = rep.begins()
    assert screen.stage is Stage.NOBODY
    assert rep.names() == ["周文静", "徐玉兰"]
    assert screen.queue.rows[0].reason == "The card lasts about 12 days"
    assert screen.queue.left == "2 left"
    assert "F2" in screen.message


def test_the_line_of_the_rest_says_what_calls_have_taught(rep: Rep, wen: str) -> None:
    of = {one.name: (0,) * len(one.levels) for one in FEATURES}
    taught = {"pool": (40, 40, 40), "value": (10, 20, 30, 40, 50)}
    with rep.store.write() as session:
        session.add(
            Setting(
                id="o", rule_set=RULE_SET, effective=TODAY, body=written(Points(0, of | taught))
            )
        )
    rows = rep.begins().queue.rows
    assert rows[0].reason == "The card lasts about 12 days"
    assert rows[1].reason == ("90 days without a contact; by experience: has not bought for a year")
    with rep.store.write() as session:
        session.get_one(Customer, "xu").year_fen = 1_432_000
    # Her value the line tells anyhow.
    assert rep.comes_back().queue.rows[1].reason == "¥14,320 in a year, 90 days without a contact"


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
    assert figures["Last bought"] == ("梦胶原 ×6", "day 26 of 180")
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


def test_a_number_within_a_name_a_nick_or_a_tag_is_not_shown_whole(rep: Rep, wen: str) -> None:
    with rep.store.write() as session:
        wenjing = session.get_one(Customer, wen)
        wenjing.name, wenjing.wangwang = "文静13911110001", "wj139-1111-0002"
        wenjing.wechat, wenjing.wechat_state = "wx13911110003", "accepted"
        told = {"customer_id": wen, "source": "hand", "rep_id": "lin", "at": NOW}
        session.add(Tag(id=new_id(), name="打13911110004", **told))
    rep.begins()
    rep.does.picked(wen)
    shown = repr(rep.screen)
    rep.does.searched("wj139-1111-0002")
    assert rep.names() == ["文静139 •••• 0001"]
    shown += repr(rep.screen.queue.rows)
    for number in ("139 •••• 0001", "wj139 •••• 0002", "wx139 •••• 0003", "打139 •••• 0004"):
        assert number in shown
    assert not re.search(r"139[- ]?1111", shown)


def test_her_number_is_copied_whole(rep: Rep, wen: str) -> None:
    rep.begins()
    rep.does.picked(wen)
    rep.does.number_copied()
    assert rep.copied == ["13800004127"]
    assert "13800004127" not in repr(rep.screen)
