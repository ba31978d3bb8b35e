"""What is sent to a server without waiting: seen by who asks next, and refused in time."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lumi_desk.people.tables import Team
from lumi_desk.storage import bulk
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import Store
from lumi_desk.storage.unwaited import unwaited

_TEAM: Any = Team.__table__
_NAMES = Direct(select(_TEAM.c.name).order_by(_TEAM.c.id))


def _add(session: Session, *numbers: int) -> None:
    rows = [{"id": f"team-{number}", "name": f"{number}组", "ver": 1} for number in numbers]
    bulk.insert(session, _TEAM, rows)


def _add_twice(store: Store) -> None:
    with store.write() as session:
        _add(session, 1)
        with unwaited(session):
            _add(session, 1)


def _add_twice_and_ask(store: Store, asked: str, reached: list[str]) -> None:
    with store.write() as session, unwaited(session):
        _add(session, 1)
        _add(session, 1)
        if asked == "the driver":
            _NAMES.rows(session.connection(), {})
        else:
            session.scalars(select(Team)).all()
        reached.append(asked)


def _add_and_fail(store: Store) -> None:
    with store.write() as session, unwaited(session):
        _add(session, 1)
        raise LookupError


def _names(store: Store) -> list[str]:
    with store.read() as session:
        return [name for (name,) in _NAMES.rows(session.connection(), {})]


def test_what_was_sent_is_there_for_every_way_of_asking(hub_store: Store) -> None:
    with hub_store.write() as session, unwaited(session):
        _add(session, 1)
        _add(session, 2, 3)
        assert _NAMES.rows(session.connection(), {}) == [("1组",), ("2组",), ("3组",)]
        _add(session, 4)
        assert len(session.scalars(select(Team)).all()) == 4
        _add(session, 5)
        with session.begin_nested():
            session.add(Team(id="team-6", name="6组"))
    assert _names(hub_store) == [f"{number}组" for number in range(1, 7)]


def test_what_is_refused_comes_out_on_leaving_at_the_latest(hub_store: Store) -> None:
    with pytest.raises(IntegrityError) as refused:
        _add_twice(hub_store)
    assert "1组" not in str(refused.value)
    assert _names(hub_store) == []


@pytest.mark.parametrize("asked", ["the driver", "SQLAlchemy"])
def test_what_is_refused_comes_out_where_somebody_asks(hub_store: Store, asked: str) -> None:
    reached: list[str] = []
    with pytest.raises(IntegrityError):
        _add_twice_and_ask(hub_store, asked, reached)
    assert not reached
    assert _names(hub_store) == []


def test_the_connection_waits_again_afterwards(hub_store: Store) -> None:
    for number in range(3):
        with hub_store.write() as session:
            with unwaited(session):
                _add(session, number)
            with pytest.raises(IntegrityError), session.begin_nested():
                _add(session, number)
    assert len(_names(hub_store)) == 3


def test_an_error_of_ours_ends_it_too(hub_store: Store) -> None:
    with pytest.raises(LookupError):
        _add_and_fail(hub_store)
    with hub_store.write() as session:
        _add(session, 2)
    assert _names(hub_store) == ["2组"]
