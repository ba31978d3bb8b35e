"""Two teams with their leaders at a hub, and what leaders ask of it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake, keeping, nightly, placing
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Assignment
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)
DOORS = ("", "/preview", "/do", "/undo", "/plan", "/leave")
Ask = Callable[..., tuple[int, Any]]


def two_teams(hub_store: Store, tmp_path: Path) -> Hub:
    """Team one: leader Wu, reps Lin (three customers) and Wang; team two: leader Mo, rep Xu."""
    one, two = "一组", "二组"
    for login, role, team in (
        ("wu", Role.LEADER, one), ("lin", Role.REP, one), ("wang", Role.REP, one),
        ("mo", Role.LEADER, two), ("xu", Role.REP, two), ("gu", Role.MANAGER, one),
    ):  # fmt: skip
        makers.hub_with_rep(hub_store, login, team, role)
    hub = Hub(hub_store, tmp_path)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for name, fen in (("a", 90_000), ("b", 40_000), ("c", 10_000)):
            customer = makers.make_customer(session, rep(hub, "lin"), id=name, name=f"客户{name}")
            makers.make_order(session, customer, fen=fen, paid_at=NOW - 3 * DAY)
            began = Assignment(id=new_id(), customer_id=name, since=NOW - 90 * DAY, until=None)
            began.rep_id = rep(hub, "lin")
            session.add(began)
        feed.publish(session)
        intake.reckon(session, NOW)
    return hub


def rep(hub: Hub, login: str) -> str:
    with hub.store.read() as session:
        return keeping.person_named(session, login).id


def asking(hub: Hub, login: str) -> Ask:
    who = Stranger(hub, login)

    def ask(door: str, **told: Any) -> tuple[int, Any]:
        answer = who.ask(f"assigning{door}", told)
        return answer.status_code, answer.json()

    return ask


def lins(hub: Hub, *to: str, **told: Any) -> dict[str, Any]:
    """All of Lin's customers, to these reps."""
    asked = {"source": "rep", "way": "reps", "rep_id": rep(hub, "lin")}
    return asked | {"reps": [rep(hub, one) for one in to]} | told


def done(ask: Ask, asked: dict[str, Any], why: str = "") -> tuple[int, Any]:
    """Previewed and done. The status and the answer."""
    status, seen = ask("/preview", **asked)
    assert status == 200, seen
    return ask("/do", id=new_id(), asked=asked, base=seen["mark"], why=why)


def plans(hub: Hub, **told: dict[str, Any]) -> None:
    with hub.store.write() as session:
        for login, values in told.items():
            placing.set_plan(session, keeping.person_named(session, login).id, **values)


def holders(hub: Hub) -> dict[str, str | None]:
    """Customer → the name of who holds her."""
    with hub.store.read() as session:
        asked = select(Customer.id, Person.name)
        asked = asked.outerjoin(Person, Person.id == Customer.rep_id).order_by(Customer.id)
        return dict(session.execute(asked).all())


def shown(ask: Ask, name: str) -> Any:
    return next(one for one in ask("")[1]["reps"] if one["name"] == name)


def night(hub: Hub, days: int) -> None:
    hub.clock.moment = NOW + days * DAY
    nightly.run(hub.store, hub.clock.moment)


def leave(hub: Hub, ask: Ask, first: int, last: int, stand_in: str = "wang") -> tuple[int, Any]:
    told = {"first": str(TODAY + first * DAY), "last": str(TODAY + last * DAY)}
    told |= {"rep_id": rep(hub, "lin"), "base": shown(ask, "Lin")["mark"], "why": "年假"}
    return ask("/leave", id=new_id(), stand_in=rep(hub, stand_in) if stand_in else "", **told)
