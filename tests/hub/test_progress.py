"""How commands tell how far they are: one line on a terminal, elsewhere a line now and then."""

import io
from functools import partial

import pytest
from rich.console import Console

from lumi_desk.hub import cli_shared
from lumi_desk.hub.cli_shared import progress


def test_elsewhere_each_part_says_once_that_it_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress() as tell:
        for done in range(101):
            tell("orders", done, 100)
        tell("orders", 100, 100)
    assert capsys.readouterr() == ("", "orders: 100 of 100\n")


def test_elsewhere_a_long_one_says_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_shared, "_SILENCE", 0.0)
    with progress() as tell:
        tell("reading", 12_300_000, 400_000_000)
        tell("orders", 1_000, 1_000_000)
    out, said = capsys.readouterr()
    assert out == ""
    assert said.splitlines() == ["reading: 12.3 MB of 400.0 MB", "orders: 1,000 of 1,000,000"]


def test_on_a_terminal_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(cli_shared, "Console", partial(_same, terminal))
    with progress() as tell:
        tell("reading", 12_300_000, 400_000_000)
        tell("orders", 1_000, 1_000_000)
    shown = screen.getvalue()
    # Every picture is drawn over the one before; the last one stays.
    last = shown.rpartition("\x1b[2K")[2]
    assert "orders" in last
    assert "1,000 of 1,000,000" in last
    assert "reading" not in last
    assert shown.count("\n") == 1


def _same(console: Console, *, stderr: bool) -> Console:
    assert stderr
    return console
