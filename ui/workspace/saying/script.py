"""The words to say, with what is known about her filled in."""

from collections.abc import Mapping

from lumi_desk.scripts.rules import Objection, Run, Walk, render
from ui.widgets.values import Choice, Line, Span, Tone, plain
from ui.words import tr
from ui.workspace.screen import Hit, Script


def script(walk: Walk, fields: Mapping[str, str], said: str, hits: tuple[Objection, ...]) -> Script:
    """The node the call stands at."""
    asked = walk.script
    return Script(
        title=tr("Script · {title} v{version}", title=asked.title, version=asked.version),
        path=walk.titles,
        words=_line(render(walk.node.wordings, fields, asked.language)),
        answers=tuple(
            Choice(str(place), _words(answer.text, walk, fields))
            for place, answer in enumerate(walk.node.answers)
        ),
        can_back=len(walk.path) > 1,
        searched=said,
        hits=tuple(_hit(one, walk, fields) for one in hits),
        no_hits=_no_hits(said, hits),
    )


def _hit(one: Objection, walk: Walk, fields: Mapping[str, str]) -> Hit:
    return Hit(one.words[0], _line(render((one.reply,), fields, walk.script.language)))


def _words(text: str, walk: Walk, fields: Mapping[str, str]) -> str:
    return plain(_line(render((text,), fields, walk.script.language))) or text


def _no_hits(said: str, hits: tuple[Objection, ...]) -> str:
    if not said.strip() or hits:
        return ""
    return tr("No reply is written for that. Listen, note it, and ask your team leader.")


def _line(runs: tuple[Run, ...]) -> Line:
    return tuple(
        Span(run.text, strong=True, tone=Tone.BRAND) if run.filled else Span(run.text)
        for run in runs
    )
