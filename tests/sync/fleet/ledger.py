"""What has been heard on every wire: the transcript, and the answers that were given."""

import hashlib

from lumi_desk.operations import KINDS
from lumi_desk.sync.protocol import Answer, Envelope, Push, Pushed

FIRST = frozenset(kind.name for kind in KINDS if kind.first)
_FOR_NOW = "parked"
# A question whose work the hub, put back, has not been sent again yet.
_EARLY = "NotWaiting"


class Broken(AssertionError):
    """An invariant does not hold. `name` says which."""

    def __init__(self, name: str, *told: object) -> None:
        super().__init__(name, *told)
        self.name = name


def must(holds: object, name: str, *told: object) -> None:
    """Raise Broken unless it holds."""
    if not holds:
        raise Broken(name, *told)


class Ledger:
    """One history's. `life` is which of the hub's lives it is in."""

    def __init__(self) -> None:
        self.life = 0
        self._hash = hashlib.sha256()
        self._answers: dict[tuple[int, str], str] = {}
        self._seen: set[str] = set()
        self.messages = 0

    def hear(self, about: str, content: bytes) -> None:
        """One message passes."""
        self.messages += 1
        self._hash.update(f"{about} {len(content)}\n".encode())
        self._hash.update(content)

    @property
    def transcript(self) -> str:
        """The hash of all that was heard."""
        return self._hash.hexdigest()

    def pushed(self, push: Push, pushed: Pushed) -> list[str]:
        """A push was answered; whether the answer arrives is another matter.

        Returns what was taken now for the first time.
        """
        taken = []
        places = [(envelope.kind not in FIRST, envelope.client_seq) for envelope in push.ops]
        must(places == sorted(places), "the order of a desk's operations is kept", push.ops)
        for envelope in push.ops:
            self._in_order(envelope)
        asked = [envelope.op_id for envelope in push.ops]
        answered = [answer.op_id for answer in pushed.answers]
        must(asked == answered, "every operation gets an answer", asked, answered)
        for envelope, answer in zip(push.ops, pushed.answers, strict=True):
            self._blocked(envelope, answer)
            if self.answer(answer.op_id) in (None, _EARLY) and answer.status == "applied":
                taken.append(answer.op_id)
            told = _EARLY if answer.reason == _EARLY else answer.status
            before = self._answers.setdefault((self.life, answer.op_id), told)
            same = before in (told, _FOR_NOW, _EARLY)
            must(same, "a repeat gets the same answer", answer.op_id, before, told)
            if before == _EARLY:
                self._answers[self.life, answer.op_id] = told
        return taken

    def answer(self, op_id: str) -> str | None:
        """What the hub said of an operation in this life of its."""
        return self._answers.get((self.life, op_id))

    def _blocked(self, envelope: Envelope, answer: Answer) -> None:
        """What builds on refused work is not carried out."""
        base = self.answer(envelope.depends_on or "")
        told_now = self.answer(envelope.op_id) is None
        if told_now and base in ("rejected", "blocked"):
            fits = answer.status in ("rejected", "blocked")
            must(fits, "what builds on refused work is blocked", envelope.op_id)

    def _in_order(self, envelope: Envelope) -> None:
        base = envelope.depends_on
        fits = base is None or base in self._seen
        must(fits, "nothing goes before what it builds on", envelope.op_id, base)
        self._seen.add(envelope.op_id)
