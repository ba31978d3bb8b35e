"""The part of the presenter that asks in the page: refusal, consent, complaint, callback, sale."""

from dataclasses import replace

from lumi_desk.calls.operations import Refuse, SkipCustomer
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.clock import local_day
from lumi_desk.complaints.operations import OpenComplaint
from lumi_desk.consents.operations import GiveConsent, WithdrawConsent
from lumi_desk.consents.rules import Way, binding_from
from lumi_desk.ids import new_id
from ui.ways import WAYS
from ui.widgets.values import Notice, Tone
from ui.words import tr, when
from ui.workspace import saving
from ui.workspace.saying import asks
from ui.workspace.saying import form as forms
from ui.workspace.screen import Stage
from ui.workspace.state import Asking, Question
from ui.workspace.writing_up import WrapUpEvents


class QuestionEvents(WrapUpEvents):
    """A question stands in the page until it is answered or closed; work goes on beside it."""

    def refusal_wanted(self) -> None:
        """She does not want to be contacted any more. It cannot be undone, so it is asked once."""
        if self._desk.chosen is not None and not self._desk.chosen.her.refused:
            self._ask(Question.REFUSE)

    def consent_wanted(self) -> None:
        """She says how she wants to be reached, or how not."""
        self._ask(Question.WAY)

    def complaint_wanted(self) -> None:
        """She complains."""
        self._ask(Question.COMPLAIN)

    def callback_wanted(self) -> None:
        """She shall be called back."""
        self._ask(Question.CALLBACK)

    def sale_wanted(self) -> None:
        """She bought something."""
        self._ask(Question.SALE)

    def ask_written(self, text: str) -> None:
        """What is written into the question so far."""
        if self._desk.asking is not None:
            self._desk.asking.written = text
            self._draw()

    def ask_closed(self) -> None:
        """Never mind."""
        self._desk.asking = None
        self._draw()

    def ask_chosen(self, name: str) -> None:
        """One of the choices."""
        asking = self._desk.asking
        if asking is None:
            return
        match asking.question:
            case Question.SKIP:
                self._skip(name)
            case Question.CALLBACK:
                asking.written = name
                self._call_back(asking)
            case Question.SALE:
                self._sell(name)
            case Question.WAY:
                self._desk.asking = Asking(Question.CONSENT, item=name)
                self._draw()
            case Question.CONSENT:
                self._keep_word(asking, name)

    def ask_confirmed(self) -> None:
        """What is written is the answer."""
        asking = self._desk.asking
        if asking is None:
            return
        match asking.question:
            case Question.REFUSE:
                self._refuse(asking)
            case Question.COMPLAIN:
                self._open_complaint(asking)
            case Question.CALLBACK:
                self._call_back(asking)
            case Question.PROOF:
                self._prove(asking)

    def _ask(self, question: Question) -> None:
        if self._desk.call is not None:
            self._desk.asking = Asking(question)
            self._draw()

    def _refuse(self, asking: Asking) -> None:
        call, chosen = self._desk.call, self._desk.chosen
        if call is None or chosen is None or self._saving:
            return
        self._saving = True
        op = Refuse(
            id=new_id(),
            customer_id=call.customer_id,
            by=self._desk.me.person_id,
            at=self._now(),
            words=asking.written.strip(),
        )
        name = chosen.her.name
        self._lane.do(op, done=lambda _: self._refused(call, name), failed=self._not_done)

    def _refused(self, call: UnderWay, name: str) -> None:
        self._saving = False
        self._desk.asking = None
        self._desk.toast = Notice(
            tr("{name} will not be contacted any more.", name=name), Tone.GOOD
        )
        if call.is_debt:
            self._refresh()
            return
        self._commit_note()
        self._finish(call)

    def _keep_word(self, asking: Asking, name: str) -> None:
        """What she said of a way. What she withdraws binds at once and cannot be undone."""
        call, chosen, health = self._desk.call, self._desk.chosen, asking.item == asks.HEALTH
        if call is None or chosen is None or self._saving:
            return
        words, given, purpose = (asks.SAID_OF_HEALTH if health else asks.SAID)[name]
        kind, now = GiveConsent if given else WithdrawConsent, self._now()
        op = kind(
            id=new_id(),
            customer_id=call.customer_id,
            by=self._desk.me.person_id,
            at=now if given else binding_from(chosen.her.words, now),
            way=Way.PHONE if health else Way(asking.item),
            purpose=purpose,
            source=self._desk.me.name,
        )
        way = "" if health else tr(WAYS[Way(asking.item)])
        said = " · ".join(part for part in (chosen.her.name, way, tr(words)) if part)
        if given:
            self._desk.asking = None
            self._do(op, said=said, before=call, advance=False)
            return
        self._saving = True
        self._lane.do(op, done=lambda _: self._word_kept(said), failed=self._not_done)

    def _word_kept(self, said: str) -> None:
        self._saving = False
        self._desk.asking = None
        self._desk.toast = Notice(said, Tone.GOOD)
        self._refresh()

    def _skip(self, reason: str) -> None:
        call, chosen = self._desk.call, self._desk.chosen
        if call is None or chosen is None:
            return
        now = self._now()
        op = SkipCustomer(
            id=new_id(),
            customer_id=call.customer_id,
            by=self._desk.me.person_id,
            at=now,
            day=local_day(now),
            reason=reason,
        )
        self._desk.asking = None
        self._commit_note()
        said = tr("Passed over today: {name}", name=chosen.her.name)
        self._do(op, said=said, before=UnderWay(call.customer_id, new_id()), advance=True)

    def _open_complaint(self, asking: Asking) -> None:
        call, chosen, words = self._desk.call, self._desk.chosen, asking.written.strip()
        if call is None or chosen is None or not words:
            return
        op = OpenComplaint(
            id=new_id(),
            customer_id=call.customer_id,
            by=self._desk.me.person_id,
            at=self._now(),
            words=words,
        )
        self._desk.asking = None
        said = tr("Complaint opened: {name}", name=chosen.her.name)
        self._do(op, said=said, before=call, advance=False)
        if call.is_debt:
            self._put(replace(call, complaint=True))

    def _call_back(self, asking: Asking) -> None:
        """In a contact the promise goes into its form; outside it is made at once."""
        call, chosen, now = self._desk.call, self._desk.chosen, self._now()
        if call is None or chosen is None:
            return
        found = forms.moment(asking.written, chosen.habit, chosen.budget, now)
        if found.at is None:
            self._draw()
            return
        self._desk.asking = None
        if call.is_debt:
            self.next_written(asking.written)
            return
        op = saving.promise(call, self._desk.me, now, found.at)
        said = tr(
            "Callback promised: {name} · {when}", name=chosen.her.name, when=when(found.at, now)
        )
        self._do(op, said=said, before=call, advance=False)

    def _sell(self, name: str) -> None:
        """What was bought. Outside a contact its proof is asked for next."""
        call, chosen = self._desk.call, self._desk.chosen
        item = chosen.shown.shelf.item(*name.split(":", 1)) if chosen else None
        if call is None or item is None:
            return
        self._desk.asking = None if call.is_debt else Asking(Question.PROOF, item=name)
        form = replace(call.form, sale=item)
        if self._stage() is Stage.WRAP_UP:
            form = replace(form, answered=True, disposition=forms.SOLD)
        self._change(replace(call, form=form))

    def _prove(self, asking: Asking) -> None:
        call, chosen = self._desk.call, self._desk.chosen
        if call is None or chosen is None or call.form.sale is None:
            return
        if not saving.is_proof(asking.written):
            self._complain(saving.proof_wanted())
            return
        sold = replace(call, form=replace(call.form, proof=asking.written))
        op = saving.claim(sold, self._desk.me, self._now())
        self._desk.asking = None
        self._put(replace(call, form=replace(call.form, sale=None)))
        said = tr("Sale recorded: {name} · {what}", name=chosen.her.name, what=op.what)
        self._do(op, said=said, before=call, advance=False)
