"""What is asked about the people who work here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.people.tables import Person, Team
from lumi_desk.storage import known


def team_of(session: Session, person_id: str) -> str:
    """The id of a person's team, empty when she has none or is unknown here."""
    person = known.find(session, Person, person_id)
    return (person.team_id or "") if person else ""


def reps_of(session: Session, team_id: str) -> list[Person]:
    """The people of a team who call customers, by name."""
    # Flags are numbers on both engines, and PostgreSQL takes no number for a condition.
    chosen = select(Person).where(
        Person.team_id == team_id,
        Person.active.in_((True,)),
        Person.role.in_(("rep", "trainee")),
    )
    return list(session.scalars(chosen.order_by(Person.id)))


def team(session: Session, team_id: str) -> Team | None:
    """One team."""
    return session.get(Team, team_id)


def person(session: Session, person_id: str) -> Person | None:
    """One person, also when she has left."""
    return session.get(Person, person_id)
