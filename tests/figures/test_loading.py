"""Of each kind one is counted at a time, and what was asked for last is what comes in the end."""

from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from lumi_desk.errors import LumiError
from lumi_desk.managing.figures import CountCohorts, CountGrid, CountValue
from lumi_desk.managing.figures_client import FiguresAtHub
from lumi_desk.sync.client import HubOutOfReach
from tests.lane import LateLane
from tests.makers import NOW
from ui.figures.loading import Asked, Counts

_ANSWERS = {
    "figures/cohorts": '{"days": 180, "by": "", "cohorts": []}',
    "figures/rfm": '{"grid": [], "recency": [], "frequency": []}',
    "figures/value": '{"groups": [], "by": "means", "learned_from": 2}',
}


class Line:
    """The hub's doors, whose answers are always the same; cut, there are none."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.silences: list[float | None] = []
        self.cut = False

    def __call__(
        self, door: str, body: bytes, shape: TypeAdapter[object], silence_s: float | None = None
    ) -> object:
        self.asked.append(f"{door} {body.decode()}")
        self.silences.append(silence_s)
        if self.cut:
            raise HubOutOfReach
        return shape.validate_json(_ANSWERS[door])


class Desk:
    def __init__(self) -> None:
        self.line, self.lane = Line(), LateLane()
        self.changed: list[Asked] = []
        self.lost: list[tuple[Asked, LumiError]] = []
        hub = FiguresAtHub(self.line)  # type: ignore[arg-type]  # It answers any shape.
        self.counts = Counts(
            self.lane,
            hub,
            lambda: NOW,
            self.changed.append,
            lambda asked, problem: self.lost.append((asked, problem)),
        )
        self.look: Callable[..., None] = self.counts.look


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_was_counted_is_not_counted_again_but_when_asked_to(desk: Desk) -> None:
    asked = CountValue()
    desk.look(asked)
    assert desk.counts.is_counting(asked)
    desk.lane.let_in()
    desk.look(asked)
    assert (desk.lane.late, desk.counts.is_counting(asked)) == ([], False)
    found = desk.counts.answer(asked)
    assert found is not None
    assert (found.at, desk.changed) == (NOW, [asked])
    desk.look(asked, anew=True)
    assert desk.counts.answer(asked) is found
    desk.lane.let_in()
    assert len(desk.line.asked) == 2


def test_of_a_kind_only_the_last_one_wanted_follows(desk: Desk) -> None:
    first, skipped, last = (CountCohorts(by=by) for by in ("", "grade", "line"))
    for asked in (first, skipped, last):
        desk.look(asked)
    assert (len(desk.line.asked), desk.counts.is_counting(last)) == (1, True)
    desk.lane.let_in()
    desk.lane.let_in()
    assert [one.split('"by":')[1][:6] for one in desk.line.asked] == ['"","da', '"line"']
    assert desk.counts.answer(last) is not None
    assert desk.counts.answer(skipped) is None
    assert desk.lane.late == []


def test_who_went_back_to_what_was_counted_keeps_it(desk: Desk) -> None:
    counted, other = CountCohorts(), CountCohorts(by="grade")
    desk.look(counted)
    desk.lane.let_in()
    found = desk.counts.answer(counted)
    desk.look(other)
    desk.look(counted)
    desk.lane.let_in()
    assert (desk.counts.answer(counted), len(desk.line.asked)) == (found, 2)
    assert (desk.lane.late, desk.counts.answer(other) is not None) == ([], True)


def test_what_is_to_be_counted_anew_comes_after_what_is_under_way(desk: Desk) -> None:
    counted, other = CountCohorts(), CountCohorts(by="grade")
    desk.look(counted)
    desk.lane.let_in()
    desk.look(other)
    desk.look(counted, anew=True)
    assert desk.counts.is_counting(counted)
    desk.lane.let_in()
    desk.lane.let_in()
    assert (len(desk.line.asked), desk.counts.is_counting(counted)) == (3, False)


def test_kinds_do_not_wait_for_each_other(desk: Desk) -> None:
    desk.look(CountGrid())
    desk.look(CountValue())
    assert len(desk.lane.late) == 2


def test_who_went_back_to_what_is_under_way_does_not_ask_twice(desk: Desk) -> None:
    first, other = CountCohorts(), CountCohorts(days=90)
    for asked in (first, other, first):
        desk.look(asked)
    desk.lane.let_in()
    assert (len(desk.line.asked), desk.lane.late) == (1, [])
    assert desk.counts.answer(first) is not None


def test_what_could_not_be_counted_is_told_and_may_be_asked_again(desk: Desk) -> None:
    asked = CountValue()
    desk.line.cut = True
    desk.look(asked)
    assert [(one, type(problem)) for one, problem in desk.lost] == [(asked, HubOutOfReach)]
    assert not desk.counts.is_counting(asked)
    desk.line.cut = False
    desk.look(asked)
    desk.lane.let_in()
    assert desk.counts.answer(asked) is not None


def test_counting_may_take_longer_than_other_answers(desk: Desk) -> None:
    for asked in (CountCohorts(), CountGrid(), CountValue()):
        desk.look(asked)
    assert desk.line.silences == [120.0] * 3
