"""Imports at the hub, as a desk asks for them over its line."""

from dataclasses import dataclass

from lumi_desk.managing import imports
from lumi_desk.managing.client import Asks
from lumi_desk.managing.imports import (
    ImportAt,
    ImportPlanned,
    ImportShown,
    ImportsListed,
    ProfileSaved,
)


@dataclass(frozen=True)
class ImportsAtHub:
    """What the hub says of imports, or does for one.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def every(self) -> ImportsListed:
        """The imports there were, and the profiles."""
        return self.ask("imports", imports.LIST.dump_json(imports.ListImports()), imports.LISTED)

    def show(self, run: str) -> ImportShown:
        """One import with its report."""
        told = imports.SHOW.dump_json(imports.ShowImport(run))
        return self.ask("imports/show", told, imports.SHOWN)

    def begin(self, asked: imports.BeginImport) -> ImportAt:
        """Begin an import, or hear which pieces of its files are there."""
        return self.ask("imports/begin", imports.BEGIN.dump_json(asked), imports.AT)

    def bring(self, asked: imports.BringPiece) -> ImportAt:
        """Bring up a piece of a file."""
        return self.ask("imports/bring", imports.BRING.dump_json(asked), imports.AT)

    def at(self, job: str) -> ImportAt:
        """How it stands."""
        told = imports.ASK.dump_json(imports.AskImport(job))
        return self.ask("imports/at", told, imports.AT)

    def plan(self, asked: imports.PlanImport) -> ImportPlanned:
        """How its tables would be read."""
        return self.ask("imports/plan", imports.PLAN.dump_json(asked), imports.PLANNED)

    def work(self, asked: imports.WorkImport) -> ImportAt:
        """Begin a task; an answer comes at once."""
        return self.ask("imports/work", imports.WORK.dump_json(asked), imports.AT)

    def save(self, asked: imports.SaveProfile) -> ProfileSaved:
        """Keep how a table is read."""
        return self.ask("imports/save-profile", imports.SAVE.dump_json(asked), imports.SAVED)

    def stop(self, job: str) -> ImportAt:
        """Stop it, and let go of its files."""
        told = imports.STOP.dump_json(imports.StopImport(job))
        return self.ask("imports/stop", told, imports.AT)
