"""What stops a start, and how it is said."""

import sys


class NotReady(Exception):
    """A piece is missing. The text is one sentence with the command that mends it."""


def tell(sentence: str) -> None:
    """Say something on stderr: standard output belongs to the program that is started."""
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201
