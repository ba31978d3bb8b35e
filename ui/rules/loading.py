"""What the screen of rules asks of the store: every rule set with its versions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lumi_desk.customers.rulesets.rules import RULE_SETS
from lumi_desk.customers.rulesets.versions import Version, versions
from lumi_desk.sync.keepsakes import kept
from ui.rules import drafts
from ui.rules.drafts import Draft

KEPT = "rules"


@dataclass(frozen=True, slots=True)
class Books:
    """The versions of every rule set by its name, and what was typed and not put in force."""

    versions: Mapping[str, tuple[Version, ...]]
    drafts: Mapping[str, Draft]


def books(session: Session) -> Books:
    """What this desk holds, offline too: the versions come with the catalogue."""
    found = {one.name: versions(session, one) for one in RULE_SETS}
    return Books(found, drafts.loaded(kept(session, KEPT)))
