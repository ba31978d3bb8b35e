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
    """What was counted, and when."""

    told: Counted
    at: datetime


class Counts:
    """What the hub counted.

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
        self._answers: dict[Asked, Answer] = {}
        self._under_way: dict[type[Asked], Asked] = {}
        self._next: dict[type[Asked], Asked] = {}

    def answer(self, asked: Asked) -> Answer | None:
        """The answer to just this, if it came."""
        return self._answers.get(asked)

    def is_counting(self, asked: Asked) -> bool:
        """Whether an answer to this is under way."""
        return asked in (self._under_way.get(type(asked)), self._next.get(type(asked)))

    def look(self, asked: Asked, *, anew: bool = False) -> None:
        """Have it counted, where it was not yet or with `anew`.

        Of a kind one is counted at a time; what was asked for last comes next.
        """
        kind = type(asked)
        self._next.pop(kind, None)
        if asked == self._under_way.get(kind) or (asked in self._answers and not anew):
            return
        if kind in self._under_way:
            self._next[kind] = asked
        else:
            self._send(asked)

    def _send(self, asked: Asked) -> None:
        self._under_way[type(asked)] = asked
        self._lane.outside(
            lambda: _count(self._hub, asked),
            lambda told: self._counted(asked, told),
            lambda problem: self._failed(asked, problem),
        )

    def _counted(self, asked: Asked, told: Counted) -> None:
        self._answers[asked] = Answer(told, self._now())
        self._go_on(type(asked))
        self._changed(asked)

    def _failed(self, asked: Asked, problem: LumiError) -> None:
        if not self._go_on(type(asked)):
            self._lost(asked, problem)

    def _go_on(self, kind: type[Asked]) -> bool:
        """Whether something else was wanted meanwhile."""
        del self._under_way[kind]
        wanted = self._next.pop(kind, None)
        if wanted is not None:
            self._send(wanted)
        return wanted is not None


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
