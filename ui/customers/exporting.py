"""How a list of the centre becomes a file: asked first, written down by the hub, then written.

Knows no Qt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lumi_desk.clock import Clock, local_day
from lumi_desk.errors import LumiError
from lumi_desk.exports.export import as_file, write
from lumi_desk.exports.rules import Format, require_purpose
from lumi_desk.managing.centre import CentreCustomer, ListCentre
from lumi_desk.managing.centre_client import CentreAtHub
from lumi_desk.managing.exporting import DoExport, ExportPreviewed, PreviewExport
from lumi_desk.sync import outbox
from ui.customers import centre_saying
from ui.customers.filing import where_to
from ui.lane import Lane
from ui.widgets.values import Choice, Notice, Tone
from ui.words import count, sentence, tr, trn
from ui.workspace.screen import Ask

_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be exported, how much of it may, and what was written so far.

    `told` came from the hub already: what is written to another folder is not asked for again.
    """

    asked: ListCentre
    ids: tuple[str, ...]
    may: ExportPreviewed
    half_year: int
    purpose: str = ""
    format: Format = Format.XLSX
    problem: LumiError | None = None
    told: tuple[CentreCustomer, ...] = ()


class Exporting:
    """The question before an export, and the export. `changed` is called when it looks else."""

    def __init__(
        self,
        lane: Lane,
        hub: CentreAtHub,
        now: Clock,
        ask_path: Callable[[str], str],
        changed: Callable[[], object],
        failed: Callable[[LumiError], object],
    ) -> None:
        self._lane, self._hub, self._now, self._ask_path = lane, hub, now, ask_path
        self._changed, self._failed = changed, failed
        self._asking: Asking | None = None
        self._busy = False
        # What the hub is asked about, until it answers or another question is begun.
        self._wanted: PreviewExport | None = None
        self.toast: Notice | None = None

    def begin(self, asked: ListCentre, ids: Sequence[str], half_year: int) -> None:
        """Ask the hub how much may be exported, then her; not while a file is made.

        Asked again about the same customers she keeps what she wrote.
        """
        if self._busy:
            return
        told = self._wanted = PreviewExport(asked, tuple(ids))

        def may(found: ExportPreviewed) -> None:
            if self._wanted is told:
                self._wanted, was = None, self._asking
                fresh = Asking(asked, told.ids, found, half_year)
                again = was is not None and (was.asked, was.ids) == (asked, told.ids)
                self._ask(replace(was, may=found, problem=None) if was and again else fresh)

        def failed(problem: LumiError) -> None:
            if self._wanted is told:
                self._wanted = None
                self._failed(problem)

        self._lane.outside(lambda: self._hub.preview_export(told), may, failed)

    @property
    def asks(self) -> bool:
        """Whether its question is open."""
        return self._asking is not None

    def question(self) -> tuple[Ask | None, str]:
        """The question as the page shows it, and what stands in its line."""
        asking = self._asking
        return (None, "") if asking is None else (ask(asking), asking.purpose)

    def tick(self) -> None:
        """Time has passed."""
        if self.toast is not None and self.toast.is_over(self._now()):
            self.toast_closed()

    def ask_chosen(self, name: str) -> None:
        """What kind of file."""
        if self._asking is not None and not self._busy:
            self._ask(replace(self._asking, format=Format(name)))

    def ask_written(self, text: str) -> None:
        """What it is for, so far."""
        if self._asking is not None and not self._busy:
            self._ask(replace(self._asking, purpose=text, problem=None))

    def ask_confirmed(self) -> None:
        """Ask where to; then the hub counts it, writes it down and tells it."""
        asking = self._asking
        if asking is None or self._busy:
            return
        try:
            require_purpose(asking.purpose)
        except LumiError as problem:
            self._ask(replace(asking, problem=problem))
            return
        path = where_to(self._ask_path, asking.format, local_day(self._now()))
        if path is None:
            return
        self._busy = True
        if asking.told:
            self._write(asking, path)
            return
        purpose = asking.purpose.strip()[:_MOST_WORDS]
        op = DoExport(asking.asked, asking.format.value, asking.may.rows, purpose, asking.ids)
        self._lane.outside(
            lambda: self._hub.export(op),
            lambda found: self._write(replace(asking, told=found.customers), path),
            lambda problem: self._not_done(asking, problem),
        )

    def ask_closed(self) -> None:
        """Nothing is exported."""
        if not self._busy:
            self._asking = self._wanted = None
            self._changed()

    def toast_closed(self) -> None:
        """It was read."""
        self.toast = None
        self._changed()

    def _ask(self, asking: Asking) -> None:
        self._asking, self.toast = asking, None
        self._changed()

    def _write(self, asking: Asking, path: Path) -> None:
        now, days = self._now(), asking.half_year
        headings = centre_saying.headings_of_file(days)
        lines = [centre_saying.line_of_file(one, days, now) for one in asking.told]
        title = tr("Customers")
        self._lane.outside(
            lambda: write(path, as_file(asking.format, title, headings, lines)),
            lambda _: self._written(len(lines), path),
            lambda problem: self._not_done(asking, problem),
        )

    def _written(self, many: int, path: Path) -> None:
        self._busy, self._asking = False, None
        said = trn("{n} customer is in {file}", "{n} customers are in {file}", many, file=path.name)
        self.toast = Notice(said, Tone.GOOD, until=self._now() + outbox.UNDO_LASTS)
        self._changed()

    def _not_done(self, asking: Asking, problem: LumiError) -> None:
        """The question stays: what was written is not lost, nor what the hub has counted."""
        self._busy = False
        self._ask(replace(asking, problem=problem))


def ask(asking: Asking) -> Ask:
    """The question in words."""
    return Ask(
        title=trn("Export {n} customer", "Export {n} customers", asking.may.rows),
        choices=(
            Choice(Format.XLSX, tr("Workbook (.xlsx)"), chosen=asking.format is Format.XLSX),
            Choice(Format.CSV, tr("Text (.csv)"), chosen=asking.format is Format.CSV),
        ),
        entry=True,
        placeholder=tr("What for?"),
        reading=sentence(asking.problem) if asking.problem else _reading(asking.may),
        confirm=tr("Export"),
    )


def _reading(may: ExportPreviewed) -> str:
    """How much of it, what is masked, what remains, and who hears of it."""
    parts = [tr("Phone numbers are masked.")]
    if may.rows < may.found:
        only = tr(
            "Only the first {n} of {many}: a file holds at most {most}.",
            n=count(may.rows), many=count(may.found), most=count(may.most),
        )  # fmt: skip
        parts.append(only)
    left = max(may.per_day - may.today - may.rows, 0)
    parts.append(
        tr(
            "{left} of the day's {most} remain after it.",
            left=count(left), most=count(may.per_day),
        )
    )  # fmt: skip
    parts.append(tr("The hub writes down who exported what, and what for."))
    return " ".join(parts)
