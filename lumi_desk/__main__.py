"""`python3 -m lumi_desk`: from a bare clone to a running desk, demo, hub or test run."""

# This file must parse on Pythons too old for the rest, so that they get a sentence.
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the very Pythons this is for)
    sys.exit(
        "Lumi Desk needs Python 3.11 or newer and this is %d.%d: "  # noqa: UP031
        "start it with a newer one, as in python3.12 -m lumi_desk." % sys.version_info[:2]
    )
if not __package__:
    # Started as `python3 <clone>/lumi_desk`: the rooms must not hide the standard library.
    sys.path[0] = __file__.rpartition("lumi_desk")[0] or "."

from lumi_desk.launcher.start import main

if __name__ == "__main__":
    sys.exit(main())
