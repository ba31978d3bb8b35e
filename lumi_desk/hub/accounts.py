"""Signing in, and the tokens that follow: a short access token, a refresh token used once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Credential, Person, Token
from lumi_desk.security import passwords
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import SignIn, Tokens
from lumi_desk.sync.tables import SyncClient

ACCESS = "access"
REFRESH = "refresh"
ACCESS_LASTS = timedelta(minutes=15)
REFRESH_LASTS = timedelta(days=30)
# A reply may be lost on a bad line: the same refresh token may be shown again for so long.
REPLAY_WINDOW = timedelta(minutes=2)
FREE_TRIES = 5
LONGEST_PAUSE = timedelta(minutes=15)


class WrongPassword(LumiError):
    """Name and password do not belong together, or the person has left."""

    title = N_("The name or the password is wrong")
    advice = N_("Check both, and whether Caps Lock is on. The hub's keeper can set a new one.")


class TooManyTries(LumiError):
    """Too many wrong passwords one after another."""

    title = N_("Too many wrong passwords")
    advice = N_("Wait {seconds} seconds, then try again.")


class SessionOver(LumiError):
    """The tokens are unknown, used up or too old."""

    title = N_("Your sign-in has run out")
    advice = N_("Sign in again. Your work is kept.")


class HasLeft(LumiError):
    """The person does not work here any more: what her desk holds must go."""

    title = N_("Your access has ended")
    advice = N_("The data on this machine are deleted. Ask the hub's keeper if this is a mistake.")


def sign_in(store: Store, asked: SignIn, now: datetime) -> Tokens:
    """Tokens for a name and password. Raises WrongPassword, TooManyTries or HasLeft."""
    with store.read() as session:
        found = session.scalar(select(Credential).where(Credential.login == asked.login))
        closed_until = found.closed_until if found else None
        # The same work for an unknown name: the time must not tell who works here.
        known_hash = found.password_hash if found else passwords.NOBODYS
    if closed_until and closed_until > now:
        raise TooManyTries(seconds=int((closed_until - now).total_seconds()) + 1)
    fits = passwords.fits(known_hash, asked.password)
    with store.write() as session:
        person = _admit(session, asked.login, now, fits=fits)
        tokens = _issue(session, person, asked.client_id, new_id(), now) if person else None
    # Only now: what was counted above must be kept.
    if tokens is None:
        raise WrongPassword
    return tokens


def refresh(store: Store, token: str, client_id: str, now: datetime) -> Tokens:
    """New tokens for a refresh token. Using one again outside the window ends its family.

    Raises SessionOver or HasLeft.
    """
    with store.write() as session:
        tokens = _rotate(session, token, client_id, now)
    if tokens is None:
        raise SessionOver
    return tokens


def person_behind(session: Session, access: str, now: datetime) -> Person:
    """Who shows this access token. Raises SessionOver or HasLeft."""
    token = session.get(Token, sha256(access))
    if token is None or token.purpose != ACCESS:
        raise SessionOver
    person = _working(session, token)
    if token.expires_at <= now:
        raise SessionOver
    return person


def revoke(session: Session, person_id: str) -> None:
    """End every sign-in of a person."""
    session.execute(delete(Token).where(Token.person_id == person_id))


def greet(session: Session, client_id: str, person_id: str, version: str, now: datetime) -> None:
    """Note that a desk came by; one that comes twice at once is noted once."""
    told = {"person_id": person_id, "version": version, "seen_at": now}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            postgresql.insert(SyncClient)
            .values(id=client_id, **told)
            .on_conflict_do_update(index_elements=["id"], set_=told)
        )
    else:
        session.merge(SyncClient(id=client_id, **told))


def _working(session: Session, token: Token) -> Person:
    """Whose token it is. Raises HasLeft."""
    person = session.get_one(Person, token.person_id)
    if not person.active:
        raise HasLeft
    return person


def _admit(session: Session, login: str, now: datetime, *, fits: bool) -> Person | None:
    # Locked: many tries at once count as many.
    asked = select(Credential).where(Credential.login == login).with_for_update()
    found = session.scalar(asked)
    if found is None:
        return None
    if found.closed_until and found.closed_until > now:
        raise TooManyTries(seconds=int((found.closed_until - now).total_seconds()) + 1)
    if not fits:
        found.failures += 1
        over = found.failures - FREE_TRIES
        if over >= 0:
            found.closed_until = now + min(timedelta(seconds=2 ** min(over, 20)), LONGEST_PAUSE)
        return None
    person = session.get_one(Person, found.person_id)
    if not person.active:
        raise HasLeft
    found.failures, found.closed_until = 0, None
    return person


def _rotate(session: Session, shown: str, client_id: str, now: datetime) -> Tokens | None:
    token = session.get(Token, sha256(shown), with_for_update=True)
    if token is None or token.purpose != REFRESH:
        return None
    person = _working(session, token)
    used_before = token.used_at is not None and now - token.used_at > REPLAY_WINDOW
    if used_before or token.client_id != client_id:
        session.execute(delete(Token).where(Token.family == token.family))
        return None
    if token.expires_at <= now:
        return None
    session.execute(
        update(Token)
        .where(Token.sha256 == token.sha256, Token.used_at.is_(None))
        .values(used_at=now)
    )
    return _issue(session, person, client_id, token.family, now)


def _issue(session: Session, person: Person, client_id: str, family: str, now: datetime) -> Tokens:
    session.execute(delete(Token).where(Token.person_id == person.id, Token.expires_at <= now))
    made = {}
    for purpose, lasts in ((ACCESS, ACCESS_LASTS), (REFRESH, REFRESH_LASTS)):
        made[purpose] = secrets.token_urlsafe(32)
        session.add(
            Token(
                sha256=sha256(made[purpose]),
                person_id=person.id,
                client_id=client_id,
                family=family,
                purpose=purpose,
                expires_at=now + lasts,
            )
        )
    until = to_millis(now + ACCESS_LASTS)
    return Tokens(
        made[ACCESS],
        made[REFRESH],
        until,
        person.id,
        person.name,
        person.role,
        person.team_id or "",
    )


def sha256(token: str) -> str:
    """What the hub keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
