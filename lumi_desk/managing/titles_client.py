"""Product titles at the hub, as a manager's desk asks for them."""

from dataclasses import dataclass

from lumi_desk.managing import titles
from lumi_desk.managing.client import Asks

# All that was ever sold under many titles follows before the answer comes.
_SETTLING_S = 300.0


@dataclass(frozen=True)
class TitlesAtHub:
    """The titles that nobody knows, and what was said of others.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def listed(self, words: str = "", before: int = 0) -> titles.TitlesListed:
        """A page of titles that hold the words, the most sold first."""
        asked = titles.LIST.dump_json(titles.ListTitles(words, before))
        return self.ask("titles", asked, titles.LISTED)

    def settle(self, asked: titles.SettleTitle) -> titles.TitlesDone:
        """Say what a title means. Asking again with the same id has no second effect."""
        told = titles.ONE.dump_json(asked)
        return self.ask("titles/settle", told, titles.DONE, _SETTLING_S)

    def settle_all(self, asked: titles.SettleTitles) -> titles.TitlesDone:
        """Say what many titles mean. Asking again with the same id has no second effect."""
        told = titles.MANY.dump_json(asked)
        return self.ask("titles/settle-all", told, titles.DONE, _SETTLING_S)

    def leave(self, title: str, *, back: bool) -> titles.TitleLeft:
        """Leave a title for later, or no longer. Asking again has no second effect."""
        told = titles.LEAVE.dump_json(titles.LeaveTitle(title, back))
        return self.ask("titles/later", told, titles.LEFT)

    def undo(self, decision_id: str) -> titles.TitlesDone:
        """Take a decision back. Asking again has no second effect."""
        asked = titles.UNDO.dump_json(titles.UndoTitles(decision_id))
        return self.ask("titles/undo", asked, titles.DONE, _SETTLING_S)

    def history(self, words: str = "", after: str = "") -> titles.DecisionsListed:
        """A page of decisions about titles that hold the words, the newest first."""
        asked = titles.LIST_SAID.dump_json(titles.ListDecisions(words, after))
        return self.ask("titles/history", asked, titles.SAID_LISTED)
