"""A fleet: a world, the seats in it, and what all of them have seen."""

import random

from lumi_desk.errors import LumiError
from lumi_desk.people.tables import Person
from lumi_desk.sync.protocol import Push, Pushed
from lumi_desk.sync.round import Report
from tests.hubs import HandClock
from tests.sync.fleet import checks
from tests.sync.fleet.fuses import Crash
from tests.sync.fleet.ledger import Ledger, must
from tests.sync.fleet.plans import Plan
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.wires import Wire
from tests.sync.fleet.worlds import World

MOST_REST_ROUNDS = 10
_PAGES = (1, 2, 3, 5, 500)


class Fleet:
    """All that takes part in a history."""

    def __init__(self, plan: Plan, world: World) -> None:
        self.world, self.ledger = world, Ledger()
        dice = random.Random(f"fleet {plan.seed}")
        # Drawn for every place there could be: the others keep theirs when one is left out.
        self._pages = [dice.choice(_PAGES) for _ in range(20)]
        self.seats: dict[str, Seat] = {}
        self._lives = 0
        self.restore = world.back_up()
        self._remembered: set[str] = set()
        # Records of the reps' work that the office has deleted.
        self.deleted: set[str] = set()
        # What stood at the hub when a desk had nothing more to send or to fetch.
        self._at_rest: dict[str, list[tuple[object, ...]]] = {}
        for place in plan.places:
            world.start(self.add(place))

    def add(self, place: str) -> Seat:
        """One more machine, not started yet."""
        world = self.world
        seat = Seat(place, HandClock(world.clock()), Wire(world.carry), world.folder / place)
        seat.wire.old = seat.is_old
        seat.wire.most = self._pages[len(self.seats)]
        seat.wire.hub_died = world.hub_fuse.mend
        seat.wire.hear = self.ledger.hear
        seat.wire.pushed = lambda push, pushed: self._pushed(seat, push, pushed)
        self.seats[place] = seat
        return seat

    def _pushed(self, seat: Seat, push: Push, pushed: Pushed) -> None:
        for op_id in self.ledger.pushed(push, pushed):
            if op_id not in self._remembered:
                checks.check_rights(self.world, seat.login, op_id)

    def put_back(self) -> None:
        """The hub goes back to its last copy, in a new life; what that has was looked at then."""
        self.restore()
        self.restore = self.world.back_up()
        self.ledger.life = self.new_life()
        self._remembered = {
            row[0] for row in checks.ask(self.world.hub, "SELECT op_id FROM sync_op")
        }

    def new_life(self) -> int:
        """A number no life of the hub has had yet."""
        self._lives += 1
        return self._lives

    def customers(self) -> list[str]:
        """Everybody the hub knows, in order."""
        return sorted(pk for (pk,) in checks.ask(self.world.hub, "SELECT id FROM customer"))

    def sync(self, seat: Seat) -> Report | None:
        """One round; whatever goes wrong on the way, nothing may be lost by it."""
        report = None
        seat.wire.troubled = False
        try:
            report = seat.at_work.sync_round()
        except Crash:
            self.revive(seat)
        except LumiError as error:
            if type(error).__name__ == "SignInOver":
                self.world.sign_in_again(seat)
            elif not seat.wire.troubled:
                raise
        checks.check_outbox(seat)
        if report is not None and not seat.wire.between:
            checks.check_round(seat, self.world.hub, self.world.people[seat.login])
            checks.check_sight(seat)
        return report

    def revive(self, seat: Seat) -> None:
        """Start a program that has crashed, on what it had committed."""
        self.world.stop(seat)
        self.world.start(seat)
        checks.check_outbox(seat)
        checks.check_cursors(seat, self.world.hub)

    def wait(self, seconds: float) -> None:
        """Time passes for everybody alike."""
        for clock in (self.world.clock, *(seat.clock for seat in self.seats.values())):
            clock.forward(seconds=seconds)

    def come_to_rest(self) -> None:
        """Mend every line, wait, let everybody sync until nothing moves, then check."""
        self.world.hub_fuse.mend()
        for seat in self.seats.values():
            seat.wire.mend()
            seat.fuse.mend()
        self.wait(30)
        self._at_rest.clear()
        restless = set(self.seats)
        for _ in range(MOST_REST_ROUNDS):
            self.wait(30)
            restless = {place for place in self.seats if not self._rests(self.seats[place])}
            if not restless:
                break
        must(not restless, "the fleet comes to rest", restless)
        self._check()

    def _rests(self, seat: Seat) -> bool:
        """Whether a round brings nothing. Then only a change at the hub asks for another."""
        heads = self._heads()
        if self._at_rest.get(seat.place) == heads:
            return True
        report = self.sync(seat)
        rests = report is not None and not (report.sent or report.received or report.next_due)
        self._at_rest[seat.place] = heads if rests else []
        return rests

    def _heads(self) -> list[tuple[object, ...]]:
        return checks.ask(self.world.hub, "SELECT id, head FROM sync_stream ORDER BY id")

    def _check(self) -> None:
        hub = self.world.hub
        checks.check_hub(hub)
        there = checks.tables(hub)
        with hub.read() as session:
            people = {
                login: session.get_one(Person, person_id)
                for login, person_id in self.world.people.items()
            }
        for seat in self.seats.values():
            checks.check_seat(seat, there, people[seat.login], hub)
            checks.check_work(seat, hub, self.deleted)
