"""The rule sets at the hub, as a manager's desk asks for them over its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from pydantic import TypeAdapter

from lumi_desk.managing import protocol
from lumi_desk.managing.protocol import RulesDone, RulesPreviewed

T = TypeVar("T")

# Numbers that hold from today on classify everybody before the answer comes.
_SETTING_S = 300.0


class Asks(Protocol):
    """Asks a door of the hub for the person signed in, as Desk.ask does."""

    def __call__(
        self, door: str, body: bytes, shape: TypeAdapter[T], silence_s: float | None = None
    ) -> T:
        """What the door answers. Raises HubOutOfReach, SignInOver and the hub's own errors."""
        ...


@dataclass(frozen=True)
class RulesAtHub:
    """What only the hub can say of rule sets, or do to them.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def preview(
        self, name: str, numbers: Mapping[str, str], day: date, names: int
    ) -> RulesPreviewed:
        """Who would move if a rule set had these numbers instead of those of that day.

        At most so many `names` come for each move.
        """
        asked = protocol.PreviewRules(name, dict(numbers), day, names)
        return self.ask("rules/preview", protocol.PREVIEW.dump_json(asked), protocol.PREVIEWED)

    def set(self, asked: protocol.SetRules) -> RulesDone:
        """Set numbers. Asking again with the same id has no second effect."""
        return self.ask("rules/set", protocol.SET.dump_json(asked), protocol.DONE, _SETTING_S)

    def roll_back(self, asked: protocol.RollBackRules) -> RulesDone:
        """Go back to the numbers before. Asking again with the same id has no second effect."""
        told = protocol.ROLL_BACK.dump_json(asked)
        return self.ask("rules/roll-back", told, protocol.DONE, _SETTING_S)
