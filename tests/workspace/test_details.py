"""Changing what is known of a customer, from the form to the outbox."""

import json
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync.outbox import AlreadySent
from lumi_desk.sync.tables import Outbox
from tests import floor
from tests.hubs import HandClock
from tests.makers import NOW
from tests.reps import Rep
from ui.gallery_screens import workspace
from ui.widgets.texts import BadgeLabel
from ui.words import Language, switch
from ui.workspace.person import PersonCard
from ui.workspace.saying.person import few_tags
from ui.workspace.screen import Edit


@pytest.fixture
def rep(desk_store: Store) -> Rep:
    floor.stock(desk_store)
    with desk_store.write() as session:
        floor.wenjing(session)
    rep = Rep(desk_store, HandClock())
    rep.begins()
    rep.does.picked(_her(rep).id)
    return rep


def test_the_form_holds_what_is_known(rep: Rep) -> None:
    rep.does.edit_wanted()

    assert {one.name: one.value for one in _form(rep).fields} == {
        "name": "周文静",
        "city": "杭州",
        "birthday": "",
        "allergy": "虾类过敏",
        "household": "1",
        "wechat": "",
    }


def test_only_what_changed_is_sent_and_can_be_undone(rep: Rep) -> None:
    rep.does.edit_wanted()
    rep.does.edit_saved(_filled(rep, city=" 宁波 ", birthday="1970-05-01"))

    assert rep.screen.edit is None
    assert _her(rep).city == "宁波"
    [sent] = _sent(rep)
    assert sent["changes"] == [
        {"field": "city", "was": "杭州", "now": "宁波"},
        {"field": "birthday", "was": "", "now": "1970-05-01"},
    ]
    assert sent["base_ver"] == _her(rep).ver
    rep.does.undone()
    assert _her(rep).city == "杭州"
    assert _sent(rep) == []


def test_a_new_name_is_found_by_its_letters(rep: Rep) -> None:
    rep.does.edit_wanted()
    rep.does.edit_saved(_filled(rep, name="曾文静"))

    assert (_her(rep).pinyin, _her(rep).initials) == ("zengwenjing", "zwj")
    assert rep.screen.person is not None
    assert rep.screen.person.name == "曾文静"


def test_nothing_changed_sends_nothing(rep: Rep) -> None:
    rep.does.edit_wanted()
    rep.does.edit_saved(_filled(rep))

    assert rep.screen.edit is None
    assert _sent(rep) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "),
        ("birthday", "1970-13-01"),
        ("birthday", "2100-01-01"),
        ("household", "0"),
        ("household", "两人"),
        ("city", "州" * 201),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(rep: Rep, field: str, text: str) -> None:
    rep.does.edit_wanted()
    rep.does.edit_saved(_filled(rep, **{field: text}))

    assert [one.name for one in _form(rep).fields if one.problem] == [field]
    assert _sent(rep) == []


def test_a_problem_changes_its_language(rep: Rep) -> None:
    rep.does._failed(AlreadySent())
    assert rep.screen.problem is not None
    before = rep.screen.problem.text

    switch(Language.ENGLISH)

    assert rep.screen.problem.text.startswith("This has already been sent.")
    assert rep.screen.problem.text != before


def test_the_form_goes_with_the_customer(rep: Rep) -> None:
    rep.does.edit_wanted()
    rep.does.edit_closed()
    assert rep.screen.edit is None
    rep.does.edit_wanted()
    rep.does.refusal_wanted()
    rep.does.picked("")
    assert rep.screen.edit is None


def _form(rep: Rep) -> Edit:
    assert rep.screen.edit is not None
    return rep.screen.edit


def _filled(rep: Rep, **values: str) -> dict[str, str]:
    return {one.name: one.value for one in _form(rep).fields} | values


def _her(rep: Rep) -> Customer:
    with rep.store.read() as session:
        return session.scalars(select(Customer)).one()


def _sent(rep: Rep) -> list[dict[str, Any]]:
    with rep.store.read() as session:
        return [json.loads(payload) for payload in session.scalars(select(Outbox.payload))]


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        ((), ()),
        (("a", "b", "c"), ("a", "b", "c")),
        (("a", "b", "c", "d"), ("a", "b", "+2")),
    ],
)
def test_a_few_tags_are_shown_and_the_rest_counted(
    tags: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    assert tuple(badge.text for badge in few_tags(tags)) == shown


def test_her_header_has_the_tags_she_has_now(rep: Rep) -> None:
    her = _her(rep).id
    with rep.store.write() as session:
        for name, gone in (("大客户", NOW), ("爱问成分", None), ("群里活跃", None)):
            told = {"customer_id": her, "source": "hand", "rep_id": "lin", "at": NOW}
            session.add(Tag(id=new_id(), name=name, removed_at=gone, **told))
    rep.comes_back()
    rep.does.picked(her)
    person = rep.screen.person
    assert person is not None
    assert {badge.text for badge in person.tags} == {"爱问成分", "群里活跃"}
    assert all(badge.text in person.all_tags for badge in person.tags)


def test_every_tag_is_told_by_tip_and_screen_reader(qtbot: QtBot) -> None:
    card = PersonCard()
    qtbot.addWidget(card)
    person = workspace("en")["in-call"].person
    assert person is not None
    card.draw(person)
    labels = {one.text(): one for one in card.findChildren(BadgeLabel)}
    assert labels["+2"].toolTip() == person.all_tags
    assert "recommends" in labels["+2"].toolTip()
    assert person.all_tags in card.accessibleDescription()
