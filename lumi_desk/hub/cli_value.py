"""`lumi-hub customers value` and `lumi-hub evaluate value`: what customers bring."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import typer

from lumi_desk import clock, money
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.judging import Error, Verdict, judge
from lumi_desk.customers.value.rules import ValueSettings
from lumi_desk.hub import counting, public_histories
from lumi_desk.hub.cli_evaluate import PublicFile, Split, SplitOutside, too_little
from lumi_desk.hub.cli_shared import AsJson, Database, hub, speaking, table
from lumi_desk.managing.figures import FigureValue

_WAYS = {
    "this model": "this model (MBG/NBD and gamma-gamma)",
    "mean": "the mean of all, by time",
    "as before": "as much as before",
}
_RULE = "it must be nearer than both others, and all together within 0.75 and 1.33."


def show(database: Database = "", as_json: AsJson = False) -> None:
    """Show by pool and grade what customers have brought, and what is expected in 12 months.

    Brought is all they ever paid for goods, by cash or card, without refunds. Expected is told by
    the model that was learned at night, by means or by the last year: the last line says which.
    """
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        now = clock.now()
        found, learned = counting.worths(session, now), value.settings(session, now)
        heads = ("", "customers", "brought", "each", "expected", "each")
        speech.say(asdict(found), table(heads, [_row(one) for one in found.groups]))
        if not as_json:
            typer.echo(learned_in_words(learned))


def _row(one: FigureValue) -> tuple[object, ...]:
    sums = (one.brought_fen, one.expected_fen)
    cells = (money.shown(part) for fen in sums for part in (fen, fen // one.customers))
    return (one.group, one.customers, *cells)


def learned_in_words(learned: ValueSettings) -> str:
    """By what is told what customers will bring."""
    of = f"of {learned.customers:,} customers"
    return {
        "model": f"Value: by a model {of}, nearer on their latest orders than simpler ways.",
        "means": f"Value: by means of pool and grade {of}; the model was no better on their latest"
        " orders.",
        "last year": "Value: as in the last year; there are too few customers to learn from.",
    }[counting.way(learned)]


def evaluate(file: PublicFile, split: Split = None, as_json: AsJson = False) -> None:
    """Learn what customers will bring from the first part of the histories, judge it on the rest.

    The error is the mean difference of what was expected of a customer and what she brought. The
    tenths are of the model: calibrated, what came is near to what was expected in each.
    """
    with speaking(as_json) as speech:
        read = public_histories.read(file)
        day = split.date() if split else read.split
        verdict = _verdict(file.name, read, day)
        speech.say(_as_data(read.format, verdict), _as_words(file.name, read.format, verdict))


def _verdict(file: str, read: public_histories.Histories, split: date) -> Verdict:
    SplitOutside.require(file, split, read)
    verdict = judge(read.diaries, split, read.last)
    if verdict is None:
        raise too_little(file, split)
    return verdict


def _as_data(kind: str, verdict: Verdict) -> Mapping[str, Any]:
    return {
        "format": kind,
        "learned_until": verdict.learned_until.isoformat(),
        "judged_until": verdict.judged_until.isoformat(),
        "customers": verdict.customers,
        "came_hundredths": verdict.fen,
        "strong": verdict.is_strong,
        "model": asdict(verdict.model),
        "errors": [asdict(one) for one in verdict.errors],
        "tenths": [asdict(one) for one in verdict.tenths],
    }


def _as_words(file: str, kind: str, verdict: Verdict) -> str:
    model = verdict.model
    days = (verdict.judged_until - verdict.learned_until).days
    weight = f"weighs as much as {model.weight:.2f} of her own"
    learned = f"a purchase is worth {_of(model.usual_fen)}, which {weight}"
    said = "A hub would use it:" if verdict.is_strong else "A hub would not use it, but means:"
    lines = [
        f"{file}: {kind}, {verdict.customers:,} customers",
        f"learned       until {verdict.learned_until}: {learned}",
        f"judged        until {verdict.judged_until}, {days} days, {_of(verdict.fen)} came",
        "",
        f"{'expectation':<38}{'mean error':>12}{'all expected ÷ came':>22}",
        *(_error(one) for one in verdict.errors),
        "",
        f"{'tenth by the model':<26}{'expected':>12}{'came':>12}",
        *(
            f"{place:<26}{_of(one.expected_fen):>12}{_of(one.came_fen):>12}"
            for place, one in enumerate(verdict.tenths, 1)
        ),
        "",
        f"{said} {_RULE}",
    ]
    return "\n".join(lines)


def _error(one: Error) -> str:
    return f"{_WAYS[one.name]:<38}{_of(one.fen):>12}{one.total:>22.2f}"


def _of(hundredths: float) -> str:
    """Money of the file's own kind."""
    return f"{hundredths / 100:,.2f}"
