"""The whole Screen from what the desk remembers and the time."""

from datetime import datetime

from ui.words import tr
from ui.workspace.saying import person
from ui.workspace.saying.asks import ask
from ui.workspace.saying.details import edit
from ui.workspace.saying.form import wrap_up
from ui.workspace.saying.offers import offers
from ui.workspace.saying.queue import queue
from ui.workspace.saying.script import script
from ui.workspace.saying.timeline import happenings
from ui.workspace.saying.top import top
from ui.workspace.screen import Note, Screen, Stage
from ui.workspace.state import Desktop


def screen(desktop: Desktop, now: datetime) -> Screen:
    """Everything to be seen now."""
    chosen, call = desktop.chosen, desktop.call
    if chosen is None or call is None:
        return Screen(
            Stage.NOBODY,
            top(desktop, now),
            queue(desktop, now),
            toast=desktop.toast,
            problem=desktop.problem,
            message=_message(desktop),
        )
    walk = desktop.walk
    return Screen(
        stage=desktop.stage,
        top=top(desktop, now),
        queue=queue(desktop, now),
        person=person.person(chosen, desktop, now),
        dial=person.dial(chosen, desktop, now, debt(desktop)),
        script=script(walk, chosen.fields, desktop.said, desktop.hits) if walk else None,
        offers=offers(chosen.offered(call), call.chosen, now),
        timeline=happenings(chosen, desktop.day.outcomes if desktop.day else (), now),
        note=Note(call.contact_id, call.note, tr("saved as you type")),
        wrap_up=wrap_up(desktop, chosen, call, now) if desktop.stage is Stage.WRAP_UP else None,
        ask=ask(desktop.asking, chosen, now) if desktop.asking else None,
        edit=edit(desktop.editing) if desktop.editing else None,
        toast=desktop.toast,
        problem=desktop.problem,
        message="" if walk else tr("There is no script for this situation."),
    )


def debt(desktop: Desktop) -> str:
    """The name of another customer whose call is not written up, or empty."""
    if desktop.day is None or desktop.chosen is None:
        return ""
    others = [
        call.customer_id
        for call in desktop.under_way
        if call.is_debt and call.customer_id != desktop.chosen.her.id
    ]
    names = {one.customer.id: one.customer.name for one in desktop.day.today.rows}
    return names.get(others[0], tr("another customer")) if others else ""


def _message(desktop: Desktop) -> str:
    if desktop.day is not None and not desktop.day.today.rows:
        return tr("Today's list is done. A callback appears here when it is due.")
    return tr("Nobody is chosen. Press F2 for the next customer.")
