"""`lumi-desk demo`: a hub with an invented company in it, and a desk; or a tour of both."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lumi_desk import paths
from lumi_desk.demo import founding
from lumi_desk.demo.place import Place, Playing, playing_now
from lumi_desk.demo.processes import Hub, desk_process, end
from lumi_desk.demo.tour import Tour
from lumi_desk.errors import LumiError

_CUSTOMERS = 3000
_TOUR_CUSTOMERS = 300


@dataclass(frozen=True)
class _Told:
    """The command line."""

    orders: Path | None
    tour: Path | None
    customers: int
    folder: Path | None
    fresh: bool
    lang: str
    zoom: int
    scheme: str

    def look(self) -> tuple[str, ...]:
        """What the desk is told about its look."""
        chosen = {"--lang": self.lang, "--zoom": self.zoom, "--scheme": self.scheme}
        return tuple(str(part) for each in chosen.items() if each[1] for part in each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the demonstration until its window is closed, or its tour. Returns the exit code."""
    told = _arguments(arguments)
    # Being ended from outside ends the hub and the desk too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if told.orders and not told.orders.exists():
            raise NoSuchFile(file=str(told.orders))
        return _tour(told) if told.tour else _open(told)
    except LumiError as error:
        _say(error.in_english())
        return 1
    except KeyboardInterrupt:
        return 130


class NoSuchFile(LumiError):
    """The orders file is not there."""

    title = "There is no file {file}"
    advice = "Give the path of a shop's order export."


def _open(told: _Told) -> int:
    place = Place(told.folder or paths.data_folder().with_name("Lumi Desk Demo"))
    orders = str(told.orders or "")
    playing = place.played()
    wanted = (told.customers, orders)
    if told.fresh or not playing or not playing.fits() or wanted != _played(playing):
        _say("Inventing a company (this takes some seconds) …")
        playing = playing_now(told.customers, orders, fair=False)
        _found(place, playing, told.orders)
    hub = Hub(place, playing)
    try:
        hub.start()
        place.move_to(hub.address)
        _say("The desk opens. Choose who you want to be; close its window to end.")
        desk = desk_process(place, "desk", "ui", *told.look())
        try:
            return desk.wait()
        finally:
            end(desk)
    finally:
        hub.stop()


def _tour(told: _Told) -> int:
    assert told.tour is not None  # noqa: S101  (asked before)
    with tempfile.TemporaryDirectory(prefix="lumi-tour-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder))
        playing = playing_now(told.customers, str(told.orders or ""), fair=True)
        company = founding.found(place, playing)
        hub = Hub(place, playing)
        place.invite(company.persons, playing)
        try:
            answer = Tour(place, hub, company, told.tour, told.look()).play(told.orders)
        finally:
            hub.stop()
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    return 0 if answer["ok"] else 1


def _found(place: Place, playing: Playing, orders: Path | None) -> None:
    place.clear()
    company = founding.found(place, playing)
    if orders is not None:
        founding.bring_in(place, company, orders)
    place.invite(company.persons, playing)
    place.keep(playing)


def _played(playing: Playing) -> tuple[int, str]:
    return playing.customers, playing.orders


def _arguments(arguments: Sequence[str] | None) -> _Told:
    parser = argparse.ArgumentParser(
        prog="lumi-desk demo",
        description="An invented company: a hub, and a desk to sign in at as anyone in it.",
    )
    parser.add_argument("--orders", type=Path, help="a shop's order export instead of customers")
    parser.add_argument("--tour", type=Path, metavar="DIR", help="play by itself; pictures to DIR")
    parser.add_argument("--customers", type=int, default=0, help="how many customers to invent")
    parser.add_argument("--folder", type=Path, help="where the demonstration keeps its data")
    parser.add_argument("--fresh", action="store_true", help="begin anew")
    parser.add_argument("--lang", default="", choices=["zh_CN", "en"])
    parser.add_argument("--zoom", type=int, default=0, help="80 to 200 percent")
    parser.add_argument("--scheme", default="", choices=["light", "dark", "contrast"])
    told = vars(parser.parse_args(arguments))
    if not told["customers"]:
        told["customers"] = _TOUR_CUSTOMERS if told["tour"] else _CUSTOMERS
    return _Told(**told)


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main())
