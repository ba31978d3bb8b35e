"""The form in which a customer's details are changed."""

from lumi_desk.customers.fields.rules import Field
from ui.sync.saying import FIELDS
from ui.words import N_, tr
from ui.workspace.screen import Edit, EditField
from ui.workspace.state import Editing

_HINTS = {
    Field.BIRTHDAY: N_("as 1970-05-01"),
    Field.ALLERGY: N_("what she must not have"),
}


def edit(editing: Editing) -> Edit:
    """The form as it was opened, with what does not fit."""
    fields = tuple(
        EditField(
            one,
            tr(FIELDS[one]),
            editing.was[one],
            tr(_HINTS.get(one, "")),
            editing.faults.get(one, ""),
        )
        for one in Field
    )
    title = tr("What is known of {name}", name=editing.was[Field.NAME])
    return Edit(editing.customer_id, title, fields, tr("Save"), tr("Cancel · Esc"))


def problem(field: Field) -> str:
    """Why something does not fit into a field."""
    if field is Field.NAME:
        return tr("A name is needed.")
    if field is Field.BIRTHDAY:
        return tr("A day that is over, as 1970-05-01.")
    if field is Field.HOUSEHOLD:
        return tr("A number from 1 to 20.")
    return tr("This is too long.")
