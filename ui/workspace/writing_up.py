"""The part of the presenter that follows the wrap-up form and saves it."""

from dataclasses import replace

from lumi_desk.calls.underway.rules import Item
from ui.words import tr, when
from ui.workspace import saving
from ui.workspace.contact import ContactEvents
from ui.workspace.saying import form as forms
from ui.workspace.screen import Stage
from ui.workspace.state import Asking, Question


class WrapUpEvents(ContactEvents):
    """Each field is kept as it is filled; one save makes operations of all."""

    def disposition_chosen(self, name: str) -> None:
        """What happened. A sale wants to know what was bought."""
        call = self._desk.call
        if call is None or self._stage() is not Stage.WRAP_UP:
            return
        self._desk.faults.pop(saving.FORM, None)
        form = replace(call.form, disposition=name)
        if name == forms.SOLD and form.sale is None:
            form = replace(form, sale=self._picked(call.chosen))
        if name == forms.SOLD and form.sale is None:
            self._desk.asking = Asking(Question.SALE)
        self._change(replace(call, form=form))

    def side_switched(self) -> None:
        """To the outcomes of the other side."""
        call = self._desk.call
        if call is not None and self._stage() is Stage.WRAP_UP:
            self._fill(answered=not call.form.answered, disposition="")

    def attitude_chosen(self, name: str) -> None:
        """Her attitude; the same one again takes it back."""
        if self._desk.call is not None:
            self._fill(attitude="" if self._desk.call.form.attitude == name else name)

    def wechat_chosen(self, name: str) -> None:
        """How it stands with WeChat."""
        self._fill(wechat_state=name)

    def proof_written(self, text: str) -> None:
        """The number of the order or the payment."""
        if saving.is_proof(text):
            self._desk.faults.pop(saving.PROOF, None)
        self._fill(proof=text)

    def next_written(self, text: str) -> None:
        """When to contact her next, in words; read at once, with a sentence when not readable."""
        chosen, faults = self._desk.chosen, self._desk.faults
        faults.pop(saving.NEXT, None)
        if chosen is None or not text.strip():
            self._fill(next_words=text, next_at=None)
            return
        now = self._now()
        found = forms.moment(text, chosen.habit, chosen.budget, now)
        if found.at is None:
            faults[saving.NEXT] = forms.reading(found, now)
        self._fill(next_words=text, next_at=found.at)

    def next_kind_chosen(self, name: str) -> None:
        """What the next contact is about."""
        self._fill(next_kind=name)

    def case_marked(self, marked: bool) -> None:  # noqa: FBT001  # It is the value itself.
        """Whether the call is worth learning from."""
        self._fill(case=marked)

    def saved(self) -> None:
        """Save and go on; or say what is missing, at its field."""
        desk, now = self._desk, self._now()
        if desk.call is None or desk.chosen is None or self._stage() is not Stage.WRAP_UP:
            return
        desk.faults = saving.faults(desk.call, now)
        if saving.FORM in desk.faults:
            self._complain(desk.faults[saving.FORM])
            return
        if desk.faults:
            self._draw()
            return
        ops = saving.operations(desk.call, desk.chosen, desk.me, now)
        self._do(*ops, said=self._said(), before=desk.call, advance=True)

    def _said(self) -> str:
        """What the toast says of a save."""
        chosen, call = self._desk.chosen, self._desk.call
        name = chosen.her.name if chosen else ""
        parts = [tr("Saved: {name}", name=name)]
        if call is not None and call.form.next_at is not None:
            at = when(call.form.next_at, self._now())
            parts.append(tr("callback {when}", when=at))
        return " · ".join(parts)

    def _picked(self, offer: str) -> Item | None:
        """What a sale of the chosen offer would be about."""
        chosen = self._desk.chosen
        if chosen is None:
            return None
        for one in chosen.shown.offers:
            if one.id == offer:
                return chosen.shown.shelf.item(one.kind.value, one.id)
        return None
