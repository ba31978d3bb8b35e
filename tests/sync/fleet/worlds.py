"""Where a history happens: what the simulated and the real world have in common."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.hubs import HandClock
from tests.makers import NOW, PASSWORD, make_customer, make_disposition, make_order
from tests.sync.fleet.fuses import Fuse, FusedStore
from tests.sync.fleet.seats import LEADER, TEAMS, Seat
from tests.sync.fleet.wires import Reply

ADDRESS = "http://127.0.0.1"
CUSTOMERS = 7


class World(Protocol):
    """A hub that can be put back, and machines on which desks start, stop and die."""

    hub: FusedStore
    hub_fuse: Fuse
    clock: HandClock
    people: dict[str, str]
    folder: Path

    def carry(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply: ...
    def start(self, seat: Seat) -> None: ...
    def stop(self, seat: Seat) -> None: ...
    def copy(self, seat: Seat, onto: Seat) -> None: ...
    def sign_in_again(self, seat: Seat) -> None: ...
    def back_up(self) -> Callable[[], None]: ...
    def blank(self) -> Callable[[], None]: ...
    def close(self) -> None: ...


def people_of(store: Store) -> dict[str, str]:
    """Everybody who works here: name to sign in with → id."""
    with store.write() as session:
        feed.watch(session)
        people = {
            login: keeping.add_person(
                session,
                login=login,
                name=login.title(),
                role=Role.LEADER if login == LEADER else Role.REP,
                password=PASSWORD,
                team=team,
            ).id
            for login, team in TEAMS.items()
        }
        for code, answered in (("sold", True), ("no_answer", False)):
            if session.get(DispositionRow, code) is None:
                session.add(make_disposition(code, answered=answered))
        feed.publish(session, now=NOW)
    return people


def fill(store: Store, people: Mapping[str, str], clock: HandClock) -> None:
    """Seven customers, some with orders: two of Lin's, two of Wang's, one each and nobody's."""
    lin, wang, wu, zhao = (people[login] for login in TEAMS)
    holders = (lin, wang, lin, None, wu, zhao, wang)
    with store.write() as session:
        feed.watch(session, alone=True)
        made = [_customer(session, number) for number in range(CUSTOMERS)]
        for customer, holder in zip(made, holders, strict=True):
            keeping.assign(session, [customer.id], holder, clock())
        feed.publish(session, now=clock())


def _customer(session: Session, number: int) -> Customer:
    customer: Any = make_customer(session, name=f"客户{number}")
    for _ in range(number % 3):
        make_order(session, customer, fen=49_800)
    return customer  # type: ignore[no-any-return]
