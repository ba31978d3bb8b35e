"""Asking the leader about work the hub did not take, and her decision."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.parked.rules import State, Verdict, after, is_open
from lumi_desk.parked.tables import Parked

Said = Annotated[str, Field(max_length=2000)]


class NotWaiting(LumiError):
    """A decision about work that is not here."""

    title = N_("This work does not wait for a decision")
    advice = N_("Sync once more and look again.")


class AlreadyDecided(LumiError):
    """The leader has already said what becomes of the work."""

    title = N_("This was decided already")
    advice = N_("The first decision counts.")


class NobodyHolds(LumiError):
    """There is nobody to hand the work over to."""

    title = N_("Nobody holds this customer now")
    advice = N_("Accept the work or decline it.")


class CustomerIsGone(LumiError):
    """The customer is not at the hub any more."""

    title = N_("The hub does not know this customer")
    advice = N_("Decline the work.")


@dataclass(frozen=True, kw_only=True)
class AskLeader:
    """A rep asks her leader about an operation of hers, `op_id`, that the hub did not take."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    op_id: str
    words: Said = ""


@dataclass(frozen=True, kw_only=True)
class DecideParked:
    """A leader says what becomes of the operation `parked_id`, with a word for the rep."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    parked_id: str
    verdict: Verdict
    words: Said = ""


def ask_leader(session: Session, op: AskLeader) -> None:
    """Keep what she asks. Raises AlreadyDecided.

    On the desk of the rep the work may not lie here yet: the hub has it, and puts it here.
    """
    row = session.get(Parked, op.op_id)
    if row is None:
        return
    if not is_open(row.state):
        raise AlreadyDecided
    row.state, row.words = State.ASKED.value, op.words


def decide(session: Session, op: DecideParked) -> None:
    """Keep the decision; the hub carries it out. Raises NotWaiting and AlreadyDecided."""
    session.flush()
    # Two leaders may decide at once: the second one waits here, and finds it decided.
    row = session.get(Parked, op.parked_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotWaiting
    if not is_open(row.state):
        raise AlreadyDecided
    row.state, row.answer = after(op.verdict).value, op.words
    row.decided_by, row.decided_at = op.by, op.at
