"""Figures by month, RFM and value at the hub, as a manager's desk asks for them."""

from dataclasses import dataclass

from lumi_desk.managing import figures
from lumi_desk.managing.client import Asks

# Everybody's history is read before the answer comes, and others may be counting.
_COUNTING_S = 120.0


@dataclass(frozen=True)
class FiguresAtHub:
    """What became of everybody, counted anew with each call.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def cohorts(self, asked: figures.CountCohorts) -> figures.CohortsCounted:
        """Who bought again, opened a card or bought both lines, by the month of her beginning."""
        told = figures.COHORTS.dump_json(asked)
        return self.ask("figures/cohorts", told, figures.COHORTS_COUNTED, _COUNTING_S)

    def renewals(self, asked: figures.CountRenewals) -> figures.RenewalsCounted:
        """Which cards were loaded again, by the month in which they ran low."""
        told = figures.RENEWALS.dump_json(asked)
        return self.ask("figures/renewals", told, figures.RENEWALS_COUNTED, _COUNTING_S)

    def loss(self, asked: figures.CountLoss) -> figures.LossCounted:
        """Who of pool 1 was lost, by the month with which the window begins."""
        told = figures.LOSS.dump_json(asked)
        return self.ask("figures/loss", told, figures.LOSS_COUNTED, _COUNTING_S)

    def grid(self) -> figures.GridCounted:
        """The RFM grid."""
        told = figures.GRID.dump_json(figures.CountGrid())
        return self.ask("figures/rfm", told, figures.GRID_COUNTED, _COUNTING_S)

    def value(self) -> figures.ValueCounted:
        """What customers have brought, and will bring."""
        told = figures.VALUE.dump_json(figures.CountValue())
        return self.ask("figures/value", told, figures.VALUE_COUNTED, _COUNTING_S)
