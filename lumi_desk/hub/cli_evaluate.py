"""`lumi-hub evaluate`: how good a ranking is, on histories it has not seen."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lumi_desk.customers.again.fitting import ENOUGH_CUSTOMERS, ENOUGH_REPEATERS
from lumi_desk.customers.again.judging import Verdict, judge
from lumi_desk.errors import LumiError
from lumi_desk.hub import public_histories
from lumi_desk.hub.cli_shared import AsJson, speaking
from lumi_desk.hub.public_histories import Histories

app = typer.Typer(no_args_is_help=True, help="Judge a ranking on histories it has not seen.")

PublicFile = Annotated[
    Path, typer.Argument(help="The CDNOW sample or the Online Retail table, .gz or not.")
]
Split = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        show_default="the usual one of the file",
        help="The first day that is judged; everything before it is learned from.",
    ),
]
_RANKINGS = {
    "this ranking": "this ranking (MBG/NBD and spend)",
    "BG/NBD": "BG/NBD alone",
    "RFM fifths": "sum of RFM fifths",
    "frequency": "frequency alone",
    "recency": "recency alone",
}


class SplitOutside(LumiError):
    """A split that leaves nothing to learn from or nothing to judge."""

    title = "A split at {split} does not lie within {file}: its purchases are of {first} to {last}"
    advice = "Give a day in between: --split YYYY-MM-DD, the first day that is judged."

    @classmethod
    def require(cls, file: str, split: date, read: Histories) -> None:
        """Raise it unless there is something on both sides of the split."""
        first = min(diary[0][0] for diary in read.diaries.values())
        if not first < split <= read.last:
            days = {"split": split, "first": first, "last": read.last}
            raise cls(file=file, **{name: day.isoformat() for name, day in days.items()})


class TooLittle(LumiError):
    """Histories too few or too much alike to learn from and to judge."""

    title = "{file} says too little around {split}"
    advice = (
        "Learning takes {customers} customers before that day, {repeaters} of whom bought on two "
        "days or more; judging takes some who came back after it and some who did not."
    )


@app.callback()
def evaluate() -> None:
    """Judge a ranking on histories it has not seen."""


@app.command("buys-again", epilog="Example: lumi-hub evaluate buys-again cdnow_sample.txt")
def buys_again(file: PublicFile, split: Split = None, as_json: AsJson = False) -> None:
    """Learn who buys again from the first part of the histories, and judge it on the rest.

    AUC is the chance that who came back stands before who did not, ties counted half. The top
    tenth is the share of all later purchases made by the first tenth of the customers.
    """
    with speaking(as_json) as speech:
        read = public_histories.read(file)
        verdict = _verdict(file.name, read, split.date() if split else read.split)
        speech.say(_as_data(read, verdict), _as_words(file.name, read, verdict))


def _verdict(file: str, read: Histories, split: date) -> Verdict:
    SplitOutside.require(file, split, read)
    verdict = judge(read.diaries, split, read.last)
    if verdict is None:
        raise too_little(file, split)
    return verdict


def too_little(file: str, split: date) -> TooLittle:
    """The refusal of histories that say too little around a split."""
    enough = {"customers": ENOUGH_CUSTOMERS, "repeaters": ENOUGH_REPEATERS}
    return TooLittle(file=file, split=split.isoformat(), **enough)


def _as_data(read: Histories, verdict: Verdict) -> dict[str, Any]:
    numbers = verdict.learned.settings
    habits = numbers.habits
    return {
        "format": read.format,
        "rows": read.rows,
        "left_out": dict(read.left_out),
        "learned_until": verdict.learned_until.isoformat(),
        "judged_until": verdict.judged_until.isoformat(),
        "customers": verdict.customers,
        "bought_again": verdict.again,
        "share": round(verdict.share, 4),
        "purchases": verdict.purchases,
        "learned": {
            "r": habits.r,
            "alpha": habits.alpha,
            "a": habits.a,
            "b": habits.b,
            "spend": numbers.spend,
            "log_likelihood": verdict.learned.log_likelihood,
        },
        "rankings": [
            {"name": one.name, "auc": round(one.auc, 4), "top_tenth": round(one.top_tenth, 4)}
            for one in verdict.rankings
        ],
    }


def _as_words(file: str, read: Histories, verdict: Verdict) -> str:
    numbers, until = verdict.learned.settings, verdict.learned_until
    habits = numbers.habits
    without = ", ".join(f"{count:,} {why}" for why, count in sorted(read.left_out.items()))
    came = f"{verdict.again:,} bought again ({verdict.share:.1%})"
    shapes = f"r {habits.r:.3g}, alpha {habits.alpha:.4g} weeks, a {habits.a:.3g}, b {habits.b:.4g}"
    lines = [
        f"{file}: {read.format}, {read.rows:,} rows",
        f"left out      {without or 'none'}",
        f"learned       until {until}: {shapes}, weight of spend {numbers.spend:.3g}",
        f"judged        until {verdict.judged_until}, {numbers.weeks:.0f} weeks",
        f"customers     {verdict.customers:,}, {came}, on {verdict.purchases:,} days",
        "",
        f"{'ranking':<34}{'AUC':>7}{'top tenth holds':>18}",
        *(
            f"{_RANKINGS[one.name]:<34}{one.auc:>7.4f}{one.top_tenth:>18.1%}"
            for one in verdict.rankings
        ),
    ]
    return "\n".join(lines)
