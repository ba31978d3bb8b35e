"""The buttons of reps and teams above the list of the centre's customers. Knows no Qt."""

from lumi_desk.customers.listing.rules import Field
from lumi_desk.security.roles import Right, may
from ui.customers import saying
from ui.customers.centre_state import Centre
from ui.customers.screen import Menu
from ui.widgets.values import Choice
from ui.words import count, tr


def menus(state: Centre) -> tuple[Menu, ...]:
    """For a manager the teams, and who holds customers; a leader has the reps of her team."""
    if not may(state.me.role, Right.MANAGE):
        return (_reps(state, with_team=False),)
    return _teams(state), _reps(state, with_team=True)


def _teams(state: Centre) -> Menu:
    many = state.counts.get(Field.REP, {})
    held: dict[tuple[str, str], int] = {}
    for one in state.reps:
        if one.team_id:
            team = one.team, one.team_id
            held[team] = held.get(team, 0) + many.get(one.id, 0)
    chosen = state.filter.of(Field.TEAM)
    choices = tuple(
        Choice(team_id, f"{name} · {count(of)}", team_id in chosen)
        for (name, team_id), of in sorted(held.items())
    )
    return Menu(Field.TEAM.value, tr("Team"), choices, len(chosen))


def _reps(state: Centre, *, with_team: bool) -> Menu:
    """Who holds some; with teams chosen, those of these teams."""
    filter_, many = state.filter, state.counts.get(Field.REP, {})
    chosen, teams = filter_.of(Field.REP), filter_.of(Field.TEAM)
    choices: list[Choice] = []
    if with_team:
        choices += saying.menu(Field.HELD, filter_, state.counts.get(Field.HELD, {})).choices
    for one in state.reps:
        fits = one.id in many and (not teams or one.team_id in teams)
        if fits or one.id in chosen:
            team = one.team if with_team else ""
            parts = (one.name, team, count(many.get(one.id, 0)))
            told = " · ".join(part for part in parts if part)
            choices.append(Choice(one.id, told, one.id in chosen))
    shown = len(chosen) + len(filter_.of(Field.HELD))
    return Menu(Field.REP.value, tr("Rep"), tuple(choices), shown)
