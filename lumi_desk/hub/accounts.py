"""Signing in, and the tokens that follow: a short access token, a refresh token used once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Credential, Person, Token
from lumi_desk.security import passwords
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import SignIn, Tokens

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


def sign_in(store: Store, asked: SignIn, now: datetime) -> Tokens:
    """Tokens for a name and password. Raises WrongPassword or TooManyTries."""
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
    if tokens is None:
        raise WrongPassword
    return tokens


def refresh(store: Store, token: str, client_id: str, now: datetime) -> Tokens:
    """New tokens for a refresh token. Using one again outside the window ends its family."""
    with store.write() as session:
        tokens = _rotate(session, token, client_id, now)
    if tokens is None:
        raise SessionOver
    return tokens


def person_behind(session: Session, access: str, now: datetime) -> Person:
    """Who shows this access token. Raises SessionOver."""
    token = session.get(Token, _sha256(access))
    if token is None or token.purpose != ACCESS or token.expires_at <= now:
        raise SessionOver
    person = session.get(Person, token.person_id)
    if person is None or not person.active:
        raise SessionOver
    return person


def revoke(session: Session, person_id: str) -> None:
    """End every sign-in of a person."""
    session.execute(delete(Token).where(Token.person_id == person_id))


def _admit(session: Session, login: str, now: datetime, *, fits: bool) -> Person | None:
    found = session.scalar(select(Credential).where(Credential.login == login))
    person = session.get(Person, found.person_id) if found else None
    if found is None or person is None or not person.active:
        return None
    if not fits:
        found.failures += 1
        over = found.failures - FREE_TRIES
        if over >= 0:
            found.closed_until = now + min(timedelta(seconds=2**over), LONGEST_PAUSE)
        return None
    found.failures, found.closed_until = 0, None
    return person


def _rotate(session: Session, shown: str, client_id: str, now: datetime) -> Tokens | None:
    token = session.get(Token, _sha256(shown), with_for_update=True)
    if token is None or token.purpose != REFRESH or token.expires_at <= now:
        return None
    used_before = token.used_at is not None and now - token.used_at > REPLAY_WINDOW
    if used_before or token.client_id != client_id:
        session.execute(delete(Token).where(Token.family == token.family))
        return None
    person = session.get(Person, token.person_id)
    if person is None or not person.active:
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
                sha256=_sha256(made[purpose]),
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


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
