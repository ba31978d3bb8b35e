"""Signing in: right, wrong, too often; tokens that are renewed, repeated and stolen."""

from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.hub import accounts
from lumi_desk.people.tables import Credential, Person, Token
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import SignIn, Tokens
from tests.hubs import HandClock
from tests.makers import PASSWORD, hub_with_rep


@pytest.fixture
def clock() -> HandClock:
    """A clock moved by hand."""
    return HandClock()


def enter(
    store: Store, clock: HandClock, password: str = PASSWORD, login: str = "lin", seat: str = "a"
) -> Tokens:
    return accounts.sign_in(store, SignIn(login, password, seat), clock())


def who(store: Store, access: str, clock: HandClock) -> str:
    with store.read() as session:
        return accounts.person_behind(session, access, clock()).id


def test_name_and_password_open_the_doors(hub_store: Store, clock: HandClock) -> None:
    lin = hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    assert (tokens.person_id, tokens.role) == (lin, "rep")
    assert who(hub_store, tokens.access, clock) == lin


def test_a_password_and_tokens_are_kept_only_as_hashes(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    with hub_store.read() as session:
        kept = session.scalars(select(Credential.password_hash)).one()
        shown = session.scalars(select(Token.sha256)).all()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert tokens.access not in shown


@pytest.mark.parametrize(("login", "password"), [("lin", "wrong"), ("nobody", PASSWORD)])
def test_what_is_wrong_is_not_told(
    hub_store: Store, clock: HandClock, login: str, password: str
) -> None:
    hub_with_rep(hub_store)
    with pytest.raises(accounts.WrongPassword):
        enter(hub_store, clock, password, login)


def test_wrong_passwords_are_slowed_down_for_this_name_alone(
    hub_store: Store, clock: HandClock
) -> None:
    hub_with_rep(hub_store)
    hub_with_rep(hub_store, "wang")
    for _ in range(accounts.FREE_TRIES):
        with pytest.raises(accounts.WrongPassword):
            enter(hub_store, clock, "wrong")
    with pytest.raises(accounts.TooManyTries):
        enter(hub_store, clock)
    enter(hub_store, clock, login="wang")
    clock.forward(seconds=2)
    enter(hub_store, clock)
    with pytest.raises(accounts.WrongPassword):
        enter(hub_store, clock, "wrong")


def test_an_access_token_is_short_lived(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    clock.forward(minutes=16)
    with pytest.raises(accounts.SessionOver):
        who(hub_store, tokens.access, clock)
    fresh = accounts.refresh(hub_store, tokens.refresh, "a", clock())
    assert who(hub_store, fresh.access, clock) == tokens.person_id


def test_a_lost_reply_does_not_sign_anyone_out(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    accounts.refresh(hub_store, tokens.refresh, "a", clock())
    clock.forward(seconds=30)
    again = accounts.refresh(hub_store, tokens.refresh, "a", clock())
    assert who(hub_store, again.access, clock) == tokens.person_id


def test_a_stolen_refresh_token_dies_with_its_family(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    fresh = accounts.refresh(hub_store, tokens.refresh, "a", clock())
    clock.forward(minutes=5)
    with pytest.raises(accounts.SessionOver):
        accounts.refresh(hub_store, tokens.refresh, "a", clock())
    with pytest.raises(accounts.SessionOver):
        accounts.refresh(hub_store, fresh.refresh, "a", clock())


def test_a_refresh_token_opens_at_its_own_desk_alone(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    with pytest.raises(accounts.SessionOver):
        accounts.refresh(hub_store, tokens.refresh, "another", clock())


def test_a_refresh_token_is_no_access_token(hub_store: Store, clock: HandClock) -> None:
    hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    with pytest.raises(accounts.SessionOver):
        who(hub_store, tokens.refresh, clock)


def test_who_has_left_has_nothing(hub_store: Store, clock: HandClock, tmp_path: Path) -> None:
    lin = hub_with_rep(hub_store)
    tokens = enter(hub_store, clock)
    with hub_store.write() as session:
        session.get_one(Person, lin).active = False
    with pytest.raises(accounts.HasLeft):
        who(hub_store, tokens.access, clock)
    with pytest.raises(accounts.HasLeft):
        accounts.refresh(hub_store, tokens.refresh, "a", clock())
    with pytest.raises(accounts.HasLeft):
        enter(hub_store, clock)
    # Who does not know the password learns nothing.
    with pytest.raises(accounts.WrongPassword):
        enter(hub_store, clock, "wrong")
