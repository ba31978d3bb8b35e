"""`python -m lumi_desk.hub`."""

from lumi_desk.hub import logs
from lumi_desk.hub.cli import app


def main() -> None:
    """Run one command of `lumi-hub`."""
    logs.tell_crashes()
    app(prog_name="lumi-hub")


if __name__ == "__main__":
    main()
