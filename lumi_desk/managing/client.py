"""Rule sets, likely pairs and the reps at the hub, as a desk of who leads asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from pydantic import TypeAdapter

from lumi_desk.managing import assigning, protocol, review
from lumi_desk.managing.protocol import RulesDone, RulesPreviewed

T = TypeVar("T")

# Numbers that hold from today on classify everybody before the answer comes.
_SETTING_S = 300.0
# Everybody is compared with everybody who shares something.
_COMPARING_S = 120.0
# Moving thousands of customers writes all that is theirs into the feed.
_MOVING_S = 120.0


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


@dataclass(frozen=True)
class PairsAtHub:
    """The customers who may be one person, whom only the hub can compare.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def listed(self, after: str = "") -> review.PairsListed:
        """A page of pairs, those with the most evidence first."""
        asked = review.LIST.dump_json(review.ListPairs(after))
        return self.ask("identity", asked, review.LISTED, _COMPARING_S)

    def shown(self, one: str, other: str) -> review.PairShown:
        """Both of a pair, side by side."""
        asked = review.SHOW.dump_json(review.ShowPair(one, other))
        return self.ask("identity/show", asked, review.SHOWN)

    def say_one(self, asked: review.SayOne) -> review.PairDone:
        """They are one person. Asking again with the same id has no second effect."""
        return self.ask("identity/one", review.ONE.dump_json(asked), review.DONE)

    def say_two(self, asked: review.SayTwo) -> review.PairDone:
        """They are two people. Asking again with the same id has no second effect."""
        return self.ask("identity/two", review.TWO.dump_json(asked), review.DONE)

    def undo(self, decision_id: str) -> review.PairDone:
        """Take a decision back. Asking again has no second effect."""
        asked = review.UNDO.dump_json(review.UndoSaid(decision_id))
        return self.ask("identity/undo", asked, review.DONE)

    def history(self, after: str = "") -> review.SaidListed:
        """A page of decisions, the newest first."""
        asked = review.LIST_SAID.dump_json(review.ListSaid(after))
        return self.ask("identity/history", asked, review.SAID_LISTED)

    def numbers(self) -> review.NumbersListed:
        """The numbers of households and companies."""
        asked = review.LIST_NUMBERS.dump_json(review.ListNumbers())
        return self.ask("identity/numbers", asked, review.NUMBERS_LISTED, _COMPARING_S)


@dataclass(frozen=True)
class RepsAtHub:
    """Who looks after whom, seen and changed at the hub; what each call raises is as above."""

    ask: Asks

    def listed(self) -> assigning.RepsListed:
        """The reps with their loads, who waits for one, and the history."""
        told = assigning.LIST.dump_json(assigning.ListReps())
        return self.ask("assigning", told, assigning.LISTED)

    def preview(self, asked: assigning.PreviewHandOver) -> assigning.HandOverPreviewed:
        """Who would go to whom."""
        return self.ask(
            "assigning/preview", assigning.PREVIEW.dump_json(asked), assigning.PREVIEWED
        )

    def hand_over(self, asked: assigning.DoHandOver) -> assigning.HandOverDone:
        """Do what was previewed. Asking again with the same id has no second effect."""
        told = assigning.DO.dump_json(asked)
        return self.ask("assigning/do", told, assigning.DONE, _MOVING_S)

    def undo(self, asked: assigning.UndoHandOver) -> assigning.HandOverUndone:
        """Take a hand-over back. Asking again with the same id has no second effect."""
        told = assigning.UNDO.dump_json(asked)
        return self.ask("assigning/undo", told, assigning.UNDONE, _MOVING_S)

    def set_plan(self, asked: assigning.SetPlan) -> assigning.RepSet:
        """Set whom a rep takes."""
        return self.ask("assigning/plan", assigning.SET_PLAN.dump_json(asked), assigning.REP_SET)

    def set_leave(self, asked: assigning.SetLeave) -> assigning.RepSet:
        """Set or end a leave. Asking again with the same id has no second effect."""
        told = assigning.SET_LEAVE.dump_json(asked)
        return self.ask("assigning/leave", told, assigning.REP_SET, _MOVING_S)
