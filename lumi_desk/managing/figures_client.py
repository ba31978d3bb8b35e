"""Figures by month, RFM and value at the hub, as a manager's desk asks for them."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from lumi_desk.errors import N_, LumiError
from lumi_desk.managing import figures
from lumi_desk.managing.client import Asks
from lumi_desk.sync.client import HubTooSlow

T = TypeVar("T")

# Everybody's history is read before the answer comes, and others may be counting.
_COUNTING_S = 120.0


class CountsTooLong(LumiError):
    """The hub is there, and its figures did not come in time."""

    title = N_("The hub has not counted this in time")
    advice = N_("It may be busy: ask again in some minutes.")


@dataclass(frozen=True)
class FiguresAtHub:
    """What became of everybody, counted anew with each call.

    Each call may block; each raises HubOutOfReach, CountsTooLong, SignInOver and what the hub
    says (HubSaid).
    """

    ask: Asks

    def cohorts(self, asked: figures.CountCohorts) -> figures.CohortsCounted:
        """Who bought again, opened a card or bought both lines, by the month of her beginning."""
        told = figures.COHORTS.dump_json(asked)
        return self._count("cohorts", told, figures.COHORTS_COUNTED)

    def renewals(self, asked: figures.CountRenewals) -> figures.RenewalsCounted:
        """Which cards were loaded again, by the month in which they ran low."""
        told = figures.RENEWALS.dump_json(asked)
        return self._count("renewals", told, figures.RENEWALS_COUNTED)

    def loss(self, asked: figures.CountLoss) -> figures.LossCounted:
        """Who of pool 1 was lost, by the month with which the window begins."""
        told = figures.LOSS.dump_json(asked)
        return self._count("loss", told, figures.LOSS_COUNTED)

    def grid(self) -> figures.GridCounted:
        """The RFM grid."""
        told = figures.GRID.dump_json(figures.CountGrid())
        return self._count("rfm", told, figures.GRID_COUNTED)

    def value(self) -> figures.ValueCounted:
        """What customers have brought, and will bring."""
        told = figures.VALUE.dump_json(figures.CountValue())
        return self._count("value", told, figures.VALUE_COUNTED)

    def _count(self, what: str, told: bytes, shape: TypeAdapter[T]) -> T:
        try:
            return self.ask(f"figures/{what}", told, shape, _COUNTING_S)
        except HubTooSlow as problem:
            raise CountsTooLong from problem
