"""Fetches figures from the hub, which counts them anew each time. Knows no Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.managing import figures
from lumi_desk.managing.figures_client import FiguresAtHub
from ui.lane import Lane

Asked = (
    figures.CountCohorts
    | figures.CountRenewals
    | figures.CountLoss
    | figures.CountGrid
    | figures.CountValue
)
Counted = (
    figures.CohortsCounted
    | figures.RenewalsCounted
    | figures.LossCounted
    | figures.GridCounted
    | figures.ValueCounted
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was counted, when, and what had been asked."""

    asked: Asked
    told: Counted
    at: datetime


class Counts:
    """What the hub counted last of each kind.

    `changed` is called when an answer came, `lost` when none could.
    """

    def __init__(
        self,
        lane: Lane,
        hub: FiguresAtHub,
        now: Clock,
        changed: Callable[[Asked], object],
        lost: Callable[[Asked, LumiError], object],
    ) -> None:
        self._lane, self._hub, self._now = lane, hub, now
        self._changed, self._lost = changed, lost
        self._answers: dict[type[Asked], Answer] = {}
        self._wanted: dict[type[Asked], Asked] = {}
        self._under_way: set[type[Asked]] = set()

    def answer(self, asked: Asked) -> Answer | None:
        """The answer to just this, if it came."""
        found = self._answers.get(type(asked))
        return found if found is not None and found.asked == asked else None

    def is_counting(self, asked: Asked) -> bool:
        """Whether an answer to this is under way."""
        return type(asked) in self._under_way and self._wanted[type(asked)] == asked

    def look(self, asked: Asked, *, anew: bool = False) -> None:
        """Have it counted, where it was not yet or with `anew`.

        Of a kind one is counted at a time; what was asked for last comes next.
        """
        self._wanted[type(asked)] = asked
        if type(asked) not in self._under_way and (anew or self.answer(asked) is None):
            self._send(asked)

    def _send(self, asked: Asked) -> None:
        self._under_way.add(type(asked))
        self._lane.outside(
            lambda: _count(self._hub, asked),
            lambda told: self._counted(asked, told),
            lambda problem: self._failed(asked, problem),
        )

    def _counted(self, asked: Asked, told: Counted) -> None:
        self._under_way.discard(type(asked))
        self._answers[type(asked)] = Answer(asked, told, self._now())
        self._go_on(asked)
        self._changed(asked)

    def _failed(self, asked: Asked, problem: LumiError) -> None:
        self._under_way.discard(type(asked))
        if not self._go_on(asked):
            self._lost(asked, problem)

    def _go_on(self, asked: Asked) -> bool:
        """Whether something else was wanted meanwhile."""
        wanted = self._wanted[type(asked)]
        if wanted != asked:
            self._send(wanted)
        return wanted != asked


def _count(hub: FiguresAtHub, asked: Asked) -> Counted:
    match asked:
        case figures.CountCohorts():
            return hub.cohorts(asked)
        case figures.CountRenewals():
            return hub.renewals(asked)
        case figures.CountLoss():
            return hub.loss(asked)
        case figures.CountGrid():
            return hub.grid()
        case figures.CountValue():
            return hub.value()
