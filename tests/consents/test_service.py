"""Writing her word down, and what is asked about it."""

from datetime import timedelta

from sqlalchemy import select

from lumi_desk.calls import service as calls
from lumi_desk.catalog.tables import Setting
from lumi_desk.consents import service
from lumi_desk.consents.operations import (
    GiveConsent,
    WithdrawConsent,
    give_consent,
    withdraw_consent,
)
from lumi_desk.consents.rules import CONSENTS, Basis, Purpose, Way
from lumi_desk.consents.tables import Consent
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from tests.floor import promised
from tests.makers import NOW, TODAY, make_customer

HOUR = timedelta(hours=1)


def withdrawal(customer_id: str, purpose: Purpose = Purpose.MARKETING) -> WithdrawConsent:
    return WithdrawConsent(
        id=new_id(), customer_id=customer_id, by="lin", at=NOW, way=Way.PHONE, purpose=purpose,
        source="林晓燕",
    )  # fmt: skip


def test_her_word_is_kept_with_source_and_time(desk_store: Store) -> None:
    given = GiveConsent(
        id=new_id(), customer_id="her", by="lin", at=NOW - HOUR, way=Way.PHONE,
        purpose=Purpose.MARKETING, source="客服热线登记",
    )  # fmt: skip
    with desk_store.write() as session:
        give_consent(session, given)
        withdraw_consent(session, withdrawal("her"))
    with desk_store.read() as session:
        one, other = session.scalars(select(Consent).order_by(Consent.given_at.desc()))
    assert (one.basis, one.source, one.given_at) == (Basis.CONSENT, "客服热线登记", NOW - HOUR)
    assert (other.basis, other.given_at, other.withdrawn_at) == ("", None, NOW)
    assert (other.withdrawn_source, other.rep_id) == ("林晓燕", "lin")


def test_written_down_twice_it_is_one_word(desk_store: Store) -> None:
    op = withdrawal("her")
    for _ in range(2):
        with desk_store.write() as session:
            withdraw_consent(session, op)
    with desk_store.read() as session:
        assert len(session.scalars(select(Consent)).all()) == 1


def test_everybodys_words_are_read_at_once(desk_store: Store) -> None:
    with desk_store.write() as session:
        withdraw_consent(session, withdrawal("her"))
    with desk_store.read() as session:
        words = service.everybody(session, NOW)
        assert service.of_customer(session, "another") == ()
    assert not words.may("her", Way.PHONE, Purpose.MARKETING)
    assert words.may("her", Way.PHONE, Purpose.SERVICE)
    assert words.may("another", Way.PHONE, Purpose.MARKETING)


def test_the_managers_setting_holds_for_whoever_said_nothing(desk_store: Store) -> None:
    body = {"phone": 0}
    with desk_store.write() as session:
        session.add(Setting(id=new_id(), rule_set="consents", effective=TODAY, body=body))
        withdraw_consent(session, withdrawal("her"))
    with desk_store.read() as session:
        words = service.everybody(session, NOW)
        before = service.settings(session, NOW - timedelta(days=1))
    assert not words.may("another", Way.PHONE, Purpose.MARKETING)
    assert words.may("another", Way.SMS, Purpose.MARKETING)
    assert before == CONSENTS


def test_whoever_is_not_to_be_called_at_all_is_not_called_back(desk_store: Store) -> None:
    with desk_store.write() as session:
        customer = make_customer(session)
        promised(session, customer, HOUR)
        withdraw_consent(session, withdrawal(customer.id))
        assert calls.promise(session, customer.id) is not None
        withdraw_consent(session, withdrawal(customer.id, Purpose.SERVICE))
        assert calls.promise(session, customer.id) is None
