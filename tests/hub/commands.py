"""Whether a line typed at `lumi-hub` is one that the program knows, without carrying it out."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import typer

from lumi_desk.hub.cli import app

_ENDS = {"|", "&&", "||", ";", ">", ">>", "<"}


def resolve(words: list[str]) -> str:
    """The command's name; raises what the program would say of words it does not know."""
    command: Any = typer.main.get_command(app)
    name, rest = "lumi-hub", list(words)
    while True:
        context = command.make_context(name, rest)
        if not hasattr(command, "resolve_command"):
            return str(name)
        left = [*getattr(context, "_protected_args", []), *context.args]
        assert left, f"{name} alone says nothing"
        name, command, rest = command.resolve_command(context, left)


def typed(shell: str) -> Iterator[list[str]]:
    """The words behind `lumi-hub` in each line of a shell's text."""
    for line in shell.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        for place, word in enumerate(words):
            if re.fullmatch(r"(?:/opt/lumi/bin/)?lumi-hub", word) and _begins(words, place):
                rest = words[place + 1 :]
                ends = [at for at, one in enumerate(rest) if one in _ENDS]
                yield rest[: min(ends, default=len(rest))]


def _begins(words: list[str], place: int) -> bool:
    """Whether this word is a program to start, and no service or person of that name."""
    return place == 0 or words[place - 1] not in ("start", "stop", "reload", "-u")
