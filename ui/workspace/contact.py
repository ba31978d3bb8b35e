"""The part of the presenter that follows a contact: dial, talk, script, note, end."""

from dataclasses import replace

from lumi_desk.calls.rules import Channel
from lumi_desk.calls.underway import rules as course
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.scripts import rules as scripts
from ui.workspace.base import Base
from ui.workspace.saying import person
from ui.workspace.saying.whole import debt
from ui.workspace.screen import Stage

_NO_ANSWER = "no_answer"


class ContactEvents(Base):
    """Without a phone connected the rep marks each step."""

    def dialled(self) -> None:
        """She dials, if the contact budget lets her."""
        desk = self._desk
        if desk.call is None or desk.chosen is None:
            return
        words = person.blocked(desk.chosen, desk, self._now(), debt(desk))
        if words:
            self._complain(words)
            return
        self._begin(course.dial(desk.call, self._now()))

    def written_to(self, channel: str) -> None:
        """She writes on WeChat or Wangwang; a refusal holds there too."""
        desk = self._desk
        if desk.call is None or desk.chosen is None:
            return
        words = person.not_to_be_written(desk.chosen, Channel(channel), self._now(), debt(desk))
        if words:
            self._complain(words)
            return
        self._begin(course.write(desk.call, Channel(channel), self._now()))

    def _begin(self, call: UnderWay) -> None:
        """The contact has begun: with which words, and which offers in sight."""
        desk = self._desk
        if desk.chosen is None:
            return
        if desk.chosen.script is not None and call.script_id is None:
            call = replace(call, script_id=desk.chosen.script.row_id)
        if desk.walk is not None:
            call = replace(call, path=desk.walk.path)
        desk.problem = desk.toast = desk.asking = None
        self._change(
            replace(call, offers=tuple(one.id for one in desk.chosen.offered(call).offers))
        )

    def answered(self) -> None:
        """Somebody picked up."""
        if self._desk.call is not None:
            self._change(course.answer(self._desk.call, self._now()))

    def unanswered(self) -> None:
        """Nobody picked up: on to the wrap-up, from where she may be dialled again."""
        self.ended()

    def ended(self) -> None:
        """The talk is over. What the script says of its end is suggested as the outcome."""
        call = self._desk.call
        if call is None or not self._desk.is_live:
            return
        over = course.end(call, self._now())
        if not over.form.disposition:
            over = replace(over, form=replace(over.form, disposition=self._suggested(over)))
        self._desk.asking = None
        self._change(over)

    def _suggested(self, call: UnderWay) -> str:
        walk = self._desk.walk
        name = walk.node.ends_as if walk and call.form.answered else _NO_ANSWER
        if call.form.answered and call.form.sale is not None:
            name = "sold"
        if name == "sold" and call.form.sale is None:
            # A sale is never assumed: the rep says what was bought.
            return ""
        outcomes = self._desk.day.outcomes if self._desk.day else ()
        fits = {one.id for one in outcomes if one.answered is call.form.answered}
        return name if name in fits else ""

    # The note.

    def noted(self, text: str) -> None:
        """The note as it stands, kept at once."""
        call = self._desk.call
        if call is not None and text != call.note:
            self._put(replace(call, note=text))

    # The script.

    def answer_chosen(self, place: int) -> None:
        """What she answered; places count from 0."""
        if self._desk.walk is not None:
            self._go(scripts.take(self._desk.walk, place + 1))

    def stepped_back(self) -> None:
        """One step back in the script."""
        if self._desk.walk is not None:
            self._go(scripts.back(self._desk.walk))

    def _go(self, walk: scripts.Walk) -> None:
        desk = self._desk
        desk.walk, desk.said, desk.hits = walk, "", ()
        if desk.call is not None and desk.call.is_debt:
            self._put(replace(desk.call, path=walk.path))
        self._draw()

    def objection_searched(self, words: str) -> None:
        """What she said against it; nothing written ends the search."""
        desk = self._desk
        if desk.walk is None:
            return
        desk.said = words
        desk.hits = scripts.find_objections(desk.walk, words) if words.strip() else ()
        self._draw()

    def objection_chosen(self, place: int) -> None:
        """The reply that is used: it stays alone."""
        desk = self._desk
        desk.hits = desk.hits[place : place + 1] or desk.hits
        self._draw()

    def offer_chosen(self, place: int) -> None:
        """The offer she talks about; the same one again puts it down."""
        desk = self._desk
        if desk.call is None or desk.chosen is None:
            return
        offers = desk.chosen.offered(desk.call).offers
        if not 0 <= place < len(offers):
            return
        one = offers[place]
        chosen = "" if desk.call.chosen == one.id else one.id
        call = replace(desk.call, chosen=chosen)
        if self._stage() is Stage.WRAP_UP and chosen:
            item = desk.chosen.shown.shelf.item(one.kind.value, one.id)
            call = replace(call, form=replace(call.form, sale=item))
        self._change(call)

    def number_copied(self) -> None:
        """Her whole number goes to the clipboard, or what finds her where there is none."""
        if self._desk.chosen is not None:
            her = self._desk.chosen.her
            self._copy(her.phone or her.wangwang or her.wechat)
