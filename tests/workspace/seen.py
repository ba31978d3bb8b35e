"""What the rep sees at her desk, one piece at a time."""

from sqlalchemy import select

from lumi_desk.storage.base import Table
from tests.reps import Rep
from ui.workspace.screen import Person, Script, Stage, WrapUp


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
