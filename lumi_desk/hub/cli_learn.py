"""`lumi-hub learn`: what the hub's own records teach."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lumi_desk import clock
from lumi_desk.hub import learning_order
from lumi_desk.hub.cli_evaluate_calls import points_in_words
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking
from lumi_desk.hub.learning_order import Lesson
from lumi_desk.worklist.known.rules import FEATURES

app = typer.Typer(no_args_is_help=True, help="Learn from the hub's own records.")


@app.callback()
def _learn() -> None:
    """Learn from the hub's own records."""


@app.command("call-order", epilog="Example: lumi-hub learn call-order --preview")
def call_order(
    preview: Annotated[bool, typer.Option("--preview", help="Only show what is learned.")] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Learn from the outcomes of calls whom to call first, and send it to the desks.

    It orders customers within one reason of the day's list, and only if it does so clearly better
    on the latest calls than value and time since contact do.
    """
    with speaking(as_json) as speech, hub(database) as store, progress() as tell:
        lesson = learning_order.learn_and_keep(store, clock.now(), keep=not preview, tell=tell)
        words = lesson_in_words(lesson)
        if lesson.points is not None:
            words += "\n" + points_in_words(FEATURES, lesson.points)
        if preview:
            words += "\nA preview: nothing was changed."
        speech.say(lesson_as_data(lesson) | {"preview": preview}, words)


def lesson_as_data(lesson: Lesson) -> dict[str, Any]:
    """What calls taught, for machines."""
    return asdict(lesson) | {
        "answered_missing": lesson.answered_missing,
        "good_missing": lesson.good_missing,
        "better": lesson.is_better,
    }


def lesson_in_words(lesson: Lesson) -> str:
    """What calls taught, for people."""
    counted = (
        f"{lesson.calls:,} calls, {lesson.answered:,} answered, {lesson.good:,} sold or interested"
    )
    if lesson.points is None:
        return (
            f"Call order: {counted}. Too few to learn from: {lesson.answered_missing:,} more "
            f"answered and {lesson.good_missing:,} more that sell or interest are needed. "
            "The rules stand alone."
        )
    if lesson.auc is None:
        return f"Call order: {counted}. The latest all ended alike, so nothing can be judged."
    judged = f"AUC on the latest fifth {lesson.auc:.3f}, by value and time {lesson.auc_before:.3f}"
    followed = (
        "Better, so the list follows it." if lesson.is_better else "No better, so not followed."
    )
    return f"Call order: {counted}. {judged}. {followed}"
