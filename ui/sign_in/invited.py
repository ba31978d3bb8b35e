"""The people of an invented company, who sign in by one press. Knows no Qt."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who signs in by one press. `role` is a value of `security.roles.Role`."""

    name: str
    role: str
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where the invented company's hub is, who works there, and the PIN of all their secrets.

    `ahead_seconds` is how far its clock is ahead of this machine's. The PIN keeps a trial out of
    the keyring of whoever tries: nothing in it is real.
    """

    hub: str = ""
    people: tuple[Invited, ...] = ()
    pin: str | None = field(default=None, repr=False)
    ahead_seconds: int = 0


def load(path: Path) -> Invitation:
    """The invitation in a JSON file: its fields, with `people` as a list of theirs."""
    told = json.loads(path.read_text("utf-8"))
    people = tuple(
        Invited(each["name"], each["role"], each["login"], each["password"])
        for each in told["people"]
    )
    return Invitation(told["hub"], people, told.get("pin"), told.get("ahead_seconds", 0))
