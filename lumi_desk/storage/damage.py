"""What a driver says of a file that is not as it was written."""

from lumi_desk.errors import N_, LumiError

_WORDS = ("malformed", "not a database", "file is encrypted")


class Damaged(LumiError):
    """The file does not say any more what was written into it."""

    title = N_("The data file is damaged")
    advice = N_(
        "Close the program and open it again: it makes a new file and carries over what has not "
        "been sent."
    )


def is_damage(error: BaseException | None) -> bool:
    """Whether a SQLite driver says that the file, not the question, is at fault."""
    said = str(error).lower()
    return any(words in said for words in _WORDS)
