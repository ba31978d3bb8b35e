"""The part of the presenter that changes what is known of a customer."""

from collections.abc import Mapping

from lumi_desk.clock import local_day
from lumi_desk.customers.fields.rules import BadValue, Field, Patch, text_of, value_of
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.ids import new_id
from ui.words import tr
from ui.workspace.questions import QuestionEvents
from ui.workspace.saying import details
from ui.workspace.state import Editing


class EditEvents(QuestionEvents):
    """A form stands in the page until it is saved or closed; only what changed is sent."""

    def edit_wanted(self) -> None:
        """Her details shall be changed."""
        chosen = self._desk.chosen
        if chosen is None:
            return
        was = {field: text_of(getattr(chosen.her, field)) for field in Field}
        self._desk.asking = None
        self._desk.editing = Editing(chosen.her.id, chosen.her.ver, was)
        self._draw()

    def edit_closed(self) -> None:
        """Never mind."""
        self._desk.editing = None
        self._draw()

    def edit_saved(self, told: Mapping[str, str]) -> None:
        """What the form holds, by field. Nothing is saved while something does not fit."""
        editing, call = self._desk.editing, self._desk.call
        if editing is None or call is None or self._saving:
            return
        editing.faults = self._faults(told)
        changes = tuple(
            Patch(field, was, told[field].strip())
            for field, was in editing.was.items()
            if told.get(field, was).strip() != was
        )
        if editing.faults:
            self._draw()
            return
        self._desk.editing = None
        if not changes:
            self._draw()
            return
        op = EditCustomer(
            id=new_id(),
            customer_id=editing.customer_id,
            by=self._desk.me.person_id,
            at=self._now(),
            base_ver=editing.ver,
            changes=changes,
        )
        said = tr("Details changed: {name}", name=told.get(Field.NAME, "").strip())
        self._do(op, said=said, before=call, advance=False)

    def _faults(self, told: Mapping[str, str]) -> dict[Field, str]:
        today, faults = local_day(self._now()), {}
        for field in Field:
            try:
                value_of(field, told.get(field, ""), today)
            except BadValue:
                faults[field] = details.problem(field)
        return faults
