"""Who works here: persons, teams, roles."""
