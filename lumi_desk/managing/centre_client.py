"""Customers at the hub, as a desk of who leads asks for them."""

from dataclasses import dataclass

from lumi_desk.managing import centre, centre_tags, exporting
from lumi_desk.managing.client import Asks

# All that is changed of thousands of customers is written into the feed.
_CHANGING_S = 120.0


@dataclass(frozen=True)
class CentreAtHub:
    """The customers of the whole centre, or of her team for a leader.

    Each call may block; each raises HubOutOfReach, SignInOver and what the hub says (HubSaid).
    """

    ask: Asks

    def listed(self, asked: centre.ListCentre) -> centre.CentreListed:
        """A page of customers."""
        return self.ask("centre", centre.LIST.dump_json(asked), centre.LISTED)

    def shown(self, customer_id: str) -> centre.CustomerShown:
        """One customer with her history."""
        told = centre.SHOW.dump_json(centre.ShowCustomer(customer_id))
        return self.ask("centre/show", told, centre.SHOWN)

    def tags_previewed(self, asked: centre_tags.PreviewTags) -> centre_tags.TagsPreviewed:
        """Whose tags would change. Nothing is changed."""
        told = centre_tags.PREVIEW.dump_json(asked)
        return self.ask("centre/tags/preview", told, centre_tags.PREVIEWED)

    def change_tags(self, asked: centre_tags.DoTags) -> centre_tags.TagsDone:
        """Change the tags of many. Asking again with the same id has no second effect."""
        told = centre_tags.DO.dump_json(asked)
        return self.ask("centre/tags/do", told, centre_tags.DONE, _CHANGING_S)

    def undo_tags(self, tagging_id: str) -> centre_tags.TagsUndone:
        """Take it back. Asking again has no second effect."""
        told = centre_tags.UNDO.dump_json(centre_tags.UndoTags(tagging_id))
        return self.ask("centre/tags/undo", told, centre_tags.UNDONE, _CHANGING_S)

    def tags_done(self, limit: int) -> centre_tags.TagsListed:
        """The latest that was done to the tags of many."""
        told = centre_tags.LIST.dump_json(centre_tags.ListTags(limit))
        return self.ask("centre/tags", told, centre_tags.LISTED)

    def preview_export(self, asked: exporting.PreviewExport) -> exporting.ExportPreviewed:
        """How many of those who fit may be exported now."""
        told = exporting.PREVIEW.dump_json(asked)
        return self.ask("centre/export/preview", told, exporting.PREVIEWED)

    def export(self, asked: exporting.DoExport) -> exporting.Exported:
        """Export them: the hub counts and keeps it before it answers."""
        return self.ask("centre/export", exporting.DO.dump_json(asked), exporting.DONE)
