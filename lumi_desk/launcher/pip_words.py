"""What pip said, in one sentence a person can act on."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Saying:
    """Words of pip that all mean one thing, and that thing."""

    signs: tuple[str, ...]
    sentence: str


# The order matters: without a network pip ends by saying that there is no such package.
_SAYINGS = (
    Saying(
        signs=(
            "name resolution",
            "new connection",
            "nodename nor",
            "getaddrinfo",
            "Max retries",
            "timed out",
            "Network is unreachable",
            "Connection refused",
            "ConnectionError",
        ),
        sentence="The package index is out of reach: check the network, or the proxy and the index"
        " that `python3 -m pip config list` shows, and start again.",
    ),
    Saying(
        signs=("No space left", "not enough space"),
        sentence="The disk is full: make room for 1 GB and start again.",
    ),
    Saying(
        signs=("DO NOT MATCH THE HASHES",),
        sentence="A downloaded package is not the one in the lock, so nothing was installed: run"
        " `python3 -m pip cache purge` and start again, or ask who keeps your package index.",
    ),
    Saying(
        signs=("No matching distribution", "Could not find a version"),
        sentence="The package index has nothing ready-made for Python {python} on this machine"
        " ({last}): start with another, as in `python3.11 -m lumi_desk`, or see that"
        " `python3 -m pip config list` names a whole index.",
    ),
)


def explained(said: Sequence[str]) -> str:
    """Return the sentence for the lines of a pip that failed."""
    whole = "\n".join(said)
    errors = [line for line in said if line.startswith("ERROR")]
    last = (errors or list(said) or ["pip said nothing"])[-1].removeprefix("ERROR: ")
    for saying in _SAYINGS:
        if any(sign in whole for sign in saying.signs):
            python = ".".join(map(str, sys.version_info[:2]))
            return saying.sentence.format(python=python, last=last)
    return f"pip could not install what Lumi Desk needs ({last}): mend that and start again."
