"""Steps: what happens to machines, lines and clocks."""

import random

from tests.sync.fleet import at_the_hub
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.wires import Trouble

_JUMPS = (-1500, -90, -7, -1, 1, 7, 90, 1500)
_DOORS = ("push", "push", "pull", "pull", "snapshot", "hello")
_MOST_COMMITS = 14
COPY = "+"


def sync(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """One desk has a round."""
    report = fleet.sync(seat)
    return f"{report}" if report else "did not get through"


def trouble_the_line(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The line is cut or mended, or something happens to the next request at one door."""
    if dice.random() < 0.3:
        seat.wire.cut = not seat.wire.cut
        return "cut" if seat.wire.cut else "mended"
    door, trouble = dice.choice(_DOORS), dice.choice(list(Trouble))
    seat.wire.troubles[door] = trouble, dice.randint(0, 4)
    return f"{door}: {trouble.value}"


def write_between(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The hub writes in the middle of the desk's next round."""
    door = dice.choice(("pull", "pull", "push", "snapshot"))
    write = dice.choice((at_the_hub.reassign, at_the_hub.edit, at_the_hub.change_children))
    own = random.Random(dice.getrandbits(32))
    seat.wire.between[door] = lambda: write(fleet, seat, own)
    return f"{write.__name__} before {door}"


def send_again(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A push of earlier is delivered once more, late and out of order."""
    if not seat.wire.letters:
        return "nothing"
    number = dice.randrange(len(seat.wire.letters))
    seat.wire.deliver(seat.wire.letters[number])
    return f"letter {number + 1} of {len(seat.wire.letters)}"


def crash_a_desk(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The program dies at one of its next commits."""
    seat.fuse.left = dice.randint(1, _MOST_COMMITS)
    moment = seat.fuse.left
    fleet.sync(seat)
    seat.fuse.mend()
    return f"at moment {moment}"


def crash_the_hub(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The hub dies at one of its next commits, with this desk in the middle of a round."""
    fleet.world.hub_fuse.left = moment = dice.randint(1, 5)
    fleet.sync(seat)
    fleet.world.hub_fuse.mend()
    return f"at moment {moment}"


def restart(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The program is ended and started."""
    fleet.world.stop(seat)
    fleet.world.start(seat)
    return ""


def jump(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A machine's clock is set wrong."""
    minutes = dice.choice(_JUMPS)
    seat.clock.forward(minutes=minutes)
    return f"{minutes} minutes"


def jump_the_hub(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The hub's clock is set wrong."""
    minutes = dice.choice(_JUMPS)
    fleet.world.clock.forward(minutes=minutes)
    return f"{minutes} minutes"


def wait(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """Time passes."""
    seconds = dice.choice((3, 11, 400, 4000))
    fleet.wait(seconds)
    return f"{seconds} seconds"


def copy_a_laptop(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """All that is on one machine is put on a second one: two desks with one name."""
    place = seat.place + COPY
    if place in fleet.seats or COPY in seat.place:
        return "there is one"
    copy = fleet.add(place)
    fleet.world.copy(seat, copy)
    copy.saved, copy.poisoned = list(seat.saved), set(seat.poisoned)
    copy.forbidden = set(seat.forbidden)
    copy.clock.moment = seat.clock.moment
    fleet.world.start(copy)
    # From now on the plan's steps fall to either of them.
    return place
