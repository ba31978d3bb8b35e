"""Who works at the invented company, and what they should reach this month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lumi_desk.demo import records
from lumi_desk.demo.plans import KEEPER, MANAGER, RepPlan, TeamPlan
from lumi_desk.security.roles import Role
from lumi_desk.targets.rules import Measure, split

PASSWORD = "lumi-2026"  # noqa: S105  (of an invented company, and shown on its sign-in)


@dataclass(frozen=True, slots=True)
class Staff:
    """Teams and persons, and the plan of each rep by her id."""

    teams: tuple[records.Team, ...]
    persons: tuple[records.Person, ...]
    plans: dict[str, RepPlan]

    @property
    def team_of(self) -> dict[str, str]:
        """The team's id by the person's."""
        return {person.id: person.team_id or "" for person in self.persons}


def hire(teams: tuple[TeamPlan, ...], today: date) -> Staff:
    """The people of the given teams, a manager and a keeper. Ids follow from the logins."""
    persons: list[records.Person] = []
    plans: dict[str, RepPlan] = {}
    for place, team in enumerate(teams, start=1):
        team_id = f"team-{place}"
        persons.append(_person(team.leader, team.leader_login, Role.LEADER, team_id))
        for rep in team.reps:
            person = _rep(rep, team_id, today)
            persons.append(person)
            plans[person.id] = rep
    persons += [_person(*MANAGER, Role.MANAGER, None), _person(*KEEPER, Role.KEEPER, None)]
    named = tuple(records.Team(f"team-{place}", t.name) for place, t in enumerate(teams, start=1))
    return Staff(named, tuple(persons), plans)


def _rep(rep: RepPlan, team_id: str, today: date) -> records.Person:
    if not rep.trainee_month:
        return _person(rep.name, rep.login, Role.REP, team_id)
    begun = (today.replace(day=1) - timedelta(days=30 * rep.trainee_month - 45)).replace(day=3)
    return _person(rep.name, rep.login, Role.TRAINEE, team_id, trainee_since=begun)


def _person(
    name: str, login: str, role: Role, team_id: str | None, trainee_since: date | None = None
) -> records.Person:
    return records.Person(
        id=f"person-{login}",
        name=name,
        role=role.value,
        team_id=team_id,
        login=login,
        password=PASSWORD,
        trainee_since=trainee_since,
    )


def aim(teams: tuple[TeamPlan, ...], month: str) -> Iterator[records.Target]:
    """The targets of the month: each team's by measure, and their split among its reps."""
    for place, team in enumerate(teams, start=1):
        team_id = f"team-{place}"
        cash = tuple(rep.target_cash for rep in team.reps)
        cards = tuple(rep.target_cards for rep in team.reps)
        parts = {
            Measure.CASH: tuple(yuan * 100 for yuan in cash),
            Measure.CARDS: cards,
            Measure.DELIVERED: split(team.delivered * 100, cash),
            Measure.DREAM: split(team.dream, cash),
            Measure.ENZYME: split(team.enzyme, cash),
            Measure.ORDERS: split(team.orders, cash),
        }
        for measure, amounts in parts.items():
            yield _target(month, team_id, "", measure, sum(amounts))
            for rep, amount in zip(team.reps, amounts, strict=True):
                yield _target(month, team_id, f"person-{rep.login}", measure, amount)


def _target(month: str, team_id: str, rep_id: str, measure: Measure, amount: int) -> records.Target:
    name = f"{month}:{team_id}:{rep_id or 'all'}:{measure}"
    return records.Target(name, month, team_id, rep_id, measure.value, amount)
