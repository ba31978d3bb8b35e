"""Who may do what."""

from enum import StrEnum

from lumi_desk.errors import N_, LumiError


class Role(StrEnum):
    """What a person is here."""

    REP = "rep"
    TRAINEE = "trainee"
    LEADER = "leader"
    MANAGER = "manager"
    KEEPER = "keeper"


class Right(StrEnum):
    """One thing that not everybody may do."""

    CONTACT = "contact"  # call, note, promise, sell, refuse for one's own customers
    LEAD = "lead"  # see a team's board, move its customers
    DECIDE = "decide"  # say what becomes of a team's work that was not taken
    IDENTIFY = "identify"  # say which customers are one person, within what she may see
    MANAGE = "manage"  # change rules, lists and targets
    IMPORT = "import"  # bring in orders and lists of people
    KEEP = "keep"  # add people, back up


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.REP: frozenset({Right.CONTACT}),
    Role.TRAINEE: frozenset({Right.CONTACT}),
    Role.LEADER: frozenset({Right.CONTACT, Right.LEAD, Right.DECIDE, Right.IDENTIFY}),
    Role.MANAGER: frozenset({Right.LEAD, Right.IDENTIFY, Right.MANAGE, Right.IMPORT}),
    Role.KEEPER: frozenset({Right.KEEP, Right.IMPORT}),
}


_BY_NAME: dict[str, frozenset[Right]] = {role.value: rights for role, rights in _RIGHTS.items()}


class NotYours(LumiError):
    """A person asks for what her role does not allow."""

    title = N_("Your role does not allow this")
    advice = N_("Ask your team leader.")


def may(role: str, right: Right) -> bool:
    """Whether a role has a right; an unknown role has none."""
    return right in _BY_NAME.get(role, frozenset())


def require(role: str, right: Right) -> None:
    """Raise NotYours unless the role has the right."""
    if not may(role, right):
        raise NotYours
