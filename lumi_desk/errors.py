"""The errors a person reads: a short fact and what to do about it."""


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark a message for translation without translating it here."""
    return message


class LumiError(Exception):
    """The world misbehaved, or the person must do something.

    `title` and `advice` are English templates with named fields, translated by whoever shows
    them; `params` fills the fields; `code` names the error on the wire and in `--json`.
    """

    title = N_("Something went wrong")
    advice = ""

    def __init__(self, **params: str | int) -> None:
        self.params = params
        super().__init__(self.in_english())

    @property
    def code(self) -> str:
        """The name of this kind of error, stable across versions."""
        return type(self).__name__

    def in_english(self) -> str:
        """The whole sentence for commands and logs."""
        title = self.title.format(**self.params)
        advice = self.advice.format(**self.params)
        return f"{title}. {advice}" if advice else title
